/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/fake_machine.h"

#include "base/arena.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct dump {
	const char *dir;
	const char *bus;
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

static void put_names(const struct dump *dump, const char *what, const char *folder)
{
	struct dirent **names;
	int count = scandir(folder, &names, NULL, alphasort);

	if (count < 0)
		return;
	fprintf(dump->out, "%s:", what);
	for (int i = 0; i < count; i++) {
		if (*names[i]->d_name != '.')
			fprintf(dump->out, " %s", names[i]->d_name);
		free(names[i]);
	}
	free(names);
	fputc('\n', dump->out);
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

/* Print links that were left in a driver's folder. */
static void put_driver(void *context, const char *name)
{
	const struct dump *dump = context;
	char folder[FAKE_PATH_SIZE], file[FAKE_PATH_SIZE + 272];
	struct dirent **names;
	int count;

	snprintf(folder, sizeof(folder), "%s/sys/bus/%s/drivers/%s", dump->dir, dump->bus, name);
	count = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		snprintf(file, sizeof(file), "%s/%s/uevent", folder, names[i]->d_name);
		if (*names[i]->d_name != '.' && access(file, F_OK) == 0)
			fprintf(dump->out, "driver %s has %s\n", name, names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
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

static void put_groups(const struct dump *dump)
{
	char folder[FAKE_PATH_SIZE], path[FAKE_PATH_SIZE + 512], what[64];
	struct dirent **names;
	int count;

	snprintf(folder, sizeof(folder), "%s/sys/kernel/iommu_groups", dump->dir);
	count = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (*names[i]->d_name != '.') {
			snprintf(path, sizeof(path), "%s/%s/devices", folder, names[i]->d_name);
			snprintf(what, sizeof(what), "group %.32s", names[i]->d_name);
			put_names(dump, what, path);
			snprintf(path, sizeof(path), "%s/%s/type", folder, names[i]->d_name);
			put_type(dump, what, path);
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

/*
 * Print only nodes of groups: the numbers of vfioX are the lowest that are free, and have no
 * meaning.
 */
static void put_nodes(const struct dump *dump)
{
	char folder[FAKE_PATH_SIZE];
	struct dirent **names;
	int count;

	snprintf(folder, sizeof(folder), "%s/dev/vfio", dump->dir);
	count = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (strspn(names[i]->d_name, "0123456789") == strlen(names[i]->d_name))
			fprintf(dump->out, "node /dev/vfio/%s\n", names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

static void put_rules(const struct dump *dump)
{
	char folder[FAKE_PATH_SIZE];
	struct dirent **names;
	int count;

	snprintf(folder, sizeof(folder), "%s/run/udev/rules.d", dump->dir);
	count = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (*names[i]->d_name != '.')
			fprintf(dump->out, "rule %s\n", names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

char *machine_dump(const char *dir)
{
	char *text = NULL;
	size_t length;
	struct dump dump = {.dir = dir, .out = open_memstream(&text, &length)};

	if (!dump.out)
		memory_exhausted();
	machine_each_bus(dir, put_bus, &dump);
	put_groups(&dump);
	put_nodes(&dump);
	put_rules(&dump);
	if (fclose(dump.out) != 0)
		memory_exhausted();
	return text;
}
