/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text_map.h"

#include "support/check.h"

#include <stdio.h>

static void keeps_ten_thousand_texts_apart(void **state)
{
	enum { COUNT = 10000 };
	_autoarena_ struct arena *arena = arena_new();
	struct text_map *map = text_map_new(arena);
	char text[32];

	for (size_t i = 1; i <= COUNT; i++) {
		snprintf(text, sizeof(text), "/%zu", i);
		assert_int_equal(text_map_find(map, text), 0);
		*text_map_at(map, text) = i;
	}
	for (size_t i = 1; i <= COUNT; i++) {
		snprintf(text, sizeof(text), "/%zu", i);
		assert_int_equal(text_map_find(map, text), i);
		assert_int_equal(*text_map_at(map, text), i);
	}
}

static void copies_the_text(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct text_map *map = text_map_new(arena);
	char text[] = "a";

	*text_map_at(map, text) = 1;
	text[0] = 'b';
	assert_int_equal(text_map_find(map, "a"), 1);
	assert_int_equal(text_map_find(map, "b"), 0);
}

UNIT(text_map)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_ten_thousand_texts_apart),
		cmocka_unit_test(copies_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
