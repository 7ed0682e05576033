/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A captured tree has the same uses as its machine. */
#include "support/captured.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NVME "/sys/devices/pci0000:00/0000:01:00.0"
#define DISK NVME "/nvme/nvme0/nvme0n1"
#define GPU "/sys/devices/pci0000:00/0000:02:00.0"
#define VIRTUAL "/sys/devices/virtual/block"

static const char *const paths[] = {NVME, GPU, NULL};

static const char MACHINE[] =
	"pci 0000:01:00.0 in pci0000:00 group=1 driver=nvme id=8086:0A54 class=10802\n"
	"pci 0000:02:00.0 in pci0000:00 group=2 driver=amdgpu id=1002:0001 class=30000\n"
	"node nvme nvme0 240:0 at " NVME "/nvme/nvme0\n"
	"node block nvme0n1 259:0 at " DISK "\n"
	"node block nvme0n1p1 259:1 at " DISK "/nvme0n1p1 type=partition\n"
	"node block nvme0n2 259:4 at " NVME "/nvme/nvme0/nvme0n2\n"
	"node block dm-0 253:0 at " VIRTUAL "/dm-0\n" VIRTUAL "/dm-0/dm/name = vg-root\n" DISK
	"/nvme0n1p1/holders/dm-0 -> ../../../../../../../virtual/block/dm-0\n"
	"node block loop0 7:0 at " VIRTUAL "/loop0\n" VIRTUAL
	"/loop0/loop/backing_file = /dev/nvme0n1p1\n"
	"/sys/kernel/config/target/core/iblock_0/d/udev_path = /dev/nvme0n1\n"
	"/sys/fs/btrfs/b5a5/devices/dm-0 -> ../../../../block/dm-0\n"
	"/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0 -> "
	"../../../pci0000:00/0000:01:00.0/nvme/nvme0\n"
	"/sys/class/nvme-subsystem/nvme-subsys0 -> "
	"../../devices/virtual/nvme-subsystem/nvme-subsys0\n"
	"node block nvme1n1 259:5 at "
	"/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme1n1\n"
	"node drm dri/card0 226:0 at " GPU "/drm/card0\n"
	"node graphics fb0 29:0 at " GPU "/graphics/fb0\n"
	"node watchdog watchdog0 248:0 at " GPU "/watchdog/watchdog0\n" GPU
	"/watchdog/watchdog0/state = active\n" GPU "/boot_vga = 1\n" GPU
	"/virtfn0 -> ../0000:02:10.0\n"
	"/sys/devices/virtual/vtconsole/vtcon1/name = (M) frame buffer device\n"
	"/sys/devices/virtual/vtconsole/vtcon1/bind = 1\n"
	"/sys/class/vtconsole/vtcon1 -> ../../devices/virtual/vtconsole/vtcon1\n"
	"/etc/driverctl.d/pci-0000:02:00.0 = vfio-pci\n"
	"/run/libvirt/hostdevmgr/0000:02:00.0_vf1 = x\n"
	"/proc/1/fd/0 -> /dev/null\n"
	"/proc/1/comm = systemd\n"
	"/proc/1/root -> /\n"
	"/proc/1/ns/mnt -> mnt:[100]\n"
	"/proc/1/mountinfo = 29 1 253:0 / / rw - ext4 /dev/mapper/vg-root rw\n"
	"/proc/70/comm = Xorg\n"
	"/proc/70/fd/0 -> /dev/null\n"
	"/proc/70/fd/5 -> /dev/dri/card0\n"
	"/proc/70/ns/mnt -> mnt:[100]\n"
	"/proc/71/root -> /\n"
	"/proc/71/ns/mnt -> mnt:[200]\n"
	"/proc/71/mountinfo = 29 1 259:5 / /a\\\\040b rw - ext4 /dev/nvme1n1 rw\n"
	"/proc/swaps = Filename Type\\n/dev/nvme0n1p1 partition 1 0 -2\n"
	"/proc/consoles = tty0 -WU (EC  p  )    4:7\n"
	"/proc/iomem = 12340000-1234ffff : PCI Bus 0000:02\\n"
	"  12340000-12340fff : 0000:02:00.0\\n    12340000-123400ff : efifb\n"
	"/iommuctl/claimed = nvme0n2\n"
	"/iommuctl/unreadable = \n";

/* Print "/path = text" with all but letters and the like escaped. */
static void put_text(FILE *out, const struct captured_file *entry)
{
	size_t length = entry->length;

	/* Reading the tree adds the last newline of a file again. */
	length -= length && entry->text[length - 1] == '\n';
	fprintf(out, "%s = ", entry->path);
	for (size_t i = 0; i < length; i++)
		fprintf(out, "\\x%02x", (unsigned char)entry->text[i]);
	putc('\n', out);
}

static void put_entry(FILE *out, const struct captured_file *entry)
{
	if (entry->status)
		return;
	if (entry->kind == ENTRY_LINK)
		fprintf(out, "%s -> %s\n", entry->path, entry->text);
	else if (entry->kind == ENTRY_FOLDER)
		fprintf(out, "%s/\n", entry->path);
	else
		put_text(out, entry);
}

/* The lines of a tree with all files in a capture of @text. */
static char *captured_lines(const char *text)
{
	_autocaptured_ struct captured captured = captured_new(text, false);
	char *lines = NULL;
	size_t length;
	FILE *out = open_memstream(&lines, &length);

	for (size_t i = 0; i < captured.count; i++)
		put_entry(out, &captured.files[i]);
	fclose(out);
	return lines;
}

static bool has_use(const struct uses *uses, const struct use *use)
{
	for (size_t i = 0; i < uses->count; i++)
		if (uses->items[i].kind == use->kind &&
		    strcmp(uses->items[i].node, use->node) == 0 &&
		    strcmp(uses->items[i].user, use->user) == 0 &&
		    strcmp(uses->items[i].evidence, use->evidence) == 0)
			return true;
	return false;
}

static void a_capture_tells_the_same_uses(void **state)
{
	static const char *const labels[] = {"0000:01:00.0", "0000:02:00.0"};
	static const size_t counts[] = {7, 7};
	_autofree_ char *lines = captured_lines(MACHINE);
	const struct system *machine = snapshot_about(MACHINE, 0, paths);
	const struct system *capture = snapshot_about(lines, 0, paths);

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		const struct uses *told = find_device(machine, labels[i])->uses;
		const struct uses *kept = find_device(capture, labels[i])->uses;

		assert_true(told->count >= counts[i]);
		for (size_t use = 0; use < told->count; use++)
			if (!has_use(kept, &told->items[use]))
				fail_msg("lost: %s used by %s", told->items[use].node,
					 told->items[use].user);
		assert_int_equal(kept->count, told->count);
		assert_int_equal(kept->blind_count, told->blind_count);
	}
	system_free(machine);
	system_free(capture);
}

/* As /proc/self on a machine on which no source lists the processes: it has no disk. */
static void a_process_with_another_name_is_one_of_many_too(void **state)
{
	_autofree_ char *text = NULL;
	_autofree_ char *lines = NULL;

	assert_true(asprintf(&text,
			     "%s/proc/72 -> own\n/proc/own/ns/mnt -> mnt:[100]\n"
			     "/proc/73 -> other\n/proc/other/ns/mnt -> mnt:[300]\n"
			     "/proc/other/mountinfo = 1 1 8:1 / / rw - ext4 /dev/sda1 rw\n",
			     MACHINE) > 0);
	lines = captured_lines(text);
	assert_null(strstr(lines, "/proc/own/ns/mnt"));
	assert_null(strstr(lines, "/proc/70/ns/mnt"));
	assert_non_null(strstr(lines, "/proc/other/ns/mnt -> mnt:[300]"));
}

static void the_address_of_the_kernel_is_left_out(void **state)
{
	_autocaptured_ struct captured captured = captured_new(MACHINE, false);
	const struct captured_file *map = captured_find(&captured, "/proc/iomem", 0);

	assert_non_null(map);
	assert_null(strstr(map->text, "1234"));
	assert_non_null(strstr(map->text, ": 0000:02:00.0\n"));
}

static const char MODULES[] = "/proc/sys/kernel/osrelease = 6.12.0\n"
			      "/sys/module/vfio/initstate = live\n"
			      "/lib/modules/6.12.0/kernel/drivers/vfio/vfio.ko = private\n"
			      "/lib/modules/6.12.0/other/deep.ko = private\n";

/* A capture of the machine, with modules and a list of unreadable files. */
static struct captured capture_machine(const char *unreadable)
{
	_autofree_ char *text = NULL;

	if (asprintf(&text, "%s%s/iommuctl/unreadable = %s\n", MACHINE, MODULES, unreadable) < 0)
		memory_exhausted();
	return captured_new(text, false);
}

static void what_cannot_be_read_is_unreadable_in_the_capture(void **state)
{
	static const struct {
		const char *path;
		int status;
	} cases[] = {
		{GPU "/boot_vga", -EACCES},
		{GPU "/uevent", -EACCES},
		{GPU "/driver_override", -EACCES},
		{NVME "/config", -EIO},
		{VIRTUAL "/dm-0/dm/name", -EACCES},
		{"/sys/class/vtconsole/vtcon1/bind", -EACCES},
		{"/sys/class/vtconsole/vtcon1/name", -EACCES},
		{"/sys/fs/btrfs/b5a5/devices", -EACCES},
		{"/proc/71/ns/mnt", -EACCES},
		{"/proc/71/mountinfo", -EACCES},
		{"/proc/71/root", -EACCES},
		{"/proc/70/comm", -EACCES},
		{"/proc/70/fd", -EACCES},
		{"/proc/70/fd/5", -EACCES},
		{"/proc/cmdline", -EIO},
		{"/sys/bus/pci/devices", -EACCES},
		{"/sys/bus/pci/devices/0000:01:00.0", -EACCES},
		{"/dev/nvme0n1", -EACCES},
		{"/lib/modules/6.12.0/modules.alias.bin", -EACCES},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_autocaptured_ struct captured captured = {0};
		char line[256];

		snprintf(line, sizeof(line), "%s\\t%s", cases[i].path,
			 cases[i].status == -EIO ? "failed" : "denied");
		captured = capture_machine(line);
		if (!captured_find(&captured, cases[i].path, cases[i].status))
			fail_msg("%s is not told as unreadable", cases[i].path);
	}
}

static void a_file_is_unreadable_once(void **state)
{
	_autocaptured_ struct captured captured = capture_machine(GPU "/driver_override\\tdenied");
	size_t count = 0;

	for (size_t i = 0; i < captured.count; i++)
		count += captured.files[i].status == -EACCES;
	assert_int_equal(count, 1);
	assert_non_null(captured_find(&captured, GPU "/driver_override", 0));
}

static void modules_are_kept_by_name(void **state)
{
	_autocaptured_ struct captured captured = capture_machine("");
	const struct captured_file *module =
		captured_find(&captured, "/lib/modules/6.12.0/kernel/drivers/vfio/vfio.ko", 0);

	assert_non_null(module);
	assert_int_equal(module->kind, ENTRY_MARK);
	assert_null(captured_find(&captured, "/lib/modules/6.12.0/other/deep.ko", 0));
	module = captured_find(&captured, "/sys/module/vfio/initstate", 0);
	assert_non_null(module);
	assert_string_equal(module->text, "live\n");
}

UNIT(contents)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_capture_tells_the_same_uses),
		cmocka_unit_test(a_process_with_another_name_is_one_of_many_too),
		cmocka_unit_test(the_address_of_the_kernel_is_left_out),
		cmocka_unit_test(what_cannot_be_read_is_unreadable_in_the_capture),
		cmocka_unit_test(a_file_is_unreadable_once),
		cmocka_unit_test(modules_are_kept_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
