/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics - facts and findings about a machine as OpenMetrics text (views/openmetrics.h)
 *
 * Values from a source that could not be read are left out, never 0; its iommuctl_source_up is 0.
 * Of a source that was read in part, the values that were found are there. No label changes unless
 * the machine does.
 */
#pragma once

#include "views/briefing.h"

/** metrics_put - put all families of samples; the caller looks for errors of writing */
void metrics_put(const struct briefing *briefing) _nonnull_();
