// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of the SCSI devices: task_attribute (SAM-5 8.9) of the commands
 * that go to the device. The midlayer of these kernels knows SIMPLE tasks
 * only; a user-space target driver passes the others on through this.
 */
#include <linux/device.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "scst_local.h"

static const char * const sl_task_attributes[] = {
	[SCST_CMD_QUEUE_UNTAGGED]	= "untagged",
	[SCST_CMD_QUEUE_SIMPLE]		= "simple",
	[SCST_CMD_QUEUE_ORDERED]	= "ordered",
	[SCST_CMD_QUEUE_HEAD_OF_QUEUE]	= "head_of_queue",
	[SCST_CMD_QUEUE_ACA]		= "aca",
};

static ssize_t task_attribute_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct scsi_device *sdev = to_scsi_device(dev);

	return sysfs_emit(buf, "%s\n", sl_task_attributes[sl_device_task_attribute(sdev)]);
}

static ssize_t task_attribute_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t count)
{
	struct scsi_device *sdev = to_scsi_device(dev);
	int value = sysfs_match_string(sl_task_attributes, buf);

	if (value < 0)
		return value;
	WRITE_ONCE(sdev->hostdata, (void *)(unsigned long)(value + 1));
	return count;
}

static DEVICE_ATTR_RW(task_attribute);

#ifdef SL_HAVE_SDEV_GROUPS
static struct attribute *sl_device_attrs[] = {
	&dev_attr_task_attribute.attr,
	NULL,
};

static const struct attribute_group sl_device_group = { .attrs = sl_device_attrs };

static const struct attribute_group *sl_device_groups[] = { &sl_device_group, NULL };

void sl_device_attrs_install(struct scsi_host_template *hostt)
{
	hostt->sdev_groups = sl_device_groups;
}
#else
static struct device_attribute *sl_device_attrs[] = { &dev_attr_task_attribute, NULL };

void sl_device_attrs_install(struct scsi_host_template *hostt)
{
	hostt->sdev_attrs = sl_device_attrs;
}
#endif
