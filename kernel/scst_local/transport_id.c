// SPDX-License-Identifier: GPL-2.0-only
/*
 * TransportIDs (SPC-4 7.6.4) of sessions: a SAS one by default, and whatever
 * was written since.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#ifdef SL_HAVE_LINUX_HEX_H
#include <linux/hex.h>
#endif

#include "scst_local.h"

#define SL_SAS_TID_LEN	24

/* Protocol identifiers, SPC-4 7.6.1. */
enum {
	SL_PROTOCOL_FCP		= 0,
	SL_PROTOCOL_SRP		= 4,
	SL_PROTOCOL_ISCSI	= 5,
	SL_PROTOCOL_SAS		= 6,
	SL_PROTOCOL_ADT		= 7,
	SL_PROTOCOL_UAS		= 9,
};

struct sl_transport_id *sl_tid_alloc(const void *bytes, size_t len)
{
	struct sl_transport_id *tid = kmalloc(sizeof(*tid) + len, GFP_KERNEL);

	if (tid) {
		tid->len = len;
		memcpy(tid->bytes, bytes, len);
	}
	return tid;
}

/*
 * An NAA 5 SAS address in bytes 4 to 11. SCST's own driver puts only the low
 * eight bits of the session's number in it; with unique_sas_addresses the rest
 * changes the last three bytes, so numbers below 256 look alike in both.
 */
struct sl_transport_id *sl_tid_default(u32 number)
{
	u8 bytes[SL_SAS_TID_LEN] = {
		0x06, 0, 0, 0, 0x5f, 0xee, 0xde, 0x40, 0x0f, 0xad, 0xe0, 0x50,
	};

	bytes[7] |= (number >> 4) & 0x0f;
	bytes[8] |= (number & 0x0f) << 4;
	if (sl_unique_sas_addresses) {
		bytes[9] ^= number >> 24;
		bytes[10] ^= number >> 16;
		bytes[11] ^= number >> 8;
	}
	return sl_tid_alloc(bytes, sizeof(bytes));
}

/* Two hexadecimal digits per byte; SPC's lengths: 24, or 4 and the rest of an iSCSI one. */
struct sl_transport_id *sl_tid_parse(const char *hex)
{
	struct sl_transport_id *tid;
	size_t digits = strlen(hex);
	size_t len = digits / 2;

	if (digits % 2 || len < SL_SAS_TID_LEN || len > 4 + 0xffff) {
		pr_err("transport_id: %zu hexadecimal digits, expected an even number of at least %d\n",
		       digits, 2 * SL_SAS_TID_LEN);
		return ERR_PTR(-EINVAL);
	}
	tid = kmalloc(sizeof(*tid) + len, GFP_KERNEL);
	if (!tid)
		return ERR_PTR(-ENOMEM);
	tid->len = len;
	if (hex2bin(tid->bytes, hex, len)) {
		pr_err("transport_id: not a hexadecimal number\n");
		kfree(tid);
		return ERR_PTR(-EINVAL);
	}
	return tid;
}

void sl_tid_replace(struct sl_session *sess, struct sl_transport_id *tid)
{
	struct sl_transport_id *old;

	spin_lock(&sess->tid_lock);
	old = rcu_replace_pointer(sess->tid, tid, lockdep_is_held(&sess->tid_lock));
	spin_unlock(&sess->tid_lock);
	if (old)
		kfree_rcu(old, rcu);
}

/* By the transport's version descriptor, SPC-4 6.4.2; 20h descriptors per standard. */
static int sl_protocol_identifier(u16 version)
{
	switch (version & ~0x1f) {
	case 0x08c0:	/* FCP to FCP-5 */
	case 0x0900:
	case 0x0a00:
	case 0x0a40:
	case 0x0a80:
		return SL_PROTOCOL_FCP;
	case 0x0940:	/* SRP, SRP-2 */
	case 0x09a0:
		return SL_PROTOCOL_SRP;
	case 0x0960:
		return SL_PROTOCOL_ISCSI;
	case 0x09e0:	/* ADT to ADT-3 */
	case 0x0a20:
	case 0x0a60:
		return SL_PROTOCOL_ADT;
	case 0x1740:	/* UAS, UAS-2 */
	case 0x1780:
		return SL_PROTOCOL_UAS;
	default:
		return SL_PROTOCOL_SAS;
	}
}

/* SCST asks with a session once, when it is made; without one for the protocol. */
int sl_get_transport_id(struct scst_tgt *scst_tgt, struct scst_session *scst_sess,
			uint8_t **transport_id)
{
	struct sl_session *sess;
	struct sl_transport_id *tid;
	unsigned int len;
	uint8_t *copy;

	if (!scst_sess)
		return sl_protocol_identifier(sl_target_scsi_version(scst_tgt));

	sess = scst_sess_get_tgt_priv(scst_sess);
	if (!sess)
		return -ENODEV;

	rcu_read_lock();
	tid = rcu_dereference(sess->tid);
	len = tid->len;
	/* SCST reads as many bytes as the TransportID's own format calls for. */
	copy = kzalloc(max_t(unsigned int, len, SL_SAS_TID_LEN), GFP_ATOMIC);
	if (copy)
		memcpy(copy, tid->bytes, len);
	rcu_read_unlock();
	if (!copy)
		return -ENOMEM;

	*transport_id = copy;
	return 0;
}
