/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text - small questions about text: numbers, natural order, escaping, sysfs paths
 *
 * Nothing here allocates. Lengths are bytes; buffers are always NUL-terminated on return.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/** struct span - @length bytes at @start, not NUL-terminated; { NULL, 0 } is none */
struct span {
	const char *start;
	size_t length;
};

bool text_starts(const char *text, const char *prefix);

/**
 * text_after - what follows @prefix in @text
 * Returns: a pointer into @text, or NULL where it does not start so.
 */
const char *text_after(const char *text, const char *prefix);

/**
 * text_number - a whole unsigned number in @base (16 also takes a leading 0x)
 * Returns: true and *ret_value for digits and nothing else; false, *ret_value untouched, otherwise.
 */
bool text_number(const char *text, unsigned base, uint64_t *ret_value);

enum {
	/** room for any number in any base from 8 on */
	TEXT_NUMBER_SIZE = 32,
};

/**
 * text_from_number - digits, with zeros in front up to @width; half of all cells are numbers, and
 * printf would be a quarter of the whole work of "show"
 * @out: TEXT_NUMBER_SIZE bytes, NUL-terminated     Returns: the length.
 */
size_t text_from_number(int64_t number, unsigned base, int width, char *out);

/** text_has_word - true where @word stands in @text between spaces, as in the kernel's command line
 */
bool text_has_word(const char *text, const char *word);

/** text_join - "DIR/NAME" into @out; false, and @out untouched, where it does not fit */
bool text_join(const char *dir, const char *name, char *out, size_t size);

/** text_basename - what follows the last '/' (all of @path where there is none) */
const char *text_basename(const char *path);

/** text_natural - compare as people count: "eth2" before "eth10"; like strcmp otherwise */
int text_natural(const char *a, const char *b);

/** text_distance - edit distance of two names, at most @limit + 1; for "did you mean" */
unsigned text_distance(const char *a, const char *b, unsigned limit);

/**
 * text_escape - make bytes safe to print: control characters and broken UTF-8 become \xNN
 * @out: NUL-terminated, cut at a whole character where @size is too small
 * Returns: length of the result.
 */
size_t text_escape(const char *bytes, size_t length, char *out, size_t size);

/** text_is_safe - true where text_escape would change nothing */
bool text_is_safe(const char *bytes, size_t length);

/** text_trim - length of @bytes without the newlines at its end */
size_t text_trim(const char *bytes, size_t length);

/**
 * text_line_value - value of KEY in lines of "KEY=value" (a uevent file)
 * Returns: the value up to its newline, or none.
 */
struct span text_line_value(struct span lines, const char *key);

/**
 * text_resolve - where a symbolic link leads, without asking the file system
 * @dir: absolute path of the folder that holds the link     @target: what the link says
 * Works on sysfs, whose folders have no links in the middle. ".." stops at the root; an absolute
 * @target starts there. Returns: length of the absolute path, or -ENAMETOOLONG.
 */
ssize_t text_resolve(const char *dir, const char *target, char *out, size_t size);

/**
 * text_override - what a driver_override file means
 * Unset it reads "(null)", on SPI an empty line; no driver is called that.
 * Returns: @text, or NULL where none is set.
 */
const char *text_override(const char *text);

/**
 * text_after_module - what follows the module name @module in @text
 * The kernel takes '-' and '_' in names of modules, and in those of drivers that are called like
 * their module, for the same. Returns: a pointer into @text, or NULL where it starts otherwise.
 */
const char *text_after_module(const char *text, const char *module);

/** text_same_module - true for two spellings of one module */
bool text_same_module(const char *one, const char *other);

/**
 * text_put_quoted - write @text as one word of a shell, in quotes where it needs them
 * Any user that may mount a disk or rename an interface chooses such a name: a shell must not take
 * it apart.
 */
void text_put_quoted(FILE *out, const char *text);
