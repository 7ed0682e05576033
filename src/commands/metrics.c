/* SPDX-License-Identifier: GPL-2.0-or-later */
/* metrics - facts and findings as OpenMetrics text, for the textfile collector of node_exporter */
#include "views/metrics.h"
#include "commands/briefing.h"
#include "commands/command.h"

static int run_metrics(const struct options *options, struct error *e)
{
	return briefing_run(options, options->output, metrics_put, e);
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
