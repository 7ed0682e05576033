/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/tarball.h"

#include "base/arena.h"
#include "base/new_file.h"
#include "capture/packer.h"
#include "capture/tar_header.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The archive contains the kernel log, which on most machines only root may read. */
enum { OWNER_ONLY = 0600 };

enum {
	/* how long a program that compresses may take no bytes, and for its rest at the end */
	PACKER_SILENCE_MS = 60 * 1000,
	BUFFER_SIZE = 64 * 1024,
};

/*
 * @file: the archive; NULL: standard output     @fd: of it
 * @out: leads there, or with @packing to the child that compresses
 */
struct tarball {
	char *path;
	struct new_file *file;
	int fd;
	const struct packing *packing;
	struct child packer;
	FILE *out;
};

static int failed(const struct tarball *tarball, int cause, struct error *e)
{
	return error_set(e, ERROR_IO, cause, "cannot write %s", tarball->path);
}

static int open_archive_file(struct tarball *tarball, const char *path, bool overwrite,
			     struct error *e)
{
	int result = new_file_open(path, overwrite, OWNER_ONLY, &tarball->file, e);

	if (result == 0)
		tarball->fd = fileno(new_file_stream(tarball->file));
	return result;
}

static int open_output(struct tarball *tarball, struct error *e)
{
	if (isatty(STDOUT_FILENO))
		return error_set(e, ERROR_USAGE, 0,
				 "a capture is not written to a terminal: redirect it");
	tarball->fd = STDOUT_FILENO;
	return 0;
}

/* For fopencookie(3). */
static ssize_t write_archive_bytes(void *context, const char *bytes, size_t size)
{
	struct tarball *tarball = context;
	ssize_t written;
	int result;

	if (!tarball->packing) {
		written = write(tarball->fd, bytes, size);
		return written < 0 ? 0 : written;
	}
	result = child_send(&tarball->packer, bytes, size, PACKER_SILENCE_MS);
	errno = -result;
	return result < 0 ? 0 : (ssize_t)size;
}

static int open_tar_stream(struct tarball *tarball, struct error *e)
{
	const cookie_io_functions_t functions = {.write = write_archive_bytes};
	int result = 0;

	if (tarball->packing)
		result = packer_compress(tarball->packing, tarball->fd, &tarball->packer);
	if (result < 0)
		return failed(tarball, result, e);
	tarball->out = fopencookie(tarball, "w", functions);
	if (!tarball->out)
		memory_exhausted();
	setvbuf(tarball->out, NULL, _IOFBF, BUFFER_SIZE);
	return 0;
}

int tarball_new(const char *path, bool overwrite, struct tarball **ret_tarball, struct error *e)
{
	_autotarball_ struct tarball *tarball = calloc(1, sizeof(*tarball));
	bool to_stdout = strcmp(path, "-") == 0;
	int result;

	if (!tarball)
		memory_exhausted();
	tarball->packing = packing_of_name(path);
	tarball->path = strdup(to_stdout ? "standard output" : path);
	if (!tarball->path)
		memory_exhausted();
	result = to_stdout ? open_output(tarball, e)
			   : open_archive_file(tarball, path, overwrite, e);
	if (result == 0)
		result = open_tar_stream(tarball, e);
	if (result < 0)
		return result;
	*ret_tarball = tarball;
	tarball = NULL;
	return 0;
}

static bool has_packer(const struct tarball *tarball)
{
	return tarball->packing && tarball->packer.pid;
}

void tarball_free(struct tarball *tarball)
{
	if (!tarball)
		return;
	if (has_packer(tarball))
		child_end(&tarball->packer);
	/* Without its child the rest of a buffer goes nowhere. */
	if (tarball->out)
		fclose(tarball->out);
	new_file_free(tarball->file);
	free(tarball->path);
	free(tarball);
}

static void put_padded(struct tarball *tarball, const void *bytes, size_t length)
{
	static const char zeros[TAR_BLOCK_SIZE];

	fwrite(bytes, 1, length, tarball->out);
	fwrite(zeros, 1, (TAR_BLOCK_SIZE - length % TAR_BLOCK_SIZE) % TAR_BLOCK_SIZE, tarball->out);
}

/* A number in octal digits that fills @field but for its last byte. */
static void put_octal(char *field, size_t size, size_t number)
{
	for (size_t at = size - 1; at-- > 0; number /= 8)
		field[at] = (char)('0' + number % 8);
}

static void put_header(struct tarball *tarball, enum tar_type type, const char *name,
		       const char *link, size_t size)
{
	struct tar_header header = {.type = (char)type, .magic = "ustar", .version = {'0', '0'}};

	/* A name that fills its field of the header has no NUL after it. */
	memcpy(header.name, name, strnlen(name, sizeof(header.name)));
	memcpy(header.link, link, strnlen(link, sizeof(header.link)));
	put_octal(header.mode, sizeof(header.mode), type == TAR_FOLDER ? 0700 : OWNER_ONLY);
	put_octal(header.uid, sizeof(header.uid), 0);
	put_octal(header.gid, sizeof(header.gid), 0);
	put_octal(header.size, sizeof(header.size), size);
	put_octal(header.mtime, sizeof(header.mtime), 0);
	/* Six digits and two NULs. */
	put_octal(header.checksum, sizeof(header.checksum) - 1, tar_checksum(&header));
	fwrite(&header, 1, sizeof(header), tarball->out);
}

static void put_long(struct tarball *tarball, enum tar_type type, const char *text, size_t most)
{
	size_t size = strlen(text) + 1;

	if (size <= most)
		return;
	put_header(tarball, type, "././@LongLink", "", size);
	put_padded(tarball, text, size);
}

static void put_entry(struct tarball *tarball, enum tar_type type, const char *path,
		      const char *link, size_t size)
{
	const char *name = path + strspn(path, "/");

	put_long(tarball, TAR_LONG_LINK, link, sizeof(((struct tar_header *)0)->link));
	put_long(tarball, TAR_LONG_NAME, name, sizeof(((struct tar_header *)0)->name));
	put_header(tarball, type, name, link, size);
}

void tarball_add_file(struct tarball *tarball, const char *path, const void *bytes, size_t length)
{
	put_entry(tarball, TAR_FILE, path, "", length);
	put_padded(tarball, bytes, length);
}

void tarball_add_link(struct tarball *tarball, const char *path, const char *target)
{
	put_entry(tarball, TAR_LINK, path, target, 0);
}

void tarball_add_folder(struct tarball *tarball, const char *path)
{
	put_entry(tarball, TAR_FOLDER, path, "", 0);
}

/* End the archive, and the program that compresses it. */
static int finish_stream(struct tarball *tarball, struct error *e)
{
	static const char end[2 * TAR_BLOCK_SIZE];
	int status;
	bool written;

	errno = 0;
	written = fwrite(end, 1, sizeof(end), tarball->out) && fflush(tarball->out) == 0 &&
		  !ferror(tarball->out);
	if (!tarball->packing)
		return written ? 0 : failed(tarball, errno ? -errno : -EIO, e);
	status = child_finish(&tarball->packer, PACKER_SILENCE_MS);
	tarball->packer = (struct child){.channel = -1, .pidfd = -1};
	if (status != 0 || !written)
		return packer_failed(tarball->packing, status ? status : -EPIPE, "compress",
				     tarball->path, e);
	return 0;
}

int tarball_publish(struct tarball *tarball, struct error *e)
{
	int result = finish_stream(tarball, e);

	return result < 0 || !tarball->file ? result : new_file_publish(tarball->file, e);
}
