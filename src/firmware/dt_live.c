/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_live.h"

#include "base/text.h"
#include "firmware/dt_streams.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char FOLDER[] = "/sys/firmware/devicetree/base";

static const char *const stream_facts[] = {
	"#address-cells", "#iommu-cells",  "#size-cells",     "#stream-id-cells",  "compatible",
	"dma-ranges",	  "fsl,liodn",	   "iommu-addresses", "iommu-map",	   "iommu-map-mask",
	"iommus",	  "linux,phandle", "memory-region",   "mmu-masters",	   "phandle",
	"ranges",	  "reg",	   "status",	      "stream-match-mask",
};

struct live {
	const struct root *root;
	struct arena *arena;
	enum dt_live_facts facts;
	struct tree_builder builder;
};

static bool is_wanted(const struct live *live, const char *property)
{
	if (live->facts == DT_LIVE_ALL)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(stream_facts); i++)
		if (strcmp(stream_facts[i], property) == 0)
			return true;
	return false;
}

/* Read a whole file. sysfs returns at most a page per read, so a shorter read is the last. */
static int read_bytes(const struct live *live, int fd, const char *path, const void **ret_bytes,
		      size_t *ret_length)
{
	_autofree_ char *bytes = NULL;
	size_t used = 0, room = 0;
	ssize_t got;

	do {
		if (room - used < ATTRIBUTE_MAX) {
			room = room ? 2 * room : ATTRIBUTE_MAX;
			bytes = realloc(bytes, room);
			if (!bytes)
				memory_exhausted();
		}
		got = root_read_some(live->root, fd, path, bytes + used, ATTRIBUTE_MAX, -1);
		if (got < 0)
			return (int)got;
		used += (size_t)got;
		if (used > TREE_PROPERTY_MAX)
			return -EFBIG;
	} while (got == ATTRIBUTE_MAX);
	*ret_bytes = arena_text(live->arena, bytes, used);
	*ret_length = used;
	return 0;
}

/* The path of the folder that belongs to the node that is open in the builder. */
static int open_node_folder(const struct live *live, char path[static PATH_SIZE])
{
	const struct node *node = live->builder.open[live->builder.depth - 1].node;

	return root_path(live->root, path, "%s%s", FOLDER, node->parent ? node->path : "");
}

static void note_missing_property(struct live *live, const char *file, const char *name, int cause)
{
	if (!live->builder.unread && !root_is_absence(cause) && !text_starts(name, "security-"))
		live->builder.unread = arena_strdup(live->arena, file);
}

/*
 * A property that disappeared after its folder was listed counts as absent. A property that cannot
 * be read is left out of the tree; base/root records the failure for the source's entry.
 */
static int read_property(struct live *live, int folder, const char *name, struct error *e)
{
	char path[PATH_SIZE], file[PATH_SIZE];
	_autoclose_ int fd = -1;
	const void *bytes;
	size_t length;
	int result;

	if (open_node_folder(live, path) < 0 ||
	    root_path(live->root, file, "%s/%s", path, name) < 0)
		return 0;
	result = fd = root_open_below(live->root, folder, path, name, O_RDONLY);
	if (fd >= 0)
		result = read_bytes(live, fd, file, &bytes, &length);
	if (result < 0) {
		note_missing_property(live, file, name, result);
		return 0;
	}
	return tree_property(&live->builder, arena_intern(live->arena, name, strlen(name)), bytes,
			     length, e);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool has_type(int folder, const struct dirent *entry, mode_t type)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == IFTODT(type);
	return fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (status.st_mode & S_IFMT) == type;
}

static int skip_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int cannot_read(int cause, const char *name, struct error *e)
{
	return error_set(e, cause == -EACCES ? ERROR_PERMISSION : ERROR_IO, cause,
			 "cannot read the devicetree's node %s", name);
}

static int read_folder(struct live *live, int folder, const char *name, bool deep, struct error *e);

static int read_child(struct live *live, int folder, const char *name, struct error *e)
{
	_autoclose_ int fd = -1;
	char path[PATH_SIZE];
	int result = open_node_folder(live, path);

	if (result >= 0)
		result = fd =
			root_open_below(live->root, folder, path, name, O_RDONLY | O_DIRECTORY);
	if (result < 0)
		return root_is_absence(result) ? 0 : cannot_read(result, name, e);
	result = tree_open(&live->builder, name, strlen(name), e);
	if (result < 0)
		return result;
	result = read_folder(live, fd, name, true, e);
	return result < 0 ? result : tree_close(&live->builder, e);
}

/* Read the properties of the open node, and with @deep its children too. */
static int read_folder(struct live *live, int folder, const char *name, bool deep, struct error *e)
{
	struct dirent **entries;
	int count = scandirat(folder, ".", &entries, skip_dots, by_name), result = 0;

	if (count < 0)
		return cannot_read(-errno, name, e);
	for (int i = 0; i < count; i++) {
		const char *entry = entries[i]->d_name;

		if (result == 0 && is_wanted(live, entry) && has_type(folder, entries[i], S_IFREG))
			result = read_property(live, folder, entry, e);
		else if (result == 0 && deep && has_type(folder, entries[i], S_IFDIR))
			result = read_child(live, folder, entry, e);
		free(entries[i]);
	}
	free(entries);
	return result;
}

int dt_live_node(const struct root *root, const char *folder, char path[static PATH_SIZE])
{
	char target[PATH_SIZE];
	int result = root_follow(root, folder, "of_node", target);
	const char *node = result > 0 ? text_after(target, FOLDER) : NULL;

	if (result < 0)
		return result;
	if (!node || !*node)
		return 0;
	memcpy(path, node, strlen(node) + 1);
	return 1;
}

bool dt_live_has(const struct root *root, const char *path, const char *property)
{
	return root_hasf(root, "%s%s/%s", FOLDER, path, property) > 0;
}

/* Start the builder's tree with its root node, which stays open. */
static int read_root(struct live *live, bool deep, struct error *e)
{
	_autoclose_ int fd = root_openat(live->root, FOLDER, O_RDONLY | O_DIRECTORY);

	if (fd == -ENOENT || fd == -ENOTDIR)
		return -ENOENT;
	if (fd < 0)
		return cannot_read(fd, "/", e);
	tree_begin(&live->builder, live->arena);
	if (tree_open(&live->builder, "", 0, e) < 0)
		return -EINVAL;
	return read_folder(live, fd, "/", deep, e);
}

int dt_live_read_all(const struct root *root, struct arena *arena, enum dt_live_facts facts,
		     const struct tree **ret_tree, struct error *e)
{
	struct live live = {.root = root, .arena = arena, .facts = facts};
	int result = read_root(&live, true, e);

	if (result == 0)
		result = tree_close(&live.builder, e);
	return result < 0 ? result : tree_seal(&live.builder, ret_tree, e);
}

/* Sort each path directly before all paths below it: '/' is less than any other letter. */
static int compare_node_paths(const void *a, const void *b)
{
	const char *left = *(const char *const *)a, *right = *(const char *const *)b;

	while (*left && *left == *right) {
		left++;
		right++;
	}
	if (*left == '/' && *right)
		return -1;
	if (*right == '/' && *left)
		return 1;
	return (unsigned char)*left - (unsigned char)*right;
}

/*
 * Close the open nodes that are not above @path. Returns the length of the part of @path that stays
 * open.
 */
static size_t close_nodes(struct live *live, const char *path, struct error *e)
{
	struct tree_builder *builder = &live->builder;

	while (builder->depth > 1) {
		const char *open = builder->open[builder->depth - 1].node->path;
		const char *rest = text_after(path, open);

		if (rest && (*rest == '/' || *rest == '\0'))
			return strlen(open);
		/* Closing a node cannot fail here: more nodes than the root are open. */
		if (tree_close(builder, e) < 0)
			break;
	}
	return 0;
}

/*
 * Open the node whose path is the first @end bytes of @path. Returns 1; 0 where it does not exist.
 */
static int open_path_node(struct live *live, const char *path, size_t end, const char *name,
			  struct error *e)
{
	size_t length = (size_t)(path + end - name);
	char folder[PATH_SIZE];
	_autoclose_ int fd = -1;
	int result;

	if (length == 0 || name[0] == '.' ||
	    root_path(live->root, folder, "%s%.*s", FOLDER, (int)end, path) < 0)
		return 0;
	fd = root_openat(live->root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? 0 : cannot_read(fd, path, e);
	result = tree_open(&live->builder, name, length, e);
	if (result < 0)
		return result;
	result = read_folder(live, fd, path, false, e);
	return result < 0 ? result : 1;
}

static int read_path(struct live *live, const char *path, struct error *e)
{
	size_t at = close_nodes(live, path, e);
	int result = 1;

	while (result > 0 && path[at] == '/') {
		size_t end = at + 1 + strcspn(path + at + 1, "/");

		result = open_path_node(live, path, end, path + at + 1, e);
		at = end;
	}
	return result < 0 ? result : 0;
}

static int read_paths(struct live *live, const char *const *paths, size_t count,
		      const struct tree **ret_tree, struct error *e)
{
	const char **sorted = arena_array(live->arena, count, sizeof(*sorted));
	int result = read_root(live, false, e);

	for (size_t i = 0; i < count; i++)
		sorted[i] = paths[i];
	qsort(sorted, count, sizeof(*sorted), compare_node_paths);
	for (size_t i = 0; i < count && result == 0; i++)
		result = read_path(live, sorted[i], e);
	if (result < 0)
		return result;
	close_nodes(live, "", e);
	result = tree_close(&live->builder, e);
	return result < 0 ? result : tree_seal(&live->builder, ret_tree, e);
}

static bool is_complete(const struct tree *tree)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct dt_stream *streams;
	size_t count = dt_streams(tree, arena, &streams);

	for (size_t i = 0; i < count; i++)
		if (streams[i].dangling)
			return false;
	return !dt_lacks_pamu(tree);
}

int dt_live_read(const struct root *root, struct arena *arena, const char *const *paths,
		 size_t count, const struct tree **ret_tree, struct error *e)
{
	struct live live = {.root = root, .arena = arena, .facts = DT_LIVE_STREAMS};
	const struct tree *tree;
	int result = read_paths(&live, paths, count, &tree, e);

	if (result < 0)
		return result;
	if (!is_complete(tree))
		return dt_live_read_all(root, arena, DT_LIVE_STREAMS, ret_tree, e);
	*ret_tree = tree;
	return 0;
}
