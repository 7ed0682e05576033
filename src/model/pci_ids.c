/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci_ids.h"

#include <stdio.h>
#include <string.h>

static const unsigned ANY_ID = ~0u;

/*
 * The PCI IDs of a device, of which some may be unknown: ANY_ID; or the IDs that an entry of "ids="
 * matches.
 */
struct ids {
	unsigned vendor, device, subvendor, subdevice, class, class_mask;
};

static bool parse_modalias(const char *modalias, struct ids *ret_ids)
{
	unsigned base, sub, interface;
	struct ids ids = {0};

	if (sscanf(modalias, "pci:v%8xd%8xsv%8xsd%8xbc%2xsc%2xi%2x", &ids.vendor, &ids.device,
		   &ids.subvendor, &ids.subdevice, &base, &sub, &interface) != 7)
		return false;
	ids.class = base << 16 | sub << 8 | interface;
	*ret_ids = ids;
	return true;
}

static bool id_matches(unsigned wanted, unsigned id)
{
	return wanted == ANY_ID || id == ANY_ID || wanted == id;
}

/* True where an entry of "ids=" matches a device: drivers/pci/pci.h: pci_match_one_device */
static bool matches(const char *entry, const struct ids *device)
{
	struct ids wanted = {.subvendor = ANY_ID, .subdevice = ANY_ID};

	return sscanf(entry, "%x:%x:%x:%x:%x:%x", &wanted.vendor, &wanted.device, &wanted.subvendor,
		      &wanted.subdevice, &wanted.class, &wanted.class_mask) >= 2 &&
	       id_matches(wanted.vendor, device->vendor) &&
	       id_matches(wanted.device, device->device) &&
	       id_matches(wanted.subvendor, device->subvendor) &&
	       id_matches(wanted.subdevice, device->subdevice) &&
	       (device->class == ANY_ID || !((wanted.class ^ device->class) & wanted.class_mask));
}

const char *pci_ids_start(const char *options)
{
	static const char option[] = "ids=";
	const char *found = NULL;

	for (const char *at = options; at && (at = strstr(at, option)); at += strlen(option))
		if (at == options || at[-1] == ' ' || at[-1] == '"')
			found = at + strlen(option);
	return found ? found + (*found == '"') : NULL;
}

bool pci_ids_next(const char **at, struct span *ret_entry)
{
	const char *entry = *at;
	size_t length;

	if (!entry || !*entry || strchr(" \"", *entry))
		return false;
	length = strcspn(entry, ", \"");
	*ret_entry = (struct span){entry, length};
	*at = entry + length + (entry[length] == ',');
	return true;
}

static struct span find_entry(const char *options, const struct ids *device)
{
	const char *at = pci_ids_start(options);
	struct span entry;

	while (pci_ids_next(&at, &entry))
		if (matches(entry.start, device))
			return entry;
	return (struct span){0};
}

struct span pci_ids_claim(const char *options, const char *modalias)
{
	struct ids device;

	return parse_modalias(modalias, &device) ? find_entry(options, &device) : (struct span){0};
}

static unsigned id_or_any(int32_t id)
{
	return id < 0 ? ANY_ID : (unsigned)id;
}

struct span pci_ids_claim_device(const char *options, const struct device *device)
{
	const struct ids ids = {
		.vendor = id_or_any(device->vendor_id),
		.device = id_or_any(device->device_id),
		.subvendor = id_or_any(device->subsystem_vendor_id),
		.subdevice = id_or_any(device->subsystem_device_id),
		.class = id_or_any(device->class),
	};

	if (device->vendor_id < 0 || device->device_id < 0)
		return (struct span){0};
	return find_entry(options, &ids);
}
