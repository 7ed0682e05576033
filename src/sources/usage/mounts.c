/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/mounts.h"

#include "base/lines.h"
#include "base/process.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

enum {
	/*
	 * A process may end before its mountinfo is read; then all mount namespaces are read again,
	 * up to so often.
	 */
	LOOKS_MAX = 3,
};

/*
 * A mount namespace, and the process through which it is read. @id: 0 unknown     @process: "1",
 * "self", "1234"
 */
struct space {
	uint64_t id;
	const char *process;
	bool is_main, sees_root;
};

/*
 * @slots: a hash table of @slot_count slots, a power of two, over the numbers of the namespaces:
 * their index in @spaces plus one. There may be a namespace for every process.
 */
struct search {
	const struct root *root;
	struct arena *arena;
	struct space *spaces;
	size_t space_count, space_room;
	size_t *slots, slot_count;
	struct mount *items;
	size_t count, room;
	size_t denied;
	const char *unseen, *main_unseen;
	bool lost_one;
};

static bool is_octal(const char *digits)
{
	for (int i = 0; i < 3; i++)
		if (digits[i] < '0' || digits[i] > '7')
			return false;
	return digits[0] < '4';
}

void octal_unescape(char *text)
{
	char *out = text;

	while (*text) {
		if (text[0] == '\\' && is_octal(text + 1)) {
			*out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
					(text[3] - '0'));
			text += 4;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

static char *next_word(char **at)
{
	char *word = *at;

	*at += strcspn(word, " ");
	if (**at)
		*(*at)++ = '\0';
	return word;
}

/* True where @word is in the mount options @options, a list separated by commas. */
static bool has_option(const char *options, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = options; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, word, length) == 0 && (!at[length] || at[length] == ','))
			return true;
	}
	return false;
}

/*
 * The way to find the device of a mount. None of these types has FS_USERNS_MOUNT, so only root of
 * the machine can mount them and their source can be trusted.
 */
static enum mount_backing backing_of(const struct mount *mount, const char *options)
{
	static const struct {
		const char *type, *option;
		enum mount_backing backing;
	} types[] = {
		{"btrfs", NULL, MOUNT_SOURCES},	   {"bcachefs", NULL, MOUNT_SOURCES},
		{"9p", "trans=virtio", MOUNT_TAG}, {"virtiofs", NULL, MOUNT_TAG},
		{"ubifs", NULL, MOUNT_UBI},
	};

	if (major(mount->number))
		return MOUNT_NUMBER;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(mount->type, types[i].type) == 0 &&
		    (!types[i].option || has_option(options, types[i].option)))
			return types[i].backing;
	return MOUNT_NONE;
}

/*
 * Parse a line of mountinfo, "36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw"; any
 * number of tags stands before the dash (Documentation/filesystems/proc.rst, 3.5).
 */
static bool parse_mount(char *line, struct mount *mount)
{
	unsigned major_number, minor_number;
	char *tail = strstr(line, " - "), *point, *source;

	if (!tail)
		return false;
	*tail = '\0';
	tail += 3;
	next_word(&line);
	next_word(&line);
	if (sscanf(next_word(&line), "%u:%u", &major_number, &minor_number) != 2)
		return false;
	next_word(&line);
	point = next_word(&line);
	mount->type = next_word(&tail);
	source = next_word(&tail);
	octal_unescape(point);
	octal_unescape(source);
	mount->number = makedev(major_number, minor_number);
	mount->point = point;
	mount->source = source;
	mount->backing = backing_of(mount, tail);
	return *point == '/';
}

/*
 * A mountinfo file that is being read. @holder: the process whose namespace it shows; NULL for the
 * main ones
 */
struct mountinfo {
	struct search *search;
	const struct space *space;
	const char *file, *holder;
};

static int add_mount(void *context, char *line)
{
	const struct mountinfo *info = context;
	struct search *search = info->search;
	struct mount mount = {.evidence = info->file,
			      .holder = info->holder,
			      .is_main = info->space->is_main,
			      .order = search->count};

	if (!parse_mount(line, &mount) || (mount.backing == MOUNT_NONE && !mount.is_main))
		return 0;
	mount.source = arena_strdup(search->arena, mount.source);
	mount.point = arena_strdup(search->arena, mount.point);
	mount.type = arena_strdup(search->arena, mount.type);
	search->items = arena_grow(search->arena, search->items, search->count, &search->room,
				   sizeof(*search->items));
	search->items[search->count++] = mount;
	return 0;
}

static const char *holder_of(const struct search *search, const struct space *space)
{
	uint64_t pid;

	return !space->is_main && text_number(space->process, 10, &pid)
		       ? process_describe(search->root, search->arena, (pid_t)pid)
		       : NULL;
}

static void read_space(struct search *search, const struct space *space)
{
	const char *file = arena_printf(search->arena, "/proc/%s/mountinfo", space->process);
	struct mountinfo info = {search, space, file, holder_of(search, space)};
	int result = lines_read(search->root, file, add_mount, &info);

	if (result == 0)
		return;
	/* A process that has just ended answers EINVAL or ESRCH, as if it did not exist. */
	search->lost_one = result == -ENOENT || result == -ESRCH || result == -EINVAL;
	search->unseen = arena_printf(search->arena, "%s: %s", file, strerror(-result));
}

/*
 * True where the process is not in a chroot, in which mountinfo shows only the mounts below it;
 * another process of the namespace is better.
 */
static bool sees_root(const struct search *search, const char *process)
{
	char link[PATH_SIZE];

	return root_readlinkf(search->root, link, sizeof(link), "/proc/%s/root", process) == 1 &&
	       *link == '/';
}

/* The slot of a namespace, or the empty one where it belongs. */
static size_t *slot_of_space(const struct search *search, uint64_t id)
{
	size_t at = (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (;; at++) {
		size_t *slot = &search->slots[at & (search->slot_count - 1)];

		if (!*slot || search->spaces[*slot - 1].id == id)
			return slot;
	}
}

static struct space *find_space(const struct search *search, uint64_t id)
{
	size_t *slot = id && search->slot_count ? slot_of_space(search, id) : NULL;

	return slot && *slot ? &search->spaces[*slot - 1] : NULL;
}

/* At least half of the slots stay empty. */
static void index_spaces(struct search *search)
{
	if (search->slot_count < 2 * search->space_count) {
		search->slot_count = search->slot_count ? 2 * search->slot_count : 64;
		search->slots =
			arena_array(search->arena, search->slot_count, sizeof(*search->slots));
		for (size_t i = 0; i + 1 < search->space_count; i++)
			if (search->spaces[i].id)
				*slot_of_space(search, search->spaces[i].id) = i + 1;
	}
	if (search->spaces[search->space_count - 1].id)
		*slot_of_space(search, search->spaces[search->space_count - 1].id) =
			search->space_count;
}

static void note_space(struct search *search, struct space space)
{
	space.process = arena_strdup(search->arena, space.process);
	search->spaces = arena_grow(search->arena, search->spaces, search->space_count,
				    &search->space_room, sizeof(*search->spaces));
	search->spaces[search->space_count++] = space;
	index_spaces(search);
}

/*
 * The number of a process's mount namespace, from "mnt:[4026531841]"; 0 and the errno in *ret_cause
 * where it cannot be read
 */
static uint64_t space_of(const struct search *search, const char *process, int *ret_cause)
{
	char link[64];
	unsigned long long id;
	ssize_t length;

	length = root_readlinkf(search->root, link, sizeof(link), "/proc/%s/ns/mnt", process);
	*ret_cause = length < 0 ? (int)length : 0;
	return length > 0 && sscanf(link, "mnt:[%llu]", &id) == 1 ? id : 0;
}

static int read_process_space(void *context, const char *name, pid_t pid)
{
	struct search *search = context;
	struct space *space;
	uint64_t id;
	int cause;

	id = space_of(search, name, &cause);
	search->denied += cause == -EACCES || cause == -EPERM;
	if (!id)
		return 0;
	space = find_space(search, id);
	if (!space) {
		note_space(search, (struct space){id, name, false, sees_root(search, name)});
	} else if (!space->sees_root && !space->is_main && sees_root(search, name)) {
		space->process = arena_strdup(search->arena, name);
		space->sees_root = true;
	}
	return 0;
}

/*
 * Add the namespace of process 1 or of this process: their mountinfo can be read even if the number
 * of the namespace cannot.
 */
static void add_main(struct search *search, const char *process)
{
	int cause;
	uint64_t id = space_of(search, process, &cause);

	if (!find_space(search, id) && root_hasf(search->root, "/proc/%s/mountinfo", process) > 0)
		note_space(search, (struct space){id, process, true, true});
}

static void note_unread_spaces(struct search *search, int listed)
{
	if (!search->space_count || !search->spaces[0].is_main)
		search->main_unseen = "/proc/1/mountinfo cannot be read";
	if (listed < 0)
		search->unseen = arena_printf(search->arena, "/proc: %s", strerror(-listed));
	else if (search->denied)
		search->unseen =
			arena_printf(search->arena, "/proc/*/ns/mnt: %zu processes may not be read",
				     search->denied);
	else if (process_hidden(search->root))
		search->unseen = process_hidden(search->root);
}

/* The order of mounts in mounts->items. */
static int compare_mounts(const void *a, const void *b)
{
	const struct mount *left = a, *right = b;
	int order;

	if (left->backing != right->backing)
		return left->backing < right->backing ? -1 : 1;
	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	if (left->is_main != right->is_main)
		return left->is_main ? -1 : 1;
	order = strcmp(left->point, right->point);
	return order ? order : left->order < right->order ? -1 : 1;
}

static struct text_map *index_points(const struct search *search)
{
	struct text_map *by_point = text_map_new(search->arena);

	for (size_t i = 0; i < search->count; i++) {
		const struct mount *mount = &search->items[i];
		size_t *number;

		if (!mount->is_main)
			continue;
		number = text_map_at(by_point, mount->point);
		if (!*number || search->items[*number - 1].order < mount->order)
			*number = i + 1;
	}
	return by_point;
}

static void add_mains(struct search *search)
{
	add_main(search, "1");
	if (root_is_live(search->root))
		add_main(search, "self");
}

/* Reads the namespaces that were found. */
static struct mounts read_spaces(struct search *search, int listed)
{
	for (size_t i = 0; i < search->space_count; i++)
		read_space(search, &search->spaces[i]);
	note_unread_spaces(search, listed);
	if (search->count)
		qsort(search->items, search->count, sizeof(*search->items), compare_mounts);
	return (struct mounts){
		.items = search->items,
		.count = search->count,
		.by_point = index_points(search),
		.unseen = search->unseen,
		.main_unseen = search->main_unseen,
	};
}

static struct mounts read_namespaces(const struct root *root, struct arena *arena,
				     struct processes *processes, bool *ret_lost_one)
{
	struct search search = {.root = root, .arena = arena};
	struct mounts mounts;
	int listed;

	add_mains(&search);
	listed = processes_each(processes, read_process_space, &search);
	mounts = read_spaces(&search, listed);
	*ret_lost_one = search.lost_one;
	return mounts;
}

struct mounts mounts_read_main(const struct root *root, struct arena *arena)
{
	struct search search = {.root = root, .arena = arena};

	add_mains(&search);
	return read_spaces(&search, 0);
}

struct mounts mounts_read(const struct root *root, struct arena *arena, struct processes *processes)
{
	bool lost_one = true;
	struct mounts mounts = {0};

	for (int i = 0; lost_one && i < LOOKS_MAX; i++)
		mounts = read_namespaces(root, arena, processes, &lost_one);
	return mounts;
}
