/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/document_bounds.h"

#include <stdbool.h>

enum {
	/*
	 * A value takes up to 100 bytes of memory, a list or object 400. A device has 40 values and
	 * some lists.
	 */
	VALUES_MAX = 8 << 20,
	LISTS_MAX = 1 << 20,
};

struct tally {
	size_t values, lists, depth, deepest;
	bool in_text, escaped;
};

static void count_character(struct tally *tally, char character)
{
	if (tally->in_text) {
		tally->in_text = tally->escaped || character != '"';
		tally->escaped = !tally->escaped && character == '\\';
		return;
	}
	switch (character) {
	case '"':
		tally->in_text = true;
		break;
	case ',':
		tally->values++;
		break;
	case '[':
	case '{':
		tally->lists++;
		tally->deepest = ++tally->depth > tally->deepest ? tally->depth : tally->deepest;
		break;
	case ']':
	case '}':
		tally->depth -= tally->depth > 0;
		break;
	default:
		break;
	}
}

int document_bounds(const char *bytes, size_t length, struct error *e)
{
	struct tally tally = {0};

	for (size_t i = 0; i < length; i++)
		count_character(&tally, bytes[i]);
	if (tally.values > VALUES_MAX || tally.lists > LISTS_MAX)
		return error_set(e, ERROR_MALFORMED, 0, "the document has too many values");
	if (tally.deepest > DOCUMENT_DEPTH_MAX)
		return error_set(e, ERROR_MALFORMED, 0, "the document is nested too deep");
	return 0;
}
