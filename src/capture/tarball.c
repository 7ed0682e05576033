/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/tarball.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	BLOCK_SIZE = 512,
	/* The archive contains the kernel log, which on most machines only root may read. */
	OWNER_ONLY = 0600,
};

/* The header of POSIX.1-1988 ustar; numbers are octal digits and a NUL. */
struct header {
	char name[100];
	char mode[8], uid[8], gid[8];
	char size[12], mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6], version[2];
	char owner[32], group[32];
	char device_major[8], device_minor[8];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct header) == BLOCK_SIZE, "a header is one block");

enum entry_type {
	TYPE_FILE = '0',
	TYPE_LINK = '2',
	TYPE_FOLDER = '5',
	TYPE_LONG_LINK = 'K', /* entry of GNU tar: its data is the link text of the next entry */
	TYPE_LONG_NAME = 'L', /* entry of GNU tar: its data is the name of the next entry */
};

struct tarball {
	char *path, *temporary;
	bool overwrite;
	FILE *out;
};

static int failed(const struct tarball *tarball, int cause, struct error *e)
{
	return error_set(e, cause == -EACCES ? ERROR_PERMISSION : ERROR_IO, cause,
			 "cannot write %s", tarball->path);
}

/* Refuse to overwrite anything but a regular file, and that without --overwrite. */
static int check_place(const struct tarball *tarball, struct error *e)
{
	struct stat status;
	int result;

	if (fstatat(AT_FDCWD, tarball->path, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : failed(tarball, -errno, e);
	if (!S_ISREG(status.st_mode))
		return error_set(e, ERROR_IO, -EEXIST, "cannot write %s: it is no regular file",
				 tarball->path);
	if (tarball->overwrite)
		return 0;
	result = failed(tarball, -EEXIST, e);
	error_remedy(e, "--overwrite replaces it.");
	return result;
}

static int open_temporary(struct tarball *tarball, struct error *e)
{
	int cause = check_place(tarball, e), fd;

	if (cause < 0)
		return cause;
	fd = mkostemp(tarball->temporary, O_CLOEXEC);
	tarball->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (tarball->out)
		return 0;
	cause = -errno;
	/* The temporary name belongs to another process's file: do not remove it. */
	*tarball->temporary = '\0';
	return failed(tarball, cause, e);
}

int tarball_new(const char *path, bool overwrite, struct tarball **ret_tarball, struct error *e)
{
	_autotarball_ struct tarball *tarball = calloc(1, sizeof(*tarball));
	int result;

	if (!tarball)
		memory_exhausted();
	tarball->overwrite = overwrite;
	tarball->path = strdup(path);
	if (!tarball->path || asprintf(&tarball->temporary, "%s.XXXXXX", path) < 0)
		memory_exhausted();
	result = open_temporary(tarball, e);
	if (result < 0)
		return result;
	*ret_tarball = tarball;
	tarball = NULL;
	return 0;
}

void tarball_free(struct tarball *tarball)
{
	if (!tarball)
		return;
	if (tarball->out)
		fclose(tarball->out);
	if (tarball->temporary && *tarball->temporary)
		unlink(tarball->temporary);
	free(tarball->temporary);
	free(tarball->path);
	free(tarball);
}

static void put_padded(struct tarball *tarball, const void *bytes, size_t length)
{
	static const char zeros[BLOCK_SIZE];

	fwrite(bytes, 1, length, tarball->out);
	fwrite(zeros, 1, (BLOCK_SIZE - length % BLOCK_SIZE) % BLOCK_SIZE, tarball->out);
}

/*
 * Set the checksum of a tar header: the sum of all bytes, with those of the checksum itself taken
 * as blanks.
 */
static void seal_header(struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned sum = 0;

	memset(header->checksum, ' ', sizeof(header->checksum));
	for (size_t i = 0; i < sizeof(*header); i++)
		sum += bytes[i];
	snprintf(header->checksum, sizeof(header->checksum), "%06o", sum);
}

static void put_header(struct tarball *tarball, enum entry_type type, const char *name,
		       const char *link, size_t size)
{
	struct header header = {.type = (char)type, .magic = "ustar", .version = {'0', '0'}};

	/* A name that fills its field of the header has no NUL after it. */
	memcpy(header.name, name, strnlen(name, sizeof(header.name)));
	memcpy(header.link, link, strnlen(link, sizeof(header.link)));
	snprintf(header.mode, sizeof(header.mode), "%07o",
		 type == TYPE_FOLDER ? 0700U : (unsigned)OWNER_ONLY);
	snprintf(header.uid, sizeof(header.uid), "%07o", 0U);
	snprintf(header.gid, sizeof(header.gid), "%07o", 0U);
	snprintf(header.size, sizeof(header.size), "%011zo", size);
	snprintf(header.mtime, sizeof(header.mtime), "%011o", 0U);
	seal_header(&header);
	fwrite(&header, 1, sizeof(header), tarball->out);
}

static void put_long(struct tarball *tarball, enum entry_type type, const char *text, size_t most)
{
	size_t size = strlen(text) + 1;

	if (size <= most)
		return;
	put_header(tarball, type, "././@LongLink", "", size);
	put_padded(tarball, text, size);
}

static void put_entry(struct tarball *tarball, enum entry_type type, const char *path,
		      const char *link, size_t size)
{
	const char *name = path + strspn(path, "/");

	put_long(tarball, TYPE_LONG_LINK, link, sizeof(((struct header *)0)->link));
	put_long(tarball, TYPE_LONG_NAME, name, sizeof(((struct header *)0)->name));
	put_header(tarball, type, name, link, size);
}

void tarball_add_file(struct tarball *tarball, const char *path, const void *bytes, size_t length)
{
	put_entry(tarball, TYPE_FILE, path, "", length);
	put_padded(tarball, bytes, length);
}

void tarball_add_link(struct tarball *tarball, const char *path, const char *target)
{
	put_entry(tarball, TYPE_LINK, path, target, 0);
}

void tarball_add_folder(struct tarball *tarball, const char *path)
{
	put_entry(tarball, TYPE_FOLDER, path, "", 0);
}

/* The only way to read the umask is the call that changes it. */
static mode_t current_umask(void)
{
	mode_t mask = umask(0777);

	umask(mask);
	return mask;
}

int tarball_publish(struct tarball *tarball, struct error *e)
{
	static const char end[2 * BLOCK_SIZE];
	unsigned flags = tarball->overwrite ? 0 : RENAME_NOREPLACE;
	int result;

	fwrite(end, 1, sizeof(end), tarball->out);
	if (fflush(tarball->out) != 0 || ferror(tarball->out))
		return failed(tarball, errno ? -errno : -EIO, e);
	result = check_place(tarball, e);
	if (result < 0)
		return result;
	if (fchmod(fileno(tarball->out), OWNER_ONLY & ~current_umask()) < 0 ||
	    fsync(fileno(tarball->out)) < 0 ||
	    renameat2(AT_FDCWD, tarball->temporary, AT_FDCWD, tarball->path, flags) < 0)
		return failed(tarball, -errno, e);
	*tarball->temporary = '\0';
	return 0;
}
