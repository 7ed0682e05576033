/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics - facts and findings about a machine as OpenMetrics text (views/openmetrics.h)
 *
 * Values from a source that could not be read are left out, never 0; its iommuctl_source_up is 0.
 * Of a source that was read in part, the values that were found are there. No label changes unless
 * the machine does.
 */
#pragma once

#include "base/arena.h"
#include "checks/faults.h"
#include "checks/finding.h"
#include "model/facts.h"
#include "model/system.h"

#include <stdio.h>

/** METRICS_FACTS - the facts that the samples need beside those of findings */
#define METRICS_FACTS (FACT_FINGERPRINT | FACT_GROUP_TYPE | FACTS_HAND_OVER | FACT_FAULTS)

/**
 * struct metrics - what the samples are made of
 * @journal: the entry of sources[] about earlier changes     @unfinished: one waits for "recover"
 */
struct metrics {
	const struct system *system;
	const struct findings *findings;
	const struct source *journal;
	bool unfinished;
	struct arena *arena;
	FILE *out;
};

/** metrics_put - put all families of samples; the caller looks for errors of writing */
void metrics_put(const struct metrics *metrics) _nonnull_();
