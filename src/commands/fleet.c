/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/fleet.h"

#include "base/arena.h"
#include "base/child.h"
#include "base/root.h"
#include "base/text.h"
#include "commands/fleet_hosts.h"
#include "commands/report.h"
#include "views/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SILENCE_MS = 120 * 1000, TEXT_MAX = 64 << 20, CHILDREN_MAX = 16 };

/* The end of what a child sends, after the text.   @result: 0 or the failure in @error */
struct host_answer {
	struct verdict verdict;
	int result;
	struct error error;
};

/* One machine.   @start, @length: of its text in the file     @sequence: its place on the command
 * line */
struct host {
	const char *root;
	struct host_answer answer;
	off_t start;
	size_t length, sequence;
};

struct fleet {
	const struct options *options;
	fleet_judge *judge;
	const struct document_kind *kind;
	struct host *hosts;
	size_t count;
	FILE *texts;
};

/* The work of one child. */
struct job {
	const struct fleet *fleet;
	const char *root;
};

/* In the child: its outputs are /dev/null, and the text goes to the channel. */
static void judge_host(void *context, int channel)
{
	const struct job *job = context;
	struct options options = *job->fleet->options;
	struct host_answer answer = {0};

	options.root = job->root;
	if (dup2(channel, STDOUT_FILENO) < 0)
		return;
	answer.result = job->fleet->judge(&options, &answer.verdict, &answer.error);
	if (answer.result < 0 && options.json)
		error_ignore(report_failure(&options, job->fleet->kind, &answer.error));
	/* A short write is noticed by the parent: the answer is missing. */
	fwrite(&answer, sizeof(answer), 1, stdout);
	fflush(stdout);
}

static int start_host(const struct fleet *fleet, const struct host *host, struct child *ret_child,
		      struct error *e)
{
	struct job job = {fleet, host->root};
	const struct child_work work = {.run = judge_host, .context = &job};
	int result = child_start(ret_child, &work);

	return result < 0 ? error_set(e, ERROR_IO, result, "cannot start a process") : 0;
}

/* A child that sends no whole answer has crashed or hangs: that is the answer for its capture. */
static void set_answer(struct host *host, const char *text, size_t length, int result)
{
	if (result == 0 && length >= sizeof(host->answer)) {
		host->length = length - sizeof(host->answer);
		memcpy(&host->answer, text + host->length, sizeof(host->answer));
		host->answer.error.message[sizeof(host->answer.error.message) - 1] = '\0';
		return;
	}
	host->answer = (struct host_answer){.result = result < 0 ? result : -ECONNABORTED};
	error_set(&host->answer.error, ERROR_IO, result,
		  result < 0 ? "the process that reads it does not answer"
			     : "the process that reads it ended before its answer");
}

static int collect_host(struct fleet *fleet, struct host *host, struct child *child,
			struct error *e)
{
	_autofree_ char *text = NULL;
	size_t length = 0;
	int result = child_read_all(child, TEXT_MAX, SILENCE_MS, &text, &length);

	child_end(child);
	set_answer(host, text, length, result);
	host->start = ftello(fleet->texts);
	if (host->start < 0 || fwrite(text, 1, host->length, fleet->texts) != host->length)
		return error_set(e, ERROR_IO, errno ? -errno : -EIO, "cannot keep the findings");
	return 0;
}

static size_t processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > CHILDREN_MAX ? CHILDREN_MAX : (size_t)count;
}

/* Start the children in order, and collect them in the same order: @running of them at a time. */
static int judge_all(struct fleet *fleet, struct error *e)
{
	struct child children[CHILDREN_MAX];
	size_t most = processors(), started = 0, done = 0;
	int result = 0;

	while (result == 0 && done < fleet->count) {
		if (started < fleet->count && started - done < most) {
			result = start_host(fleet, &fleet->hosts[started],
					    &children[started % most], e);
			started += result == 0;
			continue;
		}
		result = collect_host(fleet, &fleet->hosts[done], &children[done % most], e);
		done++;
	}
	for (; done < started; done++)
		child_end(&children[done % most]);
	return result;
}

/* The worst first; machines that could not be read come before those without a finding. */
static int compare_hosts(const void *one, const void *other)
{
	const struct host *a = one, *b = other;

	for (size_t severity = SEVERITY_COUNT; severity-- > SEVERITY_WARNING;)
		if (a->answer.verdict.counts[severity] != b->answer.verdict.counts[severity])
			return a->answer.verdict.counts[severity] <
					       b->answer.verdict.counts[severity]
				       ? 1
				       : -1;
	if ((a->answer.result != 0) != (b->answer.result != 0))
		return a->answer.result ? -1 : 1;
	return a->sequence < b->sequence ? -1 : 1;
}

/* With --json on one line: a newline of the document stands between its parts, never in a text. */
static void print_part(const struct options *options, char *part, size_t length)
{
	for (size_t i = 0; options->json && i < length; i++)
		if (part[i] == '\n')
			part[i] = ' ';
	fwrite(part, 1, length, stdout);
}

/* Copy the text of one machine to standard output. */
static int print_host_text(const struct fleet *fleet, const struct host *host)
{
	char part[4096];
	size_t left = host->length;

	if (fseeko(fleet->texts, host->start, SEEK_SET) < 0)
		return -EIO;
	while (left) {
		size_t got =
			fread(part, 1, left < sizeof(part) ? left : sizeof(part), fleet->texts);

		if (!got)
			return -EIO;
		print_part(fleet->options, part, got);
		left -= got;
	}
	return 0;
}

static bool needs_action(const struct host *host)
{
	const size_t *counts = host->answer.verdict.counts;

	return counts[SEVERITY_ALARM] || counts[SEVERITY_WARNING];
}

/* "web1.tar.gz: 2 alarms, 1 warning" and the findings below; else all on one line. */
static int print_host_paragraph(const struct fleet *fleet, const struct host *host)
{
	const size_t *counts = host->answer.verdict.counts;
	const struct error *why = &host->answer.error;
	char name[PATH_SIZE];

	text_escape(host->root, strlen(host->root), name, sizeof(name));
	printf("%s: ", name);
	if (host->answer.result)
		printf("%s%s%s\n", why->message, *why->remedy ? ". " : "", why->remedy);
	else if (needs_action(host))
		printf("%zu alarm%s, %zu warning%s\n", counts[SEVERITY_ALARM],
		       counts[SEVERITY_ALARM] == 1 ? "" : "s", counts[SEVERITY_WARNING],
		       counts[SEVERITY_WARNING] == 1 ? "" : "s");
	return print_host_text(fleet, host);
}

static int print_host_line(const struct fleet *fleet, const struct host *host)
{
	struct json_object *name = json_text(host->root);
	int result;

	printf("{\"root\":%s,\"document\":",
	       json_object_to_json_string_ext(name, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(name);
	if (!host->length)
		printf("null");
	result = print_host_text(fleet, host);
	printf("}\n");
	return result;
}

static int print_host(const struct fleet *fleet, const struct host *host)
{
	return fleet->options->json ? print_host_line(fleet, host)
				    : print_host_paragraph(fleet, host);
}

static int print_all(struct fleet *fleet, struct verdict *sum, struct error *e)
{
	size_t unread = 0;
	int result = 0;

	qsort(fleet->hosts, fleet->count, sizeof(*fleet->hosts), compare_hosts);
	for (size_t i = 0; i < fleet->count && result == 0; i++) {
		const struct host *host = &fleet->hosts[i];

		result = print_host(fleet, host);
		unread += host->answer.result != 0;
		sum->blind |= host->answer.verdict.blind;
		for (size_t severity = 0; severity < SEVERITY_COUNT; severity++)
			sum->counts[severity] += host->answer.verdict.counts[severity];
	}
	if (result < 0)
		return error_set(e, ERROR_IO, result, "cannot read the kept findings");
	result = output_flush(e);
	if (result < 0 || !unread)
		return result;
	/* Not a failure of the command: with --json its document would be a line that is no host's.
	 */
	fprintf(stderr, "iommuctl: %zu of %zu captures have no answer\n", unread, fleet->count);
	return error_exit_status(ERROR_IO);
}

bool fleet_is_asked(const struct options *options)
{
	return options->root_count > 1 ||
	       (options->root_count == 1 && fleet_hosts_is_folder(options->roots[0]));
}

static void free_fleet(struct fleet *fleet)
{
	free(fleet->hosts);
	if (fleet->texts)
		fclose(fleet->texts);
}

static int prepare_fleet(struct fleet *fleet, const struct fleet_hosts *names, struct error *e)
{
	fleet->count = names->count;
	fleet->hosts = calloc(names->count + 1, sizeof(*fleet->hosts));
	if (!fleet->hosts)
		memory_exhausted();
	for (size_t i = 0; i < names->count; i++)
		fleet->hosts[i] = (struct host){.root = names->names[i], .sequence = i};
	fleet->texts = tmpfile();
	return fleet->texts ? 0 : error_set(e, ERROR_IO, -errno, "cannot make a temporary file");
}

int fleet_print(const struct options *options, fleet_judge *judge, const struct document_kind *kind,
		struct verdict *ret_verdict, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_cleanup_(free_fleet) struct fleet fleet = {
		.options = options, .judge = judge, .kind = kind};
	struct fleet_hosts names;
	int result = fleet_hosts_list(options, arena, &names, e);

	*ret_verdict = (struct verdict){0};
	if (result == 0)
		result = prepare_fleet(&fleet, &names, e);
	if (result == 0)
		result = judge_all(&fleet, e);
	return result < 0 ? result : print_all(&fleet, ret_verdict, e);
}
