/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/select_kind.h"

#include "base/text.h"
#include "model/facts.h"
#include "model/location.h"
#include "model/pasted.h"
#include "model/pci.h"
#include "model/pin_match.h"
#include "model/select_pin.h"
#include "model/vfio_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool matches_group(const struct device *device, const char *text, uint64_t number)
{
	return device->group && (uint64_t)device->group->id == number;
}

static bool matches_iommu(const struct device *device, const char *text, uint64_t number)
{
	return device->iommu && iommu_is_called(device->iommu, text, strlen(text));
}

static const char *word_of_driver(const struct device *device)
{
	return device->driver ? device->driver : "none";
}

static bool matches_driver(const struct device *device, const char *text, uint64_t number)
{
	return strcasecmp(word_of_driver(device), vfio_driver_spelling(text)) == 0;
}

static const char *word_of_state(const struct device *device)
{
	return device_state_name(device->state);
}

static const char *word_of_dma(const struct device *device)
{
	return device_dma_name(device->dma);
}

static const char *word_of_type(const struct device *device)
{
	return device->group ? device->group->type : NULL;
}

/* Without the ID of the device: any. */
#define ANY_DEVICE_ID (UINT64_C(1) << 32)

static bool matches_id(const struct device *device, const char *text, uint64_t number)
{
	if (device->vendor_id < 0 || (uint64_t)device->vendor_id != (number >> 16 & 0xffff))
		return false;
	return number & ANY_DEVICE_ID || (uint64_t)device->device_id == (number & 0xffff);
}

/* Without the subclass: any. */
#define ANY_SUBCLASS (1U << 16)

static bool matches_class(const struct device *device, const char *text, uint64_t number)
{
	if (device->class < 0)
		return false;
	if (number & ANY_SUBCLASS)
		return (uint64_t)device_base_class(device) == (number & 0xff);
	return (uint64_t)device_class(device) == number;
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

/* The slot of a function as one number: domain, bus and slot. */
static uint64_t slot_number(struct pci_name name)
{
	return (uint64_t)name.domain << 16 | (uint64_t)name.bus << 8 | name.slot;
}

static bool matches_slot(const struct device *device, const char *text, uint64_t number)
{
	struct pci_name name;

	return device_is_pci(device) && pci_name_parse(device->name, strlen(device->name), &name) &&
	       slot_number(name) == number;
}

static bool matches_location(const struct device *device, const char *text, uint64_t number)
{
	_autofree_ char *location = malloc(strlen(device->path) + 1);

	if (!location)
		memory_exhausted();
	location_write(device->path, location);
	return strcmp(location, text) == 0;
}

/* "/dev/vfio/12" is the node of group 12, "/dev/vfio/noiommu-12" that without an IOMMU. */
static const char *number_in_node(const char *selector)
{
	const char *name = text_after(selector, "/dev/vfio/");
	const char *number = name ? text_after(name, "noiommu-") : NULL;

	return number ? number : name;
}

static bool is_group_node(const char *selector)
{
	const char *number = number_in_node(selector);
	uint64_t ignored;

	return number && text_number(number, 10, &ignored);
}

/* "/dev/vfio/devices/vfio0", or "vfio0" */
static bool is_vfio_device(const char *selector)
{
	const char *node = text_after(selector, "/dev/vfio/devices/");
	const char *number = text_after(node ? node : selector, "vfio");
	uint64_t ignored;

	return number && text_number(number, 10, &ignored);
}

static bool matches_vfio_device(const struct device *device, const char *text, uint64_t number)
{
	return device->vfio_dev && strcmp(device->vfio_dev, text_basename(text)) == 0;
}

static bool parse_group(const char *text, uint64_t *ret_number)
{
	return text_number(is_group_node(text) ? number_in_node(text) : text, 10, ret_number);
}

/* Four hexadecimal digits at most, and @end behind them. */
static bool parse_short(const char *text, char end, uint16_t *ret_number)
{
	char *rest;
	unsigned long number = strtoul(text, &rest, 16);

	*ret_number = (uint16_t)number;
	return text_digit(*text) >= 0 && rest - text <= 4 && *rest == end;
}

/* "8086:10d3", or "8086" for all devices of the vendor */
static bool parse_id(const char *text, uint64_t *ret_number)
{
	const char *colon = strchr(text, ':');
	uint16_t vendor, device = 0;

	if (!parse_short(text, colon ? ':' : '\0', &vendor) ||
	    (colon && !parse_short(colon + 1, '\0', &device)))
		return false;
	*ret_number = (uint64_t)vendor << 16 | device | (colon ? 0 : ANY_DEVICE_ID);
	return true;
}

/* "8086:10d3", with all its digits, as lspci -n prints it */
static bool is_bare_id(const char *selector)
{
	uint64_t ignored;

	return strlen(selector) == sizeof("8086:10d3") - 1 && selector[4] == ':' &&
	       parse_id(selector, &ignored);
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

/* Words for classes of include/linux/pci_ids.h. */
static const struct {
	const char *word;
	uint64_t class;
} class_words[] = {
	{"storage", 0x01 | ANY_SUBCLASS},
	{"network", 0x02 | ANY_SUBCLASS},
	{"display", 0x03 | ANY_SUBCLASS},
	{"multimedia", 0x04 | ANY_SUBCLASS},
	{"memory", 0x05 | ANY_SUBCLASS},
	{"bridge", 0x06 | ANY_SUBCLASS},
	{"communication", 0x07 | ANY_SUBCLASS},
	{"serial", 0x0c | ANY_SUBCLASS},
	{"wireless", 0x0d | ANY_SUBCLASS},
	{"accelerator", 0x12 | ANY_SUBCLASS},
	{"sata", 0x0106},
	{"nvme", 0x0108},
	{"ethernet", 0x0200},
	{"vga", 0x0300},
	{"audio", 0x0403},
	{"usb", 0x0c03},
};

static const char *known_class(size_t index)
{
	return index < ARRAY_SIZE(class_words) ? class_words[index].word : NULL;
}

static const char *known_state(size_t index)
{
	return index < DEVICE_STATE_COUNT ? device_state_name((enum device_state)index) : NULL;
}

static const char *known_dma(size_t index)
{
	return index < DMA_COUNT ? device_dma_name((enum device_dma)index) : NULL;
}

/* The number of @text in a list of words, whatever the case of letters; -1 for none. */
static int find_known_word(const char *(*known_word)(size_t index), const char *text)
{
	const char *word;

	for (size_t i = 0; (word = known_word(i)); i++)
		if (strcasecmp(word, text) == 0)
			return (int)i;
	return -1;
}

static bool parse_class(const char *text, uint64_t *ret_number)
{
	size_t length = strlen(text);
	int word = find_known_word(known_class, text);

	if (word >= 0) {
		*ret_number = class_words[word].class;
		return true;
	}
	if ((length != 2 && length != 4) || !text_number(text, 16, ret_number))
		return false;
	*ret_number |= length == 2 ? ANY_SUBCLASS : 0;
	return true;
}

static bool parse_state(const char *text, uint64_t *ret_number)
{
	return find_known_word(known_state, text) >= 0;
}

static bool parse_dma(const char *text, uint64_t *ret_number)
{
	return find_known_word(known_dma, text) >= 0;
}

/* "0000:01:00", "01:00" or either with ".*": all functions of the slot */
static bool parse_slot(const char *text, uint64_t *ret_number)
{
	char function[32];
	struct pci_name name;
	size_t before = text_before_end(text, ".*"), length = before ? before : strlen(text);

	snprintf(function, sizeof(function), "%.*s.0", (int)length, text);
	if (length >= sizeof(function) - 2 || !pasted_pci(function, &name))
		return false;
	*ret_number = slot_number(name);
	return true;
}

static bool is_bare_slot(const char *selector)
{
	uint64_t ignored;

	return parse_slot(selector, &ignored);
}

/* "15000000.iommu/0x19c3" is a stream as drivers of SMMUs print it. */
static bool is_bare_stream(const char *selector)
{
	const char *slash = strchr(selector, '/');
	uint64_t number;

	return slash && slash != selector && !strchr(slash + 1, '/') && text_starts(slash, "/0x") &&
	       text_number(slash + 1, 16, &number);
}

/* "pci0000:00/01.0/00.0" */
static bool is_bare_location(const char *selector)
{
	return *selector != '/' && strchr(selector, '/');
}

/* A kind without a prefix is recognised by its form; the first that fits counts. */
static const struct select_kind kinds[] = {
	{"group:", is_group_node, NULL, matches_group, parse_group, NULL, SELECTOR_OTHER,
	 REACH_GROUP, 0, "group:12"},
	{"iommu:", NULL, NULL, matches_iommu, NULL, NULL, SELECTOR_IOMMU, REACH_ANY, FACT_IOMMUS,
	 "iommu:dmar0"},
	{"driver:", NULL, word_of_driver, matches_driver, NULL, NULL, SELECTOR_OTHER, REACH_ANY,
	 FACT_IDS, "driver:vfio-pci or driver:none"},
	{"id:", is_bare_id, NULL, matches_id, parse_id, NULL, SELECTOR_OTHER, REACH_ANY, FACT_IDS,
	 "id:8086:10d3 or id:8086"},
	{"class:", NULL, NULL, matches_class, parse_class, NULL, SELECTOR_OTHER, REACH_ANY,
	 FACT_IDS, "class:0200, class:02 or class:network", known_class},
	{"state:", NULL, word_of_state, NULL, parse_state, NULL, SELECTOR_OTHER, REACH_ANY,
	 FACT_DEFERRAL, "state:bound, state:unbound or state:deferred", known_state},
	{"dma:", NULL, word_of_dma, NULL, parse_dma, NULL, SELECTOR_OTHER, REACH_ANY, FACT_DMA,
	 "dma:translated, dma:identity or dma:lost", known_dma},
	{"type:", NULL, word_of_type, NULL, NULL, NULL, SELECTOR_OTHER, REACH_ANY, FACT_GROUP_TYPE,
	 "type:DMA or type:identity"},
	{"pin:", NULL, NULL, NULL, NULL, select_pinned, SELECTOR_OTHER, REACH_DEVICE, PIN_FACTS,
	 "pin:nic"},
	{"stream:", is_bare_stream, NULL, matches_stream, parse_stream, NULL, SELECTOR_STREAM,
	 REACH_DEVICE, FACT_STREAMS, "stream:0x20 or stream:smmu3.0x9050000/0x20"},
	{NULL, is_vfio_device, NULL, matches_vfio_device, NULL, NULL, SELECTOR_OTHER, REACH_DEVICE,
	 FACT_VFIO, NULL},
	{NULL, is_bare_slot, NULL, matches_slot, parse_slot, NULL, SELECTOR_OTHER, REACH_SLOT, 0,
	 NULL},
	{NULL, is_bare_location, NULL, matches_location, NULL, NULL, SELECTOR_OTHER, REACH_DEVICE,
	 0, NULL},
};

/* The part of @selector behind its prefix, whose letters are of either case. */
static const char *text_after_prefix(const char *selector, const char *prefix)
{
	size_t length = prefix ? strlen(prefix) : 0;

	return length && strncasecmp(selector, prefix, length) == 0 ? selector + length : NULL;
}

const struct select_kind *select_kind_of(const char *selector, const char **ret_text)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *text = text_after_prefix(selector, kinds[i].prefix);

		if (!text && !(kinds[i].is_bare && kinds[i].is_bare(selector)))
			continue;
		*ret_text = text ? text : selector;
		return &kinds[i];
	}
	*ret_text = selector;
	return NULL;
}

bool select_kind_matches(const struct select_kind *kind, const struct device *device,
			 const char *text, uint64_t number)
{
	const char *word;

	if (kind->matches)
		return kind->matches(device, text, number);
	word = kind->word(device);
	return word && strcasecmp(word, text) == 0;
}
