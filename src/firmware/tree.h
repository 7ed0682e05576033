/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree - a devicetree as a value
 *
 * A tree_builder makes it (for flat blobs in firmware/fdt.c, for the running kernel in
 * firmware/dt_live.c, and in tests); then it never changes. Everything lives in the builder's
 * arena; property bytes may be borrowed from a blob, which must live as long.
 *
 * Names and values come from firmware unchanged: this code does not trust them, and the views
 * escape them. Cells are 32 bits, big-endian in the bytes, host order in what these functions
 * return.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/** the kernel's own limit of nesting (FDT_MAX_DEPTH); it bounds every walk */
	TREE_DEPTH_MAX = 64,
	/** the most nodes of a tree; real trees have some 3,000 */
	TREE_NODES_MAX = 65536,
	TREE_PROPERTIES_MAX = 1 << 19,
	/** the most bytes of one property; firmware images inside a tree have some 100 KiB */
	TREE_PROPERTY_MAX = 4 << 20,
	/** the most bytes of a node's path; real paths stay below 200 */
	TREE_PATH_MAX = 1024,
};

/** enum phandle_state - whether a node's phandle can be referred to */
enum phandle_state {
	PHANDLE_NONE,	   /* the node has no phandle */
	PHANDLE_GOOD,	   /* tree_by_phandle finds this node by its phandle */
	PHANDLE_INVALID,   /* the phandle 0 or 0xffffffff, which no reference can mean */
	PHANDLE_DUPLICATE, /* an earlier node has the same phandle and is the one that counts */
};

/** struct property - @length bytes, unaligned; @next in the order of the tree, or NULL */
struct property {
	const char *name;
	const uint8_t *bytes;
	uint32_t length;
	const struct property *next;
};

/**
 * struct node - one node
 * @path: full, "/" for the root     @name: the last part of it, "" for the root
 * @parent: NULL for the root     @next: in the order of the tree, parents before children
 * @phandle: its value where phandle_state is not PHANDLE_NONE
 * @available: its own status and that of all its ancestors is absent, "okay" or "ok"
 * @order: its place in the tree, 0 for the root     @hash: of the path
 */
struct node {
	const char *path;
	const char *name;
	const struct node *parent;
	const struct node *next;
	const struct property *properties;
	uint32_t phandle;
	uint32_t order;
	uint32_t hash;
	enum phandle_state phandle_state;
	bool available;
};

/**
 * struct tree - the nodes, @root first, linked by node->next
 * @phandle_faults: nodes whose phandle is PHANDLE_INVALID or PHANDLE_DUPLICATE
 * @by_phandle: sorted; @slots: hash table over paths of @slot_count slots, a power of two
 * @unread: the first file of a property that could not be read and is missing from its node, or
 * NULL. Properties called security-* do not count: the kernel shows them to root alone.
 */
struct tree {
	const struct node *root;
	size_t count;
	size_t phandle_faults;
	const struct node *const *by_phandle;
	size_t phandle_count;
	const struct node **slots;
	size_t slot_count;
	const char *unread;
};

/** tree_find - the node with that full path, or NULL; of two such nodes the first */
const struct node *tree_find(const struct tree *tree, const char *path) _nonnull_();

/** tree_by_phandle - the node with that phandle, or NULL */
const struct node *tree_by_phandle(const struct tree *tree, uint32_t phandle) _nonnull_(1);

/** node_property - the property of that name, or NULL */
const struct property *node_property(const struct node *node, const char *name) _nonnull_();

/**
 * node_cell - the first cell of a property
 * Returns: true and *ret_value; false, *ret_value untouched, where it is absent or too short
 * (of_property_read_u32 in the kernel).
 */
bool node_cell(const struct node *node, const char *name, uint32_t *ret_value) _nonnull_();

/** node_above - true where @above is @node or one of its ancestors */
bool node_above(const struct node *above, const struct node *node) _nonnull_();

/** property_cells - how many whole cells @property has */
size_t property_cells(const struct property *property) _nonnull_(1);

/** property_cell - cell number @index, which must be below property_cells */
uint32_t property_cell(const struct property *property, size_t index) _nonnull_(1);

/**
 * property_string - the string of a list of strings ("compatible") that starts at @offset
 * Returns: NULL at the end, and where no NUL ends it. The next one starts at
 * @offset + strlen + 1. A NULL @property is an empty list.
 */
const char *property_string(const struct property *property, size_t offset);

/**
 * struct tree_builder - a tree that is being built
 *
 *     tree_begin(&builder, arena);
 *     tree_open(&builder, "", 0, e);            the root
 *     tree_property(&builder, "compatible", bytes, length, e);
 *     tree_open(&builder, "smmu@9050000", 12, e);
 *     tree_close(&builder, e);
 *     tree_close(&builder, e);
 *     tree_seal(&builder, &tree, e);
 *
 * @unread: of the tree, which the caller sets before tree_seal
 *
 * Plain memory of the caller: nothing to release. The functions return 0, or -EINVAL with
 * ERROR_MALFORMED where a limit above is exceeded or the calls come in a wrong order.
 */
struct tree_builder {
	struct arena *arena;
	const char *unread;
	struct node *root, *last;
	size_t count, property_count;
	size_t depth;
	struct {
		struct node *node;
		const struct property **tail;
		bool has_status;
	} open[TREE_DEPTH_MAX];
};

void tree_begin(struct tree_builder *builder, struct arena *arena) _nonnull_();

/** tree_open - a child of the open node, which becomes the open one; @name is copied */
_must_check_ int tree_open(struct tree_builder *builder, const char *name, size_t length,
			   struct error *e) _nonnull_();

/** tree_property - give the open node a property; @name and @bytes are borrowed */
_must_check_ int tree_property(struct tree_builder *builder, const char *name, const void *bytes,
			       size_t length, struct error *e) _nonnull_();

/** tree_close - close the open node; its parent becomes the open node */
_must_check_ int tree_close(struct tree_builder *builder, struct error *e) _nonnull_();

/** tree_seal - the finished tree; all nodes must be closed */
_must_check_ int tree_seal(struct tree_builder *builder, const struct tree **ret_tree,
			   struct error *e) _nonnull_();
