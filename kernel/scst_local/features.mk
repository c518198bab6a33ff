# SPDX-License-Identifier: GPL-2.0-only
# What the kernel's headers offer; compat.h and host.c read the results.
# A "." in a pattern stands for the parenthesis, which make would take as its own.

sl-scsi-headers := $(srctree)/include/scsi
sl-has = $(if $(shell grep -Els $(1) $(addprefix $(sl-scsi-headers)/,$(2))),-D$(3))

sl-features := \
	$(call sl-has,'^void scsi_done.struct',scsi_cmnd.h,SL_HAVE_SCSI_DONE) \
	$(call sl-has,'scsi_cmd_to_rq.struct',scsi_cmnd.h,SL_HAVE_SCSI_CMD_TO_RQ) \
	$(call sl-has,'set_driver_byte.struct',scsi_cmnd.h,SL_HAVE_DRIVER_BYTE) \
	$(call sl-has,'scsi_rescan_device.struct scsi_device',scsi_host.h scsi_device.h,SL_HAVE_RESCAN_SDEV) \
	$(call sl-has,'sdev_groups;',scsi_host.h,SL_HAVE_SDEV_GROUPS) \
	$(call sl-has,'[*] ?device_configure.',scsi_host.h,SL_HAVE_DEVICE_CONFIGURE) \
	$(call sl-has,'[*] ?sdev_configure.',scsi_host.h,SL_HAVE_SDEV_CONFIGURE) \
	$(call sl-has,'enum scsi_qc_status',scsi_host.h,SL_HAVE_QC_STATUS) \
	$(if $(wildcard $(srctree)/include/linux/unaligned.h),-DSL_HAVE_LINUX_UNALIGNED_H) \
	$(if $(wildcard $(srctree)/include/linux/hex.h),-DSL_HAVE_LINUX_HEX_H)

ccflags-y += $(sl-features)
