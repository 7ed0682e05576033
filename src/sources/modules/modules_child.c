/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules/modules_child.h"

#include "base/child.h"
#include "sources/modules/modules_files.h"
#include "sources/modules/modules_kmod.h"

#include <errno.h>
#include <stdio.h>

struct printer {
	FILE *out;
	size_t query;
};

static void print_module(void *context, const struct module_answer *answer)
{
	const struct printer *printer = context;

	fprintf(printer->out, "m %zu %c%c%c %s\n", printer->query, answer->builtin ? 'b' : '-',
		answer->blacklisted ? 'x' : '-', answer->has_install_command ? 'i' : '-',
		answer->name);
	if (answer->options)
		fprintf(printer->out, "o %s\n", answer->options);
	for (size_t i = 0; i < answer->need_count; i++)
		fprintf(printer->out, "n %s\n", answer->needs[i]);
}

static bool is_query_wanted(const struct modules_request *request,
			    const struct modules_files *files, const struct module_query *query)
{
	return !query->for_options || modules_files_mention(request->root, files, query->alias);
}

/*
 * Libraries of libkmod, such as libcrypto, take longer to be loaded than all that a command about
 * one device reads. Without queries the caller only asks whether a module index exists.
 */
static bool has_wanted_query(const struct modules_request *request,
			     const struct modules_files *files)
{
	for (size_t i = 0; i < request->count; i++)
		if (is_query_wanted(request, files, &request->queries[i]))
			return true;
	return false;
}

static int print_answers(const struct modules_request *request, FILE *out)
{
	struct printer printer = {.out = out};
	struct modules_files files;
	struct modules_kmod *kmod;
	int result = modules_files_open(request->root, request->release, request->shelf, &files);

	if (result < 0 || !has_wanted_query(request, &files))
		return result;
	result = modules_kmod_open(files.index, (const char *const[]){files.configuration, NULL},
				   !root_is_live(request->root), &kmod);
	/* All files of the index are open, so an error of libkmod means that they are malformed. */
	if (result < 0 && result != -ENOSYS)
		result = -EBADMSG;
	for (; result == 0 && printer.query < request->count; printer.query++) {
		const struct module_query *query = &request->queries[printer.query];

		child_progress(printer.query + 1);
		if (!is_query_wanted(request, &files, query))
			continue;
		result = modules_kmod_find(kmod, query->alias, query->in_full, print_module,
					   &printer);
		if (result < 0)
			result = -EBADMSG;
	}
	return result;
}

void modules_child_run(void *context, int channel)
{
	FILE *out = fdopen(channel, "w");
	int result;

	if (!out)
		return;
	root_relay(out);
	result = print_answers(context, out);
	fprintf(out, "end %d\n", -result);
	fclose(out);
}

int modules_child_silence(struct modules_silence *silence, size_t progress, int64_t used_ms,
			  bool running)
{
	enum {
		DEADLINES = 3,
		LOOP_MS = 1500, /* a quarter of the time */
	};

	if (!running)
		return -ETIMEDOUT;
	if (progress != silence->progress)
		*silence = (struct modules_silence){progress, used_ms, 0};
	if (++silence->count < DEADLINES)
		return 0;
	return used_ms - silence->used_ms >= LOOP_MS ? -EBADMSG : -ETIME;
}
