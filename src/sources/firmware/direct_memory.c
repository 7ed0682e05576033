/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which groups may have memory that the kernel maps 1:1 ("direct" in reserved_regions, and not
 * "direct-relaxable"): firmware lists it, so that where it lists none, reserved_regions of each
 * group need not be read. The drivers that make such regions (IOMMU_RESV_DIRECT), in Linux 5.10 to
 * 7.3:
 *
 *   Intel    RMRR of the DMAR (drivers/iommu/intel/iommu.c: intel_iommu_get_resv_regions)
 *   AMD      IVMD of the IVRS (drivers/iommu/amd/iommu.c: amd_iommu_get_resv_regions)
 *   SMMU     RMR of the IORT (drivers/acpi/arm64/iort.c: iort_get_rmrs), and iommu-addresses of the
 *            memory-region of the device's node (drivers/iommu/of_iommu.c:
 *            of_iommu_get_resv_regions)
 *
 * Where that firmware could not be read, or any other kind of IOMMU is there, every group may have
 * such memory.
 */
#include "sources/firmware/acpi_decoder.h"

#include <errno.h>

/*
 * The table of each kind. @nodes: the driver also asks the nodes of devices, and a machine that
 * boots with a devicetree has no such table
 */
static const struct place {
	const struct acpi_decoder *decoder;
	enum iommu_kind kind;
	bool nodes;
} places[] = {
	{&acpi_dmar, IOMMU_KIND_INTEL, false},
	{&acpi_ivrs, IOMMU_KIND_AMD, false},
	{&acpi_iort, IOMMU_KIND_SMMU, true},
	{&acpi_iort, IOMMU_KIND_SMMU_V3, true},
};

/*
 * @present: there is an IOMMU of that place     @parsed: its table, or NULL where the machine has
 * none and boots with a devicetree     @unknown: a group of any device may have such memory
 */
struct listed {
	struct reading *reading;
	struct arena *scratch;
	bool present[ARRAY_SIZE(places)];
	void *parsed[ARRAY_SIZE(places)];
	bool unknown;
};

static int note_kind(void *context, const char *name)
{
	struct listed *listed = context;
	enum iommu_kind kind = iommu_kind_of_instance(name);
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i].kind == kind)
			found = listed->present[i] = true;
	listed->unknown = listed->unknown || !found;
	return listed->unknown;
}

static void load_table(struct listed *listed, size_t index)
{
	const struct root *root = listed->reading->root;
	struct span bytes = {0};
	struct error why = {0};
	int result = acpi_load(root, places[index].decoder, listed->scratch, &bytes,
			       &listed->parsed[index], &why);

	if (result == -ENOENT && places[index].nodes)
		result = root_has(root, "/sys/firmware/acpi/tables");
	if (result != 0)
		listed->unknown = true;
}

/* The IOMMUs and their tables. */
static void read_places(struct listed *listed)
{
	int result = root_list(listed->reading->root, "/sys/class/iommu", note_kind, listed);
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(places) && !listed->unknown; i++) {
		if (!listed->present[i])
			continue;
		any = true;
		load_table(listed, i);
	}
	listed->unknown = listed->unknown || result < 0 || !any;
}

/* A uevent file shows whether a device has a node of a devicetree. */
static bool node_may_map_direct(const struct root *root, const struct device *device)
{
	return device->firmware_node &&
	       root_hasf(root, "%s/of_node/memory-region", device->path) != 0;
}

static bool may_have_direct(const struct listed *listed, const struct device *device)
{
	bool may = !device->driver_known || device->ids_unknown;

	for (size_t i = 0; i < ARRAY_SIZE(places) && !may; i++) {
		if (listed->parsed[i])
			may = places[i].decoder->may_map_direct(listed->parsed[i], device);
		if (!may && listed->present[i] && places[i].nodes)
			may = node_may_map_direct(listed->reading->root, device);
	}
	return may;
}

static void mark_groups(const struct listed *listed)
{
	struct build *build = listed->reading->build;

	for (size_t i = 0; i < build_group_count(build); i++)
		build_group_at(build, i)->lacks_direct_memory = true;
	for (size_t i = 0; i < build_device_count(build); i++) {
		const struct device *device = build_device_at(build, i);

		if (device->group && device->group->lacks_direct_memory &&
		    may_have_direct(listed, device))
			build_find_group(build, device->group->id)->lacks_direct_memory = false;
	}
}

int source_direct_memory(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct listed listed = {.reading = reading, .scratch = scratch};

	/* Of a few devices the regions themselves are read in less time. */
	if (!reading_wants(reading, FACT_OBSTACLES) || reading_wants(reading, FACT_REGIONS) ||
	    reading->scope || build_members_are_unknown(reading->build))
		return 0;
	read_places(&listed);
	/* After a failure the regions of all groups are read, which is no failure of the source. */
	root_forget_failures(reading->root);
	if (!listed.unknown)
		mark_groups(&listed);
	return 0;
}
