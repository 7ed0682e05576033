/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read bytes as the journal of systemd-journald: all at once, and cut into pieces. */
#include "fuzz/fuzz.h"
#include "sources/deferral/log_export.h"

struct outcome {
	size_t faults;
	uint64_t total;
	struct journald_answer answer;
	bool from_boot;
};

static struct outcome outcome_in_pieces(struct span bytes, size_t piece)
{
	struct outcome outcome = {0};
	struct log_intake intake;
	struct log_export *reader;
	struct log_file log;
	const struct fault *items;

	log_intake_begin(&intake, "fuzz");
	reader = log_export_new(100000000, &intake, &outcome.answer);
	while (bytes.length) {
		size_t length = bytes.length < piece ? bytes.length : piece;

		log_export_bytes(reader, (struct span){bytes.start, length});
		bytes.start += length;
		bytes.length -= length;
	}
	log_export_free(reader);
	log = log_intake_end(&intake);
	items = fault_tally_items(log.faults, &outcome.faults);
	for (size_t i = 0; i < outcome.faults; i++)
		outcome.total += items[i].count;
	outcome.from_boot = log.from_boot;
	log_file_free(&log);
	return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = {(const char *)data, size};
	struct outcome whole = outcome_in_pieces(bytes, size + 1);
	struct outcome pieces = outcome_in_pieces(bytes, size % 13 + 1);

	if (whole.faults != pieces.faults || whole.total != pieces.total ||
	    whole.from_boot != pieces.from_boot || whole.answer.missed != pieces.answer.missed ||
	    whole.answer.reached != pieces.answer.reached)
		abort();
	return 0;
}
