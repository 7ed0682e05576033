/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include "base/text.h"
#include "checks/usage.h"

static const struct vfio_host *host_of(const struct checking *checking)
{
	return checking->handover->system->machine.vfio;
}

static enum answer answer_or_unknown(const struct vfio_host *host, enum answer answer)
{
	return host ? answer : ANSWER_UNKNOWN;
}

void check_container(struct checking *checking)
{
	const struct vfio_host *host = host_of(checking);
	struct check check = check_start(checking);

	switch (answer_or_unknown(host, host ? host->in_container : ANSWER_UNKNOWN)) {
	case ANSWER_NO:
		check_pass(checking, check, "this is the machine itself, not a container");
		return;
	case ANSWER_YES:
		check.finding.evidence = host->container_evidence;
		check.finding.remedy =
			"Run it on the host, or give the container the host's /run, /proc "
			"and /sys.";
		check_say(checking, check,
			  "iommuctl runs in a container or chroot: users of the device outside of "
			  "it may be hidden");
		return;
	default:
		check.finding.remedy = "Run it as root on the host.";
		check_unseen(checking, check, "it is unknown whether this is a container");
	}
}

/*
 * The option of the command line that turns interrupt remapping off
 * (Documentation/admin-guide/kernel-parameters.txt).
 */
static const char *switched_off_by(const char *command_line)
{
	static const char *const words[] = {"intremap=off", "nointremap"};

	for (size_t i = 0; command_line && i < ARRAY_SIZE(words); i++)
		if (text_has_word(command_line, words[i]))
			return words[i];
	return NULL;
}

/* Interrupts that are not remapped have two remedies: their remapping may be switched on, or
 * VFIO may be told to do without (drivers/vfio/vfio_iommu_type1.c: allow_unsafe_interrupts, 0644).
 */
static const char *unisolated_remedy(const struct checking *checking)
{
	const struct machine *machine = &checking->handover->system->machine;
	const struct finding *hypervisor = usage_of_hypervisor(machine);
	const char *word = switched_off_by(machine->command_line);
	const char *first =
		word ? arena_printf(checking->arena,
				    "Remove %s from the kernel's command line and reboot.", word)
		: machine->remaps_interrupts == ANSWER_NO
			? "Firmware says that this machine cannot remap interrupts (DMAR)."
		: machine->remaps_interrupts == ANSWER_YES
			? "Firmware says that this machine can remap interrupts (DMAR); the "
			  "kernel log says why it does not (DMAR-IR)."
			: "Switch interrupt remapping on in the firmware setup.";
	const char *second =
		machine->vfio->type1_loaded == ANSWER_YES
			? "echo Y > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"
			: "modprobe vfio_iommu_type1 allow_unsafe_interrupts=1";

	if (hypervisor)
		return hypervisor->remedy;
	return arena_printf(checking->arena, "%s Where the user of the device is trusted: %s",
			    first, second);
}

static void say_unisolated(struct checking *checking, struct check check, enum answer allowed)
{
	check.finding.evidence = "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";
	switch (allowed) {
	case ANSWER_YES:
		check.level = CHECK_WARNING;
		check_say(checking, check,
			  "interrupts are not isolated: the user of the device can send any "
			  "interrupt to this machine, which allow_unsafe_interrupts allows");
		return;
	case ANSWER_NO:
		check.finding.evidence = "/proc/interrupts";
		check.finding.remedy = unisolated_remedy(checking);
		check_say(checking, check,
			  "interrupts are not isolated, and therefore VFIO does not open the "
			  "device");
		return;
	default:
		check_unseen(checking, check,
			     "interrupts are not isolated; it is unknown whether VFIO allows that");
	}
}

void check_interrupts(struct checking *checking)
{
	const struct vfio_host *host = host_of(checking);
	struct check check = check_start(checking);

	/* Xen remaps the interrupts of devices; its control domain cannot see whether it does. */
	if (checking->handover->system->machine.hypervisor == HYPERVISOR_XEN_DOM0)
		return;
	switch (answer_or_unknown(host, host ? host->isolated_interrupts : ANSWER_UNKNOWN)) {
	case ANSWER_YES:
		check_pass(checking, check, "the interrupts of devices are isolated");
		return;
	case ANSWER_NO:
		say_unisolated(checking, check, host->unsafe_interrupts);
		return;
	default:
		check.level = CHECK_WARNING;
		check.finding.evidence = "/proc/interrupts";
		check_unseen(checking, check,
			     "it is unknown whether interrupts are isolated; where they are not, "
			     "VFIO does not open the device");
	}
}

enum {
	/* Locked memory of 64 MiB is enough for the smallest guests; the usual limit is 8 MiB. */
	ENOUGH_MEMLOCK = 64 << 20,
};

/* The files of pam_limits(8) limit a user. A service manager may set another limit. */
static void check_memlock_of(struct checking *checking, const struct owner *owner)
{
	struct check check = check_start(checking);

	check.finding.evidence = "/etc/security/limits.conf";
	check.finding.remedy = arena_printf(
		checking->arena,
		"echo '%u - memlock unlimited' > /etc/security/limits.d/50-vfio.conf; in the unit "
		"of a service LimitMEMLOCK=infinity.",
		(unsigned)owner->uid);
	if (owner->memlock == MEMLOCK_UNSET)
		check_say(checking, check,
			  "no line sets how much memory %.100s may lock: usual are 8 MiB, and VFIO "
			  "locks all memory of a guest",
			  owner->words);
	else if (owner->memlock >= 0 && owner->memlock < ENOUGH_MEMLOCK)
		check_say(checking, check,
			  "%.100s may lock only %lld KiB of memory, and VFIO locks all memory of a "
			  "guest",
			  owner->words, (long long)owner->memlock >> 10);
	else
		check_pass(checking, check, "%.100s may lock enough memory", owner->words);
}

void check_memlock(struct checking *checking)
{
	const struct owner *owner = checking->handover->owner;
	const struct vfio_host *host = host_of(checking);
	struct check check = check_start(checking);

	if (owner) {
		check_memlock_of(checking, owner);
	} else if (!host) {
		check_unseen(checking, check, "the limit of locked memory could not be read");
	} else if (host->memlock >= 0 && host->memlock < ENOUGH_MEMLOCK) {
		check.finding.evidence = "RLIMIT_MEMLOCK";
		check.finding.remedy = "ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit "
				       "of the program that opens it; root is not limited.";
		check_say(checking, check,
			  "you may lock only %lld KiB of memory, and VFIO locks all memory of a "
			  "guest",
			  (long long)host->memlock >> 10);
	} else {
		check_pass(checking, check, "no low limit for locked memory is set");
	}
}

/* A rule gives the nodes away, so without udev they stay with root. */
void check_owner(struct checking *checking)
{
	const struct owner *owner = checking->handover->owner;
	struct check check = check_start(checking);

	if (!owner)
		return;
	check.finding.evidence = "/run/udev/control";
	if (owner->has_udev == ANSWER_YES)
		check_pass(checking, check, "udev runs, and gives its nodes to %.100s",
			   owner->words);
	else if (owner->has_udev == ANSWER_NO)
		check_say(checking, check,
			  "udev does not run, so that its nodes cannot be given to %.100s",
			  owner->words);
	else
		check_unseen(checking, check, "it is unknown whether udev runs");
}
