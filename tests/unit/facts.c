/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/facts.h"
#include "support/check.h"

static void a_fact_brings_all_that_it_rests_on(void **state)
{
	unsigned facts = facts_with_prerequisites(FACT_SUPPLIERS);

	assert_int_equal(facts & FACT_STREAMS, FACT_STREAMS);
	/* FACT_STREAMS requires FACT_IOMMUS. */
	assert_int_equal(facts & FACT_IOMMUS, FACT_IOMMUS);
	assert_int_equal(facts_with_prerequisites(FACT_USES) & FACT_VFIO, FACT_VFIO);
	assert_int_equal(facts_with_prerequisites(FACT_NUMA), FACT_NUMA);
	assert_int_equal(facts_with_prerequisites(0), 0);
}

static void twice_is_the_same_as_once(void **state)
{
	for (int bit = 0; bit < FACT_COUNT; bit++) {
		unsigned once = facts_with_prerequisites(1u << bit);

		assert_int_equal(once & 1u << bit, 1u << bit);
		assert_int_equal(facts_with_prerequisites(once), once);
	}
}

UNIT(facts)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fact_brings_all_that_it_rests_on),
		cmocka_unit_test(twice_is_the_same_as_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
