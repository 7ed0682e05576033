/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

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
			  "this is a container: who uses a device may be outside of it, unseen");
		return;
	default:
		check.finding.remedy = "Run it as root on the host.";
		check_unseen(checking, check, "could not see whether this is a container");
	}
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
		check.finding.remedy =
			"Switch interrupt remapping on. Where the user of the device is trusted: "
			"modprobe vfio_iommu_type1 allow_unsafe_interrupts=1";
		check_say(checking, check,
			  "interrupts are not isolated, and therefore VFIO does not open the "
			  "device");
		return;
	default:
		check_unseen(checking, check,
			     "interrupts are not isolated; could not see whether VFIO allows that");
	}
}

void check_interrupts(struct checking *checking)
{
	const struct vfio_host *host = host_of(checking);
	struct check check = check_start(checking);

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
			     "could not see whether interrupts are isolated; where they are not, "
			     "VFIO does not open the device");
	}
}

void check_memlock(struct checking *checking)
{
	/* 64 MiB is enough for the smallest guests; the usual limit is 8 MiB. */
	enum { ENOUGH = 64 << 20 };
	const struct vfio_host *host = host_of(checking);
	struct check check = check_start(checking);

	if (!host) {
		check_unseen(checking, check, "could not see how much memory may be locked");
	} else if (host->memlock >= 0 && host->memlock < ENOUGH) {
		check.finding.evidence = "RLIMIT_MEMLOCK";
		check.finding.remedy =
			"ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit of who "
			"opens it; root is not limited.";
		check_say(checking, check,
			  "you may lock only %lld KiB of memory, and VFIO locks all that a guest "
			  "has",
			  (long long)host->memlock >> 10);
	} else {
		check_pass(checking, check, "no low limit for locked memory is set");
	}
}
