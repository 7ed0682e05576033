/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks before a device gets another number of virtual functions (drivers/pci/iov.c:
 * sriov_numvfs_store)
 */
#include "checks/check_functions.h"

#include "model/sriov.h"

static const char *physical_file(const struct checking *checking, const char *name)
{
	return arena_concat(checking->arena, checking->move->device->path, "/", name);
}

static bool sriov_was_read(const struct system *system)
{
	const struct source *source = system_source(system, "sriov");

	return source && source->state == SOURCE_READ;
}

/* The number of virtual functions that the snapshot has as devices. */
static size_t count_present(const struct checking *checking, const struct sriov *sriov)
{
	size_t count = 0;

	for (size_t i = 0; i < sriov->function_count; i++)
		count +=
			system_device(checking->handover->system, sriov->functions[i].path) != NULL;
	return count;
}

/* A device without the capability, or of which it is unknown. */
static void refuse_without_capability(struct checking *checking, struct check check)
{
	const struct traits *traits = checking->move->device->traits;

	check.finding.evidence = physical_file(checking, "sriov_totalvfs");
	if (traits && traits->physical_function) {
		check.finding.evidence = physical_file(checking, "physfn");
		check.finding.remedy = "Name its physical function";
		check_say(checking, check, "it is a virtual function itself");
	} else if (sriov_was_read(checking->handover->system)) {
		check_say(checking, check, "it has no SR-IOV capability");
	} else {
		check_unseen(checking, check, "it is unknown whether it has an SR-IOV capability");
	}
}

static void check_numbers(struct checking *checking, struct check check, const struct sriov *sriov)
{
	int wanted = checking->handover->function_count;

	check.finding.evidence = physical_file(checking, "sriov_totalvfs");
	if (sriov->total < 0) {
		check_unseen(checking, check,
			     "it is unknown how many virtual functions it can have");
		return;
	}
	if (wanted > sriov->total) {
		check_say(checking, check, "it can have %d virtual function%s at most",
			  sriov->total, sriov->total == 1 ? "" : "s");
		return;
	}
	check.finding.evidence = physical_file(checking, "sriov_numvfs");
	if (sriov->count < 0 || (size_t)sriov->count != count_present(checking, sriov))
		check_unseen(checking, check,
			     "it is unknown which virtual functions it has, so that these cannot "
			     "be checked");
	else
		check_pass(checking, check, "it can have %d virtual function%s, and has %d",
			   sriov->total, sriov->total == 1 ? "" : "s", sriov->count);
}

static void check_makers(struct checking *checking, struct check check, const struct sriov *sriov)
{
	const struct device *device = checking->move->device;

	check.finding.evidence = physical_file(checking, "driver");
	if (!device->driver_known)
		check_unseen(checking, check, "it is unknown whether it has a driver");
	else if (!device->driver)
		check_say(checking, check,
			  "it has no driver, and only its driver makes and removes them");
	check.finding.evidence = physical_file(checking, "sriov_drivers_autoprobe");
	if (sriov->autoprobe == ANSWER_UNKNOWN)
		check_unseen(checking, check,
			     "it is unknown whether the kernel binds drivers to them by itself");
}

void check_sriov(struct checking *checking)
{
	const struct sriov *sriov = checking->move->device->sriov;
	struct check check = check_start(checking);

	if (!sriov) {
		refuse_without_capability(checking, check);
		return;
	}
	check_numbers(checking, check, sriov);
	check_makers(checking, check, sriov);
}

void check_vf_numbers(struct checking *checking)
{
	const struct sriov *sriov = checking->move->device->sriov;
	struct check check = check_start(checking);

	check.finding.evidence = physical_file(checking, "sriov_numvfs");
	if (!sriov || sriov->count < 0)
		return;
	if (!sriov->count)
		check_pass(checking, check, "it has no virtual functions that would be removed");
	else if (!checking->handover->function_count)
		check_say(checking, check, "its virtual functions are removed, with their groups");
	else
		check_say(checking, check,
			  "all its virtual functions are removed and made again: addresses and "
			  "the numbers of groups may be others afterwards");
}
