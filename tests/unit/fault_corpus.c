/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The corpus of fault lines as a whole: its size, and how many of the lines a machine printed. */
#include "faults/forms.h"
#include "support/check.h"
#include "support/fault_rows.h"

#include <string.h>

static const struct fault_rows *const corpus[] = {&intel_fault_rows, &amd_fault_rows,
						  &smmu_fault_rows, &smmu_v3_fault_rows,
						  &other_fault_rows};

/* @captured: a machine printed the line; @named: and the row names where that can be seen */
struct numbers {
	size_t rows, captured, named;
};

static struct numbers count_rows(void)
{
	struct numbers numbers = {0};

	for (size_t i = 0; i < ARRAY_SIZE(corpus); i++)
		for (size_t j = 0; j < corpus[i]->count; j++) {
			const char *source = corpus[i]->items[j].source;

			numbers.rows++;
			numbers.captured += source != NULL;
			numbers.named += source && strcmp(source, REPORT) != 0;
		}
	return numbers;
}

/* 86 of 167 lines; 54 of the 86 name a place. These numbers may only grow. */
static void half_of_the_lines_were_printed_by_machines(void **state)
{
	struct numbers numbers = count_rows();

	print_message("%zu lines, %zu captured, %zu of these with their place\n", numbers.rows,
		      numbers.captured, numbers.named);
	assert_true(2 * numbers.captured >= numbers.rows);
	assert_true(numbers.captured >= 86);
	assert_true(numbers.named >= 54);
}

static void each_line_cites_the_kernel_and_the_file(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(corpus); i++)
		for (size_t j = 0; j < corpus[i]->count; j++) {
			assert_true(*corpus[i]->items[j].kernel);
			assert_memory_equal(corpus[i]->items[j].file, "drivers/",
					    strlen("drivers/"));
		}
}

static bool is_of_corpus(enum iommu_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(corpus); i++)
		for (size_t j = 0; j < corpus[i]->count; j++)
			if (corpus[i]->items[j].iommu_kind == kind)
				return true;
	return false;
}

/* assert_fault_forms looks for a line of each form, but only for the kinds that have lines. */
static void each_form_is_of_a_kind_with_lines(void **state)
{
	enum { FORMS_MIN = 60 };
	size_t count;
	const struct fault_form *forms = fault_forms(&count);

	assert_true(count >= FORMS_MIN);
	for (size_t i = 0; i < count; i++)
		if (!is_of_corpus(forms[i].iommu))
			fail_msg("no line of %s", forms[i].file);
}

UNIT(fault_corpus)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_of_the_lines_were_printed_by_machines),
		cmocka_unit_test(each_line_cites_the_kernel_and_the_file),
		cmocka_unit_test(each_form_is_of_a_kind_with_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
