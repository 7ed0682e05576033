/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a move that ask about the machine: each of their answers. */
#include "checks/check_functions.h"
#include "support/scene.h"

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
	static const struct scene_row rows[] = {
		{CHECK_CONTAINER, "e1000e", NULL, on_the_host, "pass"},
		{CHECK_CONTAINER, "e1000e", NULL, in_container, "refuse", "in a container"},
		{CHECK_CONTAINER, "e1000e", NULL, NULL, "unknown"},
		{CHECK_CONTAINER, "e1000e", NULL, nobody_looked_at_the_host, "unknown"},
	};

	SCENE_CHECK(rows);
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
	static const struct scene_row rows[] = {
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", isolated, "pass"},
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", not_isolated_nor_allowed, "refuse",
		 "does not open"},
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", not_isolated_and_allowed, "warning"},
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", not_isolated, "unknown"},
		{CHECK_INTERRUPTS, "e1000e", "vfio-pci", NULL, "unknown warning"},
		{CHECK_INTERRUPTS, "vfio-pci", "e1000e", not_isolated, "none"},
	};

	SCENE_CHECK(rows);
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
	static const struct scene_row rows[] = {
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", little_memory, "warning", "8192 KiB"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", much_memory, "pass"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", NULL, "pass"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", nobody_looked_at_the_host, "unknown warning"},
		{CHECK_MEMLOCK, "vfio-pci", "e1000e", little_memory, "none"},
	};

	SCENE_CHECK(rows);
}

static struct owner alice;

static void given_away(struct scene *scene)
{
	alice = (struct owner){.words = "alice", .uid = 1000, .has_udev = ANSWER_YES};
	scene->handover.owner = &alice;
}

static void given_without_udev(struct scene *scene)
{
	given_away(scene);
	alice.has_udev = ANSWER_NO;
}

static void given_and_udev_unread(struct scene *scene)
{
	given_away(scene);
	alice.has_udev = ANSWER_UNKNOWN;
}

static void without_a_limit(struct scene *scene)
{
	given_away(scene);
	alice.memlock = MEMLOCK_UNLIMITED;
}

static void without_a_line(struct scene *scene)
{
	given_away(scene);
	alice.memlock = MEMLOCK_UNSET;
}

static void nodes_are_given_by_udev_to_a_user_with_memory(void **state)
{
	static const struct scene_row rows[] = {
		{CHECK_OWNER, "e1000e", "vfio-pci", NULL, "none"},
		{CHECK_OWNER, "e1000e", "vfio-pci", given_away, "pass", "alice"},
		{CHECK_OWNER, "e1000e", "vfio-pci", given_without_udev, "final", "udev does not"},
		{CHECK_OWNER, "e1000e", "vfio-pci", given_and_udev_unread, "unknown"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", given_away, "warning", "alice may lock only"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", without_a_line, "warning", "no line sets"},
		{CHECK_MEMLOCK, "e1000e", "vfio-pci", without_a_limit, "pass", "alice"},
	};

	SCENE_CHECK(rows);
}

UNIT(will_work_machine)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_container_is_refused),
		cmocka_unit_test(interrupts_must_be_isolated_or_the_danger_allowed),
		cmocka_unit_test(a_low_limit_of_locked_memory_is_warned_of),
		cmocka_unit_test(nodes_are_given_by_udev_to_a_user_with_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
