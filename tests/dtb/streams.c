/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streams FILE: the streams of one devicetree blob, one line each, for tests/dtb/compare.py.
 * streams FILE --quiet: decode and enumerate only, for timing.
 */
#include "base/root.h"
#include "firmware/dt_streams.h"
#include "firmware/fdt.h"
#include "support/dts.h"

#include <string.h>

static int show(const struct root *root, const char *file, bool quiet)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct dt_stream *streams;
	const struct tree *tree;
	struct error e = {0};
	size_t length;
	char *bytes;

	if (root_read_all(root, arena, file, FDT_SIZE_MAX, &bytes, &length) < 0) {
		fprintf(stderr, "%s: cannot be read\n", file);
		return 1;
	}
	if (fdt_decode(arena, bytes, length, &tree, &e) < 0) {
		fprintf(stderr, "%s: %s\n", file, e.message);
		return 1;
	}
	if (quiet)
		dt_streams(tree, arena, &streams);
	else
		print_streams(tree, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	_autoroot_ struct root *root = NULL;
	struct error e = {0};

	if (argc < 2 || root_open(NULL, &root, &e) < 0)
		return 2;
	return show(root, argv[1], argc > 2 && strcmp(argv[2], "--quiet") == 0);
}
