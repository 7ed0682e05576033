/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/tree.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096, WORDS_MAX = 32 };

_Noreturn static void give_up(const char *what, const char *detail)
{
	fprintf(stderr, "tree: %s: %s\n", what, detail);
	exit(1);
}

static void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			give_up(path, strerror(errno));
		*slash = '/';
	}
}

/* The path of @path below @dir; makes all folders above it. */
_printf_(3, 4) static void place(char *out, const char *dir, const char *format, ...)
{
	va_list arguments;
	int used = snprintf(out, PATH_ROOM, "%s", dir);

	va_start(arguments, format);
	vsnprintf(out + used, (size_t)(PATH_ROOM - used), format, arguments);
	va_end(arguments);
	make_folders(out);
}

static void put_bytes(const char *path, const char *bytes, size_t length)
{
	_autoclose_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		give_up(path, strerror(errno));
}

static void put_line(const char *path, const char *text)
{
	_autofree_ char *line = NULL;

	if (asprintf(&line, "%s\n", text) < 0)
		give_up(path, "out of memory");
	put_bytes(path, line, strlen(line));
}

static void put_link(const char *path, const char *target)
{
	if (symlink(target, path) < 0 && errno != EEXIST)
		give_up(path, strerror(errno));
}

/* Make a relative link between two absolute paths, as sysfs does. */
static void put_relative(const char *dir, const char *from, const char *to)
{
	char path[PATH_ROOM], target[PATH_ROOM] = "";
	size_t shared = 0;

	for (size_t i = 0; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			shared = i + 1;
	for (const char *slash = strchr(from + shared, '/'); slash; slash = strchr(slash + 1, '/'))
		strcat(target, "../");
	strncat(target, to + shared, sizeof(target) - strlen(target) - 1);
	place(path, dir, "%s", from);
	put_link(path, target);
}

static size_t unescape(const char *text, char *out)
{
	size_t used = 0;
	unsigned byte;

	while (*text) {
		if (text[0] == '\\' && text[1] == 'x' && sscanf(text + 2, "%2x", &byte) == 1) {
			out[used++] = (char)byte;
			text += 4;
		} else if (text[0] == '\\' && text[1]) {
			out[used++] = text[1] == 'n' ? '\n' : text[1] == 't' ? '\t' : text[1];
			text += 2;
		} else {
			out[used++] = *text++;
		}
	}
	return used;
}

/* Make the file, link or folder of a line "/path = text", "/path -> target", "/path/". */
static void make_raw(const char *dir, char *line)
{
	char path[PATH_ROOM], *arrow = strstr(line, " -> "), *equals = strstr(line, " = ");
	_autofree_ char *bytes = malloc(strlen(line) + 2);
	size_t length;

	if (equals) {
		char *text = equals + 3, *end = strstr(text, "\\c");

		*equals = '\0';
		place(path, dir, "%s", line);
		if (end)
			*end = '\0';
		length = unescape(text, bytes);
		if (!end)
			bytes[length++] = '\n';
		put_bytes(path, bytes, length);
	} else if (arrow) {
		*arrow = '\0';
		place(path, dir, "%s", line);
		put_link(path, arrow + 4);
	} else {
		place(path, dir, "%s", line);
		if (line[strlen(line) - 1] != '/')
			give_up("neither file, link nor folder", line);
	}
}

/* The words of a line: those before the first KEY=VALUE, and the pairs. */
struct words {
	char *words[WORDS_MAX];
	size_t count;
};

static struct words split(char *line)
{
	struct words words = {0};

	while (*line && words.count < WORDS_MAX) {
		bool quoted = false;
		char *out;

		words.words[words.count++] = out = line;
		for (; *line && (quoted || *line != ' '); line++) {
			if (*line == '"')
				quoted = !quoted;
			else
				*out++ = *line;
		}
		while (*line == ' ')
			line++;
		*out = '\0';
	}
	return words;
}

static const char *value_of(const struct words *words, const char *key)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *rest = text_after(words->words[i], key);

		if (rest && *rest == '=')
			return rest + 1;
	}
	return NULL;
}

static void make_uevent(const char *dir, const char *device, const struct words *words)
{
	static const struct {
		const char *key, *line;
	} lines[] = {{"driver", "DRIVER"},
		     {"class", "PCI_CLASS"},
		     {"id", "PCI_ID"},
		     {"of", "OF_FULLNAME"}};
	char path[PATH_ROOM], text[PATH_ROOM] = "";

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *value = value_of(words, lines[i].key);
		size_t used = strlen(text);

		if (value)
			snprintf(text + used, sizeof(text) - used, "%s=%s\n", lines[i].line, value);
	}
	place(path, dir, "%s/uevent", device);
	put_bytes(path, text, strlen(text));
}

static void join_group(const char *dir, const char *device, const char *group)
{
	char from[PATH_ROOM], to[PATH_ROOM];

	snprintf(from, sizeof(from), "%s/iommu_group", device);
	snprintf(to, sizeof(to), "/sys/kernel/iommu_groups/%s", group);
	put_relative(dir, from, to);
	snprintf(from, sizeof(from), "/sys/kernel/iommu_groups/%s/devices/%s", group,
		 text_basename(device));
	put_relative(dir, from, device);
}

static unsigned hex_value(const struct words *words, const char *key, unsigned otherwise)
{
	const char *value = value_of(words, key);

	return value ? (unsigned)strtoul(value, NULL, 16) : otherwise;
}

/* A Device Serial Number as the last capability of @extended space, behind those that are there. */
static void put_serial(unsigned char *extended, unsigned long long serial)
{
	enum { SERIAL = 0x70, ACS = 0x50 };

	memcpy(extended + SERIAL, "\x03\0\x01\0", 4);
	for (size_t i = 0; i < 8; i++)
		extended[SERIAL + 4 + i] = (unsigned char)(serial >> 8 * i);
	if (extended[0])
		memcpy(extended + ACS + 2, "\x01\x17", 2);
	else
		memcpy(extended, "\x01\0\x01\x17", 4);
}

/*
 * Make a PCI config space from header=TYPE [pcie=TYPE [acs=CAPABLE/CONTROLS]
 * [serial=NUMBER]] [config=short];
 * short: without root only the header can be read.
 */
static void make_config(const char *dir, const char *device, const struct words *words)
{
	enum { EXPRESS = 0x40, EXTENDED = 0x100, SIZE = 4096, HEADER_SIZE = 64 };
	const char *acs = value_of(words, "acs"), *serial = value_of(words, "serial");
	unsigned char config[SIZE] = {0x86, 0x80, 0x34, 0x12};
	unsigned capable, controls;
	char path[PATH_ROOM];

	config[0x0e] = (unsigned char)hex_value(words, "header", 0);
	if (value_of(words, "pcie")) {
		config[0x06] = 0x10;
		config[0x34] = EXPRESS;
		config[EXPRESS] = 0x10;
		config[EXPRESS + 2] = (unsigned char)(hex_value(words, "pcie", 0) << 4 | 2);
	}
	if (acs && sscanf(acs, "%x/%x", &capable, &controls) == 2) {
		/* Put another capability before ACS. */
		memcpy(config + EXTENDED, "\x01\0\x01\x15", 4);
		memcpy(config + EXTENDED + 0x50, "\x0d\0\x01\0", 4);
		config[EXTENDED + 0x54] = (unsigned char)capable;
		config[EXTENDED + 0x56] = (unsigned char)controls;
	}
	if (serial)
		put_serial(config + EXTENDED, strtoull(serial, NULL, 16));
	place(path, dir, "%s/config", device);
	put_bytes(path, (const char *)config, value_of(words, "config") ? HEADER_SIZE : SIZE);
}

static void make_device(const char *dir, const char *bus, const char *device,
			const struct words *words)
{
	const char *group = value_of(words, "group"), *driver = value_of(words, "driver");
	const char *override = value_of(words, "override"), *numa = value_of(words, "numa");
	char path[PATH_ROOM], from[PATH_ROOM], to[PATH_ROOM];

	make_uevent(dir, device, words);
	place(path, dir, "%s/driver_override", device);
	put_line(path, override ? override : "(null)");
	place(path, dir, "%s/numa_node", device);
	put_line(path, numa ? numa : "-1");
	snprintf(from, sizeof(from), "/sys/bus/%s/devices/%s", bus, text_basename(device));
	put_relative(dir, from, device);
	if (value_of(words, "header"))
		make_config(dir, device, words);
	if (group)
		join_group(dir, device, group);
	if (!driver)
		return;
	snprintf(from, sizeof(from), "%s/driver", device);
	snprintf(to, sizeof(to), "/sys/bus/%s/drivers/%s", bus, driver);
	put_relative(dir, from, to);
	place(path, dir, "%s/", to);
}

static void make_group(const char *dir, const struct words *words)
{
	const char *type = value_of(words, "type"), *regions = value_of(words, "regions");
	char path[PATH_ROOM], bytes[PATH_ROOM];
	size_t length;

	place(path, dir, "/sys/kernel/iommu_groups/%s/devices/", words->words[1]);
	place(path, dir, "/sys/kernel/iommu_groups/%s/type", words->words[1]);
	put_line(path, type ? type : "DMA");
	place(path, dir, "/sys/kernel/iommu_groups/%s/reserved_regions", words->words[1]);
	length = unescape(regions ? regions : "", bytes);
	if (regions)
		bytes[length++] = '\n';
	put_bytes(path, bytes, length);
}

/* iommu NAME [device=PATH] [address=HEX] serves=PATH[,PATH…] */
static void make_iommu(const char *dir, const struct words *words)
{
	const char *name = words->words[1], *device = value_of(words, "device");
	const char *address = value_of(words, "address"), *serves = value_of(words, "serves");
	_autofree_ char *list = strdup(serves ? serves : "");
	char home[PATH_ROOM], from[2 * PATH_ROOM], path[PATH_ROOM], *save;

	snprintf(home, sizeof(home), "%s/iommu/%s", device ? device : "/sys/devices/virtual", name);
	place(path, dir, "%s/", home);
	snprintf(from, sizeof(from), "/sys/class/iommu/%s", name);
	put_relative(dir, from, home);
	if (device) {
		snprintf(from, sizeof(from), "%s/device", home);
		put_relative(dir, from, device);
	}
	if (address) {
		place(path, dir, "%s/intel-iommu/address", home);
		put_line(path, address);
	}
	for (char *one = strtok_r(list, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		snprintf(from, sizeof(from), "%s/devices/%s", home, text_basename(one));
		put_relative(dir, from, one);
	}
}

/* interface CLASS NAME of DEVICE */
static void make_interface(const char *dir, const struct words *words)
{
	char from[PATH_ROOM], to[PATH_ROOM], path[PATH_ROOM];

	snprintf(to, sizeof(to), "%s/%s/%s", words->words[4], words->words[1], words->words[2]);
	place(path, dir, "%s/", to);
	snprintf(from, sizeof(from), "/sys/class/%s/%s", words->words[1], words->words[2]);
	put_relative(dir, from, to);
}

/* node SUBSYSTEM NAME MAJOR:MINOR at PATH [type=TYPE]: a folder of sysfs that has a node in /dev */
static void make_node(const char *dir, const struct words *words)
{
	const char *subsystem = words->words[1], *home = words->words[5];
	const char *type = value_of(words, "type");
	char path[PATH_ROOM], from[PATH_ROOM], to[PATH_ROOM];
	unsigned major, minor;
	_autofree_ char *text = NULL;

	if (words->count < 6 || sscanf(words->words[3], "%u:%u", &major, &minor) != 2)
		give_up("do not understand the line of a node", words->words[0]);
	if (asprintf(&text, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\nDEVTYPE=%s", major, minor,
		     words->words[2], type ? type : "disk") < 0)
		give_up("node", "out of memory");
	place(path, dir, "%s/uevent", home);
	put_line(path, text);
	place(path, dir, "%s/dev", home);
	put_line(path, words->words[3]);
	snprintf(from, sizeof(from), "%s/subsystem", home);
	snprintf(to, sizeof(to), "/sys/class/%s", subsystem);
	put_relative(dir, from, to);
	snprintf(from, sizeof(from), "/sys/class/%s/%s", subsystem, text_basename(home));
	put_relative(dir, from, home);
	snprintf(from, sizeof(from), "/sys/dev/%s/%u:%u",
		 strcmp(subsystem, "block") == 0 ? "block" : "char", major, minor);
	put_relative(dir, from, home);
	if (strcmp(subsystem, "block") != 0)
		return;
	place(path, dir, "%s/holders/", home);
	snprintf(from, sizeof(from), "/sys/block/%s", text_basename(home));
	if (!type)
		put_relative(dir, from, home);
}

static void make_line(const char *dir, char *line)
{
	char device[PATH_ROOM];
	struct words words;

	if (*line == '/') {
		make_raw(dir, line);
		return;
	}
	words = split(line);
	if (!words.count || *words.words[0] == '#')
		return;
	if (strcmp(words.words[0], "group") == 0) {
		make_group(dir, &words);
	} else if (strcmp(words.words[0], "node") == 0) {
		make_node(dir, &words);
	} else if (strcmp(words.words[0], "iommu") == 0) {
		make_iommu(dir, &words);
	} else if (strcmp(words.words[0], "interface") == 0) {
		make_interface(dir, &words);
	} else if (words.count > 3 && strcmp(words.words[2], "in") == 0) {
		snprintf(device, sizeof(device), "/sys/devices/%s/%s", words.words[3],
			 words.words[1]);
		make_device(dir, words.words[0], device, &words);
	} else if (words.count > 1) {
		snprintf(device, sizeof(device), "/sys/devices/%s/%s", words.words[0],
			 words.words[1]);
		make_device(dir, words.words[0], device, &words);
	} else {
		give_up("do not understand the line", words.words[0]);
	}
}

void tree_unpack(const char *text, const char *dir)
{
	_autofree_ char *lines = strdup(text);
	char *next = lines, *line;

	while ((line = strsep(&next, "\n")))
		make_line(dir, line + strspn(line, " \t"));
}

const char *tree_place(void)
{
	const char *chosen = getenv("TMPDIR");

	if (chosen)
		return chosen;
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

char *tree_new(const char *text)
{
	char *dir;

	if (asprintf(&dir, "%s/iommuctl-tree.XXXXXX", tree_place()) < 0 || !mkdtemp(dir))
		give_up("cannot make a folder", strerror(errno));
	tree_unpack(text, dir);
	return dir;
}

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	return remove(path);
}

void tree_remove(char *dir)
{
	nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
}
