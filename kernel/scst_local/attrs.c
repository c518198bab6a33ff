// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of the driver and of targets. */
#include <linux/kernel.h>
#include <linux/sysfs.h>

#include "scst_local.h"

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t len = sysfs_emit(buf, "%s/%s\n", SCST_VERSION_STRING, SL_DATE);

#ifdef CONFIG_SCST_EXTRACHECKS
	len += sysfs_emit_at(buf, len, "EXTRACHECKS\n");
#endif
#ifdef CONFIG_SCST_TRACING
	len += sysfs_emit_at(buf, len, "TRACING\n");
#endif
#ifdef CONFIG_SCST_DEBUG
	len += sysfs_emit_at(buf, len, "DEBUG\n");
#endif
	return len;
}

static ssize_t stats_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "Aborts: %d, Device Resets: %d, Target Resets: %d\n",
			  atomic_read(&sl_aborts), atomic_read(&sl_device_resets),
			  atomic_read(&sl_target_resets));
}

static struct kobj_attribute version_attr = __ATTR_RO(version);
static struct kobj_attribute stats_attr = __ATTR_RO(stats);

const struct attribute *sl_driver_attrs[] = {
	&version_attr.attr,
	&stats_attr.attr,
	NULL,
};

static struct sl_target *sl_kobj_target(struct kobject *kobj)
{
	return scst_tgt_get_tgt_priv(container_of(kobj, struct scst_tgt, tgt_kobj));
}

static ssize_t sl_version_emit(char *buf, u16 stored, u16 shown)
{
	return sysfs_emit(buf, "0x%x\n%s", shown, stored ? SCST_SYSFS_KEY_MARK "\n" : "");
}

/* Stores the low 16 bits, 0 being the default. */
static ssize_t sl_version_store(const char *buf, size_t count, u16 *stored)
{
	unsigned long value;
	int ret = kstrtoul(buf, 0, &value);

	if (ret)
		return ret;
	WRITE_ONCE(*stored, value);
	return count;
}

static ssize_t scsi_transport_version_show(struct kobject *kobj, struct kobj_attribute *attr,
					   char *buf)
{
	struct sl_target *target = sl_kobj_target(kobj);
	u16 stored;

	if (!target)
		return -E_TGT_PRIV_NOT_YET_SET;
	stored = READ_ONCE(target->scsi_version);
	return sl_version_emit(buf, stored, stored ? stored : SL_SAS_VERSION);
}

static ssize_t scsi_transport_version_store(struct kobject *kobj, struct kobj_attribute *attr,
					    const char *buf, size_t count)
{
	struct sl_target *target = sl_kobj_target(kobj);

	if (!target)
		return -E_TGT_PRIV_NOT_YET_SET;
	return sl_version_store(buf, count, &target->scsi_version);
}

static ssize_t phys_transport_version_show(struct kobject *kobj, struct kobj_attribute *attr,
					   char *buf)
{
	struct sl_target *target = sl_kobj_target(kobj);
	u16 stored;

	if (!target)
		return -E_TGT_PRIV_NOT_YET_SET;
	stored = READ_ONCE(target->phys_version);
	return sl_version_emit(buf, stored, stored);
}

static ssize_t phys_transport_version_store(struct kobject *kobj, struct kobj_attribute *attr,
					    const char *buf, size_t count)
{
	struct sl_target *target = sl_kobj_target(kobj);

	if (!target)
		return -E_TGT_PRIV_NOT_YET_SET;
	return sl_version_store(buf, count, &target->phys_version);
}

static struct kobj_attribute scsi_transport_version_attr = __ATTR_RW(scsi_transport_version);
static struct kobj_attribute phys_transport_version_attr = __ATTR_RW(phys_transport_version);

const struct attribute *sl_target_attrs[] = {
	&scsi_transport_version_attr.attr,
	&phys_transport_version_attr.attr,
	NULL,
};
