/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/fdt_overlay.h"

#include "support/arena.h"
#include "support/check.h"
#include "support/dts.h"

#include <string.h>

#define BASE(symbols)                                                  \
	"/dts-v1/;\n"                                                  \
	"/ {\n"                                                        \
	"	soc: soc { phandle = <2>;\n"                                 \
	"		smmu: iommu@1000 { #iommu-cells = <1>; phandle = <1>; };\n" \
	"		dma@2000 { iommus = <&smmu 0x20>; };\n"                     \
	"	};\n" symbols "};\n"
#define SYMBOLS                           \
	"	__symbols__ {\n"                \
	"		soc = \"/soc\";\n"             \
	"		smmu = \"/soc/iommu@1000\";\n" \
	"	};\n"
#define PLUGIN "/dts-v1/;\n/plugin/;\n"

static const char plain[] = BASE(""), with_symbols[] = BASE(SYMBOLS);
static const char by_label[] = PLUGIN "&soc { card: card@3000 { iommus = <&smmu 0x30>; }; };\n";

static struct fdt_file file_of(const char *name, const char *source)
{
	size_t length;
	const char *bytes = (const char *)dts_blob(arena, source, &length);

	return (struct fdt_file){name, bytes, length};
}

/* Apply overlays; the text of the error, or the streams as print_streams has them. */
static const char *applied(struct fdt_file base, const struct fdt_file *overlays, size_t count)
{
	const struct tree *tree;
	struct error error = {0};
	const char *copy;
	char *text = NULL;
	size_t size;
	FILE *out;

	if (fdt_overlay(arena, &base, overlays, count, &tree, &error) < 0) {
		assert_int_equal(error.code, ERROR_MALFORMED);
		return arena_strdup(arena, error.message);
	}
	out = open_memstream(&text, &size);
	print_streams(tree, out);
	fclose(out);
	copy = arena_strdup(arena, text);
	free(text);
	return copy;
}

static const char *applied_one(const char *base, const char *overlay)
{
	const struct fdt_file file = file_of("card.dtbo", overlay);

	return applied(file_of("board.dtb", base), &file, 1);
}

static void without_overlays_the_base_is_the_tree(void **state)
{
	const char *text = applied(file_of("board.dtb", plain), NULL, 0);

	assert_non_null(strstr(text, "/soc/dma@2000"));
	assert_null(strstr(text, "card"));
}

static void labels_and_phandles_are_those_of_the_base(void **state)
{
	const char *text = applied_one(with_symbols, by_label);

	assert_non_null(strstr(text, "/soc/dma@2000"));
	assert_non_null(strstr(text, "/soc/card@3000"));
	assert_non_null(strstr(text, "0x30"));
}

static void an_overlay_may_change_what_an_earlier_one_added(void **state)
{
	static const char second[] = PLUGIN "&card { iommus = <&smmu 0x77>; };\n";
	const struct fdt_file both[] = {
		file_of("card.dtbo",
			PLUGIN "&soc { card: card@3000 { phandle = <9>; iommus = <&smmu 0x30>; }; "
			       "};\n"),
		file_of("more.dtbo", second)};
	static const char with_label[] =
		BASE("	__symbols__ { soc = \"/soc\"; smmu = "
		     "\"/soc/iommu@1000\"; card = \"/soc/card@3000\"; };\n");
	const char *text = applied(file_of("board.dtb", with_label), both, 2);

	assert_non_null(strstr(text, "0x77"));
	assert_null(strstr(text, "0x30"));
}

static void the_same_overlay_twice_is_the_same_as_once(void **state)
{
	const struct fdt_file file = file_of("card.dtbo", by_label);
	const struct fdt_file twice[] = {file, file};

	assert_string_equal(applied(file_of("board.dtb", with_symbols), twice, 2),
			    applied(file_of("board.dtb", with_symbols), twice, 1));
}

static void an_overlay_that_does_not_fit_is_explained(void **state)
{
	assert_string_equal(applied_one(plain, by_label),
			    "card.dtbo does not fit board.dtb: it refers to labels, and the base "
			    "has no symbols");
	assert_string_equal(applied_one(with_symbols, PLUGIN "&usb { a; };\n"),
			    "card.dtbo does not fit board.dtb: the base has no label usb");
	assert_string_equal(
		applied_one(BASE("__symbols__ { usb = \"/usb\"; };\n"), PLUGIN "&usb { a; };\n"),
		"card.dtbo does not fit board.dtb: the base has no node for its label "
		"usb");
	assert_string_equal(
		applied_one(BASE("__symbols__ { dma = \"/soc/dma@2000\"; };\n"),
			    PLUGIN "&dma { a; };\n"),
		"card.dtbo does not fit board.dtb: the base has no phandle for its label dma");
	assert_string_equal(applied_one(plain, PLUGIN "&{/soc/usb} { a; };\n"),
			    "card.dtbo does not fit board.dtb: the base has no node /soc/usb");
}

static void paths_need_no_symbols(void **state)
{
	static const char by_number[] = PLUGIN "&{/soc} { card@3000 { iommus = <1 0x31>; }; };\n";

	assert_non_null(strstr(applied_one(plain, by_number), "0x31"));
}

static void other_files_are_refused(void **state)
{
	struct fdt_file base = file_of("board.dtb", with_symbols);
	struct fdt_file overlay = file_of("card.dtbo", by_label);

	assert_string_equal(applied(overlay, NULL, 0), "card.dtbo is an overlay");
	assert_string_equal(applied(base, &base, 1),
			    "board.dtb is not an overlay: it has no node __overlay__");
	overlay.length -= 8;
	assert_non_null(strstr(applied(base, &overlay, 1), "card.dtbo is malformed: "));
	overlay.length = 0;
	assert_non_null(strstr(applied(base, &overlay, 1), "card.dtbo is malformed: "));
	base.length /= 2;
	assert_non_null(strstr(applied(base, &overlay, 1), "board.dtb is malformed: "));
}

/* libfdt copies them from wherever the header says, up to an end that is not there. */
static void memory_reservations_without_an_end_are_refused(void **state)
{
	enum { OFFSET_OF_RESERVATIONS = 16 };
	struct fdt_file base = file_of("board.dtb", with_symbols);
	const struct fdt_file overlay = file_of("card.dtbo", by_label);
	char *bytes = memcpy(arena_alloc(arena, base.length), base.bytes, base.length);

	memcpy(bytes + OFFSET_OF_RESERVATIONS, "\x7f\xff\xff\xf8", 4);
	base.bytes = bytes;
	assert_non_null(strstr(applied(base, &overlay, 1), "board.dtb is malformed: "));
	base = file_of("board.dtb", with_symbols);
	bytes = memcpy(arena_alloc(arena, base.length), base.bytes, base.length);
	memset(bytes + 40, 0xff, 16);
	memcpy(bytes + OFFSET_OF_RESERVATIONS, "\0\0\0\x30", 4);
	base.bytes = bytes;
	assert_non_null(strstr(applied(base, &overlay, 1), "board.dtb is malformed: "));
}

/* libfdt would read and write there. */
static void places_outside_of_a_property_are_refused(void **state)
{
	static const struct {
		const char *source, *message;
	} rows[] = {
		{PLUGIN "/ { fragment@9 { target-path = \"/soc\"; __overlay__ { a = <1>; }; };\n"
			"__local_fixups__ { fragment@9 { __overlay__ { a = <4>; }; }; }; };\n",
		 "outside of the property a"},
		{PLUGIN "/ { fragment@9 { target-path = \"/soc\"; __overlay__ { a = <1>; }; };\n"
			"__local_fixups__ { fragment@9 { __overlay__ { a = <0x7fffffff>; }; }; }; "
			"};\n",
		 "outside of the property a"},
		{PLUGIN "/ { fragment@9 { target-path = \"/soc\"; __overlay__ { a = [01]; }; };\n"
			"__local_fixups__ { fragment { __overlay__ { a = <0>; }; }; }; };\n",
		 "outside of the property a"},
		{PLUGIN "/ { fragment@9 { target-path = \"/soc\"; __overlay__ { a = <1>; }; };\n"
			"__local_fixups__ { fragment@8 { a = <0>; }; }; };\n",
		 "the node fragment@8, which / lacks"},
		{PLUGIN "/ { fragment@9 { target-path = \"/soc\"; __overlay__ { a = <1>; }; };\n"
			"__fixups__ { smmu = \"/fragment@9/__overlay__:a:4294967295\"; }; };\n",
		 "outside of the property a"},
		{PLUGIN "/ { fragment@9 { target-path = \"/soc\"; __overlay__ { a = <1>; }; };\n"
			"__fixups__ { smmu = \"/fragment@9/__overlay__:a:-4\"; }; };\n",
		 "no PATH:PROPERTY:OFFSET"},
		{PLUGIN "/ { fragment@9 { target-path = \"/soc\"; __overlay__ { a = <1>; }; };\n"
			"__fixups__ { smmu = \"/fragment@9/content:a:0\"; }; };\n",
		 "a node that does not exist"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = applied_one(with_symbols, rows[i].source);

		if (!strstr(text, rows[i].message))
			fail_msg("\"%s\" is not in: %s", rows[i].message, text);
	}
}

/* An overlay may be much larger than its base. */
static void a_large_overlay_has_room(void **state)
{
	char *source = NULL;
	size_t size;
	FILE *out = open_memstream(&source, &size);

	fputs(PLUGIN "&soc {\n", out);
	for (int i = 0; i < 2000; i++)
		fprintf(out, "a%d: a%d { iommus = <&smmu %d>; };\n", i, i, i);
	fputs("};\n", out);
	fclose(out);
	assert_non_null(strstr(applied_one(with_symbols, source), "/soc/a1999"));
	free(source);
}

UNIT(fdt_overlay)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_overlays_the_base_is_the_tree),
		cmocka_unit_test(labels_and_phandles_are_those_of_the_base),
		cmocka_unit_test(an_overlay_may_change_what_an_earlier_one_added),
		cmocka_unit_test(the_same_overlay_twice_is_the_same_as_once),
		cmocka_unit_test(an_overlay_that_does_not_fit_is_explained),
		cmocka_unit_test(paths_need_no_symbols),
		cmocka_unit_test(other_files_are_refused),
		cmocka_unit_test(memory_reservations_without_an_end_are_refused),
		cmocka_unit_test(places_outside_of_a_property_are_refused),
		cmocka_unit_test(a_large_overlay_has_room),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
