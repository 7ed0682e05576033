/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/shelf.h"

#include "base/text.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <stdlib.h>

struct shelf shelf;

static int copy_release(void *context, const char *name)
{
	snprintf(shelf.release, sizeof(shelf.release), "%s", name);
	return 0;
}

int shelf_start(void **state)
{
	_autofree_ char *command = NULL;
	_autoroot_ struct root *root = NULL;

	shelf.dir = tree_new("");
	shelf.arena = arena_new();
	assert_true(asprintf(&command, "tar -C %s -xzf %s/trees/virtio-6.12.tar.gz", shelf.dir,
			     TESTS_DIR) > 0);
	assert_int_equal(system(command), 0);
	assert_int_equal(root_open(shelf.dir, &root, &shelf.error), 0);
	return root_list(root, "/lib/modules", copy_release, NULL);
}

int shelf_end(void **state)
{
	arena_free(shelf.arena);
	tree_remove(shelf.dir);
	return 0;
}
