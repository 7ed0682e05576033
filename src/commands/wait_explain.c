/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/wait_explain.h"

#include "model/dma.h"

#include <stdio.h>
#include <string.h>

void wait_explain_cause(struct error *why, const struct deferral *deferral)
{
	const struct finding *cause = &deferral->cause.finding;

	if (strcmp(cause->subject, deferral->device->label) != 0)
		error_set(why, ERROR_HOPELESS, 0, "it waits for %s: %s", cause->subject,
			  cause->message);
	else
		error_set(why, ERROR_HOPELESS, 0, "%s", cause->message);
	if (cause->evidence)
		snprintf(why->evidence, sizeof(why->evidence), "%s", cause->evidence);
	if (deferral->remedy)
		error_remedy(why, "%s", deferral->remedy);
}

void wait_explain_state(struct error *why, const struct device *device)
{
	if (!device->driver_known)
		error_set(why, ERROR_HOPELESS, 0, "its driver cannot be read");
	else if (!device->driver)
		error_set(why, ERROR_HOPELESS, 0,
			  device->dma == DMA_DIRECT
				  ? "it has no driver, and firmware names no IOMMU for it"
				  : "it has no driver");
	else if (device->dma == DMA_DIRECT)
		error_set(why, ERROR_HOPELESS, 0, "its driver is %s, and %s", device->driver,
			  dma_why_direct(device));
	else
		error_set(why, ERROR_HOPELESS, 0, "its driver is %s", device->driver);
}

/* Without the module vfio, the mode is as its default: off. */
enum answer wait_noiommu(const struct root *root)
{
	char text[8];
	ssize_t length = root_read_text(
		root, "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", text, sizeof(text));

	if (root_is_absence((int)length))
		return ANSWER_NO;
	if (length != 1)
		return ANSWER_UNKNOWN;
	return *text == 'N' ? ANSWER_NO : ANSWER_YES;
}
