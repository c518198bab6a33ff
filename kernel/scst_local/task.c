// SPDX-License-Identifier: GPL-2.0-only
/*
 * The midlayer's error handling, as task management functions of SCST.
 *
 * A handler returns only when SCST has let go of the commands: the midlayer
 * frees their buffers then, and SCST works in those. So nothing here gives up
 * after a time; a backend that hangs is named in the log once.
 */
#include "scst_local.h"

#define SL_STUCK_AFTER	(60 * HZ)

atomic_t sl_aborts = ATOMIC_INIT(0);
atomic_t sl_device_resets = ATOMIC_INIT(0);
atomic_t sl_target_resets = ATOMIC_INIT(0);

struct sl_task {
	struct completion	done;
	int			status;
};

void sl_task_mgmt_fn_done(struct scst_mgmt_cmd *mcmd)
{
	struct sl_task *task = scst_mgmt_cmd_get_tgt_priv(mcmd);

	if (!task)
		return;
	task->status = scst_mgmt_cmd_get_status(mcmd);
	complete(&task->done);
}

static int sl_task_run(struct sl_session *sess, struct scst_rx_mgmt_params *params,
		       const char *what)
{
	struct sl_task task = { .status = SCST_MGMT_STATUS_FAILED };

	init_completion(&task.done);
	params->atomic = SCST_NON_ATOMIC;
	params->tgt_priv = &task;
	if (scst_rx_mgmt_fn(sess->scst_sess, params)) {
		pr_err("session %s: SCST takes no %s\n", dev_name(&sess->dev), what);
		return SCST_MGMT_STATUS_FAILED;
	}
	if (!wait_for_completion_timeout(&task.done, SL_STUCK_AFTER)) {
		if (!test_and_set_bit(SL_LOGGED_STUCK, &sess->flags))
			pr_warn("session %s: %s waits for commands that the device handler does not finish\n",
				dev_name(&sess->dev), what);
		wait_for_completion(&task.done);
	}
	/* What SCST has finished may still be on its way to the midlayer. */
	sl_commands_settle();
	return task.status;
}

static int sl_task_run_lun(struct scsi_cmnd *scmd, int fn, const char *what)
{
	struct scst_rx_mgmt_params params;
	struct scsi_lun lun;

	int_to_scsilun(scmd->device->lun, &lun);
	scst_rx_mgmt_params_init(&params);
	params.fn = fn;
	params.lun = lun.scsi_lun;
	params.lun_len = sizeof(lun);
	params.lun_set = 1;
	return sl_task_run(sl_host_session(scmd->device->host), &params, what);
}

int sl_eh_abort(struct scsi_cmnd *scmd)
{
	struct sl_session *sess = sl_host_session(scmd->device->host);
	struct scst_rx_mgmt_params params;

	atomic_inc(&sl_aborts);
	sl_trace(TRACE_MGMT, "session %s: aborting tag %llu\n", dev_name(&sess->dev),
		 sl_command_tag(scmd));

	scst_rx_mgmt_params_init(&params);
	params.fn = SCST_ABORT_TASK;
	params.tag = sl_command_tag(scmd);
	params.tag_set = 1;
	switch (sl_task_run(sess, &params, "abort")) {
	case SCST_MGMT_STATUS_SUCCESS:
	case SCST_MGMT_STATUS_TASK_NOT_EXIST:	/* it has just finished */
		return SUCCESS;
	default:
		return FAILED;
	}
}

int sl_eh_device_reset(struct scsi_cmnd *scmd)
{
	struct sl_session *sess = sl_host_session(scmd->device->host);

	atomic_inc(&sl_device_resets);
	sl_trace(TRACE_MGMT, "session %s: resetting LUN %llu\n", dev_name(&sess->dev),
		 (u64)scmd->device->lun);
	return sl_task_run_lun(scmd, SCST_LUN_RESET, "device reset") == SCST_MGMT_STATUS_SUCCESS ?
		SUCCESS : FAILED;
}

int sl_eh_target_reset(struct scsi_cmnd *scmd)
{
	struct sl_session *sess = sl_host_session(scmd->device->host);

	atomic_inc(&sl_target_resets);
	sl_trace(TRACE_MGMT, "session %s: resetting the target\n", dev_name(&sess->dev));
	return sl_task_run_lun(scmd, SCST_TARGET_RESET, "target reset") == SCST_MGMT_STATUS_SUCCESS ?
		SUCCESS : FAILED;
}
