/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each file lies at one place, and the links on the way to it are told. */
#include "capture/places.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

struct seen {
	struct paths *paths;
	char links[8192];
};

static void see_link(void *context, uint32_t place, const char *text)
{
	struct seen *seen = context;
	char path[PATH_SIZE];
	size_t used = strlen(seen->links);

	snprintf(seen->links + used, sizeof(seen->links) - used, "%s -> %s\n",
		 paths_text(seen->paths, place, path), text);
}

static void assert_place(const char *tree, const char *path, const char *itself, const char *behind,
			 const char *links)
{
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	struct seen seen = {paths_new(), ""};
	struct places *places;
	uint32_t number;
	char *dir = tree_new(tree), text[PATH_SIZE];

	assert_int_equal(root_open(dir, &root, &error), 0);
	places = places_new(root, seen.paths, see_link, &seen);
	number = paths_need(seen.paths, path);
	assert_string_equal(paths_text(seen.paths, places_of(places, number), text), itself);
	assert_string_equal(paths_text(seen.paths, places_behind(places, number), text), behind);
	assert_string_equal(seen.links, links);
	places_free(places);
	paths_free(seen.paths);
	tree_remove(dir);
}

static void links_on_the_way_are_followed(void **state)
{
	static const char tree[] = "/sys/devices/x/vendor = 1\n"
				   "/sys/bus/pci/devices/a -> ../../../devices/x\n"
				   "/sys/devices/x/of_node -> /firmware/y\n"
				   "/firmware/y/reg = 2\n";

	assert_place(tree, "/sys/devices/x/vendor", "/sys/devices/x/vendor",
		     "/sys/devices/x/vendor", "");
	assert_place(tree, "/sys/bus/pci/devices/a", "/sys/bus/pci/devices/a", "/sys/devices/x",
		     "/sys/bus/pci/devices/a -> ../../../devices/x\n");
	assert_place(tree, "/sys/bus/pci/devices/a/of_node/reg", "/firmware/y/reg",
		     "/firmware/y/reg",
		     "/sys/bus/pci/devices/a -> ../../../devices/x\n"
		     "/sys/devices/x/of_node -> /firmware/y\n");
	assert_place(tree, "/", "", "", "");
	assert_place(tree, "/nothing/there", "/nothing/there", "/nothing/there", "");
}

static void a_circle_of_links_comes_to_an_end(void **state)
{
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	struct seen seen = {paths_new(), ""};
	struct places *places;
	char *dir = tree_new("/a -> b\n/b -> a\n/c -> c/c\n");

	assert_int_equal(root_open(dir, &root, &error), 0);
	places = places_new(root, seen.paths, see_link, &seen);
	places_behind(places, paths_need(seen.paths, "/a/x"));
	assert_non_null(strstr(seen.links, "/b -> a\n"));
	places_behind(places, paths_need(seen.paths, "/c/c/c"));
	assert_non_null(strstr(seen.links, "/c -> c/c\n"));
	places_free(places);
	paths_free(seen.paths);
	tree_remove(dir);
}

static void a_link_to_a_path_that_is_too_long_is_not_followed(void **state)
{
	enum { LONG = 4090 };
	char target[LONG + 1], tree[LONG + 64];

	memset(target, 'a', LONG);
	target[LONG] = '\0';
	snprintf(tree, sizeof(tree), "/sys/devices/x -> %s\n", target);
	assert_place(tree, "/sys/devices/x", "/sys/devices/x", "/sys/devices/x", tree);
}

UNIT(places)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_on_the_way_are_followed),
		cmocka_unit_test(a_circle_of_links_comes_to_an_end),
		cmocka_unit_test(a_link_to_a_path_that_is_too_long_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
