/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 * 1024 };

/*
 * Bytes that were read and not yet passed to the callback; @size is the capacity without the final
 * NUL.
 */
struct buffer {
	char *bytes;
	size_t used, size;
	int (*each)(void *context, char *line);
	void *context;
};

static int make_room(struct buffer *buffer)
{
	if (buffer->used + 1 < buffer->size)
		return 0;
	if (buffer->size > LINE_MAX_BYTES)
		return -EFBIG;
	buffer->size = buffer->size ? buffer->size * 2 : FIRST_ROOM;
	buffer->bytes = realloc(buffer->bytes, buffer->size);
	if (!buffer->bytes)
		memory_exhausted();
	return 0;
}

/* Pass all complete lines to the callback; the beginning of the next line stays. */
static int pass_lines(struct buffer *buffer)
{
	char *line = buffer->bytes, *end = line + buffer->used, *newline;
	int result = 0;

	while (result == 0 && (newline = memchr(line, '\n', (size_t)(end - line)))) {
		*newline = '\0';
		result = buffer->each(buffer->context, line);
		line = newline + 1;
	}
	buffer->used = (size_t)(end - line);
	memmove(buffer->bytes, line, buffer->used);
	return result;
}

static int pass_last_line(struct buffer *buffer)
{
	if (!buffer->used)
		return 0;
	buffer->bytes[buffer->used] = '\0';
	return buffer->each(buffer->context, buffer->bytes);
}

static int read_descriptor(const struct root *root, const char *path, int fd, struct buffer *buffer)
{
	for (;;) {
		ssize_t got;
		int result = make_room(buffer);

		if (result < 0)
			return result;
		got = root_read_some(root, fd, path, buffer->bytes + buffer->used,
				     buffer->size - buffer->used - 1, -1);
		if (got < 0)
			return (int)got;
		if (!got)
			return pass_last_line(buffer);
		buffer->used += (size_t)got;
		result = pass_lines(buffer);
		if (result)
			return result;
	}
}

int lines_read(const struct root *root, const char *path, int (*each)(void *context, char *line),
	       void *context)
{
	struct buffer buffer = {.each = each, .context = context};
	_autoclose_ int fd = root_open_file(root, path, O_RDONLY);
	int result = fd < 0 ? fd : read_descriptor(root, path, fd, &buffer);

	free(buffer.bytes);
	return result;
}
