/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/contents.h"

#include "base/guard.h"
#include "base/text.h"
#include "capture/entries.h"
#include "capture/made.h"
#include "capture/places.h"
#include "capture/privacy.h"
#include "capture/recording.h"
#include "capture/serial_lines.h"
#include "capture/survey.h"
#include "sources/devices/pci_config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	FILE_MAX = 32 * 1024 * 1024,
	FOLLOWED = 1 << ROOT_OPEN | 1 << ROOT_READ | 1 << ROOT_LIST | 1 << ROOT_LOOK,
	CONTENT = 1 << ROOT_OPEN | 1 << ROOT_READ,
};

/*
 * The gathering of files. @names: for each name of an attribute the accesses to it, of any device:
 * bits as in struct access
 * @folder: the folder that is being listed
 * @serials: the lines about serials
 * @notes: memory of @places and @names
 */
struct gathering {
	const struct root *root;
	struct arena *notes;
	struct contents *contents;
	struct text_map *names;
	struct recording recording;
	struct places *places;
	struct disguise *disguise;
	const char *folder;
	const char *serials;
};

static void add_link(void *context, const char *place, const char *text)
{
	const struct gathering *gathering = context;
	const struct privacy_rule *rule = privacy_rule_of(place);

	if (rule->treatment != TREATMENT_REPLACED && (!rule->keeps_link || rule->keeps_link(text)))
		entries_need(gathering->contents, ENTRY_LINK, place)->text =
			arena_strdup(gathering->contents->arena, text);
}

static bool add_link_at(struct gathering *gathering, const char *place)
{
	char text[PATH_SIZE];

	if (root_readlink(gathering->root, place, text, sizeof(text)) <= 0)
		return false;
	add_link(gathering, place, text);
	return true;
}

static bool is_folder_at(const struct gathering *gathering, const char *place)
{
	_autoclose_ int fd =
		root_openat(gathering->root, *place ? place : "/", O_PATH | O_DIRECTORY);

	return fd >= 0;
}

static void add_presence(const struct gathering *gathering, const char *place)
{
	if (*place)
		entries_need(gathering->contents,
			     is_folder_at(gathering, place) ? ENTRY_FOLDER : ENTRY_MARK, place);
}

/* Add the error of reading a file that exists; the file itself is another entry of the capture. */
static void note_unreadable(struct gathering *gathering, const char *path, int cause)
{
	const char *place = places_behind(gathering->places, path);

	entries_add_unreadable(gathering->contents, path, cause);
	if (strcmp(place, path) != 0)
		entries_add_unreadable(gathering->contents, place, cause);
}

static void set_text(const struct gathering *gathering, struct entry *entry, struct span text)
{
	const struct privacy_rule *rule = privacy_rule_of(entry->path);

	if (rule->filter)
		text = rule->filter(text, gathering->disguise);
	entry->text = text.start;
	entry->length = text.length;
}

/* A file that was removed since it was read is no entry of the archive. */
static void settle_file(const struct gathering *gathering, size_t index, int status)
{
	struct entry *entry = &gathering->contents->entries[index];

	if (root_is_absence(status) || status == -EISDIR) {
		entry->status = status;
	} else if (status) {
		entry->kind = ENTRY_MARK;
		entries_add_unreadable(gathering->contents, entry->path, status);
	}
}

static void gather_file(const struct gathering *gathering, const char *place)
{
	struct contents *contents = gathering->contents;
	struct entry *entry = entries_need(contents, ENTRY_BYTES, place);
	char *bytes = NULL;
	size_t length = 0;
	int status;

	if (entry->kind != ENTRY_BYTES || entry->text)
		return;
	status = root_read_all(gathering->root, contents->arena, place, FILE_MAX, &bytes, &length);
	if (status == 0)
		set_text(gathering, entry, (struct span){bytes, length});
	settle_file(gathering, (size_t)(entry - contents->entries), status);
}

static bool is_config_space(const char *place)
{
	return strcmp(text_basename(place), "config") == 0;
}

static const char *folder_of(const struct gathering *gathering, const char *place)
{
	return arena_text(gathering->contents->arena, place,
			  strlen(place) - strlen(text_basename(place)) - (*place == '/'));
}

/*
 * Attributes may hang, so a child reads them later; other files are read here, as by their source.
 */
static void add_content(const struct gathering *gathering, const char *place, unsigned kinds)
{
	if (kinds & 1 << ROOT_OPEN || !text_starts(place, "/sys/"))
		gather_file(gathering, place);
	else if (!is_config_space(place))
		entries_need(gathering->contents, ENTRY_TEXT, place);
	else if (!pci_config_sleeps(gathering->root, folder_of(gathering, place)))
		entries_need(gathering->contents, ENTRY_CONFIG, place);
}

static bool is_of_device(const char *place)
{
	return text_starts(place, "/sys/devices/");
}

static void add_behind(struct gathering *gathering, const struct access *access)
{
	const char *place = places_behind(gathering->places, access->path);
	const struct privacy_rule *rule = privacy_rule_of(place);
	bool has_content = access_is(access, CONTENT);

	if (rule->treatment == TREATMENT_REPLACED)
		return;
	if (is_of_device(place))
		*text_map_at(gathering->names, text_basename(place)) |= access->kinds;
	if (has_content && rule->treatment == TREATMENT_PRIVATE)
		note_unreadable(gathering, access->path, -EACCES);
	if (has_content && rule->treatment == TREATMENT_KEEP)
		add_content(gathering, place, access->kinds);
	else if (rule->treatment != TREATMENT_MEMBERS)
		add_presence(gathering, place);
}

/*
 * True where another process shows the same mount namespace: only the process whose mounts were
 * read is kept. Both files are compared by the reader's name of the process, which may be "self".
 */
static bool is_one_of_many(const struct gathering *gathering, const struct access *access)
{
	const char *path = access->path;
	size_t process = text_before_end(path, "/ns/mnt");
	char mounts[PATH_SIZE];

	if (!process || !text_starts(path, "/proc/") || text_starts(path, "/proc/1/"))
		return false;
	snprintf(mounts, sizeof(mounts), "%.*s/mountinfo", (int)process, path);
	return !access->cause && !recording_find(&gathering->recording, mounts);
}

static bool is_of_ourselves(const struct gathering *gathering, const char *place)
{
	char folder[64];

	snprintf(folder, sizeof(folder), "/proc/%d/fd/", getpid());
	return root_is_live(gathering->root) && text_starts(place, folder);
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
static void add_folder_of(const struct gathering *gathering, const char *place, bool is_link)
{
	const char *folder = folder_of(gathering, place);

	if (!is_folder_at(gathering, folder))
		return;
	if (*folder)
		entries_need(gathering->contents, ENTRY_FOLDER, folder);
	if (is_link)
		entries_need(gathering->contents, ENTRY_MARK, place);
}

static void add_access(struct gathering *gathering, const struct access *access)
{
	const char *place = places_of(gathering->places, access->path);
	const struct privacy_rule *rule = privacy_rule_of(place);
	struct access readable = *access;

	if (rule->treatment == TREATMENT_REPLACED || is_one_of_many(gathering, access) ||
	    is_of_ourselves(gathering, place))
		return;
	if (access_is(access, 1 << ROOT_LINK) || rule->treatment == TREATMENT_LINK)
		add_link_at(gathering, place);
	if (failure_matters(rule, access)) {
		note_unreadable(gathering, access->path, access->cause);
		add_folder_of(gathering, place, access->failed == ROOT_LINK);
		/* The file was opened, but its content could not be read. */
		if (access_is(access, CONTENT))
			readable.kinds = (access->kinds & ~(unsigned)CONTENT) | 1 << ROOT_LOOK;
	}
	if (access_is(&readable, FOLLOWED) && rule->treatment != TREATMENT_LINK)
		add_behind(gathering, &readable);
}

/*
 * A source may stop at the first device that answers, and the folders of the archive are listed in
 * another order: an attribute that was read of one device is kept of all. No source opened the
 * other names.
 */
static void add_attribute(const struct gathering *gathering, const char *place)
{
	size_t kinds = text_map_find(gathering->names, text_basename(place));
	enum treatment treatment = privacy_rule_of(place)->treatment;

	if (kinds & CONTENT && treatment == TREATMENT_KEEP)
		add_content(gathering, place, (unsigned)kinds);
	else if (kinds)
		entries_need(gathering->contents, ENTRY_MARK, place);
}

static int gather_listed(void *context, const char *name, bool is_listed_folder)
{
	struct gathering *gathering = context;
	struct contents *contents = gathering->contents;
	char place[PATH_SIZE];

	/* The kernel gives no such path, so nothing is lost. */
	if (!text_join(gathering->folder, name, place, sizeof(place)))
		return 0;
	if (privacy_rule_of(place)->treatment == TREATMENT_REPLACED || entries_has(contents, place))
		return 0;
	if (is_listed_folder)
		entries_need(contents, ENTRY_FOLDER, place);
	else if (add_link_at(gathering, place))
		return 0;
	else if (is_of_device(place))
		add_attribute(gathering, place);
	else
		entries_need(contents, ENTRY_MARK, place);
	return 0;
}

/* A folder of /proc would name all processes: only those with entries are kept. */
static void gather_listing(struct gathering *gathering, const struct access *access)
{
	const char *place;

	/* To follow a link adds it: only folders that were listed are followed here. */
	if (!access_is(access, 1 << ROOT_LIST))
		return;
	place = places_behind(gathering->places, access->path);
	if (text_starts(place, "/proc") || privacy_rule_of(place)->treatment == TREATMENT_REPLACED)
		return;
	gathering->folder = place;
	root_list_kinds(gathering->root, place, gather_listed, gathering);
}

static bool may_hang(const struct entry *entry)
{
	return !entry->status && (entry->kind == ENTRY_TEXT || entry->kind == ENTRY_CONFIG);
}

static struct guarded *list_attributes(const struct contents *contents, struct arena *arena,
				       size_t *ret_count)
{
	struct guarded *files = arena_array(arena, contents->count, sizeof(*files));
	size_t count = 0;

	for (size_t i = 0; i < contents->count; i++) {
		const struct entry *entry = &contents->entries[i];

		if (may_hang(entry))
			files[count++] = (struct guarded){
				.dir = "",
				.name = entry->path + 1,
				.reader = entry->kind == ENTRY_CONFIG ? pci_config_read : NULL,
			};
	}
	*ret_count = count;
	return files;
}

/* Attributes may hang, so a child reads them all. */
static int read_attributes(const struct gathering *gathering, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct contents *contents = gathering->contents;
	size_t count, before = contents->count;
	struct guarded *files = list_attributes(contents, scratch, &count);
	int result = guard_read(gathering->root, contents->arena, files, count, e);

	for (size_t i = 0, next = 0; result == 0 && i < before; i++) {
		struct entry *entry = &contents->entries[i];
		const struct guarded *file;

		if (!may_hang(entry))
			continue;
		file = &files[next++];
		if (file->status == 0)
			set_text(gathering, entry, (struct span){file->text, file->length});
		settle_file(gathering, i, file->status);
	}
	return result;
}

static int compare_entry_paths(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;
	int order = strcmp(one->path, other->path);

	return order ? order : other->status - one->status;
}

/*
 * A file that a source could not read, and that is an attribute which another device has, was tried
 * again: it is unreadable once.
 */
static void drop_repeated(struct contents *contents)
{
	size_t kept = 0;

	for (size_t i = 0; i < contents->count; i++) {
		const struct entry *entry = &contents->entries[i];
		const struct entry *last = kept ? &contents->entries[kept - 1] : NULL;

		if (!last || !entry->status || !last->status ||
		    strcmp(entry->path, last->path) != 0)
			contents->entries[kept++] = *entry;
	}
	contents->count = kept;
}

/* Free all but the contents; may be called again. */
static void end_gathering(struct gathering *gathering)
{
	places_free(gathering->places);
	recording_free(&gathering->recording);
	arena_free(gathering->notes);
	gathering->places = NULL;
	gathering->notes = NULL;
}

static int add_all(struct gathering *gathering, struct error *e)
{
	const struct recording *recording = &gathering->recording;
	struct contents *contents = gathering->contents;
	int result;

	for (size_t i = 0; i < recording->count; i++)
		add_access(gathering, &recording->items[i]);
	for (size_t i = 0; i < recording->count; i++)
		gather_listing(gathering, &recording->items[i]);
	made_add(contents, gathering->root, recording, gathering->serials, gathering->disguise);
	/* Of ten thousand devices the notes take more memory than the contents. */
	end_gathering(gathering);
	result = read_attributes(gathering, e);
	if (contents->count)
		qsort(contents->entries, contents->count, sizeof(*contents->entries),
		      compare_entry_paths);
	drop_repeated(contents);
	return result;
}

static void list_serials(void *context, const struct system *system)
{
	struct gathering *gathering = context;

	gathering->serials = serial_lines(system, gathering->disguise);
}

int contents_gather(const struct root *root, bool with_serials, struct contents *ret_contents,
		    struct error *e)
{
	struct arena *arena = arena_new();
	struct contents contents = {.arena = arena, .index = text_map_new(arena)};
	_cleanup_(end_gathering) struct gathering gathering = {
		.root = root,
		.contents = &contents,
		.notes = arena_new(),
		.disguise = disguise_new(arena),
	};
	int result;

	disguise_set_machine(gathering.disguise, machine_words(root, arena));
	if (with_serials)
		disguise_keep_serials(gathering.disguise);
	gathering.names = text_map_new(gathering.notes);
	gathering.places = places_new(root, gathering.notes, add_link, &gathering);
	recording_start(&gathering.recording);
	result = survey_read(root, list_serials, &gathering, e);
	recording_stop(&gathering.recording);
	if (result == 0)
		result = add_all(&gathering, e);
	if (result < 0)
		contents_free(&contents);
	else
		*ret_contents = contents;
	return result;
}

void contents_free(struct contents *contents)
{
	free(contents->entries);
	if (contents->arena)
		arena_free(contents->arena);
}
