/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/stage.h"

#include "support/check.h"
#include "support/history.h"

#include <stdio.h>
#include <unistd.h>

struct stage stage;

int stage_start(void **state)
{
	int result = changing_start(state);

	stage = (struct stage){
		.target = {.label = NIC,
			   .bus = "pci",
			   .name = NIC,
			   .path = NIC_PATH,
			   .vendor_id = 0x8086,
			   .device_id = 0x10d3,
			   .driver = "e1000e",
			   .group = 2,
			   .new_driver = "vfio-pci",
			   .new_override = "vfio-pci"},
		.arena = arena_new(),
		.host = {.root = changing.root, .kernel = fake_kernel(changing.fake)},
		.locks = NO_LOCKS,
	};
	stage.host.timeout_ms = changing.timeout_ms;
	stage.execution = (struct execution){
		.host = &stage.host,
		.writer = {.host = &stage.host, .locks = stage.locks},
	};
	return result < 0 ? result : store_open(changing.root, true, &stage.store, &stage.error);
}

/* A journal that has no end would prevent the next one. */
static void drop_journal(void)
{
	history.flush_fails_with = 0;
	if (!stage.execution.journal)
		return;
	journal_close(stage.execution.journal);
	stage.execution.journal = NULL;
	assert_int_equal(unlink(changing_path(STORE_DIR "/journal")), 0);
}

int stage_end(void **state)
{
	fake_heals(changing.fake);
	drop_journal();
	writer_end(&stage.execution.writer);
	store_free(stage.store);
	root_free(stage.unread);
	arena_free(stage.arena);
	return changing_end(state);
}

void stage_plan(const struct step *steps, size_t count)
{
	const struct plan plan = {.verb = "rescan",
				  .targets = &stage.target,
				  .target_count = 1,
				  .steps = steps,
				  .step_count = count};

	drop_journal();
	assert_int_equal(journal_begin(stage.store, stage.arena, &plan, &stage.execution.journal,
				       &stage.error),
			 0);
}

void stage_note(size_t step, enum step_state state)
{
	assert_int_equal(journal_note(stage.execution.journal, step, state, 0, &stage.error), 0);
}

enum step_state stage_state(size_t step)
{
	return stage.execution.journal->steps[step].state;
}

void stage_fault(enum fake_fault_kind kind, int detail)
{
	fake_inject(changing.fake, (struct fake_fault){.kind = kind,
						       .write = fake_count(changing.fake) + 1,
						       .detail = detail});
}

void stage_hang(unsigned write)
{
	changing_hang(write);
	stage.host.timeout_ms = changing.timeout_ms;
}

void stage_unread(const char *lines)
{
	_autofree_ char *tree = NULL;

	assert_true(asprintf(&tree, "/iommuctl/unreadable = %s", lines) > 0);
	fake_plug(changing.fake, tree);
	/* The list is read when the root is opened. */
	assert_null(stage.unread);
	assert_int_equal(root_open(fake_dir(changing.fake), &stage.unread, &stage.error), 0);
	stage.host.root = stage.unread;
}

void stage_hide(void)
{
	assert_int_equal(unlink(changing_path(NIC_PATH "/uevent")), 0);
	fake_plug(changing.fake, NIC_PATH "/uevent/\n");
}
