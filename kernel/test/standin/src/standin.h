/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef STANDIN_H
#define STANDIN_H

#include "scst.h"

#define STANDIN_MAX_LUNS	256
#define STANDIN_BLOCK		512

/* Set while the device waits with a command, or an abort has struck it. */
enum standin_cmd_flag {
	STANDIN_ABORTED,
	STANDIN_EXECUTED,
	STANDIN_PREPARED,
};

struct standin_lun {
	struct list_head entry;
	struct kobject *kobj;
	u64 number;
	struct standin_disk *disk;
};

struct standin_disk {
	struct kref ref;
	struct list_head entry;
	char name[32];
	u64 blocks;
	u8 *data;
};

/* core.c */
extern struct kobject *standin_root;
extern struct kobject *standin_targets;
extern struct workqueue_struct *standin_wq;
extern struct mutex standin_mgmt_mutex;

/* command.c */
extern atomic64_t standin_sequence;

/* inject.c: each is counted down, or set */
enum standin_injection {
	STANDIN_FAIL_RX,	/* scst_rx_cmd() has no memory */
	STANDIN_FAIL_SESSION,	/* scst_register_session() fails */
	STANDIN_FAIL_TARGET,	/* scst_register_target() fails */
	STANDIN_FAIL_TASK,	/* scst_rx_mgmt_fn() has no memory */
	STANDIN_BUSY,		/* TASK SET FULL */
	STANDIN_BAD_SENSE,	/* CHECK CONDITION with more sense than fits, or none */
	STANDIN_OWN_BUFFER,	/* the driver is not asked for a buffer */
	STANDIN_NO_RESPONSE,	/* aborted commands are freed without a response */
	STANDIN_INJECTIONS
};

bool standin_inject(enum standin_injection which);
unsigned int standin_delay_ms(void);
bool standin_stuck(void);
int standin_inject_init(void);
extern atomic_t standin_commands, standin_sessions, standin_target_count, standin_tasks;
extern atomic_t standin_queue_types[5];
extern atomic_t standin_noio;

/* disk.c */
int standin_disk_add(const char *name, unsigned int mebibytes);
int standin_disk_del(const char *name);
void standin_disk_del_all(void);
struct standin_disk *standin_disk_get(const char *name);
void standin_disk_put(struct standin_disk *disk);

/* scsi.c */
void standin_parse(struct scst_cmd *cmd);
void standin_execute(struct scst_cmd *cmd, struct standin_disk *disk);
void standin_sense(struct scst_cmd *cmd, u8 key, u8 asc, u8 ascq);
void standin_set_response(struct scst_cmd *cmd, const void *data, int len);

/* target.c */
struct standin_disk *standin_lun_disk(struct scst_tgt *tgt, u64 lun);
int standin_lun_list(struct scst_tgt *tgt, u64 *numbers, int room);

#endif /* STANDIN_H */
