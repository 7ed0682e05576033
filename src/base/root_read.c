/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root_parts.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

ssize_t root_read_some(const struct root *root, int fd, const char *path, void *buffer, size_t size,
		       off_t offset)
{
	ssize_t length = access_begin(ROOT_READ, path);

	if (length == 0) {
		length = TEMP_FAILURE_RETRY(offset < 0 ? read(fd, buffer, size)
						       : pread(fd, buffer, size, offset));
		length = length < 0 ? -errno : length;
	}
	return access_end(root, ROOT_READ, path, length);
}

/*
 * Fill the buffer, or read to the end of the file. A file of sysfs comes in one piece
 * (fs/kernfs/file.c: seq_read_iter, single_open), and there are ten thousands of them; other files
 * may come in several.
 */
static ssize_t read_pieces(const struct root *root, int fd, const char *path, char *buffer,
			   size_t size)
{
	size_t used = 0;
	ssize_t got;

	do {
		got = root_read_some(root, fd, path, buffer + used, size - used, -1);
		if (got < 0)
			return got;
		used += (size_t)got;
	} while (got > 0 && used < size && !text_starts(path, "/sys/"));
	return (ssize_t)used;
}

static ssize_t read_trimmed(const struct root *root, const char *path, int flags, char *buffer,
			    size_t size)
{
	_autoclose_ int fd = root_open_file(root, path, flags);
	ssize_t length = fd < 0 ? fd : read_pieces(root, fd, path, buffer, size - 1);

	if (length < 0)
		return length;
	length = (ssize_t)text_trim(buffer, (size_t)length);
	buffer[length] = '\0';
	return length;
}

ssize_t root_read_text(const struct root *root, const char *path, char *buffer, size_t size)
{
	return read_trimmed(root, path, O_NONBLOCK, buffer, size);
}

ssize_t root_read_blocking(const struct root *root, const char *path, char *buffer, size_t size)
{
	return read_trimmed(root, path, 0, buffer, size);
}

int root_read_all(const struct root *root, struct arena *arena, const char *path, size_t most,
		  char **ret_bytes, size_t *ret_length)
{
	_autoclose_ int fd = root_open_file(root, path, O_NONBLOCK);
	_autofree_ char *bytes = NULL;
	size_t used = 0, size = 0;

	if (fd < 0)
		return fd;
	for (;;) {
		ssize_t got;

		if (used == size) {
			size = size ? size * 2 : ATTRIBUTE_MAX;
			bytes = realloc(bytes, size);
			if (!bytes)
				memory_exhausted();
		}
		got = root_read_some(root, fd, path, bytes + used, size - used, -1);
		if (got < 0)
			return (int)got;
		if (got == 0)
			break;
		used += (size_t)got;
		if (used > most)
			return (int)access_end(root, ROOT_READ, path, -EFBIG);
	}
	*ret_bytes = arena_text(arena, bytes, used);
	*ret_length = used;
	return 0;
}
