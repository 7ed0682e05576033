/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/gathering.h"

#include "base/text.h"
#include "capture/entries.h"
#include "sources/devices/pci_config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FOLLOWED = GATHERED_CONTENT | 1 << ROOT_LIST | 1 << ROOT_LOOK };

static const char *text_of(const struct gathering *gathering, uint32_t path,
			   char text[static PATH_SIZE])
{
	return paths_text(gathering->contents->paths, path, text);
}

const struct privacy_rule *gathering_rule_of(struct gathering *gathering, uint32_t place)
{
	uint32_t *number = path_numbers_at(&gathering->rules, place);
	char text[PATH_SIZE];

	/* To match all patterns takes longer than to read a file. */
	if (!*number)
		*number = (uint32_t)privacy_number_of(text_of(gathering, place, text)) + 1;
	return privacy_rule_at(*number - 1);
}

void gathering_add_link(void *context, uint32_t place, const char *text)
{
	struct gathering *gathering = context;
	const struct privacy_rule *rule = gathering_rule_of(gathering, place);
	struct entry *entry;

	if (rule->treatment == TREATMENT_REPLACED || (rule->keeps_link && !rule->keeps_link(text)))
		return;
	entry = entries_need(gathering->contents, ENTRY_LINK, place);
	if (!entry->text)
		entry->text = arena_strdup(gathering->contents->arena, text);
}

bool gathering_add_link_at(struct gathering *gathering, uint32_t place)
{
	const struct entry *known = entries_find(gathering->contents, place);
	char path[PATH_SIZE], text[PATH_SIZE];

	if (known && known->kind == ENTRY_LINK)
		return true;
	if (root_readlink(gathering->root, text_of(gathering, place, path), text, sizeof(text)) <=
	    0)
		return false;
	gathering_add_link(gathering, place, text);
	return true;
}

static bool is_folder_at(const struct gathering *gathering, uint32_t place)
{
	char text[PATH_SIZE];
	const char *path = place == PATHS_ROOT ? "/" : text_of(gathering, place, text);
	_autoclose_ int fd = root_openat(gathering->root, path, O_PATH | O_DIRECTORY);

	return fd >= 0;
}

static void add_presence(const struct gathering *gathering, uint32_t place)
{
	if (place != PATHS_ROOT)
		entries_need(gathering->contents,
			     is_folder_at(gathering, place) ? ENTRY_FOLDER : ENTRY_MARK, place);
}

/* Add the error of reading a file that exists; the file itself is another entry of the capture. */
static void note_unreadable(struct gathering *gathering, uint32_t path, int cause)
{
	uint32_t place = places_behind(gathering->places, path);

	entries_add_unreadable(gathering->contents, path, cause);
	if (place != path)
		entries_add_unreadable(gathering->contents, place, cause);
}

/* Attributes may hang, so a child reads them; other files are read as by their source. */
void gathering_add_content(const struct gathering *gathering, uint32_t place, unsigned kinds)
{
	struct paths *paths = gathering->contents->paths;
	char text[PATH_SIZE];
	enum entry_kind kind = ENTRY_TEXT;

	text_of(gathering, place, text);
	if (kinds & 1 << ROOT_OPEN || !text_starts(text, "/sys/")) {
		kind = ENTRY_BYTES;
	} else if (strcmp(paths_name(paths, place), "config") == 0) {
		*strrchr(text, '/') = '\0';
		if (pci_config_sleeps(gathering->root, text))
			return;
		kind = ENTRY_CONFIG;
	}
	entries_need(gathering->contents, kind, place);
}

static void note_attribute(const struct gathering *gathering, uint32_t place, unsigned kinds)
{
	char text[PATH_SIZE];

	if (text_starts(text_of(gathering, place, text), "/sys/devices/"))
		*text_map_at(gathering->names, text_basename(text)) |= kinds;
}

/*
 * The place of what the access to @place read. A link of sysfs leads to a folder
 * (fs/sysfs/symlink.c), so what has content there is none: of ten thousand devices this spares a
 * hundred thousand looks.
 */
static uint32_t find_content(struct gathering *gathering, uint32_t place,
			     const struct access *access)
{
	char text[PATH_SIZE];

	if (access_is(access, GATHERED_CONTENT) &&
	    text_starts(text_of(gathering, place, text), "/sys/"))
		return place;
	return places_behind(gathering->places, access->path);
}

static void add_behind(struct gathering *gathering, uint32_t place, const struct access *access)
{
	const struct privacy_rule *rule = gathering_rule_of(gathering, place);
	bool has_content = access_is(access, GATHERED_CONTENT);

	if (rule->treatment == TREATMENT_REPLACED)
		return;
	note_attribute(gathering, place, access->kinds);
	if (has_content && rule->treatment == TREATMENT_PRIVATE)
		note_unreadable(gathering, access->path, -EACCES);
	if (has_content && rule->treatment == TREATMENT_KEEP)
		gathering_add_content(gathering, place, access->kinds);
	else if (rule->treatment != TREATMENT_MEMBERS)
		add_presence(gathering, place);
}

/*
 * True where another process shows the same mount namespace: only the process whose mounts were
 * read is kept. Both files are compared by the reader's name of the process, which may be "self".
 */
static bool is_one_of_many(const struct gathering *gathering, const struct access *access)
{
	char path[PATH_SIZE], mounts[PATH_SIZE];
	size_t process;

	if (access->cause || !text_starts(text_of(gathering, access->path, path), "/proc/") ||
	    text_starts(path, "/proc/1/"))
		return false;
	process = text_before_end(path, "/ns/mnt");
	if (!process)
		return false;
	snprintf(mounts, sizeof(mounts), "%.*s/mountinfo", (int)process, path);
	return !recording_find(&gathering->recording,
			       paths_need(gathering->contents->paths, mounts));
}

/* The descriptors of this process: /proc/PID/fd/NUMBER */
static bool is_of_ourselves(const struct gathering *gathering, uint32_t place)
{
	return gathering->own_folder != PATHS_ROOT &&
	       paths_above(gathering->contents->paths, place) == gathering->own_folder;
}

/*
 * False for a failed claim or read of a device node: the list of claims has it, or the capture does
 * not need it.
 */
static bool failure_matters(const struct privacy_rule *rule, const struct access *access)
{
	bool of_content = access->failed != ROOT_LOOK && access->failed != ROOT_LIST &&
			  access->failed != ROOT_LINK;

	/* The source read the file at another time: the result of reading it again counts. */
	if (!access->cause || (of_content && access_is(access, 1 << ROOT_READ)))
		return false;
	return !of_content || rule->treatment != TREATMENT_EXISTENCE;
}

/*
 * Add the folder of an unreadable file: the folder can be listed, and then has the name of the link
 * too.
 */
static void add_folder_of(const struct gathering *gathering, uint32_t place, bool is_link)
{
	uint32_t folder = paths_above(gathering->contents->paths, place);

	if (!is_folder_at(gathering, folder))
		return;
	if (folder != PATHS_ROOT)
		entries_need(gathering->contents, ENTRY_FOLDER, folder);
	if (is_link)
		entries_need(gathering->contents, ENTRY_MARK, place);
}

void gathering_add_access(struct gathering *gathering, const struct access *access)
{
	uint32_t place = places_of(gathering->places, access->path);
	const struct privacy_rule *rule = gathering_rule_of(gathering, place);
	struct access readable = *access;

	if (rule->treatment == TREATMENT_REPLACED || is_one_of_many(gathering, access) ||
	    is_of_ourselves(gathering, place))
		return;
	if (access_is(access, 1 << ROOT_LINK) || rule->treatment == TREATMENT_LINK)
		gathering_add_link_at(gathering, place);
	if (failure_matters(rule, access)) {
		note_unreadable(gathering, access->path, access->cause);
		add_folder_of(gathering, place, access->failed == ROOT_LINK);
		/* The file was opened, but its content could not be read. */
		if (access_is(access, GATHERED_CONTENT))
			readable.kinds = (uint8_t)((access->kinds & ~(unsigned)GATHERED_CONTENT) |
						   1U << ROOT_LOOK);
	}
	if (access_is(&readable, FOLLOWED) && rule->treatment != TREATMENT_LINK)
		add_behind(gathering, find_content(gathering, place, &readable), &readable);
}
