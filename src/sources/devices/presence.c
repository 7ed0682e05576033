/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether each PCI device answers: the header of its config space, which reads as all ones where
 * the device is gone or has failed; whether it sleeps; and whether a removable device uses ATS.
 */
#include "base/guard.h"
#include "model/pci.h"
#include "sources/devices/pci_config.h"
#include "sources/sources.h"

#include <string.h>

/* The config spaces to read, and their devices. */
struct headers {
	struct guarded *files;
	struct device **devices;
	size_t count;
};

/* Of a captured tree every file may be read: no device wakes. */
static bool is_asleep(const struct reading *reading, const struct device *device)
{
	return root_is_live(reading->root) && pci_config_sleeps(reading->root, device->path);
}

/* "D3cold" also stands for a device that no longer answers, and such a device is not asleep. */
static bool has_no_power(const struct reading *reading, const struct device *device)
{
	char state[16], status[16];

	return root_readf_text(reading->root, state, sizeof(state), "%s/power_state",
			       device->path) > 0 &&
	       strcmp(state, "D3cold") == 0 &&
	       root_readf_text(reading->root, status, sizeof(status), "%s/power/runtime_status",
			       device->path) > 0 &&
	       strcmp(status, "suspended") == 0;
}

static void list_header(const struct reading *reading, struct device *device,
			struct headers *headers)
{
	device->without_power = has_no_power(reading, device);
	if (device->without_power || is_asleep(reading, device))
		return;
	headers->files[headers->count] = (struct guarded){
		.dir = device->path,
		.name = "config",
		.reader =
			device->removable == ANSWER_YES ? pci_config_read : pci_config_read_header,
	};
	headers->devices[headers->count++] = device;
}

static void apply_header(const struct guarded *file, struct device *device)
{
	struct pci_config config;

	if (file->status)
		return;
	config = pci_config_parse(file->text, file->length);
	if (config.gone)
		device->answers = ANSWER_NO;
	else if (config.header_type >= 0)
		device->answers = ANSWER_YES;
	if (!config.gone && config.complete && device->removable == ANSWER_YES)
		device->uses_ats = config.ats ? ANSWER_YES : ANSWER_NO;
}

int source_presence(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct headers headers = {0};
	size_t most = build_device_count(reading->build);
	int result;

	if (!reading_wants(reading, FACT_PRESENCE))
		return 0;
	scratch = arena_new();
	headers.files = arena_array(scratch, most, sizeof(*headers.files));
	headers.devices = arena_array(scratch, most, sizeof(*headers.devices));
	for (size_t i = 0; i < most; i++) {
		struct device *device = build_device_at(reading->build, i);

		if (device_is_pci(device))
			list_header(reading, device, &headers);
	}
	result = guard_read(reading->root, scratch, headers.files, headers.count, e);
	for (size_t i = 0; result == 0 && i < headers.count; i++)
		apply_header(&headers.files[i], headers.devices[i]);
	reading_done(reading, "presence");
	return result;
}
