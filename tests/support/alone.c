/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alone ROOT - a reading of each device alone leads to the answers that one of the whole machine
 * leads to: the checks of its move to vfio-pci and to no driver, and the findings about it
 * Exit status: 0 all are the same, 1 one is not.
 */
#include "actions/rebind.h"
#include "actions/transaction_parts.h"
#include "checks/doctor.h"
#include "sources/read.h"

#include <stdio.h>
#include <string.h>

enum { CHECK_FACTS = TRANSACTION_FACTS | FACT_USES | FACT_TRAITS | FACT_DRIVERS };

/* The questions about each device: a command that reads @facts, for a move to @driver. */
static const struct question {
	const char *driver;
	unsigned facts;
} questions[] = {
	{"vfio-pci", CHECK_FACTS},
	{NULL, CHECK_FACTS},
	/* status */
	{"vfio-pci", CHECK_FACTS | DOCTOR_FACTS | FACT_DMA_MASKS | FACT_SERIALS | FACT_NAMES |
			     FACT_NUMA | FACT_FIRMWARE_NODE | FACT_HOLDERS | FACT_OBSTACLES},
};

struct count {
	size_t same, different, alone;
};

static void write_finding(FILE *out, const struct finding *finding)
{
	fprintf(out, "%s %s: %s (%s; %s)\n", code_kinds[finding->code].word,
		finding->subject ? finding->subject : "-",
		finding->message ? finding->message : "-",
		finding->evidence ? finding->evidence : "-",
		finding->remedy ? finding->remedy : "-");
	for (size_t i = 0; i < finding->device_count; i++)
		fprintf(out, "\t%s\n", finding->devices[i]);
}

/* @named: a flag for each device, by index */
static void write_answers(FILE *out, const struct system *system, const bool *named,
			  const struct question *question, struct arena *arena)
{
	char *const selectors[] = {NULL};
	const struct memory memory = {.arena = arena};
	const struct request request = {
		.verb = "rebind",
		.driver = question->driver,
		.selectors = selectors,
		.with_group = true,
		.dry_run = true,
	};
	const struct handover handover = rebind_moves(&request, system, &memory, named, arena);
	const struct checks checks = checks_run(&handover, arena);
	struct findings findings = {0};

	if (question->facts & FACT_FAULTS)
		findings = doctor_findings(system, named, arena);
	for (size_t i = 0; i < checks.count; i++) {
		fprintf(out, "level %d%s: ", (int)checks.items[i].level,
			checks.items[i].unknown ? ", unknown" : "");
		write_finding(out, &checks.items[i].finding);
	}
	for (size_t i = 0; i < findings.count; i++)
		write_finding(out, &findings.items[i]);
}

/* The answers about the device at @path, in @arena; @ret_devices: the number of devices read */
static char *answer(const struct root *root, const char *path, const struct question *question,
		    bool alone, struct arena *arena, size_t *ret_devices)
{
	const struct focus focus = {
		.paths = &path,
		.count = 1,
		.driver = question->driver,
		.alone = alone,
		.members = true,
	};
	_autosystem_ const struct system *system = NULL;
	_autofree_ char *text = NULL;
	struct error e = {0};
	size_t length;
	bool *named;
	FILE *out;

	if (system_read_about(root, question->facts, &focus, &system, &e) < 0)
		return arena_printf(arena, "cannot be read: %s\n", e.message);
	*ret_devices = system->device_count;
	named = arena_array(arena, system->device_count, sizeof(*named));
	named[system_device(system, path)->index] = true;
	out = open_memstream(&text, &length);
	if (!out)
		memory_exhausted();
	write_answers(out, system, named, question, arena);
	fclose(out);
	return arena_strdup(arena, text);
}

static void compare_answers(const struct root *root, const char *path,
			    const struct question *question, struct count *count)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t devices = 0, all = 0;
	const char *alone = answer(root, path, question, true, arena, &devices);
	const char *whole = answer(root, path, question, false, arena, &all);

	count->alone += devices < all;
	if (strcmp(alone, whole) == 0) {
		count->same++;
		return;
	}
	count->different++;
	printf("%s to %s, read alone:\n%sread with all others:\n%s", path,
	       question->driver ? question->driver : "none", alone, whole);
}

int main(int argc, char **argv)
{
	_autosystem_ const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	struct count count = {0};
	struct error e = {0};

	if (argc != 2 || root_open(argv[1], &root, &e) < 0 ||
	    system_read(root, FACT_IDS, &system, &e) < 0) {
		fprintf(stderr, "alone ROOT: %s\n", e.message);
		return 1;
	}
	for (size_t i = 0; i < system->device_count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(questions); j++)
			compare_answers(root, system->devices[i]->path, &questions[j], &count);
	printf("%zu the same, %zu different; %zu were read alone\n", count.same, count.different,
	       count.alone);
	return count.different ? 1 : 0;
}
