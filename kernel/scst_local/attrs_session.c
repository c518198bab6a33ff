// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of sessions: those SCST's own driver has, and more where the
 * module was loaded with extra_attributes.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "scst_local.h"

static struct sl_session *sl_kobj_session(struct kobject *kobj)
{
	return sl_session_get(container_of(kobj, struct scst_session, sess_kobj));
}

static ssize_t host_no_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sl_session *sess = sl_kobj_session(kobj);
	ssize_t len;

	if (!sess)
		return -ENODEV;
	len = sysfs_emit(buf, "%u\n", sess->host_no);
	sl_session_put(sess);
	return len;
}

/* The bytes themselves, no newline. */
static ssize_t transport_id_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sl_session *sess = sl_kobj_session(kobj);
	struct sl_transport_id *tid;
	unsigned int len;

	if (!sess)
		return -ENODEV;
	rcu_read_lock();
	tid = rcu_dereference(sess->tid);
	len = min_t(unsigned int, tid->len, PAGE_SIZE - 1);
	memcpy(buf, tid->bytes, len);
	rcu_read_unlock();
	sl_session_put(sess);
	return len;
}

/* Any bytes; SCST goes on with the TransportID it asked for when the session was made. */
static ssize_t transport_id_store(struct kobject *kobj, struct kobj_attribute *attr,
				  const char *buf, size_t count)
{
	struct sl_session *sess = sl_kobj_session(kobj);
	struct sl_transport_id *tid;

	if (!sess)
		return -ENODEV;
	tid = sl_tid_alloc(buf, count);
	if (tid)
		sl_tid_replace(sess, tid);
	sl_session_put(sess);
	return tid ? count : -ENOMEM;
}

static ssize_t transport_id_reset_store(struct kobject *kobj, struct kobj_attribute *attr,
					const char *buf, size_t count)
{
	struct sl_session *sess = sl_kobj_session(kobj);
	struct sl_transport_id *tid;

	if (!sess)
		return -ENODEV;
	tid = sl_tid_default(sess->number);
	if (tid)
		sl_tid_replace(sess, tid);
	sl_session_put(sess);
	return tid ? count : -ENOMEM;
}

static ssize_t session_number_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sl_session *sess = sl_kobj_session(kobj);
	ssize_t len;

	if (!sess)
		return -ENODEV;
	len = sysfs_emit(buf, "%u\n", sess->number);
	sl_session_put(sess);
	return len;
}

static const char * const sl_counter_names[SL_COUNTERS] = {
	[SL_COMPLETED]		= "completed",
	[SL_BUSY]		= "busy",
	[SL_ABORTED]		= "aborted",
	[SL_CHECK_CONDITION]	= "check_condition",
	[SL_BOUNCED]		= "bounced",
};

/* Sums of per-CPU counters: no lock, so lines may be a command apart. */
static ssize_t counters_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sl_session *sess = sl_kobj_session(kobj);
	ssize_t len = 0;
	int i, cpu;

	if (!sess)
		return -ENODEV;
	for (i = 0; i < SL_COUNTERS; i++) {
		u64 sum = 0;

		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(sess->counters, cpu)->value[i]);
		len += sysfs_emit_at(buf, len, "%s %llu\n", sl_counter_names[i], sum);
	}
	sl_session_put(sess);
	return len;
}

static ssize_t mount_safe_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sl_session *sess = sl_kobj_session(kobj);
	ssize_t len;

	if (!sess)
		return -ENODEV;
	len = sysfs_emit(buf, "%d\n", READ_ONCE(sess->mount_safe));
	sl_session_put(sess);
	return len;
}

static ssize_t mount_safe_store(struct kobject *kobj, struct kobj_attribute *attr,
				const char *buf, size_t count)
{
	struct sl_session *sess;
	bool value;
	int ret = kstrtobool(buf, &value);

	if (ret)
		return ret;
	sess = sl_kobj_session(kobj);
	if (!sess)
		return -ENODEV;
	WRITE_ONCE(sess->mount_safe, value);
	sl_session_put(sess);
	return count;
}

static ssize_t queue_depth_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sl_session *sess = sl_kobj_session(kobj);
	ssize_t len;

	if (!sess)
		return -ENODEV;
	len = sysfs_emit(buf, "%u\n", READ_ONCE(sess->queue_depth));
	sl_session_put(sess);
	return len;
}

/* At most this many commands per device; 0 leaves it to SCST. */
static ssize_t queue_depth_store(struct kobject *kobj, struct kobj_attribute *attr,
				 const char *buf, size_t count)
{
	struct sl_session *sess;
	unsigned int depth;
	int ret = kstrtouint(buf, 0, &depth);

	if (ret)
		return ret;
	sess = sl_kobj_session(kobj);
	if (!sess)
		return -ENODEV;
	ret = sl_host_set_queue_depth(sess, depth);
	sl_session_put(sess);
	return ret ? ret : count;
}

static struct kobj_attribute host_no_attr = __ATTR_RO(host_no);
static struct kobj_attribute transport_id_attr = __ATTR_RW(transport_id);
static struct kobj_attribute transport_id_reset_attr = __ATTR_WO(transport_id_reset);
static struct kobj_attribute session_number_attr = __ATTR_RO(session_number);
static struct kobj_attribute counters_attr = __ATTR_RO(counters);
static struct kobj_attribute mount_safe_attr = __ATTR_RW(mount_safe);
static struct kobj_attribute queue_depth_attr = __ATTR_RW(queue_depth);

const struct attribute *sl_session_attrs[] = {
	&host_no_attr.attr,
	&transport_id_attr.attr,
	NULL,
};

const struct attribute *sl_session_attrs_extra[] = {
	&host_no_attr.attr,
	&transport_id_attr.attr,
	&transport_id_reset_attr.attr,
	&session_number_attr.attr,
	&counters_attr.attr,
	&mount_safe_attr.attr,
	&queue_depth_attr.attr,
	NULL,
};
