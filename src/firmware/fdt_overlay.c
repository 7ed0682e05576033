/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/fdt_overlay.h"

#include "firmware/fdt.h"
#include "firmware/fdt_fixups.h"

#include <errno.h>
#include <libfdt.h>
#include <string.h>

/* The part of a fragment that is merged into the node that it names. */
static const char CONTENT[] = "__overlay__";

static const struct node *child_called(const struct node *parent, const char *name)
{
	for (const struct node *node = parent->next; node; node = node->next)
		if (node->parent == parent && strcmp(node->name, name) == 0)
			return node;
	return NULL;
}

/* True for the part of a fragment that is merged. */
static bool is_content(const struct tree *tree, const struct node *node)
{
	return strcmp(node->name, CONTENT) == 0 && node->parent &&
	       node->parent->parent == tree->root;
}

bool fdt_is_overlay(const struct tree *tree)
{
	for (const struct node *node = tree->root; node; node = node->next)
		if (is_content(tree, node))
			return true;
	return false;
}

static int decode_file(struct arena *arena, const struct fdt_file *file,
		       const struct tree **ret_tree, struct error *e)
{
	int result = fdt_decode(arena, file->bytes, file->length, ret_tree, e);

	if (result < 0)
		error_wrap(e, "%s is malformed", file->name);
	return result;
}

/* Why the overlay cannot refer to a label of the base, or NULL. */
static const char *missing_of_label(const struct tree *base, const struct node *labels,
				    const char *label)
{
	const char *path = property_string(node_property(labels, label), 0);
	const struct node *node = path ? tree_find(base, path) : NULL;

	if (!path)
		return "the base has no label";
	if (!node)
		return "the base has no node for its label";
	return node->phandle_state == PHANDLE_GOOD ? NULL : "the base has no phandle for its label";
}

/* Labels that the overlay refers to are the names of the properties of its node __fixups__. */
static int check_labels(const struct fdt_file *base, const struct tree *base_tree,
			const struct fdt_file *overlay, const struct tree *tree, struct error *e)
{
	const struct node *wanted = child_called(tree->root, "__fixups__");
	const struct node *labels = child_called(base_tree->root, "__symbols__");

	if (!wanted || !wanted->properties)
		return 0;
	if (!labels) {
		int result = error_set(e, ERROR_MALFORMED, 0,
				       "%s does not fit %s: it refers to labels, and the base has "
				       "no symbols",
				       overlay->name, base->name);

		error_remedy(e, "Compile the base with \"dtc -@\".");
		return result;
	}
	for (const struct property *label = wanted->properties; label; label = label->next) {
		const char *missing = missing_of_label(base_tree, labels, label->name);

		if (missing)
			return error_set(e, ERROR_MALFORMED, 0, "%s does not fit %s: %s %s",
					 overlay->name, base->name, missing, label->name);
	}
	return 0;
}

static int check_paths(const struct fdt_file *base, const struct tree *base_tree,
		       const struct fdt_file *overlay, const struct tree *tree, struct error *e)
{
	for (const struct node *node = tree->root; node; node = node->next) {
		const char *path =
			is_content(tree, node)
				? property_string(node_property(node->parent, "target-path"), 0)
				: NULL;

		if (path && *path == '/' && !tree_find(base_tree, path))
			return error_set(e, ERROR_MALFORMED, 0,
					 "%s does not fit %s: the base has no node %s",
					 overlay->name, base->name, path);
	}
	return 0;
}

static int check_fixups(const struct fdt_file *overlay, const struct tree *tree, struct error *e)
{
	int result = fdt_fixups_check(tree, e);

	if (result < 0)
		error_wrap(e, "%s is malformed", overlay->name);
	return result;
}

static int check_fit(struct arena *arena, const struct fdt_file *base,
		     const struct fdt_file *overlay, struct error *e)
{
	const struct tree *base_tree, *tree;
	int result = decode_file(arena, base, &base_tree, e);

	if (result == 0)
		result = decode_file(arena, overlay, &tree, e);
	if (result < 0)
		return result;
	if (!fdt_is_overlay(tree))
		return error_set(e, ERROR_MALFORMED, 0, "%s is not an overlay: it has no node %s",
				 overlay->name, CONTENT);
	result = check_fixups(overlay, tree, e);
	if (result == 0)
		result = check_labels(base, base_tree, overlay, tree, e);
	return result < 0 ? result : check_paths(base, base_tree, overlay, tree, e);
}

/* Merge into a copy of the base with room for @room bytes; a fault of libfdt, or 0. */
static int apply_into(struct arena *arena, const struct fdt_file *base,
		      const struct fdt_file *overlay, size_t room, struct fdt_file *ret_merged)
{
	char *merged = arena_alloc(arena, room), *change = arena_alloc(arena, overlay->length);
	int fault;

	memcpy(change, overlay->bytes, overlay->length);
	fault = fdt_open_into(base->bytes, merged, (int)room);
	if (fault == 0)
		fault = fdt_overlay_apply(merged, change);
	if (fault == 0)
		fault = fdt_pack(merged);
	*ret_merged = (struct fdt_file){base->name, merged, fault ? 0 : fdt_totalsize(merged)};
	return fault;
}

/*
 * Checks that fdt_decode leaves out, such as the end of the memory reservations, which
 * fdt_open_into expects. libfdt takes aligned blobs only: *ret_copy is a copy of that kind.
 */
static int check_whole(struct arena *arena, const struct fdt_file *file, struct fdt_file *ret_copy,
		       struct error *e)
{
	struct fdt_file copy = *file;
	int fault;

	copy.bytes = memcpy(arena_alloc(arena, file->length), file->bytes, file->length);
	fault = fdt_check_full(copy.bytes, copy.length);
	if (fault)
		return error_set(e, ERROR_MALFORMED, 0, "%s is malformed: %s", file->name,
				 fdt_strerror(fault));
	*ret_copy = copy;
	return 0;
}

/*
 * libfdt takes the size in the header of a blob for its length. The merged blob may be larger than
 * both: paths of symbols grow with the node that they move to.
 */
static int apply_overlay(struct arena *arena, struct fdt_file *base, const struct fdt_file *overlay,
			 struct error *e)
{
	struct fdt_file aligned, change;
	size_t room = base->length + 2 * overlay->length + 4096;
	int fault = -FDT_ERR_NOSPACE;

	if (check_whole(arena, base, &aligned, e) < 0 ||
	    check_whole(arena, overlay, &change, e) < 0)
		return -EINVAL;
	for (; fault == -FDT_ERR_NOSPACE && room <= 4 * (size_t)FDT_SIZE_MAX; room *= 2)
		fault = apply_into(arena, &aligned, &change, room, base);
	if (!fault)
		return 0;
	*base = aligned;
	return error_set(e, ERROR_MALFORMED, 0, "%s does not fit %s: %s", overlay->name, base->name,
			 fdt_strerror(fault));
}

int fdt_overlay(struct arena *arena, const struct fdt_file *base, const struct fdt_file *overlays,
		size_t count, const struct tree **ret_tree, struct error *e)
{
	struct fdt_file merged = *base;
	int result = decode_file(arena, base, ret_tree, e);

	if (result < 0)
		return result;
	if (fdt_is_overlay(*ret_tree)) {
		result = error_set(e, ERROR_MALFORMED, 0, "%s is an overlay", base->name);
		error_remedy(e, "Name the blob that it is for first: --dtb BASE --dtb %s",
			     base->name);
		return result;
	}
	for (size_t i = 0; i < count; i++) {
		result = check_fit(arena, &merged, &overlays[i], e);
		if (result == 0)
			result = apply_overlay(arena, &merged, &overlays[i], e);
		if (result < 0)
			return result;
	}
	return count ? decode_file(arena, &merged, ret_tree, e) : 0;
}
