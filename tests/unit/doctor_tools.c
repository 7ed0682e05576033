/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tools and pins that give a device to drivers: machines where they agree, and where they do not.
 */
#include "support/check.h"
#include "support/diagnosis.h"

#include <string.h>

#define ANOTHER(words) SOUND "pci 0000:02:00.0 in pci0000:00 " words "\n"
#define DRIVERCTL(driver) "/etc/driverctl.d/pci-0000:02:00.0 = " driver "\n"
#define PIN(driver, device)                                \
	"/etc/iommuctl/pins.d/nic.conf = driver = " driver \
	"\\nlocation = pci0000:00/00.0\\nvendor = 0x8086\\ndevice = " device "\\n\n"
/* The file of a guest that has the device of that bus. */
#define GUEST(managed, bus)                                                                 \
	"/etc/libvirt/qemu/web.xml = <domain type='kvm'><devices><hostdev mode='subsystem'" \
	" type='pci' managed='" managed "'><source><address domain='0x0000' bus='0x" bus    \
	"' slot='0x00' function='0x0'/></source><address type='pci' bus='0x05'/></hostdev>" \
	"</devices></domain>\n"

/* The finding that tools disagree, as a copy in @arena, or NULL. */
static const struct finding *find_disagreement(const char *tree, struct arena *arena)
{
	_autosystem_ const struct system *system = snapshot(tree, DOCTOR_FACTS);
	struct findings findings = doctor_findings(system, NULL, arena);
	struct finding *copy = NULL;

	for (size_t i = 0; i < findings.count; i++) {
		if (findings.items[i].code != CODE_TOOLS_DISAGREE)
			continue;
		assert_null(copy);
		copy = arena_array(arena, 1, sizeof(*copy));
		*copy = findings.items[i];
		assert_int_equal(copy->severity, SEVERITY_WARNING);
		copy->subject = arena_strdup(arena, copy->subject);
		copy->evidence = arena_strdup(arena, copy->evidence);
		copy->remedy = arena_strdup(arena, copy->remedy);
	}
	return copy;
}

static void expect_disagreement(const char *tree, const char *subject, const char *message)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct finding *finding = find_disagreement(tree, arena);

	if (!finding)
		fail_msg("no CODE_TOOLS_DISAGREE in\n%s", tree);
	assert_string_equal(finding->subject, subject);
	assert_string_equal(finding->message, message);
}

static void driverctl_and_an_override_should_agree(void **state)
{
	expect_disagreement(ANOTHER("driver=e1000e") DRIVERCTL("vfio-pci"), "0000:02:00.0",
			    "driverctl gives it to vfio-pci at each boot, and its driver_override "
			    "is not set");
	expect_disagreement(ANOTHER("override=pci-stub driver=pci-stub") DRIVERCTL("vfio-pci"),
			    "0000:02:00.0",
			    "driverctl gives it to vfio-pci at each boot, and its driver_override "
			    "is now pci-stub");
	diagnosis_lacks(ANOTHER("override=vfio-pci driver=vfio-pci") DRIVERCTL("vfio-pci"),
			CODE_TOOLS_DISAGREE);
	diagnosis_lacks(SOUND, CODE_TOOLS_DISAGREE);
}

static void a_pin_means_a_device_or_is_named(void **state)
{
	diagnosis_has(SOUND PIN("vfio-pci", "0x1521"), CODE_PIN_UNMET, SEVERITY_WARNING, NULL);
	diagnosis_has(SOUND "/etc/iommuctl/pins.d/nic.conf = x\n", CODE_PIN_UNMET, SEVERITY_WARNING,
		      NULL);
	diagnosis_lacks(SOUND PIN("vfio-pci", "0x10d3"), CODE_PIN_UNMET);
	diagnosis_lacks(
		SOUND PIN("vfio-pci", "0x10d3") "/etc/driverctl.d/pci-0000:01:00.0 = vfio-pci\n",
		CODE_PIN_UNMET);
}

static void a_pin_and_driverctl_should_agree(void **state)
{
	/* Only the device of the pin and the driver of the tool count. */
	diagnosis_lacks(ANOTHER("override=pci-stub driver=pci-stub") PIN("vfio-pci", "0x10d3")
				DRIVERCTL("pci-stub"),
			CODE_TOOLS_DISAGREE);
	expect_disagreement(
		SOUND PIN("none", "0x10d3") "/etc/driverctl.d/pci-0000:01:00.0 = e1000e\n",
		"0000:01:00.0",
		"driverctl gives it to e1000e at each boot, and the pin nic to no "
		"driver");
	expect_disagreement(
		SOUND PIN("vfio-pci", "0x10d3") "/etc/driverctl.d/pci-0000:01:00.0 = pci-stub\n",
		"0000:01:00.0",
		"driverctl gives it to pci-stub at each boot, and the pin nic to "
		"vfio-pci");
}

/* libvirt takes the device from its native driver and gives it back: nothing else claims it. */
static void a_guest_may_have_a_device_that_no_other_tool_claims(void **state)
{
	diagnosis_lacks(ANOTHER("driver=e1000e") GUEST("yes", "02"), CODE_TOOLS_DISAGREE);
	diagnosis_lacks(ANOTHER("driver=vfio-pci override=vfio-pci") GUEST("yes", "02"),
			CODE_TOOLS_DISAGREE);
	diagnosis_lacks(ANOTHER("driver=e1000e") GUEST("yes", "07"), CODE_TOOLS_DISAGREE);
}

/* When the guest stops, the override of the other tool is cleared (libvirt: virpci.c). */
static void a_guest_and_driverctl_should_agree(void **state)
{
#define STUB ANOTHER("override=pci-stub driver=pci-stub") DRIVERCTL("pci-stub")
	_autoarena_ struct arena *arena = arena_new();
	const struct finding *finding = find_disagreement(STUB GUEST("yes", "02"), arena);

	assert_non_null(finding);
	assert_string_equal(finding->subject, "0000:02:00.0");
	assert_string_equal(finding->message, "libvirt gives it to vfio-pci while the guest web "
					      "runs, and driverctl to pci-stub at each boot");
	assert_string_equal(finding->evidence, "/etc/libvirt/qemu/web.xml");
	assert_non_null(strstr(finding->remedy, "virsh edit web"));
	diagnosis_lacks(STUB GUEST("no", "02"), CODE_TOOLS_DISAGREE);
	diagnosis_lacks(ANOTHER("override=vfio-pci driver=vfio-pci") DRIVERCTL("vfio-pci")
				GUEST("yes", "02"),
			CODE_TOOLS_DISAGREE);
}

static void a_guest_and_a_pin_should_agree(void **state)
{
	expect_disagreement(SOUND PIN("none", "0x10d3") GUEST("yes", "01"), "0000:01:00.0",
			    "libvirt gives it to vfio-pci while the guest web runs, and the pin "
			    "nic to no driver");
	diagnosis_lacks(SOUND PIN("vfio-pci", "0x10d3") GUEST("yes", "01"), CODE_TOOLS_DISAGREE);
	/* The override is the pin's: that is said once. */
	expect_disagreement(
		"group 1 type=DMA\npci 0000:01:00.0 in pci0000:00 group=1 driver=pci-stub "
		"override=pci-stub id=8086:10d3\n" PIN("pci-stub", "0x10d3") GUEST("yes", "01"),
		"0000:01:00.0",
		"libvirt gives it to vfio-pci while the guest web runs, and the pin nic to "
		"pci-stub");
}

/* The file may name the driver; '-' and '_' are equal in names of drivers. */
static void a_guest_may_have_a_driver_of_its_own(void **state)
{
#define VARIANT                                                                             \
	"/etc/libvirt/qemu/web.xml = <hostdev type='pci' managed='yes'><driver name='vfio'" \
	" model='mlx5_vfio_pci'/><source><address bus='2'/></source></hostdev>\n"
	diagnosis_lacks(ANOTHER("override=mlx5-vfio-pci driver=mlx5_vfio_pci")
				DRIVERCTL("mlx5-vfio-pci") VARIANT,
			CODE_TOOLS_DISAGREE);
	expect_disagreement(ANOTHER("override=vfio-pci driver=vfio-pci") DRIVERCTL("vfio-pci")
				    VARIANT,
			    "0000:02:00.0",
			    "libvirt gives it to mlx5_vfio_pci while the guest web runs, and "
			    "driverctl to vfio-pci at each boot");
}

static void a_guest_and_an_override_should_agree(void **state)
{
	expect_disagreement(ANOTHER("override=none") GUEST("yes", "02"), "0000:02:00.0",
			    "libvirt gives it to vfio-pci while the guest web runs, and its "
			    "driver_override is now none");
}

/* Like driverctl's files, those of guests are root's: without them, nothing may be concluded. */
static void a_guest_whose_file_is_too_large_is_not_passed_over(void **state)
{
	enum { MORE_THAN_A_MEGABYTE = 1100 * 1000 };
	_autoarena_ struct arena *arena = arena_new();
	char *blanks = arena_alloc(arena, MORE_THAN_A_MEGABYTE + 1);
	const struct system *system;

	memset(blanks, ' ', MORE_THAN_A_MEGABYTE);
	blanks[MORE_THAN_A_MEGABYTE] = '\0';
	system =
		snapshot(arena_concat(arena, SOUND "/etc/libvirt/qemu/web.xml = <a>", blanks, "\n"),
			 DOCTOR_FACTS);
	assert_string_equal(doctor_blind(system)->name, "tool_claims");
	system_free(system);
	/* Other files of the folder are no guests. */
	diagnosis_lacks(ANOTHER("override=none") "/etc/libvirt/qemu/.xml = <hostdev\n"
						 "/etc/libvirt/qemu/networks/web.xml = x\n",
			CODE_TOOLS_DISAGREE);
}

static void a_container_is_told_of_and_the_machine_itself_is_not(void **state)
{
	diagnosis_lacks(SOUND, CODE_IN_CONTAINER);
	diagnosis_lacks(SOUND
			"/proc/self/ns/pid -> pid:[4026531836]\n/run/\n/proc/1/root -> ../..\n",
			CODE_IN_CONTAINER);
	diagnosis_has(SOUND "/proc/self/ns/pid -> pid:[4026532281]\n", CODE_IN_CONTAINER,
		      SEVERITY_WARNING, NULL);
	diagnosis_has(SOUND "/run/.containerenv = \n", CODE_IN_CONTAINER, SEVERITY_WARNING, NULL);
}

UNIT(doctor_tools)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(driverctl_and_an_override_should_agree),
		cmocka_unit_test(a_pin_means_a_device_or_is_named),
		cmocka_unit_test(a_pin_and_driverctl_should_agree),
		cmocka_unit_test(a_guest_may_have_a_device_that_no_other_tool_claims),
		cmocka_unit_test(a_guest_and_driverctl_should_agree),
		cmocka_unit_test(a_guest_and_a_pin_should_agree),
		cmocka_unit_test(a_guest_may_have_a_driver_of_its_own),
		cmocka_unit_test(a_guest_and_an_override_should_agree),
		cmocka_unit_test(a_guest_whose_file_is_too_large_is_not_passed_over),
		cmocka_unit_test(a_container_is_told_of_and_the_machine_itself_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
