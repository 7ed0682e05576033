/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/fdt_fixups.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CELL = 4 };

/* libfdt takes "memory" for "memory@0" as well. */
static bool is_subnode_name(const struct node *node, const char *name, size_t length)
{
	return strncmp(node->name, name, length) == 0 &&
	       (!node->name[length] || (node->name[length] == '@' && !memchr(name, '@', length)));
}

static const struct node *find_subnode(const struct node *parent, const char *name, size_t length)
{
	for (const struct node *node = parent->next; node && node_above(parent, node);
	     node = node->next)
		if (node->parent == parent && is_subnode_name(node, name, length))
			return node;
	return NULL;
}

static int refuse_place(const struct node *node, const char *property, struct error *e)
{
	return error_set(e, ERROR_MALFORMED, 0,
			 "a fixup names a place outside of the property %.100s of %.200s", property,
			 node->path);
}

/* The offset is in front of a whole cell of the property; of two such properties the first. */
static bool has_cell(const struct node *node, const char *name, uint64_t offset)
{
	const struct property *property = node_property(node, name);

	return property && property->length >= CELL && offset <= property->length - CELL;
}

/* Compare the offsets of @fixups with the properties of @node, for which it stands. */
static int check_offsets(const struct node *fixups, const struct node *node, struct error *e)
{
	for (const struct property *fixup = fixups->properties; fixup; fixup = fixup->next)
		for (size_t i = 0; i < property_cells(fixup); i++)
			if (!has_cell(node, fixup->name, property_cell(fixup, i)))
				return refuse_place(node, fixup->name, e);
	return 0;
}

/* @fixups: __local_fixups__ or a node below     @node: the node for which it stands */
static int check_local(const struct node *fixups, const struct node *node, struct error *e)
{
	int result = check_offsets(fixups, node, e);

	for (const struct node *below = fixups->next;
	     result == 0 && below && node_above(fixups, below); below = below->next) {
		const struct node *child;

		if (below->parent != fixups)
			continue;
		child = find_subnode(node, below->name, strlen(below->name));
		result = child ? check_local(below, child, e)
			       : error_set(e, ERROR_MALFORMED, 0,
					   "a fixup names the node %.100s, which %.200s lacks",
					   below->name, *node->path ? node->path : "/");
	}
	return result;
}

static const struct node *find_fixed_node(const struct node *node, const char *path,
					  const char *end)
{
	while (node && path < end) {
		size_t length;

		path += strspn(path, "/");
		length = strcspn(path, "/:");
		if (length)
			node = find_subnode(node, path, length);
		path += length;
	}
	return node;
}

/* Check "PATH:PROPERTY:OFFSET". */
static int check_label_place(const struct tree *overlay, const char *place, struct error *e)
{
	const char *name = strchr(place, ':'), *offset = name ? strchr(name + 1, ':') : NULL;
	const struct node *node;
	char property[64];
	uint64_t value;

	if (*place != '/' || !offset || (size_t)(offset - name) > sizeof(property) ||
	    !text_number(offset + 1, 10, &value))
		return error_set(e, ERROR_MALFORMED, 0, "a fixup is no PATH:PROPERTY:OFFSET");
	snprintf(property, sizeof(property), "%.*s", (int)(offset - name - 1), name + 1);
	node = find_fixed_node(overlay->root, place, name);
	if (!node)
		return error_set(e, ERROR_MALFORMED, 0,
				 "a fixup names a node that does not exist: %.200s", place);
	return has_cell(node, property, value) ? 0 : refuse_place(node, property, e);
}

static int check_labels_of(const struct tree *overlay, const struct node *fixups, struct error *e)
{
	int result = 0;

	for (const struct property *label = fixups->properties; label && result == 0;
	     label = label->next) {
		const char *place;

		for (size_t at = 0; result == 0 && (place = property_string(label, at));
		     at += strlen(place) + 1)
			result = check_label_place(overlay, place, e);
	}
	return result;
}

int fdt_fixups_check(const struct tree *overlay, struct error *e)
{
	static const char LOCAL[] = "__local_fixups__", LABELS[] = "__fixups__";
	const struct node *local = find_subnode(overlay->root, LOCAL, sizeof(LOCAL) - 1);
	const struct node *labels = find_subnode(overlay->root, LABELS, sizeof(LABELS) - 1);
	int result = local ? check_local(local, overlay->root, e) : 0;

	return result == 0 && labels ? check_labels_of(overlay, labels, e) : result;
}
