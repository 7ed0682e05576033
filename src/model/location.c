/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/location.h"

#include "base/text.h"
#include "model/pasted.h"

#include <stddef.h>
#include <string.h>

enum {
	/* "BB:SS.F", the end of a name, behind the domain and a colon */
	PCI_TAIL = 7,
	BUS_DIGITS = 2,
};

static bool is_pci(const char *name, size_t length)
{
	struct pci_name parsed;

	return pci_name_parse(name, length, &parsed);
}

static bool differs_at_most_in_bus(const char *one, const char *other, size_t length)
{
	size_t bus = length - PCI_TAIL;

	if (memcmp(one, other, length) == 0)
		return true;
	return is_pci(one, length) && is_pci(other, length) && memcmp(one, other, bus) == 0 &&
	       memcmp(one + bus + BUS_DIGITS, other + bus + BUS_DIGITS, PCI_TAIL - BUS_DIGITS) == 0;
}

bool location_name_is_pci(const char *name)
{
	return is_pci(name, strlen(name));
}

bool location_same_name(const char *one, const char *other)
{
	size_t length = strlen(one);

	return length == strlen(other) && differs_at_most_in_bus(one, other, length);
}

/* The numbers of buses have two digits, so that equal locations have parts of equal length. */
bool location_same(const char *one, const char *other)
{
	if (strlen(one) != strlen(other))
		return false;
	while (*one) {
		size_t length = strcspn(one, "/");

		if (length != strcspn(other, "/") || !differs_at_most_in_bus(one, other, length))
			return false;
		one += length;
		other += length;
		one += *one == '/';
		other += *other == '/';
	}
	return true;
}

void location_write(const char *path, char *out)
{
	const char *rest = text_after(path, "/sys/devices/"), *part = rest ? rest : path;

	while (*part) {
		size_t length = strcspn(part, "/");
		size_t cut = is_pci(part, length) ? length - PCI_TAIL + BUS_DIGITS + 1 : 0;

		memcpy(out, part + cut, length - cut);
		out += length - cut;
		part += length;
		if (*part)
			*out++ = *part++;
	}
	*out = '\0';
}
