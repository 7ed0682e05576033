/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labels - a feature file for Node Feature Discovery, which makes labels of a Kubernetes node of it
 */
#include "views/labels.h"
#include "commands/briefing.h"
#include "commands/command.h"

static int run_labels(const struct options *options, struct error *e)
{
	return briefing_run(options, options->nfd, labels_put, e);
}

const struct command command_labels = {
	.name = "labels",
	.arguments = "",
	.summary = "the same for Kubernetes, as a feature file of Node Feature Discovery",
	.examples = {"labels",
		     "labels --nfd /etc/kubernetes/node-feature-discovery/features.d/iommu"},
	.scope = SCOPE_LABELS,
	.most_arguments = 0,
	.run = run_labels,
};
