/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/read_contents.h"

#include "base/guard.h"
#include "capture/entries.h"
#include "capture/privacy.h"
#include "sources/devices/pci_config.h"

#include <errno.h>

enum {
	FILE_MAX = 32 * 1024 * 1024,
	/* the number of entries that are read at a time */
	BATCH = 512,
};

/*
 * The reading of contents. @scratch: the texts of one batch     @hangs: number of attributes that
 * hung so far
 */
struct contents_reading {
	struct contents *contents;
	void (*each)(void *context, const char *path, const struct entry *entry);
	void *context;
	struct arena *scratch;
	size_t hangs;
};

static bool may_hang(const struct entry *entry)
{
	return !entry->status && (entry->kind == ENTRY_TEXT || entry->kind == ENTRY_CONFIG);
}

static const char *name_entry(const struct contents_reading *reading, const struct entry *entry)
{
	char text[PATH_SIZE];

	return arena_strdup(reading->scratch,
			    paths_text(reading->contents->paths, entry->path, text));
}

/* Attributes may hang, so a child reads those of a batch. */
static int read_attributes(struct contents_reading *reading, const struct entry *entries,
			   size_t count, struct guarded *files, struct error *e)
{
	size_t asked = 0;
	int result = 0;

	for (size_t i = 0; i < count; i++)
		if (may_hang(&entries[i]))
			files[asked++] = (struct guarded){
				.dir = "",
				.name = name_entry(reading, &entries[i]) + 1,
				.reader = entries[i].kind == ENTRY_CONFIG ? pci_config_read : NULL,
				.status = -ETIMEDOUT,
			};
	/* Each that hangs takes its time: after a few the rest is not tried. */
	if (asked && reading->hangs < GUARD_HANGS_MAX)
		result = guard_read(reading->contents->root, reading->scratch, files, asked, e);
	for (size_t i = 0; i < asked; i++)
		reading->hangs += files[i].status == -ETIMEDOUT;
	return result;
}

static void pass_text(const struct contents_reading *reading, const char *path, struct entry entry,
		      struct span text)
{
	const struct privacy_rule *rule = privacy_rule_of(path);

	if (rule->filter)
		text = rule->filter(text, reading->contents->disguise);
	entry.text = text.start;
	entry.length = (uint32_t)text.length;
	reading->each(reading->context, path, &entry);
}

/* A file that was removed since it was found is no entry of the archive. */
static void settle_failure(const struct contents_reading *reading, const char *path,
			   struct entry entry, int status)
{
	if (status == -ENOENT || status == -ENOTDIR || status == -EISDIR)
		return;
	entries_add_unreadable(reading->contents, entry.path, status);
	if (root_is_absence(status))
		return;
	entry.kind = ENTRY_MARK;
	reading->each(reading->context, path, &entry);
}

static void read_file_entry(const struct contents_reading *reading, const char *path,
			    struct entry entry)
{
	struct span text;
	char *bytes = NULL;
	int status = root_read_all(reading->contents->root, reading->scratch, path, FILE_MAX,
				   &bytes, &text.length);

	text.start = bytes;
	if (status == 0)
		pass_text(reading, path, entry, text);
	else
		settle_failure(reading, path, entry, status);
}

static void pass_attribute(const struct contents_reading *reading, const struct guarded *file,
			   struct entry entry)
{
	const char *path = file->name - 1;

	if (file->status == 0)
		pass_text(reading, path, entry, (struct span){file->text, file->length});
	else
		settle_failure(reading, path, entry, file->status);
}

static int pass_batch(struct contents_reading *reading, size_t first, size_t count, struct error *e)
{
	struct contents *contents = reading->contents;
	struct guarded *files = arena_array(reading->scratch, count, sizeof(*files));
	int result = read_attributes(reading, &contents->entries[first], count, files, e);

	for (size_t i = first; result == 0 && i < first + count; i++) {
		/* Entries that are added may move the others. */
		const struct entry entry = contents->entries[i];

		if (may_hang(&entry))
			pass_attribute(reading, files++, entry);
		else if (!entry.status && entry.kind == ENTRY_BYTES && !entry.text)
			read_file_entry(reading, name_entry(reading, &entry), entry);
		else if (!entry.status)
			reading->each(reading->context, name_entry(reading, &entry), &entry);
	}
	return result;
}

int contents_read(struct contents *contents,
		  void (*each)(void *context, const char *path, const struct entry *entry),
		  void *context, struct error *e)
{
	struct contents_reading reading = {.contents = contents, .each = each, .context = context};
	size_t count = contents->count;
	int result = 0;

	for (size_t i = 0; result == 0 && i < count; i += BATCH) {
		_autoarena_ struct arena *scratch = arena_new();

		reading.scratch = scratch;
		disguise_write_into(contents->disguise, scratch);
		result = pass_batch(&reading, i, count - i < BATCH ? count - i : BATCH, e);
		disguise_write_into(contents->disguise, contents->arena);
	}
	if (contents->count > count)
		entries_settle(contents);
	return result;
}
