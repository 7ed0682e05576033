/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modalias.h"

#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* The words for the part of a modalias after the name of its bus; NULL: it has another form. */
typedef const char *describe_fn(const char *rest, struct arena *arena);

/*
 * "NNAMETTYPECfirstCsecond" (drivers/of/module.c: of_modalias). A node without a type has "(null)".
 * The first compatible string is the most exact. In it, a C before a small letter begins the next.
 */
static const char *describe_of(const char *rest, struct arena *arena)
{
	const char *type = strchr(rest, 'T'), *first = type ? strchr(type, 'C') : NULL, *end;

	if (!first || !first[1])
		return NULL;
	for (end = ++first; *end && !(*end == 'C' && islower((unsigned char)end[1])); end++)
		;
	return arena_text(arena, first, (size_t)(end - first));
}

/* Removes @letter and the hexadecimal number after it from @rest. */
static bool parse_hex_field(struct span *rest, char letter, uint64_t *ret)
{
	struct span after = {rest->start + 1, rest->length - 1};

	if (!rest->length || *rest->start != letter || !span_take_number(&after, 16, ret))
		return false;
	*rest = after;
	return true;
}

/* Eight digits each; the 'd' after the first number would be one of its digits. */
static const char *describe_pci(const char *rest, struct arena *arena)
{
	struct span vendor = {rest, 9}, device = {rest + 9, 9};
	uint64_t vendor_id, device_id;

	if (strlen(rest) < 18 || !parse_hex_field(&vendor, 'v', &vendor_id) ||
	    !parse_hex_field(&device, 'd', &device_id))
		return NULL;
	return arena_printf(arena, "PCI device %04" PRIx64 ":%04" PRIx64, vendor_id, device_id);
}

static const char *describe_virtio(const char *rest, struct arena *arena)
{
	struct span type = {rest, 9};
	uint64_t number;

	if (strlen(rest) < 9 || !parse_hex_field(&type, 'd', &number))
		return NULL;
	return arena_printf(arena, "virtio device type %" PRIu64, number);
}

static const char *describe_acpi(const char *rest, struct arena *arena)
{
	size_t length = strcspn(rest, ":");

	return length ? arena_printf(arena, "ACPI device %.*s", (int)length, rest) : NULL;
}

static const char *describe_platform(const char *rest, struct arena *arena)
{
	return *rest ? arena_concat(arena, "platform device ", rest, "") : NULL;
}

const char *modalias_words(const char *modalias, struct arena *arena)
{
	static const struct {
		const char *bus;
		describe_fn *describe;
	} forms[] = {
		{"of:N", describe_of},
		{"pci:", describe_pci},
		{"acpi:", describe_acpi},
		{"virtio:", describe_virtio},
		{"platform:", describe_platform},
	};
	const char *words = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(forms) && !words; i++) {
		const char *rest = text_after(modalias, forms[i].bus);

		words = rest ? forms[i].describe(rest, arena) : NULL;
	}
	return words ? words : modalias;
}
