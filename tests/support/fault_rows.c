/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/fault_rows.h"

#include "base/arena.h"
#include "capture/log_lines.h"
#include "faults/forms.h"
#include "faults/reader.h"
#include "support/check.h"

#include <string.h>

struct found {
	size_t count;
	struct fault first;
};

static void note_fault(void *context, const struct fault *fault)
{
	struct found *found = context;

	if (!found->count++)
		found->first = *fault;
}

static struct found faults_of(const char *lines)
{
	struct found found = {0};
	_autofaultreader_ struct fault_reader *reader = fault_reader_new(note_fault, &found);

	fault_reader_text(reader, (struct span){lines, strlen(lines)});
	fault_reader_flush(reader);
	return found;
}

static void assert_member(const char *actual, const char *expected, const char *lines)
{
	if (strcmp(actual, expected ? expected : "") != 0)
		fail_msg("\"%s\" in place of \"%s\": %s", actual, expected ? expected : "", lines);
}

static void assert_row(const struct fault_row *row)
{
	struct found found = faults_of(row->lines);
	const struct fault *fault = &found.first;

	if (found.count != 1)
		fail_msg("%zu faults in: %s", found.count, row->lines);
	if (fault->kind != row->kind || fault->access != row->access)
		fail_msg("%s %s: %s", fault_kind_name(fault->kind),
			 fault_access_name(fault->access), row->lines);
	assert_int_equal(fault->iommu_kind, row->iommu_kind);
	assert_member(fault->iommu, row->iommu, row->lines);
	assert_member(fault->device, row->device, row->lines);
	if (row->reason)
		assert_member(fault->reason, row->reason, row->lines);
	if (fault->stream != row->stream || fault->pasid != row->pasid)
		fail_msg("stream %ld, PASID %ld: %s", (long)fault->stream, (long)fault->pasid,
			 row->lines);
	assert_int_equal(fault->has_address, row->has_address);
	assert_int_equal(fault->address, row->address);
	assert_int_equal(fault->is_client, row->is_client);
	assert_int_equal(fault->count, row->count ? row->count : 1);
}

/* A capture leaves out lines that may be private, and none of a fault. */
static void assert_captured(const struct fault_row *row)
{
	_autoarena_ struct arena *arena = arena_new();
	struct found whole = faults_of(row->lines), captured;
	size_t length;

	captured = faults_of(log_lines(row->lines, arena, &length));
	if (captured.count != whole.count || captured.first.kind != whole.first.kind ||
	    captured.first.stream != whole.first.stream ||
	    captured.first.access != whole.first.access ||
	    captured.first.address != whole.first.address)
		fail_msg("a capture lacks: %s", row->lines);
}

void assert_fault_rows(const struct fault_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_row(&rows[i]);
		assert_captured(&rows[i]);
	}
}

/* True where the rest of @line after one of its colons matches the form. */
static bool line_has_form(struct span line, const struct fault_form *form)
{
	while (line.length) {
		const char *colon = memmem(line.start, line.length, ": ", 2);
		struct fault fault = {.stream = -1};
		struct fields fields = {0};

		if (!colon)
			return false;
		line.length -= (size_t)(colon + 2 - line.start);
		line.start = colon + 2;
		if (pattern_match(form->pattern, line, &fault, &fields))
			return true;
	}
	return false;
}

static bool row_has_form(const struct fault_row *row, const struct fault_form *form)
{
	const char *line = row->lines;

	while (*line) {
		size_t length = strcspn(line, "\n");

		if (line_has_form((struct span){line, length}, form))
			return true;
		line += length + (line[length] == '\n');
	}
	return false;
}

void assert_fault_forms(const struct fault_row *rows, size_t count)
{
	size_t form_count;
	const struct fault_form *forms = fault_forms(&form_count);

	for (size_t i = 0; i < form_count; i++) {
		bool concerned = false, found = false;

		for (size_t j = 0; j < count; j++) {
			concerned |= rows[j].iommu_kind == forms[i].iommu;
			found |= rows[j].iommu_kind == forms[i].iommu &&
				 row_has_form(&rows[j], &forms[i]);
		}
		if (concerned && !found)
			fail_msg("no row has the form %s", forms[i].pattern);
	}
}
