/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses through buses that shift them, and properties with cells that cannot be read. */
#include "firmware/dt_address.h"
#include "firmware/dt_reserved.h"
#include "support/arena.h"
#include "support/check.h"
#include "support/dts.h"

#include <stdio.h>
#include <string.h>

/* The address of /bus/device as "START+LENGTH", or "none": @bus has properties of the bus, @reg
 * those of the device. */
static const char *address_of(const char *bus, const char *reg)
{
	const char *source = arena_printf(arena,
					  "/dts-v1/; / { #address-cells = <2>; #size-cells = <1>; "
					  "bus { %s device { %s }; }; };",
					  bus, reg);
	const struct tree *tree = dts_tree(arena, source);
	uint64_t first, length;

	if (!dt_address(dts_node(tree, "/bus/device"), &first, &length))
		return "none";
	return arena_printf(arena, "0x%llx+0x%llx", (unsigned long long)first,
			    (unsigned long long)length);
}

#define ONE "#address-cells = <1>; #size-cells = <1>; "

static void an_empty_ranges_passes_addresses_as_they_are(void **state)
{
	assert_string_equal(address_of(ONE "ranges;", "reg = <0x1000 0x10>;"), "0x1000+0x10");
}

static void a_bus_without_ranges_passes_none(void **state)
{
	assert_string_equal(address_of(ONE, "reg = <0x1000 0x10>;"), "none");
}

static void ranges_shift_the_addresses_that_they_cover(void **state)
{
	static const char BUS[] = ONE "ranges = <0x0 0x1 0x0 0x1000>, <0x8000 0x2 0x0 0x1000>;";

	assert_string_equal(address_of(BUS, "reg = <0x10 0x10>;"), "0x100000010+0x10");
	assert_string_equal(address_of(BUS, "reg = <0x8010 0x10>;"), "0x200000010+0x10");
	assert_string_equal(address_of(BUS, "reg = <0x1000 0x10>;"), "none");
	assert_string_equal(address_of(BUS, "reg = <0x9000 0x10>;"), "none");
}

static void cells_of_the_nearest_bus_above_count(void **state)
{
	assert_string_equal(address_of("ranges;", "reg = <0x1 0x1000 0x10>;"), "0x100001000+0x10");
	assert_string_equal(address_of("#address-cells = <2>; #size-cells = <2>; ranges;",
				       "reg = <0x1 0x0 0x2 0x0>;"),
			    "0x100000000+0x200000000");
}

static void numbers_that_are_no_addresses_are_none(void **state)
{
	assert_string_equal(address_of(ONE "ranges;", ""), "none");
	assert_string_equal(address_of(ONE "ranges;", "reg = <0x1000>;"), "none");
	assert_string_equal(
		address_of("#address-cells = <1>; #size-cells = <0>; ranges;", "reg = <1>;"),
		"none");
	assert_string_equal(
		address_of("#address-cells = <0>; #size-cells = <1>; ranges;", "reg = <1>;"),
		"none");
	/* A PCI function: its reg is an address on the bus. */
	assert_string_equal(address_of("#address-cells = <3>; #size-cells = <2>; ranges;",
				       "reg = <0 0 0 0 0>;"),
			    "none");
	assert_string_equal(
		address_of("#address-cells = <1>; #size-cells = <3>; ranges;", "reg = <0 0 0 0>;"),
		"none");
}

/* A bus between the device and the root whose cells nothing can be made of. */
static const char *address_behind(const char *outer)
{
	const char *source = arena_printf(
		arena,
		"/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; outer { %s inner { " ONE
		"ranges; device { reg = <0x10 0x10>; }; }; }; };",
		outer);
	const struct tree *tree = dts_tree(arena, source);
	uint64_t first, length;

	return dt_address(dts_node(tree, "/outer/inner/device"), &first, &length) ? "found"
										  : "none";
}

static void a_bus_with_odd_cells_passes_no_address(void **state)
{
	assert_string_equal(address_behind(ONE "ranges = <0 0 0x100>;"), "found");
	assert_string_equal(
		address_behind(
			"#address-cells = <3>; #size-cells = <1>; ranges = <0 0 0 0 0x100>;"),
		"none");
	assert_string_equal(
		address_behind(
			"#address-cells = <1>; #size-cells = <3>; ranges = <0 0 0 0 0x100>;"),
		"none");
	assert_string_equal(
		address_behind("#address-cells = <0>; #size-cells = <3>; ranges = <0 0 0 0>;"),
		"none");
	assert_string_equal(address_behind(ONE "ranges = <0 0>;"), "none");
}

/* The reserved ranges of the device, "START+LENGTH" and "!" where they must be mapped 1:1. */
static const char *reserved_of(const char *root, const char *region, const char *bus)
{
	const struct dt_reserved *ranges;
	const char *all = "",
		   *source = arena_printf(arena,
					  "/dts-v1/; / { %s reserved-memory { #address-cells = "
					  "<1>; #size-cells = <1>; ranges; "
					  "r: r { %s }; }; bus { %s d: device { memory-region = "
					  "<&r>, <0xdead>; }; }; };",
					  root, region, bus);
	size_t count = dt_reserved(dts_tree(arena, source), arena, &ranges);

	for (size_t i = 0; i < count; i++)
		all = arena_printf(arena, "%s%s0x%llx+0x%llx%s", all, *all ? " " : "",
				   (unsigned long long)ranges[i].start,
				   (unsigned long long)ranges[i].length,
				   ranges[i].direct ? "!" : "");
	return all;
}

static void a_region_that_is_where_it_is_mapped_is_direct(void **state)
{
	assert_string_equal(reserved_of(ONE,
					"reg = <0x100 0x10>; iommu-addresses = <&d 0x100 0x10>;",
					ONE "ranges;"),
			    "0x100+0x10!");
	assert_string_equal(reserved_of(ONE,
					"reg = <0x100 0x10>; iommu-addresses = <&d 0x100 0x20>;",
					ONE "ranges;"),
			    "0x100+0x20");
	assert_string_equal(reserved_of(ONE,
					"reg = <0x100 0x10>; iommu-addresses = <&d 0x200 0x10>;",
					ONE "ranges;"),
			    "0x200+0x10");
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <&d 0x100 0x10>;", ONE "ranges;"),
			    "0x100+0x10");
}

static void entries_that_cannot_be_read_are_left_out(void **state)
{
	/* a phandle of no node; too few cells; a length of 0; no such property */
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <0xbeef 0x100 0x10>;", ONE), "");
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <&d 0x100>;", ONE), "");
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <&d 0x100 0>;", ONE), "");
	assert_string_equal(reserved_of(ONE, "reg = <0x100 0x10>;", ONE), "");
	/* cells of the device's bus that nothing can be made of */
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <&d 1 2 3 4>;",
					"#address-cells = <3>; #size-cells = <1>;"),
			    "");
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <&d 1>;",
					"#address-cells = <1>; #size-cells = <0>;"),
			    "");
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <&d 1 2 3 4>;",
					"#address-cells = <1>; #size-cells = <3>;"),
			    "");
}

static void dma_addresses_are_shifted_by_dma_ranges(void **state)
{
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <&d 0x10 0x10>;",
					ONE "dma-ranges = <0 0x5000 0x100>;"),
			    "0x5010+0x10");
	assert_string_equal(reserved_of(ONE, "iommu-addresses = <&d 0x200 0x10>;",
					ONE "dma-ranges = <0 0x5000 0x100>;"),
			    "");
}

/* A range of no cells has no length: a search that adds up lengths would never end. */
static void ranges_of_no_cells_or_of_too_many_above_pass_no_address(void **state)
{
	static const char *const rows[][2] = {
		{"#address-cells = <3>; #size-cells = <1>;",
		 "#address-cells = <1>; #size-cells = <1>; ranges = <0 0 0 0 0x100>;"},
		{"#address-cells = <0>; #size-cells = <0>;",
		 "#address-cells = <0>; #size-cells = <0>; ranges = <0>;"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *source = arena_printf(arena,
						  "/dts-v1/; / { %s outer { %s inner { " ONE
						  "ranges; device { reg = <0x10 0x10>; }; }; }; };",
						  rows[i][0], rows[i][1]);
		uint64_t first, length;

		assert_false(dt_address(dts_node(dts_tree(arena, source), "/outer/inner/device"),
					&first, &length));
	}
}

UNIT(dt_address)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_ranges_passes_addresses_as_they_are),
		cmocka_unit_test(a_bus_without_ranges_passes_none),
		cmocka_unit_test(ranges_shift_the_addresses_that_they_cover),
		cmocka_unit_test(cells_of_the_nearest_bus_above_count),
		cmocka_unit_test(numbers_that_are_no_addresses_are_none),
		cmocka_unit_test(a_bus_with_odd_cells_passes_no_address),
		cmocka_unit_test(a_region_that_is_where_it_is_mapped_is_direct),
		cmocka_unit_test(entries_that_cannot_be_read_are_left_out),
		cmocka_unit_test(dma_addresses_are_shifted_by_dma_ranges),
		cmocka_unit_test(ranges_of_no_cells_or_of_too_many_above_pass_no_address),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
