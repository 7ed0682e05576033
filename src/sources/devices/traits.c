/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts that decide whether devices can be handed over, and why their groups are large: of the
 * devices in focus, or without a focus of the members of groups with several devices; and of the
 * PCI bridges above them (drivers/pci/pci-sysfs.c; config space).
 */
#include "base/guard.h"
#include "base/text.h"
#include "base/text_map.h"
#include "model/kernel_release.h"
#include "model/pci.h"
#include "sources/devices/pci_config.h"
#include "sources/modules/modules_asked.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The config spaces to read, and the device whose traits each is part of. */
struct subjects {
	struct reading *reading;
	struct guarded *configs;
	struct traits **config_of;
	size_t config_count;
	enum answer tells_resets;
};

static const char *read_device_text(const struct reading *reading, const struct device *device,
				    const char *name)
{
	char text[ATTRIBUTE_MAX];

	if (root_readf_text(reading->root, text, sizeof(text), "%s/%s", device->path, name) < 0)
		return NULL;
	return arena_strdup(build_arena(reading->build), text);
}

static enum answer has_file(const struct reading *reading, const struct device *device,
			    const char *name)
{
	return answer_from(root_hasf(reading->root, "%s/%s", device->path, name));
}

/*
 * Count the virtfnN links, which are numbered without gaps; reading sriov_numvfs would take the
 * device's lock.
 */
static void count_virtual_functions(const struct reading *reading, const struct device *device,
				    struct traits *traits)
{
	enum { FUNCTIONS_MAX = 1 << 16 };
	size_t count = 0;
	int there;

	do {
		there = root_hasf(reading->root, "%s/virtfn%zu", device->path, count);
	} while (there > 0 && ++count < FUNCTIONS_MAX);
	traits->virtual_functions = count;
	traits->functions_unknown = there < 0;
}

static void find_physical_function(const struct reading *reading, const struct device *device,
				   struct traits *traits)
{
	char target[PATH_SIZE];
	int found = root_follow(reading->root, device->path, "physfn", target);

	traits->functions_unknown |= found < 0;
	if (found > 0)
		traits->physical_function = arena_strdup(build_arena(reading->build), target);
}

static int stop_at_reset_method(void *context, const char *name, const char *path)
{
	const struct reading *reading = context;

	return root_hasf(reading->root, "%s/reset_method", path) > 0;
}

/* A reading of some devices alone asks all devices of the machine, too. */
static bool any_reset_method(struct reading *reading)
{
	return root_list_links(reading->root, "/sys/bus/pci/devices", stop_at_reset_method,
			       reading) > 0;
}

/*
 * True where the kernel has reset_method for devices that can be reset, and for no others. An older
 * kernel may have it as well: if the first device lacks it, all devices are checked once.
 */
static bool tells_resets(struct subjects *subjects)
{
	if (subjects->tells_resets == ANSWER_UNKNOWN)
		subjects->tells_resets =
			any_reset_method(subjects->reading) ? ANSWER_YES : ANSWER_NO;
	return subjects->tells_resets == ANSWER_YES;
}

/* Where the kernel names no methods, the file reset exists for devices that can be reset. */
static enum answer old_kernel_resets(struct subjects *subjects, const struct device *device)
{
	enum answer there = has_file(subjects->reading, device, "reset");

	/*
	 * With a kernel of unknown age, or a tree with fewer files, a missing reset file tells
	 * nothing.
	 */
	if (there == ANSWER_NO && kernel_has(build_machine(subjects->reading->build)->kernel,
					     KERNEL_RESET_METHOD) != ANSWER_NO)
		return ANSWER_UNKNOWN;
	return there;
}

static void read_resets(struct subjects *subjects, const struct device *device,
			struct traits *traits)
{
	struct reading *reading = subjects->reading;

	traits->reset_methods = read_device_text(reading, device, "reset_method");
	if (!traits->reset_methods && has_file(reading, device, "reset_method") == ANSWER_NO) {
		if (tells_resets(subjects))
			traits->reset_methods = "";
		else
			traits->can_reset = old_kernel_resets(subjects, device);
	}
	if (traits->reset_methods)
		traits->can_reset = traits->reset_methods[strspn(traits->reset_methods, " \n")]
					    ? ANSWER_YES
					    : ANSWER_NO;
	/* The check names the other devices that a reset of the bus resets. */
	if (traits->reset_methods && traits->can_reset == ANSWER_YES && reading->scope &&
	    !pci_resets_alone(traits->reset_methods))
		reading->exceeds_scope = true;
}

/* The traits of a PCI device for checks, and for the page on it. */
static void read_pci_traits(struct subjects *subjects, const struct device *device,
			    struct traits *traits)
{
	const struct reading *reading = subjects->reading;
	const char *d3cold = read_device_text(reading, device, "d3cold_allowed");

	read_resets(subjects, device, traits);
	traits->power_state = read_device_text(reading, device, "power_state");
	if (d3cold && (strcmp(d3cold, "0") == 0 || strcmp(d3cold, "1") == 0))
		traits->d3cold_allowed = *d3cold == '1' ? ANSWER_YES : ANSWER_NO;
	count_virtual_functions(reading, device, traits);
}

/* Why the group of a PCI device is large. */
static void list_config(struct subjects *subjects, struct device *device, struct traits *traits)
{
	const struct reading *reading = subjects->reading;
	bool serial_too = reading_wants(reading, FACT_SERIALS);

	find_physical_function(reading, device, traits);
	/* A captured tree is read without waking a device. */
	traits->config_error =
		root_is_live(reading->root) ? pci_config_sleeps(reading->root, device->path) : NULL;
	if (traits->config_error)
		return;
	subjects->configs[subjects->config_count] = (struct guarded){
		.dir = device->path,
		.name = "config",
		.reader = serial_too ? pci_config_read_serial : pci_config_read,
	};
	subjects->config_of[subjects->config_count++] = traits;
}

/* The first word of compatible, a list whose words each end with a NUL. */
static const char *read_compatible(const struct reading *reading, const struct device *device)
{
	const char *words = read_device_text(reading, device, "of_node/compatible");

	return words && *words ? words : NULL;
}

static uint64_t read_inode(const struct reading *reading, const struct device *device)
{
	uint64_t inode;

	return root_inode(reading->root, device->path, &inode) > 0 ? inode : 0;
}

static void read_own_traits(struct subjects *subjects, struct device *device, struct traits *traits)
{
	const struct reading *reading = subjects->reading;

	traits->inode = read_inode(reading, device);
	traits->has_override = device->override_unknown
				       ? ANSWER_UNKNOWN
				       : has_file(reading, device, "driver_override");
	traits->compatible = read_compatible(reading, device);
	if (device_is_pci(device))
		read_pci_traits(subjects, device, traits);
}

/* That a group is large has its reason in config space alone, and most devices may be asked for. */
static void read_traits(struct subjects *subjects, struct device *device)
{
	const struct reading *reading = subjects->reading;
	struct traits *traits = build_traits(reading->build, device);

	if (reading->focus || reading_wants(reading, FACT_DETAILS))
		read_own_traits(subjects, device, traits);
	if (device_is_pci(device))
		list_config(subjects, device, traits);
}

static const char *config_trouble(const struct pci_config *config)
{
	if (config->gone)
		return "it reads as all ones: the device does not answer";
	return config->complete ? NULL : "only root can read more than the header";
}

static void apply_config(struct arena *arena, const struct pci_config_answer *answer,
			 struct traits *traits)
{
	const struct pci_config config = answer->config;

	if (answer->status) {
		traits->config_error =
			answer->status == -ETIMEDOUT
				? "no answer in time: the kernel or the device is busy"
				: arena_strdup(arena, strerror(-answer->status));
		return;
	}
	traits->config_error = config_trouble(&config);
	traits->header_type = config.header_type;
	if (config.gone)
		traits->answers = ANSWER_NO;
	else if (config.header_type >= 0)
		traits->answers = ANSWER_YES;
	if (!config.gone)
		traits->multifunction = config.multifunction ? ANSWER_YES : ANSWER_NO;
	/*
	 * A virtual function's own header type has no multifunction bit that counts
	 * (drivers/pci/iov.c).
	 */
	if (traits->physical_function)
		traits->multifunction = ANSWER_NO;
	if (traits->config_error)
		return;
	traits->pcie = config.pcie;
	traits->acs_present = config.acs ? ANSWER_YES : ANSWER_NO;
	traits->acs_capable = config.acs_capable;
	traits->acs_controls = config.acs_controls;
}

/* source_serials reads no config space a second time: on some machines each access is slow. */
static void store_configs(const struct subjects *subjects, const struct pci_config_answer *answers)
{
	struct reading *reading = subjects->reading;
	struct text_map *map;

	if (!reading_wants(reading, FACT_SERIALS))
		return;
	map = text_map_new(build_arena(reading->build));
	for (size_t i = 0; i < subjects->config_count; i++)
		*text_map_lend(map, subjects->configs[i].dir) = i + 1;
	reading->configs = answers;
	reading->config_of = map;
}

static int read_configs(struct subjects *subjects, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	const struct reading *reading = subjects->reading;
	struct arena *arena = build_arena(reading->build);
	struct pci_config_answer *answers =
		arena_array(arena, subjects->config_count, sizeof(*answers));
	int result =
		guard_read(reading->root, scratch, subjects->configs, subjects->config_count, e);

	for (size_t i = 0; result == 0 && i < subjects->config_count; i++) {
		answers[i] = pci_config_answer(&subjects->configs[i]);
		apply_config(arena, &answers[i], subjects->config_of[i]);
	}
	store_configs(subjects, answers);
	return result;
}

static void read_claims(struct reading *reading, struct device *device)
{
	struct traits *traits = build_find_traits(reading->build, device);
	const struct module_query *query = modules_asked_of(modules_ask(reading), device);
	const char **claims;

	if (!query)
		return;
	claims = arena_array(build_arena(reading->build), query->count, sizeof(*claims));
	for (size_t i = 0; i < query->count; i++)
		claims[i] = query->modules[i].name;
	traits->claims = claims;
	traits->claim_count = query->count;
	traits->claims_known = true;
}

/* Add the device and the PCI bridges above it, as far as these are devices of the system. */
static void add_with_bridges(struct subjects *subjects, struct device *device)
{
	while (device) {
		char above[PATH_SIZE];
		const char *slash = strrchr(device->path, '/');

		if (!device->traits)
			read_traits(subjects, device);
		if (!device_is_pci(device))
			return;
		snprintf(above, sizeof(above), "%.*s", (int)(slash - device->path), device->path);
		device = build_find_above(subjects->reading->build, above);
		/*
		 * A PCI domain may lie below a PCI device that is no bridge (VMD), so stop only at
		 * devices of other buses.
		 */
		if (device && !device_is_pci(device))
			return;
	}
}

static void add_members_of_large_groups(struct subjects *subjects)
{
	_autoarena_ struct arena *scratch = arena_new();
	struct build *build = subjects->reading->build;
	const size_t *sizes = build_group_sizes(build, scratch);

	for (size_t i = 0; i < build_device_count(build); i++) {
		struct device *device = build_device_at(build, i);

		if (device->group && sizes[device->group->id] > 1)
			add_with_bridges(subjects, device);
	}
}

static void add_members_of(struct subjects *subjects, const struct group *group)
{
	struct build *build = subjects->reading->build;

	for (size_t i = 0; group && i < build_device_count(build); i++)
		if (build_device_at(build, i)->group == group)
			add_with_bridges(subjects, build_device_at(build, i));
}

static void add_focus(struct subjects *subjects)
{
	struct reading *reading = subjects->reading;

	for (size_t i = 0; i < reading->focus->count; i++) {
		struct device *device = reading_focus(reading, i);

		if (!device)
			continue;
		add_with_bridges(subjects, device);
		read_claims(reading, device);
		if (reading->focus->members)
			add_members_of(subjects, device->group);
	}
}

int source_traits(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct subjects subjects = {.reading = reading, .tells_resets = ANSWER_UNKNOWN};
	size_t most = build_device_count(reading->build);

	if (!reading_wants(reading, FACT_TRAITS)) {
		build_source(reading->build, "traits", SOURCE_SKIPPED, NULL);
		return 0;
	}
	scratch = arena_new();
	subjects.configs = arena_array(scratch, most, sizeof(*subjects.configs));
	subjects.config_of = arena_array(scratch, most, sizeof(*subjects.config_of));
	if (reading->focus)
		add_focus(&subjects);
	else
		add_members_of_large_groups(&subjects);
	if (reading->focus)
		modules_asked_report(reading, "traits");
	else
		reading_done(reading, "traits");
	return read_configs(&subjects, e);
}
