/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pins of /etc/iommuctl/pins.d; serials.c reads the identity of the devices that they may mean
 */
#include "base/text.h"
#include "model/pin_file.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PINS_MAX = 4096 };

/* The pins while they are read. */
struct pins {
	struct reading *reading;
	struct pin *items;
	size_t count, room;
	bool too_many;
};

static const char *explain_unread(struct arena *arena, int cause)
{
	return cause == -EFBIG ? "it is too large for a pin"
			       : arena_printf(arena, "it cannot be read: %s", strerror(-cause));
}

static struct pin read_pin(const struct reading *reading, const char *name, const char *file)
{
	struct arena *arena = build_arena(reading->build);
	struct pin pin = {.name = name, .file = file};
	struct error why = {0};
	char *bytes;
	size_t length;
	int result = root_read_all(reading->root, arena, file, PIN_FILE_MAX, &bytes, &length);

	if (result < 0) {
		pin.fault = explain_unread(arena, result);
		return pin;
	}
	if (!pin_name_is_valid(name))
		pin.fault = "its name is none for a pin";
	else if (pin_parse(name, file, (struct span){bytes, length}, arena, &pin, &why) < 0)
		pin.fault = arena_strdup(arena, why.message);
	return pin;
}

static int add_pin(void *context, const char *name)
{
	struct pins *pins = context;
	struct arena *arena = build_arena(pins->reading->build);
	size_t stem = text_before_end(name, PIN_SUFFIX);

	if (!stem)
		return 0;
	pins->too_many = pins->count == PINS_MAX;
	if (pins->too_many)
		return 1;
	pins->items =
		arena_grow(arena, pins->items, pins->count, &pins->room, sizeof(*pins->items));
	pins->items[pins->count++] = read_pin(pins->reading, arena_text(arena, name, stem),
					      arena_concat(arena, PINS_FOLDER, "/", name));
	return 0;
}

/* The folder's order is that of "a-2.conf", "a.conf". */
static int compare_pins(const void *a, const void *b)
{
	return text_natural(((const struct pin *)a)->name, ((const struct pin *)b)->name);
}

static void report_pins(struct reading *reading, const struct pins *pins, int result)
{
	if (result < 0 && !root_is_absence(result))
		reading_failed(reading, "pins", result, PINS_FOLDER);
	else if (pins->too_many)
		reading_partial(reading, "pins", 0, "there are more than %d pins", PINS_MAX);
	else
		reading_done(reading, "pins");
}

int source_pins(struct reading *reading, struct error *e)
{
	struct machine *machine = build_machine(reading->build);
	struct pins pins = {.reading = reading};
	int result;

	if (!reading_wants(reading, FACT_PINS))
		return 0;
	/* Without the folder there are no pins. */
	result = root_list(reading->root, PINS_FOLDER, add_pin, &pins);
	if (pins.count)
		qsort(pins.items, pins.count, sizeof(*pins.items), compare_pins);
	machine->pins = pins.items;
	machine->pin_count = pins.count;
	report_pins(reading, &pins, result);
	return 0;
}
