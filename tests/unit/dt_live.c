/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_live.h"

#include "support/check.h"
#include "support/dts.h"
#include "support/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char SOURCE[] =
	"/dts-v1/;\n"
	"/ {\n"
	"	#address-cells = <1>; #size-cells = <1>; model = \"board\";\n"
	"	smmu: iommu@1 { compatible = \"arm,mmu-500\"; reg = <1 1>; #iommu-cells = <1>; };\n"
	"	lost: iommu@2 { compatible = \"arm,smmu-v3\"; reg = <2 1>; #iommu-cells = <1>;\n"
	"		status = \"disabled\"; };\n"
	"	soc {\n"
	"		dma@3 { iommus = <&smmu 0x30>; clocks = <1 2 3>; };\n"
	"		dma { iommus = <&smmu 0x31>; };\n"
	"		dma-4 { iommus = <&lost 0x40>; };\n"
	"		big { image = \"%s\"; };\n"
	"	};\n"
	"};\n";

struct machine_room {
	struct arena *arena;
	char *dir;
	struct root *root;
	const struct tree *expected;
	const struct tree *tree;
	struct error e;
};

static void write_property(const char *folder, const struct property *property)
{
	char path[PATH_SIZE];
	FILE *file;

	assert_true((size_t)snprintf(path, sizeof(path), "%s/%s", folder, property->name) <
		    sizeof(path));
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(property->bytes, 1, property->length, file), property->length);
	fclose(file);
}

static void write_node(const char *base, const struct node *node)
{
	char folder[PATH_SIZE];

	assert_true((size_t)snprintf(folder, sizeof(folder), "%s%s", base, node->path) <
		    sizeof(folder));
	if (node->parent)
		assert_int_equal(mkdir(folder, 0755), 0);
	for (const struct property *property = node->properties; property;
	     property = property->next)
		write_property(folder, property);
}

static const struct tree *compile(struct arena *arena)
{
	char big[10001], *source = arena_alloc(arena, sizeof(SOURCE) + sizeof(big));

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	sprintf(source, SOURCE, big);
#pragma GCC diagnostic pop
	return dts_tree(arena, source);
}

static int setup(void **state)
{
	struct arena *arena = arena_new();
	struct machine_room *room = arena_alloc(arena, sizeof(*room));
	char *base;

	room->arena = arena;
	room->dir = tree_new("/sys/firmware/devicetree/base/\n");
	assert_int_equal(root_open(room->dir, &room->root, &room->e), 0);
	room->expected = compile(arena);
	base = arena_printf(arena, "%s/sys/firmware/devicetree/base", room->dir);
	for (const struct node *node = room->expected->root; node; node = node->next)
		write_node(base, node);
	*state = room;
	return 0;
}

static int teardown(void **state)
{
	struct machine_room *room = *state;

	root_free(room->root);
	tree_remove(room->dir);
	arena_free(room->arena);
	return 0;
}

static void read_paths(struct machine_room *room, const char *const *paths, size_t count)
{
	if (dt_live_read(room->root, room->arena, paths, count, &room->tree, &room->e) < 0)
		fail_msg("%s", room->e.message);
}

static void read_all(struct machine_room *room, enum dt_live_facts facts)
{
	if (dt_live_read_all(room->root, room->arena, facts, &room->tree, &room->e) < 0)
		fail_msg("%s", room->e.message);
}

static void expect_paths(const struct tree *tree, const char *expected)
{
	char text[1024] = "";

	for (const struct node *node = tree->root; node; node = node->next)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
			 node->parent ? " " : "", node->path);
	assert_string_equal(text, expected);
}

static void asks_for_one_property(void **state)
{
	struct machine_room *room = *state;

	assert_true(dt_live_has(room->root, "/soc/dma@3", "iommus"));
	assert_false(dt_live_has(room->root, "/soc/dma@3", "iommu-map"));
	assert_false(dt_live_has(room->root, "/soc/dma@9", "iommus"));
}

static void reads_the_same_as_the_blob(void **state)
{
	struct machine_room *room = *state;

	read_all(room, DT_LIVE_ALL);
	assert_int_equal(room->tree->count, room->expected->count);
	for (const struct node *node = room->expected->root; node; node = node->next) {
		const struct node *live = dts_node(room->tree, node->path);

		assert_int_equal(live->phandle, node->phandle);
		assert_int_equal(live->available, node->available);
		for (const struct property *property = node->properties; property;
		     property = property->next) {
			const struct property *same = node_property(live, property->name);

			assert_non_null(same);
			assert_int_equal(same->length, property->length);
			assert_memory_equal(same->bytes, property->bytes, same->length);
		}
	}
}

static void reads_only_the_properties_of_streams(void **state)
{
	struct machine_room *room = *state;

	read_all(room, DT_LIVE_STREAMS);
	assert_non_null(node_property(dts_node(room->tree, "/soc/dma@3"), "iommus"));
	assert_null(node_property(dts_node(room->tree, "/soc/dma@3"), "clocks"));
}

static void lists_children_in_the_order_of_their_names(void **state)
{
	struct machine_room *room = *state;

	read_all(room, DT_LIVE_STREAMS);
	expect_paths(room->tree,
		     "/ /iommu@1 /iommu@2 /soc /soc/big /soc/dma /soc/dma-4 /soc/dma@3");
}

static void reads_given_nodes_and_their_ancestors(void **state)
{
	static const char *const paths[] = {"/soc/dma@3", "/iommu@1", "/soc/dma", "/soc/dma@3"};
	struct machine_room *room = *state;
	_autofree_ char *text = NULL;
	size_t size;
	FILE *out;

	read_paths(room, paths, ARRAY_SIZE(paths));
	expect_paths(room->tree, "/ /iommu@1 /soc /soc/dma /soc/dma@3");
	out = open_memstream(&text, &size);
	print_streams(room->tree, out);
	fclose(out);
	assert_string_equal(text,
			    "iommus\t/soc/dma\tyes\t/iommu@1\t0x31\t0x31\t0x0\t-\t-\t-\t-\n"
			    "iommus\t/soc/dma@3\tyes\t/iommu@1\t0x30\t0x30\t0x0\t-\t-\t-\t-\n");
}

static void reads_all_where_an_iommu_was_not_given(void **state)
{
	static const char *const paths[] = {"/soc/dma-4", "/iommu@1"};
	struct machine_room *room = *state;

	read_paths(room, paths, ARRAY_SIZE(paths));
	assert_int_equal(room->tree->count, room->expected->count);
	assert_non_null(tree_find(room->tree, "/iommu@2"));
}

static void leaves_out_nodes_that_do_not_exist(void **state)
{
	static const char *const paths[] = {"/soc/none/of/this", "/soc/../soc/dma", "//soc", "",
					    "soc"};
	struct machine_room *room = *state;

	read_paths(room, paths, ARRAY_SIZE(paths));
	expect_paths(room->tree, "/ /soc");
	read_paths(room, NULL, 0);
	expect_paths(room->tree, "/");
}

static void does_not_follow_links(void **state)
{
	struct machine_room *room = *state;
	char *link =
		arena_printf(room->arena, "%s/sys/firmware/devicetree/base/soc/out", room->dir);

	assert_int_equal(symlink("/etc", link), 0);
	link = arena_printf(room->arena, "%s/sys/firmware/devicetree/base/soc/status", room->dir);
	assert_int_equal(symlink("/etc/hostname", link), 0);
	read_all(room, DT_LIVE_ALL);
	assert_int_equal(room->tree->count, room->expected->count);
	assert_null(node_property(dts_node(room->tree, "/soc"), "status"));
}

static void says_where_there_is_no_devicetree(void **state)
{
	struct machine_room *room = *state;
	char *dir = tree_new("/sys/\n");
	struct root *root;

	assert_int_equal(root_open(dir, &root, &room->e), 0);
	assert_int_equal(dt_live_read_all(root, room->arena, DT_LIVE_ALL, &room->tree, &room->e),
			 -ENOENT);
	assert_int_equal(dt_live_read(root, room->arena, NULL, 0, &room->tree, &room->e), -ENOENT);
	assert_int_equal(room->e.code, ERROR_NONE);
	root_free(root);
	tree_remove(dir);
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

UNIT(dt_live)
{
	const struct CMUnitTest tests[] = {
		test(asks_for_one_property),
		test(reads_the_same_as_the_blob),
		test(reads_only_the_properties_of_streams),
		test(lists_children_in_the_order_of_their_names),
		test(reads_given_nodes_and_their_ancestors),
		test(reads_all_where_an_iommu_was_not_given),
		test(leaves_out_nodes_that_do_not_exist),
		test(does_not_follow_links),
		test(says_where_there_is_no_devicetree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
