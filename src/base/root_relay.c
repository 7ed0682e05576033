/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root_parts.h"
#include "base/text.h"

#include <string.h>

#define RELAY_WORD "file "

/* In a child: the file that its accesses are written to, or NULL. */
static FILE *relay;

void root_relay(FILE *out)
{
	relay = out;
}

static void write_escaped(const char *path)
{
	for (; *path; path++) {
		if (*path == '\n' || *path == '\\')
			putc('\\', relay);
		putc(*path == '\n' ? 'n' : *path, relay);
	}
}

void relay_access(enum root_access access, const char *path, ssize_t result)
{
	if (!relay || (is_answer(access, result) && !root_is_watched()))
		return;
	fprintf(relay, RELAY_WORD "%d %zd ", (int)access, result);
	write_escaped(path);
	putc('\n', relay);
}

/* Unescape in place: escaped text is never shorter. */
static void unescape(char *path)
{
	char *out = path;

	for (; *path; path++) {
		bool escaped = *path == '\\' && path[1];

		path += escaped;
		*out = *path;
		if (escaped && *path == 'n')
			*out = '\n';
		out++;
	}
	*out = '\0';
}

/* Parse a line of root_relay. @line: NUL-terminated, after its first word */
static void pass_line(const struct root *root, char *line)
{
	unsigned access;
	ssize_t result;
	int used = 0;

	if (sscanf(line, "%u %zd %n", &access, &result, &used) != 2 || !used ||
	    access >= ROOT_ACCESS_COUNT)
		return;
	unescape(line + used);
	root_passed(root, access, line + used, result);
}

size_t root_take_relayed(const struct root *root, char *text, size_t length)
{
	char *out = text, *end = text + length;

	for (char *line = text, *next; line < end; line = next) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		next = newline ? newline + 1 : end;
		if (!text_starts(line, RELAY_WORD)) {
			memmove(out, line, (size_t)(next - line));
			out += next - line;
			continue;
		}
		if (!newline)
			continue;
		*newline = '\0';
		pass_line(root, line + strlen(RELAY_WORD));
	}
	*out = '\0';
	return (size_t)(out - text);
}
