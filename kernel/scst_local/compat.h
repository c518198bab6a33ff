/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between Linux 5.10 and 6.18. The SL_HAVE_ macros come from
 * features.mk, which looks into the kernel's headers: distributions take
 * changes back to older versions, so a version number says too little.
 */
#ifndef SCST_LOCAL_COMPAT_H
#define SCST_LOCAL_COMPAT_H

#include <linux/version.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#ifdef SL_HAVE_LINUX_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "scst_local needs Linux 5.10 or later"
#endif

static inline void sl_scsi_done(struct scsi_cmnd *scmd)
{
#ifdef SL_HAVE_SCSI_DONE
	scsi_done(scmd);
#else
	scmd->scsi_done(scmd);
#endif
}

static inline struct request *sl_scsi_rq(struct scsi_cmnd *scmd)
{
#ifdef SL_HAVE_SCSI_CMD_TO_RQ
	return scsi_cmd_to_rq(scmd);
#else
	return scmd->request;
#endif
}

/* Before Linux 5.14 sense data had to be announced in the driver byte, too. */
static inline void sl_set_sense_flag(struct scsi_cmnd *scmd)
{
#ifdef SL_HAVE_DRIVER_BYTE
	set_driver_byte(scmd, DRIVER_SENSE);
#endif
}

static inline void sl_rescan_device(struct scsi_device *sdev)
{
#ifdef SL_HAVE_RESCAN_SDEV
	scsi_rescan_device(sdev);
#else
	scsi_rescan_device(&sdev->sdev_gendev);
#endif
}

#ifdef SL_HAVE_QC_STATUS
#define SL_QC_STATUS	enum scsi_qc_status
#else
#define SL_QC_STATUS	int
#endif

#endif /* SCST_LOCAL_COMPAT_H */
