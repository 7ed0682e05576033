/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/journal_parts.h"

#include <errno.h>
#include <string.h>

enum {
	TARGETS_MAX = 16 * 1024,
	STEPS_MAX = 4 * TARGETS_MAX,
	ERRNO_MAX = 4095,
	PCI_ID_MAX = 0xffff,
};

static const struct record_field header_fields[] = {
	{RECORD_UINT64, offsetof(struct journal_header, version)},
	{RECORD_UINT64, offsetof(struct journal_header, number)},
	{RECORD_TEXT, offsetof(struct journal_header, boot_id)},
	{RECORD_INT, offsetof(struct journal_header, pid)},
	{RECORD_UINT64, offsetof(struct journal_header, start_time)},
	{RECORD_TEXT, offsetof(struct journal_header, verb)},
	{RECORD_UINT64, offsetof(struct journal_header, time)},
	{RECORD_UINT64, offsetof(struct journal_header, target_count)},
	{RECORD_UINT64, offsetof(struct journal_header, step_count)},
	{RECORD_END},
};

const struct record_layout journal_header_layout = {"journal", header_fields};

#define TARGET_FIELDS                                                        \
	{RECORD_TEXT, offsetof(struct target, label)},                       \
		{RECORD_TEXT, offsetof(struct target, bus)},                 \
		{RECORD_TEXT, offsetof(struct target, name)},                \
		{RECORD_TEXT, offsetof(struct target, path)},                \
		{RECORD_INT, offsetof(struct target, vendor_id)},            \
		{RECORD_INT, offsetof(struct target, device_id)},            \
		{RECORD_OPTIONAL, offsetof(struct target, driver)},          \
		{RECORD_OPTIONAL, offsetof(struct target, driver_override)}, \
		{RECORD_INT, offsetof(struct target, group)},                \
		{RECORD_OPTIONAL, offsetof(struct target, new_driver)},      \
		{RECORD_OPTIONAL, offsetof(struct target, new_override)},    \
		{RECORD_OPTIONAL, offsetof(struct target, interfaces)},      \
	{                                                                    \
		RECORD_FLAG, offsetof(struct target, taken_along)            \
	}

/* The fields of a target in a journal of version 1, which has no inodes. */
static const struct record_field target_fields_1[] = {TARGET_FIELDS, {RECORD_END}};
static const struct record_field target_fields[] = {
	TARGET_FIELDS, {RECORD_UINT64, offsetof(struct target, inode)}, {RECORD_END}};

static const struct record_layout target_layout_1 = {"target", target_fields_1};
const struct record_layout journal_target_layout = {"target", target_fields};

static const struct record_field step_fields[] = {
	{RECORD_ACTION, offsetof(struct step, action)},
	{RECORD_INT, offsetof(struct step, target)},
	{RECORD_OPTIONAL, offsetof(struct step, file)},
	{RECORD_TEXT, offsetof(struct step, value)},
	{RECORD_OPTIONAL, offsetof(struct step, undo_file)},
	{RECORD_OPTIONAL, offsetof(struct step, undo_value)},
	{RECORD_OPTIONAL, offsetof(struct step, expect_driver)},
	{RECORD_OPTIONAL, offsetof(struct step, undo_driver)},
	{RECORD_END},
};

const struct record_layout journal_step_layout = {"step", step_fields};

static const struct record_field step_only[] = {
	{RECORD_INT, offsetof(struct journal_event, step)},
	{RECORD_END},
};

static const struct record_field step_and_cause[] = {
	{RECORD_INT, offsetof(struct journal_event, step)},
	{RECORD_INT, offsetof(struct journal_event, progress.cause)},
	{RECORD_END},
};

static const struct record_field step_and_writer[] = {
	{RECORD_INT, offsetof(struct journal_event, step)},
	{RECORD_INT, offsetof(struct journal_event, progress.pid)},
	{RECORD_UINT64, offsetof(struct journal_event, progress.start_time)},
	{RECORD_END},
};

const struct record_layout journal_event_layouts[STEP_STATE_COUNT] = {
	[STEP_BEGUN] = {"begin", step_only},
	[STEP_DONE] = {"done", step_only},
	[STEP_FAILED] = {"failed", step_and_cause},
	[STEP_PENDING] = {"pending", step_and_writer},
	[STEP_UNDO_BEGUN] = {"undo_begin", step_only},
	[STEP_UNDONE] = {"undo_done", step_only},
	[STEP_UNDO_FAILED] = {"undo_failed", step_and_cause},
	[STEP_UNDO_PENDING] = {"undo_pending", step_and_writer},
};

static const struct record_field end_fields[] = {
	{RECORD_TEXT, offsetof(struct journal_ending, outcome)},
	{RECORD_END},
};

const struct record_layout journal_end_layout = {"end", end_fields};

static const char *const outcome_names[JOURNAL_COUNT] = {
	[JOURNAL_DONE] = "done",
	[JOURNAL_ROLLED_BACK] = "rolled_back",
	[JOURNAL_UNFINISHED] = "unfinished",
	[JOURNAL_LOST] = "lost",
};

/* Only the beginning of the first line is the same in all versions: check the version there. */
static int read_header(struct record_reader *reader, struct journal_header *ret_header)
{
	struct record record;
	uint64_t version;
	int result = record_next(reader, &record);

	if (result < 0)
		return result;
	if (result == 0 || strcmp(record.word, journal_header_layout.word) != 0 || !record.count)
		return record_malformed(reader, "this is no journal");
	if (!record.fields[0] || !text_number(record.fields[0], 10, &version) ||
	    version < JOURNAL_VERSION_FIRST || version > JOURNAL_VERSION)
		return record_malformed(reader,
					"this is the journal of another version of iommuctl");
	if (!record_unpack(&record, &journal_header_layout, ret_header))
		return record_malformed(reader, "the header is malformed");
	if (ret_header->target_count > TARGETS_MAX || ret_header->step_count > STEPS_MAX)
		return record_malformed(reader, "the plan is too long");
	return 0;
}

static bool id_is_good(int id)
{
	return id >= -1 && id <= PCI_ID_MAX;
}

static bool file_is_good(const char *file)
{
	return !file || *file == '/';
}

static int read_targets(struct record_reader *reader, uint64_t version, struct plan *plan)
{
	const struct record_layout *layout =
		version == JOURNAL_VERSION_FIRST ? &target_layout_1 : &journal_target_layout;
	struct target *targets = arena_array(reader->arena, plan->target_count, sizeof(*targets));

	for (size_t i = 0; i < plan->target_count; i++) {
		struct target *target = &targets[i];
		int result = record_expect(reader, layout, target);

		if (result < 0)
			return result;
		if (*target->path != '/' || target->group < -1 || !id_is_good(target->vendor_id) ||
		    !id_is_good(target->device_id))
			return record_malformed(reader, "a device is malformed");
	}
	plan->targets = targets;
	return 0;
}

static bool step_is_good(const struct step *step, const struct plan *plan)
{
	return step->target >= -1 && step->target < (int)plan->target_count &&
	       (step->file || step->action == ACTION_LOAD) && file_is_good(step->file) &&
	       (step->undo_value || !step->undo_file) && file_is_good(step->undo_file);
}

static int read_steps(struct record_reader *reader, struct plan *plan)
{
	struct step *steps = arena_array(reader->arena, plan->step_count, sizeof(*steps));

	for (size_t i = 0; i < plan->step_count; i++) {
		int result = record_expect(reader, &journal_step_layout, &steps[i]);

		if (result < 0)
			return result;
		if (!step_is_good(&steps[i], plan))
			return record_malformed(reader, "a step does not fit the plan");
	}
	plan->steps = steps;
	return 0;
}

/*
 * Whether an event may follow another: a step begins before anything else, and an undo begins
 * before it ends.
 */
static bool may_follow(enum step_state before, enum step_state after)
{
	if (after <= STEP_BEGUN)
		return after == STEP_BEGUN;
	if (after <= STEP_PENDING)
		return before >= STEP_BEGUN && before <= STEP_PENDING;
	return after == STEP_UNDO_BEGUN ? before != STEP_NONE : before >= STEP_UNDO_BEGUN;
}

bool step_is_pending(enum step_state state)
{
	return state == STEP_PENDING || state == STEP_UNDO_PENDING;
}

static bool is_failure(enum step_state state)
{
	return state == STEP_FAILED || state == STEP_UNDO_FAILED;
}

bool journal_event_is_good(const struct journal *journal, const struct journal_event *event)
{
	const struct step_progress *progress = &event->progress;

	return event->step >= 0 && (size_t)event->step < journal->plan.step_count &&
	       may_follow(journal->steps[event->step].state, progress->state) &&
	       (progress->pid > 0) == step_is_pending(progress->state) &&
	       progress->cause >= (is_failure(progress->state) ? -ERRNO_MAX : 0) &&
	       progress->cause <= 0;
}

void journal_take_event(struct journal *journal, const struct journal_event *event)
{
	journal->steps[event->step] = event->progress;
	journal->outcome = JOURNAL_OPEN;
}

const char *journal_state_name(enum journal_state outcome)
{
	return outcome_names[outcome];
}

static enum journal_state outcome_from_name(const char *name)
{
	for (unsigned i = JOURNAL_OPEN + 1; i < JOURNAL_COUNT; i++)
		if (strcmp(name, outcome_names[i]) == 0)
			return (enum journal_state)i;
	return JOURNAL_OPEN;
}

/* Each event has its own word, so @ret_event stays unchanged for a record of another. */
static enum step_state event_from_record(const struct record *record,
					 struct journal_event *ret_event)
{
	for (unsigned i = STEP_NONE + 1; i < STEP_STATE_COUNT; i++)
		if (record_unpack(record, &journal_event_layouts[i], ret_event))
			return (enum step_state)i;
	return STEP_NONE;
}

static bool read_event(struct journal *journal, const struct record *record)
{
	struct journal_event event = {0};
	struct journal_ending end;

	if (record_unpack(record, &journal_end_layout, &end)) {
		journal->outcome = outcome_from_name(end.outcome);
		return journal->outcome != JOURNAL_OPEN;
	}
	event.progress.state = event_from_record(record, &event);
	if (event.progress.state == STEP_NONE || !journal_event_is_good(journal, &event))
		return false;
	journal_take_event(journal, &event);
	return true;
}

static int read_events(struct record_reader *reader, struct journal *journal)
{
	struct record record;
	int result;

	journal->steps =
		arena_array(reader->arena, journal->plan.step_count, sizeof(*journal->steps));
	while ((result = record_next(reader, &record)) == 1)
		if (!read_event(journal, &record))
			return record_malformed(reader, "this event cannot follow the one before");
	return result;
}

static struct journal *new_journal(struct arena *arena, const struct journal_header *header)
{
	struct journal *journal = arena_alloc(arena, sizeof(*journal));

	*journal = (struct journal){
		.number = header->number,
		.boot_id = header->boot_id,
		.pid = header->pid,
		.start_time = header->start_time,
		.time = header->time,
		.plan.verb = header->verb,
		.plan.target_count = (size_t)header->target_count,
		.plan.step_count = (size_t)header->step_count,
		.fd = -1,
	};
	return journal;
}

int journal_parse(struct span bytes, struct arena *arena, struct journal **ret_journal,
		  struct error *e)
{
	struct record_reader reader = {
		.file = STORE_DIR "/journal",
		.remedy = "Its content cannot be trusted: correct the drivers of the devices by "
			  "hand (\"iommuctl show\"), then remove the file",
		.bytes = bytes.start,
		.length = bytes.length,
		.arena = arena,
		.error = e,
	};
	struct journal *journal;
	struct journal_header header;
	int result = read_header(&reader, &header);

	if (result)
		return result;
	journal = new_journal(arena, &header);
	result = read_targets(&reader, header.version, &journal->plan);
	if (result == 0)
		result = read_steps(&reader, &journal->plan);
	if (result == 0)
		result = read_events(&reader, journal);
	if (result)
		return result;
	journal->torn = reader.torn;
	journal->records = reader.line;
	journal->length = reader.read;
	*ret_journal = journal;
	return 0;
}
