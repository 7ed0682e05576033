/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read bytes as the file of a pin. A pin that was read is written to a file that is read to the
 * same pin, and to a line for the initramfs that is one line of nine words, and no more.
 */
#include "base/text.h"
#include "model/early_line.h"
#include "model/early_list.h"
#include "model/pin_file.h"

#include "fuzz/fuzz.h"

static int parse(const char *bytes, size_t size, struct arena *arena, struct pin *ret_pin)
{
	struct error e = {0};

	return pin_parse("fuzz", "/etc/iommuctl/pins.d/fuzz.conf", (struct span){bytes, size},
			 arena, ret_pin, &e);
}

static void check_written(const struct pin *pin, struct arena *arena)
{
	struct span text = pin_write(pin, arena), again;
	struct pin second;

	if (text.length > PIN_FILE_MAX) /* blanks and comments were shorter than its own words */
		return;
	if (parse(text.start, text.length, arena, &second) < 0)
		abort();
	again = pin_write(&second, arena);
	if (again.length != text.length || memcmp(again.start, text.start, text.length) != 0)
		abort();
}

/* The initramfs reads the line as it was written. */
static void check_read(const struct pin *pin, const char *written, struct arena *arena)
{
	char *text = arena_text(arena, written, strcspn(written, "\n"));
	struct early_line line;

	if (!early_line_split(text, &line) || strcmp(line.location, pin->location) != 0 ||
	    strcmp(line.name, pin->name) != 0 || line.members != pin->member_count ||
	    line.ids.vendor != pin->vendor_id || line.ids.device != pin->device_id ||
	    line.ids.subsystem_vendor != pin->subsystem_vendor_id ||
	    line.ids.subsystem_device != pin->subsystem_device_id)
		abort();
}

/* Words are separated by one blank. */
static void check_line(const struct pin *pin, struct arena *arena)
{
	const char *line = early_list_line(pin, arena);
	size_t length = strlen(line), blanks = 0;

	for (size_t i = 0; i < length; i++)
		blanks += line[i] == ' ';
	if (blanks != 8 || strchr(line, '\n') != line + length - 1 ||
	    strpbrk(line, "\\'\"$`*?[;&|<>") || *line == '/' || *line == '#' ||
	    strstr(line, "/.") || !text_is_safe(line, length - 1))
		abort();
	check_read(pin, line, arena);
	/* The rule of udev quotes its values, and is one line. */
	line = early_list_rule(pin, arena);
	if (strchr(line, '\n') != line + strlen(line) - 1 || strchr(line, '\\'))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct pin pin;

	if (parse((const char *)data, size, arena, &pin) == 0) {
		check_written(&pin, arena);
		if (early_list_can(&pin) && early_list_can_compare(&pin))
			check_line(&pin, arena);
	}
	arena_free(arena);
	return 0;
}
