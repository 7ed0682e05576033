/* SPDX-License-Identifier: GPL-2.0-or-later */
/* metrics - facts and findings as OpenMetrics text, for the textfile collector of node_exporter */
#include "views/metrics.h"
#include "actions/unfinished.h"
#include "base/new_file.h"
#include "checks/doctor.h"
#include "checks/hand_over.h"
#include "commands/command.h"
#include "commands/look.h"
#include "views/devices.h"
#include "views/output.h"

static const struct column *const sets[] = {device_columns, NULL};

static const struct catalogue catalogue = {
	.sets = sets,
	.standard = "name",
	.row_facts = (unsigned)DOCTOR_FACTS | METRICS_FACTS,
};

static int put_into_file(const char *path, struct metrics *metrics, struct error *e)
{
	enum { READABLE_BY_ALL = 0644 }; /* node_exporter runs as another user */
	_autonewfile_ struct new_file *file = NULL;
	int result = new_file_open(path, true, READABLE_BY_ALL, &file, e);

	if (result < 0)
		return result;
	metrics->out = new_file_stream(file);
	metrics_put(metrics);
	return new_file_publish(file, e);
}

static int read_journal(const struct options *options, struct arena *arena, struct source *ret,
			bool *ret_unfinished, struct error *e)
{
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(options, &root, e);

	return result < 0 ? result : transaction_unfinished(root, arena, ret, ret_unfinished, e);
}

static int run_metrics(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_autolook_ struct look look = {0};
	struct source journal;
	struct findings findings;
	struct metrics metrics = {
		.journal = &journal, .findings = &findings, .arena = arena, .out = stdout};
	struct options reading = *options;
	int result;

	/* The names of columns in other commands. */
	reading.output = NULL;
	result = look_at(&reading, &catalogue, options->arguments, &look, e);
	if (result == 0)
		result = read_journal(options, arena, &journal, &metrics.unfinished, e);
	if (result < 0)
		return result;
	metrics.system = look.system;
	findings = doctor_findings(look.system, NULL, arena);
	if (options->output)
		return put_into_file(options->output, &metrics, e);
	metrics_put(&metrics);
	return output_flush(e);
}

const struct command command_metrics = {
	.name = "metrics",
	.arguments = "",
	.summary = "the same facts and findings for Prometheus, as OpenMetrics text",
	.examples = {"metrics", "metrics --output /var/lib/prometheus/node-exporter/iommuctl.prom"},
	.scope = SCOPE_METRICS,
	.most_arguments = 0,
	.run = run_metrics,
};
