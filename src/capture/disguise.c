/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/disguise.h"

#include "base/digest.h"

#include <ctype.h>
#include <string.h>

/* The addresses that were replaced so far; a made-up address ends in the index of the real one. */
struct disguise {
	struct arena *arena;
	struct span *known;
	size_t count, room;
	const char *machine;
	bool keeps_serials;
};

struct disguise *disguise_new(struct arena *arena)
{
	struct disguise *disguise = arena_alloc(arena, sizeof(*disguise));

	disguise->arena = arena;
	disguise->machine = "";
	return disguise;
}

struct arena *disguise_arena(const struct disguise *disguise)
{
	return disguise->arena;
}

static size_t number_of(struct disguise *disguise, struct span address)
{
	for (size_t i = 0; i < disguise->count; i++)
		if (disguise->known[i].length == address.length &&
		    memcmp(disguise->known[i].start, address.start, address.length) == 0)
			return i + 1;
	disguise->known = arena_grow(disguise->arena, disguise->known, disguise->count,
				     &disguise->room, sizeof(*disguise->known));
	disguise->known[disguise->count++] = address;
	return disguise->count;
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
	const char *hex = DIGEST_MARK;

	digest_of(text, strlen(text), digest);
	for (size_t i = 0; i < 8; i++)
		hex = arena_printf(arena, "%s%02x", hex, digest[i]);
	return hex;
}

const char *disguise_serial(struct disguise *disguise, int32_t vendor_id, int32_t device_id,
			    struct serial serial)
{
	char *text;

	if (disguise->keeps_serials || text_starts(serial.value, DIGEST_MARK) ||
	    strcmp(serial.value, "***") == 0)
		return serial.value;
	text = arena_printf(disguise->arena, "%s\n%x:%x %s %s", disguise->machine,
			    (unsigned)vendor_id, (unsigned)device_id, serial_kind_name(serial.kind),
			    serial.value);
	for (char *at = text; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return digest_text(text, disguise->arena);
}
