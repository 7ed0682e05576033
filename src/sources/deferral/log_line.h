/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_line - parse one line of the kernel log from its start
 *
 * A device can choose text that the kernel logs (the product name of a USB device). Such text
 * follows a prefix that the kernel wrote, so only words matched from the start of the line are the
 * kernel's own.
 */
#pragma once

#include "base/text.h"

/**
 * log_line_split - split "<6>[    1.234567][    T1] PREFIX: MESSAGE"; level, time and caller may be
 * missing
 * @ret_text: from the prefix on     @ret_prefix: "DRIVER NAME" or "BUS NAME" as dev_printk writes
 * it
 * Returns: false for a line of a process (a facility other than 0), a line longer than the
 * kernel's, and a line without prefix.
 */
bool log_line_split(struct span line, struct span *ret_text, struct span *ret_prefix,
		    struct span *ret_message);

/** log_take_words - true where @rest starts with @words, which are then removed from @rest */
bool log_take_words(struct span *rest, const char *words);

/**
 * log_take_number - parse a number of that base and remove it from @rest; false where there is none
 */
bool log_take_number(struct span *rest, unsigned base, int64_t *ret_number);

/**
 * log_take_until - remove everything up to the end of @words from @rest; @ret_before: the text
 * before @words
 */
bool log_take_until(struct span *rest, const char *words, struct span *ret_before);
