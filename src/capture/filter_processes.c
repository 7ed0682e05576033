/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root.h"
#include "capture/filter_text.h"
#include "capture/filters.h"

#include <ctype.h>
#include <string.h>

bool is_device_node(const char *link)
{
	static const char *const common[] = {"null", "zero", "full", "random", "urandom",
					     "tty",  "ptmx", "pts/", "shm/",   "hugepages/"};
	const char *node = text_after(link, "/dev/");

	for (size_t i = 0; node && i < ARRAY_SIZE(common); i++)
		if (common[i][strlen(common[i]) - 1] == '/' ? text_starts(node, common[i])
							    : strcmp(node, common[i]) == 0)
			return false;
	return node || strstr(link, "/vfio/") || strstr(link, "anon_inode:[vfio") ||
	       strcmp(link, "anon_inode:[io_uring]") == 0;
}

/*
 * False for mappings of other files than device nodes: they would tell the programs and libraries
 * in use.
 */
static bool is_of_device_node(struct span line)
{
	char path[4096];
	const char *slash = memchr(line.start, '/', line.length);
	size_t length = slash ? (size_t)(line.start + line.length - slash) : 0;

	snprintf(path, sizeof(path), "%.*s", (int)length, slash ? slash : "");
	path[strcspn(path, "\n")] = '\0';
	return is_device_node(path);
}

struct span filter_mappings(struct span text, struct disguise *disguise)
{
	return filter_select(text, disguise, is_of_device_node);
}

/*
 * Write a line of a ring's list of files, "    0: /dev/sda": other files than device nodes become
 * "<none>". Older kernels print the last part of a path only, which need not be a node's: such a
 * line is left out, and check calls the ring's files unknown.
 */
static void write_ring_file(FILE *out, struct span line)
{
	char text[PATH_SIZE], *file;

	snprintf(text, sizeof(text), "%.*s", (int)line.length, line.start);
	text[strcspn(text, "\n")] = '\0';
	file = strstr(text, ": ");
	if (!file || (file[2] != '/' && strcmp(file + 2, "<none>") != 0))
		return;
	fprintf(out, "%.*s: %s\n", (int)(file - text), text,
		is_device_node(file + 2) ? file + 2 : "<none>");
}

struct span filter_ring(struct span text, struct disguise *disguise)
{
	struct filter_output output;
	struct span line;
	bool in_list = false;

	filter_begin(&output);
	while ((line = filter_next_line(&text)).length) {
		/* Lines of a list begin with a number, after blanks where it is short. */
		bool is_item = *line.start == ' ' || isdigit((unsigned char)*line.start);

		if (!is_item)
			in_list = filter_line_starts(line, "UserFiles:");
		if (in_list && !is_item)
			fwrite(line.start, 1, line.length, output.file);
		else if (in_list)
			write_ring_file(output.file, line);
	}
	return filter_end(&output, disguise);
}

/*
 * Keep the argument that names the guest. Words are separated by NUL: "qemu-system-x86_64",
 * "-name", "guest=web,debug-threads=on".
 */
struct span filter_guest_name(struct span text, struct disguise *disguise)
{
	const char *end = text.start + text.length, *name = NULL;
	struct filter_output output;

	for (const char *word = text.start; word < end && !name;
	     word += strnlen(word, (size_t)(end - word)) + 1)
		if (strncmp(word, "-name", (size_t)(end - word)) == 0)
			name = word + sizeof("-name");
	filter_begin(&output);
	if (name && name < end) {
		fwrite("-name", 1, sizeof("-name"), output.file);
		fwrite(name, 1, strnlen(name, (size_t)(end - name)), output.file);
		putc('\0', output.file);
	}
	return filter_end(&output, disguise);
}
