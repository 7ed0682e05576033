/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/serial_lines.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* A line of the list ends where the serial ends. */
static void write_serial(FILE *out, const char *serial)
{
	for (; *serial; serial++)
		putc((unsigned char)*serial < ' ' ? '?' : *serial, out);
	putc('\n', out);
}

static void write_device(FILE *out, const struct device *device, struct disguise *disguise)
{
	const struct identity *identity = device->identity;

	for (size_t i = 0; identity && i < identity->serial_count; i++) {
		struct serial serial = identity->serials[i];

		fprintf(out, "%s %s =", device->path, serial_kind_name(serial.kind));
		write_serial(out, disguise_serial(disguise, device->vendor_id, device->device_id,
						  serial));
	}
	for (size_t kind = 0; identity && kind < SERIAL_KIND_COUNT; kind++)
		if (identity->gaps[kind] != GAP_NONE)
			fprintf(out, "%s %s ?%s\n", device->path, serial_kind_name(kind),
				serial_gap_name(identity->gaps[kind]));
}

const char *serial_lines(const struct system *system, struct disguise *disguise)
{
	_autofree_ char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		memory_exhausted();
	for (size_t i = 0; i < system->device_count; i++)
		write_device(out, system->devices[i], disguise);
	if (fclose(out) != 0)
		memory_exhausted();
	return arena_text(disguise_arena(disguise), text, length);
}

const char *machine_words(const struct root *root, struct arena *arena)
{
	static const char *const files[] = {
		"/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name",
		"/sys/class/dmi/id/board_vendor", "/sys/class/dmi/id/board_name",
		"/sys/firmware/devicetree/base/model"};
	const char *words = "";
	char text[ATTRIBUTE_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (root_read_text(root, files[i], text, sizeof(text)) > 0)
			words = arena_concat(arena, words, "\n", text);
	return words;
}
