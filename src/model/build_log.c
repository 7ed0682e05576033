/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of build.h about the kernel log: its lines, and the IOMMU faults in it. */
#include "model/build_parts.h"
#include "model/remark_index.h"

void build_remark(struct build *build, struct remark remark)
{
	struct remark *copy = arena_alloc(build->arena, sizeof(*copy));

	*copy = remark;
	copy->sequence = build->remarks.count;
	list_add(&build->remarks, copy);
}

void build_fault(struct build *build, const struct fault *fault)
{
	struct fault *copy = arena_alloc(build->arena, sizeof(*copy));

	*copy = *fault;
	list_add(&build->faults, copy);
}

size_t build_fault_count(const struct build *build)
{
	return build->faults.count;
}

size_t build_remark_count(const struct build *build)
{
	return build->remarks.count;
}

const struct remark *build_remark_at(const struct build *build, size_t index)
{
	return build->remarks.items[index];
}

bool build_remark_any(const struct build *build, enum remark_kind kind)
{
	for (size_t i = 0; i < build->remarks.count; i++)
		if (build_remark_at(build, i)->kind == kind)
			return true;
	return false;
}

/* All lines are added before the first one is searched for, so they are sorted once. */
const struct remark *const *build_sorted_remarks(struct build *build)
{
	const struct remark **sorted;

	if (build->sorted_remarks && build->sorted_remark_count == build->remarks.count)
		return build->sorted_remarks;
	sorted = arena_array(build->arena, build->remarks.count, sizeof(*sorted));
	for (size_t i = 0; i < build->remarks.count; i++)
		sorted[i] = build->remarks.items[i];
	remark_index_sort(sorted, build->remarks.count);
	build->sorted_remarks = sorted;
	build->sorted_remark_count = build->remarks.count;
	return sorted;
}

const struct remark *build_remark_find(struct build *build, enum remark_kind kind,
				       const char *device)
{
	return remark_index_find(build_sorted_remarks(build), build->remarks.count, kind, device);
}
