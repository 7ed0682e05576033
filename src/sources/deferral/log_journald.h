/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_journald - lines of the kernel that its ring has lost, from systemd-journald
 *
 * journald copies the ring while the machine runs. journalctl prints the records of this boot, each
 * with its own time (sources/deferral/log_export.h).
 */
#pragma once

#include "sources/deferral/log_export.h"

/** The program that prints the journal. */
#define JOURNALCTL "/usr/bin/journalctl"

/**
 * log_journald_read - add the kernel's lines of this boot before a time
 * @program: JOURNALCTL     @before_us: time of the ring's oldest record, microseconds since boot
 * Returns: 0; -ENOENT where there is no such program; -ETIMEDOUT where it did not answer, which
 * takes some seconds at most; another negative errno. @intake may have got lines in any case.
 */
_must_check_ int log_journald_read(const char *program, uint64_t before_us,
				   struct log_intake *intake, struct journald_answer *ret_answer)
	_nonnull_();
