/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/hwdb_bin.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The paths of the database in the order of systemd and udev (hwdb-internal.h: hwdb_bin_paths). */
static const char *const paths[] = {
	"/etc/systemd/hwdb/hwdb.bin", "/etc/udev/hwdb.bin",	"/usr/lib/systemd/hwdb/hwdb.bin",
	"/lib/systemd/hwdb/hwdb.bin", "/usr/lib/udev/hwdb.bin", "/lib/udev/hwdb.bin",
};

/* Offsets of the header, and sizes of the records in the known layout. */
enum {
	HEADER_FILE_SIZE = 16,
	HEADER_NODE_SIZE = 32,
	HEADER_CHILD_SIZE = 40,
	HEADER_VALUE_SIZE = 48,
	HEADER_ROOT = 56,
	HEADER_SIZE = 80,

	NODE_PREFIX = 0,
	NODE_CHILDREN = 8, /* offset of the number of children, one byte */
	NODE_VALUES = 16,
	NODE_SIZE = 24,

	CHILD_NODE = 8, /* offset of the child node, after the byte of its letter */
	CHILD_SIZE = 16,

	VALUE_KEY = 0,
	VALUE_TEXT = 8,
	VALUE_SIZE_MIN = 16,
	VALUE_SIZE_MAX = 64,
};

enum {
	BLOCK_SIZE = 1024,
	BLOCKS = 64,
	TEXT_MAX = 1024, /* the longest value, with its NUL */
	KEY_MAX = 64,	 /* keys up to this length begin at a node of the key before */
};

/*
 * A part of the file. The file is read in blocks and not mapped: for each page that is used, the
 * kernel would map fifteen beside it, and all count as memory of the process.
 */
struct block {
	uint64_t start;
	size_t length;
};

/* A node on the way to a key, and how many letters of the key lead to it. */
struct step {
	uint64_t node;
	size_t used;
};

/*
 * @bytes: the whole database, or NULL: it is read from @fd
 * @blocks: the parts that were read; @room has the bytes of each. Few databases need all of it, so
 * it is not cleared.
 * @cause: the negative errno of the first failed read
 * @key: the last key that was searched for; @steps: the way to it
 */
struct hwdb_bin {
	const unsigned char *bytes;
	int fd, cause;
	size_t length, value_size;
	struct block blocks[BLOCKS];
	unsigned char *room;
	char key[KEY_MAX];
	struct step steps[KEY_MAX];
	size_t step_count;
	char text[TEXT_MAX];
};

static void fill_block(struct hwdb_bin *bin, struct block *block, unsigned char *bytes,
		       uint64_t start)
{
	ssize_t length = TEMP_FAILURE_RETRY(pread(bin->fd, bytes, BLOCK_SIZE, (off_t)start));

	if (length < 0 && !bin->cause)
		bin->cause = -errno;
	block->start = start;
	block->length = length > 0 ? (size_t)length : 0;
}

/* The bytes of the database from @offset on that are in memory together; none beyond its end. */
static struct span bytes_at(struct hwdb_bin *bin, uint64_t offset)
{
	uint64_t start = offset - offset % BLOCK_SIZE;
	size_t place = start / BLOCK_SIZE % BLOCKS;
	struct block *block = &bin->blocks[place];
	unsigned char *bytes;

	if (offset >= bin->length)
		return (struct span){NULL, 0};
	if (bin->bytes)
		return (struct span){(const char *)bin->bytes + offset, bin->length - offset};
	bytes = bin->room + place * BLOCK_SIZE;
	if (block->start != start || !block->length)
		fill_block(bin, block, bytes, start);
	if (offset - start >= block->length)
		return (struct span){NULL, 0};
	return (struct span){(const char *)bytes + (offset - start),
			     block->length - (offset - start)};
}

static bool copy_bytes(struct hwdb_bin *bin, uint64_t offset, void *out, size_t size)
{
	while (size) {
		struct span there = bytes_at(bin, offset);
		size_t step = there.length < size ? there.length : size;

		if (!step)
			return false;
		memcpy(out, there.start, step);
		out = (char *)out + step;
		offset += step;
		size -= step;
	}
	return true;
}

/*
 * A little-endian number at an offset of the database; beyond its end UINT64_MAX, which no offset
 * can be.
 */
static uint64_t number_at(struct hwdb_bin *bin, uint64_t offset)
{
	uint64_t number;

	return copy_bytes(bin, offset, &number, sizeof(number)) ? le64toh(number) : UINT64_MAX;
}

/* A byte of the database; beyond its end 0. */
static unsigned char byte_at(struct hwdb_bin *bin, uint64_t offset)
{
	unsigned char byte = 0;

	return copy_bytes(bin, offset, &byte, 1) ? byte : 0;
}

/* The rest of @text after the string at an offset; NULL where it begins otherwise. */
static const char *after_string(struct hwdb_bin *bin, uint64_t offset, const char *text)
{
	for (;;) {
		struct span there = bytes_at(bin, offset);

		if (!there.length)
			return NULL;
		for (size_t i = 0; i < there.length; i++) {
			if (!there.start[i])
				return text;
			if (there.start[i] != *text++)
				return NULL;
		}
		offset += there.length;
	}
}

/* A copy of the string at an offset, until the next one; NULL where it is too long. */
static const char *copy_string(struct hwdb_bin *bin, uint64_t offset)
{
	size_t used = 0;

	for (;;) {
		struct span there = bytes_at(bin, offset + used);
		const char *end = there.length ? memchr(there.start, '\0', there.length) : NULL;
		size_t length = end ? (size_t)(end - there.start) + 1 : there.length;

		if (!length || length > sizeof(bin->text) - used)
			return NULL;
		memcpy(bin->text + used, there.start, length);
		used += length;
		if (end)
			return bin->text;
	}
}

static bool has_known_layout(struct hwdb_bin *bin)
{
	char magic[8];

	bin->value_size = number_at(bin, HEADER_VALUE_SIZE);
	return bin->length >= HEADER_SIZE && copy_bytes(bin, 0, magic, sizeof(magic)) &&
	       memcmp(magic, "KSLPHHRH", sizeof(magic)) == 0 &&
	       number_at(bin, HEADER_FILE_SIZE) == bin->length &&
	       number_at(bin, HEADER_NODE_SIZE) == NODE_SIZE &&
	       number_at(bin, HEADER_CHILD_SIZE) == CHILD_SIZE &&
	       bin->value_size >= VALUE_SIZE_MIN && bin->value_size <= VALUE_SIZE_MAX;
}

/* @template: bytes, or an open file that the database owns if this succeeds */
static int open_known(const struct hwdb_bin *template, struct hwdb_bin **ret_bin)
{
	struct hwdb_bin *bin = malloc(sizeof(*bin));

	if (!bin)
		memory_exhausted();
	*bin = *template;
	bin->room = bin->bytes ? NULL : malloc((size_t)BLOCKS * BLOCK_SIZE);
	if (!bin->bytes && !bin->room)
		memory_exhausted();
	if (has_known_layout(bin)) {
		*ret_bin = bin;
		return 0;
	}
	free(bin->room);
	free(bin);
	return -EPROTO;
}

int hwdb_bin_parse(const void *bytes, size_t length, struct hwdb_bin **ret_bin)
{
	return open_known(&(struct hwdb_bin){.bytes = bytes, .fd = -1, .length = length}, ret_bin);
}

static int open_database_file(int fd, struct hwdb_bin **ret_bin)
{
	struct stat status;

	if (fstat(fd, &status) < 0 || status.st_size <= 0)
		return -EPROTO;
	return open_known(&(struct hwdb_bin){.fd = fd, .length = (size_t)status.st_size}, ret_bin);
}

int hwdb_bin_open(const struct root *root, struct hwdb_bin **ret_bin)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_autoclose_ int fd = root_open_file(root, paths[i], O_NONBLOCK);
		int result;

		if (fd < 0)
			continue;
		result = open_database_file(fd, ret_bin);
		if (result == 0)
			steal_fd(&fd);
		return result;
	}
	return -ENOENT;
}

void hwdb_bin_close(struct hwdb_bin *bin)
{
	if (!bin)
		return;
	cleanup_close(&bin->fd);
	free(bin->room);
	free(bin);
}

int hwdb_bin_cause(const struct hwdb_bin *bin)
{
	return bin->cause;
}

/*
 * The child of a node in the trie for @letter; children are sorted by letter. 0, the offset of the
 * header, means none.
 */
static uint64_t find_child(struct hwdb_bin *bin, uint64_t node, unsigned char letter)
{
	size_t low = 0, high = byte_at(bin, node + NODE_CHILDREN);

	while (low < high) {
		size_t middle = (low + high) / 2;
		uint64_t child = node + NODE_SIZE + middle * CHILD_SIZE;
		unsigned char its_letter;

		if (child >= bin->length)
			return 0;
		its_letter = byte_at(bin, child);
		if (its_letter == letter)
			return number_at(bin, child + CHILD_NODE);
		if (its_letter < letter)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

/* True where the string at an offset is @property: keys in the database begin with a space. */
static bool is_property(struct hwdb_bin *bin, uint64_t offset, const char *property)
{
	const char *rest;

	if (byte_at(bin, offset) != ' ')
		return false;
	rest = after_string(bin, offset + 1, property);
	return rest && !*rest;
}

static const char *find_value(struct hwdb_bin *bin, uint64_t node, const char *property)
{
	uint64_t values =
		node + NODE_SIZE + (uint64_t)byte_at(bin, node + NODE_CHILDREN) * CHILD_SIZE;
	uint64_t count = number_at(bin, node + NODE_VALUES);

	for (uint64_t i = 0; i < count && values + i * bin->value_size < bin->length; i++) {
		uint64_t value = values + i * bin->value_size;

		if (is_property(bin, number_at(bin, value + VALUE_KEY), property))
			return copy_string(bin, number_at(bin, value + VALUE_TEXT));
	}
	return NULL;
}

static size_t shared_length(const char *one, const char *other)
{
	size_t length = 0;

	while (one[length] && one[length] == other[length])
		length++;
	return length;
}

/*
 * The node from which the walk to @key begins: the last node on the way to the key before that is
 * also on the way to this one. Callers search in the order of the keys.
 */
static struct step first_step(struct hwdb_bin *bin, const char *key)
{
	size_t shared = shared_length(bin->key, key), length = strlen(key);

	while (bin->step_count && bin->steps[bin->step_count - 1].used > shared)
		bin->step_count--;
	if (length < sizeof(bin->key))
		memcpy(bin->key, key, length + 1);
	else
		bin->key[0] = '\0';
	if (!*bin->key)
		bin->step_count = 0;
	if (bin->step_count)
		return bin->steps[--bin->step_count];
	return (struct step){number_at(bin, HEADER_ROOT), 0};
}

static void note_step(struct hwdb_bin *bin, struct step step)
{
	if (bin->step_count < ARRAY_SIZE(bin->steps))
		bin->steps[bin->step_count++] = step;
}

const char *hwdb_bin_find(struct hwdb_bin *bin, const char *key, const char *property)
{
	struct step step = first_step(bin, key);

	/*
	 * Each step down the trie uses up a letter of the key, so this loop ends with any offsets.
	 */
	while (step.node < bin->length && bin->length - step.node >= NODE_SIZE) {
		const char *rest =
			after_string(bin, number_at(bin, step.node + NODE_PREFIX), key + step.used);

		note_step(bin, step);
		if (!rest)
			return NULL;
		if (!*rest)
			return find_value(bin, step.node, property);
		step.node = find_child(bin, step.node, (unsigned char)*rest++);
		step.used = (size_t)(rest - key);
		if (!step.node)
			return NULL;
	}
	return NULL;
}
