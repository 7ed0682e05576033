/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/faults.h"

#include "base/text.h"
#include "checks/fault_meaning.h"
#include "checks/unread.h"
#include "model/fault_index.h"
#include "model/pasted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The devices of a fault while they are searched. */
struct fault_search {
	struct fault_entry *entry;
	struct arena *arena;
	size_t room;
};

static void add_fault_device(void *context, const struct device *device)
{
	struct fault_search *search = context;
	struct fault_entry *entry = search->entry;

	entry->devices = arena_grow(search->arena, entry->devices, entry->device_count,
				    &search->room, sizeof(const struct device *));
	entry->devices[entry->device_count++] = device;
}

static void add_device_of_stream(void *context, const struct stream *stream)
{
	if (stream->device)
		add_fault_device(context, stream->device);
}

static int compare_device_order(const void *a, const void *b)
{
	const struct device *const *one = a, *const *other = b;

	return (*one)->index < (*other)->index ? -1 : (*one)->index > (*other)->index;
}

/* A device that was found more than once is kept once. */
static void settle_devices(struct fault_entry *entry, enum fault_link link)
{
	size_t kept = 0;

	if (!entry->device_count)
		return;
	entry->link = link;
	qsort(entry->devices, entry->device_count, sizeof(const struct device *),
	      compare_device_order);
	for (size_t i = 0; i < entry->device_count; i++)
		if (!kept || entry->devices[kept - 1] != entry->devices[i])
			entry->devices[kept++] = entry->devices[i];
	entry->device_count = kept;
}

static void find_fault_devices(struct fault_entry *entry, const struct fault_index *index,
			       struct arena *arena)
{
	struct fault_search search = {.entry = entry, .arena = arena};

	fault_index_named(index, entry->fault, add_fault_device, &search);
	settle_devices(entry, FAULT_BY_NAME);
	if (entry->device_count)
		return;
	fault_index_streams(index, entry->fault, add_device_of_stream, &search);
	settle_devices(entry, FAULT_BY_STREAM);
	if (entry->device_count)
		return;
	fault_index_aliases(index, entry->fault, add_fault_device, &search);
	settle_devices(entry, FAULT_BY_ALIAS);
}

/* The IOMMU that the line names; else that of the only device. */
static void find_fault_iommu(struct fault_entry *entry, const struct system *system)
{
	const char *name = entry->fault->iommu;

	for (size_t i = 0; *name && i < system->iommu_count && !entry->iommu; i++)
		if (iommu_is_called(system->iommus[i], name, strlen(name)))
			entry->iommu = system->iommus[i];
	if (!*name && entry->device)
		entry->iommu = entry->device->iommu;
	entry->iommu_name = entry->iommu ? entry->iommu->name : *name ? name : NULL;
}

static void find_fault_group(struct fault_entry *entry)
{
	for (size_t i = 0; i < entry->device_count; i++) {
		if (i && entry->devices[i]->group != entry->group) {
			entry->group = NULL;
			return;
		}
		entry->group = entry->devices[i]->group;
	}
}

static const char *name_unlinked(const struct fault_entry *entry, struct arena *arena)
{
	const struct fault *fault = entry->fault;

	if (*fault->device)
		return fault->device;
	if (fault->stream >= 0)
		return arena_printf(arena, "stream 0x%" PRIx64 "%s%s", (uint64_t)fault->stream,
				    entry->iommu_name ? " of " : "",
				    entry->iommu_name ? entry->iommu_name : "");
	return entry->iommu_name		       ? entry->iommu_name
	       : iommu_traits(fault->iommu_kind)->name ? iommu_traits(fault->iommu_kind)->name
						       : "an IOMMU";
}

static const char *name_subject(const struct fault_entry *entry, struct arena *arena)
{
	if (!entry->device_count)
		return name_unlinked(entry, arena);
	if (entry->device_count == 1)
		return entry->devices[0]->label;
	if (entry->device_count == 2)
		return arena_printf(arena, "%s or %s", entry->devices[0]->label,
				    entry->devices[1]->label);
	return arena_printf(arena, "%s or %zu others", entry->devices[0]->label,
			    entry->device_count - 1);
}

static const struct fault_index *index_system(const struct system *system, struct arena *arena)
{
	return fault_index_new(system->devices, system->device_count, system->streams,
			       system->stream_count, arena);
}

static struct fault_entry new_entry(const struct system *system, const struct fault_index *index,
				    const struct fault *fault, struct arena *arena)
{
	struct fault_entry entry = {.fault = fault};

	find_fault_devices(&entry, index, arena);
	entry.device = entry.device_count == 1 ? entry.devices[0] : NULL;
	find_fault_iommu(&entry, system);
	find_fault_group(&entry);
	entry.subject = name_subject(&entry, arena);
	entry.place = fault_place(&entry, arena);
	entry.meaning = fault_cause(&entry, arena);
	entry.remedy = fault_remedy(&entry, arena);
	return entry;
}

struct fault_entry fault_entry_of(const struct system *system, const struct fault *fault,
				  struct arena *arena)
{
	_autoarena_ struct arena *scratch = arena_new();

	return new_entry(system, index_system(system, scratch), fault, arena);
}

struct fault_entries fault_entries_of(const struct system *system, const struct fault *faults,
				      size_t count, struct arena *arena)
{
	struct fault_entries all = {.items = arena_array(arena, count + 1, sizeof(*all.items))};
	_autoarena_ struct arena *scratch = arena_new();
	const struct fault_index *index = index_system(system, scratch);

	for (; all.count < count; all.count++) {
		all.items[all.count] = new_entry(system, index, &faults[all.count], arena);
		all.unlinked += !all.items[all.count].device_count;
	}
	return all;
}

bool fault_entry_is_chosen(const struct fault_entry *entry, const bool *chosen)
{
	for (size_t i = 0; chosen && i < entry->device_count; i++)
		if (chosen[entry->devices[i]->index])
			return true;
	return !chosen;
}

struct fault_entries fault_entries(const struct system *system, const bool *chosen,
				   struct arena *arena)
{
	struct fault_entries all = {
		.items = arena_array(arena, system->fault_count, sizeof(*all.items))};
	_autoarena_ struct arena *scratch = NULL;
	const struct fault_index *index;

	if (!system->fault_count)
		return all;
	scratch = arena_new();
	index = index_system(system, scratch);
	for (size_t i = 0; i < system->fault_count; i++) {
		all.items[all.count] = new_entry(system, index, system->faults[i], arena);
		all.unlinked += !all.items[all.count].device_count;
		all.count += fault_entry_is_chosen(&all.items[all.count], chosen);
	}
	return all;
}

static enum severity severity_of_fault(const struct fault_entry *entry)
{
	return code_kinds[fault_code(entry->fault->kind)].severity;
}

struct findings faults_findings(const struct fault_entries *entries, struct arena *arena)
{
	struct findings findings = {0};

	for (size_t i = 0; i < entries->count; i++) {
		const struct fault_entry *entry = &entries->items[i];
		const char **names = arena_array(arena, entry->device_count, sizeof(*names));

		for (size_t j = 0; j < entry->device_count; j++)
			names[j] = entry->devices[j]->label;
		findings_add(&findings, arena,
			     (struct finding){
				     .code = fault_code(entry->fault->kind),
				     .severity = severity_of_fault(entry),
				     .subject = entry->subject,
				     .message = fault_sentence(entry, arena),
				     .evidence = entry->fault->line,
				     .remedy = entry->remedy,
				     .devices = names,
				     .device_count = entry->device_count,
			     });
	}
	findings_sort(&findings);
	return findings;
}

/* Unlike a firmware table that is absent, a log that is absent may have had a fault. */
const struct source *faults_blind(const struct system *system, const struct fault_entries *entries,
				  const bool *chosen)
{
	static const char *const needed[] = {"bus_devices", "iommu_class", "streams"};
	const struct source *log = system_source(system, "log"), *unread;

	if (log && log->state != SOURCE_READ)
		return log;
	if (!chosen || !entries->unlinked)
		return NULL;
	unread = source_unread(system, needed, ARRAY_SIZE(needed));
	return unread ? unread : log;
}
