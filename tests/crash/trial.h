/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trial - one disturbed transaction, and whether it ended as the contract promises
 */
#pragma once

#include "crash/reference.h"

enum { FAULTS_MAX = 2 };

/**
 * struct trial
 * @faults: numbered from 1 on, the first write of the wish
 * @kill_us: without a fault: when the tool is killed, in microseconds from its start
 * @probing: a loop of writes to drivers_probe runs beside it
 * @store_call: /run fails from that call of the wish on (support/store_faults.h), with
 * @store_error; 0 it does not     @store_persists: and all later calls
 */
struct trial {
	const struct scenario *scenario;
	const struct reference *reference;
	struct fake_fault faults[FAULTS_MAX];
	unsigned fault_count, kill_us;
	bool probing;
	unsigned store_call;
	int store_error;
	bool store_persists;
};

/** struct verdict - in shared memory
 * @struck: the last fault met a write     @writes: how many the disturbed run took
 * @end: how it ended, in a word     @wrong: what is wrong; "" nothing */
struct verdict {
	bool judged, struck;
	unsigned writes;
	struct ended ended, recovered;
	const char *end;
	char wrong[4096];
};

/** trial_run - in this process, which is given up afterwards */
void trial_run(const struct trial *trial, struct verdict *verdict);

/** trial_describe - "a device to vfio-pci: write 2 fails (Device or resource busy)" */
void trial_describe(const struct trial *trial, char *out, size_t size);
