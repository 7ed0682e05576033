/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the kernel and VFIO will carry out a move: each check, each of its answers. */
#include "checks/check_functions.h"
#include "support/scene.h"

#include <string.h>

#define PF_PATH "/sys/devices/pci0/0000:01:10.0"

typedef void shape(struct scene *scene);

/* One check of a device that is moved from driver @now to @next, on a machine of that shape. */
struct row {
	enum check_id id;
	const char *now, *next;
	shape *shape;
	const char *answer, *message;
};

static void check_row(const struct row *row)
{
	const struct check *check;
	struct scene scene;

	scene_start(&scene, row->now, row->next);
	if (row->shape)
		row->shape(&scene);
	scene_ask(&scene, check_kinds[row->id].ask);
	check = scene_find(&scene, row->id);
	if (strcmp(answer_word(check), row->answer) != 0)
		fail_msg("%s, expecting \"%s\": %s: %s", check_kinds[row->id].name,
			 row->message ? row->message : row->answer, answer_word(check),
			 check ? check->finding.message : "");
	if (row->message)
		assert_non_null(strstr(check->finding.message, row->message));
	scene_end(&scene);
}

#define ASK(rows)                                     \
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) \
	check_row(&(rows)[i])

/* ---- the machine ---- */

static void nobody_looked_at_the_host(struct scene *scene)
{
	build_machine(scene->build)->vfio = NULL;
}

static void in_container(struct scene *scene)
{
	scene->host->in_container = ANSWER_YES;
	scene->host->container_evidence = "/run/.containerenv";
}

static void on_the_host(struct scene *scene)
{
	scene->host->in_container = ANSWER_NO;
}

static void a_container_is_refused(void **state)
{
	static const struct row rows[] = {
		{CHECK_CONTAINER, "e1000e", NULL, on_the_host, "pass"},
		{CHECK_CONTAINER, "e1000e", NULL, in_container, "refuse", "in a container"},
		{CHECK_CONTAINER, "e1000e", NULL, NULL, "unknown"},
		{CHECK_CONTAINER, "e1000e", NULL, nobody_looked_at_the_host, "unknown"},
	};

	ASK(rows);
}

static void isolated(struct scene *scene)
{
	scene->host->isolated_interrupts = ANSWER_YES;
}

static void not_isolated(struct scene *scene)
{
	scene->host->isolated_interrupts = ANSWER_NO;
}

static void not_isolated_and_allowed(struct scene *scene)
{
	not_isolated(scene);
	scene->host->unsafe_interrupts = ANSWER_YES;
}

static void not_isolated_nor_allowed(struct scene *scene)
{
	not_isolated(scene);
	scene->host->unsafe_interrupts = ANSWER_NO;
}

static void interrupts_must_be_isolated_or_the_danger_allowed(void **state)
{
	static const struct row rows[] = {
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", isolated, "pass"},
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", not_isolated_nor_allowed, "refuse",
		 "does not open"},
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", not_isolated_and_allowed, "warning"},
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", not_isolated, "unknown"},
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", NULL, "unknown warning"},
		{CHECK_INTERRUPTS, "vfio-pci", "e1000e", not_isolated, "none"},
	};

	ASK(rows);
}

static void little_memory(struct scene *scene)
{
	scene->host->memlock = 8 << 20;
}

static void much_memory(struct scene *scene)
{
	scene->host->memlock = 1 << 30;
}

static void a_low_limit_of_locked_memory_is_warned_of(void **state)
{
	static const struct row rows[] = {
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", little_memory, "warning", "8192 KiB"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", much_memory, "pass"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", nobody_looked_at_the_host, "unknown warning"},
		{CHECK_MEMLOCK, "vfio-pci", "e1000e", little_memory, "none"},
	};

	ASK(rows);
}

/* ---- the drivers ---- */

static struct driver *driver(struct scene *scene, const char *name)
{
	struct driver *driver = build_driver(scene->build, "pci", name);

	driver->registered = driver->can_bind = driver->can_unbind = true;
	return driver;
}

static void both_drivers(struct scene *scene)
{
	driver(scene, "e1000e")->module = "e1000e";
	driver(scene, "vfio-pci")->module = "vfio_pci";
}

static void pinned(struct scene *scene)
{
	driver(scene, "e1000e")->can_unbind = false;
}

static void driver_unread(struct scene *scene)
{
	both_drivers(scene);
	scene->device->driver = NULL;
	scene->device->driver_known = false;
}

static void a_driver_that_lets_nothing_go_is_refused(void **state)
{
	static const struct row rows[] = {
		{CHECK_UNBINDABLE, "e1000e", NULL, both_drivers, "pass"},
		{CHECK_UNBINDABLE, "e1000e", NULL, pinned, "final", "no unbind file"},
		{CHECK_UNBINDABLE, "e1000e", NULL, NULL, "unknown"},
		{CHECK_UNBINDABLE, "e1000e", NULL, driver_unread, "unknown"},
		{CHECK_UNBINDABLE, NULL, "e1000e", pinned, "none"},
	};

	ASK(rows);
}

static void no_bind_file(struct scene *scene)
{
	driver(scene, "vfio-pci")->can_bind = false;
}

static void no_such_driver(struct scene *scene)
{
	build_driver(scene->build, "pci", "vfio-pci")->modules_known = true;
}

static void modules_unread(struct scene *scene)
{
	build_driver(scene->build, "pci", "vfio-pci");
}

static const struct module modules[] = {{.name = "vfio", .state = MODULE_LIVE},
					{.name = "vfio_pci", .state = MODULE_NOT_LOADED}};
static const struct module blacklisted_modules[] = {
	{.name = "vfio_pci", .state = MODULE_NOT_LOADED, .blacklisted = true}};
static const struct module loaded_modules[] = {
	{.name = "vfio", .state = MODULE_LIVE, .blacklisted = true, .has_install_command = true},
	{.name = "vfio_pci", .state = MODULE_NOT_LOADED}};
static const struct module command_modules[] = {
	{.name = "vfio_pci", .state = MODULE_NOT_LOADED, .has_install_command = true}};

static struct driver *loadable_from(struct scene *scene, const struct module *list, size_t count)
{
	struct driver *loadable = build_driver(scene->build, "pci", "vfio-pci");

	loadable->modules_known = loadable->takes_known = true;
	loadable->modules = list;
	loadable->module_count = count;
	return loadable;
}

static void loadable(struct scene *scene)
{
	loadable_from(scene, modules, 2);
}

static void a_driver_must_exist_or_be_loadable(void **state)
{
	static const struct row rows[] = {
		{CHECK_DRIVER, "e1000e", "vfio-pci", both_drivers, "pass", "is registered"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", loadable, "pass", "vfio_pci will be loaded"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", no_such_driver, "final", "there is no driver"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", no_bind_file, "final", "no bind file"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", modules_unread, "unknown"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", NULL, "unknown"},
		{CHECK_DRIVER, "e1000e", NULL, NULL, "none"},
	};

	ASK(rows);
}

static void claimed(struct scene *scene, const char *const *names, size_t count)
{
	scene->traits->claims = names;
	scene->traits->claim_count = count;
	scene->traits->claims_known = true;
}

static void claimed_by_it(struct scene *scene)
{
	static const char *const names[] = {"other", "e1000e"};

	both_drivers(scene);
	claimed(scene, names, 2);
}

static void claimed_by_its_module(struct scene *scene)
{
	static const char *const names[] = {"snd-hda-intel"};

	driver(scene, "e1000e")->module = "snd_hda_intel";
	claimed(scene, names, 1);
}

static void claimed_by_a_module_that_will_be_loaded(struct scene *scene)
{
	static const char *const names[] = {"vfio_pci"};
	struct driver *absent = build_driver(scene->build, "pci", "e1000e");

	absent->modules_known = true;
	absent->modules = modules;
	absent->module_count = 2;
	claimed(scene, names, 1);
}

static void claimed_by_another(struct scene *scene)
{
	static const char *const names[] = {"igb"};

	both_drivers(scene);
	claimed(scene, names, 1);
}

static void claimed_by_no_module_and_built_in(struct scene *scene)
{
	driver(scene, "e1000e");
	claimed(scene, NULL, 0);
}

static void claims_unread(struct scene *scene)
{
	both_drivers(scene);
}

static void had_it_before(struct scene *scene)
{
	claimed_by_another(scene);
	scene->moves[0].restored = true;
}

static void a_driver_must_be_one_for_the_device(void **state)
{
	static const struct row rows[] = {
		{CHECK_DRIVER_MATCH, "vfio-pci", "e1000e", claimed_by_it, "pass"},
		{CHECK_DRIVER_MATCH, NULL, "e1000e", claimed_by_its_module, "pass"},
		{CHECK_DRIVER_MATCH, NULL, "e1000e", claimed_by_a_module_that_will_be_loaded,
		 "pass"},
		{CHECK_DRIVER_MATCH, "vfio-pci", "e1000e", claimed_by_another, "refuse",
		 "no driver for this device"},
		{CHECK_DRIVER_MATCH, "vfio-pci", "e1000e", had_it_before, "pass"},
		{CHECK_DRIVER_MATCH, NULL, "e1000e", claimed_by_no_module_and_built_in, "pass",
		 "only the kernel knows"},
		{CHECK_DRIVER_MATCH, NULL, "e1000e", claims_unread, "unknown"},
		{CHECK_DRIVER_MATCH, NULL, "e1000e", NULL, "unknown"},
		{CHECK_DRIVER_MATCH, "e1000e", "vfio-pci", claimed_by_another, "none"},
		{CHECK_DRIVER_MATCH, "e1000e", NULL, claimed_by_another, "none"},
	};

	ASK(rows);
}

static void has_override(struct scene *scene)
{
	scene->traits->has_override = ANSWER_YES;
}

static void no_override(struct scene *scene)
{
	scene->traits->has_override = ANSWER_NO;
}

static void plain_native(struct scene *scene)
{
	no_override(scene);
	scene->moves[0].override = NULL;
}

static void override_to_put_back(struct scene *scene)
{
	no_override(scene);
	scene->moves[0].restored = true;
	scene->moves[0].override = "mine";
}

static void an_override_is_needed_where_it_is_written(void **state)
{
	static const struct row rows[] = {
		{CHECK_OVERRIDE, "e1000e", "vfio-pci", has_override, "pass"},
		{CHECK_OVERRIDE, "e1000e", "vfio-pci", no_override, "final"},
		{CHECK_OVERRIDE, "e1000e", NULL, no_override, "final"},
		{CHECK_OVERRIDE, "e1000e", "vfio-pci", NULL, "unknown"},
		{CHECK_OVERRIDE, "vfio-pci", "e1000e", plain_native, "none"},
		{CHECK_OVERRIDE, "vfio-pci", NULL, override_to_put_back, "final"},
	};

	ASK(rows);
}

/* ---- modules ---- */

static void blacklisted(struct scene *scene)
{
	loadable_from(scene, blacklisted_modules, 1);
}

static void with_command(struct scene *scene)
{
	loadable_from(scene, command_modules, 1);
}

static void only_loaded_ones_are_blacklisted(struct scene *scene)
{
	loadable_from(scene, loaded_modules, 2);
}

static void the_settings_of_modprobe_d_are_reported(void **state)
{
	static const struct row rows[] = {
		{CHECK_MODULE_BLACKLISTED, "e1000e", "vfio-pci", loadable, "pass"},
		{CHECK_MODULE_BLACKLISTED, "e1000e", "vfio-pci", blacklisted, "warning",
		 "blacklists vfio_pci"},
		{CHECK_MODULE_BLACKLISTED, "e1000e", "vfio-pci", with_command, "refuse",
		 "a command to run in place"},
		{CHECK_MODULE_BLACKLISTED, "e1000e", "vfio-pci", only_loaded_ones_are_blacklisted,
		 "pass"},
		{CHECK_MODULE_BLACKLISTED, "e1000e", "vfio-pci", both_drivers, "none"},
		{CHECK_MODULE_BLACKLISTED, "e1000e", "vfio-pci", modules_unread, "none"},
	};

	ASK(rows);
}

static struct driver *taking(struct scene *scene, const struct device *device)
{
	static const char *const why[] = {"ids=10de:1eb8"};
	const struct device **takes = arena_array(build_arena(scene->build), 1, sizeof(*takes));
	struct driver *taker = loadable_from(scene, modules, 2);

	takes[0] = device;
	taker->takes = takes;
	taker->takes_why = why;
	taker->take_count = 1;
	return taker;
}

static void takes_another(struct scene *scene)
{
	taking(scene, scene_sibling(scene, "0000:02:00.0", NULL));
}

static void takes_it_itself(struct scene *scene)
{
	taking(scene, scene->device);
}

static void takes_unknown(struct scene *scene)
{
	loadable_from(scene, modules, 2)->takes_known = false;
}

static void other_devices_that_a_module_takes_are_refused(void **state)
{
	static const struct row rows[] = {
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", loadable, "pass"},
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_another, "refuse",
		 "give a driver to 0000:02:00.0 as well"},
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_it_itself, "pass"},
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_unknown, "unknown"},
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", both_drivers, "none"},
	};

	ASK(rows);
}

/* ---- the device ---- */

static void header_0(struct scene *scene)
{
	scene->traits->header_type = 0;
}

static void header_1(struct scene *scene)
{
	scene->traits->header_type = 1;
}

static void bridge_by_class(struct scene *scene)
{
	scene->device->class = 0x060400;
}

static void class_unread(struct scene *scene)
{
	scene->device->class = -1;
}

static void no_bridge_goes_to_vfio(void **state)
{
	static const struct row rows[] = {
		{CHECK_BRIDGE, "e1000e", "vfio-pci", header_0, "pass"},
		{CHECK_BRIDGE, "pcieport", "vfio-pci", header_1, "final"},
		{CHECK_BRIDGE, "pcieport", "vfio-pci", bridge_by_class, "final"},
		{CHECK_BRIDGE, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_BRIDGE, "e1000e", "vfio-pci", class_unread, "unknown"},
		{CHECK_BRIDGE, "pcieport", NULL, header_1, "none"},
	};

	ASK(rows);
}

static void qat(struct scene *scene)
{
	scene->device->device_id = 0x37c8;
	scene->host->denylist_off = ANSWER_NO;
}

static void qat_allowed(struct scene *scene)
{
	qat(scene);
	scene->host->denylist_off = ANSWER_YES;
}

static void qat_unknown(struct scene *scene)
{
	qat(scene);
	scene->host->denylist_off = ANSWER_UNKNOWN;
}

static void same_number_of_another_vendor(struct scene *scene)
{
	qat(scene);
	scene->device->vendor_id = 0x10de;
}

static void ids_unread(struct scene *scene)
{
	scene->device->vendor_id = -1;
}

static void the_denylist_of_vfio_pci_is_known(void **state)
{
	static const struct row rows[] = {
		{CHECK_DENYLIST, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", qat, "refuse"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", qat_allowed, "warning"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", qat_unknown, "unknown"},
		{CHECK_DENYLIST, "c6xx", "vfio-pci", same_number_of_another_vendor, "pass"},
		{CHECK_DENYLIST, "e1000e", "vfio-pci", ids_unread, "unknown"},
		{CHECK_DENYLIST, "c6xx", "qat_vfio_pci", qat, "none"},
	};

	ASK(rows);
}

static void flr(struct scene *scene)
{
	scene->traits->reset_methods = "flr bus";
	scene->traits->can_reset = ANSWER_YES;
	scene_sibling(scene, "0000:01:00.1", NULL);
}

static void no_reset(struct scene *scene)
{
	scene->traits->reset_methods = "\n";
	scene->traits->can_reset = ANSWER_NO;
}

static void bus_reset_alone(struct scene *scene)
{
	scene->traits->reset_methods = "bus";
	scene->traits->can_reset = ANSWER_YES;
}

static void bus_reset_of_two(struct scene *scene)
{
	bus_reset_alone(scene);
	scene_sibling(scene, "0000:01:00.1", NULL);
}

static void bus_reset_of_two_that_move(struct scene *scene)
{
	bus_reset_alone(scene);
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", NULL), "vfio-pci");
}

static void reset_of_an_old_kernel(struct scene *scene)
{
	scene->traits->can_reset = ANSWER_YES;
}

static void no_reset_of_an_old_kernel(struct scene *scene)
{
	scene->traits->can_reset = ANSWER_NO;
}

static void on_the_platform_bus(struct scene *scene)
{
	scene->device->bus = "platform";
	scene->traits->compatible = "acme,nic";
}

static void a_reset_that_hits_others_is_warned_of(void **state)
{
	static const struct row rows[] = {
		{CHECK_RESET, "e1000e", "vfio-pci", flr, "pass"},
		{CHECK_RESET, "e1000e", "vfio-pci", no_reset, "warning", "cannot be reset"},
		{CHECK_RESET, "e1000e", "vfio-pci", bus_reset_alone, "pass"},
		{CHECK_RESET, "e1000e", "vfio-pci", bus_reset_of_two, "warning", "0000:01:00.1"},
		{CHECK_RESET, "e1000e", "vfio-pci", bus_reset_of_two_that_move, "pass"},
		{CHECK_RESET, "e1000e", "vfio-pci", NULL, "unknown warning"},
		{CHECK_RESET, "e1000e", "vfio-pci", reset_of_an_old_kernel, "pass"},
		{CHECK_RESET, "e1000e", "vfio-pci", no_reset_of_an_old_kernel, "warning",
		 "cannot be reset"},
		{CHECK_RESET, "acme", "vfio-platform", on_the_platform_bus, "unknown warning",
		 "vfio-reset:acme,nic"},
		{CHECK_RESET, "vfio-pci", "e1000e", no_reset, "none"},
	};

	ASK(rows);
}

static void cold(struct scene *scene)
{
	scene->traits->power_state = "D3cold";
}

static void warm(struct scene *scene)
{
	scene->traits->power_state = "D0";
}

static void a_device_without_power_is_warned_of(void **state)
{
	static const struct row rows[] = {
		{CHECK_POWER, "e1000e", "vfio-pci", warm, "pass"},
		{CHECK_POWER, "e1000e", "vfio-pci", cold, "warning"},
		{CHECK_POWER, "e1000e", "vfio-pci", NULL, "unknown warning"},
		{CHECK_POWER, "vfio-pci", "e1000e", cold, "none"},
	};

	ASK(rows);
}

/* ---- physical and virtual functions ---- */

static void two_functions(struct scene *scene)
{
	scene->traits->virtual_functions = 2;
	for (unsigned i = 0; i < 2; i++)
		build_use(scene->build, scene->device,
			  (struct use){USE_VIRTUAL_FUNCTION, "0000:01:00.0",
				       i ? "0000:01:10.2" : "0000:01:10.0", "/virtfn"});
}

static void functions_seen_by_uses_alone(struct scene *scene)
{
	two_functions(scene);
	scene->device->traits = NULL;
}

static void nobody_looked_at_it(struct scene *scene)
{
	scene->device->traits = NULL;
}

static void functions_unread(struct scene *scene)
{
	build_blindness(scene->build, scene->device, USE_VIRTUAL_FUNCTION, "denied");
}

static void a_device_with_virtual_functions_is_refused(void **state)
{
	static const struct row rows[] = {
		{CHECK_VIRTUAL_FUNCTIONS, "igb", "vfio-pci", NULL, "pass"},
		{CHECK_VIRTUAL_FUNCTIONS, "igb", "vfio-pci", two_functions, "final",
		 "2 virtual functions: 0000:01:10.0, 0000:01:10.2, and VFIO accepts no"},
		{CHECK_VIRTUAL_FUNCTIONS, NULL, "vfio-pci", two_functions, "final"},
		{CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, two_functions, "refuse", "left without it"},
		{CHECK_VIRTUAL_FUNCTIONS, "vfio-pci", "igb", two_functions, "refuse", "destroyed"},
		{CHECK_VIRTUAL_FUNCTIONS, "vfio-pci", "igb", functions_seen_by_uses_alone, "refuse",
		 "2 virtual functions"},
		{CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, nobody_looked_at_it, "unknown"},
		{CHECK_VIRTUAL_FUNCTIONS, "igb", NULL, functions_unread, "unknown"},
		{CHECK_VIRTUAL_FUNCTIONS, NULL, "igb", two_functions, "none"},
	};

	ASK(rows);
}

static void function_of(struct scene *scene, const char *driver_name)
{
	scene->traits->physical_function = PF_PATH;
	scene_sibling(scene, "0000:01:10.0", driver_name);
}

static void function_of_vfio(struct scene *scene)
{
	function_of(scene, "vfio-pci");
}

static void function_of_igb(struct scene *scene)
{
	function_of(scene, "igb");
}

static void function_of_nobody(struct scene *scene)
{
	scene->traits->physical_function = "/sys/devices/none";
}

static void a_token_is_needed_below_vfio(void **state)
{
	static const struct row rows[] = {
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", function_of_vfio, "warning", "0000:01:10.0"},
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", function_of_igb, "pass"},
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", function_of_nobody, "unknown warning"},
		{CHECK_VF_TOKEN, "igbvf", "vfio-pci", NULL, "none"},
		{CHECK_VF_TOKEN, "vfio-pci", "igbvf", function_of_vfio, "none"},
	};

	ASK(rows);
}

/* ---- the IOMMU ---- */

static void no_group(struct scene *scene)
{
	scene->device->group = NULL;
	scene->device->iommu = NULL;
}

static void behind_no_iommu(struct scene *scene)
{
	no_group(scene);
	build_source(scene->build, "iort", SOURCE_READ, NULL);
}

static void firmware_unread(struct scene *scene)
{
	no_group(scene);
	build_source(scene->build, "iort", SOURCE_DENIED, NULL);
}

static struct stream *give_stream(struct scene *scene, struct device *device)
{
	struct stream *stream = build_stream(scene->build, device);

	stream->id = 0x10;
	stream->iommu = build_find_iommu(scene->build, "dmar0");
	return stream;
}

static void never_probed(struct scene *scene)
{
	no_group(scene);
	give_stream(scene, scene->device);
}

static void iommu_missing(struct scene *scene)
{
	never_probed(scene);
	build_find_iommu(scene->build, "dmar0")->state = IOMMU_UNKNOWN;
}

static void stream_taken(struct scene *scene)
{
	never_probed(scene);
	build_find_iommu(scene->build, "dmar0")->kind = IOMMU_KIND_SMMU_V3;
	give_stream(scene, scene_sibling(scene, "0000:02:00.0", NULL));
}

static void unsafe_mode(struct scene *scene)
{
	behind_no_iommu(scene);
	scene->host->unsafe_noiommu = ANSWER_YES;
}

static void never_probed_in_unsafe_mode(struct scene *scene)
{
	never_probed(scene);
	scene->host->unsafe_noiommu = ANSWER_YES;
}

static void group_of_vfio(struct scene *scene)
{
	scene->group->vfio_node = "/dev/vfio/noiommu-7";
}

static void vfio_needs_a_group_or_the_promise_of_one(void **state)
{
	static const struct row rows[] = {
		{CHECK_GROUP, "e1000e", "vfio-pci", NULL, "pass", "group 7"},
		{CHECK_GROUP, NULL, "vfio-pci", never_probed, "pass", "dmar0"},
		{CHECK_GROUP, NULL, "vfio-pci", iommu_missing, "refuse", "is not ready"},
		{CHECK_GROUP, "e1000e", "vfio-pci", stream_taken, "final", "another device"},
		{CHECK_GROUP, "e1000e", "vfio-pci", behind_no_iommu, "final",
		 "names no IOMMU for it"},
		{CHECK_GROUP, "e1000e", "vfio-pci", firmware_unread, "unknown"},
		{CHECK_GROUP, "e1000e", "vfio-pci", unsafe_mode, "none"},
		{CHECK_NO_IOMMU_MODE, "e1000e", "vfio-pci", unsafe_mode, "refuse", "all memory"},
		{CHECK_NO_IOMMU_MODE, NULL, "vfio-pci", group_of_vfio, "refuse"},
		{CHECK_NO_IOMMU_MODE, NULL, "vfio-pci", never_probed_in_unsafe_mode, "none"},
		{CHECK_GROUP, NULL, "vfio-pci", never_probed_in_unsafe_mode, "pass"},
		{CHECK_NO_IOMMU_MODE, "e1000e", "vfio-pci", behind_no_iommu, "none"},
		{CHECK_GROUP, "vfio-pci", "e1000e", behind_no_iommu, "none"},
	};

	ASK(rows);
}

static void waiting(struct scene *scene)
{
	scene->device->state = DEVICE_DEFERRED;
}

static void waiting_with_a_cause(struct scene *scene)
{
	waiting(scene);
	build_probing(scene->build, scene->device)->reason = "clock not ready";
}

static void state_unread(struct scene *scene)
{
	scene->device->state = DEVICE_UNKNOWN;
}

static void what_waits_or_has_lost_its_iommu_is_warned_of(void **state)
{
	static const struct row rows[] = {
		{CHECK_DEFERRED, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_DEFERRED, NULL, "vfio-pci", waiting, "warning", "waits to be probed"},
		{CHECK_DEFERRED, NULL, "vfio-pci", waiting_with_a_cause, "warning",
		 "clock not ready"},
		{CHECK_DEFERRED, "e1000e", "vfio-pci", stream_taken, "warning",
		 "runs without its IOMMU"},
		{CHECK_DEFERRED, NULL, "vfio-pci", state_unread, "unknown warning"},
		{CHECK_DEFERRED, "e1000e", NULL, stream_taken, "none"},
	};

	ASK(rows);
}

/* ---- the group ---- */

static void sibling_in_the_way(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", "snd_hda_intel");
}

static void harmless_siblings(struct scene *scene)
{
	scene_sibling(scene, "0000:00:01.0", "pcieport");
	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
	scene_sibling(scene, "0000:01:00.2", NULL);
}

static void sibling_moves_along(struct scene *scene)
{
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", "snd_hda_intel"), "vfio-pci");
}

static void sibling_is_unbound(struct scene *scene)
{
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", "snd_hda_intel"), NULL);
}

static void sibling_goes_native(struct scene *scene)
{
	scene_move(scene, scene_sibling(scene, "0000:01:00.1", NULL), "snd_hda_intel");
}

static void sibling_unread(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", NULL)->driver_known = false;
}

static void a_group_must_be_viable_after_the_plan(void **state)
{
	static const struct row rows[] = {
		{CHECK_VIABLE, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", harmless_siblings, "pass"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_in_the_way, "refuse",
		 "0000:01:00.1 (snd_hda_intel)"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_moves_along, "pass"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_is_unbound, "pass"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_goes_native, "refuse"},
		{CHECK_VIABLE, "e1000e", "vfio-pci", sibling_unread, "unknown"},
		{CHECK_VIABLE, "vfio-pci", "e1000e", sibling_in_the_way, "none"},
		{CHECK_VIABLE, NULL, "vfio-pci", never_probed, "none"},
	};

	ASK(rows);
}

static void regions(struct scene *scene, enum region_kind kind)
{
	struct region *region = arena_alloc(build_arena(scene->build), sizeof(*region));

	*region = (struct region){0xe0000, 0xfffff, kind};
	scene->group->regions = region;
	scene->group->region_count = 1;
	scene->group->regions_known = true;
}

static void direct_region(struct scene *scene)
{
	regions(scene, REGION_DIRECT);
}

static void relaxable_region(struct scene *scene)
{
	regions(scene, REGION_DIRECT_RELAXABLE);
}

static void memory_that_must_stay_mapped_is_refused(void **state)
{
	static const struct row rows[] = {
		{CHECK_RESERVED_REGION, "e1000e", "vfio-pci", relaxable_region, "pass"},
		{CHECK_RESERVED_REGION, "e1000e", "vfio-pci", direct_region, "refuse",
		 "0xe0000-0xfffff"},
		{CHECK_RESERVED_REGION, "e1000e", "vfio-pci", NULL, "unknown"},
		{CHECK_RESERVED_REGION, "vfio-pci", "e1000e", direct_region, "none"},
	};

	ASK(rows);
}

static void held(struct scene *scene)
{
	static const struct holder holder = {4711, "qemu"};

	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
	scene->group->holders = &holder;
	scene->group->holder_count = 1;
	scene->group->holders_known = true;
}

static void held_on_an_old_kernel(struct scene *scene)
{
	held(scene);
	build_machine(scene->build)->kernel = "5.10.0";
}

static void held_by_the_nodes_of_a_sibling(struct scene *scene)
{
	build_use(scene->build, scene_sibling(scene, "0000:01:00.1", "vfio-pci"),
		  (struct use){USE_VFIO, "/dev/vfio/devices/vfio3", "4711 (qemu)", "/f"});
}

static void not_held(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
	scene->group->holders_known = true;
}

static void holders_unread(struct scene *scene)
{
	scene_sibling(scene, "0000:01:00.1", "vfio-pci");
}

static void sibling_looked_at(struct scene *scene)
{
	build_looked_at_uses(scene->build, scene_sibling(scene, "0000:01:00.1", "vfio-pci"));
}

static void a_group_that_a_vfio_user_has_is_left_alone(void **state)
{
	static const struct row rows[] = {
		{CHECK_GROUP_IN_USE, "vfio-pci", "e1000e", NULL, "pass"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", held, "refuse", "4711 (qemu)"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", held_on_an_old_kernel, "final", "crashes"},
		{CHECK_GROUP_IN_USE, "vfio-pci", NULL, held_on_an_old_kernel, "refuse"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", held_by_the_nodes_of_a_sibling, "refuse",
		 "vfio3 is open in 4711 (qemu)"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", not_held, "pass"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", sibling_looked_at, "pass"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", holders_unread, "unknown"},
		{CHECK_GROUP_IN_USE, NULL, "vfio-pci", held, "none"},
		{CHECK_GROUP_IN_USE, NULL, "e1000e", no_group, "none"},
	};

	ASK(rows);
}

static void identity(struct scene *scene)
{
	scene->group->type = "identity";
}

static void type_unread(struct scene *scene)
{
	scene->group->type = NULL;
}

static void an_identity_domain_is_warned_of(void **state)
{
	static const struct row rows[] = {
		{CHECK_IDENTITY, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_IDENTITY, "e1000e", "vfio-pci", identity, "warning"},
		{CHECK_IDENTITY, "e1000e", "vfio-pci", type_unread, "unknown warning"},
		{CHECK_IDENTITY, "vfio-pci", "e1000e", identity, "none"},
	};

	ASK(rows);
}

UNIT(will_work)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_is_refused),
		cmocka_unit_test(interrupts_must_be_isolated_or_the_danger_allowed),
		cmocka_unit_test(a_low_limit_of_locked_memory_is_warned_of),
		cmocka_unit_test(a_driver_that_lets_nothing_go_is_refused),
		cmocka_unit_test(a_driver_must_exist_or_be_loadable),
		cmocka_unit_test(a_driver_must_be_one_for_the_device),
		cmocka_unit_test(an_override_is_needed_where_it_is_written),
		cmocka_unit_test(the_settings_of_modprobe_d_are_reported),
		cmocka_unit_test(other_devices_that_a_module_takes_are_refused),
		cmocka_unit_test(no_bridge_goes_to_vfio),
		cmocka_unit_test(the_denylist_of_vfio_pci_is_known),
		cmocka_unit_test(a_reset_that_hits_others_is_warned_of),
		cmocka_unit_test(a_device_without_power_is_warned_of),
		cmocka_unit_test(a_device_with_virtual_functions_is_refused),
		cmocka_unit_test(a_token_is_needed_below_vfio),
		cmocka_unit_test(vfio_needs_a_group_or_the_promise_of_one),
		cmocka_unit_test(what_waits_or_has_lost_its_iommu_is_warned_of),
		cmocka_unit_test(a_group_must_be_viable_after_the_plan),
		cmocka_unit_test(memory_that_must_stay_mapped_is_refused),
		cmocka_unit_test(a_group_that_a_vfio_user_has_is_left_alone),
		cmocka_unit_test(an_identity_domain_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
