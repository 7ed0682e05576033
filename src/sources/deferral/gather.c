/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/deferral/suppliers.h"

#include <string.h>

/* True for a supplier's kind that is only "device": another source may know the kind better. */
static bool is_vague(const char *kind)
{
	return strcmp(kind, "device") == 0;
}

static bool merge(struct supplier *known, const struct supplier *other)
{
	if (strcmp(known->name, other->name) != 0 ||
	    (strcmp(known->kind, other->kind) != 0 && !is_vague(known->kind) &&
	     !is_vague(other->kind)))
		return false;
	if (is_vague(known->kind))
		known->kind = other->kind;
	if (!known->firmware_node)
		known->firmware_node = other->firmware_node;
	if (!known->link_status)
		known->link_status = other->link_status;
	known->disabled = known->disabled || other->disabled;
	known->awaited = known->awaited || other->awaited;
	known->orders_only = known->orders_only || other->orders_only;
	known->optional = known->optional && other->optional;
	known->given_up = known->given_up || other->given_up;
	return true;
}

void gather(struct gathering *gathering, struct supplier supplier)
{
	for (size_t i = 0; i < gathering->count; i++)
		if (merge(&gathering->found[i], &supplier))
			return;
	if (gathering->count == gathering->room) {
		gathering->room = gathering->room ? 2 * gathering->room : 16;
		gathering->found =
			realloc(gathering->found, gathering->room * sizeof(*gathering->found));
		if (!gathering->found)
			memory_exhausted();
	}
	gathering->found[gathering->count++] = supplier;
}
