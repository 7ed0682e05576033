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
	"	gpio: gpio { compatible = \"a,gpio\"; #gpio-cells = <2>; #interrupt-cells = <2>; "
	"};\n"
	"	wide: wide { compatible = \"a,wide\"; #interrupt-cells = <1>;\n"
	"		#address-cells = <2>; #dma-cells = <0>; };\n"
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
		fprintf(out, "%s%s %s %s %s%s", i ? "; " : "", suppliers[i].kind,
			suppliers[i].property, suppliers[i].node ? suppliers[i].node->path : "-",
			suppliers[i].device ? suppliers[i].device->path : "-",
			suppliers[i].optional ? "?" : "");
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

/* A display, its panel with a backlight, and a bridge below the display, as endpoints name them. */
static const char GRAPH[] =
	"/dts-v1/;\n"
	"/ {\n"
	"	display { compatible = \"a,display\";\n"
	"		ports { port@0 { endpoint@0 { remote-endpoint = <&bridge_in>; }; };\n"
	"			port@1 { out: endpoint { remote-endpoint = <&panel_in>; }; }; };\n"
	"		bridge { compatible = \"a,bridge\";\n"
	"			port { bridge_in: endpoint { }; }; }; };\n"
	"	panel { compatible = \"a,panel\"; status = \"%s\";\n"
	"		in-ports { port { panel_in: endpoint { %s }; }; }; };\n"
	"	camera { compatible = \"a,camera\";\n"
	"		port { endpoint { remote-endpoint = <0x77>; }; }; };\n"
	"};\n";

static void expect_graph(struct arena *arena, const char *path, const char *status,
			 const char *remote, const char *expected)
{
	_autofree_ char *text = NULL;
	char source[2048];
	size_t size;
	FILE *out = open_memstream(&text, &size);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(source, sizeof(source), GRAPH, status, remote);
#pragma GCC diagnostic pop
	print_suppliers(arena, dts_tree(arena, source), path, out);
	fclose(out);
	assert_string_equal(text, expected);
}

/* A device below is no supplier, and a phandle without a node is none. */
static void the_device_at_the_other_end_of_an_endpoint_is_a_supplier(void **state)
{
	expect_graph(*state, "/display", "okay", "", "endpoint remote-endpoint /panel /panel");
	expect_graph(*state, "/panel", "okay", "", "");
	expect_graph(*state, "/display", "disabled", "", "");
	expect_graph(*state, "/camera", "okay", "", "");
}

static void two_devices_whose_endpoints_name_each_other_do_not_wait(void **state)
{
	static const char back[] = "remote-endpoint = <&out>;";

	expect_graph(*state, "/display", "okay", back, "endpoint remote-endpoint /panel /panel?");
	expect_graph(*state, "/panel", "okay", back, "endpoint remote-endpoint /display /display?");
}

/* The kernel looks at the node that is named, not at its device. */
static void what_post_init_providers_lists_is_optional(void **state)
{
	expect(*state, "clocks = <&clk 1>; post-init-providers = <&clk>;",
	       "clock clocks /clk /clk?");
	expect(*state, "post-init-providers = <&clk>; clocks = <&clk 1>; resets = <&clk 2>;",
	       "clock clocks /clk /clk?; reset resets /clk /clk?");
	expect(*state, "vdd-supply = <&vdd>; vio-supply = <&vio>; post-init-providers = <&vio>;",
	       "regulator vdd-supply /pmic/regulators/vdd /pmic; "
	       "regulator vio-supply /pmic/regulators/vio /pmic?");
	expect(*state, "post-init-providers = <&clk>;", "");
}

/* Entries for two pins of two controllers: the address cells of the parent count too. */
static void the_controllers_of_an_interrupt_map_are_suppliers(void **state)
{
	static const char cells[] = "#interrupt-cells = <1>; #address-cells = <3>; "
				    "interrupt-map = <0 0 0 1 &gic 0 1 4>, <0 0 0 2 &gic 0 2 4>, "
				    "<0 0 0 3 &wide 1 2 7>";
	static const char once[] = "interrupt interrupt-map /gic /gic; "
				   "interrupt interrupt-map /wide /wide";
	_autofree_ char *text = NULL, *broken = NULL, *cut = NULL;

	assert_true(asprintf(&text, "%s;", cells) > 0);
	expect(*state, text, once);
	assert_true(asprintf(&broken, "%s, <0 0 0 4 0x99 1>, <0 0 0 5 &gpio 1 1>;", cells) > 0);
	expect(*state, broken, once);
	assert_true(asprintf(&cut, "%s, <0 0 0 4 &gpio 1>;", cells) > 0);
	expect(*state, cut, once);
	expect(*state, "interrupt-map = <0 0 0 1 &gic 0 1 4>;", "");
}

static void a_dma_controller_is_optional(void **state)
{
	expect(*state, "dmas = <&wide>;", "dma dmas /wide /wide?");
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
		test(the_device_at_the_other_end_of_an_endpoint_is_a_supplier),
		test(two_devices_whose_endpoints_name_each_other_do_not_wait),
		test(what_post_init_providers_lists_is_optional),
		test(the_controllers_of_an_interrupt_map_are_suppliers),
		test(a_dma_controller_is_optional),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
