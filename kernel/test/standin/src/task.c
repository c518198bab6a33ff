// SPDX-License-Identifier: GPL-2.0-only
/* Task management: strikes the commands it is meant for and waits until they are freed. */
#include <linux/module.h>
#include <linux/slab.h>

#include "standin.h"

static bool standin_task_hits(struct scst_mgmt_cmd *mcmd, struct scst_cmd *cmd)
{
	if (cmd->sequence > mcmd->sequence)
		return false;
	switch (mcmd->fn) {
	case SCST_ABORT_TASK:
		return cmd->tag == mcmd->tag;
	case SCST_LUN_RESET:
		return cmd->lun == mcmd->lun;
	default:
		return true;
	}
}

/* How many are left; those still with the device are hurried on. */
static int standin_task_strike(struct scst_mgmt_cmd *mcmd)
{
	struct scst_session *sess = mcmd->sess;
	struct scst_cmd *cmd;
	int count = 0;

	spin_lock_irq(&sess->lock);
	list_for_each_entry(cmd, &sess->commands, entry) {
		if (!standin_task_hits(mcmd, cmd))
			continue;
		count++;
		set_bit(STANDIN_ABORTED, &cmd->flags);
		if (delayed_work_pending(&cmd->work))
			mod_delayed_work(standin_wq, &cmd->work, 0);
	}
	spin_unlock_irq(&sess->lock);
	return count;
}

static bool standin_task_is_over(struct scst_mgmt_cmd *mcmd)
{
	struct scst_cmd *cmd;
	bool over = true;

	spin_lock_irq(&mcmd->sess->lock);
	list_for_each_entry(cmd, &mcmd->sess->commands, entry)
		over &= !standin_task_hits(mcmd, cmd);
	spin_unlock_irq(&mcmd->sess->lock);
	return over;
}

static void standin_task_work(struct work_struct *work)
{
	struct scst_mgmt_cmd *mcmd = container_of(work, struct scst_mgmt_cmd, work);
	struct scst_session *sess = mcmd->sess;

	if (standin_task_strike(mcmd) == 0 && mcmd->fn == SCST_ABORT_TASK)
		mcmd->status = SCST_MGMT_STATUS_TASK_NOT_EXIST;
	wait_event(sess->wait, standin_task_is_over(mcmd));
	if (mcmd->fn == SCST_LUN_RESET && mcmd->lun < STANDIN_MAX_LUNS)
		set_bit(mcmd->lun, sess->unit_attentions);
	else if (mcmd->fn == SCST_TARGET_RESET)
		bitmap_fill(sess->unit_attentions, STANDIN_MAX_LUNS);
	sess->tgt->tgtt->task_mgmt_fn_done(mcmd);
	atomic_dec(&standin_tasks);
	kfree(mcmd);
}

int scst_rx_mgmt_fn(struct scst_session *sess, const struct scst_rx_mgmt_params *params)
{
	struct scst_mgmt_cmd *mcmd;

	if (standin_inject(STANDIN_FAIL_TASK))
		return -ENOMEM;
	mcmd = kzalloc(sizeof(*mcmd), params->atomic ? GFP_ATOMIC : GFP_NOIO);
	if (!mcmd)
		return -ENOMEM;
	mcmd->sess = sess;
	mcmd->fn = params->fn;
	mcmd->tag = params->tag;
	mcmd->lun = params->lun_set ? scst_unpack_lun(params->lun, params->lun_len) : 0;
	mcmd->tgt_priv = params->tgt_priv;
	mcmd->status = SCST_MGMT_STATUS_SUCCESS;
	mcmd->sequence = atomic64_read(&standin_sequence);
	INIT_WORK(&mcmd->work, standin_task_work);
	atomic_inc(&standin_tasks);
	queue_work(standin_wq, &mcmd->work);
	return 0;
}
EXPORT_SYMBOL_GPL(scst_rx_mgmt_fn);
