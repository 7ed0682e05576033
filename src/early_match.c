/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * early-match LIST DEVICES - print what the list of early pins means on this machine, a line for
 * each device in the folder DEVICES, "/sys/devices": its path, a driver and the name of the pin
 *     /sys/devices/pci0000:00/0000:00:1c.0/0000:02:00.0 vfio-pci nic
 * The driver is "-" where the device is another card of the model, or its serial cannot be read.
 * Devices that do not fit are left out, and lines of another form; a last line without its newline
 * was cut off.
 *
 * The script of the initramfs starts it: a shell takes a system call for each byte that it reads,
 * and reads no config space. It needs the C library alone, and changes nothing.
 */
#include "sources/devices/early_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 1024 * 1024 };

static void print_match(struct early_finder *finder, const struct root *root, char *text)
{
	struct early_line line;
	const char *device;
	enum early_match match;

	if (!early_line_split(text, &line))
		return;
	device = early_find(finder, line.location);
	match = device ? early_match(root, device, &line) : EARLY_LEFT;
	if (match != EARLY_LEFT)
		printf("%s %s %s\n", device, match == EARLY_FITS ? line.driver : "-", line.name);
}

static int print_matches(const struct root *root, const char *list, const char *devices)
{
	_autoarena_ struct arena *arena = arena_new();
	struct early_finder *finder = early_finder_new(root, arena, devices);
	size_t length;
	char *text, *end, *rest;
	int result = root_read_all(root, arena, list, LIST_MAX, &text, &length);

	if (result < 0) {
		fprintf(stderr, "early-match: %s: %s\n", list, strerror(-result));
		return EXIT_FAILURE;
	}
	for (rest = text + length; (end = memchr(text, '\n', (size_t)(rest - text)));
	     text = end + 1) {
		*end = '\0';
		if (strlen(text) == (size_t)(end - text))
			print_match(finder, root, text);
	}
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	_autoroot_ struct root *root = NULL;
	struct error e = {0};

	if (argc != 3) {
		fputs("usage: early-match LIST DEVICES\n", stderr);
		return EXIT_FAILURE;
	}
	if (root_open(NULL, &root, &e) < 0) {
		fprintf(stderr, "early-match: %s\n", e.message);
		return EXIT_FAILURE;
	}
	return print_matches(root, argv[1], argv[2]);
}
