/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver core of the fake kernel: which driver a device gets, and what a probe does to it. */
#include "support/fake_parts.h"

#include "base/text.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

void fake_form_group(const struct fake_kernel *fake, const char *device)
{
	for (size_t i = 0; i < fake->late_count; i++)
		if (strcmp(fake->late[i].device, text_basename(device)) == 0 &&
		    machine_group(device) < 0)
			machine_join_group(fake->dir, device, fake->late[i].group);
}

bool fake_driver_matches(const struct fake_driver *driver, const char *device)
{
	char override[FAKE_NAME_SIZE], modalias[FAKE_NAME_SIZE];

	if (machine_override(device, override))
		return strcmp(override, driver->name) == 0;
	return driver->claims && machine_modalias(device, modalias) &&
	       fnmatch(driver->claims, modalias, 0) == 0;
}

static int probe(const struct fake_kernel *fake, const struct fake_driver *driver,
		 const char *device)
{
	const struct fake_shared *shared = fake->shared;

	if (driver->vfio && machine_group(device) < 0)
		return -EINVAL;
	if (strcmp(driver->name, shared->failing_driver) == 0)
		return -shared->failing_error;
	return 0;
}

/* drivers/base/dd.c: really_probe */
int fake_attach(const struct fake_kernel *fake, const struct fake_fault *fault,
		const struct fake_driver *driver, const char *device, bool *ret_probed)
{
	int result;

	*ret_probed = false;
	if (strcmp(fake->shared->deferred, text_basename(device)) == 0)
		return -FAKE_DEFERRED;
	if (fake_sriov_holds_off(device)) {
		*ret_probed = true;
		return -ENODEV;
	}
	fake_form_group(fake, device);
	if (!driver->vfio && fake->shared->held >= 0 && machine_group(device) == fake->shared->held)
		return -EBUSY;
	*ret_probed = true;
	machine_set_driver(fake->dir, device, driver->name);
	machine_link(fake->dir, driver->bus, device, driver->name);
	fake_strikes_midway(fake->shared, fault);
	result = probe(fake, driver, device);
	if (result < 0) {
		machine_unlink(fake->dir, driver->bus, device, driver->name);
		machine_set_driver(fake->dir, device, NULL);
	} else if (driver->vfio && !fake->shared->nodeless) {
		machine_vfio_comes(fake->dir, device);
	}
	return result;
}

/* drivers/base/dd.c: device_attach */
int fake_attach_any(const struct fake_kernel *fake, const struct fake_fault *fault, const char *bus,
		    const char *device)
{
	const struct fake_driver *driver;
	bool probed;

	for (size_t i = 0; (driver = fake_driver_at(i)); i++) {
		int result;

		if (strcmp(driver->bus, bus) != 0 || !fake_driver_matches(driver, device) ||
		    !machine_registered(fake->dir, bus, driver->name))
			continue;
		result = fake_attach(fake, fault, driver, device, &probed);
		if (result == 0)
			return 0;
		if (!probed)
			return -EINVAL;
	}
	return 0;
}
