/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/reference.h"

#include "base/arena.h"
#include "support/store_faults.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void copy_entries(struct reference *reference, const struct fake_kernel *fake)
{
	reference->entries = calloc(reference->writes + 1, sizeof(*reference->entries));
	if (!reference->entries)
		memory_exhausted();
	for (unsigned i = 0; i < reference->writes; i++)
		reference->entries[i] = *fake_entry(fake, reference->first + i);
}

static int64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The dump of a scenario after a late group has formed; @bare: without its earlier transactions. */
static char *dump_grouped(const struct scenario *scenario, bool bare)
{
	struct scenario copy = *scenario;
	struct fake_kernel *fake;
	char *dump;

	if (bare)
		memset(copy.before, 0, sizeof(copy.before));
	fake = scenario_machine(&copy);
	if (scenario->late_device)
		fake_group_forms_now(fake, scenario->late_device);
	dump = fake_dump(fake);
	fake_free(fake);
	return dump;
}

struct reference reference_of(const struct scenario *scenario)
{
	struct fake_kernel *fake = scenario_machine(scenario);
	struct reference reference = {
		.origin = dump_grouped(scenario, true),
		.old = fake_dump(fake),
		.old_grouped = dump_grouped(scenario, false),
		.first = fake_count(fake) + 1,
	};
	struct ended ended;
	int64_t began;

	store_faults_watch();
	began = clock_us();
	wish_carry_out(fake, &scenario->wish, PATIENCE_MS, &ended);
	reference.duration_us = (unsigned)(clock_us() - began);
	reference.store_calls = store_calls();
	store_heals();
	reference.new = fake_dump(fake);
	reference.writes = fake_count(fake) + 1 - reference.first;
	copy_entries(&reference, fake);
	/* Nothing restores the number of virtual functions. */
	if (strcmp(scenario->wish.verb, "vfs") == 0) {
		free(reference.origin);
		reference.origin = fake_dump(fake);
	}
	for (size_t i = 0; i < LINES_MAX && scenario->after[i]; i++)
		if (ended.result < 0 || !strstr(reference.new, scenario->after[i])) {
			fprintf(stderr, "%s: %s; wanted \"%s\" in\n%s", scenario->name,
				ended.result < 0 ? ended.message : "done", scenario->after[i],
				reference.new);
			exit(1);
		}
	fake_free(fake);
	return reference;
}

void reference_free(struct reference *reference)
{
	free(reference->origin);
	free(reference->old);
	free(reference->old_grouped);
	free(reference->new);
	free(reference->entries);
}
