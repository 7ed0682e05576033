/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/follow.h"

#include "base/clock.h"
#include "base/text.h"
#include "checks/fault_meaning.h"
#include "checks/faults.h"
#include "commands/look.h"
#include "commands/rows.h"
#include "faults/reader.h"
#include "sources/deferral/log_ring.h"
#include "views/faults.h"
#include "views/output.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
	/* Devices are read again for a fault when the last look is older: drivers may have changed.
	 */
	LOOK_AGE_MS = 5000,
	/* How long the further lines of a fault may take: the kernel logs them one after the other.
	 */
	REST_MS = 200,
};

/*
 * @failed: the output failed, and @e has the reason     @gaps: records of the ring that were lost,
 * @reported of which are reported
 */
struct follow {
	const struct options *options;
	const struct catalogue *catalogue;
	struct look look;
	int64_t looked_at_ms;
	struct log_gaps gaps;
	unsigned long long reported;
	bool failed;
	struct error *e;
};

static int renew_look(struct follow *follow, struct error *e)
{
	struct look look;
	int result =
		look_at(follow->options, follow->catalogue, follow->options->arguments, &look, e);

	if (result < 0)
		return result;
	look_free(&follow->look);
	follow->look = look;
	follow->looked_at_ms = clock_ms();
	return 0;
}

/* A chosen device may be gone now: then the last look goes on to tell which fault is its. */
static void refresh_look(struct follow *follow)
{
	struct error ignored = {0};

	if (clock_ms() - follow->looked_at_ms > LOOK_AGE_MS && renew_look(follow, &ignored) < 0)
		follow->looked_at_ms = clock_ms();
}

static void print_fault_sentence(const struct fault_entry *entry, struct arena *arena)
{
	const char *driver = entry->device ? entry->device->driver : NULL;
	const char *line = arena_printf(arena, "%s %s%s%s%s: %s", entry->fault->time,
					entry->subject, driver ? " (" : "", driver ? driver : "",
					driver ? ")" : "", fault_sentence(entry, arena));
	char safe[2048];

	text_escape(line, strlen(line), safe, sizeof(safe));
	puts(safe);
}

static int print_fault_row(struct follow *follow, const struct fault_entry *entry, struct error *e)
{
	struct row item = {.system = follow->look.system, .fault = entry, .parent = -1};
	struct rows rows = {.items = &item, .count = 1};
	struct options plain = *follow->options;

	plain.no_headings = true;
	plain.raw = !plain.pairs;
	return rows_print_table(&rows, &follow->look, &plain, NULL, e);
}

static int print_followed(struct follow *follow, const struct fault_entry *entry,
			  struct arena *arena, struct error *e)
{
	const struct options *options = follow->options;
	const struct row row = {.system = follow->look.system, .fault = entry, .parent = -1};

	if (options->json)
		return json_print_line(fault_columns, &row, follow->look.facts, e);
	if (options->raw || options->pairs || options->output)
		return print_fault_row(follow, entry, e);
	print_fault_sentence(entry, arena);
	return output_flush(e);
}

static void print_fault(void *context, const struct fault *fault)
{
	_autoarena_ struct arena *arena = arena_new();
	struct follow *follow = context;
	struct fault_entry entry;
	const bool *chosen;

	if (follow->failed)
		return;
	refresh_look(follow);
	chosen = follow->look.narrowed ? follow->look.selection.chosen : NULL;
	entry = fault_entry_of(follow->look.system, fault, arena);
	if (fault_entry_is_chosen(&entry, chosen))
		follow->failed = print_followed(follow, &entry, arena, follow->e) < 0;
}

/* Lost records are no end: the ring goes on with the oldest that it has. */
static void report_lost(struct follow *follow)
{
	if (follow->gaps.lost == follow->reported)
		return;
	if (!follow->options->quiet)
		fprintf(stderr,
			"iommuctl: the kernel has overwritten %llu records of its log before they "
			"were read: faults may be missing\n",
			follow->gaps.lost - follow->reported);
	follow->reported = follow->gaps.lost;
}

/* Read lines without end. Returns: a negative errno. */
static int follow_ring(struct follow *follow, struct fault_reader *reader, int fd)
{
	struct pollfd ring = {.fd = fd, .events = POLLIN};
	char line[LOG_RING_LINE_MAX];

	while (!follow->failed) {
		ssize_t length = log_ring_next(fd, line, &follow->gaps);

		if (length == -EAGAIN) {
			if (poll(&ring, 1, REST_MS) == 0) {
				fault_reader_flush(reader);
				if (!follow->failed)
					error_ignore(poll(&ring, 1, -1));
			}
			continue;
		}
		if (length < 0)
			return error_set(follow->e, ERROR_IO, (int)length,
					 "cannot read the kernel log");
		report_lost(follow);
		if (length > 0)
			fault_reader_line(reader, (struct span){line, (size_t)length - 1});
	}
	return follow->e->cause ? follow->e->cause : -EIO;
}

static int open_ring(struct error *e)
{
	_autoroot_ struct root *root = NULL;
	int result = root_open(NULL, &root, e);

	if (result < 0)
		return result;
	result = log_ring_open(root);
	if (result < 0)
		error_set(e, result == -EPERM || result == -EACCES ? ERROR_PERMISSION : ERROR_IO,
			  result, "cannot read the kernel log");
	return result;
}

int follow_faults(const struct options *options, const struct catalogue *catalogue, struct error *e)
{
	struct follow follow = {.options = options, .catalogue = catalogue, .e = e};
	_autofaultreader_ struct fault_reader *reader = fault_reader_new(print_fault, &follow);
	_autoclose_ int fd = -1;
	int result;

	if (options->root || options->log)
		return error_set(
			e, ERROR_USAGE, 0,
			"--follow is about the running machine: it takes no --root or --log");
	fd = open_ring(e);
	if (fd < 0)
		return fd;
	result = renew_look(&follow, e);
	if (result == 0)
		result = follow_ring(&follow, reader, fd);
	look_free(&follow.look);
	return result;
}
