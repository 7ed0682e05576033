/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why groups have several members: bridges, ports and functions without ACS, shared streams. */
#include "checks/isolation.h"
#include "model/build.h"
#include "support/arena.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define IN_PORT "in pci0000:00/0000:00:01.0"

/* The reasons of group 1 as "code subject: message", a line each. */
static const char *reasons_in(const struct system *system)
{
	struct findings reasons = isolation_explain(system, system_group(system, 1), arena);
	const char *text = "";

	for (size_t i = 0; i < reasons.count; i++) {
		const struct finding *item = &reasons.items[i];

		text = arena_printf(arena, "%s%s %s: %s\n", text,
				    code_kinds[item->code].word + strlen("isolation_"),
				    item->subject ? item->subject : "-", item->message);
	}
	return text;
}

static void expect(const char *tree, const char *reasons)
{
	_autosystem_ const struct system *system = snapshot(tree, FACT_TRAITS);

	assert_string_equal(reasons_in(system), reasons);
}

static void a_group_of_one_needs_no_reason(void **state)
{
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=0\n", "");
}

static void behind_a_bridge_to_conventional_pci_all_look_alike(void **state)
{
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=1 pcie=7\n"
	       "pci 0000:01:00.0 " IN_PORT " group=1 header=0\n"
	       "pci 0000:01:01.0 " IN_PORT " group=1 header=0\n",
	       "bridge 0000:00:01.0: behind 0000:00:01.0, a bridge to conventional PCI, devices "
	       "share its requester ID\n");
	/* The bridge is conventional and has no group itself. */
	expect("pci 0000:00:01.0 in pci0000:00 header=1\n"
	       "pci 0000:01:00.0 " IN_PORT " group=1 header=0\n"
	       "pci 0000:01:01.0 " IN_PORT " group=1 header=0\n",
	       "bridge 0000:00:01.0: behind 0000:00:01.0, a bridge to conventional PCI, devices "
	       "share its requester ID\n");
}

static void a_port_without_acs_takes_what_is_below_it_along(void **state)
{
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=1 pcie=4\n"
	       "pci 0000:01:00.0 " IN_PORT " group=1 header=0 pcie=0\n",
	       "no_acs 0000:00:01.0: 0000:00:01.0 is a port without ACS\n");
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=1 pcie=6 acs=5d/10\n"
	       "pci 0000:01:00.0 " IN_PORT " group=1 header=0 pcie=0\n",
	       "acs_off 0000:00:01.0: 0000:00:01.0 is a port with ACS partly off (source "
	       "validation, request redirect, completion redirect)\n");
}

/* ACS bits that a port does not have count as enabled (pci_acs_flags_enabled). */
static void a_port_that_does_what_it_can_is_not_to_blame(void **state)
{
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=1 pcie=4 acs=14/14\n"
	       "pci 0000:01:00.0 " IN_PORT " group=1 header=0 pcie=0\n",
	       "unknown -: no fact that could be read explains it\n");
}

static void functions_without_acs_stay_together(void **state)
{
	expect("pci 0000:00:1f.0 in pci0000:00 group=1 header=80\n"
	       "pci 0000:00:1f.2 in pci0000:00 group=1 header=0\n"
	       "pci 0000:00:1f.3 in pci0000:00 group=1 header=0\n",
	       "functions 0000:00:1f.0: 0000:00:1f.0 and 2 more of its functions have no ACS\n");
	expect("pci 0000:00:01.0 in pci0000:00 group=0 header=1 pcie=4 acs=1d/1d\n"
	       "pci 0000:01:00.0 " IN_PORT " group=1 header=80 pcie=0 acs=1d/0\n"
	       "pci 0000:01:00.1 " IN_PORT " group=1 header=80 pcie=0 acs=1d/0\n",
	       "functions 0000:01:00.0: 0000:01:00.0 and 1 more of its functions have ACS partly "
	       "off\n");
}

static void functions_of_other_slots_and_virtual_ones_are_not_meant(void **state)
{
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=0\n"
	       "pci 0000:00:02.0 in pci0000:00 group=1 header=0\n",
	       "unknown -: no fact that could be read explains it\n");
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=0 pcie=0\n"
	       "pci 0000:00:01.1 in pci0000:00 group=1 header=0 pcie=0\n"
	       "/sys/devices/pci0000:00/0000:00:01.1/physfn -> ../0000:00:01.0\n",
	       "unknown -: no fact that could be read explains it\n");
}

static void several_reasons_are_all_given(void **state)
{
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=1 pcie=4\n"
	       "pci 0000:01:00.0 " IN_PORT " group=1 header=80 pcie=0\n"
	       "pci 0000:01:00.1 " IN_PORT " group=1 header=80 pcie=0\n",
	       "no_acs 0000:00:01.0: 0000:00:01.0 is a port without ACS\n"
	       "functions 0000:01:00.0: 0000:01:00.0 and 1 more of its functions have no ACS\n");
}

static void an_unreadable_fact_is_no_reason(void **state)
{
	expect("pci 0000:00:01.0 in pci0000:00 group=1 header=1 pcie=4 config=short\n"
	       "pci 0000:01:00.0 " IN_PORT " group=1 header=0 pcie=0\n",
	       "unread 0000:00:01.0: config space of 0000:00:01.0 could not be read: only root can "
	       "read more than the header\n");
}

static void an_unread_fact_is_no_reason_either(void **state)
{
	_autosystem_ const struct system *system =
		snapshot("pci 0000:00:01.0 in pci0000:00 group=1 header=0\n"
			 "pci 0000:00:01.1 in pci0000:00 group=1 header=0\n",
			 0);

	assert_string_equal(reasons_in(system), "unread 0000:00:01.0: config space of 0000:00:01.0 "
						"could not be read: it was not read\n");
}

static void devices_of_other_buses_share_a_stream(void **state)
{
	struct build *build = build_new();
	struct iommu *iommu = build_iommu(build, "smmu0");
	struct group *group = build_group(build, 1);

	for (size_t i = 0; i < 3; i++) {
		const char *name = arena_printf(build_arena(build), "dma%zu", i);
		struct device *device = build_device(
			build, "platform", name,
			arena_printf(build_arena(build), "/sys/devices/platform/%s", name));
		struct stream *stream = build_stream(build, device);

		device->group = group;
		stream->iommu = iommu;
		stream->iommu_name = iommu->name;
		stream->id = i == 2 ? 0x30 : 0x20;
	}
	_autosystem_ const struct system *system = build_seal(build, FACT_STREAMS);

	assert_string_equal(reasons_in(system), "stream dma1: dma1 shares ID 0x20 of smmu0 with "
						"dma0\n");
}

static void only_a_reason_that_was_read_makes_isolation_known(void **state)
{
	static const struct {
		enum finding_code code;
		bool known;
	} rows[] = {{CODE_ISOLATION_NO_ACS, true},
		    {CODE_ISOLATION_UNREAD, false},
		    {CODE_ISOLATION_UNKNOWN, false}};
	struct findings none = {0};

	assert_true(isolation_is_known(&none));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct finding finding = {.code = rows[i].code};
		struct findings one = {.items = &finding, .count = 1};

		assert_int_equal(isolation_is_known(&one), rows[i].known);
	}
}

UNIT(isolation)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_of_one_needs_no_reason),
		cmocka_unit_test(behind_a_bridge_to_conventional_pci_all_look_alike),
		cmocka_unit_test(a_port_without_acs_takes_what_is_below_it_along),
		cmocka_unit_test(a_port_that_does_what_it_can_is_not_to_blame),
		cmocka_unit_test(functions_without_acs_stay_together),
		cmocka_unit_test(functions_of_other_slots_and_virtual_ones_are_not_meant),
		cmocka_unit_test(several_reasons_are_all_given),
		cmocka_unit_test(an_unreadable_fact_is_no_reason),
		cmocka_unit_test(an_unread_fact_is_no_reason_either),
		cmocka_unit_test(devices_of_other_buses_share_a_stream),
		cmocka_unit_test(only_a_reason_that_was_read_makes_isolation_known),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
