/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/hwdb_bin.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

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

struct hwdb_bin {
	const unsigned char *bytes;
	size_t length;
	size_t value_size;
	bool mapped;
};

/*
 * A little-endian number at an offset of the database; beyond its end UINT64_MAX, which no offset
 * can be.
 */
static uint64_t number_at(const struct hwdb_bin *bin, uint64_t offset)
{
	uint64_t number;

	if (offset > bin->length || bin->length - offset < sizeof(number))
		return UINT64_MAX;
	memcpy(&number, bin->bytes + offset, sizeof(number));
	return le64toh(number);
}

/* A string of the database that ends within the file, or NULL. */
static const char *string_at(const struct hwdb_bin *bin, uint64_t offset)
{
	if (offset >= bin->length || !memchr(bin->bytes + offset, '\0', bin->length - offset))
		return NULL;
	return (const char *)bin->bytes + offset;
}

int hwdb_bin_parse(const void *bytes, size_t length, struct hwdb_bin **ret_bin)
{
	struct hwdb_bin *bin = calloc(1, sizeof(*bin));

	if (!bin)
		memory_exhausted();
	*bin = (struct hwdb_bin){.bytes = bytes, .length = length};
	bin->value_size = number_at(bin, HEADER_VALUE_SIZE);
	if (length < HEADER_SIZE || memcmp(bytes, "KSLPHHRH", 8) != 0 ||
	    number_at(bin, HEADER_FILE_SIZE) != length ||
	    number_at(bin, HEADER_NODE_SIZE) != NODE_SIZE ||
	    number_at(bin, HEADER_CHILD_SIZE) != CHILD_SIZE || bin->value_size < VALUE_SIZE_MIN ||
	    bin->value_size > VALUE_SIZE_MAX) {
		free(bin);
		return -EPROTO;
	}
	*ret_bin = bin;
	return 0;
}

static int map_file(int fd, struct hwdb_bin **ret_bin)
{
	struct stat status;
	void *bytes;
	int result;

	if (fstat(fd, &status) < 0 || status.st_size <= 0)
		return -EPROTO;
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	result = hwdb_bin_parse(bytes, (size_t)status.st_size, ret_bin);
	if (result < 0)
		munmap(bytes, (size_t)status.st_size);
	else
		(*ret_bin)->mapped = true;
	return result;
}

int hwdb_bin_open(const struct root *root, struct hwdb_bin **ret_bin)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_autoclose_ int fd = root_open_file(root, paths[i], O_NONBLOCK);

		if (fd >= 0)
			return map_file(fd, ret_bin);
	}
	return -ENOENT;
}

void hwdb_bin_close(struct hwdb_bin *bin)
{
	if (!bin)
		return;
	if (bin->mapped)
		munmap((void *)bin->bytes, bin->length);
	free(bin);
}

/*
 * The child of a node in the trie for @letter; children are sorted by letter. 0, the offset of the
 * header, means none.
 */
static uint64_t find_child(const struct hwdb_bin *bin, uint64_t node, unsigned char letter)
{
	size_t low = 0, high = bin->bytes[node + NODE_CHILDREN];

	while (low < high) {
		size_t middle = (low + high) / 2;
		uint64_t child = node + NODE_SIZE + middle * CHILD_SIZE;

		if (child >= bin->length)
			return 0;
		if (bin->bytes[child] == letter)
			return number_at(bin, child + CHILD_NODE);
		if (bin->bytes[child] < letter)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static const char *find_value(const struct hwdb_bin *bin, uint64_t node, const char *property)
{
	uint64_t values =
		node + NODE_SIZE + (uint64_t)bin->bytes[node + NODE_CHILDREN] * CHILD_SIZE;
	uint64_t count = number_at(bin, node + NODE_VALUES);

	for (uint64_t i = 0; i < count && values + i * bin->value_size < bin->length; i++) {
		uint64_t value = values + i * bin->value_size;
		const char *key = string_at(bin, number_at(bin, value + VALUE_KEY));

		/* Keys in the hardware database begin with a space. */
		if (key && *key == ' ' && strcmp(key + 1, property) == 0)
			return string_at(bin, number_at(bin, value + VALUE_TEXT));
	}
	return NULL;
}

const char *hwdb_bin_find(const struct hwdb_bin *bin, const char *key, const char *property)
{
	uint64_t node = number_at(bin, HEADER_ROOT);

	/*
	 * Each step down the trie uses up a letter of the key, so this loop ends with any offsets.
	 */
	while (node < bin->length && bin->length - node >= NODE_SIZE) {
		const char *prefix = string_at(bin, number_at(bin, node + NODE_PREFIX));

		key = prefix ? text_after(key, prefix) : NULL;
		if (!key)
			return NULL;
		if (!*key)
			return find_value(bin, node, property);
		node = find_child(bin, node, (unsigned char)*key++);
		if (!node)
			return NULL;
	}
	return NULL;
}
