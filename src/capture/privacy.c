/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/privacy.h"

#include "capture/filters.h"
#include "capture/secrets.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#define DEVICETREE "/sys/firmware/devicetree/base"
#define PROCESS "/proc/[0-9]*"

static struct span blank_words(struct span text, struct disguise *disguise)
{
	return filter_addresses(secrets_blank_words(text, disguise_arena(disguise)), disguise);
}

static struct span blank_mounts(struct span text, struct disguise *disguise)
{
	return secrets_blank_mounts(text, disguise_arena(disguise));
}

static struct span blank_uevent(struct span text, struct disguise *disguise)
{
	return secrets_blank_uevent(text, disguise_arena(disguise));
}

/* The rules for each kind of file; the first that matches counts. */
static const struct privacy_rule rules[] = {
	/* bootargs is the kernel command line as the boot loader passed it. */
	{DEVICETREE "/chosen", "bootargs", TREATMENT_KEEP, blank_words},
	{"/sys/*", "uevent", TREATMENT_KEEP, blank_uevent},
	{"/sys/*/nvme[0-9]*", "address", TREATMENT_KEEP, filter_nvme_address},
	/* CAPTURED_SERIALS replaces these files. */
	{"/sys/*/net/*", "address", TREATMENT_REPLACED},
	{"/sys/*/net/*", "addr_assign_type", TREATMENT_REPLACED},
	{"/sys/*/nvme/*", "serial", TREATMENT_REPLACED},
	{"/sys/*/fc_host/*", "symbolic_name", TREATMENT_KEEP, filter_symbolic_name},
	{"/sys/*/iscsi_host/*", "ipaddress", TREATMENT_KEEP, filter_address},
	{"/sys/*", "*serial", TREATMENT_PRIVATE},
	{"/sys/*", "*serial[-_]n*", TREATMENT_PRIVATE},
	{"/sys/*", "*mac[-_]address*", TREATMENT_PRIVATE},
	{"/sys/*", "*seed*", TREATMENT_PRIVATE},
	{"/sys/*", "*uuid*", TREATMENT_PRIVATE},
	{"/sys/*", "*wwid", TREATMENT_PRIVATE},
	{"/sys/*", "*guid", TREATMENT_PRIVATE},
	{"/sys/*", "eui", TREATMENT_PRIVATE},
	{"/sys/*", "unique_id", TREATMENT_PRIVATE},
	{"/sys*", "*", TREATMENT_KEEP},

	{"/proc", "cmdline", TREATMENT_KEEP, blank_words},
	{"/proc", "iomem", TREATMENT_KEEP, filter_memory_map},
	{"/proc", "interrupts", TREATMENT_KEEP, filter_interrupts},
	{"/proc", "swaps", TREATMENT_KEEP},
	{"/proc", "consoles", TREATMENT_KEEP},
	{"/proc", "self", TREATMENT_KEEP},
	{"/proc", "[0-9]*", TREATMENT_KEEP},
	{"/proc/bus/input", "devices", TREATMENT_KEEP, filter_inputs},
	{"/proc/driver/nvidia/*", "information", TREATMENT_KEEP, filter_nvidia},
	{"/proc/sys/kernel*", "*", TREATMENT_KEEP},
	{"/proc/xen", "capabilities", TREATMENT_KEEP},
	{PROCESS "/fd", "*", TREATMENT_LINK, .keeps_link = is_device_node},
	{PROCESS, "fd", TREATMENT_MEMBERS},
	{PROCESS, "comm", TREATMENT_KEEP},
	{PROCESS, "cmdline", TREATMENT_KEEP, filter_guest_name},
	{PROCESS, "limits", TREATMENT_KEEP},
	{PROCESS, "maps", TREATMENT_KEEP, filter_mappings},
	{PROCESS "/fdinfo", "*", TREATMENT_KEEP, filter_ring},
	{PROCESS, "mountinfo", TREATMENT_KEEP, blank_mounts},
	{PROCESS, "root", TREATMENT_KEEP},
	{PROCESS, "ns", TREATMENT_MEMBERS},
	{PROCESS "/ns", "net", TREATMENT_REPLACED},
	{PROCESS "/ns", "*", TREATMENT_LINK},
	/* CAPTURED_NETWORK replaces these files, and has the facts from them. */
	{PROCESS, "environ", TREATMENT_REPLACED},
	{PROCESS, "stat", TREATMENT_REPLACED},
	{PROCESS "/net*", "*", TREATMENT_REPLACED},
	{"/run/*netns*", "*", TREATMENT_REPLACED},
	{"/run*", "netns", TREATMENT_REPLACED},

	{"/dev", "kmsg", TREATMENT_REPLACED}, /* CAPTURED_LOG replaces it */
	{"/dev*", "*", TREATMENT_EXISTENCE},
	{"*/hwdb", "hwdb.bin", TREATMENT_REPLACED}, /* CAPTURED_NAMES replaces it */
	{"*/udev", "hwdb.bin", TREATMENT_REPLACED},
	{"*/modprobe.d", "*", TREATMENT_KEEP, blank_words},
	{"*/lib/modules/*", "*", TREATMENT_KEEP},
	{"/etc/iommuctl/pins.d", "*", TREATMENT_KEEP, filter_pin},
	{"/etc/driverctl.d", "*", TREATMENT_KEEP},
	{"/run/driverctl.d", "*", TREATMENT_KEEP},
	{"/etc/libvirt/qemu", "*.xml", TREATMENT_KEEP, filter_guest_file},
	{"/run/libvirt*", "*", TREATMENT_EXISTENCE},
	{"/run/udev", "*", TREATMENT_EXISTENCE},
	{"/usr/*bin", "*", TREATMENT_EXISTENCE},
	/* made.c writes the files below /iommuctl, also for a capture of a captured tree. */
	{"/iommuctl", "*", TREATMENT_REPLACED},
	{"", "*", TREATMENT_EXISTENCE},
	{"*", "*", TREATMENT_PRIVATE},
};

/* fnmatch(3) takes its time, so it judges only what begins as the pattern does. */
static bool matches_pattern(const char *pattern, const char *text)
{
	size_t literal = strcspn(pattern, "*?[");

	if (strncmp(pattern, text, literal) != 0)
		return false;
	return strcmp(pattern + literal, "*") == 0 || fnmatch(pattern, text, 0) == 0;
}

size_t privacy_number_of(const char *place)
{
	const char *name = text_basename(place);
	const struct privacy_rule *rule = rules;
	char folder[4096];

	snprintf(folder, sizeof(folder), "%.*s", name > place ? (int)(name - place - 1) : 0, place);
	/* Names are short, and few of them are in a rule: they are compared first. */
	while (rule < rules + ARRAY_SIZE(rules) - 1 &&
	       (!matches_pattern(rule->name, name) || !matches_pattern(rule->folder, folder)))
		rule++;
	return (size_t)(rule - rules);
}

const struct privacy_rule *privacy_rule_at(size_t number)
{
	return &rules[number];
}

const struct privacy_rule *privacy_rule_of(const char *place)
{
	return privacy_rule_at(privacy_number_of(place));
}
