/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/hung_writers.h"

#include "base/process.h"
#include "base/processes.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* A search through processes. @driver: of the device, or NULL     @name: the current process */
struct search {
	const struct root *root;
	const char *path, *bus, *driver;
	struct arena *arena;
	const char *process;
	bool uninterruptible;
	const char *found;
};

static bool is_word_of(const char *name)
{
	static const char *const names[] = {"bind",   "unbind", "drivers_probe", "driver_override",
					    "remove", "rescan", "reset",	 "sriov_numvfs",
					    "power"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/*
 * True for a file of a device above: "remove" takes all below it too, and the virtual functions of
 * "sriov_numvfs" are in the same folder as its device.
 */
static bool writes_about_above(const struct search *search, const char *file)
{
	char above[PATH_SIZE];
	const char *name = text_basename(file);

	snprintf(above, sizeof(above), "%.*s", (int)(name - 1 - file), file);
	if (strcmp(name, "sriov_numvfs") == 0 && strrchr(above, '/'))
		*strrchr(above, '/') = '\0';
	return text_is_below(search->path, above);
}

/* True for the file "power" of a slot of hotplug that has the device (drivers/pci/slot.c). */
static bool switches_slot(const struct search *search, const char *file)
{
	const char *name = text_basename(file), *device = text_basename(search->path);
	char address[64];
	ssize_t length;

	if (strcmp(name, "power") != 0 || !text_starts(file, "/sys/bus/pci/slots/"))
		return false;
	length = root_readf_text(search->root, address, sizeof(address), "%.*saddress",
				 (int)(name - file), file);
	return length > 0 && text_starts(device, address) && device[length] == '.';
}

/*
 * True for a file that binds, unbinds or removes: of the device itself, of one above it, of its
 * driver, its bus or its slot.
 */
static bool writes_about(const struct search *search, const char *file)
{
	const char *rest = text_after(file, "/sys/bus/");
	char start[PATH_SIZE];

	if (!is_word_of(text_basename(file)))
		return false;
	if (text_starts(file, search->path) && file[strlen(search->path)] == '/')
		return true;
	if (writes_about_above(search, file) || switches_slot(search, file))
		return true;
	snprintf(start, sizeof(start), "%s/", search->bus);
	rest = rest ? text_after(rest, start) : NULL;
	if (!rest || text_starts(rest, "slots/"))
		return false;
	if (!search->driver || !strchr(rest, '/'))
		return true;
	snprintf(start, sizeof(start), "drivers/%s/", search->driver);
	return text_starts(rest, start);
}

/*
 * fs/proc/fd.c: seq_show, "flags:\t0100001". A file that is open for reading, as by a child of
 * iommuctl that waits for the device's lock, writes nothing. True where the flags are unknown.
 */
static bool is_open_for_writing(const struct search *search, const char *descriptor)
{
	char text[512];
	const char *flags;
	unsigned value;

	if (root_readf_text(search->root, text, sizeof(text), "/proc/%s/fdinfo/%s", search->process,
			    descriptor) <= 0)
		return true;
	flags = strstr(text, "flags:");
	return !flags || sscanf(flags, "flags: %o", &value) != 1 || (value & O_ACCMODE) != O_RDONLY;
}

static int look_at_file(void *context, const char *name, const char *target)
{
	struct search *search = context;
	uint64_t pid;

	if (!writes_about(search, target) || !is_open_for_writing(search, name) ||
	    !text_number(search->process, 10, &pid))
		return 0;
	search->found = arena_printf(search->arena, "%s %s %s%s",
				     process_describe(search->root, search->arena, (pid_t)pid),
				     search->uninterruptible ? "hangs in a write to" : "has",
				     target, search->uninterruptible ? "" : " open");
	return 1;
}

static int read_process_state(void *context, const char *name, pid_t pid)
{
	struct search *search = context;
	struct process_stat stat;

	if (!process_stat(search->root, pid, &stat) ||
	    (stat.state == 'D') != search->uninterruptible)
		return 0;
	search->process = name;
	return root_listf_links(search->root, look_at_file, search, "/proc/%s/fd", name) > 0;
}

const char *hung_writer_of(const struct root *root, const char *path, const char *bus,
			   const char *driver, struct arena *arena)
{
	struct search search = {.root = root,
				.path = path,
				.bus = bus,
				.driver = driver,
				.arena = arena,
				.uninterruptible = true};
	struct processes *processes = processes_new(root, arena);

	processes_each(processes, read_process_state, &search);
	search.uninterruptible = false;
	if (!search.found)
		processes_each(processes, read_process_state, &search);
	return search.found;
}
