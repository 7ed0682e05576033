/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/new_file.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct new_file {
	char *path, *temporary;
	bool overwrite;
	mode_t mode;
	FILE *out;
};

static int cannot_write(const struct new_file *file, int cause, struct error *e)
{
	return error_set(e, cause == -EACCES ? ERROR_PERMISSION : ERROR_IO, cause,
			 "cannot write %s", file->path);
}

/* Refuse to overwrite anything but a regular file, and that without --overwrite. */
static int check_place(const struct new_file *file, struct error *e)
{
	struct stat status;
	int result;

	if (fstatat(AT_FDCWD, file->path, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : cannot_write(file, -errno, e);
	if (!S_ISREG(status.st_mode))
		return error_set(e, ERROR_IO, -EEXIST, "cannot write %s: it is no regular file",
				 file->path);
	if (file->overwrite)
		return 0;
	result = cannot_write(file, -EEXIST, e);
	error_remedy(e, "--overwrite replaces it.");
	return result;
}

static int open_temporary(struct new_file *file, struct error *e)
{
	int cause = check_place(file, e), fd;

	if (cause < 0)
		return cause;
	fd = mkostemp(file->temporary, O_CLOEXEC);
	file->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (file->out)
		return 0;
	cause = -errno;
	/* The temporary name belongs to another process's file: do not remove it. */
	*file->temporary = '\0';
	return cannot_write(file, cause, e);
}

int new_file_open(const char *path, bool overwrite, mode_t mode, struct new_file **ret_file,
		  struct error *e)
{
	_autonewfile_ struct new_file *file = calloc(1, sizeof(*file));
	int result;

	if (!file)
		memory_exhausted();
	file->overwrite = overwrite;
	file->mode = mode;
	file->path = strdup(path);
	if (!file->path || asprintf(&file->temporary, "%s.XXXXXX", path) < 0)
		memory_exhausted();
	result = open_temporary(file, e);
	if (result < 0)
		return result;
	*ret_file = file;
	file = NULL;
	return 0;
}

FILE *new_file_stream(struct new_file *file)
{
	return file->out;
}

/* The only way to read the umask is the call that changes it. */
static mode_t current_umask(void)
{
	mode_t mask = umask(0777);

	umask(mask);
	return mask;
}

int new_file_publish(struct new_file *file, struct error *e)
{
	unsigned flags = file->overwrite ? 0 : RENAME_NOREPLACE;
	int result;

	errno = 0;
	if (fflush(file->out) != 0 || ferror(file->out))
		return cannot_write(file, errno ? -errno : -EIO, e);
	result = check_place(file, e);
	if (result < 0)
		return result;
	if (fchmod(fileno(file->out), file->mode & ~current_umask()) < 0 ||
	    fsync(fileno(file->out)) < 0 ||
	    renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, flags) < 0)
		return cannot_write(file, -errno, e);
	*file->temporary = '\0';
	return 0;
}

int new_file_write(const char *path, mode_t mode, const void *bytes, size_t length, struct error *e)
{
	_autonewfile_ struct new_file *file = NULL;
	int result = new_file_open(path, true, mode, &file, e);

	if (result < 0)
		return result;
	/* An error of the stream fails the publishing. */
	fwrite(bytes, 1, length, file->out);
	return new_file_publish(file, e);
}

void new_file_free(struct new_file *file)
{
	if (!file)
		return;
	if (file->out)
		fclose(file->out);
	if (file->temporary && *file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	free(file);
}
