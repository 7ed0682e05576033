/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/untar.h"

#include "base/root.h"
#include "base/text.h"
#include "capture/tar_header.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One archive while it is read. @open: the folder of the last entry, and its path; -1 none */
struct untarring {
	const struct untar_source *source;
	int folder, open;
	char open_path[PATH_SIZE];
	size_t bytes, entries;
	char long_name[PATH_SIZE], long_link[PATH_SIZE];
};

static int refuse_archive(struct error *e, const char *name, const char *why)
{
	char safe[256];

	text_escape(name, strnlen(name, 100), safe, sizeof(safe));
	return error_set(e, ERROR_MALFORMED, 0, "the archive %s%s%s", why, *name ? ": " : "", safe);
}

static int archive_ends_early(struct error *e)
{
	return refuse_archive(e, "", "ends in the middle of an entry");
}

/* Read exactly @size bytes: 1; 0 at the end of the archive; a negative errno. */
static int read_archive(struct untarring *untarring, void *bytes, size_t size, struct error *e)
{
	const struct untar_source *source = untarring->source;

	for (size_t done = 0; done < size;) {
		ssize_t got = source->read(source->context, (char *)bytes + done, size - done);

		if (got < 0)
			return error_set(e, ERROR_IO, (int)got, "cannot read the archive");
		if (got == 0)
			return done ? archive_ends_early(e) : 0;
		done += (size_t)got;
	}
	return 1;
}

/* Octal digits with blanks around them. False for other text, and for GNU's binary numbers. */
static bool parse_octal(const char *field, size_t size, size_t *ret_number)
{
	size_t at = 0, number = 0, digits = 0;

	while (at < size && field[at] == ' ')
		at++;
	for (; at < size && field[at] >= '0' && field[at] <= '7'; at++, digits++)
		number = number * 8 + (size_t)(field[at] - '0');
	if (!digits || (at < size && field[at] != ' ' && field[at] != '\0'))
		return false;
	*ret_number = number;
	return true;
}

static bool is_zero(const struct tar_header *header)
{
	const char *bytes = (const char *)header;

	return !bytes[0] && memcmp(bytes, bytes + 1, sizeof(*header) - 1) == 0;
}

/* Returns 1 with a header; 0 at the end of the archive. */
static int read_entry_header(struct untarring *untarring, struct tar_header *ret_header,
			     size_t *ret_size, struct error *e)
{
	int result = read_archive(untarring, ret_header, sizeof(*ret_header), e);
	size_t sum;

	if (result != 1 || is_zero(ret_header))
		return result < 0 ? result : 0;
	if (!parse_octal(ret_header->checksum, sizeof(ret_header->checksum), &sum) ||
	    sum != tar_checksum(ret_header))
		return refuse_archive(e, "", "is no tar file, or damaged");
	if (!parse_octal(ret_header->size, sizeof(ret_header->size), ret_size) ||
	    *ret_size > UNTAR_FILE_MAX)
		return refuse_archive(e, ret_header->name, "has an entry that is too large");
	if (++untarring->entries > UNTAR_ENTRIES_MAX ||
	    (untarring->bytes += *ret_size) > UNTAR_BYTES_MAX)
		return refuse_archive(e, "", "is too large");
	return 1;
}

/* Skip the zeros after the data of an entry, or with @size the data too. */
static int skip_archive(struct untarring *untarring, size_t size, struct error *e)
{
	char block[TAR_BLOCK_SIZE];

	while (size) {
		size_t step = size < sizeof(block) ? size : sizeof(block);
		int result = read_archive(untarring, block, step, e);

		if (result != 1)
			return result < 0 ? result : archive_ends_early(e);
		size -= step;
	}
	return 0;
}

static size_t padding_of(size_t size)
{
	return (TAR_BLOCK_SIZE - size % TAR_BLOCK_SIZE) % TAR_BLOCK_SIZE;
}

/* The data of an entry that is a text for the next one. */
static int read_text(struct untarring *untarring, size_t size, char text[static PATH_SIZE],
		     struct error *e)
{
	int result;

	if (size >= PATH_SIZE)
		return refuse_archive(e, "", "has a name that is too long");
	result = read_archive(untarring, text, size, e);
	if (result != 1)
		return result < 0 ? result : archive_ends_early(e);
	text[size] = '\0';
	return skip_archive(untarring, padding_of(size), e);
}

/* "28 path=some/name\n": the records "path" and "linkpath" of pax. */
static int parse_pax_records(struct untarring *untarring, const char *text, struct error *e)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *key = memchr(text, ' ', length);
		const char *name = key ? text_after(key + 1, "path=") : NULL;
		const char *link = key ? text_after(key + 1, "linkpath=") : NULL;

		if (!key || text[length] != '\n' || text_starts(key + 1, "size="))
			return refuse_archive(e, "", "has records that cannot be read");
		if (name)
			memcpy(untarring->long_name, name, length - (size_t)(name - text));
		if (name)
			untarring->long_name[length - (size_t)(name - text)] = '\0';
		if (link)
			memcpy(untarring->long_link, link, length - (size_t)(link - text));
		if (link)
			untarring->long_link[length - (size_t)(link - text)] = '\0';
		text += length + 1;
	}
	return 0;
}

static int read_pax(struct untarring *untarring, size_t size, struct error *e)
{
	char text[PATH_SIZE] = "";
	int result = read_text(untarring, size, text, e);

	return result < 0 ? result : parse_pax_records(untarring, text, e);
}

static void entry_name(const struct untarring *untarring, const struct tar_header *header,
		       char name[static PATH_SIZE])
{
	int prefix = memcmp(header->magic, "ustar", 6) == 0
			     ? (int)strnlen(header->prefix, sizeof(header->prefix))
			     : 0;

	if (*untarring->long_name)
		snprintf(name, PATH_SIZE, "%s", untarring->long_name);
	else
		snprintf(name, PATH_SIZE, "%.*s%s%.*s", prefix, header->prefix, prefix ? "/" : "",
			 (int)sizeof(header->name), header->name);
}

/* Remove "./", double and trailing slashes. False for a name that leads up. */
static bool clean_name(const char *name, char clean[static PATH_SIZE])
{
	size_t used = 0;

	while (*name) {
		size_t length = strcspn(name, "/");

		if (length == 2 && name[0] == '.' && name[1] == '.')
			return false;
		if (length && !(length == 1 && name[0] == '.')) {
			if (used)
				clean[used++] = '/';
			memcpy(clean + used, name, length);
			used += length;
		}
		name += length + (name[length] == '/');
	}
	clean[used] = '\0';
	return true;
}

/* Open the folder @name below @at, which is made where it is missing; links are not followed. */
static int open_below(int at, const char *name)
{
	enum { FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
	int fd = openat(at, name, FLAGS);

	if (fd < 0 && errno == ENOENT && mkdirat(at, name, 0700) == 0)
		fd = openat(at, name, FLAGS);
	return fd < 0 ? -errno : fd;
}

static int open_folder_at(int folder, char *path)
{
	int fd = fcntl(folder, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	for (char *name = path; fd >= 0 && *name;) {
		size_t length = strcspn(name, "/");
		char after = name[length];
		int below;

		name[length] = '\0';
		below = open_below(fd, name);
		name[length] = after;
		close(fd);
		if (below < 0)
			return below;
		fd = below;
		name += length + (after == '/');
	}
	return fd < 0 ? -errno : fd;
}

/* Open the folder at @path for the entry @name. The entries of a folder follow each other. */
static int need_folder(struct untarring *untarring, char *path, const char *name, struct error *e)
{
	int fd;

	if (untarring->open >= 0 && strcmp(untarring->open_path, path) == 0)
		return 0;
	fd = open_folder_at(untarring->folder, path);
	if (fd == -ENOTDIR || fd == -ELOOP)
		return refuse_archive(e, name, "has a name that leads through a link or a file");
	if (fd < 0)
		return error_set(e, ERROR_IO, fd, "cannot unpack the archive");
	cleanup_close(&untarring->open);
	untarring->open = fd;
	snprintf(untarring->open_path, sizeof(untarring->open_path), "%s", path);
	return 0;
}

/* A short write has no errno: the next one tells why no more could be written. */
static int write_bytes(int fd, const char *bytes, size_t size, struct error *e)
{
	for (size_t done = 0; done < size;) {
		ssize_t written = write(fd, bytes + done, size - done);

		if (written <= 0)
			return error_set(e, ERROR_IO, written < 0 ? -errno : -EIO,
					 "cannot unpack the archive");
		done += (size_t)written;
	}
	return 0;
}

static int make_file(struct untarring *untarring, const char *base, size_t size, struct error *e)
{
	_autoclose_ int fd = openat(untarring->open, base,
				    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	size_t padding = padding_of(size);

	if (fd < 0)
		return error_set(e, ERROR_IO, -errno, "cannot unpack the archive");
	while (size) {
		char bytes[16 * 1024];
		size_t step = size < sizeof(bytes) ? size : sizeof(bytes);
		int result = read_archive(untarring, bytes, step, e);

		if (result != 1)
			return result < 0 ? result : archive_ends_early(e);
		result = write_bytes(fd, bytes, step, e);
		if (result < 0)
			return result;
		size -= step;
	}
	return skip_archive(untarring, padding, e);
}

static int make_link(struct untarring *untarring, const struct tar_header *header, const char *base,
		     struct error *e)
{
	char target[PATH_SIZE];

	if (*untarring->long_link)
		snprintf(target, sizeof(target), "%s", untarring->long_link);
	else
		snprintf(target, sizeof(target), "%.*s", (int)sizeof(header->link), header->link);
	if (!*target)
		return refuse_archive(e, base, "has a link without a target");
	if (symlinkat(target, untarring->open, base) < 0)
		return error_set(e, ERROR_IO, -errno, "cannot unpack the archive");
	return 0;
}

/* As with tar, the last entry of a name counts. */
static int remove_earlier_entry(const struct untarring *untarring, const char *name,
				struct error *e)
{
	if (unlinkat(untarring->open, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno == EISDIR)
		return refuse_archive(e, name, "has a file in the place of a folder");
	return error_set(e, ERROR_IO, -errno, "cannot unpack the archive");
}

static int make_entry(struct untarring *untarring, const struct tar_header *header, size_t size,
		      struct error *e)
{
	int type = header->type ? header->type : TAR_FILE;
	char name[PATH_SIZE], path[PATH_SIZE], *slash;
	const char *base;
	int result;

	if (type != TAR_FILE && type != TAR_LINK && type != TAR_FOLDER)
		return refuse_archive(e, header->name,
				      "has an entry that is no file, folder or link");
	entry_name(untarring, header, name);
	if (!clean_name(name, path))
		return refuse_archive(e, name, "has a name that leads out of it");
	slash = strrchr(path, '/');
	base = slash ? slash + 1 : path;
	if (type == TAR_FOLDER || !*path)
		return need_folder(untarring, path, name, e);
	memmove(name, base, strlen(base) + 1);
	*(slash ? slash : path) = '\0';
	result = need_folder(untarring, path, name, e);
	if (result < 0)
		return result;
	result = remove_earlier_entry(untarring, name, e);
	if (result < 0)
		return result;
	return type == TAR_LINK ? make_link(untarring, header, name, e)
				: make_file(untarring, name, size, e);
}

static int unpack_entry(struct untarring *untarring, const struct tar_header *header, size_t size,
			struct error *e)
{
	int result;

	switch (header->type) {
	case TAR_LONG_NAME:
		return read_text(untarring, size, untarring->long_name, e);
	case TAR_LONG_LINK:
		return read_text(untarring, size, untarring->long_link, e);
	case TAR_PAX:
		return read_pax(untarring, size, e);
	case TAR_PAX_GLOBAL:
		return skip_archive(untarring, size + padding_of(size), e);
	default:
		result = make_entry(untarring, header, size, e);
		untarring->long_name[0] = untarring->long_link[0] = '\0';
		return result;
	}
}

int untar(const struct untar_source *source, int folder, struct error *e)
{
	struct untarring untarring = {.source = source, .folder = folder, .open = -1};
	struct tar_header header;
	size_t size = 0;
	int result;

	for (;;) {
		result = read_entry_header(&untarring, &header, &size, e);
		if (result == 1)
			result = unpack_entry(&untarring, &header, size, e);
		else
			break;
		if (result < 0)
			break;
	}
	cleanup_close(&untarring.open);
	if (result == 0 && !untarring.entries)
		return refuse_archive(e, "", "is empty, or no tar file");
	return result;
}
