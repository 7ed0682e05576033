/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/initramfs_images.h"

#include "base/cleanup.h"
#include "base/new_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The images while they are searched. @machine: its ID, or NULL */
struct searching {
	const char *top, *machine;
	struct arena *arena;
	struct initramfs_images images;
};

static void add_image(struct searching *searching, const char *kernel, const char *path)
{
	struct initramfs_images *images = &searching->images;
	struct stat status;

	if (lstat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return;
	images->items =
		arena_room(searching->arena, images->items, images->count, sizeof(*images->items));
	images->items[images->count++] = (struct initramfs_image){
		kernel, path, arena_concat(searching->arena, path, ".new", "")};
}

/* dracut.sh, where it sets outfile; Debian, Fedora and SUSE each have a name of their own. */
static void search_images(struct searching *searching, const char *kernel)
{
	static const char *const before[] = {"/boot/initrd.img-", "/boot/initrd-",
					     "/boot/initramfs-"};
	static const char *const after[] = {"", "", ".img"};
	static const char *const below[] = {"/efi", "/boot", "/boot/efi"};
	struct arena *arena = searching->arena;

	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		add_image(searching, kernel,
			  arena_printf(arena, "%s%s%s%s", searching->top, before[i], kernel,
				       after[i]));
	for (size_t i = 0; searching->machine && i < ARRAY_SIZE(below); i++)
		add_image(searching, kernel,
			  arena_printf(arena, "%s%s/%s/%s/initrd", searching->top, below[i],
				       searching->machine, kernel));
	add_image(searching, kernel,
		  arena_printf(arena, "%s/lib/modules/%s/initrd", searching->top, kernel));
}

static const char *read_machine_id(const char *top, struct arena *arena)
{
	enum { ID_LENGTH = 32 };
	const char *path = arena_concat(arena, top, "/etc/machine-id", "");
	_autoclose_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char id[ID_LENGTH + 1] = "";

	return fd >= 0 && read(fd, id, ID_LENGTH) == ID_LENGTH &&
			       strspn(id, "0123456789abcdef") == ID_LENGTH
		       ? arena_strdup(arena, id)
		       : NULL;
}

struct initramfs_images initramfs_images_find(const char *top, struct arena *arena)
{
	struct searching searching = {top, read_machine_id(top, arena), arena, {0}};
	_autofolder_ DIR *kernels = opendir(arena_concat(arena, top, "/lib/modules", ""));
	struct dirent *entry;

	while (kernels && (entry = readdir(kernels)))
		if (*entry->d_name != '.')
			search_images(&searching, arena_strdup(arena, entry->d_name));
	return searching.images;
}

static int flush_file(const char *path)
{
	_autoclose_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int initramfs_image_replace(const struct initramfs_image *image, struct error *e)
{
	_autofree_ char *folder =
		strndup(image->path, (size_t)(strrchr(image->path, '/') - image->path));
	int result = flush_file(image->next);

	if (!folder)
		memory_exhausted();
	if (result == 0 && rename(image->next, image->path) < 0)
		result = -errno;
	return result < 0 ? new_folder_error(e, result, "replace", image->path)
			  : new_folder_flush(folder, e);
}
