/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/disguise.h"

#include "base/digest.h"
#include "base/text_map.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/*
 * @known: the addresses that were replaced so far, with their numbers; a made-up address ends in
 * that of the real one     @arena: of @known     @output: of the texts that are made
 */
struct disguise {
	struct arena *arena, *output;
	struct text_map *known;
	size_t count;
	const char *machine;
	bool keeps_serials;
};

struct disguise *disguise_new(struct arena *arena)
{
	struct disguise *disguise = arena_alloc(arena, sizeof(*disguise));

	disguise->arena = disguise->output = arena;
	disguise->known = text_map_new(arena);
	disguise->machine = "";
	return disguise;
}

struct arena *disguise_arena(const struct disguise *disguise)
{
	return disguise->output;
}

void disguise_write_into(struct disguise *disguise, struct arena *arena)
{
	disguise->output = arena;
}

static size_t number_of(struct disguise *disguise, struct span address)
{
	const char *text = arena_text(disguise->output, address.start, address.length);
	size_t *number = text_map_at(disguise->known, text);

	if (!*number)
		*number = ++disguise->count;
	return *number;
}

void disguise_write(struct disguise *disguise, FILE *out, struct span address)
{
	unsigned number;

	number = (unsigned)number_of(disguise, address);
	if (!memchr(address.start, ':', address.length))
		fprintf(out, "198.18.%u.%u", number >> 8 & 0xff, number & 0xff);
	else if (address.length > 3 && strncmp(address.start, "fe", 2) == 0 &&
		 strchr("89ab", address.start[2]))
		fprintf(out, "fe80::%x", number & 0xffff);
	else
		fprintf(out, "2001:db8::%x", number & 0xffff);
}

void disguise_set_machine(struct disguise *disguise, const char *words)
{
	disguise->machine = words;
}

void disguise_keep_serials(struct disguise *disguise)
{
	disguise->keeps_serials = true;
}

#define DIGEST_MARK "digest-"

static const char *digest_text(const char *text, struct arena *arena)
{
	uint8_t digest[DIGEST_SIZE];
	uint64_t number = 0;

	digest_of(text, strlen(text), digest);
	for (size_t i = 0; i < sizeof(number); i++)
		number = number << 8 | digest[i];
	return arena_printf(arena, DIGEST_MARK "%016" PRIx64, number);
}

const char *disguise_serial(struct disguise *disguise, int32_t vendor_id, int32_t device_id,
			    struct serial serial)
{
	char *text;

	if (disguise->keeps_serials || text_starts(serial.value, DIGEST_MARK) ||
	    strcmp(serial.value, "***") == 0)
		return serial.value;
	text = arena_printf(disguise->output, "%s\n%x:%x %s %s", disguise->machine,
			    (unsigned)vendor_id, (unsigned)device_id, serial_kind_name(serial.kind),
			    serial.value);
	for (char *at = text; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return digest_text(text, disguise->output);
}
