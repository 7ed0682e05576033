/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch - print a line for each change
 *
 * Listens first and reads then. An event of the kernel is a reason to read again, and so is a timer
 * for facts that send no event; what differs between two looks is printed. Events that the kernel
 * dropped lose no change: the next look has it.
 */
#include "actions/authors.h"
#include "base/clock.h"
#include "base/text_map.h"
#include "commands/command.h"
#include "commands/look.h"
#include "sources/devices/uevents.h"
#include "sources/read.h"
#include "views/events.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* No facts that last for the boot or come from firmware alone. */
#define WATCH_FACTS (INVENTORY_FACTS & ~(unsigned)(FACT_STREAMS | FACT_ALL_IOMMUS))

enum {
	/* Events come in bursts: the machine is read after the last of them. */
	BURST_MS = 20,
	/* A look without an event costs at most a thousandth of the time. */
	POLL_SHARE = 1000,
	POLL_LEAST_MS = 1000,
	NO_LIMIT = -1,
};

/*
 * One look. @chosen: labels of the selected devices, and "group N" of their groups; NULL: all
 * @took_ms: how long it took
 */
struct seen {
	struct arena *arena;
	struct inventory *inventory;
	struct text_map *chosen;
	struct authorship author;
	int64_t took_ms;
};

/* @left: how many events are still to be printed, or NO_LIMIT     @deadline: or 0 */
struct watcher {
	const struct options *options;
	const struct root *root;
	struct uevents *uevents;
	struct seen last;
	const char *boot_id;
	uint64_t sequence;
	int left;
	int64_t deadline;
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
		result = choose_devices(watcher, system, &seen, e);
	if (result == 0) {
		seen.inventory = inventory_of(system);
		forget_firmware(seen.inventory);
		seen.author = authorship_read(watcher->root, seen.arena);
		seen.took_ms = clock_ms() - began;
		*ret_seen = seen;
	} else {
		seen_free(&seen);
	}
	system_free(system);
	return result;
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

static int print_look_changes(struct watcher *watcher, const struct inventory *before,
			      const struct seen *now, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	struct differences differences = differences_complete(before, now->inventory, arena);
	int64_t time_ms = now_ms();
	int result = 0;

	for (size_t i = 0; i < differences.count && result == 0 && watcher->left; i++) {
		const struct difference *difference = &differences.items[i];
		const char *subject = difference->finding.subject;
		const char *by = authorship_of(&watcher->last.author, &now->author, subject, arena);

		if (concerns(&watcher->last, subject) || concerns(now, subject))
			result = print_event(watcher,
					     (struct event){.difference = difference,
							    .by = by,
							    .time_ms = time_ms},
					     e);
	}
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

	if (lost)
		result = print_event(watcher, (struct event){.time_ms = now_ms()}, e);
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

static int64_t poll_interval(const struct watcher *watcher)
{
	int64_t interval = watcher->last.took_ms * POLL_SHARE;

	return interval > POLL_LEAST_MS ? interval : POLL_LEAST_MS;
}

/* The time to the next look, or to the end if that comes first. */
static int64_t time_left(const struct watcher *watcher, int64_t now)
{
	int64_t interval = poll_interval(watcher);

	if (watcher->deadline && watcher->deadline - now < interval)
		interval = watcher->deadline - now;
	return interval < 0 ? 0 : interval;
}

/*
 * An event is a reason to look, whatever it says. Those that stay behind the limit are a reason to
 * look again. Returns: 1 where the kernel has dropped some, else 0.
 */
static int discard_events(struct watcher *watcher)
{
	enum { MOST = 4096 };
	struct uevent event;
	int result = 1, lost = 0;

	for (int i = 0; i < MOST && (result > 0 || result == -ENOBUFS); i++) {
		result = uevents_next(watcher->uevents, &event);
		lost |= result == -ENOBUFS;
	}
	if (result < 0 && result != -ENOBUFS) {
		uevents_close(watcher->uevents);
		watcher->uevents = NULL;
	}
	return lost;
}

/* Returns: 1 where events were lost, 0 where some came or the time is over. */
static int wait_for_events(struct watcher *watcher)
{
	struct pollfd poller = {.fd = -1, .events = POLLIN};

	if (watcher->uevents)
		poller.fd = uevents_fd(watcher->uevents);
	if (poll(&poller, 1, (int)time_left(watcher, clock_ms())) <= 0)
		return 0;
	/* Under a storm of events the machine is read for half of the time at most. */
	poll(NULL, 0, BURST_MS + (int)watcher->last.took_ms);
	return discard_events(watcher);
}

static bool is_over(const struct watcher *watcher)
{
	return watcher->deadline && clock_ms() >= watcher->deadline;
}

static int watch_on(struct watcher *watcher, struct error *e)
{
	int result = 0;

	while (result == 0 && watcher->left) {
		int lost = wait_for_events(watcher);

		result = compare_next_look(watcher, lost, e);
		/* A document of this failure would be no event. */
		if (result == 0 && watcher->left && is_over(watcher))
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
			(long long)(poll_interval(watcher) / 1000));
}

static void listen_to_uevents(struct watcher *watcher)
{
	struct error silence;

	if (uevents_open(&watcher->uevents, &silence) < 0 && !watcher->options->quiet)
		fprintf(stderr, "iommuctl: %s; only the timer is left\n", silence.message);
}

static const char *boot_id_of_kernel(const struct root *root, struct arena *arena)
{
	char text[64];
	ssize_t length =
		root_read_text(root, "/proc/sys/kernel/random/boot_id", text, sizeof(text));

	return length > 0 ? arena_text(arena, text, (size_t)length) : NULL;
}

static int run_watch(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct watcher watcher = {.options = options,
				  .left = options->count ? options->count : NO_LIMIT};
	int result = look_open_tree(options, &root, e);

	if (result < 0)
		return result;
	watcher.root = root;
	watcher.boot_id = boot_id_of_kernel(root, arena);
	if (options->timeout_ms > 0)
		watcher.deadline = clock_ms() + options->timeout_ms;
	listen_to_uevents(&watcher);
	result = see_machine(&watcher, &watcher.last, e);
	if (result == 0) {
		print_interval(&watcher);
		result = options->initial ? print_initial(&watcher, e) : 0;
		if (result == 0)
			result = watch_on(&watcher, e);
		seen_free(&watcher.last);
	}
	uevents_close(watcher.uevents);
	return result;
}

const struct command command_watch = {
	.name = "watch",
	.arguments = "[SELECTOR…]",
	.summary = "a line for each change: devices, drivers, groups, DMA, hand-over",
	.examples = {"watch eth0 group:12", "watch -J --initial --timeout 1h"},
	.scope = SCOPE_WATCH,
	.most_arguments = -1,
	.run = run_watch,
};
