// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for the SCST core, for tests of scst_local: its target-driver
 * API over RAM disks, below /sys/kernel/scst_tgt as SCST is. Loaded under
 * SCST's name, so never beside SCST.
 */
#include <linux/module.h>

#include "standin.h"

struct kobject *standin_root;
struct kobject *standin_targets;
struct workqueue_struct *standin_wq;
DEFINE_MUTEX(standin_mgmt_mutex);

static int __init standin_init(void)
{
	int ret = -ENOMEM;

	standin_wq = alloc_workqueue("standin", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!standin_wq)
		return ret;
	standin_root = kobject_create_and_add("scst_tgt", kernel_kobj);
	if (!standin_root)
		goto destroy_wq;
	standin_targets = kobject_create_and_add("targets", standin_root);
	if (!standin_targets)
		goto put_root;
	ret = standin_inject_init();
	if (ret)
		goto put_targets;
	return 0;

put_targets:
	kobject_put(standin_targets);
put_root:
	kobject_put(standin_root);
destroy_wq:
	destroy_workqueue(standin_wq);
	return ret;
}

static void __exit standin_exit(void)
{
	int commands = atomic_read(&standin_commands), tasks = atomic_read(&standin_tasks);
	int sessions = atomic_read(&standin_sessions);
	int targets = atomic_read(&standin_target_count);

	kobject_put(standin_targets);
	kobject_put(standin_root);
	destroy_workqueue(standin_wq);
	standin_disk_del_all();
	WARN(commands || tasks || sessions || targets,
	     "standin: left behind: %d commands, %d tasks, %d sessions, %d targets\n",
	     commands, tasks, sessions, targets);
}

module_init(standin_init);
module_exit(standin_exit);

MODULE_DESCRIPTION("Stand-in for the SCST core, for tests of scst_local");
MODULE_LICENSE("GPL");
