/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/scene.h"

#include <string.h>

void scene_start(struct scene *scene, const char *now, const char *next)
{
	*scene = (struct scene){.build = build_new(), .arena = arena_new()};
	build_machine(scene->build)->kernel = "6.12.0";
	build_iommu(scene->build, "dmar0")->identity = "0xfed90000";
	scene->group = build_group(scene->build, 7);
	scene->group->type = "DMA";
	scene->device =
		build_device(scene->build, "pci", "0000:01:00.0", "/sys/devices/pci0/0000:01:00.0");
	scene->device->group = scene->group;
	scene->device->iommu = build_find_iommu(scene->build, "dmar0");
	scene->device->driver = now;
	scene->device->driver_known = true;
	scene->device->state = now ? DEVICE_BOUND : DEVICE_UNBOUND;
	scene->device->vendor_id = 0x8086;
	scene->device->device_id = 0x10d3;
	scene->device->class = 0x020000;
	scene->traits = build_traits(scene->build, scene->device);
	scene->host = build_vfio_host(scene->build);
	scene->moves[0] = (struct move){.device = scene->device, .driver = next, .override = next};
	scene->handover.verb = "rebind";
	scene->handover.move_count = 1;
}

struct device *scene_sibling(struct scene *scene, const char *name, const char *driver)
{
	struct device *device =
		build_device(scene->build, "pci", name,
			     arena_printf(scene->arena, "/sys/devices/pci0/%s", name));

	device->group = scene->group;
	device->driver = driver;
	device->driver_known = true;
	return device;
}

void scene_move(struct scene *scene, const struct device *device, const char *next)
{
	assert_true(scene->handover.move_count < SCENE_MOVES_MAX);
	scene->moves[scene->handover.move_count++] = (struct move){
		.device = device, .driver = next, .override = next, .taken_along = true};
}

/* Keep only the answers of one function. */
static void filter_checks(struct checks *checks, void (*question)(struct checking *))
{
	size_t kept = 0;

	for (size_t i = 0; i < checks->count; i++)
		if (check_kinds[checks->items[i].id].ask == question)
			checks->items[kept++] = checks->items[i];
	checks->count = kept;
}

void scene_ask(struct scene *scene, void (*question)(struct checking *))
{
	build_source(scene->build, "iommu_class",
		     scene->iommus_denied ? SOURCE_DENIED : SOURCE_READ, NULL);
	scene->system = build_seal(scene->build, FACT_IOMMUS | FACT_STREAMS);
	scene->handover.system = scene->system;
	scene->handover.moves = scene->moves;
	scene->checks = checks_run(&scene->handover, scene->arena);
	if (question)
		filter_checks(&scene->checks, question);
}

const struct check *scene_find(const struct scene *scene, enum check_id id)
{
	for (size_t i = 0; i < scene->checks.count; i++)
		if (scene->checks.items[i].id == id)
			return &scene->checks.items[i];
	return NULL;
}

void scene_end(struct scene *scene)
{
	if (!scene->system)
		build_free(scene->build);
	system_free(scene->system);
	arena_free(scene->arena);
}

const char *answer_word(const struct check *check)
{
	if (!check)
		return "none";
	/* Check that every message is a sentence, and has evidence or a remedy. */
	assert_true(strlen(check->finding.message) > 8);
	assert_string_equal(code_kinds[check->finding.code].word, check_kinds[check->id].name);
	assert_true(check->finding.severity <= code_kinds[check->finding.code].severity);
	if (check->level == CHECK_REFUSE)
		assert_true(check->finding.evidence || check->finding.remedy);
	if (check->unknown)
		return check->level == CHECK_REFUSE ? "unknown" : "unknown warning";
	if (check->level == CHECK_REFUSE && !check_is_waivable(check))
		return "final";
	return check_level_name(check->level);
}

void scene_check_row(const struct scene_row *row)
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
