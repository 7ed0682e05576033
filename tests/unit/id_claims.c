/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that "ids=" of vfio-pci takes, in a real machine's capture with more devices. */
#include "checks/doctor.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/shelf.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

#define GPU                                                                        \
	"pci 0000:2b:00.0 in pci0000:00 driver=nouveau id=10DE:1C81 class=30000\n" \
	"/sys/devices/pci0000:00/0000:2b:00.0/modalias = "                         \
	"pci:v000010DEd00001C81sv00001043sd0000860Dbc03sc00i00\n"
#define NIC                                                                        \
	"pci 0000:2c:00.0 in pci0000:00 driver=bnxt_en id=14E4:16D7 class=20000\n" \
	"/sys/devices/pci0000:00/0000:2c:00.0/modalias = "                         \
	"pci:v000014E4d000016D7sv000014E4sd000016D7bc02sc00i00\n"

static const struct system *read_again(void)
{
	_autoroot_ struct root *root = NULL;
	const struct system *system;

	assert_int_equal(root_open(shelf.dir, &root, &shelf.error), 0);
	assert_int_equal(system_read(root, DOCTOR_FACTS, &system, &shelf.error), 0);
	return system;
}

static const struct system *read_shelf(const char *command_line, const char *modprobe)
{
	tree_unpack(GPU NIC, shelf.dir);
	tree_unpack(command_line, shelf.dir);
	tree_unpack(modprobe, shelf.dir);
	return read_again();
}

#define NO_LINE "/proc/cmdline = quiet\n"
#define NO_FILE "/etc/modprobe.d/test.conf = \n"

static const struct id_claim *find_claim(const struct system *system, const char *entry)
{
	for (size_t i = 0; i < system->machine.id_claim_count; i++)
		if (strcmp(system->machine.id_claims[i].entry, entry) == 0)
			return &system->machine.id_claims[i];
	return NULL;
}

static void entries_of_modprobe_d_and_the_command_line_lead_to_devices(void **state)
{
	_autosystem_ const struct system *by_file = read_shelf(
		NO_LINE, "/etc/modprobe.d/test.conf = options vfio-pci ids=10de:1c81,abcd:0001\n");
	_autosystem_ const struct system *by_line =
		read_shelf("/proc/cmdline = vfio-pci.ids=14e4:16d7\n", NO_FILE);

	assert_string_equal(find_claim(by_file, "10de:1c81")->device->label, "0000:2b:00.0");
	assert_null(find_claim(by_file, "abcd:0001")->device);
	assert_int_equal(by_file->machine.id_claim_count, 2);
	assert_string_equal(find_claim(by_line, "14e4:16d7")->device->label, "0000:2c:00.0");
	assert_int_equal(by_line->machine.id_claim_count, 1);
}

static void without_ids_there_is_no_claim(void **state)
{
	_autosystem_ const struct system *system = read_shelf(NO_LINE, NO_FILE);

	assert_int_equal(system->machine.id_claim_count, 0);
	assert_int_equal(system_source(system, "id_claims")->state, SOURCE_READ);
}

static const struct finding *find_code(const struct findings *findings, enum finding_code code)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].code == code)
			return &findings->items[i];
	return NULL;
}

static void a_display_that_another_driver_has_is_in_danger_and_a_nic_is_not(void **state)
{
	_autosystem_ const struct system *system =
		read_shelf("/proc/cmdline = vfio-pci.ids=10de:1c81,14e4:16d7,abcd:0001\n", NO_FILE);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *in_use = find_code(&findings, CODE_IDS_IN_USE);

	assert_string_equal(in_use->subject, "0000:2b:00.0");
	assert_int_equal(in_use->device_count, 1);
	assert_non_null(strstr(find_code(&findings, CODE_IDS_UNMATCHED)->message, "abcd:0001"));
}

static void ids_that_match_what_vfio_has_are_as_they_should_be(void **state)
{
	_autosystem_ const struct system *system =
		read_shelf("/proc/cmdline = vfio-pci.ids=14e4:16d7\n", NO_FILE);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);

	assert_null(find_code(&findings, CODE_IDS_IN_USE));
	assert_null(find_code(&findings, CODE_IDS_UNMATCHED));
}

#define FREE_NIC                                                    \
	"pci 0000:2d:00.0 in pci0000:00 id=8086:10D3 class=20000\n" \
	"/sys/devices/pci0000:00/0000:2d:00.0/modalias = "          \
	"pci:v00008086d000010D3sv00008086sd00000000bc02sc00i00\n"

#define IDS_FOR_FREE_NIC "/etc/modprobe.d/test.conf = options vfio-pci ids=8086:10d3\\n"

/* The finding of that code about the NIC that "ids=" is for and that the module e1000e claims, too,
 * or NULL. */
static const struct finding *read_claimed(const char *modprobe, struct arena *arena,
					  enum finding_code code)
{
	const struct system *system = read_shelf(NO_LINE FREE_NIC, modprobe);
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *found = find_code(&findings, code);
	bool names_it = false;

	/* The machine has other NICs of that kind. */
	for (size_t i = 0; found && i < found->device_count; i++)
		names_it |= strcmp(found->devices[i], "0000:2d:00.0") == 0;
	assert_int_equal(names_it, !!found);
	system_free(system);
	return found;
}

static void a_native_driver_that_may_be_first_needs_a_softdep(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct finding *late = read_claimed(IDS_FOR_FREE_NIC "\n", arena, CODE_IDS_TOO_LATE);

	assert_non_null(late);
	assert_string_equal(late->remedy, "Add \"softdep e1000e pre: vfio_pci\" to a file of "
					  "/etc/modprobe.d, and build the initramfs again.");
	assert_null(read_claimed(IDS_FOR_FREE_NIC "softdep e1000e pre: vfio-pci\n", arena,
				 CODE_IDS_TOO_LATE));
	assert_null(read_claimed(IDS_FOR_FREE_NIC "blacklist e1000e\n", arena, CODE_IDS_TOO_LATE));
}

/* No captured kernel has VFIO built in, so the test sets what the source would find. */
static void an_option_of_code_that_is_built_in_belongs_on_the_command_line(void **state)
{
	_autosystem_ const struct system *system = read_shelf(NO_LINE, NO_FILE);
	const struct builtin_options builtin = {"vfio_pci", "ids=10de:1c81 disable_vga=1"};
	_autoarena_ struct arena *arena = arena_new();
	struct system changed = *system;
	struct findings findings;

	changed.machine.builtin_options = &builtin;
	changed.machine.builtin_option_count = 1;
	changed.machine.command_line = "quiet vfio-pci.ids=10de:1c81";
	findings = doctor_findings(&changed, NULL, arena);
	assert_string_equal(
		find_code(&findings, CODE_OPTION_IGNORED)->remedy,
		"Add vfio_pci.disable_vga=1 to the command line of the kernel instead.");
	changed.machine.command_line = "vfio-pci.ids=10de:1c81 vfio_pci.disable_vga=1";
	findings = doctor_findings(&changed, NULL, arena);
	assert_null(find_code(&findings, CODE_OPTION_IGNORED));
	findings = doctor_findings(system, NULL, arena);
	assert_null(find_code(&findings, CODE_OPTION_IGNORED));
}

static void an_entry_may_match_a_device_whose_ids_could_not_be_read(void **state)
{
	static const char unreadable[] =
		"/iommuctl/unreadable = /sys/devices/pci0000:00/0000:2c:00.0/modalias\\tdenied\n";
	_autosystem_ const struct system *system = NULL;
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings;
	const char *file =
		arena_concat(arena, shelf.dir, "/sys/devices/pci0000:00/0000:2c:00.0/modalias", "");

	system_free(read_shelf("/proc/cmdline = vfio-pci.ids=14e4:16d7\n", NO_FILE));
	assert_int_equal(remove(file), 0);
	tree_unpack(unreadable, shelf.dir);
	system = read_again();
	tree_unpack("/iommuctl/unreadable = \n", shelf.dir);
	findings = doctor_findings(system, NULL, arena);
	assert_null(find_code(&findings, CODE_IDS_UNMATCHED));
	assert_string_equal(doctor_blind(system)->name, "id_claims");
}

/* The subject of the finding of that code about a machine with a free NIC, or NULL. */
static const char *find_subject(enum finding_code code)
{
	_autosystem_ const struct system *system = read_shelf(NO_LINE FREE_NIC, NO_FILE);
	_autoarena_ struct arena *arena = arena_new();
	struct findings findings = doctor_findings(system, NULL, arena);
	const struct finding *absent = find_code(&findings, code);

	if (!absent)
		return NULL;
	assert_int_equal(absent->severity, SEVERITY_NOTE);
	assert_string_equal(absent->remedy, "modprobe e1000e");
	return arena_strdup(shelf.arena, absent->subject);
}

static void a_device_whose_module_is_not_loaded_is_a_note(void **state)
{
	const char *file = arena_printf(shelf.arena, "%s/sys/module/e1000e/initstate", shelf.dir);
	const char *away = arena_printf(shelf.arena, "%s.away", file), *subject;

	assert_null(find_subject(CODE_MODULE_ABSENT));
	assert_int_equal(rename(file, away), 0);
	subject = find_subject(CODE_MODULE_ABSENT);
	assert_int_equal(rename(away, file), 0);
	assert_string_equal(subject, "0000:2d:00.0");
}

UNIT(id_claims)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_modprobe_d_and_the_command_line_lead_to_devices),
		cmocka_unit_test(without_ids_there_is_no_claim),
		cmocka_unit_test(a_display_that_another_driver_has_is_in_danger_and_a_nic_is_not),
		cmocka_unit_test(ids_that_match_what_vfio_has_are_as_they_should_be),
		cmocka_unit_test(a_native_driver_that_may_be_first_needs_a_softdep),
		cmocka_unit_test(an_option_of_code_that_is_built_in_belongs_on_the_command_line),
		cmocka_unit_test(an_entry_may_match_a_device_whose_ids_could_not_be_read),
		cmocka_unit_test(a_device_whose_module_is_not_loaded_is_a_note),
	};

	return cmocka_run_group_tests(tests, shelf_start, shelf_end);
}
