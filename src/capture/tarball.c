/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/tarball.h"

#include "base/arena.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct tarball {
	struct archive *tar;
	struct archive_entry *entry; /* used again for each */
	char *path, *temporary;
	int fd;
	bool overwrite;
};

static int failed(const struct tarball *tarball, struct error *e)
{
	int cause = archive_errno(tarball->tar);

	return error_set(e, cause == EACCES ? ERROR_PERMISSION : ERROR_IO,
			 cause > 0 ? -cause : -EIO, "cannot write %s", tarball->path);
}

static int open_temporary(struct tarball *tarball, struct error *e)
{
	int cause;

	if (!tarball->overwrite &&
	    faccessat(AT_FDCWD, tarball->path, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		cause = error_set(e, ERROR_IO, -EEXIST, "cannot write %s", tarball->path);
		error_remedy(e, "--overwrite replaces it.");
		return cause;
	}
	tarball->fd = mkostemp(tarball->temporary, O_CLOEXEC);
	if (tarball->fd >= 0)
		return 0;
	cause = -errno;
	/* Not ours to remove. */
	*tarball->temporary = '\0';
	return error_set(e, cause == -EACCES ? ERROR_PERMISSION : ERROR_IO, cause,
			 "cannot write %s", tarball->path);
}

int tarball_new(const char *path, bool overwrite, struct tarball **ret_tarball, struct error *e)
{
	_autotarball_ struct tarball *tarball = calloc(1, sizeof(*tarball));
	int result;

	if (!tarball)
		memory_exhausted();
	tarball->fd = -1;
	tarball->overwrite = overwrite;
	tarball->path = strdup(path);
	if (!tarball->path || asprintf(&tarball->temporary, "%s.XXXXXX", path) < 0)
		memory_exhausted();
	tarball->tar = archive_write_new();
	tarball->entry = archive_entry_new();
	if (!tarball->tar || !tarball->entry)
		memory_exhausted();
	result = open_temporary(tarball, e);
	if (result < 0)
		return result;
	archive_write_set_format_filter_by_ext_def(tarball->tar, path, ".tar");
	archive_write_set_format_pax_restricted(tarball->tar);
	if (archive_write_open_fd(tarball->tar, tarball->fd) != ARCHIVE_OK)
		return failed(tarball, e);
	*ret_tarball = tarball;
	tarball = NULL;
	return 0;
}

void tarball_free(struct tarball *tarball)
{
	if (!tarball)
		return;
	if (tarball->tar)
		archive_write_free(tarball->tar);
	archive_entry_free(tarball->entry);
	cleanup_close(&tarball->fd);
	if (tarball->temporary && *tarball->temporary)
		unlink(tarball->temporary);
	free(tarball->temporary);
	free(tarball->path);
	free(tarball);
}

static struct archive_entry *new_entry(struct tarball *tarball, const char *path, mode_t type)
{
	struct archive_entry *entry = archive_entry_clear(tarball->entry);

	archive_entry_set_pathname(entry, path + strspn(path, "/"));
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, type == AE_IFDIR ? 0755 : 0644);
	return entry;
}

int tarball_add_file(struct tarball *tarball, const char *path, const void *bytes, size_t length,
		     struct error *e)
{
	struct archive_entry *entry = new_entry(tarball, path, AE_IFREG);

	archive_entry_set_size(entry, (int64_t)length);
	if (archive_write_header(tarball->tar, entry) != ARCHIVE_OK ||
	    archive_write_data(tarball->tar, bytes, length) != (ssize_t)length)
		return failed(tarball, e);
	return 0;
}

int tarball_add_link(struct tarball *tarball, const char *path, const char *target, struct error *e)
{
	struct archive_entry *entry = new_entry(tarball, path, AE_IFLNK);

	archive_entry_set_symlink(entry, target);
	return archive_write_header(tarball->tar, entry) == ARCHIVE_OK ? 0 : failed(tarball, e);
}

int tarball_add_folder(struct tarball *tarball, const char *path, struct error *e)
{
	struct archive_entry *entry = new_entry(tarball, path, AE_IFDIR);

	return archive_write_header(tarball->tar, entry) == ARCHIVE_OK ? 0 : failed(tarball, e);
}

int tarball_publish(struct tarball **tarball, struct error *e)
{
	struct tarball *file = *tarball;
	unsigned flags = file->overwrite ? 0 : RENAME_NOREPLACE;

	if (archive_write_close(file->tar) != ARCHIVE_OK)
		return failed(file, e);
	if (fchmod(file->fd, 0644) < 0 || fsync(file->fd) < 0 ||
	    renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, flags) < 0)
		return error_set(e, ERROR_IO, -errno, "cannot write %s", file->path);
	*file->temporary = '\0';
	tarball_free(file);
	*tarball = NULL;
	return 0;
}
