/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int exit_status;
} codes[ERROR_CODE_COUNT] = {
	[ERROR_NONE] = {"none", 0},
	[ERROR_IO] = {"io", 1},
	[ERROR_USAGE] = {"usage", 2},
	[ERROR_NO_MATCH] = {"no_match", 6},
	[ERROR_PERMISSION] = {"permission", 9},
	[ERROR_MALFORMED] = {"malformed", 1},
	[ERROR_TIMED_OUT] = {"timed_out", 7},
	[ERROR_HOPELESS] = {"cannot_come_true", 12},
	[ERROR_REFUSED] = {"refused", 3},
	[ERROR_ROLLED_BACK] = {"rolled_back", 4},
	[ERROR_UNFINISHED] = {"unfinished", 5},
	[ERROR_LOCKED] = {"locked", 10},
	[ERROR_INTERRUPTED] = {"recover_first", 11},
};

static void format_escaped(char *out, size_t size, const char *format, va_list arguments)
{
	char raw[1024];

	vsnprintf(raw, sizeof(raw), format, arguments);
	text_escape(raw, strlen(raw), out, size);
}

int error_set(struct error *e, enum error_code code, int cause, const char *format, ...)
{
	va_list arguments;
	size_t used;

	memset(e, 0, sizeof(*e));
	e->code = code;
	e->cause = cause;
	va_start(arguments, format);
	format_escaped(e->message, sizeof(e->message), format, arguments);
	va_end(arguments);
	used = strlen(e->message);
	if (cause)
		snprintf(e->message + used, sizeof(e->message) - used, ": %s", strerror(-cause));
	return cause ? cause : -EINVAL;
}

void error_wrap(struct error *e, const char *format, ...)
{
	char clause[sizeof(e->message)], whole[2 * sizeof(e->message) + 2];
	va_list arguments;

	va_start(arguments, format);
	format_escaped(clause, sizeof(clause), format, arguments);
	va_end(arguments);
	snprintf(whole, sizeof(whole), "%s: %s", clause, e->message);
	memcpy(e->message, whole, sizeof(e->message) - 1);
}

void error_add(struct error *e, const char *format, ...)
{
	char clause[sizeof(e->message)];
	size_t used = strlen(e->message);
	va_list arguments;

	va_start(arguments, format);
	format_escaped(clause, sizeof(clause), format, arguments);
	va_end(arguments);
	snprintf(e->message + used, sizeof(e->message) - used, "; %s", clause);
}

void error_remedy(struct error *e, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_escaped(e->remedy, sizeof(e->remedy), format, arguments);
	va_end(arguments);
}

const char *error_code_name(enum error_code code)
{
	return codes[code].name;
}

int error_exit_status(enum error_code code)
{
	return codes[code].exit_status;
}
