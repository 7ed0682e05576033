/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of the kernel in documents: any bytes give valid UTF-8. */
#include "model/details.h"
#include "views/column.h"
#include "views/devices.h"

#include "support/check.h"

#include <json-c/json.h>
#include <string.h>

/* The JSON of a value, which is released with the next call. */
static const char *json_of(struct json_object *value)
{
	static struct json_object *last;

	json_object_put(last);
	last = value;
	return json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
}

static const struct column *device_column(const char *key)
{
	const struct column *column = device_columns;

	while (column->key && strcmp(column->key, key) != 0)
		column++;
	assert_non_null(column->key);
	return column;
}

static void bytes_that_are_no_text_are_escaped(void **state)
{
	assert_string_equal(json_of(json_text("caf\xc3\xa9")), "\"caf\xc3\xa9\"");
	assert_string_equal(json_of(json_text("\xff\xfe")), "\"\\\\xff\\\\xfe\"");
	assert_null(json_text(NULL));
}

static void a_word_ends_where_its_length_says(void **state)
{
	assert_string_equal(json_of(json_word("flr bus", 3)), "\"flr\"");
	assert_string_equal(json_of(json_word("caf\xc3\xa9", 4)), "\"caf\\\\xc3\"");
	assert_string_equal(json_of(json_word("", 0)), "\"\"");
}

static void each_reset_method_is_escaped(void **state)
{
	struct details details = {.reset_methods = "flr \xff\xfe\x80"};
	const struct device device = {.details = &details};
	const struct row row = {.device = &device};

	assert_string_equal(json_of(column_json(device_column("reset_methods"), &row)),
			    "[\"flr\",\"\\\\xff\\\\xfe\\\\x80\"]");
}

UNIT(column_json)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_that_are_no_text_are_escaped),
		cmocka_unit_test(a_word_ends_where_its_length_says),
		cmocka_unit_test(each_reset_method_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
