/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of commands that change a machine, on a machine with a fake kernel. */
#include "base/clock.h"
#include "commands/change.h"
#include "support/check.h"
#include "support/fake_kernel.h"
#include "support/said.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define NIC "0000:02:00.0"
#define OTHER "0000:03:00.0"

/* @network: lines of its file about the network, separated by "\\n" */
#define MACHINE_WITH(network)                                                                   \
	"/proc/sys/kernel/random/boot_id = 11111111-2222\n"                                     \
	"/proc/sys/kernel/osrelease = 6.12.0\n"                                                 \
	"/proc/sys/kernel/arch = x86_64\n"                                                      \
	"/proc/cmdline = quiet\n"                                                               \
	"/run/\n"                                                                               \
	"/iommuctl/network = namespace own /proc/self/ns/net this network namespace\\n" network \
	"end\n"                                                                                 \
	"/proc/1/root -> /\n"                                                                   \
	"/proc/self/ns/pid -> pid:[4026531836]\n"                                               \
	"/sys/firmware/acpi/tables/\n"                                                          \
	"group 2\n"                                                                             \
	"pci " NIC " in pci0000:00 group=2 driver=e1000e id=8086:10D3 "                         \
	"class=20000\n"                                                                         \
	"/sys/devices/pci0000:00/" NIC "/modalias = "                                           \
	"pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"                               \
	"group 3\n"                                                                             \
	"pci " OTHER " in pci0000:00 group=3 driver=e1000e id=8086:10D3 "                       \
	"class=20000\n"

static const char MACHINE[] = MACHINE_WITH("");
static const char NETWORKED[] = MACHINE_WITH(
	"interface 2 eth0 1 0 0 -1 - pci " NIC "\\naddress 2 10.0.0.5/24\\n"
	"way 2 10.1.0.0/16 via 10.0.0.1\\n") "interface net eth0 of /sys/devices/pci0000:00/" NIC
					     "\n";

/* The machine of each test, and the output of the command under test. */
static struct fake_kernel *fake;
static struct root *root;
static struct said said;
static struct error error;

static int start_on(const char *machine)
{
	fake = fake_new(machine);
	fake_has_module(fake, "vfio_iommu_type1");
	fake_has_module(fake, "vfio_pci");
	return root_open(fake_dir(fake), &root, &error);
}

static int start(void **state)
{
	return start_on(MACHINE);
}

static int start_networked(void **state)
{
	return start_on(NETWORKED);
}

static int end(void **state)
{
	root_free(root);
	fake_free(fake);
	return 0;
}

static int run_request(const struct options *options, const struct request *request)
{
	const struct host host = {
		.root = root, .kernel = fake_kernel(fake), .timeout_ms = 60 * 1000};
	int status = 0;

	/* The writer of the change before may need a moment to end on a busy machine: locked. */
	for (int tries = 0; tries < 3000; tries++) {
		error = (struct error){0};
		said_start();
		status = change_on(&host, options, request, &error);
		said_end(&said);
		if (status != error_exit_status(ERROR_LOCKED))
			break;
		poll(NULL, 0, 20);
	}
	return status;
}

static struct request request_for(const char *verb, const char *driver)
{
	static char *const selectors[] = {(char *)NIC, NULL};

	return (struct request){.verb = verb, .driver = driver, .selectors = selectors};
}

static int rebind_to(const char *driver, const struct options *options)
{
	struct request request = request_for("rebind", driver);

	return run_request(options, &request);
}

static void must_say(const char *text, const char *words)
{
	if (!strstr(text, words))
		print_error("\"%s\" is missing in:\n%s\n%s\n", words, said.out, said.err);
	assert_non_null(strstr(text, words));
}

static void tells_the_driver_before_and_after_and_the_group(void **state)
{
	assert_int_equal(rebind_to("vfio-pci", &(struct options){0}), 0);
	must_say(said.out, NIC " is bound to vfio-pci (before: e1000e); group 2, /dev/vfio/2\n");
	must_say(said.err, "warning");
}

static void tells_the_driver_that_a_device_had_already(void **state)
{
	rebind_to("vfio-pci", &(struct options){0});
	assert_int_equal(rebind_to("vfio-pci", &(struct options){0}), 0);
	must_say(said.out, NIC " is bound to vfio-pci, as before; group 2");
}

static void tells_that_a_device_has_no_driver_any_more(void **state)
{
	struct request back = request_for("restore", NULL);

	assert_int_equal(rebind_to(NULL, &(struct options){0}), 0);
	must_say(said.out, NIC " has no driver (before: e1000e); group 2\n");
	assert_int_equal(run_request(&(struct options){0}, &back), 0);
	must_say(said.out, NIC " is bound to e1000e (before: none); group 2\n");
}

static void prints_nothing_if_it_is_to_be_quiet(void **state)
{
	assert_int_equal(rebind_to("vfio-pci", &(struct options){.quiet = true}), 0);
	assert_string_equal(said.out, "");
	assert_string_equal(said.err, "");
}

static void prints_arguments_for_qemu_alone_on_standard_output(void **state)
{
	assert_int_equal(rebind_to("vfio-pci", &(struct options){.print = LAUNCH_QEMU}), 0);
	assert_string_equal(said.out, "-device vfio-pci,host=" NIC "\n");
	must_say(said.err, NIC " is bound to vfio-pci");
}

static void prints_no_arguments_for_qemu_for_a_native_driver(void **state)
{
	assert_int_equal(rebind_to("e1000e", &(struct options){.print = LAUNCH_QEMU}), 0);
	assert_string_equal(said.out, "");
	must_say(said.err, NIC " is bound to e1000e, as before");
}

static void a_dry_run_prints_the_plan_as_commands(void **state)
{
	struct request request = request_for("rebind", "vfio-pci");

	request.dry_run = true;
	assert_int_equal(run_request(&(struct options){.quiet = true}, &request), 0);
	must_say(said.out, "Plan, in 3 steps:\n");
	must_say(said.out,
		 "  1. echo vfio-pci > /sys/devices/pci0000:00/" NIC "/driver_override\n");
	must_say(said.out, "  2. echo " NIC " > /sys/bus/pci/drivers/e1000e/unbind\n");
	must_say(said.out, "  3. echo " NIC " > /sys/bus/pci/drivers/vfio-pci/bind\n");
	assert_int_equal(fake_count(fake), 0);
}

static void a_dry_run_without_change_says_that_there_is_nothing_to_do(void **state)
{
	struct request request = request_for("rebind", "e1000e");

	request.dry_run = true;
	assert_int_equal(run_request(&(struct options){0}, &request), 0);
	must_say(said.out, "Nothing to do: all devices are in that state already.\n");
	assert_int_equal(run_request(&(struct options){.quiet = true}, &request), 0);
	assert_string_equal(said.out, "");
}

static void a_dry_run_of_rescan_prints_the_plan_and_warns(void **state)
{
	struct request request = request_for("rescan", NULL);

	request.dry_run = true;
	assert_int_equal(run_request(&(struct options){0}, &request), 0);
	must_say(said.out, "warning (renumbering): " NIC ": its group 2 may have another number");
	must_say(said.out, "Plan, in 2 steps:\n"
			   "  1. echo 1 > /sys/devices/pci0000:00/" NIC "/remove\n"
			   "  2. echo 1 > /sys/devices/pci0000:00/pci_bus/0000:02/rescan\n");
	assert_int_equal(fake_count(fake), 0);
}

static void says_that_there_is_nothing_to_restore_or_recover(void **state)
{
	struct request request = request_for("restore", NULL);

	assert_int_equal(run_request(&(struct options){0}, &request), 0);
	assert_string_equal(said.out,
			    "Nothing to restore: iommuctl has moved none of these devices.\n");
	assert_int_equal(run_request(&(struct options){0}, NULL), 0);
	assert_string_equal(said.out, "Nothing to recover: no transaction is unfinished.\n");
}

static void says_that_no_device_matches_if_that_is_allowed(void **state)
{
	static char *const selectors[] = {(char *)"driver:nvme", NULL};
	struct request request = {.verb = "rebind",
				  .driver = "vfio-pci",
				  .selectors = selectors,
				  .all_matching = true};

	assert_int_equal(run_request(&(struct options){0}, &request), 0);
	assert_string_equal(said.out, "Nothing to do: no device matches.\n");
}

static void a_refusal_names_the_check_and_touches_nothing(void **state)
{
	assert_int_equal(rebind_to("no-such-driver", &(struct options){0}), 3);
	must_say(said.err, "refused (driver): the driver no-such-driver is not registered");
	must_say(said.err, "iommuctl: refused, nothing was touched\n");
	assert_int_equal(fake_count(fake), 0);
}

static void a_quiet_refusal_is_one_sentence(void **state)
{
	assert_int_equal(rebind_to("no-such-driver", &(struct options){.quiet = true}), 3);
	assert_string_equal(said.out, "");
	assert_int_equal(strncmp(said.err, "iommuctl: refused", 17), 0);
	assert_ptr_equal(strchr(said.err, '\n'), said.err + strlen(said.err) - 1);
}

static void a_refusal_can_be_taken_apart(void **state)
{
	const struct options options = {.output = "level,id", .raw = true, .no_headings = true};

	assert_int_equal(rebind_to("no-such-driver", &options), 3);
	must_say(said.out, "refuse driver\n");
	must_say(said.err, "iommuctl: refused");
}

static void a_verbose_refusal_shows_the_plan_too(void **state)
{
	const struct options rows = {.verbose = true, .pairs = true, .output = "id"};

	assert_int_equal(rebind_to("no-such-driver", &(struct options){.verbose = true}), 3);
	must_say(said.out, "/driver_override\n");
	/* But not among the rows for a script. */
	assert_int_equal(rebind_to("no-such-driver", &rows), 3);
	must_say(said.out, "ID=\"driver\"\n");
	assert_null(strstr(said.out, "driver_override\n"));
}

static void a_failure_tells_that_all_is_as_before(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 3, EINVAL});
	assert_int_equal(rebind_to("vfio-pci", &(struct options){0}), 4);
	assert_string_equal(said.out, "");
	must_say(said.err, NIC " is bound to e1000e, as before; group 2\n");
	must_say(said.err, "Invalid argument");
}

static void a_quiet_failure_is_one_sentence(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 3, EINVAL});
	assert_int_equal(rebind_to("vfio-pci", &(struct options){.quiet = true}), 4);
	assert_null(strstr(said.err, "as before; group 2"));
	must_say(said.err, "Invalid argument");
}

static void a_failure_as_json_is_a_document_and_a_sentence(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 3, EINVAL});
	assert_int_equal(rebind_to("vfio-pci", &(struct options){.json = true}), 4);
	must_say(said.out, "\"outcome\":\"rolled_back\"");
	must_say(said.err, "iommuctl: ");
}

static void tells_the_steps_left_to_recover(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 3, EINVAL});
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 4, EIO, .persists = true});
	assert_int_equal(rebind_to("vfio-pci", &(struct options){0}), 5);
	must_say(said.err, "recover");
	fake_heals(fake);
	assert_int_equal(run_request(&(struct options){0}, NULL), 0);
	must_say(said.out, NIC " is bound to e1000e");
}

/* The device gets another group during the change. */
static void tells_that_the_group_changed(void **state)
{
	fake_regroups_after(fake, 2, NIC, 9);
	rebind_to("vfio-pci", &(struct options){0});
	must_say(said.err, NIC);
	must_say(said.err, "group");
}

static void tells_of_a_device_that_is_gone(void **state)
{
	fake_unplugs_after(fake, 2, NIC);
	assert_int_not_equal(rebind_to("vfio-pci", &(struct options){0}), 0);
	must_say(said.err, NIC " is gone");
}

static void tells_that_the_memory_of_a_device_is_forgotten(void **state)
{
	static char *const others[] = {(char *)OTHER, NULL};
	struct request request = {.verb = "restore", .selectors = others};

	rebind_to("vfio-pci", &(struct options){0});
	fake_unplug(fake, "pci", NIC);
	request.all = true;
	request.selectors = others + 1;
	assert_int_equal(run_request(&(struct options){0}, &request), 0);
	must_say(said.out, NIC);
	must_say(said.out, "forgotten");
}

static const char SET_AGAIN[] =
	NIC " had addresses and routes; the missing ones are set again with\n"
	    "    ip link set eth0 up\n"
	    "    ip address add 10.0.0.5/24 dev eth0\n"
	    "    ip route add 10.1.0.0/16 via 10.0.0.1 dev eth0\n";

/* Move the device though its interface has an address: the fake kernel leaves it there. */
static int run_waived(struct request request, const struct options *options)
{
	_autoarena_ struct arena *arena = arena_new();

	assert_int_equal(waivers_parse("net-address", arena, &request.waivers, &error), 0);
	return run_request(options, &request);
}

static int rebind_waived(const struct options *options)
{
	return run_waived(request_for("rebind", "vfio-pci"), options);
}

static void a_waived_address_is_named_with_the_routes_that_go(void **state)
{
	assert_int_equal(rebind_to("vfio-pci", &(struct options){0}), 3);
	must_say(said.err, "eth0 is up with the address 10.0.0.5/24");
	must_say(said.err, "eth0 carries the route 10.1.0.0/16 via 10.0.0.1");
	assert_int_equal(rebind_waived(&(struct options){0}), 0);
	must_say(said.err, "eth0 is up with the address 10.0.0.5/24");
	must_say(said.err, "eth0 carries the route 10.1.0.0/16 via 10.0.0.1");
	assert_null(strstr(said.out, "set again"));
}

static void restore_tells_how_to_set_addresses_and_routes_again(void **state)
{
	const struct request back = request_for("restore", NULL);

	assert_int_equal(rebind_waived(&(struct options){0}), 0);
	assert_int_equal(run_waived(back, &(struct options){0}), 0);
	must_say(said.out, SET_AGAIN);
	assert_int_equal(rebind_waived(&(struct options){0}), 0);
	assert_int_equal(run_waived(back, &(struct options){.json = true}), 0);
	must_say(said.out, "\"networks\":[{\"device\":\"" NIC "\",\"commands\":[\"ip link set eth0 "
			   "up\",\"ip address add 10.0.0.5/24 dev eth0\",\"ip route add "
			   "10.1.0.0/16 via 10.0.0.1 dev eth0\"]}]");
}

static void an_undone_change_tells_it_too(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 3, EINVAL});
	assert_int_equal(rebind_waived(&(struct options){0}), 4);
	must_say(said.err, SET_AGAIN);
	must_say(said.err, "addresses and routes of the interfaces may be missing");
	assert_null(strstr(said.err, "everything is as it was before"));
}

static void a_change_undone_before_the_unbind_does_not(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 1, EINVAL});
	assert_int_equal(rebind_waived(&(struct options){0}), 4);
	assert_null(strstr(said.err, "set again"));
}

UNIT(change_text)
{
#define WITH_A_NETWORK(test) cmocka_unit_test_setup_teardown(test, start_networked, end)
#define ON_A_MACHINE(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		ON_A_MACHINE(tells_the_driver_before_and_after_and_the_group),
		ON_A_MACHINE(tells_the_driver_that_a_device_had_already),
		ON_A_MACHINE(tells_that_a_device_has_no_driver_any_more),
		ON_A_MACHINE(prints_nothing_if_it_is_to_be_quiet),
		ON_A_MACHINE(prints_arguments_for_qemu_alone_on_standard_output),
		ON_A_MACHINE(prints_no_arguments_for_qemu_for_a_native_driver),
		ON_A_MACHINE(a_dry_run_prints_the_plan_as_commands),
		ON_A_MACHINE(a_dry_run_without_change_says_that_there_is_nothing_to_do),
		ON_A_MACHINE(a_dry_run_of_rescan_prints_the_plan_and_warns),
		ON_A_MACHINE(says_that_there_is_nothing_to_restore_or_recover),
		ON_A_MACHINE(says_that_no_device_matches_if_that_is_allowed),
		ON_A_MACHINE(a_refusal_names_the_check_and_touches_nothing),
		ON_A_MACHINE(a_quiet_refusal_is_one_sentence),
		ON_A_MACHINE(a_refusal_can_be_taken_apart),
		ON_A_MACHINE(a_verbose_refusal_shows_the_plan_too),
		ON_A_MACHINE(a_failure_tells_that_all_is_as_before),
		ON_A_MACHINE(a_quiet_failure_is_one_sentence),
		ON_A_MACHINE(a_failure_as_json_is_a_document_and_a_sentence),
		ON_A_MACHINE(tells_the_steps_left_to_recover),
		ON_A_MACHINE(tells_that_the_group_changed),
		ON_A_MACHINE(tells_of_a_device_that_is_gone),
		ON_A_MACHINE(tells_that_the_memory_of_a_device_is_forgotten),
		WITH_A_NETWORK(a_waived_address_is_named_with_the_routes_that_go),
		WITH_A_NETWORK(restore_tells_how_to_set_addresses_and_routes_again),
		WITH_A_NETWORK(an_undone_change_tells_it_too),
		WITH_A_NETWORK(a_change_undone_before_the_unbind_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
