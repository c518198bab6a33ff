// SPDX-License-Identifier: GPL-2.0-only
/* Target drivers, targets and their LUNs, each with its "mgmt". */
#include <linux/module.h>
#include <linux/slab.h>

#include "standin.h"

/* For objects that live elsewhere: the folder goes, nothing is freed. */
static void standin_release_nothing(struct kobject *kobj)
{
}

static const struct kobj_type standin_ktype_plain = {
	.sysfs_ops = &kobj_sysfs_ops, .release = standin_release_nothing,
};

static ssize_t standin_driver_command(struct scst_tgt_template *tgtt, char *text)
{
	char *whole = kstrdup(text, GFP_KERNEL), *rest = text, *word, *name;
	ssize_t ret = -EINVAL;

	if (!whole)
		return -ENOMEM;
	word = scst_get_next_lexem(&rest);
	if (!strcasecmp(word, "add_target") || !strcasecmp(word, "del_target")) {
		name = scst_get_next_lexem(&rest);
		if (*name && !strcasecmp(word, "add_target"))
			ret = tgtt->add_target(name, rest);
		else if (*name)
			ret = tgtt->del_target(name);
	} else {
		ret = tgtt->mgmt_cmd(whole);
	}
	kfree(whole);
	return ret;
}

static ssize_t driver_mgmt_store(struct kobject *kobj, struct kobj_attribute *attr,
				 const char *buf, size_t count)
{
	struct scst_tgt_template *tgtt = container_of(kobj, struct scst_tgt_template, tgtt_kobj);
	char *text = kstrndup(buf, count, GFP_KERNEL);
	ssize_t ret;

	if (!text)
		return -ENOMEM;
	mutex_lock(&standin_mgmt_mutex);
	ret = standin_driver_command(tgtt, text);
	mutex_unlock(&standin_mgmt_mutex);
	kfree(text);
	return ret ? ret : count;
}

static struct kobj_attribute driver_mgmt_attr =
	__ATTR(mgmt, 0200, NULL, driver_mgmt_store);

int scst_register_target_template(struct scst_tgt_template *tgtt)
{
	int ret;

	INIT_LIST_HEAD(&tgtt->targets);
	memset(&tgtt->tgtt_kobj, 0, sizeof(tgtt->tgtt_kobj));
	ret = kobject_init_and_add(&tgtt->tgtt_kobj, (struct kobj_type *)&standin_ktype_plain,
				   standin_targets, "%s", tgtt->name);
	if (!ret)
		ret = sysfs_create_file(&tgtt->tgtt_kobj, &driver_mgmt_attr.attr);
	if (!ret)
		ret = sysfs_create_files(&tgtt->tgtt_kobj, tgtt->tgtt_attrs);
	if (ret)
		kobject_put(&tgtt->tgtt_kobj);
	return ret;
}
EXPORT_SYMBOL_GPL(scst_register_target_template);

void scst_unregister_target_template(struct scst_tgt_template *tgtt)
{
	WARN_ON(!list_empty(&tgtt->targets));
	kobject_del(&tgtt->tgtt_kobj);
	kobject_put(&tgtt->tgtt_kobj);
}
EXPORT_SYMBOL_GPL(scst_unregister_target_template);

/* LUNs */

static struct standin_lun *standin_lun_find(struct scst_tgt *tgt, u64 number)
{
	struct standin_lun *lun;

	list_for_each_entry(lun, &tgt->luns, entry) {
		if (lun->number == number)
			return lun;
	}
	return NULL;
}

struct standin_disk *standin_lun_disk(struct scst_tgt *tgt, u64 number)
{
	struct standin_disk *disk = NULL;
	struct standin_lun *lun;

	spin_lock(&tgt->lock);
	lun = standin_lun_find(tgt, number);
	if (lun) {
		disk = lun->disk;
		kref_get(&disk->ref);
	}
	spin_unlock(&tgt->lock);
	return disk;
}

int standin_lun_list(struct scst_tgt *tgt, u64 *numbers, int room)
{
	struct standin_lun *lun;
	int count = 0;

	spin_lock(&tgt->lock);
	list_for_each_entry(lun, &tgt->luns, entry) {
		if (count < room)
			numbers[count++] = lun->number;
	}
	spin_unlock(&tgt->lock);
	return count;
}

bool scst_initiator_has_luns(struct scst_tgt *tgt, const char *initiator_name)
{
	bool has;

	spin_lock(&tgt->lock);
	has = !list_empty(&tgt->luns);
	spin_unlock(&tgt->lock);
	return has;
}
EXPORT_SYMBOL_GPL(scst_initiator_has_luns);

void scst_aen_done(struct scst_aen *aen)
{
	kfree(aen);
}
EXPORT_SYMBOL_GPL(scst_aen_done);

/* REPORTED LUNS DATA HAS CHANGED to each session; the mgmt mutex keeps the list still. */
static void standin_tell_sessions(struct scst_tgt *tgt)
{
	struct scst_session *sess;
	struct scst_aen *aen;

	spin_lock(&tgt->lock);
	list_for_each_entry(sess, &tgt->sessions, entry) {
		aen = kzalloc(sizeof(*aen), GFP_ATOMIC);
		if (!aen)
			break;
		aen->sess = sess;
		aen->sense[0] = 0x70;
		aen->sense[2] = UNIT_ATTENTION;
		aen->sense[7] = 10;
		aen->sense[12] = 0x3f;
		aen->sense[13] = 0x0e;
		tgt->tgtt->report_aen(aen);
	}
	spin_unlock(&tgt->lock);
}

static int standin_lun_add(struct scst_tgt *tgt, const char *name, u64 number)
{
	struct standin_disk *disk = standin_disk_get(name);
	struct standin_lun *lun;

	if (!disk)
		return -EINVAL;
	lun = kzalloc(sizeof(*lun), GFP_KERNEL);
	if (!lun || number >= STANDIN_MAX_LUNS || standin_lun_find(tgt, number)) {
		kfree(lun);
		standin_disk_put(disk);
		return lun ? -EEXIST : -ENOMEM;
	}
	lun->disk = disk;
	lun->number = number;
	spin_lock(&tgt->lock);
	list_add_tail(&lun->entry, &tgt->luns);
	spin_unlock(&tgt->lock);
	return 0;
}

static int standin_lun_del(struct scst_tgt *tgt, u64 number)
{
	struct standin_lun *lun = standin_lun_find(tgt, number);

	if (!lun)
		return -EINVAL;
	spin_lock(&tgt->lock);
	list_del(&lun->entry);
	spin_unlock(&tgt->lock);
	standin_disk_put(lun->disk);
	kfree(lun);
	return 0;
}

/* add DISK LUN | del LUN */
static ssize_t luns_mgmt_store(struct kobject *kobj, struct kobj_attribute *attr,
			       const char *buf, size_t count)
{
	struct scst_tgt *tgt = container_of(kobj->parent, struct scst_tgt, tgt_kobj);
	char *text = kstrndup(buf, count, GFP_KERNEL), *rest = text, *word, *name;
	int ret = -EINVAL;
	u64 number;

	if (!text)
		return -ENOMEM;
	mutex_lock(&standin_mgmt_mutex);
	word = scst_get_next_lexem(&rest);
	name = scst_get_next_lexem(&rest);
	if (!strcmp(word, "add") && !kstrtou64(scst_get_next_lexem(&rest), 0, &number))
		ret = standin_lun_add(tgt, name, number);
	else if (!strcmp(word, "del") && !kstrtou64(name, 0, &number))
		ret = standin_lun_del(tgt, number);
	if (!ret)
		standin_tell_sessions(tgt);
	mutex_unlock(&standin_mgmt_mutex);
	kfree(text);
	return ret ? ret : count;
}

static struct kobj_attribute luns_mgmt_attr = __ATTR(mgmt, 0200, NULL, luns_mgmt_store);

/* Targets */

static int standin_target_add_folders(struct scst_tgt *tgt)
{
	int ret = kobject_add(&tgt->tgt_kobj, &tgt->tgtt->tgtt_kobj, "%s", tgt->tgt_name);

	if (ret)
		return ret;
	tgt->sessions_kobj = kobject_create_and_add("sessions", &tgt->tgt_kobj);
	tgt->luns_kobj = kobject_create_and_add("luns", &tgt->tgt_kobj);
	if (!tgt->sessions_kobj || !tgt->luns_kobj)
		return -ENOMEM;
	ret = sysfs_create_file(tgt->luns_kobj, &luns_mgmt_attr.attr);
	return ret ? ret : sysfs_create_files(&tgt->tgt_kobj, tgt->tgtt->tgt_attrs);
}

static void standin_target_free(struct scst_tgt *tgt)
{
	kobject_put(tgt->sessions_kobj);
	kobject_put(tgt->luns_kobj);
	kobject_del(&tgt->tgt_kobj);
	kobject_put(&tgt->tgt_kobj);
	kfree(tgt->tgt_name);
	kfree(tgt);
}

static bool standin_target_name_taken(struct scst_tgt_template *tgtt, const char *name)
{
	struct scst_tgt *tgt;

	list_for_each_entry(tgt, &tgtt->targets, entry) {
		if (!strcmp(tgt->tgt_name, name))
			return true;
	}
	return false;
}

struct scst_tgt *scst_register_target(struct scst_tgt_template *tgtt, const char *name)
{
	struct scst_tgt *tgt;

	if (standin_inject(STANDIN_FAIL_TARGET) || standin_target_name_taken(tgtt, name))
		return NULL;
	tgt = kzalloc(sizeof(*tgt), GFP_KERNEL);
	if (!tgt)
		return NULL;
	kobject_init(&tgt->tgt_kobj, (struct kobj_type *)&standin_ktype_plain);
	INIT_LIST_HEAD(&tgt->sessions);
	INIT_LIST_HEAD(&tgt->luns);
	spin_lock_init(&tgt->lock);
	init_waitqueue_head(&tgt->wait);
	tgt->tgtt = tgtt;
	tgt->tgt_name = kstrdup(name, GFP_KERNEL);
	if (!tgt->tgt_name || standin_target_add_folders(tgt)) {
		standin_target_free(tgt);
		return NULL;
	}
	list_add_tail(&tgt->entry, &tgtt->targets);
	atomic_inc(&standin_target_count);
	return tgt;
}
EXPORT_SYMBOL_GPL(scst_register_target);

void scst_unregister_target(struct scst_tgt *tgt)
{
	struct standin_lun *lun, *next;

	wait_event(tgt->wait, atomic_read(&tgt->session_count) == 0);
	/* The last session wakes under the lock. */
	spin_lock(&tgt->lock);
	spin_unlock(&tgt->lock);
	tgt->tgtt->release(tgt);
	list_for_each_entry_safe(lun, next, &tgt->luns, entry)
		standin_lun_del(tgt, lun->number);
	list_del(&tgt->entry);
	standin_target_free(tgt);
	atomic_dec(&standin_target_count);
}
EXPORT_SYMBOL_GPL(scst_unregister_target);
