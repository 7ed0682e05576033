/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Apply overlays to a devicetree blob. The input is blobs one after the other, each as long as its
 * header says: the base, then overlays. The last one takes what is left.
 */
#include "firmware/dt_iommus.h"
#include "firmware/dt_streams.h"
#include "firmware/fdt_overlay.h"
#include "fuzz/fuzz.h"

#include <libfdt.h>

enum { FILES_MAX = 5 };

static void must(bool condition)
{
	if (!condition)
		abort();
}

static size_t length_of(const uint8_t *data, size_t left)
{
	struct fdt_header header;
	size_t length;

	if (left < sizeof(header))
		return left;
	memcpy(&header, data, sizeof(header));
	length = fdt32_to_cpu(header.totalsize);
	return length < sizeof(header) || length > left ? left : length;
}

/* Each part in memory of exactly its size, so that sanitizers notice a read beyond its end. */
static size_t split(const uint8_t *data, size_t size, struct fdt_file files[FILES_MAX])
{
	size_t count = 0;

	while (size && count < FILES_MAX) {
		size_t length = length_of(data, size);
		char *copy = malloc(length);

		must(copy != NULL);
		memcpy(copy, data, length);
		files[count++] = (struct fdt_file){"part", copy, length};
		data += length;
		size -= length;
	}
	return count;
}

/* The tree that overlays make is one like any other. */
static void walk_tree(const struct tree *tree, struct arena *arena)
{
	const struct dt_stream *streams;
	const struct dt_iommu *iommus;
	size_t count = dt_streams(tree, arena, &streams);

	for (size_t i = 0; i < count; i++)
		must(streams[i].device && (streams[i].iommu || streams[i].error));
	dt_iommus(tree, arena, &iommus);
	for (const struct node *node = tree->root; node; node = node->next)
		must(tree_find(tree, node->path) != NULL);
}

static void apply(const struct fdt_file *files, size_t count)
{
	struct arena *arena = arena_new();
	const struct tree *tree = NULL;
	struct error e = {0};

	if (fdt_overlay(arena, &files[0], &files[1], count - 1, &tree, &e) == 0)
		walk_tree(tree, arena);
	else
		must(e.code == ERROR_MALFORMED && e.message[0] && strlen(e.message) > 4);
	arena_free(arena);
}

/* The files stay as they are, and an overlay is refused or applied alike in every call. */
static void try_parts(const struct fdt_file *files, size_t count)
{
	uint8_t *before[FILES_MAX];

	for (size_t i = 0; i < count; i++) {
		before[i] = malloc(files[i].length);
		must(before[i] != NULL);
		memcpy(before[i], files[i].bytes, files[i].length);
	}
	apply(files, count);
	for (size_t i = 0; i < count; i++) {
		must(memcmp(before[i], files[i].bytes, files[i].length) == 0);
		free(before[i]);
	}
}

static void repair_headers(struct fdt_file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		void *blob = (void *)files[i].bytes;

		if (files[i].length < sizeof(struct fdt_header))
			continue;
		fdt_set_magic(blob, FDT_MAGIC);
		fdt_set_totalsize(blob, (uint32_t)files[i].length);
		fdt_set_version(blob, 17);
		fdt_set_last_comp_version(blob, 16);
	}
}

/* Apply the input unchanged, and with headers that pass the first checks. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fdt_file files[FILES_MAX];
	size_t count = split(data, size, files);

	if (count)
		try_parts(files, count);
	repair_headers(files, count);
	if (count)
		try_parts(files, count);
	for (size_t i = 0; i < count; i++)
		free((void *)files[i].bytes);
	return 0;
}
