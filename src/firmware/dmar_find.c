/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The searches of dmar.h, by the rules of drivers/iommu/intel. */
#include "firmware/dmar.h"

#include <string.h>
#include <strings.h>

/* True where the scope's path leads to the last of @hops (dmar_match_pci_path). */
static bool leads_to(const struct dmar_scope *scope, const struct pci_hop *hops, size_t depth)
{
	const struct pci_hop *last = &hops[depth - 1];
	bool same = scope->bus == hops[0].bus && scope->depth == depth;

	for (size_t i = 0; same && i < depth; i++)
		same = scope->path[i].device == hops[i].device &&
		       scope->path[i].function == hops[i].function;
	/* Broken firmware writes the device's own bus number in place of the root bus. */
	return same ||
	       (scope->depth == 1 && scope->bus == last->bus &&
		scope->path[0].device == last->device && scope->path[0].function == last->function);
}

/* True where a scope names the device or a bridge above it. */
static bool scope_covers(const struct dmar_scope *scope, const struct pci_path *path)
{
	if (scope->type != DMAR_SCOPE_ENDPOINT && scope->type != DMAR_SCOPE_BRIDGE)
		return false;
	for (size_t depth = 1; depth <= path->depth; depth++)
		/* The kernel refuses endpoint scopes that name a bridge (dmar_insert_dev_scope). */
		if ((depth == path->depth || scope->type == DMAR_SCOPE_BRIDGE) &&
		    leads_to(scope, path->hops, depth))
			return true;
	return false;
}

static bool any_covers(const struct dmar_scopes *scopes, const struct pci_path *path)
{
	for (size_t i = 0; i < scopes->count; i++)
		if (scope_covers(&scopes->list[i], path))
			return true;
	return false;
}

const struct dmar_unit *dmar_find_unit(const struct dmar *dmar, const struct pci_path *path)
{
	for (size_t i = 0; i < dmar->unit_count; i++) {
		const struct dmar_unit *unit = dmar->units[i];

		if (unit->segment == path->segment &&
		    (unit->include_all || any_covers(&unit->scopes, path)))
			return unit;
	}
	return NULL;
}

static bool may_map_for(const struct dmar_memory *memory, const struct dmar_scope *scope,
			const struct pci_path *path)
{
	if (scope->type == DMAR_SCOPE_BRIDGE)
		return true;
	return scope->type == DMAR_SCOPE_ENDPOINT && memory->segment == path->segment &&
	       leads_to(scope, path->hops, path->depth);
}

bool dmar_may_map_direct(const struct dmar *dmar, const struct pci_path *path)
{
	for (size_t i = 0; i < dmar->memory_count; i++)
		for (size_t j = 0; j < dmar->memory[i].scopes.count; j++)
			if (may_map_for(&dmar->memory[i], &dmar->memory[i].scopes.list[j], path))
				return true;
	return false;
}

/* Length of the first name of a path, without the underscores that pad it to four characters. */
static size_t name_length(const char *name)
{
	size_t length = strcspn(name, ".");

	while (length && name[length - 1] == '_')
		length--;
	return length;
}

/* In ACPI "\_SB.I2C0" and "\_SB_.I2C0" are the same path. */
static bool same_path(const char *a, const char *b)
{
	a += *a == '\\';
	b += *b == '\\';
	for (;;) {
		size_t length = name_length(a);

		if (length != name_length(b) || strncasecmp(a, b, length) != 0)
			return false;
		a += strcspn(a, ".");
		b += strcspn(b, ".");
		if (!*a || !*b)
			return *a == *b;
		a++;
		b++;
	}
}

/* The scope of the namespace device with that enumeration ID (dmar_acpi_insert_dev_scope). */
static const struct dmar_scope *find_number(const struct dmar_unit *unit, uint8_t number)
{
	for (size_t i = 0; i < unit->scopes.count; i++) {
		const struct dmar_scope *scope = &unit->scopes.list[i];

		if (scope->type == DMAR_SCOPE_NAMESPACE && scope->enumeration_id == number &&
		    scope->depth)
			return scope;
	}
	return NULL;
}

static const struct dmar_unit *find_numbered(const struct dmar *dmar, uint8_t number,
					     uint16_t *ret_source)
{
	for (size_t i = 0; i < dmar->unit_count; i++) {
		const struct dmar_scope *scope = find_number(dmar->units[i], number);

		if (scope) {
			*ret_source =
				(uint16_t)(scope->bus << 8 | (scope->path[0].device & 0x1f) << 3 |
					   (scope->path[0].function & 0x07));
			return dmar->units[i];
		}
	}
	return NULL;
}

const struct dmar_unit *dmar_find_named(const struct dmar *dmar, const char *name,
					uint16_t *ret_source)
{
	for (size_t i = 0; i < dmar->named_count; i++) {
		const struct dmar_unit *unit = NULL;

		if (same_path(dmar->named[i].path, name))
			unit = find_numbered(dmar, dmar->named[i].number, ret_source);
		if (unit)
			return unit;
	}
	return NULL;
}
