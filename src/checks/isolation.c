/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/isolation.h"

#include "base/text.h"
#include "model/dma.h"
#include "model/pci.h"
#include "model/stream_index.h"

#include <inttypes.h>
#include <string.h>

/*
 * ACS bits: include/uapi/linux/pci_regs.h: PCI_ACS_SV and so on; drivers/iommu/iommu.c:
 * REQ_ACS_FLAGS.
 */
enum {
	ACS_NEEDED = 0x1d,
	REASONS_MAX = 16, /* limit of the reasons why a group has several members */
};

static const struct {
	unsigned bit;
	const char *name;
} acs_bits[] = {
	{0x01, "source validation"},
	{0x04, "request redirect"},
	{0x08, "completion redirect"},
	{0x10, "upstream forwarding"},
};

/* A group whose members are to be explained. @unread: the first member that could not be judged. */
struct inquiry {
	const struct group *group;
	struct arena *arena;
	struct findings findings;
	const struct device *unread;
};

static void add_reason(struct inquiry *inquiry, enum finding_code code, const struct device *device,
		       const char *message)
{
	struct finding finding = {.code = code, .message = message};

	if (inquiry->findings.count == REASONS_MAX)
		return;
	if (device) {
		finding.subject = device->label;
		finding.devices = &device->label;
		finding.device_count = 1;
	}
	findings_add(&inquiry->findings, inquiry->arena, finding);
}

static bool can_judge(struct inquiry *inquiry, const struct device *device)
{
	if (device->traits && !device->traits->config_error)
		return true;
	if (!inquiry->unread && device->group == inquiry->group)
		inquiry->unread = device;
	return false;
}

/* The needed ACS bits that the device has and that are off. */
static unsigned bits_off(const struct traits *traits)
{
	return ACS_NEEDED & traits->acs_capable & (unsigned)~traits->acs_controls;
}

static bool has_full_acs(const struct traits *traits)
{
	return traits->acs_present == ANSWER_YES && !bits_off(traits);
}

static const char *name_bits(struct arena *arena, unsigned bits)
{
	const char *names = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(acs_bits); i++)
		if (bits & acs_bits[i].bit)
			names = names ? arena_concat(arena, names, ", ", acs_bits[i].name)
				      : acs_bits[i].name;
	return names;
}

/*
 * True for bridges that replace requester IDs: PCI Express types 7 and 8, and conventional bridges
 * (drivers/pci/search.c: pci_for_each_dma_alias).
 */
static bool merges_ids(const struct traits *traits)
{
	return traits->pcie == PCIE_TO_PCI || traits->pcie == PCI_TO_PCIE ||
	       traits->pcie == PCIE_NONE;
}

static void blame_port(struct inquiry *inquiry, const struct device *port)
{
	const struct traits *traits = port->traits;

	if (traits->acs_present == ANSWER_NO)
		add_reason(inquiry, CODE_ISOLATION_NO_ACS, port,
			   arena_printf(inquiry->arena, "%s is a port without ACS", port->label));
	else if (bits_off(traits))
		add_reason(inquiry, CODE_ISOLATION_ACS_OFF, port,
			   arena_printf(inquiry->arena, "%s is a port with ACS partly off (%s)",
					port->label, name_bits(inquiry->arena, bits_off(traits))));
}

/* @below: the number of members below it */
static void judge_bridge(struct inquiry *inquiry, const struct device *bridge, size_t below)
{
	bool member = bridge->group == inquiry->group;

	if ((!member && below < 2) || !can_judge(inquiry, bridge))
		return;
	/*
	 * The parent of a PCI domain may be a device and no bridge (VMD): its header is not of a
	 * bridge's type.
	 */
	if (bridge->traits->header_type == 0)
		return;
	if (merges_ids(bridge->traits))
		add_reason(
			inquiry, CODE_ISOLATION_BRIDGE, bridge,
			arena_printf(inquiry->arena,
				     "behind %s, a bridge to conventional PCI, devices share its "
				     "requester ID",
				     bridge->label));
	/*
	 * A port above a member is the reason only if it lets its devices reach each other: root
	 * and downstream ports.
	 */
	else if (member && (bridge->traits->pcie == PCIE_ROOT_PORT ||
			    bridge->traits->pcie == PCIE_DOWNSTREAM))
		blame_port(inquiry, bridge);
}

/* Devices above members; a device is in the list once for each member below it. */
struct above {
	const struct device **items;
	size_t count, room;
};

static void add_bridges_above(struct above *above, const struct system *system, struct arena *arena,
			      const struct device *member)
{
	char *path = arena_strdup(arena, member->path);
	const struct device *device;

	for (char *slash; (slash = strrchr(path, '/')) && slash > path;) {
		*slash = '\0';
		device = system_device(system, path);
		if (!device || !device_is_pci(device) || !device->traits)
			continue;
		above->items = arena_grow(arena, above->items, above->count, &above->room,
					  sizeof(*above->items));
		above->items[above->count++] = device;
	}
}

static int compare_places(const void *a, const void *b)
{
	const struct device *const *one = a, *const *other = b;

	return (*one)->index < (*other)->index ? -1 : (*one)->index > (*other)->index;
}

static void judge_bridges(struct inquiry *inquiry, const struct system *system)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct above above = {0};

	for (size_t i = 0; i < inquiry->group->device_count; i++)
		add_bridges_above(&above, system, scratch, inquiry->group->devices[i]);
	if (above.count)
		qsort(above.items, above.count, sizeof(*above.items), compare_places);
	for (size_t i = 0, next; i < above.count; i = next) {
		for (next = i + 1; next < above.count && above.items[next] == above.items[i];)
			next++;
		judge_bridge(inquiry, above.items[i], next - i);
	}
}

/* The length of a path without its function: of "…/0000:00:1f" in "…/0000:00:1f.2". */
static size_t slot_length(const struct device *device)
{
	const char *dot = strrchr(device->path, '.');

	return dot ? (size_t)(dot - device->path) : 0;
}

static bool same_slot(const struct device *one, const struct device *other)
{
	size_t length = slot_length(one);

	return length && length == slot_length(other) &&
	       strncmp(one->path, other->path, length) == 0;
}

/*
 * True for a function that may reach the other functions of its slot (drivers/iommu/iommu.c:
 * get_pci_function_alias_group). Virtual functions cannot.
 */
static bool is_loose_function(struct inquiry *inquiry, const struct device *device)
{
	return device_is_pci(device) && can_judge(inquiry, device) &&
	       !device->traits->physical_function && !has_full_acs(device->traits);
}

/* Add one reason for each slot with functions in the group. @index: of the slot's first function */
static void judge_slot(struct inquiry *inquiry, size_t index)
{
	const struct device *const *members = inquiry->group->devices;
	const struct device *first = members[index];
	size_t count = 1;

	/* Members are sorted by name, so functions of a slot follow each other. */
	if (index && same_slot(members[index - 1], first))
		return;
	if (!is_loose_function(inquiry, first))
		return;
	for (size_t i = index + 1; i < inquiry->group->device_count && same_slot(members[i], first);
	     i++)
		count += is_loose_function(inquiry, members[i]);
	if (count > 1)
		add_reason(inquiry, CODE_ISOLATION_FUNCTIONS, first,
			   arena_printf(inquiry->arena, "%s and %zu more of its functions %s",
					first->label, count - 1,
					first->traits->acs_present == ANSWER_YES
						? "have ACS partly off"
						: "have no ACS"));
}

struct partner {
	const struct device *device, *found;
};

static enum stream_step note_partner(void *context, const struct stream *other)
{
	struct partner *partner = context;

	if (!other->device || other->device->group != partner->device->group ||
	    other->device->index > partner->device->index)
		return STREAM_NEXT;
	partner->found = other->device;
	return STREAM_STOP;
}

static const char *shared_part(const struct stream *stream, struct arena *arena)
{
	if (stream_ignored_bits(stream) == -1)
		return "the one address space";
	return arena_printf(arena, "ID 0x%" PRIx64, stream->id);
}

/*
 * Compare the streams of a member with the members before it only, so that a pair is reported once.
 */
static void judge_streams(struct inquiry *inquiry, const struct system *system,
			  const struct device *device)
{
	for (size_t i = 0; i < device->stream_count; i++) {
		const struct stream *stream = &device->streams[i];
		struct partner partner = {.device = device};

		stream_index_walk(system->stream_index, stream, note_partner, &partner);
		if (!partner.found)
			continue;
		add_reason(inquiry, CODE_ISOLATION_STREAM, device,
			   arena_printf(inquiry->arena, "%s shares %s of %s with %s", device->label,
					shared_part(stream, inquiry->arena),
					stream->iommu_name ? stream->iommu_name : "its IOMMU",
					partner.found->label));
		return;
	}
}

static void add_unknown_reason(struct inquiry *inquiry)
{
	const struct device *unread = inquiry->unread;

	if (unread)
		add_reason(inquiry, CODE_ISOLATION_UNREAD, unread,
			   arena_printf(inquiry->arena, "config space of %s could not be read: %s",
					unread->label,
					unread->traits ? unread->traits->config_error
						       : "it was not read"));
	else
		add_reason(inquiry, CODE_ISOLATION_UNKNOWN, NULL,
			   "no fact that could be read explains it");
}

struct findings isolation_explain(const struct system *system, const struct group *group,
				  struct arena *arena)
{
	struct inquiry inquiry = {.group = group, .arena = arena};

	if (group->device_count < 2)
		return inquiry.findings;
	judge_bridges(&inquiry, system);
	for (size_t i = 0; i < group->device_count; i++)
		judge_slot(&inquiry, i);
	/*
	 * Streams are compared only if topology explains nothing: a reason in topology also makes
	 * streams equal.
	 */
	for (size_t i = 1; !inquiry.findings.count && i < group->device_count; i++)
		judge_streams(&inquiry, system, group->devices[i]);
	if (!inquiry.findings.count)
		add_unknown_reason(&inquiry);
	return inquiry.findings;
}

bool isolation_is_known(const struct findings *findings)
{
	return !findings->count || (findings->items[0].code != CODE_ISOLATION_UNREAD &&
				    findings->items[0].code != CODE_ISOLATION_UNKNOWN);
}
