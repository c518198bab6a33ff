// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SCSI host of a session: what the midlayer is told about it and about
 * the devices on it.
 */
#include <linux/module.h>

#include "scst_local.h"

/* The midlayer's limit for chained scatterlists. */
#define SL_SG_TABLESIZE		2048
/* 4 MiB in one command. */
#define SL_MAX_SECTORS		8192
/* Backends that read and write past the page cache want whole sectors. */
#define SL_DMA_ALIGNMENT_MASK	511

static const char *sl_info(struct Scsi_Host *shost)
{
	return "SCST local initiator";
}

static unsigned int sl_device_queue_depth(struct sl_session *sess, struct scsi_device *sdev)
{
	struct scsi_lun lun;
	unsigned int depth;
	int allowed;

	int_to_scsilun(sdev->lun, &lun);
	allowed = scst_get_max_lun_commands(sess->scst_sess,
					    scst_unpack_lun(lun.scsi_lun, sizeof(lun)));
	depth = allowed > 0 ? allowed : sl_can_queue;
	if (sess->queue_depth)
		depth = min(depth, sess->queue_depth);
	return min(depth, sl_can_queue);
}

static void sl_sdev_configure_common(struct scsi_device *sdev)
{
	scsi_change_queue_depth(sdev, sl_device_queue_depth(sl_host_session(sdev->host), sdev));
}

#if defined(SL_HAVE_SDEV_CONFIGURE) || defined(SL_HAVE_DEVICE_CONFIGURE)
static int sl_sdev_configure(struct scsi_device *sdev, struct queue_limits *limits)
{
	limits->dma_alignment = SL_DMA_ALIGNMENT_MASK;
	sl_sdev_configure_common(sdev);
	return 0;
}
#else
static int sl_sdev_configure(struct scsi_device *sdev)
{
	blk_queue_update_dma_alignment(sdev->request_queue, SL_DMA_ALIGNMENT_MASK);
	sl_sdev_configure_common(sdev);
	return 0;
}
#endif

/* With this the midlayer leaves the clearing of struct sl_cmd to sl_queuecommand(). */
static int sl_init_cmd_priv(struct Scsi_Host *shost, struct scsi_cmnd *scmd)
{
	return 0;
}

static int sl_change_queue_depth(struct scsi_device *sdev, int depth)
{
	return scsi_change_queue_depth(sdev, min_t(int, depth, sl_can_queue));
}

/* Not const: older midlayers count the hosts in it. */
static struct scsi_host_template sl_host_template = {
	.module			= THIS_MODULE,
	.name			= SCST_LOCAL_NAME,
	.proc_name		= SCST_LOCAL_NAME,
	.info			= sl_info,
	.cmd_size		= sizeof(struct sl_cmd),
	.init_cmd_priv		= sl_init_cmd_priv,
	.queuecommand		= sl_queuecommand,
	.change_queue_depth	= sl_change_queue_depth,
	.eh_abort_handler	= sl_eh_abort,
	.eh_device_reset_handler = sl_eh_device_reset,
	.eh_target_reset_handler = sl_eh_target_reset,
#if defined(SL_HAVE_SDEV_CONFIGURE)
	.sdev_configure		= sl_sdev_configure,
#elif defined(SL_HAVE_DEVICE_CONFIGURE)
	.device_configure	= sl_sdev_configure,
#else
	.slave_configure	= sl_sdev_configure,
#endif
	.this_id		= -1,
	.can_queue		= 1,	/* the host's own is set when it is made */
	.cmd_per_lun		= 32,
	.sg_tablesize		= SL_SG_TABLESIZE,
	.max_sectors		= SL_MAX_SECTORS,
	.dma_boundary		= ULONG_MAX,
};

void sl_host_setup(void)
{
	sl_device_attrs_install(&sl_host_template);
}

int sl_host_add(struct sl_session *sess)
{
	struct Scsi_Host *shost;
	int ret;

	shost = scsi_host_alloc(&sl_host_template, sizeof(sess));
	if (!shost)
		return -ENOMEM;
	*(struct sl_session **)shost_priv(shost) = sess;
	shost->can_queue = sl_can_queue;
	shost->max_channel = 0;
	shost->max_id = 1;
	/* The highest number; flat addressing (SAM-5 4.7.7.3) sets bits above it. */
	shost->max_lun = sl_max_luns ? sl_max_luns - 1 : U32_MAX;
	shost->max_cmd_len = SL_MAX_CDB_LEN;
	shost->nr_hw_queues = sl_hw_queues;
	/* can_queue counts for the session, not for each queue. */
	shost->host_tagset = sl_hw_queues > 1;
	shost->unique_id = sess->number;
	sess->host_no = shost->host_no;

	ret = scsi_add_host(shost, &sess->dev);
	if (ret) {
		pr_err("session %s: no SCSI host: error %d\n", dev_name(&sess->dev), ret);
		scsi_host_put(shost);
		return ret;
	}
	ret = sysfs_create_link(scst_sysfs_get_sess_kobj(sess->scst_sess),
				&shost->shost_dev.kobj, "host");
	if (ret) {
		pr_err("session %s: no link to its host: error %d\n", dev_name(&sess->dev), ret);
		scsi_remove_host(shost);
		scsi_host_put(shost);
		return ret;
	}

	mutex_lock(&sess->host_mutex);
	sess->shost = shost;
	mutex_unlock(&sess->host_mutex);

	/* Without LUNs there is nothing to find; when one comes, an event says so. */
	if (!scst_initiator_has_luns(sess->target->scst_tgt, sess->scst_sess->initiator_name))
		return 0;

	/* A device that does not answer must not hold up all management. */
	queue_work(sl_scan_wq, &sess->scan_work);
	wait_for_completion_timeout(&sess->scanned, SL_SETTLE_TIMEOUT);
	return 0;
}

/* Returns when no command is left and none can come. */
void sl_host_remove(struct sl_session *sess)
{
	struct Scsi_Host *shost;

	mutex_lock(&sess->host_mutex);
	shost = sess->shost;
	sess->shost = NULL;
	mutex_unlock(&sess->host_mutex);
	if (!shost)
		return;

	sysfs_remove_link(scst_sysfs_get_sess_kobj(sess->scst_sess), "host");
	scsi_remove_host(shost);
	scsi_host_put(shost);
}

int sl_host_set_queue_depth(struct sl_session *sess, unsigned int depth)
{
	struct scsi_device *sdev;

	if (depth > sl_can_queue)
		return -EINVAL;
	mutex_lock(&sess->host_mutex);
	sess->queue_depth = depth;
	if (sess->shost) {
		shost_for_each_device(sdev, sess->shost)
			scsi_change_queue_depth(sdev, sl_device_queue_depth(sess, sdev));
	}
	mutex_unlock(&sess->host_mutex);
	return 0;
}
