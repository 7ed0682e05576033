/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waive - refusals that the user overrides: --waive ID[@DEVICE][:unknown],…
 *
 * A bare ID covers the devices that the user named, and the machine as a whole; a member that is
 * taken along needs ID@DEVICE. A check that could not read its sources needs :unknown.
 */
#pragma once

#include "base/error.h"
#include "checks/check.h"

/**
 * struct waiver - @device: as typed, or NULL     @unknown: for a check that could not read its
 * sources
 */
struct waiver {
	enum check_id id;
	const char *device;
	bool unknown;
};

/** struct waivers - a list of waivers; lives in the arena that it was parsed into */
struct waivers {
	const struct waiver *items;
	size_t count;
};

/**
 * waivers_parse - parse the argument of --waive; several such options add up
 * @waivers: added to
 * Returns: 0; ERROR_USAGE for an ID that does not exist or cannot be waived.
 */
_must_check_ int waivers_parse(const char *text, struct arena *arena, struct waivers *waivers,
			       struct error *e);

/**
 * waivers_apply - mark the checks that the waivers cover
 * Returns: 0; ERROR_USAGE for a waiver whose device is not in the handover: a misspelt name must
 * not count as a waived check.
 */
_must_check_ int waivers_apply(const struct waivers *waivers, const struct handover *handover,
			       struct checks *checks, struct error *e);

/**
 * waivers_still_cover - true where a waived answer of @shown showed all that the answer @now has
 * @now: of a later snapshot. An answer about uses is covered if each of its uses was shown, also
 * one that the message only counted; another answer, if its message is the same.
 * @ret_new: the first use that was not shown where others of the check were waived, else NULL
 */
bool waivers_still_cover(const struct checks *shown, const struct check *now,
			 const struct use **ret_new);

/**
 * waiver_text - the argument of --waive for @check ("mounted@0000:01:00.1:unknown"), or NULL where
 * it cannot be waived or need not be
 */
const char *waiver_text(const struct check *check, const struct handover *handover,
			struct arena *arena);
