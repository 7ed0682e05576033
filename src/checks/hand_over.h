/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hand_over - whether a device can be given to a VFIO user, and which devices come along
 *
 * The verdict is about isolation, not about use: it needs only what every overview reads. Of uses
 * it knows the disks of the machine's own system and its boot display. Addresses, processes and the
 * like are not looked at, and "alone" does not say that the device is free. checks_run
 * (checks/check.h) answers that, for chosen devices.
 */
#pragma once

#include "checks/viability.h"
#include "model/system.h"

enum hand_over_verdict {
	HAND_OVER_UNKNOWN,     /* a fact that decides it could not be read, or is not settled yet */
	HAND_OVER_ALONE,       /* the device can be handed over, and nothing else changes hands */
	HAND_OVER_WITH_OTHERS, /* other members of its group change hands with it */
	HAND_OVER_GIVEN,       /* a VFIO driver has the device */
	HAND_OVER_NO,	       /* the device cannot be handed over as the machine is */
	HAND_OVER_COUNT,
};

/**
 * struct hand_over - the verdict on one device
 * @with: with HAND_OVER_WITH_OTHERS, the first of the others     @with_count: how many they are
 * @why: a few words, or NULL: the reason against it, the unknown fact, or the fault of a device
 * that is given
 * @culprit: the device that @why is about, if that is another one, or NULL
 */
struct hand_over {
	enum hand_over_verdict verdict;
	const struct device *with;
	size_t with_count;
	const char *why;
	const struct device *culprit;
};

/** struct hand_overs - facts about all groups that verdicts share; opaque */
struct hand_overs;

/**
 * hand_overs_new - prepare verdicts on the devices of @system, which must outlive them
 * One pass over all devices, so that a verdict takes constant time. Needs a system that was read
 * with FACTS_HAND_OVER.
 */
_must_check_ struct hand_overs *hand_overs_new(const struct system *system);
void hand_overs_free(struct hand_overs *overs);

/** hand_over_of - the verdict on a device of the system */
struct hand_over hand_over_of(const struct hand_overs *overs, const struct device *device)
	_nonnull_();

/**
 * hand_over_takes_along - true where @member, another device of the group of @device, changes hands
 * with it: all members do but bridges and ports, which VFIO leaves to their drivers
 */
bool hand_over_takes_along(const struct hand_overs *overs, const struct device *device,
			   const struct device *member) _nonnull_();

/**
 * hand_over_why - "unusable: 0000:01:00.1 has snd_hda_intel", or NULL where there is no reason
 * @culprit: the name to use for verdict->culprit; NULL where that is NULL
 */
const char *hand_over_why(const struct hand_over *verdict, const char *culprit, struct arena *arena)
	_nonnull_(1, 3);

/** hand_over_verdict_name - the word in JSON documents; NULL for HAND_OVER_UNKNOWN */
const char *hand_over_verdict_name(enum hand_over_verdict verdict);

#define FACTS_HAND_OVER (FACT_IDS | FACT_VFIO | FACT_DEFERRAL | FACT_DMA | FACT_OBSTACLES)
