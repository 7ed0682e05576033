/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a move that ask about its two drivers and their modules: each of their answers. */
#include "checks/check_functions.h"
#include "support/scene.h"

#include <string.h>

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
	static const struct scene_row rows[] = {
		{CHECK_UNBINDABLE, "e1000e", NULL, both_drivers, "pass"},
		{CHECK_UNBINDABLE, "e1000e", NULL, pinned, "final", "no unbind file"},
		{CHECK_UNBINDABLE, "e1000e", NULL, NULL, "unknown"},
		{CHECK_UNBINDABLE, "e1000e", NULL, driver_unread, "unknown"},
		{CHECK_UNBINDABLE, NULL, "e1000e", pinned, "none"},
	};

	SCENE_CHECK(rows);
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
	static const struct scene_row rows[] = {
		{CHECK_DRIVER, "e1000e", "vfio-pci", both_drivers, "pass", "is registered"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", loadable, "pass", "vfio_pci will be loaded"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", no_such_driver, "final", "there is no driver"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", no_bind_file, "final", "no bind file"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", modules_unread, "unknown"},
		{CHECK_DRIVER, "e1000e", "vfio-pci", NULL, "unknown"},
		{CHECK_DRIVER, "e1000e", NULL, NULL, "none"},
	};

	SCENE_CHECK(rows);
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
	static const struct scene_row rows[] = {
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

	SCENE_CHECK(rows);
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
	static const struct scene_row rows[] = {
		{CHECK_OVERRIDE, "e1000e", "vfio-pci", has_override, "pass"},
		{CHECK_OVERRIDE, "e1000e", "vfio-pci", no_override, "final"},
		{CHECK_OVERRIDE, "e1000e", NULL, no_override, "final"},
		{CHECK_OVERRIDE, "e1000e", "vfio-pci", NULL, "unknown"},
		{CHECK_OVERRIDE, "vfio-pci", "e1000e", plain_native, "none"},
		{CHECK_OVERRIDE, "vfio-pci", NULL, override_to_put_back, "final"},
	};

	SCENE_CHECK(rows);
}

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
	static const struct scene_row rows[] = {
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

	SCENE_CHECK(rows);
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
	static const struct scene_row rows[] = {
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", loadable, "pass"},
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_another, "refuse",
		 "give a driver to 0000:02:00.0 as well"},
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_it_itself, "pass"},
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", takes_unknown, "unknown"},
		{CHECK_MODULE_TAKES_OTHERS, NULL, "vfio-pci", both_drivers, "none"},
	};

	SCENE_CHECK(rows);
}

/* The remedy where the device is to go to a driver of that name, which is nowhere. */
static const char *remedy_for(struct scene *scene, const char *word)
{
	scene_start(scene, "e1000e", word);
	driver(scene, "e1000e");
	scene_sibling(scene, "0000:01:00.1", "snd_hda_intel");
	build_driver(scene->build, "pci", word)->modules_known = true;
	scene_ask(scene, NULL);
	return scene_find(scene, CHECK_DRIVER)->finding.remedy;
}

static void a_driver_with_a_typing_mistake_has_the_nearest_as_remedy(void **state)
{
	static const struct {
		const char *word, *remedy;
	} cases[] = {
		{"vfio-pc", "Did you mean vfio-pci?"},
		{"snd_had_intel", "Did you mean snd_hda_intel?"},
		{"e1000", "Did you mean e1000e?"},
		{"nono", "Did you mean none?"},
		{"virtio-fs", "lists the registered drivers"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;

		assert_non_null(strstr(remedy_for(&scene, cases[i].word), cases[i].remedy));
		scene_end(&scene);
	}
}

UNIT(will_work_drivers)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_driver_that_lets_nothing_go_is_refused),
		cmocka_unit_test(a_driver_must_exist_or_be_loadable),
		cmocka_unit_test(a_driver_with_a_typing_mistake_has_the_nearest_as_remedy),
		cmocka_unit_test(a_driver_must_be_one_for_the_device),
		cmocka_unit_test(an_override_is_needed_where_it_is_written),
		cmocka_unit_test(the_settings_of_modprobe_d_are_reported),
		cmocka_unit_test(other_devices_that_a_module_takes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
