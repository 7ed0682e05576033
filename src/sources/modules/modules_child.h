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
