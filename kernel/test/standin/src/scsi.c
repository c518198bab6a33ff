// SPDX-License-Identifier: GPL-2.0-only
/* The commands of a RAM disk: SPC and SBC as far as sd, sg and fio need them. */
#include <linux/slab.h>
#include <scsi/scsi_proto.h>

#include <linux/version.h>

#include "standin.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

enum {
	STANDIN_READ_32		= 0x09,	/* service actions of opcode 7Fh */
	STANDIN_WRITE_32	= 0x0b,
	STANDIN_READ_CAPACITY_16 = 0x10,	/* of opcode 9Eh */
};

struct standin_transfer {
	u64 lba;
	u32 blocks;
	bool write;
};

/* False where the CDB is neither a read nor a write. */
static bool standin_transfer(const struct scst_cmd *cmd, struct standin_transfer *transfer)
{
	const u8 *cdb = cmd->cdb;

	switch (cdb[0]) {
	case READ_6:
	case WRITE_6:
		transfer->lba = get_unaligned_be24(cdb + 1) & 0x1fffff;
		transfer->blocks = cdb[4] ? cdb[4] : 256;
		transfer->write = cdb[0] == WRITE_6;
		return true;
	case READ_10:
	case WRITE_10:
		transfer->lba = get_unaligned_be32(cdb + 2);
		transfer->blocks = get_unaligned_be16(cdb + 7);
		transfer->write = cdb[0] == WRITE_10;
		return true;
	case READ_12:
	case WRITE_12:
		transfer->lba = get_unaligned_be32(cdb + 2);
		transfer->blocks = get_unaligned_be32(cdb + 6);
		transfer->write = cdb[0] == WRITE_12;
		return true;
	case READ_16:
	case WRITE_16:
		transfer->lba = get_unaligned_be64(cdb + 2);
		transfer->blocks = get_unaligned_be32(cdb + 10);
		transfer->write = cdb[0] == WRITE_16;
		return true;
	case VARIABLE_LENGTH_CMD:
		if (cmd->cdb_len < 32)
			return false;
		transfer->lba = get_unaligned_be64(cdb + 12);
		transfer->blocks = get_unaligned_be32(cdb + 28);
		transfer->write = get_unaligned_be16(cdb + 8) == STANDIN_WRITE_32;
		return transfer->write || get_unaligned_be16(cdb + 8) == STANDIN_READ_32;
	default:
		return false;
	}
}

/* Direction and length of data, as the CDB has them. */
void standin_parse(struct scst_cmd *cmd)
{
	const u8 *cdb = cmd->cdb;
	struct standin_transfer transfer;
	u32 len = 0;

	if (standin_transfer(cmd, &transfer)) {
		cmd->bufflen = transfer.blocks * STANDIN_BLOCK;
		cmd->direction = !cmd->bufflen ? SCST_DATA_NONE :
			transfer.write ? SCST_DATA_WRITE : SCST_DATA_READ;
		return;
	}
	switch (cdb[0]) {
	case INQUIRY:
		len = get_unaligned_be16(cdb + 3);
		break;
	case REQUEST_SENSE:
	case MODE_SENSE:
		len = cdb[4];
		break;
	case MODE_SENSE_10:
		len = get_unaligned_be16(cdb + 7);
		break;
	case READ_CAPACITY:
		len = 8;
		break;
	case SERVICE_ACTION_IN_16:
		len = get_unaligned_be32(cdb + 10);
		break;
	case REPORT_LUNS:
		len = get_unaligned_be32(cdb + 6);
		break;
	}
	cmd->bufflen = len;
	cmd->direction = len ? SCST_DATA_READ : SCST_DATA_NONE;
}

void standin_sense(struct scst_cmd *cmd, u8 key, u8 asc, u8 ascq)
{
	memset(cmd->sense, 0, sizeof(cmd->sense));
	cmd->sense[0] = 0x70;
	cmd->sense[2] = key;
	cmd->sense[7] = 10;
	cmd->sense[12] = asc;
	cmd->sense[13] = ascq;
	cmd->sense_len = 18;
	cmd->status = SAM_STAT_CHECK_CONDITION;
}

static void standin_inquiry(struct scst_cmd *cmd, struct standin_disk *disk)
{
	u8 data[96] = { 0 };
	size_t len = 36;

	/* Peripheral qualifier 3: the target has no such logical unit, SPC-4 6.4.2. */
	data[0] = disk ? 0 : 0x7f;
	if (!(cmd->cdb[1] & 1)) {
		data[2] = 6;
		data[3] = 2;
		data[4] = len - 5;
		data[7] = 2;
		memcpy(data + 8, "STANDIN ", 8);
		memset(data + 16, ' ', 16);
		if (disk)
			memcpy(data + 16, disk->name, min_t(size_t, strlen(disk->name), 16));
		memcpy(data + 32, "1   ", 4);
	} else if (disk) {
		data[1] = cmd->cdb[2];
		switch (cmd->cdb[2]) {
		case 0x00:
			data[3] = 3;
			data[5] = 0x80;
			data[6] = 0x83;
			break;
		case 0x80:
			data[3] = strlen(disk->name);
			memcpy(data + 4, disk->name, data[3]);
			break;
		case 0x83:
			data[3] = 4 + 8 + strlen(disk->name);
			data[4] = 2;	/* ASCII */
			data[5] = 1;	/* T10 vendor ID based */
			data[7] = 8 + strlen(disk->name);
			memcpy(data + 8, "STANDIN ", 8);
			memcpy(data + 16, disk->name, strlen(disk->name));
			break;
		default:
			standin_sense(cmd, ILLEGAL_REQUEST, 0x24, 0);
			return;
		}
		len = data[3] + 4;
	}
	standin_set_response(cmd, data, len);
}

static void standin_report_luns(struct scst_cmd *cmd)
{
	u64 *numbers = kcalloc(STANDIN_MAX_LUNS, sizeof(u64), GFP_NOIO);
	u8 *data = kzalloc(8 + 8 * STANDIN_MAX_LUNS, GFP_NOIO);
	int count, i;

	if (!numbers || !data) {
		cmd->status = SAM_STAT_BUSY;
	} else {
		count = standin_lun_list(cmd->sess->tgt, numbers, STANDIN_MAX_LUNS);
		put_unaligned_be32(8 * count, data);
		for (i = 0; i < count; i++)
			int_to_scsilun(numbers[i], (struct scsi_lun *)(data + 8 + 8 * i));
		standin_set_response(cmd, data, 8 + 8 * count);
	}
	kfree(numbers);
	kfree(data);
}

static void standin_move_data(struct scst_cmd *cmd, struct standin_disk *disk,
			      const struct standin_transfer *transfer)
{
	u8 *data = disk->data + transfer->lba * STANDIN_BLOCK;
	size_t len = min(cmd->bufflen, cmd->expected_len);

	if (transfer->lba + transfer->blocks > disk->blocks) {
		standin_sense(cmd, ILLEGAL_REQUEST, 0x21, 0);
		return;
	}
	if (!cmd->sg)
		return;
	if (transfer->write) {
		/* What was not sent is not written. */
		sg_pcopy_to_buffer(cmd->sg, cmd->sg_cnt, data, len, 0);
	} else {
		sg_pcopy_from_buffer(cmd->sg, cmd->sg_cnt, data, cmd->bufflen, 0);
		cmd->resp_len = cmd->bufflen;
	}
}

void standin_execute(struct scst_cmd *cmd, struct standin_disk *disk)
{
	struct standin_transfer transfer;
	u8 data[32] = { 0 };

	if (!disk && cmd->cdb[0] != INQUIRY && cmd->cdb[0] != REPORT_LUNS &&
	    cmd->cdb[0] != REQUEST_SENSE) {
		standin_sense(cmd, ILLEGAL_REQUEST, 0x25, 0);
		return;
	}
	if (standin_transfer(cmd, &transfer)) {
		standin_move_data(cmd, disk, &transfer);
		return;
	}
	switch (cmd->cdb[0]) {
	case TEST_UNIT_READY:
	case SYNCHRONIZE_CACHE:
	case START_STOP:
	case ALLOW_MEDIUM_REMOVAL:
		return;
	case INQUIRY:
		standin_inquiry(cmd, disk);
		return;
	case REPORT_LUNS:
		standin_report_luns(cmd);
		return;
	case REQUEST_SENSE:
		data[0] = 0x70;
		data[7] = 10;
		standin_set_response(cmd, data, 18);
		return;
	case MODE_SENSE:
		data[0] = 3;
		standin_set_response(cmd, data, 4);
		return;
	case MODE_SENSE_10:
		data[1] = 6;
		standin_set_response(cmd, data, 8);
		return;
	case READ_CAPACITY:
		put_unaligned_be32(disk->blocks - 1, data);
		put_unaligned_be32(STANDIN_BLOCK, data + 4);
		standin_set_response(cmd, data, 8);
		return;
	case SERVICE_ACTION_IN_16:
		if ((cmd->cdb[1] & 0x1f) == STANDIN_READ_CAPACITY_16) {
			put_unaligned_be64(disk->blocks - 1, data);
			put_unaligned_be32(STANDIN_BLOCK, data + 8);
			standin_set_response(cmd, data, 32);
			return;
		}
		fallthrough;
	default:
		standin_sense(cmd, ILLEGAL_REQUEST, 0x20, 0);
	}
}
