/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/made.h"

#include "base/text.h"
#include "capture/entries.h"
#include "capture/log_lines.h"
#include "capture/names.h"
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
	struct entry *entry;

	if (made.result >= 0) {
		entry = entries_need(contents, ENTRY_BYTES, path);
		entry->text = made.text;
		entry->length = made.length;
	} else if (!root_is_absence(made.result)) {
		entries_add_unreadable(contents, path, made.result);
	}
}

static struct made make_log(struct arena *arena, const struct root *root)
{
	struct made made = {0};
	struct log log;

	made.result = log_read(root, arena, &log);
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

	made.result = network_read(root, arena, &lines);
	if (made.result >= 0)
		made.text = network_lines(lines, disguise, &made.length);
	return made;
}

static struct made make_names(struct arena *arena, const struct root *root)
{
	struct made made = {0};

	made.result = names_read(root, arena, &made.text, &made.length);
	return made;
}

/* True for a claim: the exclusive open of a device node, by a child (sources/usage/claims.h). */
static bool is_claim(const struct access *access)
{
	return text_starts(access->path, "/dev/") && access->failed == ROOT_READ && access->cause &&
	       access->cause != -ENOMEDIUM;
}

/* If one disk cannot be tested, the list of claims is left out, as it would be incomplete. */
static struct made make_claims(struct arena *arena, const struct recording *recording)
{
	struct made made = {.text = ""};

	for (size_t i = 0; i < recording->count; i++) {
		const struct access *access = &recording->items[i];

		if (!is_claim(access))
			continue;
		if (access->cause == -EBUSY)
			made.text = arena_concat(arena, made.text,
						 text_after(access->path, "/dev/"), "\n");
		else
			made.result = access->cause;
	}
	made.length = strlen(made.text);
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

void made_add(struct contents *contents, const struct root *root, const struct recording *recording,
	      const char *serials, struct disguise *disguise)
{
	struct arena *arena = contents->arena;

	add_made(contents, CAPTURED_LOG, make_log(arena, root));
	add_made(contents, CAPTURED_NETWORK, make_network(arena, root, disguise));
	add_made(contents, CAPTURED_CLAIMS,
		 root_is_live(root) ? make_claims(arena, recording) : copy_claims(arena, root));
	add_made(contents, CAPTURED_NAMES, make_names(arena, root));
	add_made(contents, CAPTURED_SERIALS, (struct made){serials, strlen(serials), 0});
}
