/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/ring_files.h"

#include "base/lines.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* The state while the lines of one ring are read; @in_list: after "UserFiles:" */
struct listing {
	void (*each)(void *context, const char *file);
	void *context;
	bool in_list, has_files, has_lines;
};

bool ring_files_has(const char *target)
{
	return strcmp(text_basename(target), "anon_inode:[io_uring]") == 0;
}

/* The list begins with "UserFiles:\t2", has lines "    0: /dev/sda", and ends with "UserBufs:". */
static int look_at_ring_line(void *context, char *line)
{
	struct listing *listing = context;
	const char *count = text_after(line, "UserFiles:"), *file = strstr(line, ": ");

	if (count) {
		listing->in_list = true;
		listing->has_files = strcmp(count + strspn(count, " \t"), "0") != 0;
	} else if (*line != ' ' && !isdigit((unsigned char)*line)) {
		listing->in_list = false;
	} else if (listing->in_list && file) {
		listing->has_lines = true;
		if (strcmp(file + 2, "<none>") != 0)
			listing->each(listing->context, file + 2);
	}
	return 0;
}

static int read_ring(const struct root *root, const char *path, struct listing *listing)
{
	int result = lines_read(root, path, look_at_ring_line, listing);

	return result == 0 && listing->has_files && !listing->has_lines ? -EAGAIN : result;
}

int ring_files_read(const struct root *root, const char *path,
		    void (*each)(void *context, const char *file), void *context)
{
	/* The kernel lists the files if it gets the ring's lock at once; most users hold it
	 * shortly. */
	enum { TRIES = 10 };
	int result = -EAGAIN;

	for (int i = 0; i < TRIES && result == -EAGAIN; i++) {
		struct listing listing = {.each = each, .context = context};

		result = read_ring(root, path, &listing);
	}
	return result;
}
