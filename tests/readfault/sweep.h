/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep - every access through the door of one command fails in turn; what does the document say?
 *
 * A command runs in a forked child of the test, which links the rooms and main: thousands of runs
 * a minute. The door's watch (base/root.h) lets the k-th access fail with EIO, EACCES or EMFILE,
 * also where a guarded child of the command makes it.
 *
 * The document of a failed access owns up to it if one of these is so:
 *   same      it is byte for byte the document of the undisturbed run, with the same exit status:
 *             nothing depended on the file
 *   error     it is an error document (exit status 1, or 9 for EACCES) that names the file
 *   source    an entry of sources[] that was different in the undisturbed run is now denied, busy
 *             or malformed, and its detail names the file that failed. An entry without the file,
 *             or of a state that counts as read, does not count.
 *   check     a check that did not do so before says "unknown" and its message or evidence names
 *             the file
 * For EMFILE, which is no fact about the machine, only same and error count.
 *
 * Everything else is a silent change: somebody reads "none" where the program could not look. The
 * test fails if there is one.
 *
 * Owning up is not the same as being right. An answer that turns from one claim into another
 * (translated into direct, 3 devices into 2) is counted as "claims", even beside an entry that owns
 * up; null, unknown and a list beside its own null are no claims.
 */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

enum { PATH_ROOM = 512 };

/**
 * struct run - what one run of the command left behind
 * @text: standard output, NUL-terminated, @length bytes; to be freed     @status: exit status, or
 * 256 plus the signal     @accesses: how many passed the door     @path: the one that failed
 */
struct run {
	char *text;
	size_t length;
	int status;
	size_t accesses;
	char path[PATH_ROOM];
};

/** enum verdict - how a document owns up to a failed access */
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

/**
 * judge - whether @run owns up
 * @before: the document of the undisturbed @calm     @ret_claim: a JSON path whose answer became
 * another one, or "": 128 bytes
 */
enum verdict judge(const struct run *calm, struct json_object *before, const struct run *run,
		   int cause, char ret_claim[static 128]);
