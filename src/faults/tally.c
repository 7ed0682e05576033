/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "faults/tally.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

enum {
	/* Places of the hash table: at most half are used. */
	PLACES = 2 * FAULTS_MAX,
	FIRST_ROOM = 16,
};

/* @places: index of the entry plus 1, 0 for a free place; the last entry has the faults beyond. */
struct fault_tally {
	struct fault *items;
	size_t count, room;
	bool is_full;
	uint16_t places[PLACES];
};

struct fault_tally *fault_tally_new(void)
{
	struct fault_tally *tally = calloc(1, sizeof(*tally));

	if (!tally)
		memory_exhausted();
	return tally;
}

void fault_tally_free(struct fault_tally *tally)
{
	if (tally)
		free(tally->items);
	free(tally);
}

const struct fault *fault_tally_items(const struct fault_tally *tally, size_t *ret_count)
{
	*ret_count = tally->count;
	return tally->items;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3;
	return hash;
}

/* FNV-1a of the members that equal faults have in common. */
static uint64_t hash_fault(const struct fault *fault)
{
	uint64_t hash = 0xcbf29ce484222325;

	hash = hash_bytes(hash, &fault->kind, sizeof(fault->kind));
	hash = hash_bytes(hash, &fault->access, sizeof(fault->access));
	hash = hash_bytes(hash, &fault->iommu_kind, sizeof(fault->iommu_kind));
	hash = hash_bytes(hash, &fault->stream, sizeof(fault->stream));
	hash = hash_bytes(hash, &fault->pasid, sizeof(fault->pasid));
	hash = hash_bytes(hash, fault->iommu, strlen(fault->iommu));
	hash = hash_bytes(hash, fault->device, strlen(fault->device));
	return hash_bytes(hash, fault->reason, strlen(fault->reason));
}

/* Addresses that mean something else than others do: the first page, x86's message interrupts. */
static int address_class(const struct fault *fault)
{
	enum { FIRST_PAGE = 4096, MSI_WINDOW = 0xfee, MSI_SHIFT = 20 };

	if (!fault->has_address)
		return 0;
	if (fault->address < FIRST_PAGE)
		return 1;
	return fault->address >> MSI_SHIFT == MSI_WINDOW ? 2 : 3;
}

static bool same_fault(const struct fault *one, const struct fault *other)
{
	return one->kind == other->kind && one->access == other->access &&
	       one->iommu_kind == other->iommu_kind && one->stream == other->stream &&
	       one->pasid == other->pasid && address_class(one) == address_class(other) &&
	       strcmp(one->iommu, other->iommu) == 0 && strcmp(one->device, other->device) == 0 &&
	       strcmp(one->reason, other->reason) == 0;
}

/* The last fault is kept whole; the first gives its time. */
static void merge_fault(struct fault *into, const struct fault *fault)
{
	struct fault merged = *fault;

	memcpy(merged.first_time, into->first_time, sizeof(merged.first_time));
	merged.count += into->count;
	merged.low = into->low < fault->low ? into->low : fault->low;
	merged.high = into->high > fault->high ? into->high : fault->high;
	*into = merged;
}

static struct fault *append_fault(struct fault_tally *tally, const struct fault *fault)
{
	if (tally->count == tally->room) {
		tally->room = tally->room ? 2 * tally->room : FIRST_ROOM;
		tally->items = realloc(tally->items, tally->room * sizeof(*tally->items));
		if (!tally->items)
			memory_exhausted();
	}
	tally->items[tally->count] = *fault;
	return &tally->items[tally->count++];
}

/* The faults that have no entry of their own. */
static void count_beyond(struct fault_tally *tally, const struct fault *fault)
{
	struct fault beyond = {
		.kind = FAULT_NOT_LOGGED, .stream = -1, .pasid = -1, .count = fault->count};

	snprintf(beyond.reason, sizeof(beyond.reason), "more than %d different faults", FAULTS_MAX);
	memcpy(beyond.first_time, fault->first_time, sizeof(beyond.first_time));
	memcpy(beyond.time, fault->time, sizeof(beyond.time));
	memcpy(beyond.line, fault->line, sizeof(beyond.line));
	if (tally->is_full)
		merge_fault(&tally->items[tally->count - 1], &beyond);
	else
		append_fault(tally, &beyond);
	tally->is_full = true;
}

void fault_tally_add(void *context, const struct fault *fault)
{
	struct fault_tally *tally = context;
	size_t place = hash_fault(fault) % PLACES;

	while (tally->places[place]) {
		struct fault *item = &tally->items[tally->places[place] - 1];

		if (same_fault(item, fault)) {
			merge_fault(item, fault);
			return;
		}
		place = (place + 1) % PLACES;
	}
	if (tally->is_full || tally->count == FAULTS_MAX) {
		count_beyond(tally, fault);
		return;
	}
	append_fault(tally, fault);
	tally->places[place] = (uint16_t)tally->count;
}
