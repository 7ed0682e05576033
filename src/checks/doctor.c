/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/doctor.h"

#include "checks/deferral.h"
#include "checks/doctor_rules.h"
#include "checks/faults.h"
#include "checks/streams.h"
#include "checks/usage.h"

#include <stdlib.h>
#include <string.h>

bool concerns(const struct examination *examination, const struct device *device)
{
	return !examination->chosen || examination->chosen[device->index];
}

void concerned_add(struct concerned *concerned, struct arena *arena, const char *label)
{
	concerned->labels = arena_grow(arena, concerned->labels, concerned->count, &concerned->room,
				       sizeof(*concerned->labels));
	concerned->labels[concerned->count++] = label;
}

void examination_add(struct examination *examination, struct finding finding,
		     const struct concerned *concerned)
{
	if (concerned) {
		finding.devices = concerned->labels;
		finding.device_count = concerned->count;
	}
	if (examination->chosen && !finding.device_count)
		return;
	if (finding.device_count == 1 && !finding.subject)
		finding.subject = finding.devices[0];
	findings_add(&examination->findings, examination->arena, finding);
}

static void add_findings_of(struct examination *examination, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		findings_add(&examination->findings, examination->arena, findings->items[i]);
}

static int compare_if_there(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) : !!one - !!other;
}

/* True where only the device differs. */
static int compare_statements(const struct finding *one, const struct finding *other)
{
	int order = (int)one->code - (int)other->code;

	if (!order)
		order = (int)one->severity - (int)other->severity;
	if (!order)
		order = compare_if_there(one->message, other->message);
	return order ? order : compare_if_there(one->remedy, other->remedy);
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *one = *(const struct finding *const *)a;
	const struct finding *other = *(const struct finding *const *)b;
	int order = compare_statements(one, other);

	return order ? order : (one > other) - (one < other);
}

/* True for a finding whose subject is its only device. */
static bool is_about_one(const struct finding *finding)
{
	return finding->device_count == 1 && finding->subject &&
	       strcmp(finding->subject, finding->devices[0]) == 0;
}

/* Let the first of @count equal statements name all their devices; drop the others. */
static void merge_statements(struct finding *const *same, size_t count, struct arena *arena)
{
	struct concerned concerned = {0};

	for (size_t i = 0; i < count; i++) {
		concerned_add(&concerned, arena, same[i]->devices[0]);
		if (i)
			same[i]->code = CODE_NONE;
	}
	if (count < 2)
		return;
	same[0]->subject = NULL;
	same[0]->devices = concerned.labels;
	same[0]->device_count = concerned.count;
}

static void drop_merged(struct findings *findings)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].code != CODE_NONE)
			findings->items[kept++] = findings->items[i];
	findings->count = kept;
}

/* One statement about several devices is one finding. */
static void merge_devices(struct findings *findings, struct arena *arena)
{
	_autofree_ struct finding **sorted = calloc(findings->count + 1, sizeof(*sorted));
	size_t count = 0, next;

	if (!sorted)
		memory_exhausted();
	for (size_t i = 0; i < findings->count; i++)
		if (is_about_one(&findings->items[i]))
			sorted[count++] = &findings->items[i];
	qsort(sorted, count, sizeof(*sorted), compare_findings);
	for (size_t i = 0; i < count; i = next) {
		for (next = i + 1;
		     next < count && compare_statements(sorted[i], sorted[next]) == 0;)
			next++;
		merge_statements(sorted + i, next - i, arena);
	}
	drop_merged(findings);
}

/* A device that a finding names, and the code of the finding. */
struct explained {
	const char *device;
	enum finding_code code;
};

static int compare_explained(const void *a, const void *b)
{
	const struct explained *one = a, *other = b;
	int order = strcmp(one->device, other->device);

	return order ? order : (int)one->code - (int)other->code;
}

/* The devices of the findings so far, sorted; in @arena. */
static struct explained *list_explained(const struct examination *examination, size_t *ret_count)
{
	const struct findings *findings = &examination->findings;
	struct explained *list;
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->items[i].device_count;
	list = arena_array(examination->arena, count + 1, sizeof(*list));
	count = 0;
	for (size_t i = 0; i < findings->count; i++)
		for (size_t j = 0; j < findings->items[i].device_count; j++)
			list[count++] = (struct explained){findings->items[i].devices[j],
							   findings->items[i].code};
	qsort(list, count, sizeof(*list), compare_explained);
	*ret_count = count;
	return list;
}

static bool is_listed(const struct explained *list, size_t count, const char *device,
		      enum finding_code code)
{
	struct explained key = {device, code};

	return bsearch(&key, list, count, sizeof(*list), compare_explained);
}

/*
 * True where the root cause of a device's state is the same thing: its stream, or the IOMMU that
 * its stream leads to.
 */
static bool is_explained(const struct explained *list, size_t count, const struct finding *finding)
{
	bool leads_nowhere =
		finding->code == CODE_STREAM_UNUSABLE || finding->code == CODE_STREAM_UNKNOWN;

	for (size_t i = 0; i < finding->device_count; i++) {
		const char *device = finding->devices[i];

		if (is_listed(list, count, device, finding->code) ||
		    (leads_nowhere && (is_listed(list, count, device, CODE_IOMMU_DISABLED) ||
				       is_listed(list, count, device, CODE_STREAM_UNUSABLE))))
			return true;
	}
	return false;
}

void doctor_deferral(struct examination *examination)
{
	struct deferrals found =
		deferrals(examination->system, examination->chosen, examination->arena);
	struct findings findings = deferrals_findings(&found, examination->arena);

	examination->causes = findings.count;
	add_findings_of(examination, &findings);
}

void doctor_streams(struct examination *examination)
{
	const struct overlap *overlaps = streams_overlaps(examination->system, examination->arena);
	struct findings findings = streams_findings(examination->system, overlaps,
						    examination->chosen, examination->arena);
	size_t count;
	const struct explained *list = list_explained(examination, &count);

	/* A statement that is explained for one device is explained for all. */
	merge_devices(&findings, examination->arena);
	for (size_t i = 0; i < findings.count; i++)
		if (!is_explained(list, count, &findings.items[i]))
			findings_add(&examination->findings, examination->arena, findings.items[i]);
}

/* That devices wait, or run without their IOMMU, has been said by the rule before, with the cause.
 */
static bool repeats_causes(const struct examination *examination, const struct finding *advice)
{
	return examination->causes &&
	       (advice->code == CODE_NO_GROUPS_YET || advice->code == CODE_NO_GROUPS_IOMMU_UNUSED);
}

void doctor_usage(struct examination *examination)
{
	struct finding advice;

	if (examination->system->group_count)
		return;
	advice = usage_advice(examination->system, examination->arena);
	if (!repeats_causes(examination, &advice))
		examination_add(examination, advice, NULL);
}

void doctor_faults(struct examination *examination)
{
	struct fault_entries entries =
		fault_entries(examination->system, examination->chosen, examination->arena);
	struct findings findings = faults_findings(&entries, examination->arena);

	add_findings_of(examination, &findings);
}

struct findings doctor_findings(const struct system *system, const bool *chosen,
				struct arena *arena)
{
	static void (*const rules[])(struct examination *) = {
#define DOCTOR_RULE_ASKED(name) doctor_##name,
		DOCTOR_RULES(DOCTOR_RULE_ASKED)
#undef DOCTOR_RULE_ASKED
	};
	struct examination examination = {.system = system, .chosen = chosen, .arena = arena};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		rules[i](&examination);
	merge_devices(&examination.findings, arena);
	findings_sort(&examination.findings);
	return examination.findings;
}

const struct source *doctor_blind(const struct system *system)
{
	for (size_t i = 0; i < system->source_count; i++)
		if (source_is_unread(&system->sources[i]))
			return &system->sources[i];
	return NULL;
}
