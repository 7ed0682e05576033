/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which driver could take a device that has none: modules and built-in code that claim its
 * modalias, and the driver that its driver_override names.
 */
#include "base/text.h"
#include "sources/modules/modules.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The devices of interest and, at the same index, what is asked about each. */
struct questions {
	struct reading *reading;
	struct probing **subjects;
	struct module_query *queries;
	size_t count;
};

static void check_override(struct reading *reading, const struct device *device,
			   struct probing *probing)
{
	char path[PATH_SIZE];

	if (!device->driver_override || strchr(device->driver_override, '/'))
		return;
	snprintf(path, sizeof(path), "/sys/bus/%s/drivers/%s", device->bus,
		 device->driver_override);
	probing->override_exists = root_has(reading->root, path) > 0;
}

static struct questions collect(struct reading *reading, struct arena *scratch)
{
	size_t most = build_device_count(reading->build);
	struct questions questions = {
		.reading = reading,
		.subjects = arena_array(scratch, most, sizeof(struct probing *)),
		.queries = arena_array(scratch, most, sizeof(struct module_query)),
	};

	for (size_t i = 0; i < most; i++) {
		const struct device *device = build_device_at(reading->build, i);
		struct probing *probing = (struct probing *)device->probing;

		if (!probing || device->driver)
			continue;
		probing->modalias =
			modules_modalias(reading->root, build_arena(reading->build), device->path);
		check_override(reading, device, probing);
		if (!probing->modalias)
			continue;
		questions.subjects[questions.count] = probing;
		questions.queries[questions.count++].alias = probing->modalias;
	}
	return questions;
}

static void take_answers(const struct questions *questions)
{
	for (size_t i = 0; i < questions->count; i++) {
		questions->subjects[i]->modules = questions->queries[i].modules;
		questions->subjects[i]->module_count = questions->queries[i].count;
		questions->subjects[i]->modules_known = true;
	}
}

/*
 * The index of modules does not list what built-in drivers match (only modinfo that is kept, which
 * device tables are not). For IOMMUs that matter most we know their drivers' names, and sysfs
 * whether these are registered (drivers/iommu/arm: arm_smmu_of_match).
 */
static const struct {
	const char *claim, *driver;
} known_drivers[] = {
	{"Carm,smmu-v3", "arm-smmu-v3"},   {"Carm,smmu-v1", "arm-smmu"},
	{"Carm,smmu-v2", "arm-smmu"},	   {"Carm,mmu-400", "arm-smmu"},
	{"Carm,mmu-401", "arm-smmu"},	   {"Carm,mmu-500", "arm-smmu"},
	{"Cqcom,smmu-v2", "arm-smmu"},	   {"Cnvidia,smmu-500", "arm-smmu"},
	{"Ccavium,smmu-v2", "arm-smmu"},   {"platform:arm-smmu-v3", "arm-smmu-v3"},
	{"platform:arm-smmu", "arm-smmu"},
};

/* "of:NsmmuT(null)Carm,smmu-v3Cother": a compatible ends where the next one begins. */
static bool claims(const char *modalias, const char *claim)
{
	const char *at = strstr(modalias, claim);
	const char *next = at ? at + strlen(claim) : "x";

	return *next == '\0' || *next == 'C';
}

static void add_registered(struct reading *reading, struct probing *probing)
{
	struct module *module;
	char path[PATH_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(known_drivers) && !probing->module_count; i++) {
		snprintf(path, sizeof(path), "/sys/bus/platform/drivers/%s",
			 known_drivers[i].driver);
		if (!claims(probing->modalias, known_drivers[i].claim) ||
		    root_has(reading->root, path) <= 0)
			continue;
		module = arena_alloc(build_arena(reading->build), sizeof(*module));
		*module = (struct module){.name = known_drivers[i].driver, .state = MODULE_BUILTIN};
		probing->modules = module;
		probing->module_count = 1;
	}
}

int source_drivers(struct reading *reading, struct error *e)
{
	const char *release = build_machine(reading->build)->kernel;
	_autoarena_ struct arena *scratch = arena_new();
	struct questions questions;
	struct error why = {0};
	int result;

	if (!reading_wants(reading, FACT_SUPPLIERS)) {
		build_source(reading->build, "modules", SOURCE_SKIPPED, NULL);
		return 0;
	}
	questions = collect(reading, scratch);
	result = release ? modules_look_up(reading->root, release, build_arena(reading->build),
					   questions.queries, questions.count, &why)
			 : -ENOENT;
	if (result == 0)
		take_answers(&questions);
	for (size_t i = 0; i < questions.count; i++)
		add_registered(reading, questions.subjects[i]);
	if (result == 0) {
		build_source(reading->build, "modules", SOURCE_READ, NULL);
	} else if (why.code) {
		build_source(reading->build, "modules",
			     result == -ENOENT ? SOURCE_ABSENT : SOURCE_MALFORMED, "%s",
			     why.message);
	} else {
		build_source_errno(reading->build, "modules", result, "/lib/modules");
	}
	return 0;
}
