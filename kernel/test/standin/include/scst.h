/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stand-in for SCST's target-driver API: only what scst_local uses, declared
 * anew under SCST's names, so that the driver can be built and tested where
 * there is no SCST. What SCST itself does is tested against SCST.
 */
#ifndef STANDIN_SCST_H
#define STANDIN_SCST_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scsi/scsi.h>
#include <scsi/scsi_common.h>

#define SCST_VERSION_STRING	"0.0.0-standin"
#define SCST_LOCAL_NAME		"scst_local"
#define SCST_SYSFS_KEY_MARK	"[key]"
#define CONFIG_SCST_TRACING

#define SCST_MAX_NAME		50
#define SCST_NON_ATOMIC		0
#define E_TGT_PRIV_NOT_YET_SET	EBUSY

enum scst_exec_context {
	SCST_CONTEXT_DIRECT_ATOMIC,
	SCST_CONTEXT_DIRECT,
	SCST_CONTEXT_TASKLET,
	SCST_CONTEXT_THREAD,
	SCST_CONTEXT_SAME
};

typedef enum scst_data_direction {
	SCST_DATA_UNKNOWN	= 0,
	SCST_DATA_WRITE		= 1,
	SCST_DATA_READ		= 2,
	SCST_DATA_BIDI		= 3,
	SCST_DATA_NONE		= 4,
} scst_data_direction;

enum scst_cmd_queue_type {
	SCST_CMD_QUEUE_UNTAGGED,
	SCST_CMD_QUEUE_SIMPLE,
	SCST_CMD_QUEUE_ORDERED,
	SCST_CMD_QUEUE_HEAD_OF_QUEUE,
	SCST_CMD_QUEUE_ACA
};

#define SCST_TGT_RES_SUCCESS		0
#define SCST_CMD_DELIVERY_ABORTED	-2

#define SCST_AEN_SCSI			0
#define SCST_AEN_RES_SUCCESS		0
#define SCST_AEN_RES_NOT_SUPPORTED	-1

#define SCST_ABORT_TASK			0
#define SCST_LUN_RESET			4
#define SCST_TARGET_RESET		5

#define SCST_MGMT_STATUS_SUCCESS	0
#define SCST_MGMT_STATUS_TASK_NOT_EXIST	-1
#define SCST_MGMT_STATUS_LUN_NOT_EXIST	-2
#define SCST_MGMT_STATUS_FAILED		-129

struct scst_tgt;
struct scst_session;
struct scst_cmd;
struct scst_mgmt_cmd;
struct scst_aen;

struct scst_tgt_template {
	const char name[SCST_MAX_NAME];
	int sg_tablesize;
	unsigned int use_clustering:1;
	unsigned int xmit_response_atomic:1;
	unsigned int enabled_attr_not_needed:1;

	int (*tgt_alloc_data_buf)(struct scst_cmd *cmd);
	int (*xmit_response)(struct scst_cmd *cmd);
	void (*on_free_cmd)(struct scst_cmd *cmd);
	void (*task_mgmt_fn_done)(struct scst_mgmt_cmd *mcmd);
	int (*report_aen)(struct scst_aen *aen);
	int (*get_initiator_port_transport_id)(struct scst_tgt *tgt, struct scst_session *sess,
					       uint8_t **transport_id);
	uint16_t (*get_scsi_transport_version)(struct scst_tgt *tgt);
	uint16_t (*get_phys_transport_version)(struct scst_tgt *tgt);
	int (*close_session)(struct scst_session *sess);
	int (*release)(struct scst_tgt *tgt);

	ssize_t (*add_target)(const char *name, char *params);
	ssize_t (*del_target)(const char *name);
	ssize_t (*mgmt_cmd)(char *cmd);
	const char *add_target_parameters;
	const char *mgmt_cmd_help;

	const struct attribute **tgtt_attrs;
	const struct attribute **tgt_attrs;
	const struct attribute **sess_attrs;

	unsigned long default_trace_flags;
	unsigned long *trace_flags;

	struct kobject tgtt_kobj;
	struct list_head targets;
};

struct scst_tgt {
	struct kobject tgt_kobj;
	struct kobject *sessions_kobj;
	struct kobject *luns_kobj;
	struct scst_tgt_template *tgtt;
	struct list_head entry;
	struct list_head sessions;
	struct list_head luns;
	spinlock_t lock;		/* guards the two lists */
	wait_queue_head_t wait;
	atomic_t session_count;
	char *tgt_name;
	void *tgt_priv;
};

struct scst_session {
	struct kobject sess_kobj;
	struct scst_tgt *tgt;
	struct list_head entry;
	struct list_head commands;
	spinlock_t lock;		/* guards commands and their flags */
	wait_queue_head_t wait;
	unsigned long unit_attentions[4];	/* a bit per LUN below 256 */
	const char *initiator_name;
	uint8_t *transport_id;
	void *sess_tgt_priv;
	struct work_struct unregister_work;
	void (*unreg_done_fn)(struct scst_session *sess);
	struct completion *shutdown;
};

struct scst_cmd {
	struct scst_session *sess;
	struct list_head entry;
	struct delayed_work work;
	unsigned long flags;
	u64 sequence;
	u64 lun;
	u64 tag;
	void *tgt_priv;
	unsigned int cdb_len;
	uint8_t cdb[260];
	enum scst_cmd_queue_type queue_type;

	bool atomic;
	bool need_alloc;
	gfp_t gfp;
	scst_data_direction direction;
	scst_data_direction expected_direction;
	int expected_len;
	int bufflen;
	int resp_len;

	struct scatterlist *sg;		/* what the device works on */
	int sg_cnt;
	struct scatterlist *tgt_sg;	/* the driver's, if it gave one */
	int tgt_sg_cnt;
	struct scatterlist *cut_sg;	/* entry shortened to resp_len ... */
	unsigned int cut_length;	/* ... and its length before */

	uint8_t status;
	uint8_t sense[252];
	int sense_len;
	int delivery_status;
};

struct scst_mgmt_cmd {
	struct work_struct work;
	struct scst_session *sess;
	int fn;
	int status;
	u64 sequence;
	u64 lun;
	u64 tag;
	void *tgt_priv;
};

struct scst_aen {
	struct scst_session *sess;
	uint8_t sense[18];
};

struct scst_rx_mgmt_params {
	int fn;
	uint64_t tag;
	const uint8_t *lun;
	int lun_len;
	int atomic;
	void *tgt_priv;
	unsigned char tag_set;
	unsigned char lun_set;
};

/* Templates, targets, sessions */
int scst_register_target_template(struct scst_tgt_template *tgtt);
void scst_unregister_target_template(struct scst_tgt_template *tgtt);
struct scst_tgt *scst_register_target(struct scst_tgt_template *tgtt, const char *name);
void scst_unregister_target(struct scst_tgt *tgt);
struct scst_session *
scst_register_session(struct scst_tgt *tgt, int atomic, const char *initiator_name,
		      void *tgt_priv, void *result_fn_data,
		      void (*result_fn)(struct scst_session *sess, void *data, int result));
void scst_unregister_session(struct scst_session *sess, int wait,
			     void (*unreg_done_fn)(struct scst_session *sess));
bool scst_initiator_has_luns(struct scst_tgt *tgt, const char *initiator_name);

#define scst_tgt_get_tgt_priv(tgt)		((tgt)->tgt_priv)
#define scst_tgt_set_tgt_priv(tgt, priv)	((tgt)->tgt_priv = (priv))
#define scst_sess_get_tgt_priv(sess)		((sess)->sess_tgt_priv)
#define scst_sess_set_tgt_priv(sess, priv)	((sess)->sess_tgt_priv = (priv))
#define scst_get_tgt_name(tgt)			((const char *)(tgt)->tgt_name)
#define scst_sysfs_get_sess_kobj(sess)		(&(sess)->sess_kobj)

/* Commands */
struct scst_cmd *scst_rx_cmd(struct scst_session *sess, const uint8_t *lun, int lun_len,
			     const uint8_t *cdb, unsigned int cdb_len, bool atomic);
void scst_cmd_init_done(struct scst_cmd *cmd, enum scst_exec_context context);
void scst_tgt_cmd_done(struct scst_cmd *cmd, enum scst_exec_context context);
bool scst_cmd_aborted_on_xmit(struct scst_cmd *cmd);
bool scst_get_resid(struct scst_cmd *cmd, int *resid, int *bidi_out_resid);
void scst_check_restore_sg_buff(struct scst_cmd *cmd);
struct scatterlist *scst_alloc_sg(int size, gfp_t gfp, int *count);
void scst_free_sg(struct scatterlist *sg, int count);
uint64_t scst_unpack_lun(const uint8_t *lun, int len);
int scst_get_max_lun_commands(struct scst_session *sess, uint64_t lun);

#define scst_estimate_context()			SCST_CONTEXT_THREAD
#define scst_sense_valid(sense)			(((sense)[0] & 0x70) == 0x70)
#define scst_cmd_atomic(cmd)			((cmd)->atomic)
#define scst_cmd_get_tgt_priv(cmd)		((cmd)->tgt_priv)
#define scst_cmd_set_tgt_priv(cmd, priv)	((cmd)->tgt_priv = (priv))
#define scst_cmd_set_tag(cmd, value)		((cmd)->tag = (value))
#define scst_cmd_set_queue_type(cmd, type)	((cmd)->queue_type = (type))
#define scst_cmd_set_tgt_need_alloc_data_buf(cmd) ((cmd)->need_alloc = true)
#define scst_cmd_set_noio_mem_alloc(cmd)	((cmd)->gfp = GFP_NOIO)
#define scst_cmd_get_gfp_mask(cmd)		((cmd)->gfp)
#define scst_cmd_get_bufflen(cmd)		((cmd)->bufflen)
#define scst_cmd_get_data_direction(cmd)	((cmd)->direction)
#define scst_cmd_get_tgt_data_buff_alloced(cmd)	((cmd)->tgt_sg != NULL)
#define scst_cmd_get_sg(cmd)			((cmd)->sg)
#define scst_cmd_get_sg_cnt(cmd)		((cmd)->sg_cnt)
#define scst_cmd_get_status(cmd)		((cmd)->status)
#define scst_cmd_get_sense_buffer(cmd)		((cmd)->sense)
#define scst_cmd_get_sense_buffer_len(cmd)	((cmd)->sense_len)
#define scst_cmd_get_adjusted_resp_data_len(cmd) min((cmd)->resp_len, (cmd)->expected_len)
#define scst_set_delivery_status(cmd, value)	((cmd)->delivery_status = (value))

static inline void scst_cmd_set_tgt_sg(struct scst_cmd *cmd, struct scatterlist *sg, int count)
{
	cmd->tgt_sg = sg;
	cmd->tgt_sg_cnt = count;
}

static inline void scst_cmd_set_expected(struct scst_cmd *cmd, scst_data_direction direction,
					 int len)
{
	cmd->expected_direction = direction;
	cmd->expected_len = len;
}

/* Task management and events */
int scst_rx_mgmt_fn(struct scst_session *sess, const struct scst_rx_mgmt_params *params);
void scst_aen_done(struct scst_aen *aen);

#define scst_rx_mgmt_params_init(params)	memset(params, 0, sizeof(*(params)))
#define scst_mgmt_cmd_get_tgt_priv(mcmd)	((mcmd)->tgt_priv)
#define scst_mgmt_cmd_get_status(mcmd)		((mcmd)->status)
#define scst_aen_get_event_fn(aen)		SCST_AEN_SCSI
#define scst_aen_get_sess(aen)			((aen)->sess)
#define scst_aen_get_sense(aen)			((aen)->sense)
#define scst_aen_get_sense_len(aen)		((int)sizeof((aen)->sense))

/* Words of mgmt commands */
char *scst_get_next_lexem(char **text);
char *scst_get_next_token_str(char **text);

#endif /* STANDIN_SCST_H */
