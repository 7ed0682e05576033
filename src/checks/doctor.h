/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor - all findings about a machine: exposed memory, stuck devices, faults, odd settings
 *
 * Pure functions of a system that was read with DOCTOR_FACTS. Each rule is a row of
 * checks/doctor_rules.h. Rules that other commands have (deferral, streams, faults, usage) give the
 * same findings here as there.
 */
#pragma once

#include "checks/finding.h"
#include "model/facts.h"
#include "model/system.h"

enum {
	/** the facts that the rules need */
	DOCTOR_FACTS = FACT_SUPPLIERS | FACT_DEFERRAL | FACT_STREAMS | FACT_IOMMUS |
		       FACT_GROUP_TYPE | FACT_CAPACITY | FACT_FAULTS | FACT_REGIONS | FACT_DMA |
		       FACT_ALL_IOMMUS | FACT_OVERRIDE | FACT_VFIO | FACT_PROTECTION |
		       FACT_PRESENCE | FACT_PINS,
};

/**
 * doctor_findings - the findings of all rules, worst first, each once; in @arena
 * @chosen: a flag for each device of the system, by index: only findings that name one of these,
 * and none about the whole machine; NULL: all findings
 */
struct findings doctor_findings(const struct system *system, const bool *chosen,
				struct arena *arena);

/**
 * doctor_blind - the first source that could not be read: there may be more findings; NULL: none
 */
const struct source *doctor_blind(const struct system *system) _nonnull_();
