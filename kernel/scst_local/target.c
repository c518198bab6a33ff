// SPDX-License-Identifier: GPL-2.0-only
/*
 * Targets, and the commands written to the driver's "mgmt" file. SCST runs
 * those one after another in a thread of its own.
 */
#include <linux/slab.h>

#include "scst_local.h"

/* Guards sl_targets and the lists of sessions; no call into SCST is made under it. */
DEFINE_MUTEX(sl_lists_mutex);
static LIST_HEAD(sl_targets);

/* Held by each mgmt command, so that unloading cannot overtake one. */
static DEFINE_MUTEX(sl_mgmt_mutex);
static bool sl_stopping;

static struct sl_target *sl_target_find(const char *name)
{
	struct sl_target *target;

	lockdep_assert_held(&sl_lists_mutex);
	list_for_each_entry(target, &sl_targets, entry) {
		if (!strcmp(scst_get_tgt_name(target->scst_tgt), name))
			return target;
	}
	return NULL;
}

static void sl_target_close_sessions(struct sl_target *target)
{
	struct sl_session *sess, *next;

	mutex_lock(&sl_lists_mutex);
	list_for_each_entry_safe(sess, next, &target->sessions, entry) {
		list_del_init(&sess->entry);
		sl_session_close(sess);
	}
	mutex_unlock(&sl_lists_mutex);
}

/* Waits until the sessions are gone: scst_unregister_target() does. */
static void sl_target_destroy(struct sl_target *target)
{
	sl_target_close_sessions(target);
	scst_unregister_target(target->scst_tgt);
	kfree(target);
}

/* session_name=NAME[;session_name=NAME...] */
static int sl_target_add_sessions(struct sl_target *target, char *params)
{
	char *param, *name, *value;
	int ret;

	while ((param = scst_get_next_token_str(&params))) {
		name = scst_get_next_lexem(&param);
		if (!*name)
			break;
		if (strcasecmp(name, "session_name")) {
			pr_err("add_target: unknown parameter %s\n", name);
			return -EINVAL;
		}
		value = scst_get_next_lexem(&param);
		if (!*value) {
			pr_err("add_target: %s needs a value\n", name);
			return -EINVAL;
		}
		ret = sl_session_add(target, value, NULL);
		if (ret)
			return ret;
	}
	return 0;
}

int sl_target_add(const char *name, char *params)
{
	struct sl_target *target;
	int ret;

	target = kzalloc(sizeof(*target), GFP_KERNEL);
	if (!target)
		return -ENOMEM;
	INIT_LIST_HEAD(&target->sessions);

	target->scst_tgt = scst_register_target(&sl_template, name);
	if (!target->scst_tgt) {
		kfree(target);
		return -EFAULT;
	}
	scst_tgt_set_tgt_priv(target->scst_tgt, target);

	ret = sl_target_add_sessions(target, params);
	if (ret) {
		sl_target_destroy(target);
		return ret;
	}

	mutex_lock(&sl_lists_mutex);
	list_add_tail(&target->entry, &sl_targets);
	mutex_unlock(&sl_lists_mutex);
	return 0;
}

int sl_target_del(const char *name)
{
	struct sl_target *target;

	mutex_lock(&sl_lists_mutex);
	target = sl_target_find(name);
	if (target)
		list_del(&target->entry);
	mutex_unlock(&sl_lists_mutex);
	if (!target)
		return -ENOENT;

	sl_target_destroy(target);
	return 0;
}

/* No target is made after this; those there are go. */
void sl_target_stop(void)
{
	struct sl_target *target, *next;
	LIST_HEAD(targets);

	mutex_lock(&sl_mgmt_mutex);
	sl_stopping = true;
	mutex_unlock(&sl_mgmt_mutex);

	mutex_lock(&sl_lists_mutex);
	list_splice_init(&sl_targets, &targets);
	mutex_unlock(&sl_lists_mutex);

	/* All sessions leave at once, then each target waits for its own. */
	list_for_each_entry(target, &targets, entry)
		sl_target_close_sessions(target);
	list_for_each_entry_safe(target, next, &targets, entry)
		sl_target_destroy(target);
}

ssize_t sl_mgmt_add_target(const char *name, char *params)
{
	int ret = -ENODEV;

	mutex_lock(&sl_mgmt_mutex);
	if (!sl_stopping)
		ret = sl_target_add(name, params);
	mutex_unlock(&sl_mgmt_mutex);
	return ret;
}

ssize_t sl_mgmt_del_target(const char *name)
{
	int ret = -ENODEV;

	mutex_lock(&sl_mgmt_mutex);
	if (!sl_stopping)
		ret = sl_target_del(name);
	mutex_unlock(&sl_mgmt_mutex);
	return ret;
}

/* add_session TARGET SESSION [transport_id=HEX], the last with extra_attributes */
static int sl_mgmt_add_session(struct sl_target *target, const char *name, char *rest)
{
	struct sl_transport_id *tid = NULL;
	char *word;
	int ret;

	if (sl_extra_attributes) {
		word = scst_get_next_lexem(&rest);
		if (*word) {
			if (strcasecmp(word, "transport_id")) {
				pr_err("add_session: unknown parameter %s\n", word);
				return -EINVAL;
			}
			tid = sl_tid_parse(scst_get_next_lexem(&rest));
			if (IS_ERR(tid))
				return PTR_ERR(tid);
		}
	}
	ret = sl_session_add(target, name, tid);
	kfree(tid);
	return ret;
}

/* The oldest session of that initiator name. */
static int sl_mgmt_del_session(struct sl_target *target, const char *name)
{
	struct sl_session *sess, *found = NULL;

	mutex_lock(&sl_lists_mutex);
	list_for_each_entry(sess, &target->sessions, entry) {
		if (!strcmp(sess->scst_sess->initiator_name, name)) {
			found = sess;
			kref_get(&sess->ref);
			list_del_init(&sess->entry);
			sl_session_close(sess);
			break;
		}
	}
	mutex_unlock(&sl_lists_mutex);
	if (!found)
		return -EINVAL;

	sl_session_settle_removal(found);
	sl_session_put(found);
	return 0;
}

/*
 * A word that is no command is refused only where its target or session word
 * is missing; SCST's own driver behaves so, and administration tools may rely
 * on it.
 */
static int sl_mgmt_run(char *cmd)
{
	struct sl_target *target;
	char *word, *name;

	word = scst_get_next_lexem(&cmd);
	if (!*word)
		return -EINVAL;
	name = scst_get_next_lexem(&cmd);
	if (!*name)
		return -EINVAL;

	mutex_lock(&sl_lists_mutex);
	target = sl_target_find(name);
	mutex_unlock(&sl_lists_mutex);
	if (!target) {
		pr_err("%s: no target %s\n", word, name);
		return -EINVAL;
	}

	name = scst_get_next_lexem(&cmd);
	if (!*name)
		return -EINVAL;

	if (!strcasecmp(word, "add_session"))
		return sl_mgmt_add_session(target, name, cmd);
	if (!strcasecmp(word, "del_session"))
		return sl_mgmt_del_session(target, name);
	return 0;
}

ssize_t sl_mgmt_cmd(char *cmd)
{
	int ret = -ENODEV;

	mutex_lock(&sl_mgmt_mutex);
	if (!sl_stopping)
		ret = sl_mgmt_run(cmd);
	mutex_unlock(&sl_mgmt_mutex);
	return ret;
}

int sl_target_release(struct scst_tgt *scst_tgt)
{
	return 0;
}

u16 sl_target_scsi_version(struct scst_tgt *scst_tgt)
{
	struct sl_target *target = scst_tgt_get_tgt_priv(scst_tgt);

	if (!target || !target->scsi_version)
		return SL_SAS_VERSION;
	return target->scsi_version;
}

u16 sl_target_phys_version(struct scst_tgt *scst_tgt)
{
	struct sl_target *target = scst_tgt_get_tgt_priv(scst_tgt);

	return target ? target->phys_version : 0;
}
