// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sessions: made and ended with their SCSI host.
 *
 * The end goes in steps, each begun by the one before:
 *   sl_session_close()	 asked for, by mgmt or by SCST
 *   remove_work	 the SCSI host goes, its commands finish
 *   device release	 the last user of a SCSI device closed it
 *   unregister_work	 SCST is told
 *   sl_unregistered()	 SCST has finished with the session
 */
#include <linux/kernfs.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "scst_local.h"

/* Numbers of sessions: counted on for each attempt, not given again within 2^32. */
static DEFINE_XARRAY_ALLOC1(sl_session_index);
static u32 sl_next_number = 1;

static void sl_session_free(struct kref *ref)
{
	struct sl_session *sess = container_of(ref, struct sl_session, ref);
	struct sl_transport_id *tid = rcu_dereference_protected(sess->tid, true);

	xa_erase(&sl_session_index, sess->number);
	free_percpu(sess->counters);
	if (tid)
		kfree_rcu(tid, rcu);
	kfree_rcu(sess, rcu);
}

void sl_session_put(struct sl_session *sess)
{
	kref_put(&sess->ref, sl_session_free);
}

/* For readers of attributes, which the end of the session may overtake. */
struct sl_session *sl_session_get(struct scst_session *scst_sess)
{
	struct sl_session *sess;

	rcu_read_lock();
	sess = READ_ONCE(scst_sess->sess_tgt_priv);
	if (sess && !kref_get_unless_zero(&sess->ref))
		sess = NULL;
	rcu_read_unlock();
	return sess;
}

static void sl_unregistered(struct scst_session *scst_sess)
{
	struct sl_session *sess = scst_sess_get_tgt_priv(scst_sess);

	scst_sess_set_tgt_priv(scst_sess, NULL);
	sl_session_put(sess);
}

static void sl_unregister_work(struct work_struct *work)
{
	struct sl_session *sess = container_of(work, struct sl_session, unregister_work);

	scst_unregister_session(sess->scst_sess, 0, sl_unregistered);
}

static void sl_device_release(struct device *dev)
{
	struct sl_session *sess = container_of(dev, struct sl_session, dev);

	/* May be anybody's context, so SCST is told from elsewhere. */
	queue_work(sl_wq, &sess->unregister_work);
}

static void sl_remove_work(struct work_struct *work)
{
	struct sl_session *sess = container_of(work, struct sl_session, remove_work);

	cancel_work_sync(&sess->scan_work);
	sl_host_remove(sess);
	device_del(&sess->dev);
	complete_all(&sess->host_removed);
	put_device(&sess->dev);
}

/* Returns at once; the caller has taken the session off its target's list. */
void sl_session_close(struct sl_session *sess)
{
	if (!test_and_set_bit(SL_CLOSING, &sess->flags))
		queue_work(sl_wq, &sess->remove_work);
}

/* A stuck device must not hold up all management; removal goes on without us. */
void sl_session_settle_removal(struct sl_session *sess)
{
	wait_for_completion_timeout(&sess->host_removed, SL_SETTLE_TIMEOUT);
}

static void sl_close_work(struct work_struct *work)
{
	struct sl_session *sess = container_of(work, struct sl_session, close_work);

	mutex_lock(&sl_lists_mutex);
	if (test_bit(SL_READY, &sess->flags)) {
		list_del_init(&sess->entry);
		sl_session_close(sess);
	} else {
		/* Still being made: sl_session_add() will see to it. */
		set_bit(SL_CLOSE_WANTED, &sess->flags);
	}
	mutex_unlock(&sl_lists_mutex);
	sl_session_put(sess);
}

/* SCST may call this under its own locks, so the work is done elsewhere. */
int sl_close_session(struct scst_session *scst_sess)
{
	struct sl_session *sess = sl_session_get(scst_sess);

	if (sess && !queue_work(sl_wq, &sess->close_work))
		sl_session_put(sess);
	return 0;
}

static struct sl_session *sl_session_alloc(struct sl_target *target,
					   const struct sl_transport_id *given)
{
	struct sl_session *sess = kzalloc(sizeof(*sess), GFP_KERNEL);
	struct sl_transport_id *tid;

	if (!sess)
		return NULL;
	kref_init(&sess->ref);
	INIT_LIST_HEAD(&sess->entry);
	mutex_init(&sess->host_mutex);
	spin_lock_init(&sess->tid_lock);
	init_completion(&sess->scanned);
	init_completion(&sess->host_removed);
	INIT_WORK(&sess->scan_work, sl_scan_work);
	INIT_WORK(&sess->close_work, sl_close_work);
	INIT_WORK(&sess->remove_work, sl_remove_work);
	INIT_WORK(&sess->unregister_work, sl_unregister_work);
	sess->target = target;
	sess->mount_safe = true;

	if (xa_alloc_cyclic(&sl_session_index, &sess->number, sess, xa_limit_32b,
			    &sl_next_number, GFP_KERNEL) < 0) {
		kfree(sess);
		return NULL;
	}

	tid = given ? sl_tid_alloc(given->bytes, given->len) : sl_tid_default(sess->number);
	RCU_INIT_POINTER(sess->tid, tid);
	sess->counters = alloc_percpu(struct sl_counters);
	if (!tid || !sess->counters) {
		sl_session_put(sess);
		return NULL;
	}
	return sess;
}

/*
 * Looks before device_add() does, which would complain of a duplicate with a
 * stack trace.
 */
static bool sl_device_name_taken(const char *name)
{
	struct kernfs_node *node = kernfs_find_and_get(sl_root->kobj.sd, name);

	if (!node)
		return false;
	kernfs_put(node);
	return true;
}

static int sl_session_add_device(struct sl_session *sess)
{
	const char *name = kobject_name(scst_sysfs_get_sess_kobj(sess->scst_sess));
	struct device *dev = &sess->dev;
	int ret;

	if (sl_device_name_taken(name)) {
		pr_err("session %s: the name is taken\n", name);
		return -EEXIST;
	}
	ret = dev_set_name(dev, "%s", name);
	if (ret)
		return ret;
	dev->parent = sl_root;
	dev->release = sl_device_release;
	dev->dma_parms = &sess->dma_parms;
	return 0;
}

int sl_session_add(struct sl_target *target, const char *name,
		   const struct sl_transport_id *tid)
{
	struct sl_session *sess;
	int ret;

	sess = sl_session_alloc(target, tid);
	if (!sess)
		return -ENOMEM;

	sess->scst_sess = scst_register_session(target->scst_tgt, 0, name, sess, NULL, NULL);
	if (!sess->scst_sess) {
		pr_err("session %s: SCST cannot register it\n", name);
		sl_session_put(sess);
		return -ENOMEM;
	}

	ret = sl_session_add_device(sess);
	if (ret)
		goto unregister;
	ret = device_register(&sess->dev);
	if (ret)
		goto put_device;
	ret = sl_host_add(sess);
	if (ret)
		goto del_device;

	mutex_lock(&sl_lists_mutex);
	set_bit(SL_READY, &sess->flags);
	if (test_bit(SL_CLOSE_WANTED, &sess->flags))
		sl_session_close(sess);
	else
		list_add_tail(&sess->entry, &target->sessions);
	mutex_unlock(&sl_lists_mutex);
	sl_trace(TRACE_MGMT, "session %s: number %u, host %u\n", name, sess->number, sess->host_no);
	return 0;

del_device:
	device_del(&sess->dev);
put_device:
	/* Its release goes the usual way from here. */
	put_device(&sess->dev);
	return ret;

unregister:
	kfree_const(sess->dev.kobj.name);
	scst_unregister_session(sess->scst_sess, 1, sl_unregistered);
	return ret;
}
