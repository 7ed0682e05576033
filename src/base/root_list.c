/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root_parts.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name in a folder. @start: offset of its text among those of the folder     @type: DT_DIR, … */
struct name {
	size_t start;
	const char *text;
	unsigned char type;
};

/*
 * An open folder. @names: all of them, in order     @next: index of the next one     @cause: the
 * errno of the first unreadable entry, returned after all were listed
 */
struct listing {
	const struct root *root;
	const char *path;
	DIR *stream;
	char *texts;
	size_t length, length_room;
	struct name *names;
	size_t count, room, next;
	int cause;
};

static void close_listing(const struct listing *listing)
{
	if (listing->stream)
		closedir(listing->stream);
	free(listing->texts);
	free(listing->names);
}

/* Enlarge an array to at least @wanted objects of @size bytes, and at least twice the size. */
static void *grow_array(void *items, size_t wanted, size_t *room, size_t size)
{
	if (wanted <= *room)
		return items;
	*room = *room * 2 > wanted ? *room * 2 : wanted * 2;
	items = realloc(items, *room * size);
	if (!items)
		memory_exhausted();
	return items;
}

static void add_name(struct listing *listing, const struct dirent *entry)
{
	size_t size = strlen(entry->d_name) + 1;

	listing->texts =
		grow_array(listing->texts, listing->length + size, &listing->length_room, 1);
	listing->names = grow_array(listing->names, listing->count + 1, &listing->room,
				    sizeof(*listing->names));
	memcpy(listing->texts + listing->length, entry->d_name, size);
	listing->names[listing->count++] =
		(struct name){.start = listing->length, .type = entry->d_type};
	listing->length += size;
}

static int compare_names(const void *a, const void *b)
{
	return text_natural(((const struct name *)a)->text, ((const struct name *)b)->text);
}

/* After an error of readdir, the names before it are still listed. */
static void read_names(struct listing *listing)
{
	const struct dirent *entry;

	while ((void)(errno = 0), (entry = readdir(listing->stream)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			add_name(listing, entry);
	if (errno)
		listing->cause = (int)access_end(listing->root, ROOT_LIST, listing->path, -errno);
	for (size_t i = 0; i < listing->count; i++)
		listing->names[i].text = listing->texts + listing->names[i].start;
	if (listing->count)
		qsort(listing->names, listing->count, sizeof(*listing->names), compare_names);
}

static struct listing open_listing(const struct root *root, const char *path)
{
	struct listing listing = {.root = root, .path = path};
	int fd = root_openat(root, path, O_RDONLY | O_DIRECTORY);

	listing.cause = fd < 0 ? fd : 0;
	if (fd < 0)
		return listing;
	listing.stream = fdopendir(fd);
	if (!listing.stream) {
		listing.cause = (int)access_end(root, ROOT_LIST, path, -errno);
		close(fd);
		return listing;
	}
	listing.cause = access_begin(ROOT_READ, path);
	if (listing.cause)
		access_end(root, ROOT_READ, path, listing.cause);
	else
		read_names(&listing);
	return listing;
}

static const struct name *next_entry(struct listing *listing)
{
	return listing->next < listing->count ? &listing->names[listing->next++] : NULL;
}

/* Note an unreadable entry of a folder; the others are still listed. */
static void note_entry(struct listing *listing, int cause)
{
	if (!listing->cause && !root_is_absence(cause))
		listing->cause = cause;
}

int root_list(const struct root *root, const char *path,
	      int (*each)(void *context, const char *name), void *context)
{
	_cleanup_(close_listing) struct listing listing = open_listing(root, path);
	const struct name *entry;
	int result;

	while ((entry = next_entry(&listing))) {
		result = each(context, entry->text);
		if (result)
			return result;
	}
	return listing.cause;
}

static bool is_folder(struct listing *listing, const struct name *entry)
{
	struct stat status;

	if (entry->type != DT_UNKNOWN)
		return entry->type == DT_DIR;
	if (fstatat(dirfd(listing->stream), entry->text, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		note_entry(listing,
			   (int)access_end(listing->root, ROOT_LOOK, listing->path, -errno));
		return false;
	}
	return S_ISDIR(status.st_mode);
}

int root_list_kinds(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, bool is_folder), void *context)
{
	_cleanup_(close_listing) struct listing listing = open_listing(root, path);
	const struct name *entry;
	int result;

	while ((entry = next_entry(&listing))) {
		result = each(context, entry->text, is_folder(&listing, entry));
		if (result)
			return result;
	}
	return listing.cause;
}

/* The path of a folder's entry is made only if it is needed: there may be ten thousand entries. */
static int begin_entry(const struct listing *listing, const char *name)
{
	char path[PATH_SIZE];
	int result;

	if (!root_is_watched() && !listing->root->unreadable)
		return 0;
	result = root_path(listing->root, path, "%s/%s", listing->path, name);
	if (result < 0)
		return result;
	result = access_begin(ROOT_LINK, path);
	return result ? result : unreadable_find(listing->root->unreadable, path);
}

static ssize_t end_entry(const struct listing *listing, const char *name, ssize_t result)
{
	char path[PATH_SIZE];

	if (result >= 0 && !root_is_watched())
		return result;
	if (root_path(listing->root, path, "%s/%s", listing->path, name) < 0)
		return -ENAMETOOLONG;
	return access_end(listing->root, ROOT_LINK, path, result);
}

/* Follow the link @name of the folder: 1; 0 where it is no link; a negative errno. */
static int follow_entry(const struct listing *listing, const char *name,
			char target[static PATH_SIZE])
{
	char link[PATH_SIZE];
	ssize_t length = begin_entry(listing, name);

	/* A single name below an open folder cannot lead out of the tree. */
	if (length == 0) {
		length = TEMP_FAILURE_RETRY(
			readlinkat(dirfd(listing->stream), name, link, sizeof(link) - 1));
		length = length < 0 ? -errno : length;
	}
	if (length == sizeof(link) - 1)
		length = -ENAMETOOLONG;
	if (length >= 0) {
		link[length] = '\0';
		length = text_resolve(listing->path, link, target, PATH_SIZE);
	}
	length = end_entry(listing, name, length);
	if (length == -EINVAL)
		return 0;
	return length < 0 ? (int)length : 1;
}

int root_list_links(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, const char *target), void *context)
{
	_cleanup_(close_listing) struct listing listing = open_listing(root, path);
	const struct name *entry;
	char target[PATH_SIZE];
	int result;

	while ((entry = next_entry(&listing))) {
		result = follow_entry(&listing, entry->text, target);
		if (result < 0)
			note_entry(&listing, result);
		result = result == 1 ? each(context, entry->text, target) : 0;
		if (result)
			return result;
	}
	return listing.cause;
}
