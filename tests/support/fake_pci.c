/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files remove and rescan of the fake kernel (drivers/pci/remove.c, drivers/pci/probe.c): a
 * removed device loses its driver, its override and its group, and takes all devices below it
 * along. The bus that it was on finds it again, as a new device: with another inode.
 */
#include "support/fake_parts.h"
#include "support/tree.h"

#include "base/arena.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PCI_DEVICES "/sys/bus/pci/devices"

/* The devices at and below a folder, the deepest first. */
struct branch {
	const struct fake_kernel *fake;
	const char *top;
	char names[FAKE_REMOVED_MAX][FAKE_NAME_SIZE];
	size_t depths[FAKE_REMOVED_MAX];
	size_t count;
};

static void add_to_branch(void *context, const char *name)
{
	struct branch *branch = context;
	char device[FAKE_PATH_SIZE];
	size_t at = branch->count;

	if (!machine_device(branch->fake->dir, "pci", name, device) ||
	    !text_is_within(device, branch->top))
		return;
	if (branch->count == FAKE_REMOVED_MAX)
		abort();
	for (; at > 0 && branch->depths[at - 1] < strlen(device); at--) {
		branch->depths[at] = branch->depths[at - 1];
		memcpy(branch->names[at], branch->names[at - 1], FAKE_NAME_SIZE);
	}
	branch->depths[at] = strlen(device);
	snprintf(branch->names[at], FAKE_NAME_SIZE, "%s", name);
	branch->count++;
}

static void remove_device(const struct fake_kernel *fake, const char *name)
{
	struct fake_shared *shared = fake->shared;
	struct fake_removed *removed = NULL;
	char device[FAKE_PATH_SIZE];

	for (size_t i = 0; i < FAKE_REMOVED_MAX && !removed; i++)
		if (!*shared->removed[i].name)
			removed = &shared->removed[i];
	if (!removed || !machine_device(fake->dir, "pci", name, device))
		abort();
	removed->group = machine_group(device);
	removed->number = atomic_load(&shared->unplugged);
	*strrchr(device, '/') = '\0';
	snprintf(removed->parent, sizeof(removed->parent), "%s", device + strlen(fake->dir));
	snprintf(removed->name, sizeof(removed->name), "%s", name);
	fake_unplug(fake, "pci", name);
}

int fake_pci_remove(const struct fake_kernel *fake, const char *folder)
{
	char top[FAKE_PATH_SIZE];
	struct branch branch = {.fake = fake, .top = top};
	struct stat status;

	snprintf(top, sizeof(top), "%s%s", fake->dir, folder);
	if (stat(top, &status) < 0)
		return -ENOENT;
	machine_each_device(fake->dir, "pci", add_to_branch, &branch);
	for (size_t i = 0; i < branch.count; i++)
		remove_device(fake, branch.names[i]);
	return 0;
}

/* Move all that is in one folder to another, which is new and so has another inode. */
static void move_contents(const char *from, const char *to)
{
	struct dirent **names;
	int count;

	if (mkdir(to, 0755) < 0)
		abort();
	count = scandir(from, &names, NULL, NULL);
	for (int i = 0; i < count; i++) {
		char old[FAKE_PATH_SIZE * 2], new[FAKE_PATH_SIZE * 2];

		snprintf(old, sizeof(old), "%s/%s", from, names[i]->d_name);
		snprintf(new, sizeof(new), "%s/%s", to, names[i]->d_name);
		if (strcmp(names[i]->d_name, ".") != 0 && strcmp(names[i]->d_name, "..") != 0 &&
		    rename(old, new) < 0)
			abort();
		free(names[i]);
	}
	free(names);
}

static void put_back(const struct fake_kernel *fake, const struct fake_removed *removed)
{
	char from[FAKE_PATH_SIZE], to[FAKE_PATH_SIZE], line[FAKE_PATH_SIZE];

	snprintf(from, sizeof(from), "%s/.unplugged-%u", fake->dir, removed->number);
	snprintf(to, sizeof(to), "%s%s/%s", fake->dir, removed->parent, removed->name);
	move_contents(from, to);
	snprintf(line, sizeof(line), PCI_DEVICES "/%s -> ../../..%s/%s\n", removed->name,
		 removed->parent + strlen("/sys"), removed->name);
	tree_unpack(line, fake->dir);
	machine_set_driver(fake->dir, to, NULL);
	machine_set_override(fake->dir, to, NULL);
	if (removed->group >= 0)
		machine_join_group(fake->dir, to, removed->group + fake->shared->renumbered_by);
}

/* The name of the device that is found in place of a removed one; false where nothing is. */
static bool find_one(const struct fake_kernel *fake, const struct fake_removed *removed,
		     char ret_name[static FAKE_NAME_SIZE])
{
	const struct fake_shared *shared = fake->shared;

	if (strcmp(shared->changeling, removed->name) != 0) {
		put_back(fake, removed);
		snprintf(ret_name, FAKE_NAME_SIZE, "%s", removed->name);
		return true;
	}
	if (!*shared->instead)
		return false;
	fake_plug(fake, shared->instead);
	return sscanf(shared->instead, "%*s %255s", ret_name) == 1;
}

static bool has_parent(const struct fake_kernel *fake, const struct fake_removed *removed)
{
	char path[FAKE_PATH_SIZE];
	struct stat status;

	snprintf(path, sizeof(path), "%s%s", fake->dir, removed->parent);
	return stat(path, &status) == 0;
}

void fake_pci_search(const struct fake_kernel *fake, const char *parent,
		     void (*found)(void *context, const char *name), void *context)
{
	char name[FAKE_NAME_SIZE];

	/* The upper ones were taken out last. */
	for (size_t i = FAKE_REMOVED_MAX; i-- > 0;) {
		struct fake_removed *removed = &fake->shared->removed[i];

		if (!*removed->name || !text_is_within(removed->parent, parent) ||
		    !has_parent(fake, removed) || !find_one(fake, removed, name))
			continue;
		*removed->name = '\0';
		found(context, name);
	}
}

void fake_finds_instead(struct fake_kernel *fake, const char *device, const char *line)
{
	snprintf(fake->shared->changeling, sizeof(fake->shared->changeling), "%s", device);
	snprintf(fake->shared->instead, sizeof(fake->shared->instead), "%s", line);
}

void fake_binds_at_once(struct fake_kernel *fake)
{
	fake->shared->binds_at_once = true;
}

void fake_renumbers_groups(struct fake_kernel *fake, int by)
{
	fake->shared->renumbered_by = by;
}
