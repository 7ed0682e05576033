/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root_parts.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name in a folder. @entry: offset of its record among those of the folder */
struct name {
	size_t entry;
	const char *text;
};

/*
 * An open folder. @entries: its records as the kernel wrote them (getdents64(2))     @names: all of
 * them, in order     @next: index of the next one     @cause: the errno of the first unreadable
 * entry, returned after all were listed
 */
struct listing {
	const struct root *root;
	const char *path;
	int fd;
	char *entries;
	size_t used, size;
	struct name *names;
	size_t count, room, next;
	int cause;
};

enum {
	/*
	 * Room for the next records. Only pages with records are ever written, so that a folder of
	 * few names takes one.
	 */
	RECORDS_SIZE = 32 * 1024,
	/* The first records of a folder of which the first name may be enough. */
	FIRST_RECORDS_SIZE = 1024,
};

static void close_listing(const struct listing *listing)
{
	if (listing->fd >= 0)
		close(listing->fd);
	free(listing->entries);
	free(listing->names);
}

static const struct dirent64 *record_at(const struct listing *listing, size_t offset)
{
	return (const struct dirent64 *)(listing->entries + offset);
}

static bool is_name(const struct dirent64 *record)
{
	return strcmp(record->d_name, ".") != 0 && strcmp(record->d_name, "..") != 0;
}

/*
 * Read the next records, @most bytes of them, to the end of those that are there: their size, 0 at
 * the end of the folder or after an error.
 */
static size_t next_records(struct listing *listing, size_t most)
{
	size_t room;
	ssize_t size;

	if (listing->size - listing->used < RECORDS_SIZE) {
		listing->size = listing->size ? listing->size * 2 : RECORDS_SIZE;
		listing->entries = realloc(listing->entries, listing->size);
		if (!listing->entries)
			memory_exhausted();
	}
	room = listing->size - listing->used;
	size = getdents64(listing->fd, listing->entries + listing->used, most < room ? most : room);
	if (size < 0)
		listing->cause = (int)access_end(listing->root, ROOT_LIST, listing->path, -errno);
	return size > 0 ? (size_t)size : 0;
}

static void add_name(struct listing *listing, size_t entry)
{
	if (listing->count == listing->room) {
		listing->room = listing->room ? listing->room * 2 : 64;
		listing->names = realloc(listing->names, listing->room * sizeof(*listing->names));
		if (!listing->names)
			memory_exhausted();
	}
	listing->names[listing->count++].entry = entry;
}

static int compare_names(const void *a, const void *b)
{
	return text_natural(((const struct name *)a)->text, ((const struct name *)b)->text);
}

/* The kernel lists descriptors and processes so, of which a server has tens of thousands. */
static bool is_in_order(const struct listing *listing)
{
	for (size_t i = 1; i < listing->count; i++)
		if (compare_names(&listing->names[i - 1], &listing->names[i]) > 0)
			return false;
	return true;
}

/* After an error, the names before it are still listed. */
static void read_names(struct listing *listing)
{
	size_t size;

	while ((size = next_records(listing, SIZE_MAX))) {
		size_t end = listing->used + size;

		for (size_t at = listing->used; at < end; at += record_at(listing, at)->d_reclen)
			if (is_name(record_at(listing, at)))
				add_name(listing, at);
		listing->used = end;
	}
	for (size_t i = 0; i < listing->count; i++)
		listing->names[i].text = record_at(listing, listing->names[i].entry)->d_name;
	if (!is_in_order(listing))
		qsort(listing->names, listing->count, sizeof(*listing->names), compare_names);
}

/* Open a folder to read its records; without a descriptor where that failed: @cause. */
static struct listing open_to_list(const struct root *root, const char *path)
{
	struct listing listing = {.root = root, .path = path};

	listing.fd = root_openat(root, path, O_RDONLY | O_DIRECTORY);
	listing.cause = listing.fd < 0 ? listing.fd : access_begin(ROOT_READ, path);
	if (listing.fd >= 0 && listing.cause) {
		access_end(root, ROOT_READ, path, listing.cause);
		close(listing.fd);
		listing.fd = -1;
	}
	return listing;
}

static struct listing open_listing(const struct root *root, const char *path)
{
	struct listing listing = open_to_list(root, path);

	if (listing.fd >= 0)
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

static enum root_kind kind_of(struct listing *listing, const struct name *entry)
{
	unsigned char type = record_at(listing, entry->entry)->d_type;
	struct stat status;

	if (type == DT_UNKNOWN) {
		if (fstatat(listing->fd, entry->text, &status, AT_SYMLINK_NOFOLLOW) < 0) {
			note_entry(listing, (int)access_end(listing->root, ROOT_LOOK, listing->path,
							    -errno));
			return ROOT_OTHER;
		}
		type = IFTODT(status.st_mode);
	}
	return type == DT_DIR ? ROOT_FOLDER : type == DT_LNK ? ROOT_SYMLINK : ROOT_OTHER;
}

int root_list_kinds(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, enum root_kind kind),
		    void *context)
{
	_cleanup_(close_listing) struct listing listing = open_listing(root, path);
	const struct name *entry;
	int result;

	while ((entry = next_entry(&listing))) {
		result = each(context, entry->text, kind_of(&listing, entry));
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
		length = TEMP_FAILURE_RETRY(readlinkat(listing->fd, name, link, sizeof(link) - 1));
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

/* Call @each with an entry that is a link. Returns the value of @each. */
static int visit_entry(struct listing *listing, const char *name,
		       int (*each)(void *context, const char *name, const char *target),
		       void *context)
{
	char target[PATH_SIZE];
	int result = follow_entry(listing, name, target);

	if (result < 0)
		note_entry(listing, result);
	return result == 1 ? each(context, name, target) : 0;
}

int root_list_links(const struct root *root, const char *path,
		    int (*each)(void *context, const char *name, const char *target), void *context)
{
	_cleanup_(close_listing) struct listing listing = open_listing(root, path);
	const struct name *entry;
	int result;

	while ((entry = next_entry(&listing))) {
		result = visit_entry(&listing, entry->text, each, context);
		if (result)
			return result;
	}
	return listing.cause;
}

int root_visit_links(const struct root *root, const char *path,
		     bool (*wanted)(void *context, const char *name),
		     int (*each)(void *context, const char *name, const char *target),
		     void *context)
{
	_cleanup_(close_listing) struct listing listing = open_to_list(root, path);
	size_t size, most = FIRST_RECORDS_SIZE;
	int result = 0;

	for (; listing.fd >= 0 && (size = next_records(&listing, most)); most = RECORDS_SIZE)
		for (size_t at = 0; at < size; at += record_at(&listing, at)->d_reclen) {
			const struct dirent64 *record = record_at(&listing, at);

			if (!is_name(record) || (wanted && !wanted(context, record->d_name)))
				continue;
			result = visit_entry(&listing, record->d_name, each, context);
			if (result)
				return result;
		}
	return listing.cause;
}
