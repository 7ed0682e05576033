/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/fake_machine.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GROUPS "/sys/kernel/iommu_groups"

/* @bus, @driver: those that are printed now */
struct dump {
	const char *dir;
	const char *bus, *driver;
	FILE *out;
};

/* Print the last word of a link, or "-". */
static void put_link(const struct dump *dump, const char *path)
{
	char target[FAKE_PATH_SIZE];
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	const char *slash;

	target[length < 0 ? 0 : length] = '\0';
	slash = strrchr(target, '/');
	fputs(slash ? slash + 1 : "-", dump->out);
}

/* Print a line "functions of 0000:02:00.0: 2, autoprobe 1" for a physical function. */
static void put_functions(const struct dump *dump, const char *name, const char *device)
{
	static const char *const files[] = {"sriov_numvfs", "sriov_drivers_autoprobe"};
	char path[FAKE_PATH_SIZE + 32], text[2][16] = {"", ""};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", device, files[i]);
		file = fopen(path, "re");
		if (!file)
			return;
		if (fgets(text[i], sizeof(text[i]), file))
			text[i][strcspn(text[i], "\n")] = '\0';
		fclose(file);
	}
	fprintf(dump->out, "functions of %s: %s, autoprobe %s\n", name, text[0], text[1]);
}

/* Print a line "pci 0000:01:00.0: driver=nvme link=nvme back=yes override=- group=1 vfio=no". */
static void put_device(void *context, const char *name)
{
	const struct dump *dump = context;
	char device[FAKE_PATH_SIZE], path[FAKE_PATH_SIZE + 512];
	char driver[FAKE_NAME_SIZE] = "-", override[FAKE_NAME_SIZE];
	bool back;

	if (!machine_device(dump->dir, dump->bus, name, device))
		return;
	put_functions(dump, name, device);
	if (!machine_driver(device, driver))
		strcpy(driver, "-");
	fprintf(dump->out, "%s %s: driver=%s link=", dump->bus, name, driver);
	snprintf(path, sizeof(path), "%s/driver", device);
	put_link(dump, path);
	snprintf(path, sizeof(path), "%s/sys/bus/%s/drivers/%s/%s", dump->dir, dump->bus, driver,
		 name);
	back = access(path, F_OK) == 0;
	snprintf(path, sizeof(path), "%s/vfio-dev", device);
	fprintf(dump->out, " back=%s override=%s group=%d vfio=%s\n", back ? "yes" : "no",
		machine_override(device, override) ? override : "-", machine_group(device),
		access(path, F_OK) == 0 ? "yes" : "no");
}

/* Print a device whose link was left in the folder of a driver. */
static void put_left(void *context, const char *name)
{
	const struct dump *dump = context;
	char file[FAKE_PATH_SIZE + 512];

	snprintf(file, sizeof(file), "%s/sys/bus/%s/drivers/%s/%s/uevent", dump->dir, dump->bus,
		 dump->driver, name);
	if (access(file, F_OK) == 0)
		fprintf(dump->out, "driver %s has %s\n", dump->driver, name);
}

static void put_driver(void *context, const char *name)
{
	struct dump *dump = context;
	char folder[FAKE_PATH_SIZE];

	snprintf(folder, sizeof(folder), "/sys/bus/%s/drivers/%s", dump->bus, name);
	dump->driver = name;
	machine_each_name(dump->dir, folder, put_left, dump);
}

/* Print the switch of the driver core, where it is off. */
static void put_autoprobe(const struct dump *dump)
{
	char path[FAKE_PATH_SIZE], text[8] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/sys/bus/%s/drivers_autoprobe", dump->dir, dump->bus);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(text, sizeof(text), file) && *text != '1')
		fprintf(dump->out, "bus %s binds no new device\n", dump->bus);
	fclose(file);
}

static void put_bus(void *context, const char *name)
{
	struct dump *dump = context;

	dump->bus = name;
	put_autoprobe(dump);
	machine_each_device(dump->dir, name, put_device, dump);
	machine_each_driver(dump->dir, name, put_driver, dump);
}

/* Print the type of a group, if it has one. */
static void put_type(const struct dump *dump, const char *what, const char *path)
{
	char text[32] = "";
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	if (fgets(text, sizeof(text), file))
		text[strcspn(text, "\n")] = '\0';
	fprintf(dump->out, "type of %s: %s\n", what, text);
	fclose(file);
}

static void put_name(void *context, const char *name)
{
	const struct dump *dump = context;

	fprintf(dump->out, " %s", name);
}

/* Print the members of a group, and its type. */
static void put_group(void *context, const char *name)
{
	struct dump *dump = context;
	char path[FAKE_PATH_SIZE + 512], what[64];

	snprintf(path, sizeof(path), GROUPS "/%s/devices", name);
	fprintf(dump->out, "group %s:", name);
	machine_each_name(dump->dir, path, put_name, dump);
	fputc('\n', dump->out);
	snprintf(what, sizeof(what), "group %.32s", name);
	snprintf(path, sizeof(path), "%s" GROUPS "/%s/type", dump->dir, name);
	put_type(dump, what, path);
}

/* Print a node only of a group: the number of vfioX is the lowest that is free, and has no meaning.
 */
static void put_node(void *context, const char *name)
{
	const struct dump *dump = context;

	if (strspn(name, "0123456789") == strlen(name))
		fprintf(dump->out, "node /dev/vfio/%s\n", name);
}

static void put_rule(void *context, const char *name)
{
	const struct dump *dump = context;

	fprintf(dump->out, "rule %s\n", name);
}

char *machine_dump(const char *dir)
{
	char *text = NULL;
	size_t length;
	struct dump dump = {.dir = dir, .out = open_memstream(&text, &length)};

	if (!dump.out)
		memory_exhausted();
	machine_each_bus(dir, put_bus, &dump);
	machine_each_name(dir, GROUPS, put_group, &dump);
	machine_each_name(dir, "/dev/vfio", put_node, &dump);
	machine_each_name(dir, "/run/udev/rules.d", put_rule, &dump);
	if (fclose(dump.out) != 0)
		memory_exhausted();
	return text;
}
