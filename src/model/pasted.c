/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pasted.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { SLOT_MAX = 0x1f, FUNCTION_MAX = 7 };

static bool parse_digits(const char *digits, size_t count, uint32_t *ret_number)
{
	*ret_number = 0;
	for (size_t i = 0; i < count; i++) {
		int digit = text_digit(digits[i]);

		if (digit < 0)
			return false;
		*ret_number = *ret_number << 4 | (uint32_t)digit;
	}
	return true;
}

/* A hexadecimal number with or without 0x; moves *text behind it. */
static bool parse_hex(const char **text, size_t most_digits, unsigned *ret_number)
{
	const char *digits = text_after(*text, "0x");
	size_t length;

	digits = digits ? digits : *text;
	length = strspn(digits, "0123456789abcdefABCDEF");
	if (!length || length > most_digits || !parse_digits(digits, length, ret_number))
		return false;
	*text = digits + length;
	return true;
}

static bool parse_char(const char **text, char expected)
{
	if (**text != expected)
		return false;
	(*text)++;
	return true;
}

/* Parse a function in the form "bb:dd.f", at the end of the text or before a bracket. */
static bool parse_function(const char *text, bool bracket, struct pci_name *name)
{
	unsigned bus, slot, function;

	if (!parse_hex(&text, 2, &bus) || !parse_char(&text, ':') || !parse_hex(&text, 2, &slot) ||
	    !parse_char(&text, '.') || !parse_hex(&text, 1, &function) || slot > SLOT_MAX ||
	    function > FUNCTION_MAX)
		return false;
	if ((bracket && !parse_char(&text, ']')) || *text)
		return false;
	name->bus = (uint8_t)bus;
	name->slot = (uint8_t)slot;
	name->function = (uint8_t)function;
	return true;
}

/* Parse a function in libvirt's form "pci_0000_06_00_1". */
static bool parse_libvirt(const char *text, struct pci_name *name)
{
	unsigned domain, bus, slot, function;
	int used = 0;

	if (sscanf(text, "pci_%8x_%2x_%2x_%1x%n", &domain, &bus, &slot, &function, &used) != 4 ||
	    text[used])
		return false;
	*name = (struct pci_name){domain, (uint8_t)bus, (uint8_t)slot, (uint8_t)function};
	return true;
}

bool pasted_pci(const char *text, struct pci_name *ret_name)
{
	const char *value = text_after(text, "device=");
	bool bracket = false;
	unsigned domain;

	*ret_name = (struct pci_name){0};
	text = value ? value : text;
	if (parse_libvirt(text, ret_name))
		return true;
	bracket = parse_char(&text, '[');
	if (parse_function(text, bracket, ret_name))
		return true;
	if (!parse_hex(&text, 8, &domain) || !parse_char(&text, ':'))
		return false;
	ret_name->domain = domain;
	return parse_function(text, bracket, ret_name);
}

bool pci_name_parse(const char *text, size_t length, struct pci_name *ret_name)
{
	/* ":BB:SS.F" follows the domain. */
	enum { TAIL = 8, DOMAIN_MIN = 4, DOMAIN_MAX = 8 };
	const char *tail = text + length - TAIL;
	uint32_t domain, bus, slot, function;

	if (length < DOMAIN_MIN + TAIL || length > DOMAIN_MAX + TAIL || tail[0] != ':' ||
	    tail[3] != ':' || tail[6] != '.' || !parse_digits(text, length - TAIL, &domain) ||
	    !parse_digits(tail + 1, 2, &bus) || !parse_digits(tail + 4, 2, &slot) ||
	    !parse_digits(tail + 7, 1, &function) || slot > SLOT_MAX || function > FUNCTION_MAX)
		return false;
	*ret_name = (struct pci_name){domain, (uint8_t)bus, (uint8_t)slot, (uint8_t)function};
	return true;
}

uint16_t pasted_rid(struct pci_name name)
{
	return (uint16_t)(name.bus << 8 | name.slot << 3 | name.function);
}

static const char *skip_zeros(const char *at, const char *end)
{
	while (at + 1 < end && *at == '0' && isxdigit((unsigned char)at[1]))
		at++;
	return at;
}

/* True where "0x" or an @ stands before @at in the text that begins at @start. */
static bool begins_number(const char *start, const char *at)
{
	return (at - start >= 2 && at[-2] == '0' && (at[-1] | 0x20) == 'x') ||
	       (at > start && at[-1] == '@');
}

bool pasted_same(const char *one, const char *name, size_t length)
{
	const char *first = one, *second = name, *end = name + length;
	const char *first_end = one + strlen(one);

	while (first < first_end && second < end) {
		if (begins_number(one, first) && begins_number(name, second)) {
			first = skip_zeros(first, first_end);
			second = skip_zeros(second, end);
		}
		if (tolower((unsigned char)*first++) != tolower((unsigned char)*second++))
			return false;
	}
	return first == first_end && second == end;
}

bool iommu_is_called(const struct iommu *iommu, const char *name, size_t length)
{
	return pasted_same(iommu->name, name, length) ||
	       (iommu->device && pasted_same(text_basename(iommu->device), name, length)) ||
	       (iommu->firmware_node && pasted_same(iommu->firmware_node, name, length));
}

bool stream_is_of(const struct stream *stream, const char *iommu, size_t length)
{
	if (stream->iommu && iommu_is_called(stream->iommu, iommu, length))
		return true;
	return stream->iommu_name && pasted_same(stream->iommu_name, iommu, length);
}
