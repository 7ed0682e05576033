/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/labels.h"

#include "base/answer.h"
#include "model/pci.h"

#include <stdlib.h>
#include <string.h>

/* A model of PCI device, and how many of it there are. */
struct model {
	int vendor, device;
	size_t can_go, given;
};

static int compare_models(const void *one, const void *other)
{
	const struct model *a = one, *b = other;

	return a->vendor != b->vendor ? a->vendor - b->vendor : a->device - b->device;
}

static bool is_free_to_go(enum hand_over_verdict verdict)
{
	return verdict == HAND_OVER_ALONE || verdict == HAND_OVER_WITH_OTHERS;
}

/* One model for each device that a VFIO user can have or has; unsorted. */
static size_t list_models(const struct briefing *briefing, const struct hand_overs *overs,
			  struct model *models)
{
	size_t count = 0;

	for (size_t i = 0; i < briefing->system->device_count; i++) {
		const struct device *device = briefing->system->devices[i];
		enum hand_over_verdict verdict = hand_over_of(overs, device).verdict;
		bool goes = is_free_to_go(verdict);

		if (device->vendor_id >= 0 && (goes || verdict == HAND_OVER_GIVEN))
			models[count++] =
				(struct model){device->vendor_id, device->device_id, goes, !goes};
	}
	return count;
}

/* The number of groups with a member that can go. */
static size_t count_groups(const struct briefing *briefing, const struct hand_overs *overs)
{
	size_t count = 0;

	for (size_t i = 0; i < briefing->system->group_count; i++) {
		const struct group *group = briefing->system->groups[i];
		bool found = false;

		for (size_t j = 0; j < group->device_count && !found; j++)
			found = is_free_to_go(hand_over_of(overs, group->devices[j]).verdict);
		count += found;
	}
	return count;
}

static void put_model(const struct briefing *briefing, const char *what, const struct model *model,
		      size_t count)
{
	if (count)
		fprintf(briefing->out, "iommu.%s.%04x-%04x=%zu\n", what, (unsigned)model->vendor,
			(unsigned)model->device, count);
}

static void put_models(const struct briefing *briefing, const struct hand_overs *overs)
{
	struct model *models =
		arena_array(briefing->arena, briefing->system->device_count + 1, sizeof(*models));
	size_t count = list_models(briefing, overs, models);

	if (count)
		qsort(models, count, sizeof(*models), compare_models);
	for (size_t i = 0, next; i < count; i = next) {
		struct model sum = models[i];

		for (next = i + 1; next < count && compare_models(&models[i], &models[next]) == 0;
		     next++) {
			sum.can_go += models[next].can_go;
			sum.given += models[next].given;
		}
		put_model(briefing, "hand-over", &sum, sum.can_go);
		put_model(briefing, "vfio", &sum, sum.given);
	}
}

/* The worst severity of each code that was found; notes need no action, and get no label. */
static void put_findings_labels(const struct briefing *briefing)
{
	enum severity worst[CODE_COUNT] = {SEVERITY_NOTE};

	for (size_t i = 0; i < briefing->findings->count; i++) {
		const struct finding *finding = &briefing->findings->items[i];

		if (finding->severity > worst[finding->code])
			worst[finding->code] = finding->severity;
	}
	for (size_t code = 0; code < CODE_COUNT; code++)
		if (worst[code] > SEVERITY_NOTE)
			fprintf(briefing->out, "iommu.finding.%s=%s\n", code_kinds[code].word,
				severity_name(worst[code]));
}

static void put_unread(const struct briefing *briefing, const struct source *source)
{
	if (source_is_unread(source))
		fprintf(briefing->out, "iommu.unread.%s=%s\n", source->name,
			source_state_name(source->state));
}

void labels_put(const struct briefing *briefing)
{
	const struct system *system = briefing->system;
	const struct source *groups = system_source(system, "iommu_groups");
	struct hand_overs *overs = hand_overs_new(system);

	if (system->machine.iommu != USAGE_UNKNOWN)
		fprintf(briefing->out, "iommu.enabled=%s\n",
			system->machine.iommu == USAGE_ENABLED ? "true" : "false");
	if (groups && !source_is_unread(groups))
		fprintf(briefing->out, "iommu.groups=%zu\niommu.hand-over.groups=%zu\n",
			system->group_count, count_groups(briefing, overs));
	put_models(briefing, overs);
	hand_overs_free(overs);
	put_findings_labels(briefing);
	if (briefing->unfinished)
		fputs("iommu.finding.transaction_unfinished=alarm\n", briefing->out);
	for (size_t i = 0; i < system->source_count; i++)
		put_unread(briefing, &system->sources[i]);
	put_unread(briefing, briefing->journal);
}
