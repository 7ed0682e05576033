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
 * struct log_line - the parts of a line; all point into it
 * @stamp: its time as the log has it, without brackets and blanks at the ends, or none
 * @text: from the prefix on     @prefix: "DRIVER NAME" or "BUS NAME" as dev_printk writes it, or
 * the word that a driver's pr_fmt puts in front     @message: the text after the prefix
 */
struct log_line {
	struct span stamp, text, prefix, message;
};

/**
 * log_line_split - split a line in one of the forms
 *     <6>[    1.234567][    T1] PREFIX: MESSAGE               /dev/kmsg, dmesg -r
 *     [Sat Nov 28 16:44:33 2026] PREFIX: MESSAGE              dmesg -T
 *     kern  :err   : [    1.234567] PREFIX: MESSAGE           dmesg -x
 *     2026-11-28T16:44:33,123456+00:00 PREFIX: MESSAGE        dmesg --time-format iso
 *     [    1.234567] HOST kernel: PREFIX: MESSAGE             journalctl -k -o short-monotonic
 *     Nov 28 16:44:33 HOST kernel: PREFIX: MESSAGE            journalctl -k
 * Level, time and caller may be missing.
 * Returns: false for a line of a process (a facility other than the kernel's, or in a journal
 * another name than "kernel"), a line longer than the kernel's, and a line without prefix.
 */
bool log_line_split(struct span line, struct log_line *ret_line);

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

/** log_last_word - the part of @words after its last blank */
struct span log_last_word(struct span words);
