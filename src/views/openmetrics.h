/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * openmetrics - text that Prometheus reads: OpenMetrics 1.0, in the part of it that the text format
 * 0.0.4 of node_exporter's textfile collector shares
 *
 *     # HELP iommuctl_source_up Whether a source could be read.
 *     # TYPE iommuctl_source_up gauge
 *     iommuctl_source_up{source="log"} 1
 */
#pragma once

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** enum metric_type - METRIC_COUNTER has no TYPE line: the two formats name counters differently */
enum metric_type { METRIC_GAUGE, METRIC_COUNTER };

/**
 * struct metric - a family of samples
 * @name: with the suffix _total where it is a counter     @help: one line
 */
struct metric {
	const char *name;
	enum metric_type type;
	const char *help;
};

/** struct metric_label - bytes of @value that are no text become \xNN; NULL: the label is left out
 */
struct metric_label {
	const char *name, *value;
};

/** openmetrics_begin - put the lines that stand above the samples of a family */
void openmetrics_begin(FILE *out, const struct metric *metric) _nonnull_();

/** openmetrics_put - put a sample of it */
void openmetrics_put(FILE *out, const struct metric *metric, const struct metric_label *labels,
		     size_t label_count, uint64_t value) _nonnull_(1, 2);

/** openmetrics_end - put the mark without which a reader takes the text for cut off */
void openmetrics_end(FILE *out) _nonnull_();
