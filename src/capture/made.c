/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/made.h"

#include "base/text.h"
#include "capture/entries.h"
#include "capture/log_lines.h"
#include "capture/network_lines.h"
#include "sources/deferral/log.h"
#include "sources/devices/hwdb.h"
#include "sources/devices/serials.h"
#include "sources/network/network.h"
#include "sources/network/rtnetlink.h"
#include "sources/usage/claims.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CLAIMS_MAX = 1024 * 1024 };

/* Text that is made for the capture. @result: a negative errno where it could not be made */
struct made {
	const char *text;
	size_t length;
	int result;
};

/* Add the file, or its entry in the list of unreadable files; nothing where it does not exist. */
static void add_made(struct contents *contents, const char *path, struct made made)
{
	uint32_t number = paths_need(contents->paths, path);
	struct entry *entry;

	if (made.result >= 0) {
		entry = entries_need(contents, ENTRY_BYTES, number);
		entry->text = made.text;
		entry->length = (uint32_t)made.length;
	} else if (!root_is_absence(made.result)) {
		entries_add_unreadable(contents, number, made.result);
	}
}

/* The log of a busy machine is much larger than the lines that matter. */
static struct made make_log(struct arena *arena, const struct root *root)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct made made = {0};
	struct log log;

	made.result = log_read(root, scratch, &log);
	if (made.result < 0)
		return made;
	made.text = log_lines(log.text, arena, &made.length);
	if (log.lost) {
		made.text = arena_printf(arena, LOG_LOST_MARK "%s\n%s", log.lost, made.text);
		made.length = strlen(made.text);
	}
	return made;
}

static struct made make_network(struct arena *arena, const struct root *root,
				struct disguise *disguise)
{
	struct made made = {0};
	char *lines;

	made.result = network_read(root, arena, processes_new(root, arena), &lines);
	if (made.result >= 0)
		made.text = network_lines(lines, disguise, &made.length);
	return made;
}

static struct made make_names(const struct gathering *gathering)
{
	struct made made = {.text = gathering->hardware_names, .result = gathering->names_status};

	made.length = made.text ? strlen(made.text) : 0;
	return made;
}

/* The node of a claim: the exclusive open by a child (sources/usage/claims.h); NULL for others. */
static const char *claimed_node(const struct gathering *gathering, const struct access *access,
				char text[static PATH_SIZE])
{
	if (access->failed != ROOT_READ || !access->cause || access->cause == -ENOMEDIUM)
		return NULL;
	return text_after(paths_text(gathering->contents->paths, access->path, text), "/dev/");
}

/* If one disk cannot be tested, the list of claims is left out, as it would be incomplete. */
static struct made make_claims(struct arena *arena, const struct gathering *gathering)
{
	const struct recording *recording = &gathering->recording;
	struct made made = {0};
	char text[PATH_SIZE], *lines = NULL;
	FILE *out = open_memstream(&lines, &made.length);

	if (!out)
		memory_exhausted();
	for (size_t i = 0; i < recording->count; i++) {
		const struct access *access = &recording->items[i];
		const char *node = claimed_node(gathering, access, text);

		if (node && access->cause == -EBUSY)
			fprintf(out, "%s\n", node);
		else if (node)
			made.result = access->cause;
	}
	if (fclose(out) != 0)
		memory_exhausted();
	made.text = arena_text(arena, lines, made.length);
	free(lines);
	return made;
}

/* A captured tree has its machine's list of claims: copy it. */
static struct made copy_claims(struct arena *arena, const struct root *root)
{
	struct made made = {0};
	char *lines = NULL;

	made.result = root_read_all(root, arena, CAPTURED_CLAIMS, CLAIMS_MAX, &lines, &made.length);
	made.text = lines;
	return made;
}

void made_add(struct gathering *gathering)
{
	struct contents *contents = gathering->contents;
	const struct root *root = gathering->root;
	struct arena *arena = contents->arena;
	const char *serials = gathering->serials;

	add_made(contents, CAPTURED_LOG, make_log(arena, root));
	add_made(contents, CAPTURED_NETWORK, make_network(arena, root, contents->disguise));
	add_made(contents, CAPTURED_CLAIMS,
		 root_is_live(root) ? make_claims(arena, gathering) : copy_claims(arena, root));
	add_made(contents, CAPTURED_NAMES, make_names(gathering));
	add_made(contents, CAPTURED_SERIALS, (struct made){serials, strlen(serials), 0});
}
