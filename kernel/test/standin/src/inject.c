// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a test can make go wrong, and what it can ask: attributes below
 * /sys/kernel/scst_tgt/standin.
 */
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "standin.h"

atomic_t standin_commands = ATOMIC_INIT(0);
atomic_t standin_sessions = ATOMIC_INIT(0);
atomic_t standin_target_count = ATOMIC_INIT(0);
atomic_t standin_tasks = ATOMIC_INIT(0);
atomic_t standin_queue_types[5];
atomic_t standin_noio = ATOMIC_INIT(0);

static atomic_t standin_counts[STANDIN_INJECTIONS];
static unsigned int standin_delay;
static unsigned int standin_hold;

bool standin_inject(enum standin_injection which)
{
	return atomic_dec_if_positive(&standin_counts[which]) >= 0;
}

unsigned int standin_delay_ms(void)
{
	return READ_ONCE(standin_delay);
}

bool standin_stuck(void)
{
	return READ_ONCE(standin_hold);
}

struct standin_count_attr {
	struct kobj_attribute attr;
	enum standin_injection which;
};

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct standin_count_attr *count = container_of(attr, struct standin_count_attr, attr);

	return sysfs_emit(buf, "%d\n", atomic_read(&standin_counts[count->which]));
}

static ssize_t count_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			   size_t size)
{
	struct standin_count_attr *count = container_of(attr, struct standin_count_attr, attr);
	unsigned int value;
	int ret = kstrtouint(buf, 0, &value);

	if (ret)
		return ret;
	atomic_set(&standin_counts[count->which], value);
	return size;
}

#define STANDIN_COUNT(_name, _which)						\
static struct standin_count_attr _name##_attr = {				\
	.attr = __ATTR(_name, 0644, count_show, count_store), .which = _which }

STANDIN_COUNT(fail_rx, STANDIN_FAIL_RX);
STANDIN_COUNT(fail_session, STANDIN_FAIL_SESSION);
STANDIN_COUNT(fail_target, STANDIN_FAIL_TARGET);
STANDIN_COUNT(fail_task, STANDIN_FAIL_TASK);
STANDIN_COUNT(busy, STANDIN_BUSY);
STANDIN_COUNT(bad_sense, STANDIN_BAD_SENSE);
STANDIN_COUNT(own_buffer, STANDIN_OWN_BUFFER);
STANDIN_COUNT(no_response, STANDIN_NO_RESPONSE);

static ssize_t delay_ms_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", standin_delay);
}

static ssize_t delay_ms_store(struct kobject *kobj, struct kobj_attribute *attr,
			      const char *buf, size_t size)
{
	int ret = kstrtouint(buf, 0, &standin_delay);

	return ret ? ret : size;
}

/* While 1, commands with data (but INQUIRY and REPORT LUNS) stay until they are aborted. */
static ssize_t stuck_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", standin_hold);
}

static ssize_t stuck_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t size)
{
	int ret = kstrtouint(buf, 0, &standin_hold);

	return ret ? ret : size;
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "commands %d\ntasks %d\nsessions %d\ntargets %d\n",
			  atomic_read(&standin_commands), atomic_read(&standin_tasks),
			  atomic_read(&standin_sessions), atomic_read(&standin_target_count));
}

static ssize_t queue_types_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "untagged %d\nsimple %d\nordered %d\nhead_of_queue %d\naca %d\nnoio %d\n",
			  atomic_read(&standin_queue_types[0]),
			  atomic_read(&standin_queue_types[1]),
			  atomic_read(&standin_queue_types[2]),
			  atomic_read(&standin_queue_types[3]),
			  atomic_read(&standin_queue_types[4]), atomic_read(&standin_noio));
}

/* add_disk NAME MEBIBYTES | del_disk NAME */
static ssize_t disks_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t size)
{
	char *text = kstrndup(buf, size, GFP_KERNEL), *rest = text;
	unsigned int mebibytes;
	char *word, *name;
	int ret = -EINVAL;

	if (!text)
		return -ENOMEM;
	word = scst_get_next_lexem(&rest);
	name = scst_get_next_lexem(&rest);
	if (!strcmp(word, "add_disk") && *name &&
	    !kstrtouint(scst_get_next_lexem(&rest), 0, &mebibytes))
		ret = standin_disk_add(name, mebibytes);
	else if (!strcmp(word, "del_disk"))
		ret = standin_disk_del(name);
	kfree(text);
	return ret ? ret : size;
}

static struct kobj_attribute delay_ms_attr = __ATTR_RW(delay_ms);
static struct kobj_attribute stuck_attr = __ATTR_RW(stuck);
static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute queue_types_attr = __ATTR_RO(queue_types);
static struct kobj_attribute disks_attr = __ATTR_WO(disks);

static struct attribute *standin_attrs[] = {
	&fail_rx_attr.attr.attr, &fail_session_attr.attr.attr, &fail_target_attr.attr.attr,
	&fail_task_attr.attr.attr, &busy_attr.attr.attr, &bad_sense_attr.attr.attr,
	&own_buffer_attr.attr.attr, &no_response_attr.attr.attr, &delay_ms_attr.attr,
	&stuck_attr.attr, &state_attr.attr, &queue_types_attr.attr, &disks_attr.attr,
	NULL,
};

static const struct attribute_group standin_group = {
	.name = "standin", .attrs = standin_attrs,
};

int standin_inject_init(void)
{
	return sysfs_create_group(standin_root, &standin_group);
}
