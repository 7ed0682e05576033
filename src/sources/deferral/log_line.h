/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_line - one line of the kernel log, taken apart from its beginning
 *
 * A device can choose text that the kernel logs (the product name of a USB device). Such text
 * stands after a prefix of the kernel's own, so only what is read from the start of a line on is
 * the kernel's word.
 */
#pragma once

#include "base/text.h"

/**
 * log_line_split - "<6>[    1.234567][    T1] PREFIX: MESSAGE"; level, time and caller may lack
 * @ret_text: from the prefix on     @ret_prefix: dev_printk puts "DRIVER NAME" or "BUS NAME" there
 * Returns: false for a line of a process (a facility other than 0), a line longer than the
 * kernel's, and one without prefix.
 */
bool log_line_split(struct span line, struct span *ret_text, struct span *ret_prefix,
		    struct span *ret_message);

/** log_take_words - true where @rest starts with @words, which are then taken off */
bool log_take_words(struct span *rest, const char *words);

/** log_take_number - take a number of that base off; false where there is none */
bool log_take_number(struct span *rest, unsigned base, int64_t *ret_number);

/** log_take_until - take off all up to and with @words; @ret_before: what stood before them */
bool log_take_until(struct span *rest, const char *words, struct span *ret_before);
