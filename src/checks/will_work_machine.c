/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/will_work.h"

static const struct vfio_host *host_of(const struct checking *checking)
{
	return checking->handover->system->machine.vfio;
}

static enum answer answer_of(const struct vfio_host *host, enum answer answer)
{
	return host ? answer : ANSWER_UNKNOWN;
}

static void say(struct checking *checking, struct check check, const char *message)
{
	check.message = message;
	check_add(checking, check);
}

void check_container(struct checking *checking)
{
	const struct vfio_host *host = host_of(checking);
	struct check check = {.id = CHECK_CONTAINER, .level = CHECK_REFUSE};

	if (!handover_first(checking->handover, checking->move, NULL))
		return;
	switch (answer_of(host, host ? host->in_container : ANSWER_UNKNOWN)) {
	case ANSWER_NO:
		check.level = CHECK_PASS;
		say(checking, check, "this is the machine itself, not a container");
		return;
	case ANSWER_YES:
		check.evidence = host->container_evidence;
		check.remedy = "Run it on the host, or give the container the host's /run, /proc "
			       "and /sys.";
		say(checking, check,
		    "this is a container: who uses a device may be outside of it, unseen");
		return;
	default:
		check.unknown = true;
		check.remedy = "Run it as root on the host.";
		say(checking, check, "could not see whether this is a container");
	}
}

static void say_unisolated(struct checking *checking, struct check check, enum answer allowed)
{
	check.evidence = "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";
	switch (allowed) {
	case ANSWER_YES:
		say(checking, check,
		    "interrupts are not isolated: whoever gets the device can send any interrupt "
		    "to this machine, which allow_unsafe_interrupts allows");
		return;
	case ANSWER_NO:
		check.level = CHECK_REFUSE;
		check.evidence = "/proc/interrupts";
		check.remedy =
			"Switch interrupt remapping on. Where whoever gets the device is trusted: "
			"modprobe vfio_iommu_type1 allow_unsafe_interrupts=1";
		say(checking, check,
		    "interrupts are not isolated, and VFIO will not open the device for that");
		return;
	default:
		check.level = CHECK_REFUSE;
		check.unknown = true;
		say(checking, check,
		    "interrupts are not isolated; could not see whether VFIO allows that");
	}
}

void check_interrupts(struct checking *checking)
{
	const struct vfio_host *host = host_of(checking);
	struct check check = {.id = CHECK_INTERRUPTS, .level = CHECK_WARNING};

	if (!move_is_to_vfio(checking->move) ||
	    !handover_first(checking->handover, checking->move, moves_to_vfio))
		return;
	switch (answer_of(host, host ? host->isolated_interrupts : ANSWER_UNKNOWN)) {
	case ANSWER_YES:
		check.level = CHECK_PASS;
		say(checking, check, "the interrupts of devices are isolated");
		return;
	case ANSWER_NO:
		say_unisolated(checking, check, host->unsafe_interrupts);
		return;
	default:
		check.unknown = true;
		check.evidence = "/proc/interrupts";
		say(checking, check,
		    "could not see whether interrupts are isolated; without it VFIO does not open "
		    "the device");
	}
}

void check_memlock(struct checking *checking)
{
	/* The smallest guests have that much; the usual limit is 8 MiB. */
	enum { ENOUGH = 64 << 20 };
	const struct vfio_host *host = host_of(checking);
	struct check check = {.id = CHECK_MEMLOCK, .level = CHECK_WARNING};

	if (!move_is_to_vfio(checking->move) ||
	    !handover_first(checking->handover, checking->move, moves_to_vfio))
		return;
	if (!host) {
		check.unknown = true;
		say(checking, check, "could not see how much memory may be locked");
	} else if (host->memlock >= 0 && host->memlock < ENOUGH) {
		check.evidence = "RLIMIT_MEMLOCK";
		check.remedy = "ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit of who "
			       "opens it; root is not limited.";
		check_say(checking, check,
			  "you may lock only %lld KiB of memory, and VFIO locks all that a guest "
			  "has",
			  (long long)host->memlock >> 10);
	} else {
		check.level = CHECK_PASS;
		say(checking, check, "no low limit for locked memory is set");
	}
}
