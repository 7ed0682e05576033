/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/fault_match.h"

#include "base/text.h"
#include "model/pasted.h"
#include "model/pci.h"
#include "model/pci_alias.h"

#include <string.h>

/* The function that a line names; @has_domain: false where it leaves the PCI segment out. */
struct named_function {
	struct pci_name name;
	bool has_domain;
};

static bool parse_named_function(const struct fault *fault, struct named_function *ret)
{
	const char *colon = strchr(fault->device, ':');

	if (!*fault->device || !pasted_pci(fault->device, &ret->name))
		return false;
	ret->has_domain = colon && strchr(colon + 1, ':');
	return true;
}

static bool same_domain(const struct named_function *named, const struct pci_name *there)
{
	return !named->has_domain || named->name.domain == there->domain;
}

bool fault_names_device(const struct fault *fault, const struct device *device)
{
	struct named_function named;
	struct pci_name there;

	if (!*fault->device)
		return false;
	if (strcmp(fault->device, device->name) == 0)
		return true;
	return device_is_pci(device) && parse_named_function(fault, &named) &&
	       pasted_pci(device->name, &there) && same_domain(&named, &there) &&
	       pasted_rid(named.name) == pasted_rid(there);
}

static bool stream_has_id(const struct stream *stream, int64_t id)
{
	if (stream->id < 0 || !stream->available)
		return false;
	if (stream->mask)
		return ((stream->id ^ id) & ~stream->mask) == 0;
	return id >= stream->id && id < stream->id + stream->count;
}

/* A line of the only IOMMU of its kind need not name it. */
static bool is_logged_by_iommu_of(const struct stream *stream, const struct fault *fault)
{
	if (*fault->iommu)
		return stream_is_of(stream, fault->iommu, strlen(fault->iommu));
	return stream->iommu_kind == fault->iommu_kind &&
	       iommu_traits(fault->iommu_kind)->only_device;
}

bool fault_is_of_stream(const struct fault *fault, const struct stream *stream)
{
	struct named_function named;
	struct pci_name there;

	if (fault->stream >= 0 && stream->kind == STREAM_ID)
		return is_logged_by_iommu_of(stream, fault) && stream_has_id(stream, fault->stream);
	return stream->kind == STREAM_REQUESTER_ID && stream->device &&
	       parse_named_function(fault, &named) && pasted_pci(stream->device->name, &there) &&
	       same_domain(&named, &there) && stream_has_id(stream, pasted_rid(named.name));
}

bool fault_is_of_alias(const struct fault *fault, const struct device *device)
{
	uint8_t functions[PCI_ALIAS_FUNCTIONS_MAX];
	struct named_function named;
	struct pci_name there;
	size_t count;

	if (!device_is_pci(device) || !parse_named_function(fault, &named) ||
	    !pasted_pci(device->name, &there) || !same_domain(&named, &there) ||
	    named.name.bus != there.bus)
		return false;
	count = pci_alias_functions(device, (uint8_t)pasted_rid(there), functions);
	return memchr(functions, (uint8_t)pasted_rid(named.name), count);
}
