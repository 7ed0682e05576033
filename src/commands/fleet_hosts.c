/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/fleet_hosts.h"

#include "capture/packer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool has_entry(int at, const char *path)
{
	struct stat status;

	return fstatat(at, path, &status, 0) == 0;
}

static bool is_tree_at(int at)
{
	return has_entry(at, "sys") || has_entry(at, "proc") || has_entry(at, "iommuctl");
}

/* Archives are known by their names: one that is something else is told so when it is read. */
static bool has_archive_name(const char *name)
{
	static const char end[] = ".tar";
	const struct packing *packing = packing_of_name(name);
	size_t length = strlen(name) - (packing ? strlen(packing->suffix) : 0),
	       size = sizeof(end) - 1;

	if (packing && packing->of_tar)
		return length > 0;
	return length > size && memcmp(name + length - size, end, size) == 0;
}

/* True for an entry of the folder @at that is an archive or a tree. */
static bool is_capture(int at, const char *name)
{
	_autoclose_ int fd = -1;
	struct stat status;

	if (*name == '.' || fstatat(at, name, &status, 0) < 0)
		return false;
	if (S_ISREG(status.st_mode))
		return has_archive_name(name);
	fd = S_ISDIR(status.st_mode) ? openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	return fd >= 0 && is_tree_at(fd);
}

bool fleet_hosts_is_folder(const char *path)
{
	_autofolder_ DIR *entries = opendir(path);
	const struct dirent *entry;

	if (!entries || is_tree_at(dirfd(entries)))
		return false;
	while ((entry = readdir(entries)))
		if (is_capture(dirfd(entries), entry->d_name))
			return true;
	return false;
}

static int compare_captures(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void add_host(struct fleet_hosts *hosts, const char *name, struct arena *arena)
{
	hosts->names = arena_room(arena, hosts->names, hosts->count, sizeof(*hosts->names));
	hosts->names[hosts->count++] = name;
}

static int add_captures_of(struct fleet_hosts *hosts, const char *path, struct arena *arena,
			   struct error *e)
{
	_autofolder_ DIR *entries = opendir(path);
	const struct dirent *entry;
	size_t first = hosts->count;

	if (!entries)
		return error_set(e, ERROR_IO, -errno, "cannot read %s", path);
	while ((entry = readdir(entries)))
		if (is_capture(dirfd(entries), entry->d_name))
			add_host(hosts, arena_concat(arena, path, "/", entry->d_name), arena);
	qsort(hosts->names + first, hosts->count - first, sizeof(*hosts->names), compare_captures);
	return 0;
}

/* Keep the first of equal names; their order stays. */
static void drop_captures_named_twice(struct fleet_hosts *hosts, struct arena *arena)
{
	const char **sorted = arena_array(arena, hosts->count, sizeof(*sorted));
	bool *seen = arena_array(arena, hosts->count, sizeof(*seen));
	size_t count = 0;

	memcpy(sorted, hosts->names, hosts->count * sizeof(*sorted));
	qsort(sorted, hosts->count, sizeof(*sorted), compare_captures);
	for (size_t i = 0; i < hosts->count; i++) {
		const char **found = bsearch(&hosts->names[i], sorted, hosts->count,
					     sizeof(*sorted), compare_captures);

		while (found > sorted && strcmp(found[-1], *found) == 0)
			found--;
		if (seen[found - sorted])
			continue;
		seen[found - sorted] = true;
		hosts->names[count++] = hosts->names[i];
	}
	hosts->count = count;
}

int fleet_hosts_list(const struct options *options, struct arena *arena,
		     struct fleet_hosts *ret_hosts, struct error *e)
{
	struct fleet_hosts hosts = {0};

	for (size_t i = 0; i < options->root_count; i++) {
		int result = 0;

		if (fleet_hosts_is_folder(options->roots[i]))
			result = add_captures_of(&hosts, options->roots[i], arena, e);
		else
			add_host(&hosts, options->roots[i], arena);
		if (result < 0)
			return result;
	}
	if (hosts.count)
		drop_captures_named_twice(&hosts, arena);
	*ret_hosts = hosts;
	return 0;
}
