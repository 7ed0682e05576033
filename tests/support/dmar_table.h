/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dmar_table - DMAR tables made structure by structure
 *
 *     struct blob blob = dmar_empty();
 *     uint32_t unit = dmar_add_unit(&blob, 0, 0xfed90000, DMAR_PLAIN);
 *     dmar_add_scope(&blob, unit, DMAR_SCOPE_BRIDGE, 0, 0, "1c.0");
 *
 * A structure is named by its offset in the table.
 */
#pragma once

#include "firmware/dmar.h"
#include "support/acpi.h"

/** flags of a unit */
enum {
	DMAR_PLAIN = 0,
	DMAR_INCLUDE_ALL = 1,
};

/** dmar_empty - a table without structures, for 39 address bits */
struct blob dmar_empty(void);

/** dmar_add_unit - add a unit (DRHD) without scopes, with its registers at @base */
uint32_t dmar_add_unit(struct blob *blob, uint16_t segment, uint64_t base, uint8_t flags);

/** dmar_add_memory - add reserved memory (RMRR) without scopes */
uint32_t dmar_add_memory(struct blob *blob, uint16_t segment, uint64_t base, uint64_t limit);

/**
 * dmar_add_scope - add a scope to @structure, the last one
 * @number: enumeration ID     @bus: where the path starts     @path: such as "1c.0/0.0"
 */
void dmar_add_scope(struct blob *blob, uint32_t structure, uint8_t type, uint8_t number,
		    uint8_t bus, const char *path);

/** dmar_add_named - add a device of the ACPI namespace (ANDD) */
void dmar_add_named(struct blob *blob, uint8_t number, const char *path);

/** dmar_parsed - the table with a good checksum; fails the test where it is refused */
struct dmar dmar_parsed(struct blob *blob, struct arena *arena);
