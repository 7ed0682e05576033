/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/select.h"

#include "base/text.h"
#include "model/pasted.h"
#include "model/pci.h"
#include "model/select_ghost.h"
#include "model/vfio_driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True where @device matches a selector; @number is 0 for selectors without a number. */
typedef bool matcher(const struct device *device, const char *text, uint64_t number);

static bool matches_group(const struct device *device, const char *text, uint64_t number)
{
	return device->group && (uint64_t)device->group->id == number;
}

static bool matches_iommu(const struct device *device, const char *text, uint64_t number)
{
	return device->iommu && iommu_is_called(device->iommu, text, strlen(text));
}

static bool matches_driver(const struct device *device, const char *text, uint64_t number)
{
	return device->driver && strcmp(device->driver, vfio_driver_spelling(text)) == 0;
}

static bool matches_id(const struct device *device, const char *text, uint64_t number)
{
	return device->vendor_id >= 0 &&
	       ((uint64_t)device->vendor_id << 16 | (uint64_t)device->device_id) == number;
}

static bool matches_class(const struct device *device, const char *text, uint64_t number)
{
	return device->class >= 0 && (uint64_t)device_class(device) == number;
}

/* "stream:[IOMMU/]ID": a fault in the kernel log names an ID, and sometimes its IOMMU. */
static bool matches_stream(const struct device *device, const char *text, uint64_t number)
{
	const char *slash = strrchr(text, '/');

	for (size_t i = 0; i < device->stream_count; i++) {
		const struct stream *stream = &device->streams[i];

		if (slash && !stream_is_of(stream, text, (size_t)(slash - text)))
			continue;
		if (stream->hidden && stream->has_map && number >= stream->map.stream_base &&
		    number - stream->map.stream_base < stream->map.length)
			return true;
		if (stream->id >= 0 &&
		    (((uint64_t)stream->id ^ number) & ~(uint64_t)stream->mask) == 0)
			return true;
	}
	return false;
}

static bool has_interface(const struct device *device, const char *name)
{
	for (size_t i = 0; i < device->interface_count; i++)
		if (strcmp(device->interfaces[i], name) == 0)
			return true;
	return false;
}

/* "BUS:NAME" is accepted even if only one bus has a device of that name. */
static bool has_long_name(const struct device *device, const char *text)
{
	const char *name = text_after(text, device->bus);

	return name && *name == ':' && strcmp(name + 1, device->name) == 0;
}

static bool matches_name(const struct device *device, const char *text, uint64_t number)
{
	return strcmp(device->name, text) == 0 || has_long_name(device, text) ||
	       strcmp(device->path, text) == 0 || has_interface(device, text);
}

static bool parse_decimal(const char *text, uint64_t *ret_number)
{
	return text_number(text, 10, ret_number);
}

/* Parse the IDs of a selector, "8086:10d3", into one number. */
static bool parse_id_selector(const char *text, uint64_t *ret_number)
{
	char vendor[8];
	size_t length = strcspn(text, ":");
	uint64_t high, low;

	if (text[length] != ':' || length >= sizeof(vendor))
		return false;
	memcpy(vendor, text, length);
	vendor[length] = '\0';
	if (!text_number(vendor, 16, &high) || !text_number(text + length + 1, 16, &low) ||
	    high > 0xffff || low > 0xffff)
		return false;
	*ret_number = high << 16 | low;
	return true;
}

/* Stream IDs are hexadecimal, with or without 0x, as in most logs and firmware; requester IDs may
 * also be written as the function. */
static bool parse_stream(const char *text, uint64_t *ret_number)
{
	struct pci_name name;

	if (pasted_pci(text_basename(text), &name)) {
		*ret_number = pasted_rid(name);
		return true;
	}
	return text_number(text_basename(text), 16, ret_number) && *ret_number <= UINT32_MAX;
}

static bool parse_class(const char *text, uint64_t *ret_number)
{
	return strlen(text) == 4 && text_number(text, 16, ret_number);
}

static const struct kind {
	const char *prefix;
	matcher *matches;
	bool (*parse)(const char *text, uint64_t *ret_number);
	enum selector_reach reach;
	unsigned facts;
	const char *example;
} kinds[] = {
	{"group:", matches_group, parse_decimal, REACH_GROUP, 0, "group:12"},
	{"iommu:", matches_iommu, NULL, REACH_ANY, FACT_IOMMUS, "iommu:dmar0"},
	{"driver:", matches_driver, NULL, REACH_ANY, FACT_IDS, "driver:vfio-pci"},
	{"id:", matches_id, parse_id_selector, REACH_ANY, FACT_IDS, "id:8086:10d3"},
	{"class:", matches_class, parse_class, REACH_ANY, FACT_IDS, "class:0200"},
	{"stream:", matches_stream, parse_stream, REACH_DEVICE, FACT_STREAMS,
	 "stream:0x20 or stream:smmu3.0x9050000/0x20"},
};

/* "15000000.iommu/0x19c3" is a stream as drivers of SMMUs print it. */
static bool is_bare_stream(const char *selector)
{
	const char *slash = strchr(selector, '/');
	uint64_t number;

	return slash && slash != selector && !strchr(slash + 1, '/') && text_starts(slash, "/0x") &&
	       text_number(slash + 1, 16, &number);
}

/* The kind of a selector, and the text behind its prefix; NULL for a plain name. */
static const struct kind *find_kind(const char *selector, const char **ret_text)
{
	*ret_text = selector;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *text = text_after(selector, kinds[i].prefix);

		if (!text && !(kinds[i].matches == matches_stream && is_bare_stream(selector)))
			continue;
		*ret_text = text ? text : selector;
		return &kinds[i];
	}
	return NULL;
}

static int refuse_selector(const struct kind *kind, const char *selector, struct error *e)
{
	return error_set(e, ERROR_USAGE, 0, "bad selector %s: write it like %s", selector,
			 kind->example);
}

int select_form(const char *selector, enum selector_form *ret_form, const char **ret_text,
		uint64_t *ret_id, struct error *e)
{
	const struct kind *kind = find_kind(selector, ret_text);

	if (!kind)
		*ret_form = SELECTOR_NAME;
	else if (kind->matches == matches_iommu)
		*ret_form = SELECTOR_IOMMU;
	else if (kind->matches == matches_stream)
		*ret_form = SELECTOR_STREAM;
	else
		*ret_form = SELECTOR_OTHER;
	return *ret_form == SELECTOR_STREAM && !kind->parse(*ret_text, ret_id)
		       ? refuse_selector(kind, selector, e)
		       : 0;
}

enum selector_reach select_reach(const char *selector)
{
	const char *text;
	const struct kind *kind = find_kind(selector, &text);

	return kind ? kind->reach : REACH_DEVICE;
}

unsigned select_facts(const char *selector)
{
	const char *text;
	const struct kind *kind = find_kind(selector, &text);

	return kind ? kind->facts : FACT_INTERFACES;
}

/*
 * The full form of a name: 01:00.0 and pci_0000_01_00_0 become 0000:01:00.0, /dev/nvme0n1 becomes
 * nvme0n1, a path loses the slash at its end.
 */
static void normalise(const char *text, char *name, size_t size)
{
	const char *node = text_after(text, "/dev/");
	struct pci_name function;
	size_t length;

	if (pasted_pci(text, &function)) {
		snprintf(name, size, "%04x:%02x:%02x.%x", function.domain, function.bus,
			 function.slot, function.function);
		return;
	}
	snprintf(name, size, "%s", node ? text_basename(node) : text);
	length = strlen(name);
	if (length > 1 && name[length - 1] == '/')
		name[length - 1] = '\0';
}

bool select_names(const struct device *device, const char *text)
{
	char name[SELECT_NAME_SIZE];

	normalise(text, name, sizeof(name));
	return matches_name(device, name, 0);
}

bool select_is_name(const char *selector, char name[static SELECT_NAME_SIZE])
{
	const char *text;

	if (find_kind(selector, &text))
		return false;
	normalise(selector, name, SELECT_NAME_SIZE);
	return true;
}

bool select_is_group(const char *selector, int *ret_id)
{
	const char *text;
	const struct kind *kind = find_kind(selector, &text);
	uint64_t number;

	if (!kind || kind->matches != matches_group || !parse_decimal(text, &number) ||
	    number > INT32_MAX)
		return false;
	*ret_id = (int)number;
	return true;
}

static size_t choose(struct selection *selection, matcher *matches, const char *text,
		     uint64_t number)
{
	size_t found = 0;

	for (size_t i = 0; i < selection->system->device_count; i++) {
		if (!matches(selection->system->devices[i], text, number))
			continue;
		selection->chosen[i] = true;
		found++;
	}
	return found;
}

/* The first device of the next bus after that of the device at @start; they are sorted by bus. */
static size_t end_of_bus(const struct system *system, size_t start)
{
	size_t low = start + 1, high = system->device_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(system->devices[middle]->bus, system->devices[start]->bus) == 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int compare_to_name(const void *name, const void *device)
{
	return strcmp(name, (*(const struct device *const *)device)->name);
}

/*
 * The PCI function @name, and devices of other buses with that name. No class of interfaces has
 * such names, so a command line with a thousand functions need not compare each with all devices.
 */
static size_t choose_function(struct selection *selection, const char *name)
{
	const struct system *system = selection->system;
	size_t found = 0;

	for (size_t start = 0, end; start < system->device_count; start = end) {
		const struct device *const *device;

		end = end_of_bus(system, start);
		device = bsearch(name, system->devices + start, end - start,
				 sizeof(*system->devices), compare_to_name);
		if (!device)
			continue;
		selection->chosen[device - system->devices] = true;
		found++;
	}
	return found;
}

static size_t choose_called(struct selection *selection, const char *name)
{
	return pci_name_parse(name, strlen(name), &(struct pci_name){0})
		       ? choose_function(selection, name)
		       : choose(selection, matches_name, name, 0);
}

/*
 * A path below /sys/bus, such as /sys/bus/pci/devices/0000:01:00.0, ends in the name of the device.
 */
static size_t choose_path(struct selection *selection, const char *path)
{
	const struct device *device = system_device(selection->system, path);

	if (!device)
		return choose_called(selection, text_basename(path));
	selection->chosen[device->index] = true;
	return 1;
}

/* A device of another bus than the PCI function @name is not suggested as a typing error. */
static bool may_be_meant(const struct device *device, const char *name)
{
	struct pci_name asked, there;

	if (!pasted_pci(name, &asked))
		return true;
	return device_is_pci(device) && pasted_pci(device->name, &there) &&
	       there.domain == asked.domain && there.bus == asked.bus;
}

/* Suggest up to three names that differ from @name by a typing error. */
static void suggest(const struct system *system, const char *name, struct error *e)
{
	enum { NEAR = 2, MOST = 3 };
	char names[SELECT_NAME_SIZE] = "";
	size_t used = 0;
	int count = 0;

	for (size_t i = 0; i < system->device_count && count < MOST; i++) {
		const struct device *device = system->devices[i];
		const char *near = NULL;

		if (!may_be_meant(device, name))
			continue;
		if (text_distance(device->label, name, NEAR) <= NEAR)
			near = device->label;
		for (size_t j = 0; j < device->interface_count && !near; j++)
			if (text_distance(device->interfaces[j], name, NEAR) <= NEAR)
				near = device->interfaces[j];
		if (!near)
			continue;
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%.200s",
					 count++ ? ", " : "", near);
	}
	if (count)
		error_remedy(e, "Did you mean %s?", names);
	else
		error_remedy(e, "\"iommuctl show\" lists all devices.");
}

/* An IOMMU that is not registered serves no device: firmware tells which devices are behind it. */
static size_t choose_behind(struct selection *selection, const char *text)
{
	const struct system *system = selection->system;
	size_t found = 0;

	for (size_t i = 0; i < system->stream_count; i++) {
		const struct stream *stream = &system->streams[i];

		for (size_t j = 0; j < system->iommu_count && stream->device; j++) {
			const struct iommu *iommu = system->iommus[j];

			if (!iommu->unregistered || !stream->iommu_name ||
			    strcmp(stream->iommu_name, iommu->name) != 0 ||
			    !iommu_is_called(iommu, text, strlen(text)))
				continue;
			selection->chosen[stream->device->index] = true;
			found++;
		}
	}
	return found;
}

static int select_by_kind(struct selection *selection, const struct kind *kind,
			  const char *selector, const char *text, struct error *e)
{
	uint64_t number = 0;

	if (!*text || (kind->parse && !kind->parse(text, &number)))
		return refuse_selector(kind, selector, e);
	if (choose(selection, kind->matches, text, number) ||
	    (kind->matches == matches_iommu && choose_behind(selection, text)))
		return 0;
	return error_set(e, ERROR_NO_MATCH, 0, "no device matches %s", selector);
}

int select_devices(struct selection *selection, const char *selector, struct error *e)
{
	const char *text;
	const struct kind *kind = find_kind(selector, &text);
	char name[SELECT_NAME_SIZE];
	int result;

	if (kind)
		return select_by_kind(selection, kind, selector, text, e);
	normalise(selector, name, sizeof(name));
	if (*name == '/' ? choose_path(selection, name) : choose_called(selection, name))
		return 0;
	if (select_ghost(selection, name))
		return 0;
	result = error_set(e, ERROR_NO_MATCH, 0, "no device is called %.200s", selector);
	suggest(selection->system, name, e);
	return result;
}
