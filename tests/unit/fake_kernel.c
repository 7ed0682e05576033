/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fake kernel answers as real kernels do: the proofs of other tests depend on it. */
#include "support/fake_kernel.h"

#include "support/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char TREE[] =
	"group 1\n"
	"group 2\n"
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n"
	"/sys/devices/pci0000:00/0000:01:00.0/modalias = pci:v00008086d000010D3sv0sd0bc02sc00i00\n"
	"pci 0000:01:00.1 in pci0000:00 group=1 id=8086:10D3 class=20000\n"
	"/sys/devices/pci0000:00/0000:01:00.1/modalias = pci:v00008086d000010D3sv0sd0bc02sc00i00\n"
	"pci 0000:02:00.0 in pci0000:00 group=2 id=1B36:0010 class=10802 override=nvme\n"
	"/sys/devices/pci0000:00/0000:02:00.0/modalias = pci:v00001B36d00000010sv0sd0bc01sc08i02\n"
	"platform a000000.virtio_mmio of=/virtio_mmio@a000000\n"
	"/sys/devices/platform/a000000.virtio_mmio/modalias = of:Nvirtio_mmioT(null)Cvirtio,mmio\n";

#define PCI "/sys/bus/pci/"
#define DRIVERS PCI "drivers/"
#define NIC "0000:01:00.0"
#define NIC_1 "0000:01:00.1"
#define NVME "0000:02:00.0"

static struct fake_kernel *fake;

static int set_up(void **state)
{
	fake = fake_new(TREE);
	return 0;
}

static int tear_down(void **state)
{
	fake_free(fake);
	return 0;
}

static int put(const char *file, const char *text)
{
	return fake_kernel(fake)->write(fake_kernel(fake), NULL, file, text);
}

static int put_override(const char *device, const char *text)
{
	char file[256];

	snprintf(file, sizeof(file), "/sys/devices/pci0000:00/%s/driver_override", device);
	return put(file, text);
}

/* Check that the dump contains @text. */
static void shows(const char *text)
{
	_autofree_ char *dump = fake_dump(fake);

	if (!strstr(dump, text))
		fail_msg("no \"%s\" in\n%s", text, dump);
}

static void shows_not(const char *text)
{
	_autofree_ char *dump = fake_dump(fake);

	if (strstr(dump, text))
		fail_msg("\"%s\" in\n%s", text, dump);
}

static void a_device_is_unbound_on_both_sides(void **state)
{
	shows(NIC ": driver=e1000e link=e1000e back=yes override=- group=1 vfio=no");
	assert_int_equal(put(DRIVERS "e1000e/unbind", NIC), 0);
	shows(NIC ": driver=- link=- back=no override=- group=1 vfio=no");
	shows_not("driver e1000e has");
}

static void unbind_refuses_what_is_not_its_own(void **state)
{
	assert_int_equal(put(DRIVERS "e1000e/unbind", NIC_1), -ENODEV);
	assert_int_equal(put(DRIVERS "e1000e/unbind", "0000:09:00.0"), -ENODEV);
	assert_int_equal(put(DRIVERS "pcieport/unbind", NIC), -ENODEV);
	assert_int_equal(put(DRIVERS "nowhere/unbind", NIC), -ENOENT);
}

static void bind_refuses_what_does_not_match_or_is_taken(void **state)
{
	fake_has_module(fake, "nvme");
	assert_int_equal(put(DRIVERS "nvme/bind", NIC_1), -ENODEV);
	assert_int_equal(put(DRIVERS "e1000e/bind", NIC), -EBUSY);
	assert_int_equal(put_override(NIC_1, "vfio-pci"), 0);
	assert_int_equal(put(DRIVERS "e1000e/bind", NIC_1), -ENODEV);
	assert_int_equal(put_override(NIC_1, ""), 0);
	assert_int_equal(put(DRIVERS "e1000e/bind", NIC_1), 0);
	shows(NIC_1 ": driver=e1000e link=e1000e back=yes override=- group=1 vfio=no");
}

static void an_override_lets_any_driver_take_the_device(void **state)
{
	assert_int_equal(put_override(NIC_1, "pcieport"), 0);
	assert_int_equal(put(DRIVERS "pcieport/bind", NIC_1), 0);
	shows(NIC_1 ": driver=pcieport link=pcieport back=yes override=pcieport");
}

static void an_override_is_cleared_by_a_newline_and_not_by_nothing(void **state)
{
	static const char file[] = "/sys/devices/pci0000:00/0000:02:00.0/driver_override";

	assert_int_equal(fake_write(fake, file, "", 0), 0);
	shows(NVME ": driver=- link=- back=no override=nvme");
	assert_int_equal(fake_write(fake, file, "x\ny", 3), 0);
	shows("override=x ");
	assert_int_equal(fake_write(fake, file, "\n", 1), 0);
	shows(NVME ": driver=- link=- back=no override=-");
	assert_int_equal(put("/sys/devices/pci0000:00/0000:09:00.0/driver_override", "x"), -ENOENT);
}

static void a_vfio_driver_makes_nodes_and_takes_the_last_away(void **state)
{
	fake_has_module(fake, "vfio_pci");
	put(DRIVERS "e1000e/unbind", NIC);
	put_override(NIC, "vfio-pci");
	put_override(NIC_1, "vfio-pci");
	assert_int_equal(put(DRIVERS "vfio-pci/bind", NIC), 0);
	assert_int_equal(put(DRIVERS "vfio-pci/bind", NIC_1), 0);
	shows(NIC ": driver=vfio-pci link=vfio-pci back=yes override=vfio-pci group=1 vfio=yes");
	shows("node /dev/vfio/1");
	put(DRIVERS "vfio-pci/unbind", NIC);
	shows("node /dev/vfio/1");
	put(DRIVERS "vfio-pci/unbind", NIC_1);
	shows_not("node /dev/vfio/1");
	shows_not("vfio=yes");
}

static void a_vfio_driver_takes_no_device_without_a_group(void **state)
{
	fake_has_module(fake, "vfio_platform");
	put("/sys/devices/platform/a000000.virtio_mmio/driver_override", "vfio-platform");
	assert_int_equal(put("/sys/bus/platform/drivers/vfio-platform/bind", "a000000.virtio_mmio"),
			 -EINVAL);
	shows("a000000.virtio_mmio: driver=- link=- back=no override=vfio-platform group=-1");
}

static void a_late_group_forms_when_a_driver_is_tried(void **state)
{
	fake_group_forms_late(fake, "a000000.virtio_mmio", 7);
	fake_bind_fails_with(fake, "virtio-mmio", EIO);
	assert_int_equal(put("/sys/bus/platform/drivers/virtio-mmio/bind", "a000000.virtio_mmio"),
			 -EIO);
	shows("a000000.virtio_mmio: driver=- link=- back=no override=- group=7");
	shows("group 7: a000000.virtio_mmio");
}

static void drivers_probe_says_success_where_nothing_was_bound(void **state)
{
	assert_int_equal(put_override(NVME, "nobody"), 0);
	assert_int_equal(put(PCI "drivers_probe", NVME), 0);
	assert_int_equal(put(PCI "drivers_probe", NIC), 0);
	fake_bind_fails_with(fake, "e1000e", EINVAL);
	assert_int_equal(put(PCI "drivers_probe", NIC_1), 0);
	shows(NVME ": driver=- ");
	shows(NIC_1 ": driver=- ");
	assert_int_equal(put(PCI "drivers_probe", "0000:09:00.0"), -ENODEV);
	fake_heals(fake);
	assert_int_equal(put(PCI "drivers_probe", NIC_1), 0);
	shows(NIC_1 ": driver=e1000e ");
}

static void a_deferred_probe_has_two_names(void **state)
{
	fake_probe_defers(fake, NIC_1);
	assert_int_equal(put(DRIVERS "e1000e/bind", NIC_1), -EAGAIN);
	assert_int_equal(put(PCI "drivers_probe", NIC_1), -EINVAL);
	shows(NIC_1 ": driver=- ");
}

static void a_held_group_takes_no_native_driver(void **state)
{
	fake_group_is_held(fake, 1);
	assert_int_equal(put(DRIVERS "e1000e/bind", NIC_1), -EBUSY);
	assert_int_equal(put(PCI "drivers_probe", NIC_1), -EINVAL);
}

static void a_module_takes_every_driverless_device_that_it_matches(void **state)
{
	const struct kernel *kernel = fake_kernel(fake);

	assert_int_equal(kernel->load(kernel, NULL, "nowhere"), -ENOENT);
	assert_int_equal(put(DRIVERS "vfio-pci/bind", NIC), -ENOENT);
	assert_int_equal(kernel->load(kernel, NULL, "vfio-pci"), 0);
	assert_int_equal(put(DRIVERS "vfio-pci/bind", NIC), -ENODEV);
	assert_int_equal(kernel->load(kernel, NULL, "nvme"), 0);
	shows(NVME ": driver=nvme link=nvme back=yes override=nvme");
	assert_int_equal(kernel->load(kernel, NULL, "nvme"), 0);
}

static void faults_strike_the_write_they_were_made_for(void **state)
{
	fake_inject(fake, (struct fake_fault){FAKE_FAILS, 2, EIO, false});
	fake_inject(fake, (struct fake_fault){FAKE_LIES, 3, 0, true});
	fake_inject(fake, (struct fake_fault){FAKE_FAILS_AFTER, 5, EINTR, false});
	assert_int_equal(put_override(NIC, "a"), 0);
	assert_int_equal(put_override(NIC, "b"), -EIO);
	assert_int_equal(put_override(NIC, "c"), 0);
	shows("override=a ");
	assert_int_equal(put_override(NIC, "c"), 0);
	shows("override=a ");
	assert_int_equal(put_override(NIC, "b"), -EINTR);
	shows("override=b ");
	fake_heals(fake);
	assert_int_equal(put_override(NIC, "c"), 0);
	shows("override=c ");
	assert_int_equal(fake_count(fake), 6);
	assert_string_equal(fake_entry(fake, 2)->text, "b");
	assert_int_equal(fake_entry(fake, 2)->result, -EIO);
	assert_true(fake_entry(fake, 4)->faulty);
	assert_null(fake_entry(fake, 7));
}

/* Run a tool whose writer is its child, as in a transaction; returns the tool's wait status. */
static int run_tool(void)
{
	int status;
	pid_t tool = fork();

	if (tool == 0) {
		pid_t writer = fork();

		if (writer == 0)
			_exit(put_override(NIC, "x") ? 1 : 0);
		waitpid(writer, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
	}
	assert_int_equal(waitpid(tool, &status, 0), tool);
	return status;
}

static void tool_and_writer_die_before_or_after_the_write(void **state)
{
	int status;

	fake_inject(fake, (struct fake_fault){FAKE_KILLS_BEFORE, 1, 0, false});
	fake_inject(fake, (struct fake_fault){FAKE_KILLS_AFTER, 2, 0, false});
	status = run_tool();
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	shows_not("override=x");
	assert_int_equal(fake_entry(fake, 1)->result, FAKE_CUT_OFF);
	status = run_tool();
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	shows("override=x");
	assert_true(run_tool() == 0);
}

/* Waits of a millisecond for another process: a minute. */
enum { MOMENTS = 60 * 1000 };

static void an_orphan_finishes_once_it_may(void **state)
{
	int status;

	fake_inject(fake, (struct fake_fault){FAKE_ORPHANS, 1, 0, false});
	status = run_tool();
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	shows_not("override=x");
	assert_int_equal(kill(fake_entry(fake, 1)->writer, 0), 0);
	fake_heals(fake);
	for (int i = 0; i < MOMENTS && fake_entry(fake, 1)->result == FAKE_CUT_OFF; i++)
		usleep(1000);
	assert_int_equal(fake_entry(fake, 1)->result, 0);
	shows("override=x");
}

static void a_hanging_unbind_shows_no_link_and_is_not_over(void **state)
{
	pid_t writer;
	int status;

	fake_inject(fake, (struct fake_fault){FAKE_HANGS_MIDWAY, 1, 0, false});
	writer = fork();
	if (writer == 0)
		_exit(put(DRIVERS "e1000e/unbind", NIC) ? 1 : 0);
	for (int i = 0; i < MOMENTS; i++) {
		_autofree_ char *dump = fake_dump(fake);

		if (strstr(dump, NIC ": driver=e1000e link=- back=no"))
			break;
		usleep(1000);
	}
	shows(NIC ": driver=e1000e link=- back=no");
	fake_heals(fake);
	assert_int_equal(waitpid(writer, &status, 0), writer);
	assert_int_equal(status, 0);
	shows(NIC ": driver=- link=-");
}

#define WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

UNIT(fake_kernel)
{
	const struct CMUnitTest tests[] = {
		WITH_FAKE(a_device_is_unbound_on_both_sides),
		WITH_FAKE(unbind_refuses_what_is_not_its_own),
		WITH_FAKE(bind_refuses_what_does_not_match_or_is_taken),
		WITH_FAKE(an_override_lets_any_driver_take_the_device),
		WITH_FAKE(an_override_is_cleared_by_a_newline_and_not_by_nothing),
		WITH_FAKE(a_vfio_driver_makes_nodes_and_takes_the_last_away),
		WITH_FAKE(a_vfio_driver_takes_no_device_without_a_group),
		WITH_FAKE(a_late_group_forms_when_a_driver_is_tried),
		WITH_FAKE(drivers_probe_says_success_where_nothing_was_bound),
		WITH_FAKE(a_deferred_probe_has_two_names),
		WITH_FAKE(a_held_group_takes_no_native_driver),
		WITH_FAKE(a_module_takes_every_driverless_device_that_it_matches),
		WITH_FAKE(faults_strike_the_write_they_were_made_for),
		WITH_FAKE(tool_and_writer_die_before_or_after_the_write),
		WITH_FAKE(an_orphan_finishes_once_it_may),
		WITH_FAKE(a_hanging_unbind_shows_no_link_and_is_not_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
