/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vendor and device names from udev's hardware database, looked up once for each distinct ID:
 * directly (hwdb_bin.h) or, if its layout is unknown, through libudev (hwdb_udev.h). A captured
 * tree has the names that its machine knew, so that it prints the same on any machine. A tree
 * without such a list gets the names that this machine knows.
 */
#include "sources/devices/hwdb.h"
#include "base/text.h"
#include "sources/devices/hwdb_bin.h"
#include "sources/devices/hwdb_udev.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 16 * 1024 * 1024, KEY_SIZE = sizeof("pci:v00008086d000010D3*") };

struct names {
	const char *vendor, *device;
};

/* A source of names: the database, read in one of two ways, or the lines of a captured tree. */
struct dictionary {
	struct hwdb_bin *bin;
	uint32_t
		vendor_id; /* the vendor of the last lookup in the database, and its name or NULL */
	const char *vendor;
	struct hwdb_udev *udev;
	char *lines;
};

static uint32_t pci_id(const struct device *device)
{
	return (uint32_t)device->vendor_id << 16 | (uint32_t)device->device_id;
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t left = pci_id(*(struct device *const *)a),
		 right = pci_id(*(struct device *const *)b);

	return left < right ? -1 : left > right;
}

/* Eight digits, without NUL; printf would take as long as the lookup. Returns the end. */
static char *write_upper_hex(char *out, uint32_t number)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		*out++ = "0123456789ABCDEF"[number >> shift & 0xf];
	return out;
}

/* "pci:v00008086*" or, with a device, "pci:v00008086d000010D3*" */
static void write_key(char key[static KEY_SIZE], uint32_t id, bool with_device)
{
	static const char vendor[] = "pci:v";
	char *at = key + strlen(vendor);

	memcpy(key, vendor, sizeof(vendor));
	at = write_upper_hex(at, id >> 16);
	if (with_device) {
		*at++ = 'd';
		at = write_upper_hex(at, id & 0xffff);
	}
	memcpy(at, "*", sizeof("*"));
}

/* IDs come sorted, so that each vendor is looked up once for all its devices. */
static struct names find_in_bin(struct dictionary *dictionary, struct arena *arena, uint32_t id)
{
	char key[KEY_SIZE];

	if (!dictionary->vendor || id >> 16 != dictionary->vendor_id) {
		write_key(key, id, false);
		dictionary->vendor_id = id >> 16;
		dictionary->vendor = arena_strdup(
			arena, hwdb_bin_find(dictionary->bin, key, "ID_VENDOR_FROM_DATABASE"));
	}
	write_key(key, id, true);
	return (struct names){
		dictionary->vendor,
		arena_strdup(arena, hwdb_bin_find(dictionary->bin, key, "ID_MODEL_FROM_DATABASE")),
	};
}

static struct names find_in_udev(struct dictionary *dictionary, struct arena *arena, uint32_t id)
{
	struct names names;
	char modalias[64];

	snprintf(modalias, sizeof(modalias), "pci:v%08Xd%08X", id >> 16, id & 0xffff);
	names.vendor = arena_strdup(
		arena, hwdb_udev_find(dictionary->udev, modalias, "ID_VENDOR_FROM_DATABASE"));
	names.device = arena_strdup(
		arena, hwdb_udev_find(dictionary->udev, modalias, "ID_MODEL_FROM_DATABASE"));
	return names;
}

/* Find a line "8086:10d3<TAB>Intel Corporation<TAB>82574L Gigabit"; either name may be empty. */
static struct names find_in_lines(struct dictionary *dictionary, struct arena *arena, uint32_t id)
{
	struct names names = {0};
	char key[16], *at, *tab;

	snprintf(key, sizeof(key), "\n%04x:%04x\t", id >> 16, id & 0xffff);
	at = strstr(dictionary->lines, key);
	if (!at)
		return names;
	at += strlen(key);
	tab = at + strcspn(at, "\t\n");
	if (tab > at)
		names.vendor = arena_text(arena, at, (size_t)(tab - at));
	if (*tab == '\t' && strcspn(tab + 1, "\n"))
		names.device = arena_text(arena, tab + 1, strcspn(tab + 1, "\n"));
	return names;
}

static int open_lines(struct reading *reading, struct dictionary *dictionary)
{
	struct arena *arena = build_arena(reading->build);
	char *text;
	size_t length;
	int result = root_read_all(reading->root, arena, CAPTURED_NAMES, NAMES_MAX, &text, &length);

	if (result == 0)
		dictionary->lines = arena_printf(arena, "\n%s", text);
	return result;
}

static struct names find_names(struct dictionary *dictionary, struct arena *arena, uint32_t id)
{
	if (dictionary->bin)
		return find_in_bin(dictionary, arena, id);
	if (dictionary->udev)
		return find_in_udev(dictionary, arena, id);
	return find_in_lines(dictionary, arena, id);
}

static int open_either_hwdb(const struct root *root, struct dictionary *dictionary)
{
	int result = hwdb_bin_open(root, &dictionary->bin);

	return result == -EPROTO ? hwdb_udev_open(&dictionary->udev) : result;
}

static int open_dictionary(struct reading *reading, struct dictionary *dictionary)
{
	_autoroot_ struct root *here = NULL;
	struct error ignored = {0};
	int result;

	if (root_is_live(reading->root))
		return open_either_hwdb(reading->root, dictionary);
	result = open_lines(reading, dictionary);
	if (result != -ENOENT)
		return result;
	result = root_open(NULL, &here, &ignored);
	return result < 0 ? result : open_either_hwdb(here, dictionary);
}

static void close_dictionary(struct dictionary *dictionary)
{
	hwdb_bin_close(dictionary->bin);
	hwdb_udev_close(dictionary->udev);
}

static void name_devices(struct reading *reading, struct dictionary *dictionary)
{
	size_t count = 0, most = build_device_count(reading->build);
	_autofree_ struct device **devices = calloc(most + 1, sizeof(*devices));
	struct names names = {0};

	if (!devices)
		memory_exhausted();
	for (size_t i = 0; i < most; i++)
		if (build_device_at(reading->build, i)->vendor_id >= 0)
			devices[count++] = build_device_at(reading->build, i);
	qsort(devices, count, sizeof(*devices), compare_ids);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || pci_id(devices[i]) != pci_id(devices[i - 1]))
			names = find_names(dictionary, build_arena(reading->build),
					   pci_id(devices[i]));
		devices[i]->vendor_name = names.vendor;
		devices[i]->device_name = names.device;
	}
}

int source_hwdb(struct reading *reading, struct error *e)
{
	struct dictionary dictionary = {0};
	int result;

	if (!reading_wants(reading, FACT_NAMES)) {
		build_source(reading->build, "hwdb", SOURCE_SKIPPED, NULL);
		return 0;
	}
	result = open_dictionary(reading, &dictionary);
	if (result < 0) {
		reading_failed(reading, "hwdb", result,
			       root_is_live(reading->root) ? "hwdb.bin" : CAPTURED_NAMES);
	} else {
		name_devices(reading, &dictionary);
		result = dictionary.bin ? hwdb_bin_cause(dictionary.bin) : 0;
		if (result < 0)
			reading_failed(reading, "hwdb", result, "hwdb.bin");
		else
			reading_done(reading, "hwdb");
	}
	close_dictionary(&dictionary);
	return 0;
}
