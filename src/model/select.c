/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/select.h"

#include "base/suggest.h"
#include "base/text.h"
#include "model/pasted.h"
#include "model/pci.h"
#include "model/select_ghost.h"
#include "model/select_kind.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool matches_name(const struct device *device, const char *text)
{
	return strcmp(device->name, text) == 0 || has_long_name(device, text) ||
	       strcmp(device->path, text) == 0 || has_interface(device, text);
}

static int refuse_selector(const struct select_kind *kind, const char *selector, const char *text,
			   struct error *e)
{
	struct suggestion suggestion = {.word = text};
	int result = error_set(e, ERROR_USAGE, 0, "bad selector %s: write it like %s", selector,
			       kind->example);
	const char *word;

	for (size_t i = 0; kind->known_word && (word = kind->known_word(i)); i++)
		suggest_name(&suggestion, word);
	if (kind->known_word && !suggest_remedy(&suggestion, e))
		error_remedy(e, "\"iommuctl show %shelp\" lists the words.", kind->prefix);
	return result;
}

int select_form(const char *selector, enum selector_form *ret_form, const char **ret_text,
		uint64_t *ret_id, struct error *e)
{
	const struct select_kind *kind = select_kind_of(selector, ret_text);

	*ret_form = kind ? kind->form : SELECTOR_NAME;
	return *ret_form == SELECTOR_STREAM && !kind->parse(*ret_text, ret_id)
		       ? refuse_selector(kind, selector, *ret_text, e)
		       : 0;
}

enum selector_reach select_reach(const char *selector)
{
	const char *text;
	const struct select_kind *kind = select_kind_of(selector, &text);

	return kind ? kind->reach : REACH_DEVICE;
}

unsigned select_facts(const char *selector)
{
	const char *text;
	const struct select_kind *kind = select_kind_of(selector, &text);

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
	return matches_name(device, name);
}

bool select_is_name(const char *selector, char name[static SELECT_NAME_SIZE])
{
	const char *text;

	if (select_kind_of(selector, &text))
		return false;
	normalise(selector, name, SELECT_NAME_SIZE);
	return true;
}

bool select_is_group(const char *selector, int *ret_id)
{
	const char *text;
	const struct select_kind *kind = select_kind_of(selector, &text);
	uint64_t number;

	if (!kind || kind->reach != REACH_GROUP || !kind->parse(text, &number) ||
	    number > INT32_MAX)
		return false;
	*ret_id = (int)number;
	return true;
}

/* Choose by @kind; by name where it is NULL. */
static size_t choose(struct selection *selection, const struct select_kind *kind, const char *text,
		     uint64_t number)
{
	size_t found = 0;

	for (size_t i = 0; i < selection->system->device_count; i++) {
		const struct device *device = selection->system->devices[i];

		if (!(kind ? select_kind_matches(kind, device, text, number)
			   : matches_name(device, text)))
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
		       : choose(selection, NULL, name, 0);
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

/* Suggest the word of a device, "driver:e1000e", that differs from @text by a typing error. */
static void suggest_word(const struct system *system, const struct select_kind *kind,
			 const char *text, struct error *e)
{
	enum { NEAR = 2 };

	for (size_t i = 0; i < system->device_count; i++) {
		const char *word = kind->word(system->devices[i]);

		if (!word || text_distance(word, text, NEAR) > NEAR)
			continue;
		error_remedy(e, "Did you mean %s%.100s?", kind->prefix, word);
		return;
	}
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

static int select_by_kind(struct selection *selection, const struct select_kind *kind,
			  const char *selector, const char *text, struct error *e)
{
	uint64_t number = 0;
	int result;

	if (!*text || (kind->parse && !kind->parse(text, &number)))
		return refuse_selector(kind, selector, text, e);
	if (kind->choose)
		return kind->choose(selection, text, e);
	if (choose(selection, kind, text, number) ||
	    (kind->form == SELECTOR_IOMMU && choose_behind(selection, text)))
		return 0;
	result = error_set(e, ERROR_NO_MATCH, 0, "no device matches %.200s", selector);
	if (kind->word)
		suggest_word(selection->system, kind, text, e);
	return result;
}

int select_devices(struct selection *selection, const char *selector, struct error *e)
{
	const char *text;
	const struct select_kind *kind = select_kind_of(selector, &text);
	char name[SELECT_NAME_SIZE];
	int result;

	/* A device may be called like a selector without a prefix. */
	if (kind && text == selector && choose_called(selection, selector))
		return 0;
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
