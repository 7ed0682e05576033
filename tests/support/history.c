/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/history.h"

#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char TREE[] = "/proc/sys/kernel/random/boot_id = 11111111-2222\n"
			   "/run/\n";

static const struct target targets[] = {
	{"0000:01:00.0", "pci", "0000:01:00.0", "/sys/devices/pci0000:00/0000:01:00.0", 0x8086,
	 0xffff, "e1000e", NULL, 12, "vfio-pci", "vfio-pci", "eth0,eth1", NULL, false, 77},
	{"odd\tlabel\n", "", "\\N", "/sys/devices/\xff \\", -1, -1, "", "\x01", -1, NULL, "", "",
	 NULL, true, UINT64_MAX},
	{"c", "platform", "c", "/", 0, 0, NULL, NULL, 0, "", NULL, NULL, NULL, false, 0},
};

static const struct step steps[] = {
	{ACTION_LOAD, -1, NULL, "vfio-pci", NULL, NULL, NULL, NULL},
	{ACTION_UNBIND, 0, "/sys/bus/pci/drivers/e1000e/unbind", "0000:01:00.0",
	 "/sys/bus/pci/drivers/e1000e/bind", "0000:01:00.0", NULL, "e1000e"},
	{ACTION_OVERRIDE, 0, "/sys/devices/\t\n\\\xff", "vfio-pci", "/sys/devices/x", "", "", NULL},
	{ACTION_BIND, 2, "/sys/bus/pci/drivers/vfio-pci/bind", "", "/sys/b", "\n", "vfio-pci", ""},
};

const struct plan history_plan = {
	.verb = "rebind",
	.targets = targets,
	.target_count = ARRAY_SIZE(targets),
	.steps = steps,
	.step_count = ARRAY_SIZE(steps),
};

struct history history;

/* The C library's function is replaced for the whole program of unit tests. */
int fdatasync(int fd)
{
	history.flushes++;
	if (history.act && history.flushes == history.act_at)
		history.act();
	if (history.flush_fails_with && history.flushes > history.flush_works_until) {
		errno = history.flush_fails_with;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
	if (history.act && !history.act_at)
		history.act();
	if (history.no_room) {
		errno = history.no_room;
		return -1;
	}
	return (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

int history_start(void **state)
{
	history.dir = tree_new(TREE);
	history.arena = arena_new();
	memset(&history.error, 0, sizeof(history.error));
	return root_open(history.dir, &history.root, &history.error) < 0
		       ? -1
		       : store_open(history.root, true, &history.store, &history.error);
}

int history_end(void **state)
{
	history.flush_fails_with = 0;
	history.flush_works_until = 0;
	history.no_room = 0;
	history.act = NULL;
	store_free(history.store);
	root_free(history.root);
	arena_free(history.arena);
	tree_remove(history.dir);
	return 0;
}

struct journal *history_begin(void)
{
	struct journal *journal = NULL;

	assert_int_equal(journal_begin(history.store, history.arena, &history_plan, &journal,
				       &history.error),
			 0);
	return journal;
}

struct journal *history_load(void)
{
	struct journal *journal = NULL;

	assert_int_equal(journal_load(history.store, history.arena, &journal, &history.error), 0);
	return journal;
}

void history_note(struct journal *journal, size_t step, enum step_state state, int detail)
{
	assert_int_equal(journal_note(journal, step, state, detail, &history.error), 0);
}

struct span history_bytes(void)
{
	struct span bytes;

	assert_int_equal(store_read(history.store, "journal", 1 << 20, history.arena, &bytes,
				    &history.error),
			 0);
	return bytes;
}

void history_put(struct span bytes)
{
	assert_int_equal(store_replace(history.store, "journal", bytes, &history.error), 0);
}

static void assert_same_text(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void assert_same_target(const struct target *a, const struct target *b)
{
	assert_same_text(a->label, b->label);
	assert_same_text(a->bus, b->bus);
	assert_same_text(a->name, b->name);
	assert_same_text(a->path, b->path);
	assert_int_equal(a->vendor_id, b->vendor_id);
	assert_int_equal(a->device_id, b->device_id);
	assert_same_text(a->driver, b->driver);
	assert_same_text(a->driver_override, b->driver_override);
	assert_int_equal(a->group, b->group);
	assert_same_text(a->new_driver, b->new_driver);
	assert_same_text(a->new_override, b->new_override);
	assert_same_text(a->interfaces, b->interfaces);
	assert_int_equal(a->taken_along, b->taken_along);
	assert_int_equal(a->inode, b->inode);
}

static void assert_same_step(const struct step *a, const struct step *b)
{
	assert_int_equal(a->action, b->action);
	assert_int_equal(a->target, b->target);
	assert_same_text(a->file, b->file);
	assert_same_text(a->value, b->value);
	assert_same_text(a->undo_file, b->undo_file);
	assert_same_text(a->undo_value, b->undo_value);
	assert_same_text(a->expect_driver, b->expect_driver);
	assert_same_text(a->undo_driver, b->undo_driver);
}

void history_assert_plan(const struct plan *a, const struct plan *b)
{
	assert_string_equal(a->verb, b->verb);
	assert_int_equal(a->target_count, b->target_count);
	assert_int_equal(a->step_count, b->step_count);
	for (size_t i = 0; i < a->target_count; i++)
		assert_same_target(&a->targets[i], &b->targets[i]);
	for (size_t i = 0; i < a->step_count; i++)
		assert_same_step(&a->steps[i], &b->steps[i]);
}

void history_assert_progress(const struct journal *a, const struct journal *b)
{
	assert_int_equal(a->outcome, b->outcome);
	for (size_t i = 0; i < a->plan.step_count; i++) {
		assert_int_equal(a->steps[i].state, b->steps[i].state);
		assert_int_equal(a->steps[i].cause, b->steps[i].cause);
		assert_int_equal(a->steps[i].pid, b->steps[i].pid);
		assert_true(a->steps[i].start_time == b->steps[i].start_time);
	}
}

struct journal *history_write(void)
{
	struct journal *journal = history_begin();

	history_note(journal, 0, STEP_BEGUN, 0);
	history_note(journal, 0, STEP_DONE, 0);
	history_note(journal, 1, STEP_BEGUN, 0);
	history_note(journal, 1, STEP_FAILED, -EBUSY);
	history_note(journal, 2, STEP_BEGUN, 0);
	history_note(journal, 2, STEP_PENDING, 4711);
	history_note(journal, 2, STEP_UNDO_BEGUN, 0);
	history_note(journal, 2, STEP_UNDO_PENDING, 4712);
	history_note(journal, 1, STEP_UNDO_BEGUN, 0);
	history_note(journal, 1, STEP_UNDO_FAILED, -524);
	history_note(journal, 0, STEP_UNDO_BEGUN, 0);
	history_note(journal, 0, STEP_UNDONE, 0);
	assert_int_equal(journal_end(journal, JOURNAL_UNFINISHED, &history.error), 0);
	return journal;
}
