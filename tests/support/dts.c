/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/dts.h"

#include "firmware/fdt.h"
#include "support/check.h"
#include "support/tree.h"

#include <string.h>

static void write_source(const char *source, char *path)
{
	_autoclose_ int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, source, strlen(source)), (ssize_t)strlen(source));
}

const uint8_t *dts_blob(struct arena *arena, const char *source, size_t *ret_length)
{
	_autofree_ char *path = NULL, *command = NULL;
	uint8_t *blob = arena_alloc(arena, FDT_SIZE_MAX / 8);
	FILE *dtc;

	assert_true(asprintf(&path, "%s/iommuctl-dts.XXXXXX", tree_place()) > 0);
	write_source(source, path);
	/* -f: accept mistakes for dtc such as a dangling phandle, which some tests are about. */
	assert_true(asprintf(&command, "dtc -q -f -I dts -O dtb %s", path) > 0);
	dtc = popen(command, "r");
	assert_non_null(dtc);
	*ret_length = fread(blob, 1, FDT_SIZE_MAX / 8, dtc);
	assert_int_equal(pclose(dtc), 0);
	unlink(path);
	return blob;
}

const struct tree *dts_tree(struct arena *arena, const char *source)
{
	const struct tree *tree = NULL;
	struct error e = {0};
	size_t length;
	const uint8_t *blob = dts_blob(arena, source, &length);

	if (fdt_decode(arena, blob, length, &tree, &e) < 0)
		fail_msg("%s", e.message);
	return tree;
}

const struct node *dts_node(const struct tree *tree, const char *path)
{
	const struct node *node = tree_find(tree, path);

	if (!node)
		fail_msg("no node %s", path);
	return node;
}
