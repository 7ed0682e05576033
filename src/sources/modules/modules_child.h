/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modules_child - the child process that calls libkmod; only for sources/modules/modules.c
 *
 * It prints a line for each answer:
 *     m QUERY FLAGS NAME     a module that claims query number QUERY; FLAGS are three letters or
 *                            dashes: b built in, x blacklisted, i has an install command
 *     o OPTIONS              options of that module, if the query asks for them
 *     n NAME                 a module that it needs, in the order of loading
 *     file …                 between these, accesses through the door (root_relay)
 *     end ERRNO              the last line: 0, or why the files could not be read
 */
#pragma once

#include "sources/modules/modules.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * struct modules_request - the queries for the child, and its tree     @shelf: see
 * sources/modules/modules_files.h
 */
struct modules_request {
	const struct root *root;
	const char *release, *shelf;
	const struct module_query *queries;
	size_t count;
};

/** modules_child_run - for struct child_work (base/child.h)     @context: a struct modules_request
 */
void modules_child_run(void *context, int channel);

/**
 * struct modules_silence - what its parent has seen while the child did not go on
 * @progress: the number of the query that it works on     @used_ms: its processor time when that
 * query was first seen     @count: the deadlines that have passed since
 */
struct modules_silence {
	size_t progress;
	int64_t used_ms;
	int count;
};

/**
 * modules_child_silence - what it means that the child has missed a deadline of 2 seconds
 * libkmod loops without end in some malformed indexes, and a file of FUSE may never be answered. On
 * a slow or busy machine the child does neither, and takes a thousand times longer than on a quick
 * one.
 * @silence: all 0 at first, and the same for all deadlines of a child     @progress: of the child
 * @used_ms: processor time that the child has used in all     @running: it does not wait
 * Returns: 0 another deadline; -ETIMEDOUT it waits for a file; after three deadlines -EBADMSG where
 * it has used much processor time for one query: the index is malformed; else -ETIME.
 */
_must_check_ int modules_child_silence(struct modules_silence *silence, size_t progress,
				       int64_t used_ms, bool running);
