/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Suppliers of a deferred device: by the reason in debugfs, by device links, by its devicetree
 * node. */
#include "model/build.h"
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define BASE "/sys/firmware/devicetree/base"
#define DEVICE "/sys/devices/platform/a0.x"

/* A deferred device, a clock that a driver has, and one that no driver has. */
static const char MACHINE[] =
	"/sys/kernel/uevent_seqnum = 1\n"
	"group 0\n"
	"platform b0.y group=0 driver=y\n"
	"platform a0.x of=/x@a0\n"
	"platform 9000.clk driver=clk of=/clk@9000\n"
	"platform 9100.clk of=/clk@9100\n" BASE "/x@a0/compatible = acme,x\\x00\\c\n" DEVICE
	"/of_node -> ../../../firmware/devicetree/base/x@a0\n" BASE
	"/clk@9000/compatible = acme,clk\\x00\\c\n" BASE
	"/clk@9000/phandle = \\x00\\x00\\x00\\x01\\c\n" BASE
	"/clk@9000/#clock-cells = \\x00\\x00\\x00\\x00\\c\n" BASE
	"/clk@9100/compatible = acme,clk\\x00\\c\n" BASE
	"/clk@9100/phandle = \\x00\\x00\\x00\\x02\\c\n" BASE
	"/clk@9100/#clock-cells = \\x00\\x00\\x00\\x00\\c\n" BASE
	"/clk@9100/status = disabled\\x00\\c\n"
	"/sys/devices/platform/9000.clk/of_node -> ../../../firmware/devicetree/base/clk@9000\n"
	"/sys/devices/platform/9100.clk/of_node -> ../../../firmware/devicetree/base/clk@9100\n";

/* The suppliers of a0.x, as "KIND NAME" with "!" if missing and "-" if disabled, joined by "; ". */
static const char *suppliers_on(const char *release, const char *reason, const char *more)
{
	static char all[1024];
	_autofree_ char *text = NULL;
	const struct system *system;
	const struct probing *probing;
	size_t used = 0;

	assert_true(asprintf(&text,
			     "/proc/sys/kernel/osrelease = %s\n%s"
			     "/sys/kernel/debug/devices_deferred = a0.x\\t%s\\n\n%s",
			     release, MACHINE, reason, more) > 0);
	system = snapshot(text, FACT_SUPPLIERS);
	probing = find_device(system, "a0.x")->probing;
	all[0] = '\0';
	for (size_t i = 0; probing && i < probing->supplier_count; i++) {
		const struct supplier *supplier = &probing->suppliers[i];

		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s %s%s%s",
					 used ? "; " : "", supplier->kind, supplier->name,
					 supplier->missing ? "!" : "",
					 supplier->disabled ? "-" : "");
		if (supplier->awaited)
			used += (size_t)snprintf(all + used, sizeof(all) - used, " (part)");
		if (supplier->orders_only)
			used += (size_t)snprintf(all + used, sizeof(all) - used, " (order)");
		if (supplier->optional)
			used += (size_t)snprintf(all + used, sizeof(all) - used, " (optional)");
	}
	system_free(system);
	return all;
}

static const char *suppliers(const char *reason, const char *more)
{
	return suppliers_on("6.12.0", reason, more);
}

static void a_reason_names_a_supplier_by_its_device(void **state)
{
	assert_string_equal(suppliers("platform: supplier 9000.clk not ready", ""),
			    "device 9000.clk");
	assert_string_equal(suppliers("platform: supplier gone.clk not ready", ""),
			    "device gone.clk!");
}

static void a_reason_names_a_supplier_by_its_node_or_the_name_of_that(void **state)
{
	assert_string_equal(suppliers("platform: wait for supplier /clk@9100", ""),
			    "device 9100.clk-");
	assert_string_equal(suppliers("platform: wait for supplier clk@9000", ""),
			    "device 9000.clk");
	assert_string_equal(suppliers("platform: wait for supplier /none@1", ""), "device /none@1");
	assert_string_equal(suppliers("platform: wait for supplier none", ""), "device none");
	assert_string_equal(suppliers("platform: wait for supplier clk@9000 (again)", ""),
			    "device 9000.clk");
}

/* A regulator, a pin group or a memory cell: no device of its own, and a bus is no supplier. */
static void the_nearest_device_above_an_awaited_node_is_the_supplier(void **state)
{
	static const char parts[] = BASE "/clk@9000/parts/ldo1/x = \n" BASE
					 "/clk@9000/parts/compatible = fixed-parts\\x00\\c\n" BASE
					 "/x@a0/own/x = \n" BASE "/none@1/part/x = \n";

	assert_string_equal(suppliers("platform: wait for supplier /clk@9000/parts/ldo1", parts),
			    "device 9000.clk (part)");
	assert_string_equal(suppliers("platform: wait for supplier /none@1/part", parts),
			    "device /none@1/part");
	assert_string_equal(suppliers("platform: wait for supplier /x@a0/own", parts),
			    "device /x@a0/own");
}

static void other_reasons_name_none(void **state)
{
	assert_string_equal(suppliers("", ""), "");
	assert_string_equal(suppliers("acme: failed to get the clock", ""), "");
	assert_string_equal(suppliers("platform: supplier  not ready", ""), "");
	assert_string_equal(suppliers("platform: supplier 9000.clk", ""), "");
	assert_string_equal(suppliers("platform: wait for supplier ", ""), "");
}

#define LINK "/sys/class/devlink/platform:9000.clk--platform:a0.x"

static void a_device_link_is_a_supplier_unless_it_only_orders_sync_state(void **state)
{
	static const char NAMED[] = DEVICE "/supplier:platform:9000.clk/\n";
	_autofree_ char *dormant = NULL, *sync = NULL, *none = NULL;

	assert_true(asprintf(&dormant,
			     "%s" LINK "/status = dormant\n" LINK "/sync_state_only = 0\n",
			     NAMED) > 0);
	assert_true(asprintf(&sync, "%s" LINK "/status = dormant\n" LINK "/sync_state_only = 1\n",
			     NAMED) > 0);
	assert_true(asprintf(&none, "%s" LINK "/sync_state_only = 0\n", NAMED) > 0);
	assert_string_equal(suppliers("", dormant), "device 9000.clk");
	assert_string_equal(suppliers("", sync), "");
	assert_string_equal(suppliers("", none), "");
}

static void a_link_that_only_orders_marks_the_supplier_of_a_property(void **state)
{
	assert_string_equal(suppliers("", DEVICE "/supplier:platform:9000.clk/\n" LINK
						 "/status = dormant\n" LINK
						 "/sync_state_only = 1\n" BASE
						 "/x@a0/clocks = \\x00\\x00\\x00\\x01\\c\n"),
			    "clock 9000.clk (order)");
}

static void a_link_to_a_device_that_is_gone_is_missing(void **state)
{
	assert_string_equal(
		suppliers("", DEVICE
			  "/supplier:platform:gone.clk/\n"
			  "/sys/class/devlink/platform:gone.clk--platform:a0.x/status = x\n"),
		"device platform:gone.clk!");
	assert_string_equal(suppliers("", DEVICE
				      "/supplier:nobus/\n"
				      "/sys/class/devlink/nobus--platform:a0.x/status = x\n"),
			    "device nobus!");
}

static void properties_of_its_node_name_suppliers(void **state)
{
	assert_string_equal(suppliers("", BASE "/x@a0/clocks = \\x00\\x00\\x00\\x01\\c\n"),
			    "clock 9000.clk");
	assert_string_equal(suppliers("", BASE "/x@a0/clocks = \\x00\\x00\\x00\\x02\\c\n"),
			    "clock 9100.clk-");
	assert_string_equal(suppliers("", BASE "/x@a0/clocks = \\x00\\x00\\x00\\x09\\c\n"),
			    "clock clocks!");
}

/* The reason and a property name the same device: it is one supplier, of the kind that says more.
 */
static void a_supplier_that_is_named_twice_is_one(void **state)
{
	assert_string_equal(suppliers("platform: supplier 9000.clk not ready",
				      BASE "/x@a0/clocks = \\x00\\x00\\x00\\x01\\c\n"),
			    "clock 9000.clk");
}

#define ENDPOINT                                                                    \
	BASE "/x@a0/port/endpoint/remote-endpoint = \\x00\\x00\\x00\\x07\\c\n" BASE \
	     "/clk@9000/port/endpoint/phandle = \\x00\\x00\\x00\\x07\\c\n"
#define REMOTE BASE "/clk@9000/port/endpoint/remote-endpoint = \\x00\\x00\\x00\\x08\\c\n"
#define BACK BASE "/x@a0/port/endpoint/phandle = \\x00\\x00\\x00\\x08\\c\n"

/* Linux 5.10 knows no endpoints; what the kernel itself says it waits for is not optional. */
static void an_endpoint_is_a_supplier_as_the_kernel_reads_it(void **state)
{
	static const char reason[] = "platform: supplier 9000.clk not ready";

	assert_string_equal(suppliers("", ENDPOINT), "endpoint 9000.clk");
	assert_string_equal(suppliers_on("5.10.0", "", ENDPOINT), "endpoint 9000.clk (optional)");
	assert_string_equal(suppliers("", ENDPOINT REMOTE BACK), "endpoint 9000.clk (optional)");
	assert_string_equal(suppliers(reason, ENDPOINT REMOTE BACK), "endpoint 9000.clk");
}

#define MAP                                                                                     \
	BASE "/x@a0/#interrupt-cells = \\x00\\x00\\x00\\x00\\c\n" BASE "/x@a0/interrupt-map = " \
	     "\\x00\\x00\\x00\\x05\\x00\\x00\\x00\\x02\\x00\\x00\\x00\\x01\\c\n" BASE           \
	     "/clk@9100/#interrupt-cells = \\x00\\x00\\x00\\x01\\c\n"

static void an_interrupt_map_names_suppliers_on_newer_kernels(void **state)
{
	assert_string_equal(suppliers("", MAP), "interrupt 9100.clk-");
	assert_string_equal(suppliers_on("6.9.12", "", MAP), "interrupt 9100.clk- (optional)");
	assert_string_equal(suppliers_on("6.10.0", "", MAP), "interrupt 9100.clk-");
	assert_string_equal(suppliers_on("custom", "", MAP), "interrupt 9100.clk-");
}

UNIT(suppliers)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reason_names_a_supplier_by_its_device),
		cmocka_unit_test(a_reason_names_a_supplier_by_its_node_or_the_name_of_that),
		cmocka_unit_test(the_nearest_device_above_an_awaited_node_is_the_supplier),
		cmocka_unit_test(other_reasons_name_none),
		cmocka_unit_test(a_device_link_is_a_supplier_unless_it_only_orders_sync_state),
		cmocka_unit_test(a_link_that_only_orders_marks_the_supplier_of_a_property),
		cmocka_unit_test(a_link_to_a_device_that_is_gone_is_missing),
		cmocka_unit_test(properties_of_its_node_name_suppliers),
		cmocka_unit_test(a_supplier_that_is_named_twice_is_one),
		cmocka_unit_test(an_endpoint_is_a_supplier_as_the_kernel_reads_it),
		cmocka_unit_test(an_interrupt_map_names_suppliers_on_newer_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
