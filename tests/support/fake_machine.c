/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/fake_machine.h"

#include "base/arena.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(FAKE_PATH_SIZE >= PATH_MAX, "realpath fits");

_Noreturn static void give_up(const char *what)
{
	fprintf(stderr, "fake machine: %s: %s\n", what, strerror(errno));
	abort();
}

_printf_(2, 3) static void join(char path[static FAKE_PATH_SIZE], const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(path, FAKE_PATH_SIZE, format, arguments);
	va_end(arguments);
	if (length < 0 || length >= FAKE_PATH_SIZE) {
		errno = ENAMETOOLONG;
		give_up(format);
	}
}

static void make_folder(const char *path)
{
	char above[FAKE_PATH_SIZE];

	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return;
	if (errno != ENOENT)
		give_up(path);
	join(above, "%s", path);
	*strrchr(above, '/') = '\0';
	make_folder(above);
	make_folder(path);
}

/* Replace a file at once: a reader sees the old text or the new one, as in sysfs. */
static void put_text(const char *dir, const char *path, const char *text)
{
	char fresh[FAKE_PATH_SIZE];
	FILE *file;

	join(fresh, "%s/.new", dir);
	file = fopen(fresh, "we");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0 || rename(fresh, path) < 0)
		give_up(path);
}

static void put_link(const char *path, const char *target)
{
	if (symlink(target, path) < 0 && errno != EEXIST)
		give_up(path);
}

static void remove_path(const char *path)
{
	if (remove(path) < 0 && errno != ENOENT)
		give_up(path);
}

static bool there(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* The first line of a file in @device; false where there is none. */
static bool read_line(const char *device, const char *name, char ret_line[static FAKE_NAME_SIZE])
{
	char path[FAKE_PATH_SIZE];
	FILE *file;
	bool found;

	join(path, "%s/%s", device, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fgets(ret_line, FAKE_NAME_SIZE, file);
	fclose(file);
	if (found)
		ret_line[strcspn(ret_line, "\n")] = '\0';
	return found;
}

/* The last word of the target of the link @name in @device. */
static bool read_link(const char *device, const char *name, char ret_word[static FAKE_NAME_SIZE])
{
	char path[FAKE_PATH_SIZE], target[FAKE_PATH_SIZE];
	ssize_t length;

	join(path, "%s/%s", device, name);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = '\0';
	snprintf(ret_word, FAKE_NAME_SIZE, "%s", text_basename(target));
	return true;
}

bool machine_device(const char *dir, const char *bus, const char *name,
		    char ret_device[static FAKE_PATH_SIZE])
{
	char path[FAKE_PATH_SIZE];

	join(path, "%s/sys/bus/%s/devices/%s", dir, bus, name);
	return *name && !strchr(name, '/') && realpath(path, ret_device);
}

/* "../../" for each folder from @from up to the tree's. */
static void climb(const char *dir, const char *from, char ret_way[static FAKE_PATH_SIZE])
{
	size_t used = 0;

	*ret_way = '\0';
	for (const char *at = strchr(from + strlen(dir) + 1, '/'); at; at = strchr(at + 1, '/'))
		used += (size_t)snprintf(ret_way + used, FAKE_PATH_SIZE - used, "../");
}

/* Make a link within the tree. @to: the target's path below @dir */
static void link_within(const char *dir, const char *from, const char *to)
{
	char way[FAKE_PATH_SIZE], target[FAKE_PATH_SIZE];

	climb(dir, from, way);
	join(target, "%s%s", way, to);
	put_link(from, target);
}

/* The path of a device below @dir, which may itself contain links. */
static const char *below(const char *device)
{
	return strstr(device, "/sys/devices/") + 1;
}

static void driver_folder(const char *dir, const char *bus, const char *driver,
			  char ret_path[static FAKE_PATH_SIZE])
{
	join(ret_path, "%s/sys/bus/%s/drivers/%s", dir, bus, driver);
}

bool machine_driver(const char *device, char ret_driver[static FAKE_NAME_SIZE])
{
	char path[FAKE_PATH_SIZE], line[FAKE_NAME_SIZE];
	bool found = false;
	FILE *file;

	join(path, "%s/uevent", device);
	file = fopen(path, "re");
	if (!file)
		give_up(path);
	while (!found && fgets(line, sizeof(line), file)) {
		const char *name = text_after(line, "DRIVER=");

		found = name;
		if (found)
			snprintf(ret_driver, FAKE_NAME_SIZE, "%.*s", (int)strcspn(name, "\n"),
				 name);
	}
	fclose(file);
	return found;
}

void machine_set_driver(const char *dir, const char *device, const char *driver)
{
	char path[FAKE_PATH_SIZE], text[FAKE_PATH_SIZE], line[FAKE_NAME_SIZE];
	size_t used = 0;
	FILE *file;

	join(path, "%s/uevent", device);
	if (driver)
		used = (size_t)snprintf(text, sizeof(text), "DRIVER=%s\n", driver);
	text[used] = '\0';
	file = fopen(path, "re");
	if (!file)
		give_up(path);
	while (fgets(line, sizeof(line), file))
		if (!text_starts(line, "DRIVER="))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", line);
	fclose(file);
	put_text(dir, path, text);
}

void machine_link(const char *dir, const char *bus, const char *device, const char *driver)
{
	char folder[FAKE_PATH_SIZE], path[FAKE_PATH_SIZE];

	driver_folder(dir, bus, driver, folder);
	join(path, "%s/driver", device);
	link_within(dir, path, folder + strlen(dir) + 1);
	join(path, "%s/%s", folder, text_basename(device));
	link_within(dir, path, below(device));
}

void machine_unlink(const char *dir, const char *bus, const char *device, const char *driver)
{
	char folder[FAKE_PATH_SIZE], path[FAKE_PATH_SIZE];

	driver_folder(dir, bus, driver, folder);
	join(path, "%s/driver", device);
	remove_path(path);
	join(path, "%s/%s", folder, text_basename(device));
	remove_path(path);
}

bool machine_override(const char *device, char ret_override[static FAKE_NAME_SIZE])
{
	return read_line(device, "driver_override", ret_override) &&
	       strcmp(ret_override, "(null)") != 0;
}

void machine_set_override(const char *dir, const char *device, const char *override)
{
	char path[FAKE_PATH_SIZE], text[FAKE_PATH_SIZE];

	join(path, "%s/driver_override", device);
	join(text, "%s\n", override ? override : "(null)");
	put_text(dir, path, text);
}

bool machine_modalias(const char *device, char ret_modalias[static FAKE_NAME_SIZE])
{
	return read_line(device, "modalias", ret_modalias);
}

int machine_group(const char *device)
{
	char word[FAKE_NAME_SIZE];
	uint64_t number;

	return read_link(device, "iommu_group", word) && text_number(word, 10, &number)
		       ? (int)number
		       : -1;
}

void machine_join_group(const char *dir, const char *device, int group)
{
	char folder[FAKE_PATH_SIZE], path[FAKE_PATH_SIZE];

	join(folder, "%s/sys/kernel/iommu_groups/%d", dir, group);
	join(path, "%s/devices", folder);
	make_folder(path);
	join(path, "%s/type", folder);
	if (!there(path))
		put_text(dir, path, "DMA\n");
	join(path, "%s/reserved_regions", folder);
	if (!there(path))
		put_text(dir, path, "");
	join(path, "%s/devices/%s", folder, text_basename(device));
	link_within(dir, path, below(device));
	join(path, "%s/iommu_group", device);
	link_within(dir, path, folder + strlen(dir) + 1);
}

void machine_vfio_comes(const char *dir, const char *device)
{
	char path[FAKE_PATH_SIZE], class[FAKE_PATH_SIZE];
	int number = 0;

	/* The lowest free number (drivers/vfio/vfio_main.c: vfio_init_device). */
	do
		join(class, "%s/sys/class/vfio-dev/vfio%d", dir, number);
	while (there(class) && ++number);
	join(path, "%s/sys/class/vfio-dev", dir);
	make_folder(path);
	join(path, "%s/vfio-dev/vfio%d", device, number);
	make_folder(path);
	link_within(dir, class, below(path));
	join(path, "%s/dev/vfio", dir);
	make_folder(path);
	join(path, "%s/dev/vfio/%d", dir, machine_group(device));
	put_text(dir, path, "");
}

/* True where a member of the group has a VFIO driver. */
static bool group_has_vfio(const char *dir, int group)
{
	char path[FAKE_PATH_SIZE];
	struct dirent **names;
	bool found = false;
	int count;

	join(path, "%s/sys/kernel/iommu_groups/%d/devices", dir, group);
	count = scandir(path, &names, NULL, NULL);
	for (int i = 0; i < count; i++) {
		join(path, "%s/sys/kernel/iommu_groups/%d/devices/%s/vfio-dev", dir, group,
		     names[i]->d_name);
		found = found || (*names[i]->d_name != '.' && there(path));
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return found;
}

void machine_vfio_goes(const char *dir, const char *device)
{
	char folder[FAKE_PATH_SIZE], path[FAKE_PATH_SIZE];
	struct dirent **names;
	int count;

	join(folder, "%s/vfio-dev", device);
	count = scandir(folder, &names, NULL, NULL);
	for (int i = 0; i < count; i++) {
		if (*names[i]->d_name != '.') {
			join(path, "%s/sys/class/vfio-dev/%s", dir, names[i]->d_name);
			remove_path(path);
			join(path, "%s/%s", folder, names[i]->d_name);
			remove_path(path);
		}
		free(names[i]);
	}
	if (count < 0)
		return;
	free(names);
	remove_path(folder);
	join(path, "%s/dev/vfio/%d", dir, machine_group(device));
	if (!group_has_vfio(dir, machine_group(device)))
		remove_path(path);
}

void machine_register(const char *dir, const char *bus, const char *driver, const char *module)
{
	static const char *const files[] = {"bind", "unbind"};
	char folder[FAKE_PATH_SIZE], path[FAKE_PATH_SIZE], to[FAKE_PATH_SIZE];

	driver_folder(dir, bus, driver, folder);
	make_folder(folder);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		join(path, "%s/%s", folder, files[i]);
		put_text(dir, path, "");
	}
	if (!module)
		return;
	join(path, "%s/module", folder);
	join(to, "sys/module/%s", module);
	link_within(dir, path, to);
}

bool machine_registered(const char *dir, const char *bus, const char *driver)
{
	char folder[FAKE_PATH_SIZE];

	driver_folder(dir, bus, driver, folder);
	return there(folder);
}

bool machine_load(const char *dir, const char *module)
{
	char path[FAKE_PATH_SIZE];

	join(path, "%s/sys/module/%s/initstate", dir, module);
	if (there(path))
		return false;
	*strrchr(path, '/') = '\0';
	make_folder(path);
	join(path, "%s/sys/module/%s/initstate", dir, module);
	put_text(dir, path, "live\n");
	return true;
}

static int shows(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

void machine_each_name(const char *dir, const char *folder,
		       void (*each)(void *context, const char *name), void *context)
{
	char path[FAKE_PATH_SIZE];
	struct dirent **names;
	int count;

	join(path, "%s%s", dir, folder);
	count = scandir(path, &names, shows, alphasort);
	for (int i = 0; i < count; i++) {
		each(context, names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

void machine_each_device(const char *dir, const char *bus,
			 void (*each)(void *context, const char *name), void *context)
{
	char folder[FAKE_PATH_SIZE];

	join(folder, "/sys/bus/%s/devices", bus);
	machine_each_name(dir, folder, each, context);
}

void machine_each_bus(const char *dir, void (*each)(void *context, const char *name), void *context)
{
	machine_each_name(dir, "/sys/bus", each, context);
}

void machine_each_driver(const char *dir, const char *bus,
			 void (*each)(void *context, const char *name), void *context)
{
	char folder[FAKE_PATH_SIZE];

	join(folder, "/sys/bus/%s/drivers", bus);
	machine_each_name(dir, folder, each, context);
}
