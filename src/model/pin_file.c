/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pin_file.h"

#include "model/domain_type.h"
#include "model/pci.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static bool consists_of(struct span value, const char *marks)
{
	for (size_t i = 0; i < value.length; i++)
		if (!isalnum((unsigned char)value.start[i]) &&
		    (!value.start[i] || !strchr(marks, value.start[i])))
			return false;
	return value.length > 0;
}

const char *pin_file_path(const char *name, struct arena *arena)
{
	return arena_printf(arena, "%s/%s%s", PINS_FOLDER, name, PIN_SUFFIX);
}

bool pin_name_is_valid(const char *name)
{
	size_t length = strlen(name);

	return length <= PIN_NAME_MAX && *name != '.' && *name != '-' &&
	       consists_of((struct span){name, length}, "._@:+-");
}

/* Names of drivers and buses: files of sysfs. */
static bool is_sysfs_name(struct span value)
{
	return value.length < PIN_NAME_MAX && *value.start != '.' && consists_of(value, "._+-");
}

/* A location is a path that leads down only. */
static bool is_location(struct span value)
{
	enum { PLACE_MAX = 1024 };

	if (value.length >= PLACE_MAX || !consists_of(value, "._:,@+/-") || *value.start == '/' ||
	    value.start[value.length - 1] == '/')
		return false;
	for (size_t i = 0; i + 1 < value.length; i++)
		if (value.start[i] == '/' &&
		    (value.start[i + 1] == '/' || value.start[i + 1] == '.'))
			return false;
	return *value.start != '.';
}

/* A pin while it is parsed; the lists are grown in the arena. */
struct parser {
	struct arena *arena;
	struct pin pin;
	struct serial *serials;
	const char **members, **unknown;
	size_t serial_room, member_room, unknown_room;
	bool has_driver;
};

static bool set_pin_text(struct parser *parser, struct span value, const char **member)
{
	if (*member)
		return false;
	*member = arena_text(parser->arena, value.start, value.length);
	return true;
}

static bool set_pin_id(struct span value, int32_t *member)
{
	struct span rest = value;
	uint64_t number;

	if (*member >= 0 || value.length < 3 || memcmp(value.start, "0x", 2) != 0)
		return false;
	rest.start += 2;
	rest.length -= 2;
	if (!span_take_number(&rest, 16, &number) || rest.length || number > 0xffff)
		return false;
	*member = (int32_t)number;
	return true;
}

static bool set_pin_driver(struct parser *parser, struct span value)
{
	if (parser->has_driver || !is_sysfs_name(value))
		return false;
	parser->has_driver = true;
	return span_is(value, "none") || set_pin_text(parser, value, &parser->pin.driver);
}

static bool set_pin_count(struct parser *parser, struct span value)
{
	uint64_t count;

	if (parser->pin.count || !span_take_number(&value, 10, &count) || value.length || !count ||
	    count > UINT16_MAX)
		return false;
	parser->pin.count = (int)count;
	return true;
}

/* A type that the kernel chooses is none to keep. */
static bool set_pin_type(struct parser *parser, struct span value)
{
	const char *type =
		domain_type_spelling(arena_text(parser->arena, value.start, value.length));

	if (parser->pin.type || !type || strcmp(type, DOMAIN_TYPE_AUTO) == 0)
		return false;
	parser->pin.type = type;
	return true;
}

/* "KIND:VALUE" */
static bool add_pin_serial(struct parser *parser, struct span value)
{
	const char *colon = memchr(value.start, ':', value.length);
	struct span kind = {value.start, colon ? (size_t)(colon - value.start) : 0};
	struct pin *pin = &parser->pin;

	if (!colon || kind.length + 1 == value.length || pin->serial_count >= PIN_LINES_MAX)
		return false;
	for (size_t i = 0; i < SERIAL_KIND_COUNT; i++) {
		if (!span_is(kind, serial_kind_name(i)))
			continue;
		parser->serials = arena_grow(parser->arena, parser->serials, pin->serial_count,
					     &parser->serial_room, sizeof(*parser->serials));
		parser->serials[pin->serial_count++] = (struct serial){
			i, arena_text(parser->arena, colon + 1, value.length - kind.length - 1)};
		return true;
	}
	return false;
}

static bool add_pin_member(struct parser *parser, struct span value)
{
	struct pin *pin = &parser->pin;

	if (!is_location(value) || pin->member_count >= PIN_LINES_MAX)
		return false;
	parser->members = arena_grow(parser->arena, parser->members, pin->member_count,
				     &parser->member_room, sizeof(*parser->members));
	parser->members[pin->member_count++] = arena_text(parser->arena, value.start, value.length);
	return true;
}

static bool add_unknown_line(struct parser *parser, struct span line)
{
	struct pin *pin = &parser->pin;

	if (pin->unknown_count >= PIN_LINES_MAX)
		return false;
	parser->unknown = arena_grow(parser->arena, parser->unknown, pin->unknown_count,
				     &parser->unknown_room, sizeof(*parser->unknown));
	parser->unknown[pin->unknown_count++] = arena_text(parser->arena, line.start, line.length);
	return true;
}

static bool apply_pin_key(struct parser *parser, struct span line, struct span key,
			  struct span value)
{
	struct pin *pin = &parser->pin;

	if (span_is(key, "driver"))
		return set_pin_driver(parser, value);
	if (span_is(key, "count"))
		return set_pin_count(parser, value);
	if (span_is(key, "type"))
		return set_pin_type(parser, value);
	if (span_is(key, "bus"))
		return is_sysfs_name(value) && set_pin_text(parser, value, &pin->bus);
	if (span_is(key, "location"))
		return is_location(value) && set_pin_text(parser, value, &pin->location);
	if (span_is(key, "compatible"))
		return consists_of(value, "._,+-") && set_pin_text(parser, value, &pin->compatible);
	if (span_is(key, "vendor"))
		return set_pin_id(value, &pin->vendor_id);
	if (span_is(key, "device"))
		return set_pin_id(value, &pin->device_id);
	if (span_is(key, "subsystem-vendor"))
		return set_pin_id(value, &pin->subsystem_vendor_id);
	if (span_is(key, "subsystem-device"))
		return set_pin_id(value, &pin->subsystem_device_id);
	if (span_is(key, "serial"))
		return add_pin_serial(parser, value);
	if (span_is(key, "member"))
		return add_pin_member(parser, value);
	return add_unknown_line(parser, line);
}

static struct span trim_value(struct span text)
{
	span_skip_blanks(&text);
	while (text.length && strchr(" \t\r", text.start[text.length - 1]))
		text.length--;
	return text;
}

/* An empty line or a comment is no key. */
static bool parse_pin_line(struct parser *parser, struct span line)
{
	const char *equals;
	struct span key, value;

	line = trim_value(line);
	if (!line.length || *line.start == '#')
		return true;
	equals = memchr(line.start, '=', line.length);
	if (!equals)
		return false;
	key = trim_value((struct span){line.start, (size_t)(equals - line.start)});
	value = trim_value(
		(struct span){equals + 1, line.length - (size_t)(equals + 1 - line.start)});
	return consists_of(key, "._-") && value.length && text_is_safe(value.start, value.length) &&
	       apply_pin_key(parser, line, key, value);
}

static const char *find_missing_key(const struct parser *parser)
{
	const struct pin *pin = &parser->pin;
	bool is_pci = bus_is_pci(pin->bus);

	if (!parser->has_driver)
		return "it has no driver";
	if (!pin->location)
		return "it has no location";
	if (is_pci && (pin->vendor_id < 0 || pin->device_id < 0))
		return "it has no vendor and device";
	if (!is_pci && !pin->compatible)
		return "it has no compatible";
	if (!is_pci && pin->count)
		return "virtual functions are a matter of PCI";
	if (pin->count && pin->type)
		return "a count of virtual functions goes with no type";
	return NULL;
}

static int refuse_pin(struct error *e, const char *file, const char *why)
{
	return error_set(e, ERROR_MALFORMED, -EBADMSG, "%.200s: %s", file, why);
}

static int parse_pin_lines(struct parser *parser, struct span text, struct error *e)
{
	int number = 0;

	while (text.length) {
		const char *end = memchr(text.start, '\n', text.length);
		size_t length = end ? (size_t)(end - text.start) : text.length;

		number++;
		if (!parse_pin_line(parser, (struct span){text.start, length}))
			return error_set(e, ERROR_MALFORMED, -EBADMSG,
					 "%.200s: line %d is wrong or stands twice",
					 parser->pin.file, number);
		length += end != NULL;
		text = (struct span){text.start + length, text.length - length};
	}
	return 0;
}

int pin_parse(const char *name, const char *file, struct span text, struct arena *arena,
	      struct pin *ret_pin, struct error *e)
{
	struct parser parser = {
		.arena = arena,
		.pin = {.name = name,
			.file = file,
			.vendor_id = -1,
			.device_id = -1,
			.subsystem_vendor_id = -1,
			.subsystem_device_id = -1},
	};
	const char *gap;
	int result;

	if (text.length > PIN_FILE_MAX)
		return refuse_pin(e, file, "it is too large for a pin");
	if (memchr(text.start, '\0', text.length))
		return refuse_pin(e, file, "it is no text");
	result = parse_pin_lines(&parser, text, e);
	if (result < 0)
		return result;
	if (!parser.pin.bus)
		parser.pin.bus = "pci";
	gap = find_missing_key(&parser);
	if (gap)
		return refuse_pin(e, file, gap);
	parser.pin.serials = parser.serials;
	parser.pin.members = parser.members;
	parser.pin.unknown = parser.unknown;
	*ret_pin = parser.pin;
	return 0;
}

static const char *append_key(struct arena *arena, const char *text, const char *key,
			      const char *value)
{
	return value ? arena_printf(arena, "%s%s = %s\n", text, key, value) : text;
}

static const char *append_id(struct arena *arena, const char *text, const char *key, int32_t id)
{
	return id < 0 ? text : arena_printf(arena, "%s%s = 0x%04x\n", text, key, (unsigned)id);
}

/* By kind, so that the order in which they were read makes no other file. */
static const char *append_serials(struct arena *arena, const char *text, const struct pin *pin)
{
	for (size_t kind = 0; kind < SERIAL_KIND_COUNT; kind++)
		for (size_t i = 0; i < pin->serial_count; i++)
			if (pin->serials[i].kind == kind)
				text = arena_printf(arena, "%sserial = %s:%s\n", text,
						    serial_kind_name(kind), pin->serials[i].value);
	return text;
}

const char *pin_words(const struct pin *pin, struct arena *arena)
{
	const char *driver = pin->driver ? pin->driver : "no driver";

	if (pin->count)
		return arena_printf(arena, "%d virtual function%s with %s", pin->count,
				    pin->count == 1 ? "" : "s", driver);
	return pin->type ? arena_concat(arena, driver, " and the type ", pin->type) : driver;
}

struct span pin_write(const struct pin *pin, struct arena *arena)
{
	const char *text = "# A pin of iommuctl: see iommuctl-pins(5).\n";

	text = append_key(arena, text, "driver", pin->driver ? pin->driver : "none");
	if (pin->count)
		text = arena_printf(arena, "%scount = %d\n", text, pin->count);
	text = append_key(arena, text, "type", pin->type);
	text = append_key(arena, text, "bus", pin->bus);
	text = append_key(arena, text, "location", pin->location);
	text = append_id(arena, text, "vendor", pin->vendor_id);
	text = append_id(arena, text, "device", pin->device_id);
	text = append_id(arena, text, "subsystem-vendor", pin->subsystem_vendor_id);
	text = append_id(arena, text, "subsystem-device", pin->subsystem_device_id);
	text = append_key(arena, text, "compatible", pin->compatible);
	text = append_serials(arena, text, pin);
	for (size_t i = 0; i < pin->member_count; i++)
		text = append_key(arena, text, "member", pin->members[i]);
	for (size_t i = 0; i < pin->unknown_count; i++)
		text = arena_printf(arena, "%s%s\n", text, pin->unknown[i]);
	return (struct span){text, strlen(text)};
}
