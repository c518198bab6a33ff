// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands: from the SCSI midlayer to SCST and back.
 *
 * Data is not copied: SCST works on the midlayer's scatterlist. Only where
 * the CDB asks for another number of bytes than the midlayer's buffer holds
 * (SG_IO lets users do that) another buffer stands between.
 */
#include <linux/scatterlist.h>

#include "scst_local.h"

/*
 * A command is handed back within an RCU read-side section that begins before
 * SCST forgets it and ends when the midlayer has it. So error handling, once
 * SCST knows no command any more, has only to wait for a grace period.
 */
void sl_commands_settle(void)
{
	synchronize_rcu();
}

static bool sl_data_direction(struct scsi_cmnd *scmd, scst_data_direction *direction)
{
	switch (scmd->sc_data_direction) {
	case DMA_TO_DEVICE:
		*direction = SCST_DATA_WRITE;
		return true;
	case DMA_FROM_DEVICE:
		*direction = SCST_DATA_READ;
		return true;
	case DMA_NONE:
		*direction = SCST_DATA_NONE;
		return true;
	default:
		/* No kernel since Linux 5.2 has a second buffer for bidirectional commands. */
		return false;
	}
}

static void sl_reject(struct sl_session *sess, struct scsi_cmnd *scmd)
{
	if (!test_and_set_bit(SL_LOGGED_BIDI, &sess->flags))
		pr_warn("session %s: bidirectional commands are not supported by this kernel\n",
			dev_name(&sess->dev));
	scmd->result = DID_ERROR << 16;
	sl_scsi_done(scmd);
}

static enum scst_exec_context sl_submit_context(void)
{
#ifdef CONFIG_SCST_LOCAL_DIRECT_PROCESSING
	return scst_estimate_context();
#else
	return SCST_CONTEXT_THREAD;
#endif
}

/* int_to_scsilun() with a short way for the LUNs of one level, which nearly all are. */
static void sl_pack_lun(u64 number, struct scsi_lun *lun)
{
	if (likely(number <= U16_MAX))
		put_unaligned_be64(number << 48, lun->scsi_lun);
	else
		int_to_scsilun(number, lun);
}

SL_QC_STATUS sl_queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *scmd)
{
	struct sl_session *sess = sl_host_session(shost);
	struct sl_cmd *priv = scsi_cmd_priv(scmd);
	struct scst_cmd *cmd;
	struct scsi_lun lun;

	if (unlikely(!sl_data_direction(scmd, &priv->direction))) {
		sl_reject(sess, scmd);
		return 0;
	}

	priv->bounce = NULL;
	priv->in_place = false;
	scmd->result = 0;
	scsi_set_resid(scmd, 0);

	sl_pack_lun(scmd->device->lun, &lun);
	cmd = scst_rx_cmd(sess->scst_sess, lun.scsi_lun, sizeof(lun), scmd->cmnd,
			  scmd->cmd_len, true);
	if (unlikely(!cmd)) {
		sl_count(sess, SL_BUSY);
		if (!test_and_set_bit(SL_LOGGED_BUSY, &sess->flags))
			pr_warn("session %s: SCST takes no commands for lack of memory; they are tried again\n",
				dev_name(&sess->dev));
		return SCSI_MLQUEUE_HOST_BUSY;
	}

	scst_cmd_set_tag(cmd, sl_command_tag(scmd));
	scst_cmd_set_tgt_priv(cmd, scmd);
	scst_cmd_set_queue_type(cmd, sl_device_task_attribute(scmd->device));
	scst_cmd_set_expected(cmd, priv->direction, scsi_bufflen(scmd));
	if (scsi_bufflen(scmd))
		scst_cmd_set_tgt_need_alloc_data_buf(cmd);
	/* A file system above may be writing back to free the memory we want. */
	if (READ_ONCE(sess->mount_safe))
		scst_cmd_set_noio_mem_alloc(cmd);

	scst_cmd_init_done(cmd, sl_submit_context());
	return 0;
}

/* Copies LEN bytes between two lists, page by page. */
static void sl_copy_sg(struct scatterlist *to, unsigned int to_cnt, struct scatterlist *from,
		       unsigned int from_cnt, size_t len)
{
	struct sg_mapping_iter miter;
	size_t done = 0;

	sg_miter_start(&miter, to, to_cnt, SG_MITER_TO_SG | SG_MITER_ATOMIC);
	while (done < len && sg_miter_next(&miter)) {
		size_t part = min(miter.length, len - done);

		sg_pcopy_to_buffer(from, from_cnt, miter.addr, part, done);
		done += part;
	}
	sg_miter_stop(&miter);
}

/* For a write whose CDB asks for another length than the midlayer has data. */
static int sl_alloc_bounce(struct scst_cmd *cmd, struct scsi_cmnd *scmd)
{
	struct sl_cmd *priv = scsi_cmd_priv(scmd);
	unsigned int len = scst_cmd_get_bufflen(cmd);
	struct scatterlist *sg;
	int count;

	/* A negative answer makes SCST ask again where we may sleep. */
	if (scst_cmd_atomic(cmd))
		return -ENOMEM;
	sg = scst_alloc_sg(len, scst_cmd_get_gfp_mask(cmd) | __GFP_ZERO, &count);
	if (!sg)
		return -ENOMEM;
	sl_copy_sg(sg, count, scsi_sglist(scmd), scsi_sg_count(scmd),
		   min(len, scsi_bufflen(scmd)));
	priv->bounce = sg;
	priv->bounce_cnt = count;
	scst_cmd_set_tgt_sg(cmd, sg, count);
	sl_count(sl_host_session(scmd->device->host), SL_BOUNCED);
	return 0;
}

/* SCST's call for a data buffer; 1 leaves it to SCST. */
int sl_alloc_data_buf(struct scst_cmd *cmd)
{
	struct scsi_cmnd *scmd = scst_cmd_get_tgt_priv(cmd);
	struct sl_cmd *priv = scsi_cmd_priv(scmd);

	if (scst_cmd_get_tgt_data_buff_alloced(cmd))
		return -EINVAL;
	/* Against its direction the midlayer's buffer must not be touched. */
	if (priv->direction != scst_cmd_get_data_direction(cmd))
		return 1;
	if (scst_cmd_get_bufflen(cmd) != scsi_bufflen(scmd))
		return priv->direction == SCST_DATA_WRITE ? sl_alloc_bounce(cmd, scmd) : 1;

	scst_cmd_set_tgt_sg(cmd, scsi_sglist(scmd), scsi_sg_count(scmd));
	priv->in_place = true;
	return 0;
}

/*
 * Data that SCST has in a buffer of its own: lengths differ, or it answered
 * before it asked for a buffer, as it does for a LUN that is not there.
 */
static void sl_copy_response(struct sl_session *sess, struct scst_cmd *cmd,
			     struct scsi_cmnd *scmd)
{
	int len = min_t(int, scst_cmd_get_adjusted_resp_data_len(cmd), scsi_bufflen(scmd));

	if (scmd->sc_data_direction != DMA_FROM_DEVICE || len <= 0 || !scst_cmd_get_sg(cmd))
		return;
	sl_copy_sg(scsi_sglist(scmd), scsi_sg_count(scmd), scst_cmd_get_sg(cmd),
		   scst_cmd_get_sg_cnt(cmd), len);
	sl_count(sess, SL_BOUNCED);
}

static void sl_free_bounce(struct scsi_cmnd *scmd)
{
	struct sl_cmd *priv = scsi_cmd_priv(scmd);

	if (unlikely(priv->bounce)) {
		scst_free_sg(priv->bounce, priv->bounce_cnt);
		priv->bounce = NULL;
	}
}

static void sl_set_status(struct sl_session *sess, struct scst_cmd *cmd, struct scsi_cmnd *scmd)
{
	u8 status = scst_cmd_get_status(cmd);
	int resid = 0, bidi_resid = 0;

	scmd->result = status;
	if (unlikely(scst_get_resid(cmd, &resid, &bidi_resid)) && resid > 0)
		scsi_set_resid(scmd, min_t(unsigned int, resid, scsi_bufflen(scmd)));

	if (unlikely(status == SAM_STAT_CHECK_CONDITION)) {
		const u8 *sense = scst_cmd_get_sense_buffer(cmd);
		int len = min(scst_cmd_get_sense_buffer_len(cmd), SCSI_SENSE_BUFFERSIZE);

		sl_count(sess, SL_CHECK_CONDITION);
		if (scst_sense_valid(sense) && len > 0) {
			memcpy(scmd->sense_buffer, sense, len);
			sl_set_sense_flag(scmd);
		}
	} else if (unlikely(status == SAM_STAT_GOOD &&
			    scsi_bufflen(scmd) - scsi_get_resid(scmd) < scmd->underflow)) {
		scmd->result = DID_ERROR << 16;
	}
}

/* SCST's call to hand back a command, also an aborted one. */
int sl_xmit_response(struct scst_cmd *cmd)
{
	struct scsi_cmnd *scmd = scst_cmd_get_tgt_priv(cmd);
	struct sl_session *sess = sl_host_session(scmd->device->host);
	struct sl_cmd *priv = scsi_cmd_priv(scmd);

	/* SCST shortens the list to the data it has; the midlayer wants its own back. */
	scst_check_restore_sg_buff(cmd);
	sl_free_bounce(scmd);
	if (unlikely(scst_cmd_aborted_on_xmit(cmd))) {
		/* Whoever did not time out, but was swept away by a reset, tries again. */
		scmd->result = DID_RESET << 16;
		scst_set_delivery_status(cmd, SCST_CMD_DELIVERY_ABORTED);
		sl_count(sess, SL_ABORTED);
	} else {
		if (!priv->in_place)
			sl_copy_response(sess, cmd, scmd);
		sl_set_status(sess, cmd, scmd);
		sl_count(sess, SL_COMPLETED);
	}
	scst_cmd_set_tgt_priv(cmd, NULL);

	/* SCST first: its count of commands must have fallen before a new one comes. */
	rcu_read_lock();
	scst_tgt_cmd_done(cmd, SCST_CONTEXT_DIRECT_ATOMIC);
	sl_scsi_done(scmd);
	rcu_read_unlock();
	return SCST_TGT_RES_SUCCESS;
}

/* SCST may free an aborted command without having called sl_xmit_response(). */
void sl_on_free_cmd(struct scst_cmd *cmd)
{
	struct scsi_cmnd *scmd = scst_cmd_get_tgt_priv(cmd);

	if (likely(!scmd))
		return;
	rcu_read_lock();
	scst_cmd_set_tgt_priv(cmd, NULL);
	sl_free_bounce(scmd);
	scmd->result = DID_RESET << 16;
	sl_count(sl_host_session(scmd->device->host), SL_ABORTED);
	sl_scsi_done(scmd);
	rcu_read_unlock();
}
