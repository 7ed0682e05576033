/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/made.h"

#include "base/text.h"
#include "capture/entries.h"
#include "capture/log_lines.h"
#include "capture/names.h"
#include "capture/network_lines.h"
#include "sources/deferral/log.h"
#include "sources/devices/hwdb.h"
#include "sources/network/network.h"
#include "sources/network/rtnetlink.h"
#include "sources/usage/claims.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CLAIMS_MAX = 1024 * 1024 };

static void add_file(struct contents *contents, const char *path, const char *text, size_t length)
{
	struct entry *entry = entries_need(contents, ENTRY_BYTES, path);

	entry->text = text;
	entry->length = length;
}

static void add_failure(struct contents *contents, const char *path, int cause)
{
	if (!root_is_absence(cause))
		entries_add_unreadable(contents, path, cause);
}

static void add_log(struct contents *contents, const struct root *root)
{
	size_t length;
	const char *lines;
	struct log log;
	int result = log_read(root, contents->arena, &log);

	if (result < 0) {
		add_failure(contents, CAPTURED_LOG, result);
		return;
	}
	lines = log_lines(log.text, contents->arena, &length);
	if (log.lost) {
		lines = arena_printf(contents->arena, LOG_LOST_MARK "%s\n%s", log.lost, lines);
		length = strlen(lines);
	}
	add_file(contents, CAPTURED_LOG, lines, length);
}

static void add_network(struct contents *contents, const struct root *root,
			struct disguise *disguise)
{
	size_t length;
	const char *kept;
	char *lines;
	int result = network_read(root, contents->arena, &lines);

	if (result < 0) {
		add_failure(contents, CAPTURED_NETWORK, result);
		return;
	}
	kept = network_lines(lines, disguise, &length);
	add_file(contents, CAPTURED_NETWORK, kept, length);
}

static void add_names(struct contents *contents, const struct root *root)
{
	size_t length;
	const char *lines;
	int result = names_read(root, contents->arena, &lines, &length);

	if (result < 0)
		add_failure(contents, CAPTURED_NAMES, result);
	else
		add_file(contents, CAPTURED_NAMES, lines, length);
}

/* True for a claim: the exclusive open of a device node, by a child (sources/usage/claims.h). */
static bool is_claim(const struct access *access)
{
	return text_starts(access->path, "/dev/") && access->failed == ROOT_READ && access->cause &&
	       access->cause != -ENOMEDIUM;
}

/* If one disk cannot be tested, the list of claims is left out, as it would be incomplete. */
static void add_claims(struct contents *contents, const struct recording *recording)
{
	const char *lines = "";
	int failure = 0;

	for (size_t i = 0; i < recording->count; i++) {
		const struct access *access = &recording->items[i];

		if (!is_claim(access))
			continue;
		if (access->cause == -EBUSY)
			lines = arena_concat(contents->arena, lines,
					     text_after(access->path, "/dev/"), "\n");
		else
			failure = access->cause;
	}
	if (failure)
		add_failure(contents, CAPTURED_CLAIMS, failure);
	else
		add_file(contents, CAPTURED_CLAIMS, lines, strlen(lines));
}

/* A captured tree has its machine's list of claims: copy it. */
static void copy_claims(struct contents *contents, const struct root *root)
{
	char *lines;
	size_t length;
	int result =
		root_read_all(root, contents->arena, CAPTURED_CLAIMS, CLAIMS_MAX, &lines, &length);

	if (result < 0)
		add_failure(contents, CAPTURED_CLAIMS, result);
	else
		add_file(contents, CAPTURED_CLAIMS, lines, length);
}

void made_add(struct contents *contents, const struct root *root, const struct recording *recording,
	      struct disguise *disguise)
{
	add_log(contents, root);
	add_network(contents, root, disguise);
	if (root_is_live(root))
		add_claims(contents, recording);
	else
		copy_claims(contents, root);
	add_names(contents, root);
}
