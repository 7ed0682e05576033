/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/select_firmware.h"

#include "base/text.h"
#include "model/pasted.h"
#include "model/select.h"

#include <stdio.h>
#include <string.h>

static const char FORMS[] = "Write stream:ID, iommu:NAME, a PCI function or the name of a node.";

/*
 * The meaning of a selector. @text: without its prefix     @id: of a stream     @function: of a PCI
 * function
 */
struct wanted {
	const char *text;
	uint64_t id;
	struct pci_name function;
};

typedef bool stream_matcher(const struct stream *stream, const struct wanted *wanted);

static bool has_wanted_id(const struct stream *stream, const struct wanted *wanted)
{
	const char *slash = strrchr(wanted->text, '/');
	uint64_t first = (uint64_t)stream->id;

	if (slash && !stream_is_of(stream, wanted->text, (size_t)(slash - wanted->text)))
		return false;
	if (stream->id < 0)
		return false;
	return stream->mask ? ((first ^ wanted->id) & ~(uint64_t)stream->mask) == 0
			    : wanted->id >= first && wanted->id - first < (uint64_t)stream->count;
}

static bool is_on_wanted_iommu(const struct stream *stream, const struct wanted *wanted)
{
	return stream_is_of(stream, wanted->text, strlen(wanted->text));
}

/* A devicetree does not always tell the domain of a host bridge: then all bridges may be meant. */
static bool is_in_domain(const struct stream *stream, uint32_t domain)
{
	char name[32];

	snprintf(name, sizeof(name), "PCI segment %u", domain);
	return !text_starts(stream->device_name, "PCI segment ") ||
	       strcmp(stream->device_name, name) == 0;
}

static bool covers_function(const struct stream *stream, const struct wanted *wanted)
{
	uint32_t rid = pasted_rid(wanted->function) & stream->map.mask;

	return stream->has_map && rid >= stream->map.rid_base &&
	       rid - stream->map.rid_base < stream->map.length &&
	       is_in_domain(stream, wanted->function.domain);
}

/* The whole path of a node, or its last part: "/soc/mmc@1000" and "\_SB_.MMC0" have several. */
static bool is_path_called(const char *path, const char *name)
{
	size_t before = text_before_end(path, name);

	return before ? strchr("/.\\", path[before - 1]) != NULL : strcmp(path, name) == 0;
}

static bool is_of_node(const struct stream *stream, const struct wanted *wanted)
{
	return is_path_called(stream->device_name, wanted->text);
}

static void choose_iommu(const struct system *system, const struct iommu *iommu,
			 struct firmware_selection selection)
{
	for (size_t i = 0; i < system->iommu_count; i++)
		if (system->iommus[i] == iommu)
			selection.iommus[i] = true;
}

static size_t choose_streams(const struct system *system, stream_matcher *matches,
			     const struct wanted *wanted, struct firmware_selection selection)
{
	size_t found = 0;

	for (size_t i = 0; i < system->stream_count; i++) {
		if (!matches(&system->streams[i], wanted))
			continue;
		selection.streams[i] = true;
		choose_iommu(system, system->streams[i].iommu, selection);
		found++;
	}
	return found;
}

/* Choose IOMMUs by name, as an IOMMU without streams has no stream that leads to it. */
static size_t choose_named_iommus(const struct system *system, const char *text,
				  struct firmware_selection selection)
{
	size_t found = 0;

	for (size_t i = 0; i < system->iommu_count; i++) {
		if (!iommu_is_called(system->iommus[i], text, strlen(text)) &&
		    !is_path_called(system->iommus[i]->name, text))
			continue;
		selection.iommus[i] = true;
		found++;
	}
	return found;
}

static int refuse_form(const char *selector, struct error *e)
{
	int result =
		error_set(e, ERROR_USAGE, 0,
			  "firmware of another machine has nothing that %.100s means", selector);

	error_remedy(e, "%s", FORMS);
	return result;
}

/* Choose what the selector means; returns how many streams and IOMMUs are found. */
static size_t choose_wanted(const struct system *system, enum selector_form form,
			    struct wanted *wanted, struct firmware_selection selection)
{
	switch (form) {
	case SELECTOR_STREAM:
		return choose_streams(system, has_wanted_id, wanted, selection);
	case SELECTOR_IOMMU:
		return choose_streams(system, is_on_wanted_iommu, wanted, selection) +
		       choose_named_iommus(system, wanted->text, selection);
	default:
		break;
	}
	if (pasted_pci(wanted->text, &wanted->function))
		return choose_streams(system, covers_function, wanted, selection) +
		       choose_streams(system, is_of_node, wanted, selection);
	return choose_streams(system, is_of_node, wanted, selection) +
	       choose_named_iommus(system, wanted->text, selection);
}

int select_firmware(const struct system *system, const char *selector,
		    struct firmware_selection selection, struct error *e)
{
	struct wanted wanted = {.text = selector};
	enum selector_form form;
	int result = select_form(selector, &form, &wanted.text, &wanted.id, e);

	if (result < 0)
		return result;
	if (form == SELECTOR_OTHER)
		return refuse_form(selector, e);
	if (choose_wanted(system, form, &wanted, selection))
		return 0;
	result = error_set(e, ERROR_NO_MATCH, 0, "no stream and no IOMMU there matches %.200s",
			   selector);
	error_remedy(e, "%s", FORMS);
	return result;
}
