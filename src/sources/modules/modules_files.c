/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules/modules_files.h"

#include "base/text.h"
#include "sources/modules/module_options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The flag MFD_NOEXEC_SEAL is from linux/memfd.h of 6.3. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

enum {
	CONFIGURATION_MAX = 1 << 20, /* largest size of the configuration, in bytes */
	NAMES_MAX = 1024,
};

const char *const modules_index_files[MODULES_INDEX_FILES] = {
	"modules.alias.bin",	     "modules.dep.bin",	    "modules.builtin.bin",
	"modules.builtin.alias.bin", "modules.softdep",	    "modules.weakdep",
	"modules.builtin.modinfo",   "modules.symbols.bin", "modules.devname"};

const char *const modules_folders[] = {"kernel", "updates", "extra", "weak-updates", NULL};

const char *const modules_setting_folders[] = {
	"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/lib/modprobe.d", NULL};

int shelf_make(char shelf[static SHELF_SIZE])
{
	const char *above = getenv("TMPDIR");

	if (snprintf(shelf, SHELF_SIZE, "%s/iommuctl-XXXXXX", above && *above ? above : "/tmp") >=
	    SHELF_SIZE)
		return -ENAMETOOLONG;
	return mkdtemp(shelf) ? 0 : -errno;
}

void shelf_remove(const char *shelf)
{
	_autoclose_ int folder = *shelf ? open(shelf, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	if (folder < 0)
		return;
	for (size_t i = 0; i < MODULES_INDEX_FILES; i++)
		unlinkat(folder, modules_index_files[i], 0);
	for (size_t i = 0; modules_folders[i]; i++)
		unlinkat(folder, modules_folders[i], 0);
	rmdir(shelf);
}

static int open_for_shelf(const struct root *root, const char *path, bool is_folder)
{
	return is_folder ? root_openat(root, path, O_PATH | O_DIRECTORY)
			 : root_open_file(root, path, O_NONBLOCK);
}

static int put_on_shelf(const struct root *root, const char *release, int shelf, const char *name,
			bool is_folder)
{
	char path[PATH_SIZE], link[32];
	int fd = root_path(root, path, "/lib/modules/%s/%s", release, name);

	if (fd >= 0)
		fd = open_for_shelf(root, path, is_folder);
	if (fd < 0)
		return fd;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return symlinkat(link, shelf, name) < 0 ? -errno : 0;
}

/* A capture may lack index files; only modules.alias.bin is required, as every query needs it. */
static int fill_shelf(const struct root *root, const char *release, const char *path)
{
	_autoclose_ int shelf = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (shelf < 0)
		return -errno;
	for (size_t i = 0; i < MODULES_INDEX_FILES; i++) {
		int result = put_on_shelf(root, release, shelf, modules_index_files[i], false);

		if (result < 0 && (i == 0 || !root_is_absence(result)))
			return result;
	}
	for (size_t i = 0; modules_folders[i]; i++) {
		int result = put_on_shelf(root, release, shelf, modules_folders[i], true);

		if (result < 0 && !root_is_absence(result))
			return result;
	}
	return 0;
}

static int try_to_open(const struct root *root, const char *release, const char *name)
{
	char path[PATH_SIZE];
	int result = root_path(root, path, "/lib/modules/%s/%s", release, name);
	_autoclose_ int fd = result < 0 ? result : root_open_file(root, path, O_NONBLOCK);

	return fd < 0 ? fd : 0;
}

/* libkmod opens the files by name: whether they can be opened shows here. */
static int try_index_files(const struct root *root, const char *release)
{
	for (size_t i = 0; i < MODULES_INDEX_FILES; i++) {
		int result = try_to_open(root, release, modules_index_files[i]);

		if (result < 0 && (i == 0 || !root_is_absence(result)))
			return result;
	}
	return 0;
}

static int open_index(const struct root *root, const char *release, const char *shelf,
		      struct modules_files *files)
{
	char path[PATH_SIZE];
	int folder;

	if (!*release || *release == '.' || strchr(release, '/'))
		return -EBADMSG;
	if (*shelf) {
		snprintf(files->index, sizeof(files->index), "%s", shelf);
		return fill_shelf(root, release, shelf);
	}
	folder = root_path(root, path, "/lib/modules/%s", release);
	if (folder >= 0)
		folder = root_openat(root, path, O_RDONLY | O_DIRECTORY);
	if (folder < 0)
		return folder;
	snprintf(files->index, sizeof(files->index), "/proc/self/fd/%d", folder);
	return try_index_files(root, release);
}

/* A file of modprobe.d(5). */
struct configuration_file {
	const char *name, *path;
};

struct configuration {
	const struct root *root;
	struct arena *arena;
	const char *folder;
	struct configuration_file files[NAMES_MAX];
	size_t count;
};

static bool is_file_listed(const struct configuration *configuration, const char *name)
{
	for (size_t i = 0; i < configuration->count; i++)
		if (strcmp(configuration->files[i].name, name) == 0)
			return true;
	return false;
}

static int list_file(void *context, const char *name)
{
	struct configuration *configuration = context;

	if (*name == '.' || !text_before_end(name, ".conf") || is_file_listed(configuration, name))
		return 0;
	if (configuration->count == NAMES_MAX)
		return -E2BIG;
	configuration->files[configuration->count++] = (struct configuration_file){
		.name = arena_strdup(configuration->arena, name),
		.path = arena_concat(configuration->arena, configuration->folder, "/", name),
	};
	return 0;
}

static int compare_file_names(const void *a, const void *b)
{
	const struct configuration_file *one = a, *other = b;

	return strcmp(one->name, other->name);
}

static int list_files(struct configuration *configuration)
{
	for (size_t i = 0; modules_setting_folders[i]; i++) {
		int result;

		configuration->folder = modules_setting_folders[i];
		result = root_list(configuration->root, configuration->folder, list_file,
				   configuration);
		if (result < 0 && !root_is_absence(result))
			return result;
	}
	qsort(configuration->files, configuration->count, sizeof(*configuration->files),
	      compare_file_names);
	return 0;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t step = write(fd, bytes, length);

		if (step < 0)
			return -errno;
		bytes += step;
		length -= (size_t)step;
	}
	return 0;
}

/*
 * libkmod reads the command line of this machine. The command line of a captured tree is added to
 * the configuration, after the files, in libkmod's order.
 */
static int copy_command_line(const struct configuration *configuration, int out)
{
	char line[ATTRIBUTE_MAX];
	ssize_t length = root_read_text(configuration->root, "/proc/cmdline", line, sizeof(line));
	const char *lines;

	if (length < 0)
		return root_is_absence((int)length) ? 0 : (int)length;
	lines = module_options_lines(configuration->arena, line);
	return write_all(out, lines, strlen(lines));
}

/*
 * Add two newlines to a configuration file: they end a last line that has no newline, or that ends
 * in a backslash.
 */
static int copy_file(const struct configuration *configuration, const char *path, int out)
{
	char *bytes;
	size_t length;
	int result = root_read_all(configuration->root, configuration->arena, path,
				   CONFIGURATION_MAX, &bytes, &length);

	if (result < 0)
		return root_is_absence(result) ? 0 : result;
	result = write_all(out, bytes, length);
	return result < 0 ? result : write_all(out, "\n\n", 2);
}

/*
 * Open a file in memory. Kernels from 6.3 on may refuse an executable memfd (vm.memfd_noexec);
 * older kernels do not know the flag for others.
 */
static int open_memory(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, MFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_configuration(const struct root *root, struct modules_files *files)
{
	static struct configuration configuration;
	_autoarena_ struct arena *arena = arena_new();
	int out = open_memory("modprobe.d"), result;

	if (out < 0)
		return out;
	configuration = (struct configuration){.root = root, .arena = arena};
	result = list_files(&configuration);
	for (size_t i = 0; i < configuration.count && result == 0; i++)
		result = copy_file(&configuration, configuration.files[i].path, out);
	if (result == 0 && !root_is_live(root))
		result = copy_command_line(&configuration, out);
	snprintf(files->configuration, sizeof(files->configuration), "/proc/self/fd/%d", out);
	files->settings = out;
	return result;
}

int modules_files_open(const struct root *root, const char *release, const char *shelf,
		       struct modules_files *ret_files)
{
	int result = open_index(root, release, shelf, ret_files);

	return result < 0 ? result : open_configuration(root, ret_files);
}

/* @text: @size bytes and a NUL; libkmod reads on after a NUL among the bytes. */
static bool mentions(const char *text, size_t size, const char *name)
{
	for (size_t i = 0; i < size; i++)
		if (text_after_module(text + i, name))
			return true;
	return false;
}

/* libkmod reads the command line of this machine itself; that of a capture is in the file. */
static bool command_line_mentions(const struct root *root, const char *name)
{
	char line[ATTRIBUTE_MAX];
	ssize_t length =
		root_is_live(root) ? root_read_text(root, "/proc/cmdline", line, sizeof(line)) : 0;

	return length < 0 || mentions(line, (size_t)length, name);
}

bool modules_files_mention(const struct root *root, const struct modules_files *files,
			   const char *name)
{
	off_t size = lseek(files->settings, 0, SEEK_END);
	_autofree_ char *text = size < 0 ? NULL : calloc((size_t)size + 1, 1);

	if (!text || pread(files->settings, text, (size_t)size, 0) != size)
		return true;
	return mentions(text, (size_t)size, name) || command_line_mentions(root, name);
}
