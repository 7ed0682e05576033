/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/duration.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	double ms;
} units[] = {
	{"ms", 1},	    {"s", 1000},	   {"sec", 1000},	  {"m", 60 * 1000},
	{"min", 60 * 1000}, {"h", 60 * 60 * 1000}, {"hr", 3600 * 1000.0}, {"d", 24 * 3600 * 1000.0},
};

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " ");
}

/* Parse digits with at most one dot: strtod alone also accepts "inf", "0x1p3" and signs. */
static bool read_number(const char **text, double *ret_number)
{
	size_t length = strspn(*text, "0123456789.");
	char *end;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	*ret_number = strtod(*text, &end);
	if (errno || end != *text + length)
		return false;
	*text = end;
	return true;
}

/* The milliseconds of the unit at @text; 0 for an unknown unit. */
static double read_unit(const char **text)
{
	size_t length = strspn(*text, "abcdefghijklmnopqrstuvwxyz");

	if (!length)
		return **text ? 0 : 1000;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strlen(units[i].name) == length && memcmp(units[i].name, *text, length) == 0) {
			*text += length;
			return units[i].ms;
		}
	}
	return 0;
}

bool duration_parse(const char *text, int *ret_ms)
{
	double total = 0, number, unit;

	text = skip_blanks(text);
	do {
		if (!read_number(&text, &number))
			return false;
		text = skip_blanks(text);
		unit = read_unit(&text);
		if (!unit)
			return false;
		total += number * unit;
		text = skip_blanks(text);
	} while (*text);
	if (total < 1 || total > INT_MAX)
		return false;
	*ret_ms = (int)total;
	return true;
}
