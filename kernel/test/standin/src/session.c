// SPDX-License-Identifier: GPL-2.0-only
/* Sessions: a folder each, and an end that waits for their commands. */
#include <linux/module.h>
#include <linux/slab.h>

#include "standin.h"

#define to_sess(kobj) container_of(kobj, struct scst_session, sess_kobj)

static ssize_t initiator_name_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", to_sess(kobj)->initiator_name);
}

static ssize_t force_close_store(struct kobject *kobj, struct kobj_attribute *attr,
				 const char *buf, size_t count)
{
	struct scst_session *sess = to_sess(kobj);
	int ret = sess->tgt->tgtt->close_session(sess);

	return ret ? ret : count;
}

static struct kobj_attribute initiator_name_attr = __ATTR_RO(initiator_name);
static struct kobj_attribute force_close_attr = __ATTR_WO(force_close);

static const struct attribute *standin_session_attrs[] = {
	&initiator_name_attr.attr, &force_close_attr.attr, NULL,
};

static void standin_session_free(struct kobject *kobj)
{
	struct scst_session *sess = to_sess(kobj);

	kfree(sess->transport_id);
	kfree(sess->initiator_name);
	kfree(sess);
}

static const struct kobj_type standin_ktype_session = {
	.sysfs_ops = &kobj_sysfs_ops, .release = standin_session_free,
};

static bool standin_session_name_taken(struct scst_tgt *tgt, const char *name)
{
	struct scst_session *sess;
	bool taken = false;

	spin_lock(&tgt->lock);
	list_for_each_entry(sess, &tgt->sessions, entry)
		taken |= !strcmp(kobject_name(&sess->sess_kobj), name);
	spin_unlock(&tgt->lock);
	return taken;
}

/* NAME, or where that is taken NAME_1, NAME_2 ... */
static int standin_session_add_folder(struct scst_session *sess)
{
	char *name = kstrdup(sess->initiator_name, GFP_KERNEL);
	int number = 1, ret;

	while (name && standin_session_name_taken(sess->tgt, name)) {
		kfree(name);
		name = kasprintf(GFP_KERNEL, "%s_%d", sess->initiator_name, number++);
	}
	if (!name)
		return -ENOMEM;
	ret = kobject_add(&sess->sess_kobj, sess->tgt->sessions_kobj, "%s", name);
	kfree(name);
	if (ret)
		return ret;
	ret = sysfs_create_files(&sess->sess_kobj, standin_session_attrs);
	return ret ? ret : sysfs_create_files(&sess->sess_kobj, sess->tgt->tgtt->sess_attrs);
}

static void standin_session_work(struct work_struct *work)
{
	struct scst_session *sess = container_of(work, struct scst_session, unregister_work);
	struct scst_tgt *tgt = sess->tgt;

	wait_event(sess->wait, list_empty_careful(&sess->commands));
	/* The last command wakes under the lock. */
	spin_lock_irq(&sess->lock);
	spin_unlock_irq(&sess->lock);
	spin_lock(&tgt->lock);
	list_del(&sess->entry);
	spin_unlock(&tgt->lock);
	kobject_del(&sess->sess_kobj);
	if (sess->unreg_done_fn)
		sess->unreg_done_fn(sess);
	atomic_dec(&standin_sessions);
	if (sess->shutdown)
		complete(sess->shutdown);
	kobject_put(&sess->sess_kobj);
	spin_lock(&tgt->lock);
	atomic_dec(&tgt->session_count);
	wake_up_all(&tgt->wait);
	spin_unlock(&tgt->lock);
}

struct scst_session *
scst_register_session(struct scst_tgt *tgt, int atomic, const char *initiator_name,
		      void *tgt_priv, void *result_fn_data,
		      void (*result_fn)(struct scst_session *sess, void *data, int result))
{
	struct scst_session *sess;

	if (standin_inject(STANDIN_FAIL_SESSION))
		return NULL;
	sess = kzalloc(sizeof(*sess), GFP_KERNEL);
	if (!sess)
		return NULL;
	kobject_init(&sess->sess_kobj, (struct kobj_type *)&standin_ktype_session);
	INIT_LIST_HEAD(&sess->commands);
	spin_lock_init(&sess->lock);
	init_waitqueue_head(&sess->wait);
	INIT_WORK(&sess->unregister_work, standin_session_work);
	bitmap_fill(sess->unit_attentions, STANDIN_MAX_LUNS);
	sess->tgt = tgt;
	sess->sess_tgt_priv = tgt_priv;
	sess->initiator_name = kstrdup(initiator_name, GFP_KERNEL);
	if (!sess->initiator_name ||
	    tgt->tgtt->get_initiator_port_transport_id(tgt, sess, &sess->transport_id) ||
	    standin_session_add_folder(sess)) {
		kobject_put(&sess->sess_kobj);
		return NULL;
	}
	spin_lock(&tgt->lock);
	list_add_tail(&sess->entry, &tgt->sessions);
	spin_unlock(&tgt->lock);
	atomic_inc(&tgt->session_count);
	atomic_inc(&standin_sessions);
	return sess;
}
EXPORT_SYMBOL_GPL(scst_register_session);

void scst_unregister_session(struct scst_session *sess, int wait,
			     void (*unreg_done_fn)(struct scst_session *sess))
{
	DECLARE_COMPLETION_ONSTACK(shutdown);

	sess->unreg_done_fn = unreg_done_fn;
	sess->shutdown = wait ? &shutdown : NULL;
	queue_work(standin_wq, &sess->unregister_work);
	if (wait)
		wait_for_completion(&shutdown);
}
EXPORT_SYMBOL_GPL(scst_unregister_session);
