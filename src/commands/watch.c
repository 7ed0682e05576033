/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch - print a line for each change
 *
 * Listens first and reads then. An event of the kernel is a reason to read again, and so is a timer
 * for facts that send no event; what differs between two looks is printed. Events that the kernel
 * dropped lose no change: the next look has it. IOMMU faults are read from the kernel log.
 */
#include "commands/watch.h"

#include "actions/authors.h"
#include "base/clock.h"
#include "base/text_map.h"
#include "commands/command.h"
#include "commands/look.h"
#include "commands/watch_log.h"
#include "commands/watch_pause.h"
#include "sources/boot_id.h"
#include "sources/read.h"
#include "views/events.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* No facts that last for the boot or come from firmware alone. */
#define WATCH_FACTS (INVENTORY_FACTS & ~(unsigned)(FACT_STREAMS | FACT_ALL_IOMMUS))

/* The facts that tell which device a fault is of, and what it means. */
#define WATCH_FAULT_FACTS                                                               \
	(unsigned)(FACT_FAULTS | FACT_STREAMS | FACT_IDS | FACT_IOMMUS | FACT_REGIONS | \
		   FACT_DMA_MASKS)

enum { NO_LIMIT = -1 };

/*
 * One look. @chosen: labels of the selected devices, and "group N" of their groups; NULL: all
 * @took_ms: how long it took, with its comparison
 */
struct seen {
	struct arena *arena;
	struct inventory *inventory;
	struct text_map *chosen;
	struct authorship author;
	int64_t took_ms;
};

/* @left: how many events are still to be printed, or NO_LIMIT */
struct watcher {
	const struct options *options;
	const struct root *root;
	struct watch_pause pause;
	struct watch_log log;
	struct seen last;
	const char *boot_id;
	uint64_t sequence;
	int left;
	bool incomplete;
};

static void seen_free(struct seen *seen)
{
	inventory_free(seen->inventory);
	arena_free(seen->arena);
}

static int choose_all(const struct watcher *watcher, const struct system *system,
		      struct selection *selection, struct error *e)
{
	int result = 0;

	for (char *const *word = watcher->options->arguments; *word && result == 0; word++) {
		result = select_devices(selection, *word, e);
		/* A device that is not there may come. */
		if (result < 0 && e->code == ERROR_NO_MATCH) {
			*e = (struct error){0};
			result = 0;
		}
	}
	return result;
}

static void note_chosen(struct seen *seen, const struct device *device)
{
	*text_map_at(seen->chosen, device->label) = 1;
	if (device->group)
		*text_map_at(seen->chosen,
			     arena_printf(seen->arena, "group %d", device->group->id)) = 1;
}

static int choose_devices(const struct watcher *watcher, const struct system *system,
			  struct seen *seen, struct error *e)
{
	_autofree_ bool *flags = calloc(system->device_count + 1, sizeof(*flags));
	struct selection selection = {.system = system, .chosen = flags};
	int result;

	if (!flags)
		memory_exhausted();
	if (!*watcher->options->arguments)
		return 0;
	seen->chosen = text_map_new(seen->arena);
	result = choose_all(watcher, system, &selection, e);
	for (size_t i = 0; result == 0 && i < system->device_count; i++)
		if (flags[i])
			note_chosen(seen, system->devices[i]);
	return result;
}

/* Whether firmware was read depends on the devices of the moment. */
static void forget_firmware(struct inventory *inventory)
{
	inventory->tables_unknown = true;
	for (size_t i = 0; i < inventory->device_count; i++)
		inventory->devices[i].facts[DEVICE_FACT_STREAMS] =
			(struct fact_text){.unknown = true};
}

static int see_system(const struct watcher *watcher, const struct system *system, struct seen *seen,
		      struct error *e)
{
	int result = choose_devices(watcher, system, seen, e);

	if (result < 0)
		return result;
	seen->inventory = inventory_of(system);
	forget_firmware(seen->inventory);
	seen->author = authorship_read(watcher->root, seen->arena);
	return 0;
}

static int see_machine(const struct watcher *watcher, struct seen *ret_seen, struct error *e)
{
	struct seen seen = {.arena = arena_new()};
	const struct system *system = NULL;
	int64_t began = clock_ms();
	unsigned facts = WATCH_FACTS;
	int result;

	for (char *const *word = watcher->options->arguments; *word; word++)
		facts |= select_facts(*word);
	result = system_read(watcher->root, facts, &system, e);
	if (result == 0)
		result = see_system(watcher, system, &seen, e);
	system_free(system);
	if (result < 0) {
		seen_free(&seen);
		return result;
	}
	seen.took_ms = clock_ms() - began;
	*ret_seen = seen;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int print_event(struct watcher *watcher, struct event event, struct error *e)
{
	event.sequence = ++watcher->sequence;
	event.boot_id = watcher->boot_id;
	if (watcher->left > 0)
		watcher->left--;
	return watcher->options->json ? event_print_json(&event, e) : event_print_line(&event, e);
}

static bool concerns(const struct seen *seen, const char *subject)
{
	return !seen->chosen || (subject && text_map_find(seen->chosen, subject));
}

/* A reader that blocks the output does not make the look a long one. */
static int print_look_changes(struct watcher *watcher, const struct inventory *before,
			      struct seen *now, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	int64_t began = clock_ms(), time_ms = now_ms();
	struct differences differences = differences_complete(before, now->inventory, arena);
	int result = 0;

	now->took_ms += clock_ms() - began;
	for (size_t i = 0; i < differences.count && result == 0 && watcher->left; i++) {
		struct event event = event_of_difference(&differences.items[i]);

		event.by = authorship_of(&watcher->last.author, &now->author, event.subject, arena);
		event.time_ms = time_ms;
		if (concerns(&watcher->last, event.subject) || concerns(now, event.subject))
			result = print_event(watcher, event, e);
	}
	return result;
}

/* With selectors a fault is printed where it may be of a selected device. */
static bool concerns_fault(const struct seen *seen, const struct fault_entry *entry)
{
	for (size_t i = 0; seen->chosen && i < entry->device_count; i++)
		if (concerns(seen, entry->devices[i]->label))
			return true;
	return !seen->chosen;
}

static int print_faults_of(struct watcher *watcher, const struct system *system, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t count;
	const struct fault *faults = watch_log_faults(&watcher->log, &count);
	struct fault_entries entries = fault_entries_of(system, faults, count, arena);
	int64_t time_ms = now_ms();
	int result = 0;

	for (size_t i = 0; i < entries.count && result == 0 && watcher->left; i++) {
		struct event event = event_of_fault(&entries.items[i], arena);

		event.time_ms = time_ms;
		if (concerns_fault(&watcher->last, &entries.items[i]))
			result = print_event(watcher, event, e);
	}
	return result;
}

/* The machine is read again for the devices of faults alone: most lines of a log have none. */
static int print_log_events(struct watcher *watcher, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	unsigned long long lost = watch_log_read(&watcher->log);
	const struct system *system = NULL;
	size_t count;
	int result = 0;

	watch_log_faults(&watcher->log, &count);
	if (lost && watcher->left) {
		struct event event = event_of_lost_records(lost, arena);

		event.time_ms = now_ms();
		result = print_event(watcher, event, e);
	}
	if (!count || result < 0)
		return result;
	result = system_read(watcher->root, WATCH_FAULT_FACTS, &system, e);
	if (result == 0)
		result = print_faults_of(watcher, system, e);
	system_free(system);
	return result;
}

/* Devices that could not be read in full are not gone: such a look is left out. */
static bool is_blinder(struct watcher *watcher, const struct seen *now)
{
	bool blinder;

	assert(now->inventory);
	blinder = now->inventory->presence_unknown && !watcher->last.inventory->presence_unknown;

	if (blinder && !watcher->incomplete && !watcher->options->quiet)
		fprintf(stderr, "iommuctl: devices could not be read in full; looking again\n");
	watcher->incomplete = blinder;
	return blinder;
}

static int compare_next_look(struct watcher *watcher, bool lost, struct error *e)
{
	struct seen now = {0};
	int result = 0;

	if (lost) {
		struct event event = event_of_lost_events();

		event.time_ms = now_ms();
		result = print_event(watcher, event, e);
	}
	if (result == 0)
		result = see_machine(watcher, &now, e);
	if (result < 0)
		return result;
	if (is_blinder(watcher, &now)) {
		seen_free(&now);
		return 0;
	}
	result = print_look_changes(watcher, watcher->last.inventory, &now, e);
	seen_free(&watcher->last);
	watcher->last = now;
	return result;
}

/* Everything that is there, as differences from an empty machine of the same boot. */
static int print_initial(struct watcher *watcher, struct error *e)
{
	_autoinventory_ struct inventory *empty = inventory_new();

	memcpy(empty->facts, watcher->last.inventory->facts, sizeof(empty->facts));
	empty->tables_unknown = true;
	inventory_finish(empty);
	return print_look_changes(watcher, empty, &watcher->last, e);
}

static int watch_on(struct watcher *watcher, struct error *e)
{
	int result = 0;

	while (result == 0 && watcher->left) {
		unsigned wake =
			watch_pause_wait(&watcher->pause, watcher->last.took_ms, watcher->log.fd);

		if (wake & WAKE_LOOK)
			result = compare_next_look(watcher, wake & WAKE_LOST, e);
		if (result == 0 && wake & WAKE_LOG)
			result = print_log_events(watcher, e);
		/* A document of this failure would be no event. */
		if (result == 0 && watcher->left && watch_pause_is_over(&watcher->pause))
			return error_exit_status(ERROR_TIMED_OUT);
	}
	return result;
}

static void print_interval(const struct watcher *watcher)
{
	if (!watcher->options->quiet)
		fprintf(stderr,
			"iommuctl: types of groups, deferral and overrides send no event: they are "
			"read every %lld s\n",
			(long long)(watch_pause_interval(watcher->last.took_ms) / 1000));
}

/* With --initial begin with everything that is there; then print each change. */
static int print_from_now_on(struct watcher *watcher, struct error *e)
{
	int result = see_machine(watcher, &watcher->last, e);

	if (result < 0)
		return result;
	print_interval(watcher);
	if (watcher->options->initial)
		result = print_initial(watcher, e);
	if (result == 0)
		result = watch_on(watcher, e);
	seen_free(&watcher->last);
	return result;
}

int watch_machine(const struct options *options, const struct root *root, struct uevents *uevents,
		  int log, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct watcher watcher = {.options = options,
				  .root = root,
				  .boot_id = boot_id_read(root, arena),
				  .pause = watch_pause_start(uevents, options->timeout_ms),
				  .log = watch_log_start(log),
				  .left = options->count ? options->count : NO_LIMIT};
	int result = print_from_now_on(&watcher, e);

	uevents_close(watcher.pause.uevents);
	watch_log_stop(&watcher.log);
	return result;
}

static int open_log(const struct options *options, const struct root *root)
{
	int fd = log_ring_open(root);

	if (fd < 0 && !options->quiet)
		fprintf(stderr,
			"iommuctl: the kernel log cannot be read (%s): its faults are no events\n",
			strerror(-fd));
	return fd;
}

/* Listen before the first look, so that no event in between is missed. */
static int run_watch(const struct options *options, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	struct uevents *uevents = NULL;
	struct error silence;
	int result = look_open_tree(options, &root, e);

	if (result < 0)
		return result;
	if (uevents_open(&uevents, &silence) < 0 && !options->quiet)
		fprintf(stderr, "iommuctl: %s; only the timer is left\n", silence.message);
	return watch_machine(options, root, uevents, open_log(options, root), e);
}

const struct command command_watch = {
	.name = "watch",
	.arguments = "[SELECTOR…]",
	.summary = "a line for each change: devices, drivers, groups, DMA, hand-over, faults",
	.examples = {"watch eth0 group:12", "watch -J --initial --timeout 1h"},
	.scope = SCOPE_WATCH,
	.most_arguments = -1,
	.run = run_watch,
};
