/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/archive.h"

#include "capture/packer.h"
#include "capture/untar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SILENCE_MS = 60 * 1000, DEPTH_MAX = 256 };

/* The archive that is unpacked: its name, and its folder. */
static struct {
	char *path;
	char folder[PATH_SIZE];
} unpacked;

bool archive_is(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static void remove_below(int at, const char *name, int depth);

static void remove_members(int fd, int depth)
{
	DIR *members = fdopendir(fd);
	const struct dirent *member;

	while (members && (member = readdir(members)))
		if (strcmp(member->d_name, ".") != 0 && strcmp(member->d_name, "..") != 0)
			remove_below(dirfd(members), member->d_name, depth);
	if (members)
		closedir(members);
}

/* Remove a file or a folder with all that is in it; links are not followed. */
static void remove_below(int at, const char *name, int depth)
{
	int fd;

	if (unlinkat(at, name, 0) == 0 || depth > DEPTH_MAX)
		return;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		remove_members(fd, depth + 1);
	unlinkat(at, name, AT_REMOVEDIR);
}

/* In a child that outlives its parent: the parent never writes to the channel, and its end closes
 * it. */
static void remove_at_end(void *context, int channel)
{
	char byte;

	while (read(channel, &byte, sizeof(byte)) > 0)
		continue;
	remove_below(AT_FDCWD, context, 0);
}

static int make_folder(char folder[static PATH_SIZE], struct error *e)
{
	const char *above = getenv("TMPDIR");
	const struct child_work work = {
		.run = remove_at_end, .context = folder, .outlives_parent = true};
	/* The child lives as long as this process, and is never ended by it. */
	static struct child child;
	int result;

	if (!above || *above != '/')
		above = "/tmp";
	if (snprintf(folder, PATH_SIZE, "%s/iommuctl-XXXXXX", above) >= PATH_SIZE)
		return error_set(e, ERROR_IO, -ENAMETOOLONG, "cannot unpack into %.100s", above);
	if (!mkdtemp(folder))
		return error_set(e, ERROR_IO, -errno, "cannot unpack into %s", above);
	result = child_start(&child, &work);
	if (result < 0) {
		rmdir(folder);
		return error_set(e, ERROR_IO, result, "cannot unpack into %s", above);
	}
	return 0;
}

/* @child: expands the file, if that is compressed; else @fd is read */
struct stream {
	int fd;
	const struct packing *packing;
	struct child child;
};

static ssize_t read_stream(void *context, void *bytes, size_t size)
{
	const struct stream *stream = context;
	ssize_t got;

	if (stream->packing)
		return child_read(&stream->child, bytes, size, SILENCE_MS);
	got = read(stream->fd, bytes, size);
	return got < 0 ? -errno : got;
}

static int open_archive_stream(const char *path, struct stream *stream, struct error *e)
{
	char magic[PACKING_MAGIC_MAX];
	ssize_t got;
	int result = 0;

	stream->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (stream->fd < 0)
		return error_set(e, errno == EACCES ? ERROR_PERMISSION : ERROR_IO, -errno,
				 "cannot read %s", path);
	got = pread(stream->fd, magic, sizeof(magic), 0);
	stream->packing = packing_of_bytes(magic, got < 0 ? 0 : (size_t)got);
	if (stream->packing)
		result = packer_expand(stream->packing, stream->fd, &stream->child);
	return result < 0 ? error_set(e, ERROR_IO, result, "cannot read %s", path) : 0;
}

/*
 * The program that expands may have failed before the end of the archive, or be missing: that is
 * the reason then, not what its lack of bytes looks like.
 */
static int close_stream(struct stream *stream, const char *path, int result, struct error *e)
{
	struct error why;
	int status = 0;

	cleanup_close(&stream->fd);
	if (!stream->packing)
		return result;
	if (result == 0) {
		/* The end of the archive is read, and any rest does not matter. */
		child_end(&stream->child);
		return 0;
	}
	status = child_finish(&stream->child, SILENCE_MS);
	if (status > 0 && packer_failed(stream->packing, status, "expand", path, &why) < 0)
		*e = why;
	return result;
}

static int unpack_into(const char *path, const char *folder, struct error *e)
{
	_autoclose_ int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stream stream = {.fd = -1};
	const struct untar_source source = {read_stream, &stream};
	int result;

	if (fd < 0)
		return error_set(e, ERROR_IO, -errno, "cannot unpack into %s", folder);
	result = open_archive_stream(path, &stream, e);
	if (result < 0) {
		cleanup_close(&stream.fd);
		return result;
	}
	result = untar(&source, fd, e);
	if (result < 0)
		error_wrap(e, "%s", path);
	return close_stream(&stream, path, result, e);
}

int archive_open(const char *path, struct root **ret_root, struct error *e)
{
	int result = 0;

	if (!unpacked.path || strcmp(unpacked.path, path) != 0) {
		free(unpacked.path);
		unpacked.path = NULL;
		result = make_folder(unpacked.folder, e);
		if (result == 0)
			result = unpack_into(path, unpacked.folder, e);
		if (result < 0)
			return result;
		unpacked.path = strdup(path);
		if (!unpacked.path)
			memory_exhausted();
	}
	return root_open(unpacked.folder, ret_root, e);
}
