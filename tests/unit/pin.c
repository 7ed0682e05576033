/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "pin" on a machine with a fake kernel: the files that it writes, and devices that it refuses. */
#include "commands/pin.h"

#include "model/pin_file.h"
#include "support/changing.h"
#include "support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NVME "0000:04:00.0"
#define NVME_PATH "/sys/devices/pci0000:00/" NVME
#define DISK NVME_PATH "/nvme/nvme0/nvme0n1"
#define CARD "0000:05:00.0"
#define CARD_PATH "/sys/devices/pci0000:00/" CARD
#define FILE_OF(name) PINS_FOLDER "/" name ".conf"
#define ENABLED "/etc/systemd/system/multi-user.target.wants/iommuctl-pins.service"

/* A disk that is mounted at /data, and the card with the boot display. */
static const char MORE[] =
	"/etc/\n"
	"group 4\npci " NVME
	" in pci0000:00 group=4 driver=nvme id=1B36:0010 class=10802\n" NVME_PATH
	"/modalias = pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02\n"
	"node nvme nvme0 240:0 at " NVME_PATH "/nvme/nvme0\n"
	"node block nvme0n1 259:0 at " DISK "\n" DISK "/queue/\n"
	"/proc/1/comm = systemd\n"
	"/proc/1/fd/\n"
	"/proc/1/ns/mnt -> mnt:[100]\n"
	"/proc/1/mountinfo = 29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\\n"
	"40 29 259:0 / /data rw - ext4 /dev/nvme0n1 rw\n"
	"/proc/swaps = Filename Type Size Used Priority\n"
	"/iommuctl/claimed = sdz\n"
	"group 5\npci " CARD
	" in pci0000:00 group=5 driver=bochs-drm id=1234:1111 class=30000\n" CARD_PATH
	"/modalias = pci:v00001234d00001111sv00001AF4sd00001100bc03sc80i00\n" CARD_PATH
	"/boot_vga = 1\n";

static struct error error;
static bool with_initramfs;

static int start(void **state)
{
	with_initramfs = false;
	return changing_start_with(MORE);
}

static int pin(const char *selector, const char *driver, struct options options)
{
	const struct host host = changing_host();
	char folder[PATH_SIZE];
	char *arguments[] = {(char *)selector, (char *)driver, NULL};
	int status;

	snprintf(folder, sizeof(folder), "%s", changing_path(PINS_FOLDER));
	options.arguments = arguments;
	options.argument_count = 2;
	options.root = fake_dir(changing.fake);
	options.no_initramfs = !with_initramfs;
	error = (struct error){0};
	said_start();
	status = pin_on(&host, folder, &options, &error);
	said_end(&changing.said);
	return status;
}

static const char *driver_of(const char *path)
{
	static char target[PATH_SIZE];

	assert_int_equal(root_follow(changing.root, path, "driver", target), 1);
	return text_basename(target);
}

static void a_pin_keeps_a_count_or_a_type(void **state)
{
	fake_plug(changing.fake,
		  NIC_PATH "/sriov_totalvfs = 4\n" NIC_PATH "/sriov_numvfs = 0\n" NIC_PATH
			   "/sriov_drivers_autoprobe = 1\n");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.name = "nic", .count = 2}), 0);
	changing_must_say(changing.said.out,
			  "nic: " NIC " is pinned to 2 virtual functions with vfio-pci");
	changing_must_say(changing.said.out, "at boot the service makes them");
	assert_string_equal(driver_of(NIC_PATH), "e1000e");
	assert_int_not_equal(pin(NIC, "vfio-pci", (struct options){.count = 5}), 0);
	changing_must_say(error.message, "4 virtual functions at most");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.name = "nic", .type = "dma-fq"}),
			 0);
	changing_must_say(changing.said.out, NIC " is pinned to vfio-pci and the type DMA-FQ");
	changing_must_say(changing.said.out, "at boot the service sets the type");
}

static void a_type_that_no_pin_can_keep_is_refused(void **state)
{
	static const struct {
		struct options options;
		const char *driver, *words;
	} rows[] = {
		{{.type = "auto"}, "vfio-pci", "--type takes DMA, DMA-FQ or identity"},
		{{.type = "blocked"}, "vfio-pci", "--type takes DMA, DMA-FQ or identity"},
		{{.type = "DMA", .count = 2}, "vfio-pci", "exclude each other"},
		{{.type = "identity"}, "vfio-pci", "no pin gives a device with vfio-pci"},
		{{.type = "DMA", .now = true, .json = true}, "vfio-pci", "two changes"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_not_equal(pin(NIC, rows[i].driver, rows[i].options), 0);
		assert_int_equal(error.code, ERROR_USAGE);
		changing_must_say(error.message, rows[i].words);
	}
}

static void a_pinned_device_keeps_its_driver_until_the_next_boot(void **state)
{
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){0}), 0);
	assert_string_equal(changing.said.out,
			    "8086-10d3: " NIC " is pinned to vfio-pci (" FILE_OF(
				    "8086-10d3") ")\n  at boot the service "
						 "moves it, after its native driver: the "
						 "initramfs was left as it is\n");
	changing_must_say(changing_text(FILE_OF("8086-10d3")), "driver = vfio-pci\n");
	changing_must_say(changing_text(FILE_OF("8086-10d3")), "location = pci0000:00/00.0\n");
	assert_int_equal(fake_count(changing.fake), 0);
	assert_string_equal(driver_of(NIC_PATH), "e1000e");
}

static void a_service_that_is_not_enabled_is_noted(void **state)
{
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){0}), 0);
	changing_must_say(changing.said.err, "systemctl enable iommuctl-pins.service");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.quiet = true}), 0);
	assert_string_equal(changing.said.err, "");
	assert_string_equal(changing.said.out, "");
	fake_plug(changing.fake, ENABLED " = \n");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){0}), 0);
	assert_string_equal(changing.said.err, "");
}

static void a_dry_run_prints_the_file_and_writes_none(void **state)
{
	assert_int_equal(pin(NIC, "none", (struct options){.dry_run = true, .name = "nic"}), 0);
	changing_must_say(changing.said.out,
			  "nic: " NIC " is pinned to no driver (" FILE_OF("nic") ")\n");
	changing_must_say(changing.said.out, "driver = none\n");
	assert_null(strstr(changing.said.err, "systemctl"));
	assert_string_equal(changing_text(FILE_OF("nic")), "");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.dry_run = true, .now = true}), 0);
	assert_int_equal(fake_count(changing.fake), 0);
}

static void the_document_of_a_dry_run_has_the_files_that_would_change(void **state)
{
	struct options options = {.dry_run = true, .json = true, .now = true, .name = "nic"};

	assert_int_equal(pin(NIC, "vfio-pci", options), 0);
	changing_must_say(changing.said.out,
			  "\"file\":\"" FILE_OF("nic") "\",\"before\":null,\"after\":[\"");
	assert_string_equal(changing_text(FILE_OF("nic")), "");
	options.dry_run = options.now = false;
	assert_int_equal(pin(NIC, "vfio-pci", options), 0);
	changing_must_say(changing.said.out, "\"before\":null");
	assert_int_equal(pin(NIC, "vfio-pci", options), 0);
	changing_must_say(changing.said.out, "\"pin_files\":[]");
	assert_int_equal(pin(NIC, "none", options), 0);
	changing_must_say(changing.said.out, "\"driver = vfio-pci\",");
	changing_must_say(changing.said.out, "\"driver = none\",");
}

static ino_t number_of(const char *file)
{
	struct stat status;

	assert_int_equal(stat(changing_path(file), &status), 0);
	return status.st_ino;
}

static void the_same_pin_again_leaves_the_file_alone(void **state)
{
	ino_t first;

	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.name = "nic"}), 0);
	first = number_of(FILE_OF("nic"));
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){0}), 0);
	changing_must_say(changing.said.out, "nic: ");
	assert_int_equal(number_of(FILE_OF("nic")), first);
	assert_int_equal(pin(NIC, "none", (struct options){0}), 0);
	assert_int_not_equal(number_of(FILE_OF("nic")), first);
	changing_must_say(changing_text(FILE_OF("nic")), "driver = none\n");
}

static void now_moves_the_device_too(void **state)
{
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.now = true}), 0);
	changing_must_say(changing.said.out, " is pinned to vfio-pci");
	changing_must_say(changing.said.out, NIC " is bound to vfio-pci (before: e1000e)");
	assert_string_equal(driver_of(NIC_PATH), "vfio-pci");
}

static void the_document_has_all_pins(void **state)
{
	fake_plug(changing.fake, FILE_OF("broken") " = nothing\n");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.json = true}), 0);
	changing_must_say(changing.said.out, "\"name\":\"8086-10d3\",\"driver\":\"vfio-pci\"");
	changing_must_say(changing.said.out, "\"name\":\"broken\"");
	assert_string_equal(changing.said.err, "");
}

/* One document: that of the change has the drivers before and after. */
static void the_document_of_now_is_that_of_the_change(void **state)
{
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.json = true, .now = true}), 0);
	assert_null(strstr(changing.said.out, "\"pins\""));
	changing_must_say(changing.said.out, "\"driver_after\":\"vfio-pci\"");
	changing_must_say(changing_text(FILE_OF("8086-10d3")), "driver = vfio-pci\n");
}

static void a_disk_in_use_can_be_pinned_but_not_moved_now(void **state)
{
	assert_int_equal(pin(NVME, "vfio-pci", (struct options){0}), 0);
	changing_must_say(changing_text(FILE_OF("1b36-0010")), "driver = vfio-pci\n");
	assert_int_equal(pin(NVME, "vfio-pci", (struct options){.now = true}), -EBUSY);
	assert_int_equal(error.code, ERROR_REFUSED);
	changing_must_say(error.message, "refused, no pin was made: " NVME ": ");
	changing_must_say(error.message, "(mounted)");
	changing_must_say(changing.said.err, "/data");
	assert_int_equal(fake_count(changing.fake), 0);
}

static void a_waived_use_is_no_reason_against_now(void **state)
{
	fake_claims_fail_with(changing.fake, EBUSY);
	assert_int_equal(pin(NVME, "vfio-pci",
			     (struct options){.now = true, .waive = {"mounted"}, .waive_count = 1}),
			 0);
	assert_string_equal(driver_of(NVME_PATH), "vfio-pci");
}

static void a_waiver_of_no_check_is_a_mistake(void **state)
{
	assert_int_equal(
		pin(NIC, "vfio-pci", (struct options){.waive = {"monted"}, .waive_count = 1}),
		-EINVAL);
	assert_int_equal(error.code, ERROR_USAGE);
	assert_string_equal(changing_text(FILE_OF("8086-10d3")), "");
}

static void the_boot_display_is_never_pinned(void **state)
{
	assert_int_equal(pin(CARD, "vfio-pci", (struct options){.quiet = true}), -EBUSY);
	assert_int_equal(error.code, ERROR_REFUSED);
	changing_must_say(error.message, "(display)");
	assert_string_equal(changing.said.err, "");
	assert_int_equal(pin(CARD, "vfio-pci", (struct options){.json = true}), -EBUSY);
	assert_string_equal(changing.said.err, "");
	assert_string_equal(changing_text(FILE_OF("1234-1111")), "");
}

static void a_driver_that_no_kernel_has_is_refused_with_its_remedy(void **state)
{
	assert_int_equal(pin(NIC, "no-such-driver", (struct options){0}), -EBUSY);
	assert_int_equal(error.code, ERROR_REFUSED);
	changing_must_say(error.message, "(driver)");
	changing_must_say(changing.said.err, "no-such-driver");
}

static void a_device_that_is_not_there_cannot_be_pinned(void **state)
{
	assert_true(pin("0000:77:00.0", "vfio-pci", (struct options){0}) < 0);
	assert_int_equal(error.code, ERROR_NO_MATCH);
}

static void a_folder_that_cannot_be_made_fails(void **state)
{
	/* Its place is taken by a file. */
	assert_int_equal(rmdir(changing_path("/etc")), 0);
	assert_int_equal(close(creat(changing_path("/etc"), 0600)), 0);
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.now = true}), -ENOTDIR);
	assert_int_equal(error.code, ERROR_IO);
	changing_must_say(error.message, "/etc/iommuctl");
	assert_int_equal(fake_count(changing.fake), 0);
}

#define TOOL "/usr/sbin/update-initramfs"

/* @script: of the tool that builds the initramfs, which is installed with the hook */
static void install_builder(const char *script)
{
	char tree[512];

	snprintf(tree, sizeof(tree),
		 TOOL " = #!/bin/sh\\n%s\\n\n/etc/initramfs-tools/hooks/iommuctl = x\n/run/udev/\n",
		 script);
	fake_plug(changing.fake, tree);
	assert_int_equal(chmod(changing_path(TOOL), 0755), 0);
	with_initramfs = true;
}

static void the_initramfs_and_udev_get_the_pin(void **state)
{
	install_builder("echo Generating; echo list >>$IOMMUCTL_PINS_REQUIRED");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.name = "nic"}), 0);
	changing_must_say(changing.said.out, "the initramfs keeps its native driver away");
	changing_must_say(changing.said.err, "update-initramfs\nGenerating\n");
	changing_must_say(changing_text("/run/udev/rules.d/05-iommuctl-pins.rules"),
			  "ATTR{driver_override}=\"vfio-pci\"");
	/* A disk waits for the service. */
	assert_int_equal(pin(NVME, "vfio-pci", (struct options){.quiet = true}), 0);
	assert_null(strstr(changing_text("/run/udev/rules.d/05-iommuctl-pins.rules"), "1b36"));
	assert_int_equal(pin(NVME, "vfio-pci", (struct options){0}), 0);
	changing_must_say(changing.said.out, "after its native driver: only the serial");
}

static void an_initramfs_that_cannot_be_built_leaves_no_pin(void **state)
{
	install_builder("echo No space; exit 1");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){.now = true, .json = true}), -EIO);
	changing_must_say(error.message, "No space; the pins are as before");
	assert_string_equal(changing.said.err, "");
	assert_string_equal(changing_text(FILE_OF("8086-10d3")), "");
	assert_int_equal(fake_count(changing.fake), 0);
}

static void rules_that_cannot_be_made_are_noted(void **state)
{
	fake_plug(changing.fake, "/run/udev/rules.d = a file\n");
	assert_int_equal(pin(NIC, "vfio-pci", (struct options){0}), 0);
	changing_must_say(changing.said.err, "udev has no rules for pins: ");
	changing_must_say(changing_text(FILE_OF("8086-10d3")), "driver = vfio-pci\n");
}

UNIT(pin)
{
#define PINNING(test) cmocka_unit_test_setup_teardown(test, start, changing_end)
	const struct CMUnitTest tests[] = {
		PINNING(a_pinned_device_keeps_its_driver_until_the_next_boot),
		PINNING(a_pin_keeps_a_count_or_a_type),
		PINNING(a_type_that_no_pin_can_keep_is_refused),
		PINNING(a_service_that_is_not_enabled_is_noted),
		PINNING(a_dry_run_prints_the_file_and_writes_none),
		PINNING(the_document_of_a_dry_run_has_the_files_that_would_change),
		PINNING(the_same_pin_again_leaves_the_file_alone),
		PINNING(now_moves_the_device_too),
		PINNING(the_document_has_all_pins),
		PINNING(the_document_of_now_is_that_of_the_change),
		PINNING(a_disk_in_use_can_be_pinned_but_not_moved_now),
		PINNING(a_waived_use_is_no_reason_against_now),
		PINNING(a_waiver_of_no_check_is_a_mistake),
		PINNING(the_boot_display_is_never_pinned),
		PINNING(a_driver_that_no_kernel_has_is_refused_with_its_remedy),
		PINNING(a_device_that_is_not_there_cannot_be_pinned),
		PINNING(a_folder_that_cannot_be_made_fails),
		PINNING(the_initramfs_and_udev_get_the_pin),
		PINNING(an_initramfs_that_cannot_be_built_leaves_no_pin),
		PINNING(rules_that_cannot_be_made_are_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
