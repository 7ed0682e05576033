/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "capture/entries.h"
#include "capture/gathering.h"

/*
 * A source may stop at the first device that answers, and the folders of the archive are listed in
 * another order: an attribute that was read of one device is kept of all. No source opened the
 * other names.
 */
static void add_attribute(struct gathering *gathering, uint32_t place, const char *name)
{
	size_t kinds = text_map_find(gathering->names, name);

	if (kinds & GATHERED_CONTENT &&
	    gathering_rule_of(gathering, place)->treatment == TREATMENT_KEEP)
		gathering_add_content(gathering, place, (unsigned)kinds);
	else if (kinds)
		entries_need(gathering->contents, ENTRY_MARK, place);
}

/* A folder that is being listed, and its path. */
struct listing_of_folder {
	struct gathering *gathering;
	char path[PATH_SIZE];
	bool of_device;
};

static int add_listed(void *context, const char *name, enum root_kind kind)
{
	const struct listing_of_folder *listing = context;
	struct gathering *gathering = listing->gathering;
	struct contents *contents = gathering->contents;
	char text[PATH_SIZE];
	uint32_t place;

	/* The kernel gives no such path, so nothing is lost. */
	if (!text_join(listing->path, name, text, sizeof(text)))
		return 0;
	/* A device has sixty attributes, and most are nothing to any source. */
	if (listing->of_device && kind == ROOT_OTHER && !text_map_find(gathering->names, name))
		return 0;
	place = paths_need_below(contents->paths, gathering->folder, name);
	if (entries_find(contents, place) ||
	    gathering_rule_of(gathering, place)->treatment == TREATMENT_REPLACED)
		return 0;
	if (kind == ROOT_FOLDER)
		entries_need(contents, ENTRY_FOLDER, place);
	else if (kind == ROOT_SYMLINK && gathering_add_link_at(gathering, place))
		return 0;
	else if (listing->of_device)
		add_attribute(gathering, place, name);
	else
		entries_need(contents, ENTRY_MARK, place);
	return 0;
}

/* A folder of /proc would name all processes: only those with entries are kept. */
void gathering_add_listing(struct gathering *gathering, const struct access *access)
{
	struct listing_of_folder listing = {.gathering = gathering};

	/* To follow a link adds it: only folders that were listed are followed here. */
	if (!access_is(access, 1 << ROOT_LIST))
		return;
	gathering->folder = places_behind(gathering->places, access->path);
	paths_text(gathering->contents->paths, gathering->folder, listing.path);
	if (text_starts(listing.path, "/proc") ||
	    gathering_rule_of(gathering, gathering->folder)->treatment == TREATMENT_REPLACED)
		return;
	listing.of_device = text_starts(listing.path, "/sys/devices/");
	root_list_kinds(gathering->root, listing.path, add_listed, &listing);
}
