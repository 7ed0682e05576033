/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * code - every code that a finding can have, each declared in one row
 *
 * ROW(ID, word, severity, help)
 * @ID: CODE_ID in the source     @word: stable, what documents and scripts see
 * @severity: NOTE, WARNING or ALARM: the worst that a finding of this code can be
 * @help: what it means, in one line
 *
 * Checks have rows of their own (checks/check_list.h), from which their codes are made: the code of
 * a check is its id. The manual names every word; a test compares.
 */
#pragma once

#include "checks/check_list.h"

#define FINDING_CODES(ROW)                                                                        \
	/* Streams and reserved memory: checks/streams.c */                                       \
	ROW(STREAM_TAKEN, "stream_taken", ALARM,                                                  \
	    "SMMUv3: the stream ID belongs to another device, so this one gets no group")         \
	ROW(STREAM_SPLIT, "stream_split", ALARM,                                                  \
	    "SMMUv2: a device shares stream entries with two groups, and gets none")              \
	ROW(STREAM_OVERLAP, "stream_overlap", WARNING,                                            \
	    "SMMUv2: two streams overlap and neither covers the other")                           \
	ROW(STREAM_SHARED, "stream_shared", NOTE,                                                 \
	    "SMMUv2: two devices share a stream entry, so they must be in one group")             \
	ROW(STREAM_UNKNOWN, "stream_unknown", WARNING,                                            \
	    "firmware names a stream whose ID cannot be read")                                    \
	ROW(STREAM_UNUSABLE, "stream_unusable", WARNING,                                          \
	    "firmware names a stream that the kernel does not use")                               \
	ROW(STREAM_ENTRIES_SHORT, "stream_entries_short", WARNING,                                \
	    "SMMUv2: firmware asks for more stream entries than the SMMU has")                    \
	ROW(MEMORY_DIRECT, "memory_direct", NOTE, "firmware wants memory mapped 1:1 for devices") \
	ROW(MEMORY_RESERVED, "memory_reserved", NOTE,                                             \
	    "firmware keeps addresses of devices unmapped")

#define CODE_OF_ROW(id, word, severity, help) CODE_##id,
#define CODE_OF_CHECK(id, word, scope, level, waivable, ask, help) CODE_CHECK_##id,

/** enum finding_code - CODE_NONE: no finding; from CODE_CHECK_FIRST on those of the checks, in the
 * order of enum check_id */
enum finding_code {
	CODE_NONE,
	FINDING_CODES(CODE_OF_ROW) CHECKS(CODE_OF_CHECK) CODE_COUNT,
	CODE_CHECK_FIRST = CODE_CHECK_SYSTEM_DISK,
};

enum severity {
	SEVERITY_NOTE,	  /* so it is, and fine */
	SEVERITY_WARNING, /* something will not work as firmware or the user means it */
	SEVERITY_ALARM,	  /* memory is not protected, or something that is in use would be lost */
	SEVERITY_COUNT,
};

/** struct code_kind - @word: NULL for CODE_NONE     @severity: the worst that it can be */
struct code_kind {
	const char *word;
	enum severity severity;
	const char *help;
};

/** code_kinds - the rows, by code */
extern const struct code_kind code_kinds[CODE_COUNT];

/** severity_name - the word that documents and sentences use */
const char *severity_name(enum severity severity);
