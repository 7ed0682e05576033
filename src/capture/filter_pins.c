/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/filter_text.h"
#include "capture/filters.h"
#include "model/pin_file.h"

#include <string.h>

/* Write a line of a file that is no pin without personal data: "serial = mac:***". */
static void write_pin_line(FILE *out, const char *line, size_t length)
{
	const char *start = line + strspn(line, " \t");
	const char *colon = text_starts(start, "serial") ? memchr(line, ':', length) : NULL;

	if (*start == '#')
		return;
	if (colon)
		fprintf(out, "%.*s***\n", (int)(colon + 1 - line), line);
	else
		fprintf(out, "%.*s\n", (int)length, line);
}

static struct span filter_pin_lines(const char *text, struct disguise *disguise)
{
	struct filter_output output;

	filter_begin(&output);
	while (*text) {
		size_t length = strcspn(text, "\n");

		write_pin_line(output.file, text, length);
		text += length + (text[length] == '\n');
	}
	return filter_end(&output, disguise);
}

/* A key that a newer version has for a serial. */
static size_t drop_unknown_serials(const char *const *lines, size_t count, const char **kept)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		if (!text_starts(lines[i], "serial"))
			kept[left++] = lines[i];
	return left;
}

/* Serials become digests, comments go. */
struct span filter_pin(struct span text, struct disguise *disguise)
{
	struct arena *arena = disguise_arena(disguise);
	struct error ignored = {0};
	struct serial *serials;
	const char **unknown;
	struct pin pin;

	if (pin_parse("", "", text, arena, &pin, &ignored) < 0)
		return filter_pin_lines(arena_text(arena, text.start, text.length), disguise);
	serials = arena_array(arena, pin.serial_count, sizeof(*serials));
	for (size_t i = 0; i < pin.serial_count; i++)
		serials[i] = (struct serial){
			pin.serials[i].kind,
			disguise_serial(disguise, pin.vendor_id, pin.device_id, pin.serials[i])};
	pin.serials = serials;
	unknown = arena_array(arena, pin.unknown_count, sizeof(*unknown));
	pin.unknown_count = drop_unknown_serials(pin.unknown, pin.unknown_count, unknown);
	pin.unknown = unknown;
	return pin_write(&pin, arena);
}
