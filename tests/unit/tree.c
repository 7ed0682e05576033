/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/tree.h"

#include "support/check.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

struct maker {
	struct arena *arena;
	struct tree_builder builder;
	struct error e;
};

static int setup(void **state)
{
	struct maker *maker = calloc(1, sizeof(*maker));

	assert_non_null(maker);
	maker->arena = arena_new();
	tree_begin(&maker->builder, maker->arena);
	assert_int_equal(tree_open(&maker->builder, "", 0, &maker->e), 0);
	*state = maker;
	return 0;
}

static int teardown(void **state)
{
	struct maker *maker = *state;

	arena_free(maker->arena);
	free(maker);
	return 0;
}

static void open_node(struct maker *maker, const char *name)
{
	assert_int_equal(tree_open(&maker->builder, name, strlen(name), &maker->e), 0);
}

static void close_node(struct maker *maker)
{
	assert_int_equal(tree_close(&maker->builder, &maker->e), 0);
}

static void text(struct maker *maker, const char *name, const char *value)
{
	assert_int_equal(tree_property(&maker->builder, name, value, strlen(value) + 1, &maker->e),
			 0);
}

static void cell(struct maker *maker, const char *name, uint32_t value)
{
	uint32_t *bytes = arena_alloc(maker->arena, 4);

	*bytes = htobe32(value);
	assert_int_equal(tree_property(&maker->builder, name, bytes, 4, &maker->e), 0);
}

static void leaf(struct maker *maker, const char *name, uint32_t phandle)
{
	open_node(maker, name);
	cell(maker, "phandle", phandle);
	close_node(maker);
}

static const struct tree *seal(struct maker *maker)
{
	const struct tree *tree = NULL;

	while (maker->builder.depth)
		close_node(maker);
	assert_int_equal(tree_seal(&maker->builder, &tree, &maker->e), 0);
	return tree;
}

static void refused(struct maker *maker, int result, const char *message)
{
	assert_int_equal(result, -EINVAL);
	assert_int_equal(maker->e.code, ERROR_MALFORMED);
	assert_string_equal(maker->e.message, message);
}

static void finds_nodes_by_path(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	open_node(maker, "soc");
	leaf(maker, "a@1", 1);
	leaf(maker, "b@2", 2);
	tree = seal(maker);
	assert_int_equal(tree->count, 4);
	assert_ptr_equal(tree_find(tree, "/"), tree->root);
	assert_string_equal(tree_find(tree, "/soc")->name, "soc");
	assert_string_equal(tree_find(tree, "/soc/b@2")->path, "/soc/b@2");
	assert_string_equal(tree_find(tree, "/soc/b@2")->parent->path, "/soc");
	assert_null(tree_find(tree, "/soc/c@3"));
	assert_null(tree_find(tree, "/soc/"));
	assert_null(tree_find(tree, "soc"));
	assert_null(tree_find(tree, ""));
}

static void lists_parents_before_children(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	open_node(maker, "b");
	leaf(maker, "c", 1);
	close_node(maker);
	leaf(maker, "a", 2);
	tree = seal(maker);
	assert_string_equal(tree->root->next->path, "/b");
	assert_string_equal(tree->root->next->next->path, "/b/c");
	assert_string_equal(tree->root->next->next->next->path, "/a");
	assert_null(tree->root->next->next->next->next);
}

static void the_first_of_two_nodes_with_one_path_is_found(void **state)
{
	struct maker *maker = *state;

	leaf(maker, "a", 1);
	leaf(maker, "a", 2);
	assert_int_equal(tree_find(seal(maker), "/a")->phandle, 1);
}

static void finds_nodes_by_phandle(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	leaf(maker, "a", 9);
	leaf(maker, "b", 3);
	leaf(maker, "c", 0xfffffffe);
	open_node(maker, "without");
	tree = seal(maker);
	assert_string_equal(tree_by_phandle(tree, 9)->path, "/a");
	assert_string_equal(tree_by_phandle(tree, 3)->path, "/b");
	assert_string_equal(tree_by_phandle(tree, 0xfffffffe)->path, "/c");
	assert_null(tree_by_phandle(tree, 4));
	assert_int_equal(tree->phandle_faults, 0);
}

static void takes_the_old_name_of_phandle(void **state)
{
	struct maker *maker = *state;

	open_node(maker, "a");
	cell(maker, "linux,phandle", 5);
	assert_string_equal(tree_by_phandle(seal(maker), 5)->path, "/a");
}

static void notes_phandles_that_refer_to_nothing(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	leaf(maker, "a", 0);
	leaf(maker, "b", UINT32_MAX);
	tree = seal(maker);
	assert_int_equal(tree_find(tree, "/a")->phandle_state, PHANDLE_INVALID);
	assert_int_equal(tree->phandle_faults, 2);
	assert_null(tree_by_phandle(tree, 0));
	assert_null(tree_by_phandle(tree, UINT32_MAX));
}

static void the_first_of_two_nodes_with_one_phandle_wins(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	leaf(maker, "a", 7);
	leaf(maker, "b", 1);
	leaf(maker, "c", 7);
	leaf(maker, "d", 7);
	tree = seal(maker);
	assert_string_equal(tree_by_phandle(tree, 7)->path, "/a");
	assert_string_equal(tree_by_phandle(tree, 1)->path, "/b");
	assert_int_equal(tree_find(tree, "/a")->phandle_state, PHANDLE_GOOD);
	assert_int_equal(tree_find(tree, "/c")->phandle_state, PHANDLE_DUPLICATE);
	assert_int_equal(tree->phandle_faults, 2);
}

static void nodes_below_a_disabled_one_are_not_available(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	open_node(maker, "off");
	text(maker, "status", "disabled");
	leaf(maker, "a", 1);
	close_node(maker);
	open_node(maker, "on");
	text(maker, "status", "ok");
	leaf(maker, "a", 2);
	tree = seal(maker);
	assert_false(tree_find(tree, "/off")->available);
	assert_false(tree_find(tree, "/off/a")->available);
	assert_true(tree_find(tree, "/on/a")->available);
	assert_true(tree->root->available);
}

static void a_status_without_text_is_not_okay(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	open_node(maker, "empty");
	assert_int_equal(tree_property(&maker->builder, "status", "", 0, &maker->e), 0);
	close_node(maker);
	open_node(maker, "open");
	assert_int_equal(tree_property(&maker->builder, "status", "okay", 4, &maker->e), 0);
	tree = seal(maker);
	assert_false(tree_find(tree, "/empty")->available);
	assert_false(tree_find(tree, "/open")->available);
}

static void the_first_of_two_properties_counts(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;
	uint32_t value;

	cell(maker, "phandle", 1);
	cell(maker, "phandle", 2);
	text(maker, "status", "okay");
	text(maker, "status", "disabled");
	tree = seal(maker);
	assert_true(node_cell(tree->root, "phandle", &value));
	assert_int_equal(value, 1);
	assert_int_equal(tree->root->phandle, 1);
	assert_true(tree->root->available);
}

static void reads_cells_and_strings_only_where_they_are(void **state)
{
	struct maker *maker = *state;
	const struct property *list;
	const struct tree *tree;
	uint32_t value = 77;

	assert_int_equal(tree_property(&maker->builder, "short", "abc", 3, &maker->e), 0);
	assert_int_equal(tree_property(&maker->builder, "list", "a\0bc\0d", 6, &maker->e), 0);
	tree = seal(maker);
	assert_false(node_cell(tree->root, "short", &value));
	assert_false(node_cell(tree->root, "absent", &value));
	assert_int_equal(value, 77);
	list = node_property(tree->root, "list");
	assert_int_equal(property_cells(list), 1);
	assert_string_equal(property_string(list, 0), "a");
	assert_string_equal(property_string(list, 2), "bc");
	assert_null(property_string(list, 5));
	assert_null(property_string(list, 6));
	assert_null(property_string(NULL, 0));
}

static void knows_the_ancestors_of_a_node(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	open_node(maker, "a");
	open_node(maker, "b");
	tree = seal(maker);
	assert_true(node_above(tree->root, tree_find(tree, "/a/b")));
	assert_true(node_above(tree_find(tree, "/a"), tree_find(tree, "/a")));
	assert_false(node_above(tree_find(tree, "/a/b"), tree_find(tree, "/a")));
}

static void refuses_names_that_make_no_path(void **state)
{
	struct maker *maker = *state;
	char name[TREE_PATH_MAX];

	refused(maker, tree_open(&maker->builder, "", 0, &maker->e),
		"a node's name is empty or has a '/' in it");
	refused(maker, tree_open(&maker->builder, "a/b", 3, &maker->e),
		"a node's name is empty or has a '/' in it");
	memset(name, 'a', sizeof(name));
	refused(maker, tree_open(&maker->builder, name, sizeof(name), &maker->e),
		"a node's path is too long");
	assert_int_equal(tree_open(&maker->builder, name, sizeof(name) - 1, &maker->e), 0);
}

static void refuses_nodes_nested_too_deep(void **state)
{
	struct maker *maker = *state;

	while (maker->builder.depth < TREE_DEPTH_MAX)
		open_node(maker, "a");
	refused(maker, tree_open(&maker->builder, "a", 1, &maker->e), "nodes are nested too deep");
}

static void refuses_too_many_nodes(void **state)
{
	struct maker *maker = *state;

	for (size_t i = 1; i < TREE_NODES_MAX; i++) {
		open_node(maker, "a");
		close_node(maker);
	}
	refused(maker, tree_open(&maker->builder, "a", 1, &maker->e), "there are too many nodes");
}

static void refuses_nodes_without_end_or_beginning(void **state)
{
	struct maker *maker = *state;
	const struct tree *tree;

	refused(maker, tree_seal(&maker->builder, &tree, &maker->e), "a node does not end");
	close_node(maker);
	refused(maker, tree_close(&maker->builder, &maker->e), "a node ends that has not begun");
	refused(maker, tree_property(&maker->builder, "a", "", 0, &maker->e),
		"a property stands outside of all nodes");
	refused(maker, tree_open(&maker->builder, "", 0, &maker->e),
		"there is more than one root node");
	tree_begin(&maker->builder, maker->arena);
	refused(maker, tree_open(&maker->builder, "a", 1, &maker->e), "the root node has a name");
	refused(maker, tree_seal(&maker->builder, &tree, &maker->e), "there is no root node");
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

UNIT(tree)
{
	const struct CMUnitTest tests[] = {
		test(finds_nodes_by_path),
		test(lists_parents_before_children),
		test(the_first_of_two_nodes_with_one_path_is_found),
		test(finds_nodes_by_phandle),
		test(takes_the_old_name_of_phandle),
		test(notes_phandles_that_refer_to_nothing),
		test(the_first_of_two_nodes_with_one_phandle_wins),
		test(nodes_below_a_disabled_one_are_not_available),
		test(a_status_without_text_is_not_okay),
		test(the_first_of_two_properties_counts),
		test(reads_cells_and_strings_only_where_they_are),
		test(knows_the_ancestors_of_a_node),
		test(refuses_names_that_make_no_path),
		test(refuses_nodes_nested_too_deep),
		test(refuses_too_many_nodes),
		test(refuses_nodes_without_end_or_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
