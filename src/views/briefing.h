/* SPDX-License-Identifier: GPL-2.0-or-later */
/* briefing - the facts about a machine that metrics.h and labels.h print for other programs */
#pragma once

#include "base/arena.h"
#include "checks/finding.h"
#include "checks/hand_over.h"
#include "model/facts.h"
#include "model/pin_match.h"
#include "model/system.h"

#include <stdio.h>

/** BRIEFING_FACTS - the facts that a briefing needs beside those of findings */
#define BRIEFING_FACTS \
	(FACT_FINGERPRINT | FACT_GROUP_TYPE | FACTS_HAND_OVER | FACT_FAULTS | PIN_FACTS)

/**
 * struct briefing - the machine, and where to print
 * @journal: the entry of sources[] about earlier changes     @unfinished: one waits for "recover"
 */
struct briefing {
	const struct system *system;
	const struct findings *findings;
	const struct source *journal;
	bool unfinished;
	struct arena *arena;
	FILE *out;
};
