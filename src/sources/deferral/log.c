/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts from the kernel log: the size of SMMUs, logged when they probe
 * (drivers/iommu/arm/arm-smmu/arm-smmu.c: arm_smmu_device_cfg_probe), and why devices did not probe
 * or run without their IOMMU. No other interface has them. The log is a ring: records that were
 * overwritten make the source "partial", and a fact that was not found unknown, not absent.
 */
#include "sources/deferral/log.h"
#include "base/text.h"
#include "faults/reader.h"
#include "faults/tally.h"
#include "sources/deferral/log_capacity.h"
#include "sources/deferral/log_file.h"
#include "sources/deferral/log_journald.h"
#include "sources/deferral/log_remarks.h"
#include "sources/deferral/log_ring.h"
#include "sources/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LOG_MAX = 64 * 1024 * 1024 };

/* Split the line with LOG_LOST_MARK off a captured log. */
static void split_mark(char *text, struct log *log)
{
	char *end;

	*log = (struct log){.text = text};
	if (!text_starts(text, LOG_LOST_MARK))
		return;
	end = text + strcspn(text, "\n");
	log->text = *end ? end + 1 : end;
	log->lost = text + strlen(LOG_LOST_MARK);
	*end = '\0';
}

int log_read(const struct root *root, struct arena *arena, struct log *ret_log)
{
	size_t length = 0;
	char *text = NULL;
	int result;

	if (root_is_live(root))
		return log_ring_read(root, arena, ret_log);
	result = root_read_all(root, arena, CAPTURED_LOG, LOG_MAX, &text, &length);
	if (result < 0)
		return result;
	for (size_t i = 0; i < length; i++)
		if (!text[i])
			text[i] = '?';
	split_mark(text, ret_log);
	return 0;
}

/* True where the kernel logs the capacity of such an IOMMU. */
static bool logs_capacity(const struct iommu *iommu)
{
	return iommu->device && iommu_traits(iommu->kind)->has_masks;
}

/* Returns false where the kernel logs the capacity of such an IOMMU, and the log lacks it. */
static bool find_capacity(struct iommu *iommu, const char *log)
{
	struct log_capacity capacity;

	if (!logs_capacity(iommu))
		return true;
	capacity = log_capacity(log, iommu->kind, text_basename(iommu->device));
	iommu->stream_entries = capacity.stream_entries;
	iommu->context_banks = capacity.context_banks;
	return capacity.stream_entries >= 0 && capacity.context_banks >= 0;
}

static void find_remarks(struct build *build, const char *log)
{
	const struct remark *remarks;
	size_t count = log_remarks(log, strlen(log), build_arena(build), &remarks);

	for (size_t i = 0; i < count; i++)
		build_remark(build, remarks[i]);
}

static void add_faults(struct build *build, const struct fault_tally *tally)
{
	size_t count;
	const struct fault *faults = fault_tally_items(tally, &count);

	for (size_t i = 0; i < count; i++)
		build_fault(build, &faults[i]);
}

static void find_faults(struct build *build, const char *log)
{
	_autofaulttally_ struct fault_tally *tally = fault_tally_new();
	_autofaultreader_ struct fault_reader *reader = fault_reader_new(fault_tally_add, tally);

	fault_reader_text(reader, (struct span){log, strlen(log)});
	fault_reader_flush(reader);
	add_faults(build, tally);
}

/* Lines about probes: for the suppliers, and for an IOMMU whose state nothing else tells. */
static bool wants_remarks(const struct reading *reading)
{
	return reading->needs_remarks || reading_wants(reading, FACT_SUPPLIERS);
}

/* Facts that may be in a line of any time. */
static bool wants_lines(const struct reading *reading)
{
	return wants_remarks(reading) || reading_wants(reading, FACT_FAULTS);
}

/*
 * Returns false where a fact was not found: it may have been in a record that was overwritten. Why
 * devices did not probe, and faults, are such facts always; a machine without SMMUs has no capacity
 * to find.
 * @faults: those of the log, or NULL: they are in @log
 */
static bool find_facts(struct reading *reading, const char *log, const struct fault_tally *faults)
{
	bool found = !wants_lines(reading);

	for (size_t i = 0; i < build_iommu_count(reading->build); i++)
		found &= find_capacity(build_iommu_at(reading->build, i), log);
	if (wants_remarks(reading))
		find_remarks(reading->build, log);
	if (reading->needs_remarks || !reading_wants(reading, FACT_FAULTS))
		return found; /* a late reading, after the one that has found the faults */
	if (faults)
		add_faults(reading->build, faults);
	else
		find_faults(reading->build, log);
	return found;
}

/* Why a file in place of the log may lack lines of its boot; NULL where it has all. */
static const char *lost_of_file(const struct reading *reading)
{
	if (reading->log->is_cut)
		return "older lines of the file were left out";
	/* Faults are those of the file. A part of a log cannot tell what was not logged. */
	if (wants_remarks(reading) && !reading->log->from_boot)
		return "the file does not begin with the boot";
	return NULL;
}

static void apply_log(struct reading *reading, const char *text, const struct fault_tally *faults,
		      const char *lost)
{
	if (!find_facts(reading, text, faults) && lost)
		reading_partial(reading, "log", 0, "the kernel log: %s", lost);
	else
		reading_done(reading, "log");
}

/* The entry of journald. Returns: true where it has what the ring has lost. */
static bool report_journald(struct reading *reading, int result,
			    const struct journald_answer *answer, bool from_boot)
{
	if (result < 0) {
		reading_failed(reading, "journald", result, JOURNALCTL);
		return false;
	}
	if (from_boot && answer->reached && !answer->missed) {
		reading_done(reading, "journald");
		return true;
	}
	reading_partial(reading, "journald", 0, "%s: %s", JOURNALCTL,
			!from_boot	 ? "it has no line of the start of this boot"
			: answer->missed ? "journald missed some of the kernel's lines"
					 : "it has no line as new as the kernel's ring");
	return false;
}

void log_apply_with_journald(struct reading *reading, const struct log *log, const char *program)
{
	struct log_intake intake;
	struct journald_answer answer;
	_autologfile_ struct log_file all = {0};
	const char *rest = log->text;
	bool is_whole;
	int result;

	log_intake_begin(&intake, program);
	result = log_journald_read(program, log->oldest_us, &intake, &answer);
	while (*rest) {
		size_t length = strcspn(rest, "\n");

		log_intake_line(&intake, (struct span){rest, length});
		rest += length + (rest[length] == '\n');
	}
	all = log_intake_end(&intake);
	is_whole = report_journald(reading, result, &answer, all.from_boot) && !all.is_cut;
	apply_log(reading, all.lines, all.faults, is_whole ? NULL : log->lost);
}

/* Boot messages alone are not worth another process. */
static bool wants_journald(const struct reading *reading, const struct log *log)
{
	return log->lost && root_is_live(reading->root) && wants_lines(reading);
}

/* The kernel's log takes as long to read as hundreds of devices, so it must have a fact to give. */
static bool needs_log(const struct reading *reading)
{
	bool needs = wants_lines(reading);

	for (size_t i = 0; i < build_iommu_count(reading->build) && !needs; i++)
		needs = reading_wants(reading, FACT_CAPACITY) &&
			logs_capacity(build_iommu_at(reading->build, i));
	return needs;
}

static void read_log(struct reading *reading)
{
	_autoarena_ struct arena *scratch = NULL;
	struct log log;
	int result;

	if (reading->log) {
		apply_log(reading, reading->log->lines, reading->log->faults,
			  lost_of_file(reading));
		return;
	}
	scratch = arena_new();
	result = log_read(reading->root, scratch, &log);
	if (result < 0)
		reading_failed(reading, "log", result, "the kernel log");
	else if (wants_journald(reading, &log))
		log_apply_with_journald(reading, &log, JOURNALCTL);
	else
		apply_log(reading, log.text, NULL, log.lost);
}

int source_log(struct reading *reading, struct error *e)
{
	if (needs_log(reading))
		read_log(reading);
	else
		build_source(reading->build, "log", SOURCE_SKIPPED, NULL);
	return 0;
}

void log_read_remarks(struct reading *reading)
{
	if (wants_remarks(reading))
		return;
	reading->needs_remarks = true;
	build_source_drop(reading->build, "log");
	read_log(reading);
}
