/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places that the fixups of an overlay name, good and bad. */
#include "firmware/fdt_fixups.h"

#include "support/arena.h"
#include "support/check.h"
#include "support/dts.h"

#include <errno.h>
#include <string.h>

/* An overlay with a node that has two phandles, and one that has a property of a byte. */
#define OVERLAY(rest)                                       \
	"/dts-v1/;\n/ {\n"                                  \
	"	fragment@9 { __overlay__ {\n"                     \
	"		both = <1 2>; short = [00];\n"                   \
	"		card@1 { one = <1>; }; card@2 { one = <1>; };\n" \
	"	}; };\n" rest "	after { one = <1>; };\n};\n"
#define LOCAL(nodes) OVERLAY("	__local_fixups__ { " nodes " };\n")
#define LABELS(properties) OVERLAY("	__fixups__ { " properties " };\n")
#define CONTENT(properties) LOCAL("fragment@9 { __overlay__ { " properties " }; };")

/* The message of the error, or "". */
static const char *checked(const char *source)
{
	struct error error = {0};
	int result = fdt_fixups_check(dts_tree(arena, source), &error);

	if (result == 0)
		return "";
	assert_int_equal(result, -EINVAL);
	assert_int_equal(error.code, ERROR_MALFORMED);
	return arena_strdup(arena, error.message);
}

static void an_overlay_without_fixups_is_good(void **state)
{
	assert_string_equal(checked(OVERLAY("")), "");
	assert_string_equal(checked(LOCAL("")), "");
	assert_string_equal(checked(LABELS("")), "");
}

static void offsets_of_whole_cells_are_good(void **state)
{
	assert_string_equal(checked(CONTENT("both = <0 4>;")), "");
	assert_string_equal(checked(CONTENT("card@1 { one = <0>; }; card@2 { one = <0>; };")), "");
	/* libfdt finds a node also by its name without the address. */
	assert_string_equal(checked(CONTENT("card { one = <0>; };")), "");
	assert_string_equal(checked(LABELS("a = \"/fragment@9/__overlay__:both:0\", "
					   "\"/fragment@9/__overlay__:both:4\"; "
					   "b = \"//fragment@9//__overlay__/card@2/:one:0\";")),
			    "");
}

static void an_offset_outside_of_its_property_is_refused(void **state)
{
	static const char *const sources[] = {
		CONTENT("both = <0 5>;"),
		CONTENT("both = <8 0>;"),
		CONTENT("short = <0>;"),
		CONTENT("absent = <0>;"),
		CONTENT("card@1 { one = <1>; }; card@2 { one = <0>; };"),
		CONTENT("card@1 { one = <0>; }; card@2 { one = <1>; };"),
		LOCAL("fragment@9 { __overlay__ { card@1 { one = <4>; }; }; }; after { one = <0>; "
		      "};"),
		LABELS("a = \"/fragment@9/__overlay__:both:5\";"),
		LABELS("a = \"/fragment@9/__overlay__:short:0\";"),
		LABELS("a = \"/fragment@9/__overlay__:both:4\", "
		       "\"/fragment@9/__overlay__:both:8\";"),
		LABELS("a = \"/after:one:8\"; b = \"/after:one:0\";"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		if (!strstr(checked(sources[i]), "outside of the property"))
			fail_msg("\"%s\" for\n%s", checked(sources[i]), sources[i]);
}

static void a_node_that_the_overlay_lacks_is_named(void **state)
{
	assert_string_equal(checked(LOCAL("frag { one = <0>; };")),
			    "a fixup names the node frag, which / lacks");
	assert_string_equal(checked(CONTENT("card@3 { one = <0>; };")),
			    "a fixup names the node card@3, which /fragment@9/__overlay__ lacks");
	assert_string_equal(checked(LABELS("a = \"/fragment@9/card@1:one:0\";")),
			    "a fixup names a node that does not exist: /fragment@9/card@1:one:0");
	assert_string_equal(checked(LABELS("a = \"/frag/x:one:0\";")),
			    "a fixup names a node that does not exist: /frag/x:one:0");
}

static void a_text_that_is_no_place_is_refused(void **state)
{
	static const char *const places[] = {
		LABELS("a = \"\";"),
		LABELS("a = \"/after\";"),
		LABELS("a = \"/after:one\";"),
		LABELS("a = \"after:one:0\";"),
		LABELS("a = \"/after:one:\";"),
		LABELS("a = \"/after:one:x\";"),
		LABELS("a = \"/after:one:-4\";"),
		LABELS("a = \"/after:0123456789012345678901234567890123456789"
		       "0123456789012345678901234567890123456789:0\";"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		assert_string_equal(checked(places[i]), "a fixup is no PATH:PROPERTY:OFFSET");
}

UNIT(fdt_fixups)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_overlay_without_fixups_is_good),
		cmocka_unit_test(offsets_of_whole_cells_are_good),
		cmocka_unit_test(an_offset_outside_of_its_property_is_refused),
		cmocka_unit_test(a_node_that_the_overlay_lacks_is_named),
		cmocka_unit_test(a_text_that_is_no_place_is_refused),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
