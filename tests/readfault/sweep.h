/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep - let every access through the door of a command fail in turn, and check the document
 *
 * A command runs in a forked child of the test, which links the rooms and main: thousands of runs a
 * minute. The door's watch (base/root.h) lets the k-th access fail with EIO, EACCES or EMFILE, also
 * where a guarded child of the command makes it.
 *
 * The document reports a failed access if one of these is true:
 *   same      it is byte for byte the document of the undisturbed run, with the same exit status:
 *             nothing depended on the file
 *   error     it is an error document (exit status 1, or 9 for EACCES) that names the file
 *   source    an entry of sources[] that was different in the undisturbed run is now partial,
 *             denied, busy or malformed, and its detail names the file that failed. An entry
 *             without the file, or of a state that counts as read, does not count.
 *   check     a check that was not unknown before is unknown now, and its message or evidence
 *             names the file
 * For EMFILE, ENFILE and ENOMEM, which are no facts about the machine, only same and error count.
 *
 * Everything else is a silent change: the user reads "none" where the file could not be read. The
 * test fails if there is one.
 *
 * A report of the failure does not make the answers right. An answer that turns from one claim into
 * another (translated into direct, 3 devices into 2) is counted as "claims", even beside an entry
 * that reports the failure; null, unknown and a list beside its own null are no claims.
 */
#pragma once

#include "base/root.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PATH_ROOM = 512, ACCESSES_MAX = 1 << 14 };

/** struct access_kind - @name: a hash of the file's name without its folder */
struct access_kind {
	enum root_access access;
	uint32_t name;
};

/**
 * struct run - the result of one run of the command
 * @text: standard output, NUL-terminated, @length bytes; to be freed     @status: exit status, or
 * 256 plus the signal     @accesses: number of accesses through the door     @path: the file of the
 * failed one     @kinds: of each access, from 1 on
 */
struct run {
	char *text;
	size_t length;
	int status;
	size_t accesses;
	char path[PATH_ROOM];
	struct access_kind kinds[ACCESSES_MAX];
};

/** enum verdict - how a document reports a failed access */
enum verdict {
	VERDICT_SAME,
	VERDICT_ERROR,
	VERDICT_SOURCE,
	VERDICT_CHECK,
	VERDICT_SILENT,
	VERDICT_COUNT,
};

/**
 * run_command - run the program in a child whose access number @fail_at fails with @cause
 * @arguments: NULL-terminated, with the program's name     @fail_at: from 1 on; 0 none fails
 */
struct run run_command(char *const *arguments, size_t fail_at, int cause);

/** load_libraries - load the program's libraries once for all runs: libcrypto takes milliseconds */
void load_libraries(void);

/**
 * judge - decide whether @run reports the failure
 * @before: the document of the undisturbed @calm     @ret_claim: 128 bytes for the JSON path of an
 * answer that became another claim, or ""
 */
enum verdict judge(const struct run *calm, struct json_object *before, const struct run *run,
		   int cause, char ret_claim[static 128]);
