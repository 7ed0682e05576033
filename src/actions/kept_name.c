/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/kept_name.h"

#include "actions/memory.h"

#include <string.h>

/* The memory of this boot; NULL where there is none, or it cannot be read. */
static const struct memory *read_memory(const struct root *root, struct arena *arena)
{
	_autostore_ struct store *store = NULL;
	struct memory *memory = NULL;
	struct error ignored = {0};

	if (store_open(root, false, &store, &ignored) < 0 ||
	    memory_load(store, arena, &memory, &ignored) < 0)
		return NULL;
	return memory;
}

const struct device *select_kept_name(struct selection *selection, const struct root *root,
				      const char *selector, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct memory *memory = read_memory(root, arena);
	const char *node = text_after(selector, "/dev/");
	const struct remembered *known =
		memory ? memory_find_interface(memory, node ? text_basename(node) : selector)
		       : NULL;
	struct error ignored = {0};

	if (!known)
		return NULL;
	if (select_devices(selection, known->path, &ignored) == 0) {
		*e = (struct error){0};
		return system_device(selection->system, known->path);
	}
	error_ignore(error_set(e, ERROR_NO_MATCH, 0, "%.200s was %s, which is gone", selector,
			       known->label));
	return NULL;
}

void kept_devices(const struct root *root,
		  void (*each)(void *context, const char *label, const char *interfaces),
		  void *context)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct memory *memory = read_memory(root, arena);
	const struct remembered *known = memory ? memory->first : NULL;

	for (; known; known = known->next)
		each(context, known->label, known->interfaces);
}
