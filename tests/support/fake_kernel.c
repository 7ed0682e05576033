/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/fake_parts.h"
#include "support/tree.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* drivers/base/driver.c: driver_set_override accepts less than a page */
	OVERRIDE_MAX = 4094,
};

/* A write that is being served. @file is below the root, @bytes as they were written. */
struct serving {
	const struct fake_kernel *fake;
	const char *file;
	const char *bytes;
	size_t length;
	const struct fake_fault *fault;
};

/* Read a name from a write; one trailing newline is allowed (lib/string_helpers.c: sysfs_streq). */
static void read_name(const struct serving *serving, char name[static FAKE_NAME_SIZE])
{
	size_t length = serving->length;

	if (length && serving->bytes[length - 1] == '\n')
		length--;
	snprintf(name, FAKE_NAME_SIZE, "%.*s", (int)length, serving->bytes);
}

static int serve_bind(const struct serving *serving, const char *bus, const char *driver_name)
{
	const struct fake_driver *driver = fake_driver_named(bus, driver_name);
	char name[FAKE_NAME_SIZE], device[FAKE_PATH_SIZE], bound[FAKE_NAME_SIZE];
	bool probed;
	int result;

	read_name(serving, name);
	if (!driver || !machine_device(serving->fake->dir, bus, name, device) ||
	    !fake_driver_matches(driver, device))
		return -ENODEV;
	if (machine_driver(device, bound))
		return -EBUSY;
	result = fake_attach(serving->fake, serving->fault, driver, device, &probed);
	return result == -FAKE_DEFERRED ? -EAGAIN : result;
}

static int serve_unbind(const struct serving *serving, const char *bus, const char *driver_name)
{
	const struct fake_kernel *fake = serving->fake;
	const struct fake_driver *driver = fake_driver_named(bus, driver_name);
	char name[FAKE_NAME_SIZE], device[FAKE_PATH_SIZE], bound[FAKE_NAME_SIZE];

	read_name(serving, name);
	if (!machine_device(fake->dir, bus, name, device) || !machine_driver(device, bound) ||
	    strcmp(bound, driver_name) != 0)
		return -ENODEV;
	machine_unlink(fake->dir, bus, device, driver_name);
	fake_strikes_midway(fake->shared, serving->fault);
	if (driver && driver->vfio) {
		if (machine_group(device) == fake->shared->held)
			fake_wait(fake->shared);
		machine_vfio_goes(fake->dir, device);
	}
	machine_set_driver(fake->dir, device, NULL);
	return 0;
}

static int serve_drivers_probe(const struct serving *serving, const char *bus)
{
	char name[FAKE_NAME_SIZE], device[FAKE_PATH_SIZE], bound[FAKE_NAME_SIZE];

	read_name(serving, name);
	if (!machine_device(serving->fake->dir, bus, name, device))
		return -ENODEV;
	return machine_driver(device, bound)
		       ? 0
		       : fake_attach_any(serving->fake, serving->fault, bus, device);
}

static int serve_override(const struct serving *serving, const char *folder)
{
	const char *dir = serving->fake->dir;
	char place[FAKE_PATH_SIZE], device[FAKE_PATH_SIZE], text[FAKE_PATH_SIZE];
	size_t length = 0;

	snprintf(place, sizeof(place), "%s%s/driver_override", dir, folder);
	if (access(place, F_OK) < 0)
		return -ENOENT;
	if (serving->length > OVERRIDE_MAX)
		return -EINVAL;
	while (length < serving->length && serving->bytes[length] != '\n')
		length++;
	snprintf(text, sizeof(text), "%.*s", (int)length, serving->bytes);
	snprintf(device, sizeof(device), "%s%s", dir, folder);
	machine_set_override(dir, device, length ? text : NULL);
	return 0;
}

static bool probes_by_itself(const struct fake_kernel *fake)
{
	char path[FAKE_PATH_SIZE], text[8] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers_autoprobe", fake->dir);
	file = fopen(path, "re");
	if (!file || !fgets(text, sizeof(text), file))
		abort();
	fclose(file);
	return *text == '1' || fake->shared->binds_at_once;
}

static void probe_found(void *context, const char *name)
{
	const struct serving *serving = context;
	char device[FAKE_PATH_SIZE];

	if (probes_by_itself(serving->fake) &&
	    machine_device(serving->fake->dir, "pci", name, device))
		fake_attach_any(serving->fake, serving->fault, "pci", device);
}

/* A write to the file rescan of a bus, "…/pci_bus/0000:01/rescan", finds devices beside "pci_bus".
 */
static int serve_rescan(struct serving *serving)
{
	const char *bus = strstr(serving->file, "/pci_bus/");
	char parent[FAKE_PATH_SIZE], place[FAKE_PATH_SIZE * 2];

	if (!bus)
		return -EACCES;
	snprintf(parent, sizeof(parent), "%.*s", (int)(bus - serving->file), serving->file);
	snprintf(place, sizeof(place), "%s%s", serving->fake->dir, parent);
	if (access(place, F_OK) < 0)
		return -ENOENT;
	fake_pci_search(serving->fake, parent, probe_found, serving);
	return 0;
}

static int serve_autoprobe(const struct serving *serving)
{
	char line[FAKE_PATH_SIZE];

	snprintf(line, sizeof(line), "%s = %c\n", serving->file, *serving->bytes);
	tree_unpack(line, serving->fake->dir);
	return 0;
}

static int serve_remove(const struct serving *serving)
{
	char folder[FAKE_PATH_SIZE];

	snprintf(folder, sizeof(folder), "%.*s",
		 (int)(text_basename(serving->file) - 1 - serving->file), serving->file);
	return fake_pci_remove(serving->fake, folder);
}

static int serve_count(const struct serving *serving)
{
	char folder[FAKE_PATH_SIZE], count[FAKE_NAME_SIZE];

	snprintf(folder, sizeof(folder), "%.*s",
		 (int)(text_basename(serving->file) - 1 - serving->file), serving->file);
	read_name(serving, count);
	return fake_sriov_count(serving->fake, folder, count);
}

/* The file is "DEVICE/iommu_group/type". */
static int serve_type(const struct serving *serving)
{
	const char *end = strstr(serving->file, "/iommu_group/");
	char folder[FAKE_PATH_SIZE], type[FAKE_NAME_SIZE];

	if (!end)
		return -ENOENT;
	snprintf(folder, sizeof(folder), "%.*s", (int)(end - serving->file), serving->file);
	read_name(serving, type);
	return fake_domain_type(serving->fake, folder, type);
}

/* udev: the rule is there or gone. The nodes of this machine belong to the user who runs the test.
 */
static int serve_rule(const struct serving *serving)
{
	char path[FAKE_PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/run/udev", serving->fake->dir);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/run/udev/rules.d", serving->fake->dir);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s%s", serving->fake->dir, serving->file);
	if (serving->length == 1)
		return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
	file = fopen(path, "we");
	if (!file || fputs(serving->bytes, file) < 0 || fclose(file) != 0)
		return -EIO;
	return 0;
}

/* Split "/sys/bus/BUS/drivers/DRIVER/FILE". */
static bool split_path(const char *file, char bus[static 64], char driver[static 64],
		       char word[static 64])
{
	return sscanf(file, "/sys/bus/%63[^/]/drivers/%63[^/]/%63[^/]", bus, driver, word) == 3;
}

static int serve(struct serving *serving)
{
	char bus[64], driver[64], word[64], folder[FAKE_PATH_SIZE];
	const char *name = text_basename(serving->file);
	bool of_driver = split_path(serving->file, bus, driver, word);

	/* A write of no bytes never reaches the kernel. */
	if (!serving->length)
		return 0;
	if (text_starts(name, "99-iommuctl-owner-"))
		return serve_rule(serving);
	if (of_driver && !machine_registered(serving->fake->dir, bus, driver))
		return -ENOENT;
	if (of_driver && strcmp(word, "bind") == 0)
		return serve_bind(serving, bus, driver);
	if (of_driver && strcmp(word, "unbind") == 0)
		return serve_unbind(serving, bus, driver);
	if (sscanf(serving->file, "/sys/bus/%63[^/]/%63[^/]", bus, word) == 2 &&
	    strcmp(word, "drivers_probe") == 0)
		return serve_drivers_probe(serving, bus);
	if (strcmp(name, "drivers_autoprobe") == 0 || strcmp(name, "sriov_drivers_autoprobe") == 0)
		return serve_autoprobe(serving);
	if (strcmp(name, "sriov_numvfs") == 0)
		return serve_count(serving);
	if (strcmp(name, "type") == 0)
		return serve_type(serving);
	if (strcmp(name, "remove") == 0)
		return serve_remove(serving);
	if (strcmp(name, "rescan") == 0)
		return serve_rescan(serving);
	if (strcmp(name, "driver_override") == 0) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(name - 1 - serving->file),
			 serving->file);
		return serve_override(serving, folder);
	}
	fprintf(stderr, "fake kernel: nobody should write to %s\n", serving->file);
	return -EACCES;
}

/* Binding of a newly registered driver to the unbound devices that match, as in __driver_attach. */
struct taking {
	const struct serving *serving;
	const struct fake_driver *driver;
};

static void offer_device(void *context, const char *name)
{
	const struct taking *taking = context;
	char device[FAKE_PATH_SIZE], bound[FAKE_NAME_SIZE];
	bool probed;

	if (machine_device(taking->serving->fake->dir, taking->driver->bus, name, device) &&
	    !machine_driver(device, bound) && fake_driver_matches(taking->driver, device))
		fake_attach(taking->serving->fake, taking->serving->fault, taking->driver, device,
			    &probed);
}

static int load(const struct serving *serving, const char *module)
{
	const char *dir = serving->fake->dir;
	char name[FAKE_NAME_SIZE];
	struct taking taking = {.serving = serving};

	snprintf(name, sizeof(name), "%s", module);
	for (char *dash = name; (dash = strchr(dash, '-'));)
		*dash = '_';
	if (!fake_module_known(name))
		return -ENOENT;
	if (text_starts(name, "vfio"))
		machine_load(dir, "vfio");
	if (!machine_load(dir, name))
		return 0;
	for (size_t i = 0; (taking.driver = fake_driver_at(i)); i++) {
		const struct fake_driver *driver = taking.driver;

		if (!driver->module || strcmp(driver->module, name) != 0)
			continue;
		machine_register(dir, driver->bus, driver->name, name);
		machine_each_device(dir, driver->bus, offer_device, &taking);
	}
	return 0;
}

struct probing {
	const struct serving *serving;
	const char *bus;
};

static void probe_device(void *context, const char *name)
{
	const struct probing *probing = context;
	struct serving serving = {
		.fake = probing->serving->fake, .bytes = name, .length = strlen(name)};

	serve_drivers_probe(&serving, probing->bus);
}

static void probe_bus(void *context, const char *bus)
{
	struct probing probing = {context, bus};

	machine_each_device(probing.serving->fake->dir, bus, probe_device, &probing);
}

/* Another process that writes to drivers_probe in a loop does so before the tool looks again. */
static void probe_everything(const struct serving *serving)
{
	if (serving->fake->shared->probing)
		machine_each_bus(serving->fake->dir, probe_bus, (void *)serving);
}

/* Carry out a write or, with @file empty, a load, with the injected faults. */
static int carry_out(const struct fake_kernel *fake, const char *file, const char *text)
{
	unsigned write = fake_log(fake->shared, file, text);
	const struct fake_fault *found = fake_fault_of(fake->shared, write);
	/* Copy the fault: it may be gone after a wait. */
	const struct fake_fault copy = found ? *found : (struct fake_fault){0};
	const struct fake_fault *fault = found ? &copy : NULL;
	const char *bytes = *text ? text : "\n";
	struct serving serving = {fake, file, bytes, strlen(bytes), fault};
	int result;

	fake_strikes_before(fake->shared, fault);
	if (fault && fault->kind == FAKE_FAILS)
		return fake_log_result(fake->shared, write, -fault->detail);
	if (fault && fault->kind == FAKE_LIES)
		return fake_log_result(fake->shared, write, 0);
	result = *file ? serve(&serving) : load(&serving, text);
	fake_hotplugs(fake);
	probe_everything(&serving);
	fake_strikes_after(fake->shared, fault);
	if (fault && fault->kind == FAKE_FAILS_AFTER && result == 0)
		result = -fault->detail;
	return fake_log_result(fake->shared, write, result);
}

static int write_step(const struct kernel *kernel, const struct root *root, const char *file,
		      const char *text)
{
	return carry_out((const struct fake_kernel *)kernel, file, text);
}

static int load_step(const struct kernel *kernel, const struct root *root, const char *module)
{
	return carry_out((const struct fake_kernel *)kernel, "", module);
}

static int give_step(const struct kernel *kernel, const struct root *root, const char *file,
		     const char *rule)
{
	return carry_out((const struct fake_kernel *)kernel, file, rule);
}

static int claim_disk(const struct kernel *kernel, const struct root *root, const char *node,
		      dev_t number)
{
	const struct fake_kernel *fake = (const struct fake_kernel *)kernel;

	return fake->shared->claim_error ? -fake->shared->claim_error
					 : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

struct fake_kernel *fake_new(const char *tree)
{
	struct fake_kernel *fake = calloc(1, sizeof(*fake));
	_autofree_ char *made = tree_new(tree);

	if (!fake)
		memory_exhausted();
	/* Resolve links: paths are compared with those of devices, which contain none. */
	fake->dir = realpath(made, NULL);
	if (!fake->dir)
		abort();
	fake->kernel = (struct kernel){
		.write = write_step, .load = load_step, .give = give_step, .claim = claim_disk};
	fake->shared = fake_shared_new();
	fake_boots_with_type(fake, "DMA");
	fake_boot(fake);
	return fake;
}

void fake_free(struct fake_kernel *fake)
{
	if (!fake)
		return;
	tree_remove(fake->dir);
	fake_shared_free(fake->shared);
	free(fake);
}

const char *fake_dir(const struct fake_kernel *fake)
{
	return fake->dir;
}

const struct kernel *fake_kernel(const struct fake_kernel *fake)
{
	return &fake->kernel;
}

char *fake_dump(const struct fake_kernel *fake)
{
	return machine_dump(fake->dir);
}

int fake_write(const struct fake_kernel *fake, const char *file, const char *bytes, size_t length)
{
	struct serving serving = {fake, file, bytes, length, NULL};

	return serve(&serving);
}

void fake_has_module(const struct fake_kernel *fake, const char *module)
{
	struct serving serving = {.fake = fake};

	if (load(&serving, module) < 0)
		abort();
}

void fake_group_forms_late(struct fake_kernel *fake, const char *device, int group)
{
	struct fake_late *late = &fake->late[fake->late_count++];

	if (fake->late_count > FAKE_LATE_MAX)
		abort();
	snprintf(late->device, sizeof(late->device), "%s", device);
	late->group = group;
}

void fake_group_forms_now(const struct fake_kernel *fake, const char *device)
{
	char folder[FAKE_PATH_SIZE];

	for (size_t i = 0; i < fake->late_count; i++)
		if (strcmp(fake->late[i].device, device) == 0 &&
		    machine_device(fake->dir, "platform", device, folder))
			fake_form_group(fake, folder);
}
