/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decode a DMAR and search for the devices that its scopes name, and for their neighbours. */
#include "firmware/dmar.h"
#include "fuzz/fuzz.h"

enum {
	DEPTH_MAX = 128,
};

static void find_path(const struct dmar *dmar, const struct pci_path *path)
{
	const struct dmar_unit *unit = dmar_find_unit(dmar, path);

	if (unit && unit->segment != path->segment)
		abort();
}

/* Search for the device that a scope names, a device below it, and its neighbour. */
static void find_scope(const struct dmar *dmar, uint16_t segment, const struct dmar_scope *scope)
{
	struct pci_hop hops[DEPTH_MAX + 1] = {{.bus = scope->bus}};
	struct pci_path path = {.segment = segment, .hops = hops};

	for (; path.depth < scope->depth; path.depth++) {
		hops[path.depth].bus = (uint8_t)(scope->bus + path.depth);
		hops[path.depth].device = scope->path[path.depth].device;
		hops[path.depth].function = scope->path[path.depth].function;
	}
	path.depth += !path.depth;
	find_path(dmar, &path);
	hops[path.depth].bus = (uint8_t)(scope->bus + path.depth);
	path.depth++;
	find_path(dmar, &path);
	path.depth--;
	hops[path.depth - 1].function ^= 1;
	find_path(dmar, &path);
	path.segment += 0x10000;
	if (dmar_find_unit(dmar, &path))
		abort();
}

static void find_scopes(const struct dmar *dmar, uint16_t segment, const struct dmar_scopes *scopes)
{
	for (size_t i = 0; i < scopes->count && i < 16; i++)
		find_scope(dmar, segment, &scopes->list[i]);
}

static void attempt(const uint8_t *data, size_t size)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	uint16_t source;
	struct dmar dmar;

	if (dmar_parse(data, size, arena, &dmar, &error) < 0) {
		if (error.code != ERROR_MALFORMED || !*error.message)
			abort();
		return;
	}
	for (size_t i = 0; i < dmar.unit_count && i < 64; i++)
		find_scopes(&dmar, dmar.units[i]->segment, &dmar.units[i]->scopes);
	for (size_t i = 0; i < dmar.memory_count && i < 64; i++)
		find_scopes(&dmar, dmar.memory[i].segment, &dmar.memory[i].scopes);
	for (size_t i = 0; i < dmar.named_count && i < 64; i++)
		dmar_find_named(&dmar, dmar.named[i].path, &source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_try(data, size, "DMAR", attempt);
	return 0;
}
