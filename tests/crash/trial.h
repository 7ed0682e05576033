/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trial - one disturbed transaction, and whether it ended as the contract promises */
#pragma once

#include "crash/reference.h"

enum { TRIAL_FAULTS_MAX = 2 };

/**
 * struct others_write - a write by another process     @after: the write of the request that it
 * follows, from 1     @file: NULL none     @text: "" a newline alone
 */
struct others_write {
	unsigned after;
	const char *file, *text;
};

/**
 * struct trial - the disturbance
 * @faults: numbered from 1, the first write of the request
 * @kill_us: without a fault: time after its start at which the tool is killed, in microseconds
 * @others: another process writes between two writes of the request
 * @probing: another process writes to drivers_probe in a loop
 * @store_call: the call of the request from which on /run fails (support/store_faults.h), with
 * @store_error; 0 none     @store_persists: all later calls fail as well
 */
struct trial {
	const struct scenario *scenario;
	const struct reference *reference;
	struct fake_fault faults[TRIAL_FAULTS_MAX];
	unsigned fault_count, kill_us;
	struct others_write others;
	bool probing;
	unsigned store_call;
	int store_error;
	bool store_persists;
};

/**
 * struct verdict - the result of a trial, in shared memory
 * @struck: the last fault met a write     @writes: number of writes of the disturbed run
 * @end: how it ended, in a word     @wrong: the violation; "" none
 */
struct verdict {
	bool judged, struck;
	unsigned writes;
	struct ended ended, recovered;
	const char *end;
	char wrong[4096];
};

/** trial_run - run a trial in this process, which must end afterwards */
void trial_run(const struct trial *trial, struct verdict *verdict);

/**
 * trial_describe - a trial in words: "a device to vfio-pci: write 2 fails (Device or resource
 * busy)"
 */
void trial_describe(const struct trial *trial, char *out, size_t size);
