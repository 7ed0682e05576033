/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern - match the message of a log line with the format that a driver printed it with
 *
 * A pattern is the driver's own format string with these conversions in place of printf's:
 *     %a  address, hexadecimal                %s  stream ID, hexadecimal     %d  stream ID, decimal
 *     %i  PASID, hexadecimal                  %p  PCI function               %n  name of a device
 *     %m  name of the IOMMU                   %x  code, hexadecimal          %u  code, decimal
 *     %w  words up to the text that follows   %_  any number of blanks       %*  the rest
 * All other characters stand for themselves. "0x" is written in the pattern: it tells a
 * hexadecimal number from a decimal one between kernels.
 */
#pragma once

#include "base/text.h"
#include "model/fault.h"

enum {
	PATTERN_CODES = 5,
	PATTERN_WORDS = 4,
};

/** struct fields - what the conversions of a pattern matched, in order */
struct fields {
	uint64_t codes[PATTERN_CODES];
	size_t code_count;
	struct span words[PATTERN_WORDS];
	size_t word_count;
};

/**
 * pattern_match - true where all of @message matches @pattern
 * @fault: gets the fields of %a, %s, %d, %i, %p, %n and %m; only complete where the result is true
 */
bool pattern_match(const char *pattern, struct span message, struct fault *fault,
		   struct fields *fields);

/**
 * fault_copy - copy @text to @out, a member of struct fault
 * Returns: false, with @out cut, where it does not fit.
 */
bool fault_copy(char *out, size_t size, struct span text);
