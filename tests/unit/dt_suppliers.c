/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_suppliers.h"

#include "support/check.h"
#include "support/dts.h"

#include <string.h>

static const char SUPPLIERS[] =
	"/dts-v1/;\n"
	"/ {\n"
	"	interrupt-parent = <&gic>;\n"
	"	gic: gic { compatible = \"arm,gic-v3\"; #interrupt-cells = <3>; };\n"
	"	its: its { compatible = \"arm,gic-v3-its\"; #msi-cells = <1>; };\n"
	"	clk: clk { compatible = \"a,clk\"; #clock-cells = <1>; #reset-cells = <1>;\n"
	"		#power-domain-cells = <0>; };\n"
	"	smmu: smmu { compatible = \"arm,mmu-500\"; #iommu-cells = <1>; };\n"
	"	off: off { compatible = \"arm,smmu-v3\"; #iommu-cells = <1>;\n"
	"		status = \"disabled\"; };\n"
	"	pmic { compatible = \"a,pmic\"; regulators { vdd: vdd { }; vio: vio { }; }; };\n"
	"	gpio: gpio { compatible = \"a,gpio\"; #gpio-cells = <2>; };\n"
	"	fuses { compatible = \"a,fuses\"; id: id { }; };\n"
	"	pins { pin: pin { }; };\n"
	"	other { compatible = \"a,other\"; interrupt-parent = <&gpio>;\n"
	"		child { interrupts = <1>; }; };\n"
	"	device { compatible = \"a,device\"; %s own: own { #clock-cells = <0>; }; };\n"
	"};\n";

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void print_suppliers(struct arena *arena, const struct tree *tree, const char *path,
			    FILE *out)
{
	const struct dt_supplier *suppliers;
	size_t count = dt_suppliers(tree, dts_node(tree, path), arena, &suppliers);

	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s %s %s %s", i ? "; " : "", suppliers[i].kind,
			suppliers[i].property, suppliers[i].node ? suppliers[i].node->path : "-",
			suppliers[i].device ? suppliers[i].device->path : "-");
}

static void expect_of(struct arena *arena, const char *path, const char *properties,
		      const char *expected)
{
	_autofree_ char *text = NULL;
	char source[4096];
	size_t size;
	FILE *out = open_memstream(&text, &size);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(source, sizeof(source), SUPPLIERS, properties);
#pragma GCC diagnostic pop
	print_suppliers(arena, dts_tree(arena, source), path, out);
	fclose(out);
	assert_string_equal(text, expected);
}

static void expect(struct arena *arena, const char *properties, const char *expected)
{
	expect_of(arena, "/device", properties, expected);
}

static void names_the_kind_by_the_property(void **state)
{
	expect(*state, "clocks = <&clk 1>;", "clock clocks /clk /clk");
	expect(*state, "resets = <&clk 1>;", "reset resets /clk /clk");
	expect(*state, "power-domains = <&clk>;", "power-domain power-domains /clk /clk");
	expect(*state, "iommus = <&smmu 5>;", "iommu iommus /smmu /smmu");
	expect(*state, "msi-parent = <&its 1>;", "msi msi-parent /its /its");
	expect(*state, "reg = <1 2>; clock-names = \"a\";", "");
}

static void lists_each_supplier_once_per_property(void **state)
{
	expect(*state, "clocks = <&clk 1>, <&clk 2>; resets = <&clk 3>;",
	       "clock clocks /clk /clk; reset resets /clk /clk");
}

static void the_device_of_a_regulator_is_its_chip(void **state)
{
	expect(*state, "vdd-supply = <&vdd>; vio-supply = <&vio>;",
	       "regulator vdd-supply /pmic/regulators/vdd /pmic; "
	       "regulator vio-supply /pmic/regulators/vio /pmic");
}

static void a_supplier_below_no_device_has_none(void **state)
{
	expect(*state, "pinctrl-0 = <&pin>;", "pinctrl pinctrl-0 /pins/pin -");
}

static void gpios_stand_at_the_end_of_longer_names(void **state)
{
	expect(*state, "reset-gpios = <&gpio 1 0>; wake-gpio = <&gpio 2 0>; gpios = <&gpio 3 0>;",
	       "gpio reset-gpios /gpio /gpio; gpio wake-gpio /gpio /gpio; "
	       "gpio gpios /gpio /gpio");
	expect(*state, "gpio-hog; gpios = <1 0>; snps,nr-gpios = <32>;", "");
}

static void cells_that_nvmem_does_not_count_are_none(void **state)
{
	expect(*state, "nvmem-cells = <&id>;", "nvmem nvmem-cells /fuses/id /fuses");
}

static void interrupts_come_from_the_nearest_interrupt_parent(void **state)
{
	expect(*state, "interrupts = <0 1 4>;", "interrupt interrupts /gic /gic");
	expect(*state, "interrupt-parent = <&gpio>; interrupts = <1 0>;",
	       "interrupt interrupts /gpio /gpio");
	expect(*state, "interrupts = <0 1 4>; interrupts-extended = <&gic 0 1 4>;",
	       "interrupt interrupts-extended /gic /gic");
	expect_of(*state, "/other/child", "", "interrupt interrupts /gpio /gpio");
}

static void the_iommus_of_a_host_bridge_are_those_of_its_map(void **state)
{
	expect(*state, "iommu-map = <0 &smmu 0 8>, <8 &smmu 8 8>, <16 &off 0 8>;",
	       "iommu iommu-map /smmu /smmu; iommu iommu-map /off /off");
}

static void an_empty_place_does_not_end_a_list(void **state)
{
	expect(*state, "clocks = <0>, <&clk 1>;", "clock clocks /clk /clk");
}

static void a_dangling_phandle_is_a_supplier_that_cannot_come(void **state)
{
	expect(*state, "clocks = <&clk 1>, <0xdead 1>, <&clk 2>;",
	       "clock clocks /clk /clk; clock clocks - -");
}

static void a_node_below_a_device_is_no_supplier_of_it(void **state)
{
	expect(*state, "clocks = <&own>;", "");
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static void a_map_of_streams_names_its_iommus(void **state)
{
	expect(*state, "iommu-map = <0 &smmu 0 0x100>, <0x100 &smmu 0 0x100>;",
	       "iommu iommu-map /smmu /smmu");
	expect(*state, "iommu-map = <0 0x7777 0 0x100>;", "iommu iommu-map - -");
}

UNIT(dt_suppliers)
{
	const struct CMUnitTest tests[] = {
		test(names_the_kind_by_the_property),
		test(lists_each_supplier_once_per_property),
		test(the_device_of_a_regulator_is_its_chip),
		test(a_supplier_below_no_device_has_none),
		test(gpios_stand_at_the_end_of_longer_names),
		test(cells_that_nvmem_does_not_count_are_none),
		test(interrupts_come_from_the_nearest_interrupt_parent),
		test(the_iommus_of_a_host_bridge_are_those_of_its_map),
		test(an_empty_place_does_not_end_a_list),
		test(a_dangling_phandle_is_a_supplier_that_cannot_come),
		test(a_node_below_a_device_is_no_supplier_of_it),
		test(a_map_of_streams_names_its_iommus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
