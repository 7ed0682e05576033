/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci_model.h"

#include <string.h>

static int32_t parse_pci_id(const char *start, const char *end, uint64_t most)
{
	struct span digits = {start, (size_t)(end - start)};
	uint64_t value;

	return span_take_number(&digits, 16, &value) && !digits.length && value <= most
		       ? (int32_t)value
		       : -1;
}

/* Parse "8086:10D3". */
static void parse_id_pair(struct span pair, int32_t *vendor, int32_t *device)
{
	const char *colon = pair.length ? memchr(pair.start, ':', pair.length) : NULL;

	if (!colon)
		return;
	*vendor = parse_pci_id(pair.start, colon, 0xffff);
	*device = parse_pci_id(colon + 1, pair.start + pair.length, 0xffff);
}

int pci_base_class(int32_t class)
{
	return class < 0 ? -1 : class >> 16;
}

struct pci_model pci_model_parse(struct span class, struct span id, struct span subsystem)
{
	struct pci_model ids = {-1, -1, -1, -1, -1};

	if (class.length)
		ids.class = parse_pci_id(class.start, class.start + class.length, 0xffffff);
	parse_id_pair(id, &ids.vendor, &ids.device);
	parse_id_pair(subsystem, &ids.subsystem_vendor, &ids.subsystem_device);
	return ids;
}
