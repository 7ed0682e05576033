/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_export - records of systemd-journald in its export format, as lines of the kernel log
 *
 * Each field is a line "NAME=value"; a value with control characters follows its name and its
 * length, so text in it cannot look like a field; an empty line ends a record (systemd:
 * JOURNAL_EXPORT_FORMATS). Fields that begin with "_" come from journald itself. Records that a
 * process wrote into the ring have the transport "kernel", too, but another facility than 0
 * (journald-kmsg.c: dev_kmsg_record).
 */
#pragma once

#include "sources/deferral/log_file.h"

#include <stdint.h>

/** The ID of "Missed 12 kernel messages" (sd-messages.h: SD_MESSAGE_JOURNAL_MISSED). */
#define JOURNALD_MISSED "e9bf28e6e834481bb6f48f548ad13606"

/**
 * struct journald_answer - @reached: the journal has a record of the ring that is as new as the
 * ring's oldest, so nothing between the two is missing. It may be of a process: these can have
 * overwritten all lines of the kernel.
 * @missed: journald reports that it was too slow for some of the kernel's records
 */
struct journald_answer {
	bool reached, missed;
};

struct log_export;

/**
 * log_export_new - read records in constant memory: lines of the kernel before @before_us
 * (microseconds since boot) go to @intake, and @answer is updated; both must stay valid
 */
_must_check_ struct log_export *log_export_new(uint64_t before_us, struct log_intake *intake,
					       struct journald_answer *answer) _nonnull_();

/** log_export_bytes - the next bytes, cut anywhere; a record without its end is no record */
void log_export_bytes(struct log_export *reader, struct span bytes) _nonnull_(1);

/** log_export_free - accepts NULL */
void log_export_free(struct log_export *reader);

static inline void cleanup_log_export(struct log_export **reader)
{
	log_export_free(*reader);
}

#define _autologexport_ _cleanup_(cleanup_log_export)
