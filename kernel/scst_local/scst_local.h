/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scst_local: SCSI hosts on this machine whose devices are the LUNs of an SCST
 * target. A target holds sessions; a session is one I_T nexus and one SCSI
 * host.
 */
#ifndef SCST_LOCAL_H
#define SCST_LOCAL_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <scsi/scsi_host.h>

#define LOG_PREFIX "scst_local"

#include "scst.h"
#include "scst_debug.h"

#include "compat.h"

#undef pr_fmt
#define pr_fmt(fmt) "scst_local: " fmt

#define SL_DATE			"20110901"

#define SL_DEFAULT_TARGET	"scst_local_tgt"
#define SL_DEFAULT_SESSION	"scst_local_host"

/* SPC version descriptor "SAS (no version claimed)". */
#define SL_SAS_VERSION		0x0be0

/* The longest CDB the SCSI midlayer of any supported kernel carries. */
#define SL_MAX_CDB_LEN		260

/* mgmt writes wait this long for devices to come or go, then return. */
#define SL_SETTLE_TIMEOUT	(5 * HZ)

struct sl_target {
	struct list_head	entry;		/* sl_targets */
	struct list_head	sessions;	/* sl_session.entry, oldest first */
	struct scst_tgt		*scst_tgt;
	u16			scsi_version;	/* 0: the default */
	u16			phys_version;
};

struct sl_transport_id {
	struct rcu_head		rcu;
	unsigned int		len;
	u8			bytes[];
};

enum sl_counter {
	SL_COMPLETED,
	SL_BUSY,
	SL_ABORTED,
	SL_CHECK_CONDITION,
	SL_BOUNCED,
	SL_COUNTERS
};

struct sl_counters {
	u64			value[SL_COUNTERS];
};

enum sl_session_flag {
	SL_READY,		/* made in full */
	SL_CLOSE_WANTED,	/* SCST asked to close it before it was ready */
	SL_CLOSING,		/* on its way out; nobody may close it again */
	SL_RESCAN_DEVICES,	/* capacities or identities changed */
	SL_LOGGED_BUSY,		/* each complaint is made once per session */
	SL_LOGGED_STUCK,
	SL_LOGGED_BIDI,
};

struct sl_session {
	struct kref		ref;
	struct rcu_head		rcu;
	struct list_head	entry;		/* sl_target.sessions */
	struct sl_target	*target;
	struct scst_session	*scst_sess;
	u32			number;		/* index in sl_session_index */
	unsigned long		flags;		/* enum sl_session_flag */

	/* Parent of the SCSI host; its release ends the SCST session. */
	struct device		dev;
	struct device_dma_parameters dma_parms;

	struct mutex		host_mutex;	/* guards shost */
	struct Scsi_Host	*shost;
	unsigned int		host_no;
	unsigned int		queue_depth;	/* 0: what SCST allows */
	bool			mount_safe;	/* allocate without IO or FS calls */

	spinlock_t		tid_lock;	/* serializes writers of tid */
	struct sl_transport_id __rcu *tid;

	struct sl_counters __percpu *counters;

	struct work_struct	scan_work;
	struct work_struct	close_work;
	struct work_struct	remove_work;
	struct work_struct	unregister_work;
	struct completion	scanned;	/* for the first time */
	struct completion	host_removed;
};

/* Lies behind each struct scsi_cmnd. */
struct sl_cmd {
	struct scatterlist	*bounce;	/* own data buffer of a write, if lengths differ */
	int			bounce_cnt;
	bool			in_place;	/* SCST works on the midlayer's list */
	scst_data_direction	direction;
};

/* module.c: parameters and shared state */
extern bool sl_extra_attributes;
extern bool sl_unique_sas_addresses;
extern unsigned int sl_max_luns;
extern unsigned int sl_can_queue;
extern unsigned int sl_hw_queues;
extern struct device *sl_root;
extern struct workqueue_struct *sl_wq;
extern struct workqueue_struct *sl_scan_wq;
extern struct scst_tgt_template sl_template;
#if defined(CONFIG_SCST_DEBUG) || defined(CONFIG_SCST_TRACING)
extern unsigned long sl_trace_flags;
#define sl_trace(mask, fmt, ...)					\
do {									\
	if (sl_trace_flags & (mask))					\
		pr_info(fmt, ##__VA_ARGS__);				\
} while (0)
#else
#define sl_trace(mask, fmt, ...) no_printk(fmt, ##__VA_ARGS__)
#endif

/* target.c */
int sl_target_add(const char *name, char *params);
int sl_target_del(const char *name);
void sl_target_stop(void);
ssize_t sl_mgmt_add_target(const char *name, char *params);
ssize_t sl_mgmt_del_target(const char *name);
ssize_t sl_mgmt_cmd(char *cmd);
int sl_target_release(struct scst_tgt *scst_tgt);
u16 sl_target_scsi_version(struct scst_tgt *scst_tgt);
u16 sl_target_phys_version(struct scst_tgt *scst_tgt);

/* session.c */
int sl_session_add(struct sl_target *target, const char *name,
		   const struct sl_transport_id *tid);
void sl_session_close(struct sl_session *sess);
void sl_session_settle_removal(struct sl_session *sess);
int sl_close_session(struct scst_session *scst_sess);
struct sl_session *sl_session_get(struct scst_session *scst_sess);
void sl_session_put(struct sl_session *sess);
extern struct mutex sl_lists_mutex;

/* transport_id.c */
struct sl_transport_id *sl_tid_alloc(const void *bytes, size_t len);
struct sl_transport_id *sl_tid_default(u32 number);
struct sl_transport_id *sl_tid_parse(const char *hex);
void sl_tid_replace(struct sl_session *sess, struct sl_transport_id *tid);
int sl_get_transport_id(struct scst_tgt *scst_tgt, struct scst_session *scst_sess,
			uint8_t **transport_id);

/* host.c */
void sl_host_setup(void);
int sl_host_add(struct sl_session *sess);
void sl_host_remove(struct sl_session *sess);
int sl_host_set_queue_depth(struct sl_session *sess, unsigned int depth);
static inline struct sl_session *sl_host_session(struct Scsi_Host *shost)
{
	return *(struct sl_session **)shost_priv(shost);
}

/* command.c */
SL_QC_STATUS sl_queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *scmd);
int sl_alloc_data_buf(struct scst_cmd *cmd);
int sl_xmit_response(struct scst_cmd *cmd);
void sl_on_free_cmd(struct scst_cmd *cmd);
void sl_commands_settle(void);

/* task.c */
int sl_eh_abort(struct scsi_cmnd *scmd);
int sl_eh_device_reset(struct scsi_cmnd *scmd);
int sl_eh_target_reset(struct scsi_cmnd *scmd);
void sl_task_mgmt_fn_done(struct scst_mgmt_cmd *mcmd);
extern atomic_t sl_aborts;
extern atomic_t sl_device_resets;
extern atomic_t sl_target_resets;

/* aen.c */
int sl_report_aen(struct scst_aen *aen);
void sl_scan_work(struct work_struct *work);

/* attrs.c, attrs_session.c, attrs_device.c */
extern const struct attribute *sl_driver_attrs[];
extern const struct attribute *sl_target_attrs[];
extern const struct attribute *sl_session_attrs[];
extern const struct attribute *sl_session_attrs_extra[];
void sl_device_attrs_install(struct scsi_host_template *hostt);

/* hostdata of a device is 0 at first; it holds an attribute that was set, plus one. */
static inline enum scst_cmd_queue_type sl_device_task_attribute(struct scsi_device *sdev)
{
	unsigned long set = (unsigned long)READ_ONCE(sdev->hostdata);

	return set ? set - 1 : SCST_CMD_QUEUE_SIMPLE;
}

/* Unique in the session: its hardware queues share one set of tags. */
static inline u64 sl_command_tag(struct scsi_cmnd *scmd)
{
	return sl_scsi_rq(scmd)->tag;
}

static inline void sl_count(struct sl_session *sess, enum sl_counter which)
{
	this_cpu_inc(sess->counters->value[which]);
}

#endif /* SCST_LOCAL_H */
