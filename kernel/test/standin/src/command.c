// SPDX-License-Identifier: GPL-2.0-only
/* The way of a command: received, executed by a work item, answered, freed. */
#include <linux/module.h>
#include <linux/slab.h>

#include "standin.h"

atomic64_t standin_sequence = ATOMIC64_INIT(0);

uint64_t scst_unpack_lun(const uint8_t *lun, int len)
{
	return scsilun_to_int((struct scsi_lun *)lun) & 0x3fff;
}
EXPORT_SYMBOL_GPL(scst_unpack_lun);

int scst_get_max_lun_commands(struct scst_session *sess, uint64_t lun)
{
	return 64;
}
EXPORT_SYMBOL_GPL(scst_get_max_lun_commands);

struct scatterlist *scst_alloc_sg(int size, gfp_t gfp, int *count)
{
	int pages = DIV_ROUND_UP(size, PAGE_SIZE), i;
	struct scatterlist *sg = kmalloc_array(pages, sizeof(*sg), gfp);

	if (!sg)
		return NULL;
	sg_init_table(sg, pages);
	for (i = 0; i < pages; i++) {
		struct page *page = alloc_page(gfp);

		if (!page) {
			scst_free_sg(sg, i);
			return NULL;
		}
		sg_set_page(&sg[i], page, min_t(int, size - i * PAGE_SIZE, PAGE_SIZE), 0);
	}
	*count = pages;
	return sg;
}
EXPORT_SYMBOL_GPL(scst_alloc_sg);

void scst_free_sg(struct scatterlist *sg, int count)
{
	int i;

	for (i = 0; i < count; i++)
		__free_page(sg_page(&sg[i]));
	kfree(sg);
}
EXPORT_SYMBOL_GPL(scst_free_sg);

/* Freed first, taken off the list then: task management waits for the latter. */
static void standin_cmd_finish(struct scst_cmd *cmd)
{
	struct scst_session *sess = cmd->sess;
	unsigned long irq;

	sess->tgt->tgtt->on_free_cmd(cmd);
	if (cmd->sg && cmd->sg != cmd->tgt_sg)
		scst_free_sg(cmd->sg, cmd->sg_cnt);
	atomic_dec(&standin_commands);

	/* Whoever waits for the list takes the lock before it frees the session. */
	spin_lock_irqsave(&sess->lock, irq);
	list_del(&cmd->entry);
	wake_up_all(&sess->wait);
	spin_unlock_irqrestore(&sess->lock, irq);
	kfree(cmd);
}

void scst_tgt_cmd_done(struct scst_cmd *cmd, enum scst_exec_context context)
{
	WARN_ON_ONCE(cmd->cut_sg);	/* the midlayer's list is still shortened */
	standin_cmd_finish(cmd);
}
EXPORT_SYMBOL_GPL(scst_tgt_cmd_done);

bool scst_cmd_aborted_on_xmit(struct scst_cmd *cmd)
{
	return test_bit(STANDIN_ABORTED, &cmd->flags);
}
EXPORT_SYMBOL_GPL(scst_cmd_aborted_on_xmit);

/* What was expected and did not come, or the other way round (negative). */
bool scst_get_resid(struct scst_cmd *cmd, int *resid, int *bidi_out_resid)
{
	int moved = cmd->direction == SCST_DATA_READ ? cmd->resp_len :
		    cmd->direction == SCST_DATA_WRITE ? cmd->bufflen : 0;

	if (cmd->status == SAM_STAT_CHECK_CONDITION)
		moved = 0;
	*resid = cmd->expected_len - moved;
	return *resid != 0;
}
EXPORT_SYMBOL_GPL(scst_get_resid);

/* As SCST does, shortens the list to the response. */
static void standin_cut_sg(struct scst_cmd *cmd)
{
	struct scatterlist *sg;
	int i, left = cmd->resp_len;

	for_each_sg(cmd->sg, sg, cmd->sg_cnt, i) {
		if (left < sg->length) {
			cmd->cut_sg = sg;
			cmd->cut_length = sg->length;
			sg->length = left;
			return;
		}
		left -= sg->length;
	}
}

void scst_check_restore_sg_buff(struct scst_cmd *cmd)
{
	if (cmd->cut_sg) {
		cmd->cut_sg->length = cmd->cut_length;
		cmd->cut_sg = NULL;
	}
}
EXPORT_SYMBOL_GPL(scst_check_restore_sg_buff);

void standin_set_response(struct scst_cmd *cmd, const void *data, int len)
{
	cmd->resp_len = min(len, cmd->bufflen);
	if (!cmd->sg || !cmd->resp_len)
		return;
	sg_pcopy_from_buffer(cmd->sg, cmd->sg_cnt, data, cmd->resp_len, 0);
	standin_cut_sg(cmd);
}

static bool standin_own_buffer(struct scst_cmd *cmd)
{
	cmd->sg = scst_alloc_sg(cmd->bufflen, cmd->gfp | __GFP_ZERO, &cmd->sg_cnt);
	return cmd->sg;
}

/*
 * The driver's buffer where it gives one; asked first as in a context that may
 * not sleep. Only a read may be told to do without: what is written comes in
 * the driver's buffer and in no other way, since it has no rdy_to_xfer().
 */
static bool standin_get_buffer(struct scst_cmd *cmd, struct standin_disk *disk)
{
	int ret;

	if (!cmd->bufflen)
		return true;
	if (!cmd->need_alloc || !disk ||
	    (cmd->direction == SCST_DATA_READ && standin_inject(STANDIN_OWN_BUFFER)))
		return standin_own_buffer(cmd);

	cmd->atomic = true;
	ret = cmd->sess->tgt->tgtt->tgt_alloc_data_buf(cmd);
	cmd->atomic = false;
	if (ret < 0)
		ret = cmd->sess->tgt->tgtt->tgt_alloc_data_buf(cmd);
	if (ret < 0)
		return false;
	if (ret > 0)
		return standin_own_buffer(cmd);
	cmd->sg = cmd->tgt_sg;
	cmd->sg_cnt = cmd->tgt_sg_cnt;
	return true;
}

static bool standin_reports_unit_attention(struct scst_cmd *cmd)
{
	switch (cmd->cdb[0]) {
	case INQUIRY:
	case REPORT_LUNS:
	case REQUEST_SENSE:
		return false;
	default:
		return cmd->lun < STANDIN_MAX_LUNS &&
			test_and_clear_bit(cmd->lun, cmd->sess->unit_attentions);
	}
}

static void standin_cmd_run(struct scst_cmd *cmd)
{
	struct standin_disk *disk = standin_lun_disk(cmd->sess->tgt, cmd->lun);

	standin_parse(cmd);
	if (standin_inject(STANDIN_BUSY)) {
		cmd->status = SAM_STAT_TASK_SET_FULL;
	} else if (!standin_get_buffer(cmd, disk)) {
		cmd->status = SAM_STAT_BUSY;
	} else if (disk && standin_reports_unit_attention(cmd)) {
		standin_sense(cmd, UNIT_ATTENTION, 0x29, 0);
	} else if (standin_inject(STANDIN_BAD_SENSE)) {
		/* By turns more than the midlayer takes, and none that is valid. */
		standin_sense(cmd, ABORTED_COMMAND, 0x44, 0);
		if (cmd->sequence & 1)
			cmd->sense_len = sizeof(cmd->sense);
		else
			memset(cmd->sense, 0xff, 1);
	} else {
		standin_execute(cmd, disk);
	}
	if (disk)
		standin_disk_put(disk);
}

/* Runs twice for a command that is delayed or held: to execute, and to answer. */
static void standin_cmd_work(struct work_struct *work)
{
	struct scst_cmd *cmd = container_of(to_delayed_work(work), struct scst_cmd, work);
	struct scst_session *sess = cmd->sess;
	bool media = cmd->cdb[0] != INQUIRY && cmd->cdb[0] != REPORT_LUNS;
	unsigned long delay;

	if (!test_bit(STANDIN_ABORTED, &cmd->flags) &&
	    !test_and_set_bit(STANDIN_EXECUTED, &cmd->flags)) {
		standin_cmd_run(cmd);
		delay = msecs_to_jiffies(standin_delay_ms());
		if (standin_stuck() && cmd->bufflen)
			delay = 3600 * HZ;
		if (delay && media) {
			spin_lock_irq(&sess->lock);
			/* An abort that came meanwhile found nothing to hurry. */
			if (!test_bit(STANDIN_ABORTED, &cmd->flags)) {
				queue_delayed_work(standin_wq, &cmd->work, delay);
				spin_unlock_irq(&sess->lock);
				return;
			}
			spin_unlock_irq(&sess->lock);
		}
	}

	if (test_bit(STANDIN_ABORTED, &cmd->flags) && standin_inject(STANDIN_NO_RESPONSE)) {
		scst_check_restore_sg_buff(cmd);
		standin_cmd_finish(cmd);
		return;
	}
	sess->tgt->tgtt->xmit_response(cmd);
}

struct scst_cmd *scst_rx_cmd(struct scst_session *sess, const uint8_t *lun, int lun_len,
			     const uint8_t *cdb, unsigned int cdb_len, bool atomic)
{
	struct scst_cmd *cmd;
	unsigned long irq;

	if (standin_inject(STANDIN_FAIL_RX) || WARN_ON_ONCE(cdb_len > sizeof(cmd->cdb)))
		return NULL;
	cmd = kzalloc(sizeof(*cmd), atomic ? GFP_ATOMIC : GFP_KERNEL);
	if (!cmd)
		return NULL;
	cmd->sess = sess;
	cmd->lun = scst_unpack_lun(lun, lun_len);
	memcpy(cmd->cdb, cdb, cdb_len);
	cmd->cdb_len = cdb_len;
	cmd->gfp = GFP_KERNEL;
	INIT_DELAYED_WORK(&cmd->work, standin_cmd_work);
	atomic_inc(&standin_commands);

	spin_lock_irqsave(&sess->lock, irq);
	cmd->sequence = atomic64_inc_return(&standin_sequence);
	list_add_tail(&cmd->entry, &sess->commands);
	spin_unlock_irqrestore(&sess->lock, irq);
	return cmd;
}
EXPORT_SYMBOL_GPL(scst_rx_cmd);

void scst_cmd_init_done(struct scst_cmd *cmd, enum scst_exec_context context)
{
	atomic_inc(&standin_queue_types[cmd->queue_type]);
	if (cmd->gfp == GFP_NOIO)
		atomic_inc(&standin_noio);
	queue_delayed_work(standin_wq, &cmd->work, 0);
}
EXPORT_SYMBOL_GPL(scst_cmd_init_done);
