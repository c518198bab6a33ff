// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asynchronous events: SCST says that LUNs came or went or that a device
 * changed, and the session's SCSI host is looked through.
 */
#include <scsi/scsi_common.h>
#include <scsi/scsi_eh.h>

#include "scst_local.h"

#define SL_TUR_TIMEOUT	(10 * HZ)
/* A new or replaced device may have more than one unit attention waiting. */
#define SL_TUR_ATTEMPTS	8

/* Additional sense codes with their qualifiers, SPC-4 annex F. */
enum {
	SL_ASC_LUN_NOT_SUPPORTED	= 0x2500,
	SL_ASC_CAPACITY_CHANGED		= 0x2a09,
	SL_ASC_INQUIRY_CHANGED		= 0x3f03,
};

static unsigned int sl_asc(const struct scsi_sense_hdr *sense)
{
	return sense->asc << 8 | sense->ascq;
}

static void sl_check_device(struct scsi_device *sdev, bool rescan)
{
	struct scsi_sense_hdr sense;
	int attempt;

	for (attempt = 0; attempt < SL_TUR_ATTEMPTS; attempt++) {
		if (scsi_test_unit_ready(sdev, SL_TUR_TIMEOUT, 1, &sense) == 0 ||
		    !scsi_sense_valid(&sense))
			break;
		if (sense.sense_key == ILLEGAL_REQUEST &&
		    sl_asc(&sense) == SL_ASC_LUN_NOT_SUPPORTED) {
			scsi_remove_device(sdev);
			return;
		}
		if (sense.sense_key != UNIT_ATTENTION)
			break;
		rescan |= sl_asc(&sense) == SL_ASC_CAPACITY_CHANGED ||
			  sl_asc(&sense) == SL_ASC_INQUIRY_CHANGED;
	}
	if (rescan)
		sl_rescan_device(sdev);
}

void sl_scan_work(struct work_struct *work)
{
	struct sl_session *sess = container_of(work, struct sl_session, scan_work);
	bool rescan = test_and_clear_bit(SL_RESCAN_DEVICES, &sess->flags);
	struct scsi_device *sdev;
	struct Scsi_Host *shost;

	/* The end of the session waits for this work before it takes the host away. */
	mutex_lock(&sess->host_mutex);
	shost = sess->shost;
	mutex_unlock(&sess->host_mutex);
	if (!shost)
		return;

	shost_for_each_device(sdev, shost)
		sl_check_device(sdev, rescan);
	scsi_scan_target(&shost->shost_gendev, 0, 0, SCAN_WILD_CARD,
			 completion_done(&sess->scanned) ? SCSI_SCAN_RESCAN : SCSI_SCAN_INITIAL);
	complete_all(&sess->scanned);
}

int sl_report_aen(struct scst_aen *aen)
{
	struct sl_session *sess;

	if (scst_aen_get_event_fn(aen) != SCST_AEN_SCSI)
		return SCST_AEN_RES_NOT_SUPPORTED;

	/* One that comes before there is a host finds nothing to do: the first scan is to come. */
	sess = sl_session_get(scst_aen_get_sess(aen));
	if (sess) {
		struct scsi_sense_hdr sense;

		if (scsi_normalize_sense(scst_aen_get_sense(aen), scst_aen_get_sense_len(aen),
					 &sense) &&
		    sl_asc(&sense) == SL_ASC_CAPACITY_CHANGED)
			set_bit(SL_RESCAN_DEVICES, &sess->flags);
		if (!test_bit(SL_CLOSING, &sess->flags))
			queue_work(sl_scan_wq, &sess->scan_work);
		sl_session_put(sess);
	}
	scst_aen_done(aen);
	return SCST_AEN_RES_SUCCESS;
}
