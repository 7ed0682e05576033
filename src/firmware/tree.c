/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/tree.h"

#include <endian.h>
#include <string.h>

/*
 * Hash of a node's path, by FNV-1a. A child's hash continues its parent's hash, so that only the
 * child's name is hashed.
 */
static const uint32_t HASH_START = 2166136261u;

static uint32_t hash_more(uint32_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return hash;
}

const struct node *tree_find(const struct tree *tree, const char *path)
{
	/* The root's path is hashed as "": its children's paths start with one '/', not two. */
	uint32_t hash =
		strcmp(path, "/") == 0 ? HASH_START : hash_more(HASH_START, path, strlen(path));
	size_t slot = hash & (tree->slot_count - 1);

	for (; tree->slots[slot]; slot = (slot + 1) & (tree->slot_count - 1))
		if (tree->slots[slot]->hash == hash && strcmp(tree->slots[slot]->path, path) == 0)
			return tree->slots[slot];
	return NULL;
}

const struct node *tree_by_phandle(const struct tree *tree, uint32_t phandle)
{
	size_t low = 0, high = tree->phandle_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (tree->by_phandle[middle]->phandle == phandle)
			return tree->by_phandle[middle];
		if (tree->by_phandle[middle]->phandle < phandle)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct property *node_property(const struct node *node, const char *name)
{
	const struct property *property = node->properties;

	while (property && strcmp(property->name, name) != 0)
		property = property->next;
	return property;
}

bool node_cell(const struct node *node, const char *name, uint32_t *ret_value)
{
	const struct property *property = node_property(node, name);

	if (!property || property_cells(property) == 0)
		return false;
	*ret_value = property_cell(property, 0);
	return true;
}

bool node_above(const struct node *above, const struct node *node)
{
	while (node && node != above)
		node = node->parent;
	return node != NULL;
}

size_t property_cells(const struct property *property)
{
	return property->length / 4;
}

uint32_t property_cell(const struct property *property, size_t index)
{
	uint32_t cell;

	memcpy(&cell, property->bytes + index * 4, 4);
	return be32toh(cell);
}

const char *property_string(const struct property *property, size_t offset)
{
	if (!property || offset >= property->length ||
	    !memchr(property->bytes + offset, '\0', property->length - offset))
		return NULL;
	return (const char *)property->bytes + offset;
}

static int malformed(struct error *e, const char *what)
{
	return error_set(e, ERROR_MALFORMED, 0, "%s", what);
}

void tree_begin(struct tree_builder *builder, struct arena *arena)
{
	memset(builder, 0, sizeof(*builder));
	builder->arena = arena;
}

static int check_open(const struct tree_builder *builder, const char *name, size_t length,
		      struct error *e)
{
	if (builder->depth == 0 && builder->root)
		return malformed(e, "there is more than one root node");
	if (builder->depth == 0 && length)
		return malformed(e, "the root node has a name");
	if (builder->depth > 0 && (!length || memchr(name, '/', length)))
		return malformed(e, "a node's name is empty or has a '/' in it");
	if (builder->depth == TREE_DEPTH_MAX)
		return malformed(e, "nodes are nested too deep");
	if (builder->count == TREE_NODES_MAX)
		return malformed(e, "there are too many nodes");
	return 0;
}

/* Set the path, name and hash of a devicetree node. */
static int name_node(struct tree_builder *builder, struct node *node, const char *name,
		     size_t length, struct error *e)
{
	/* "/" of the root is not part of its children's paths. */
	size_t prefix = node->parent && node->parent->parent ? strlen(node->parent->path) : 0;
	char path[TREE_PATH_MAX];

	if (prefix + length + 1 > TREE_PATH_MAX)
		return malformed(e, "a node's path is too long");
	if (prefix)
		memcpy(path, node->parent->path, prefix);
	path[prefix] = '/';
	memcpy(path + prefix + 1, name, length);
	node->path = arena_text(builder->arena, path, prefix + 1 + length);
	node->name = node->path + prefix + 1;
	node->hash = node->parent ? hash_more(node->parent->hash, path + prefix, length + 1)
				  : HASH_START;
	return 0;
}

int tree_open(struct tree_builder *builder, const char *name, size_t length, struct error *e)
{
	struct node *node;
	int result = check_open(builder, name, length, e);

	if (result < 0)
		return result;
	node = arena_alloc(builder->arena, sizeof(*node));
	node->parent = builder->depth ? builder->open[builder->depth - 1].node : NULL;
	node->available = true;
	result = name_node(builder, node, name, length, e);
	if (result < 0)
		return result;
	if (builder->last)
		builder->last->next = node;
	else
		builder->root = node;
	builder->last = node;
	node->order = (uint32_t)builder->count++;
	builder->open[builder->depth].node = node;
	builder->open[builder->depth].tail = &node->properties;
	builder->open[builder->depth].has_status = false;
	builder->depth++;
	return 0;
}

static bool says_available(const struct property *status)
{
	const char *word = property_string(status, 0);

	return word && (strcmp(word, "okay") == 0 || strcmp(word, "ok") == 0);
}

/* Set the members of a node that some of its properties decide. */
static void interpret_property(struct tree_builder *builder, const struct property *property)
{
	struct node *node = builder->open[builder->depth - 1].node;
	char letter = property->name[0];

	/* Fast path: the first letter excludes most properties. */
	if (letter != 's' && letter != 'p' && letter != 'l')
		return;
	if (strcmp(property->name, "status") == 0) {
		/* The first property "status" of a node counts, as for node_property. */
		if (!builder->open[builder->depth - 1].has_status)
			node->available = says_available(property);
		builder->open[builder->depth - 1].has_status = true;
	} else if (strcmp(property->name, "phandle") == 0 ||
		   strcmp(property->name, "linux,phandle") == 0) {
		if (property->length < 4 || node->phandle_state != PHANDLE_NONE)
			return;
		node->phandle = property_cell(property, 0);
		node->phandle_state = node->phandle == 0 || node->phandle == UINT32_MAX
					      ? PHANDLE_INVALID
					      : PHANDLE_GOOD;
	}
}

int tree_property(struct tree_builder *builder, const char *name, const void *bytes, size_t length,
		  struct error *e)
{
	struct property *property;

	if (!builder->depth)
		return malformed(e, "a property stands outside of all nodes");
	if (length > TREE_PROPERTY_MAX)
		return malformed(e, "a property is too long");
	if (builder->property_count++ == TREE_PROPERTIES_MAX)
		return malformed(e, "there are too many properties");
	property = arena_alloc(builder->arena, sizeof(*property));
	property->name = name;
	property->bytes = bytes;
	property->length = (uint32_t)length;
	*builder->open[builder->depth - 1].tail = property;
	builder->open[builder->depth - 1].tail = &property->next;
	interpret_property(builder, property);
	return 0;
}

int tree_close(struct tree_builder *builder, struct error *e)
{
	if (!builder->depth)
		return malformed(e, "a node ends that has not begun");
	builder->depth--;
	return 0;
}

static void index_node(struct tree *tree, const struct node *node)
{
	size_t slot = node->hash & (tree->slot_count - 1);

	while (tree->slots[slot])
		slot = (slot + 1) & (tree->slot_count - 1);
	tree->slots[slot] = node;
}

static void index_nodes(struct tree *tree, struct arena *arena)
{
	tree->slot_count = 1;
	while (tree->slot_count < tree->count * 2)
		tree->slot_count *= 2;
	tree->slots = arena_array(arena, tree->slot_count, sizeof(const struct node *));
	for (const struct node *node = tree->root; node; node = node->next)
		index_node(tree, node);
}

static int compare_phandles(const void *a, const void *b)
{
	const struct node *left = *(const struct node *const *)a;
	const struct node *right = *(const struct node *const *)b;

	if (left->phandle != right->phandle)
		return left->phandle < right->phandle ? -1 : 1;
	return left->order < right->order ? -1 : 1;
}

/* Sort the nodes by phandle; of nodes with the same phandle only the first in the tree stays. */
static void index_phandles(struct tree *tree, struct arena *arena, struct node *root)
{
	struct node **nodes = arena_array(arena, tree->count, sizeof(*nodes));
	size_t count = 0;

	for (struct node *node = root; node; node = (struct node *)node->next) {
		tree->phandle_faults += node->phandle_state == PHANDLE_INVALID;
		if (node->phandle_state == PHANDLE_GOOD)
			nodes[count++] = node;
	}
	qsort(nodes, count, sizeof(*nodes), compare_phandles);
	for (size_t i = 0; i < count; i++) {
		if (tree->phandle_count &&
		    nodes[i]->phandle == nodes[tree->phandle_count - 1]->phandle) {
			nodes[i]->phandle_state = PHANDLE_DUPLICATE;
			tree->phandle_faults++;
		} else {
			nodes[tree->phandle_count++] = nodes[i];
		}
	}
	tree->by_phandle = (const struct node *const *)nodes;
}

int tree_seal(struct tree_builder *builder, const struct tree **ret_tree, struct error *e)
{
	struct tree *tree;

	if (!builder->root)
		return malformed(e, "there is no root node");
	if (builder->depth)
		return malformed(e, "a node does not end");
	tree = arena_alloc(builder->arena, sizeof(*tree));
	tree->root = builder->root;
	tree->count = builder->count;
	tree->unread = builder->unread;
	/*
	 * Parents come before children, so one pass passes "disabled" down. The cast drops const:
	 * this builder made the nodes.
	 */
	for (struct node *node = builder->root; node; node = (struct node *)node->next)
		node->available &= !node->parent || node->parent->available;
	index_nodes(tree, builder->arena);
	index_phandles(tree, builder->arena, builder->root);
	*ret_tree = tree;
	return 0;
}
