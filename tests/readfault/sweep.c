/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep TREE DEVICE [-v] [-t] - let each access of each command fail in turn, in one unpacked tree
 * -v: print claims as well     -t: thorough, see is_tried
 */
#include "readfault/sweep.h"

#include "base/cleanup.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 8, SAMPLES = 4 };

struct options {
	bool verbose, thorough;
};

static const char *const commands[][WORDS_MAX] = {
	{"show", "-J", "-v"}, {"deferred", "-J", "--exit-code"}, {"streams", "-J"},
	{"iommus", "-J"},     {"faults", "-J", "--exit-code"},	 {"doctor", "-J", "--exit-code"},
	{"check", "-J"}, /* DEVICE vfio-pci */
};

/* @is_rare: only tried with -t. The first cause is tried on every access. */
static const struct {
	const char *name;
	int cause;
	bool is_rare;
} causes[] = {
	{"EIO", -EIO, false},	   {"EACCES", -EACCES, false},	    {"EMFILE", -EMFILE, false},
	{"ENFILE", -ENFILE, true}, {"ENOMEM", -ENOMEM, true},	    {"ESTALE", -ESTALE, true},
	{"EINTR", -EINTR, true},   {"ETIMEDOUT", -ETIMEDOUT, true}, {"EOVERFLOW", -EOVERFLOW, true},
};

struct tally {
	size_t verdicts[VERDICT_COUNT], claims;
};

static void build_arguments(const char *const *words, const char *tree, const char *device,
			    char *arguments[static WORDS_MAX + 6])
{
	size_t count = 0;

	arguments[count++] = (char *)"iommuctl";
	arguments[count++] = (char *)"--root";
	arguments[count++] = (char *)tree;
	for (size_t i = 0; i < WORDS_MAX && words[i]; i++)
		arguments[count++] = (char *)words[i];
	if (strcmp(words[0], "check") == 0) {
		arguments[count++] = (char *)device;
		arguments[count++] = (char *)"vfio-pci";
	}
	arguments[count] = NULL;
}

static bool is_same_kind(const struct run *calm, size_t one, size_t other)
{
	return calm->kinds[one].access == calm->kinds[other].access &&
	       calm->kinds[one].name == calm->kinds[other].name;
}

/* True for SAMPLES accesses of a kind, evenly spread: the nodes of a devicetree have equal files.
 */
static bool is_sample(const struct run *calm, size_t at)
{
	size_t before = 0, count = 0;

	for (size_t i = 1; i <= calm->accesses; i++) {
		count += is_same_kind(calm, i, at);
		before += i < at && is_same_kind(calm, i, at);
	}
	return before * SAMPLES / count != (before + 1) * SAMPLES / count;
}

/*
 * A file is denied, or lacks a descriptor, when it is opened: reading it then ends with EIO alone.
 * EIO goes to every access, but only a thorough sweep tries each read, as most follow an open that
 * fails too; the other causes take the same ways through the code. Rare causes can end a read as
 * well.
 */
static bool is_tried(const struct run *calm, size_t at, size_t index, bool thorough)
{
	if (causes[index].cause == -EIO)
		return thorough || calm->kinds[at].access != ROOT_READ || is_sample(calm, at);
	if (causes[index].is_rare)
		return thorough && is_sample(calm, at);
	return calm->kinds[at].access != ROOT_READ && (thorough || is_sample(calm, at));
}

static void sweep_cause(char *const *arguments, const struct run *calm, struct json_object *before,
			size_t index, const struct options *options, struct tally *tally)
{
	for (size_t at = 1; at <= calm->accesses; at++) {
		struct run run;
		char claim[128];
		enum verdict verdict;

		if (!is_tried(calm, at, index, options->thorough))
			continue;
		run = run_command(arguments, at, causes[index].cause);
		verdict = judge(calm, before, &run, causes[index].cause, claim);

		tally->verdicts[verdict]++;
		tally->claims += *claim != '\0';
		if (verdict == VERDICT_SILENT)
			printf("  silent: %s at %s (exit status %d)\n", causes[index].name,
			       run.path, run.status);
		else if (*claim && options->verbose)
			printf("  claim: %s after %s at %s\n", claim, causes[index].name, run.path);
		free(run.text);
	}
}

static struct tally sweep_command(const char *const *words, const char *tree, const char *device,
				  const struct options *options)
{
	char *arguments[WORDS_MAX + 6];
	struct json_object *before;
	struct tally tally = {0};
	struct run calm;

	build_arguments(words, tree, device, arguments);
	calm = run_command(arguments, 0, 0);
	before = json_tokener_parse(calm.text);
	/* A check that refuses is an answer: exit status 3, with its checks and an error. */
	if (!before || (calm.status != 3 && json_object_object_get(before, "error"))) {
		printf("  the undisturbed %s failed (exit status %d)\n", words[0], calm.status);
		tally.verdicts[VERDICT_SILENT]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		sweep_cause(arguments, &calm, before, i, options, &tally);
	printf("%s: %zu accesses; same %zu, error %zu, source %zu, check %zu, silent %zu; claims "
	       "%zu\n",
	       words[0], calm.accesses, tally.verdicts[VERDICT_SAME], tally.verdicts[VERDICT_ERROR],
	       tally.verdicts[VERDICT_SOURCE], tally.verdicts[VERDICT_CHECK],
	       tally.verdicts[VERDICT_SILENT], tally.claims);
	fflush(stdout);
	json_object_put(before);
	free(calm.text);
	return tally;
}

static bool parse_options(char *const *words, struct options *options)
{
	for (; *words; words++) {
		options->verbose |= strcmp(*words, "-v") == 0;
		options->thorough |= strcmp(*words, "-t") == 0;
		if (strcmp(*words, "-v") != 0 && strcmp(*words, "-t") != 0)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	size_t silent = 0, runs = 0;
	struct options options = {0};

	if (argc < 3 || !parse_options(argv + 3, &options)) {
		fprintf(stderr, "usage: sweep TREE DEVICE [-v] [-t]\n");
		return 2;
	}
	load_libraries();
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		struct tally tally = sweep_command(commands[i], argv[1], argv[2], &options);

		silent += tally.verdicts[VERDICT_SILENT];
		for (size_t j = 0; j < VERDICT_COUNT; j++)
			runs += tally.verdicts[j];
	}
	printf("%zu silent changes in %zu runs\n", silent, runs);
	return silent ? 1 : 0;
}
