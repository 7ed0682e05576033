/* SPDX-License-Identifier: GPL-2.0-or-later */
/* document_bounds - whether bytes are small and flat enough for a JSON parser */
#pragma once

#include "base/error.h"

#include <stddef.h>

/**
 * document_bounds - 0, or ERROR_MALFORMED where the bytes have more values, lists and objects than
 * a document of 100,000 devices, or are nested deeper than any
 * Counts what stands outside of strings; whether the rest is JSON is for the parser to say.
 */
_must_check_ int document_bounds(const char *bytes, size_t length, struct error *e);

enum {
	/** the deepest nesting that a parser has to take */
	DOCUMENT_DEPTH_MAX = 16,
};
