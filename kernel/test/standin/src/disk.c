// SPDX-License-Identifier: GPL-2.0-only
/* RAM disks. */
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "standin.h"

static LIST_HEAD(standin_disks);
static DEFINE_MUTEX(standin_disks_mutex);

static void standin_disk_free(struct kref *ref)
{
	struct standin_disk *disk = container_of(ref, struct standin_disk, ref);

	vfree(disk->data);
	kfree(disk);
}

void standin_disk_put(struct standin_disk *disk)
{
	kref_put(&disk->ref, standin_disk_free);
}

struct standin_disk *standin_disk_get(const char *name)
{
	struct standin_disk *disk, *found = NULL;

	mutex_lock(&standin_disks_mutex);
	list_for_each_entry(disk, &standin_disks, entry) {
		if (!strcmp(disk->name, name)) {
			kref_get(&disk->ref);
			found = disk;
			break;
		}
	}
	mutex_unlock(&standin_disks_mutex);
	return found;
}

int standin_disk_add(const char *name, unsigned int mebibytes)
{
	struct standin_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);

	if (!disk)
		return -ENOMEM;
	kref_init(&disk->ref);
	strscpy(disk->name, name, sizeof(disk->name));
	disk->blocks = (u64)mebibytes << (20 - 9);
	disk->data = vzalloc((u64)mebibytes << 20);
	if (!disk->data) {
		kfree(disk);
		return -ENOMEM;
	}
	mutex_lock(&standin_disks_mutex);
	list_add_tail(&disk->entry, &standin_disks);
	mutex_unlock(&standin_disks_mutex);
	return 0;
}

int standin_disk_del(const char *name)
{
	struct standin_disk *disk = standin_disk_get(name);

	if (!disk)
		return -ENOENT;
	mutex_lock(&standin_disks_mutex);
	list_del(&disk->entry);
	mutex_unlock(&standin_disks_mutex);
	standin_disk_put(disk);
	standin_disk_put(disk);
	return 0;
}

void standin_disk_del_all(void)
{
	struct standin_disk *disk, *next;

	list_for_each_entry_safe(disk, next, &standin_disks, entry) {
		list_del(&disk->entry);
		standin_disk_put(disk);
	}
}
