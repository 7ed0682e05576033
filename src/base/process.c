/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/process.h"

#include "base/guard.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Field @wanted of /proc/PID/stat, counted from the state, or NULL. @fields is split into words. */
static const char *stat_field(char *fields, int wanted)
{
	enum { STATE = 3 };
	const char *word = NULL;

	for (int field = STATE; field <= wanted; field++)
		word = strsep(&fields, " ");
	return word;
}

bool process_stat(const struct root *root, pid_t pid, struct process_stat *ret_stat)
{
	enum { PARENT = 4, START_TIME = 22 };
	char text[ATTRIBUTE_MAX], copy[ATTRIBUTE_MAX], *fields;
	const char *parent, *start;
	uint64_t number;

	if (root_readf_text(root, text, sizeof(text), "/proc/%d/stat", pid) <= 0)
		return false;
	/* A process may have the name ") Z 1 (", so its name ends at the last ')'. */
	fields = strrchr(text, ')');
	if (!fields || fields[1] != ' ' || !fields[2])
		return false;
	fields += 2;
	snprintf(copy, sizeof(copy), "%s", fields);
	*ret_stat = (struct process_stat){.state = *fields};
	parent = stat_field(copy, PARENT);
	if (parent && text_number(parent, 10, &number))
		ret_stat->parent = (pid_t)number;
	start = stat_field(fields, START_TIME);
	if (start && text_number(start, 10, &number))
		ret_stat->start_time = number;
	return true;
}

uint64_t process_start_time(const struct root *root, pid_t pid)
{
	struct process_stat stat;

	return process_stat(root, pid, &stat) ? stat.start_time : 0;
}

bool process_lives(const struct root *root, pid_t pid, uint64_t start_time)
{
	struct process_stat stat;

	/* For kill(2), pid 0 and negative numbers mean groups of processes. */
	if (pid <= 0 || (kill(pid, 0) < 0 && errno == ESRCH))
		return false;
	if (!process_stat(root, pid, &stat))
		return true;
	if (stat.state == 'Z' || stat.state == 'X')
		return false;
	return !start_time || !stat.start_time || stat.start_time == start_time;
}

const char *process_command(const struct root *root, struct arena *arena, pid_t pid)
{
	char text[ATTRIBUTE_MAX];

	if (root_readf_text(root, text, sizeof(text), "/proc/%d/comm", pid) < 0)
		return NULL;
	return arena_strdup(arena, text);
}

/* The argument after "-name" in words separated by NUL bytes; NULL without one. */
static const char *name_argument(const char *words, size_t length)
{
	const char *end = words + length;

	for (const char *word = words; word < end; word += strlen(word) + 1)
		if (strcmp(word, "-name") == 0 && word + sizeof("-name") < end)
			return word + sizeof("-name");
	return NULL;
}

/*
 * The guest's name in "guest=web,debug-threads=on", or the whole argument; a comma in the name is
 * doubled.
 */
static const char *guest_name(struct arena *arena, const char *argument)
{
	const char *guest = argument ? text_after(argument, "guest=") : NULL;
	char *name = arena_strdup(arena, guest ? guest : argument), *out = name;

	for (const char *at = name; at && *at; at++) {
		if (*at == ',' && *++at != ',')
			break;
		*out++ = *at;
	}
	if (name)
		*out = '\0';
	return name;
}

/*
 * Arguments are in the memory of the process, so reading them can block on a page that never
 * arrives (userfaultfd, FUSE). libvirt puts the guest's name first, so the beginning is enough.
 */
static const char *domain_of(const struct root *root, struct arena *arena, pid_t pid)
{
	char folder[PATH_SIZE];
	struct guarded file = {.dir = folder, .name = "cmdline"};
	struct error ignored;

	if (root_path(root, folder, "/proc/%d", pid) < 0 ||
	    guard_read(root, arena, &file, 1, &ignored) < 0 || file.status)
		return NULL;
	return guest_name(arena, name_argument(file.text, file.length));
}

const char *process_describe(const struct root *root, struct arena *arena, pid_t pid)
{
	const char *command = process_command(root, arena, pid), *domain = NULL;

	if (!command || !*command)
		return arena_printf(arena, "process %d", pid);
	if (strstr(command, "qemu") || strstr(command, "kvm"))
		domain = domain_of(root, arena, pid);
	return domain ? arena_printf(arena, "%s (process %d, domain %s)", command, pid, domain)
		      : arena_printf(arena, "%s (process %d)", command, pid);
}

/*
 * True where this process may read the links of process 1: then it may read all, and hidepid hides
 * none from it.
 */
static bool sees_first_process(const struct root *root)
{
	char link[64];

	return root_readlink(root, "/proc/1/ns/mnt", link, sizeof(link)) > 0;
}

/*
 * Whether /proc is mounted with hidepid=2, which hides processes of other users, or hidepid=4,
 * which hides those that this process may not trace (proc(5)).
 */
static bool is_mounted_hiding(const struct root *root)
{
	static const char *const words[] = {"hidepid=2", "hidepid=invisible", "hidepid=4",
					    "hidepid=ptraceable"};
	_autoarena_ struct arena *arena = arena_new();
	size_t length;
	char *lines;

	if (root_read_all(root, arena, "/proc/self/mountinfo", 1 << 24, &lines, &length) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(lines, words[i]))
			return true;
	return false;
}

const char *process_hidden(const struct root *root)
{
	if (root_has(root, "/proc/1") <= 0)
		return "/proc does not show process 1, so it hides others too (hidepid)";
	if (!sees_first_process(root) && is_mounted_hiding(root))
		return "/proc is mounted with hidepid";
	return NULL;
}
