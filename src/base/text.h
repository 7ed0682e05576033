/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text - functions on text: numbers, natural order, escaping, sysfs paths
 *
 * None of them allocates. Lengths are bytes; buffers are always NUL-terminated on return.
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

/** span_is - true where @span is the text @text */
bool span_is(struct span span, const char *text);

/** span_skip_blanks - remove blanks and tabs from the start of @rest */
void span_skip_blanks(struct span *rest);

/**
 * span_take_number - parse the digits of @base at the start of @rest and remove them
 * Returns: false, with @rest unchanged, where there is none, or their number is too large.
 */
bool span_take_number(struct span *rest, unsigned base, uint64_t *ret_number);

bool text_starts(const char *text, const char *prefix);

/** same_text - true for equal texts, and for two NULLs */
bool same_text(const char *one, const char *other);

/**
 * text_after - the part of @text after @prefix
 * Returns: a pointer into @text, or NULL where it does not start with @prefix.
 */
const char *text_after(const char *text, const char *prefix);

/**
 * text_before_end - the number of bytes of @text before @end, which are its last ones
 * Returns: at least 1; 0 where it ends otherwise, or is nothing but @end.
 */
size_t text_before_end(const char *text, const char *end);

/** text_digit - the value of a hexadecimal digit of either case; -1 for any other character */
int text_digit(char digit);

/**
 * text_number - a whole unsigned number in @base (16 also takes a leading 0x)
 * Returns: true and *ret_value for digits and nothing else; false, *ret_value untouched, otherwise.
 */
bool text_number(const char *text, unsigned base, uint64_t *ret_value);

enum {
	/** size of a buffer for any number in any base from 8 on */
	TEXT_NUMBER_SIZE = 32,
};

/**
 * text_from_number - the digits of a number, with leading zeros up to @width. Half of all cells are
 * numbers: with printf they would take a quarter of the time of "show".
 * @out: TEXT_NUMBER_SIZE bytes, NUL-terminated     Returns: the length.
 */
size_t text_from_number(int64_t number, unsigned base, int width, char *out);

/**
 * text_has_word - true where @text contains @word between spaces, as in the kernel's command line
 */
bool text_has_word(const char *text, const char *word);

/** text_join - "DIR/NAME" into @out; false, and @out untouched, where it does not fit */
bool text_join(const char *dir, const char *name, char *out, size_t size);

/**
 * text_is_below - true for a @path inside the folder @above, compared as text
 * Paths of sysfs with all links followed; a path is not below itself.
 */
bool text_is_below(const char *path, const char *above);

/** text_is_within - true where @path is @above or a path below it */
bool text_is_within(const char *path, const char *above);

/** text_basename - the part after the last '/' (all of @path if it has none) */
const char *text_basename(const char *path);

/** text_natural - compare with numbers by value: "eth2" before "eth10"; like strcmp otherwise */
int text_natural(const char *a, const char *b);

/** text_distance - edit distance of two names, at most @limit + 1; for "did you mean" */
unsigned text_distance(const char *a, const char *b, unsigned limit);

/**
 * text_escape - make bytes safe to print: control characters and broken UTF-8 become \xNN
 * @out: NUL-terminated, cut at a whole character where @size is too small
 * Returns: length of the result.
 */
size_t text_escape(const char *bytes, size_t length, char *out, size_t size);

/**
 * text_plain_length - how many bytes at the start of @bytes, which has @length, are printable ASCII
 */
size_t text_plain_length(const char *bytes, size_t length);

/** text_is_safe - true where text_escape would change nothing */
bool text_is_safe(const char *bytes, size_t length);

/** text_trim - the length of @bytes without newlines at the end */
size_t text_trim(const char *bytes, size_t length);

/**
 * text_line_value - the value of KEY in lines of "KEY=value" (a uevent file)
 * Returns: the value up to its newline, or none.
 */
struct span text_line_value(struct span lines, const char *key);

/**
 * text_line_values - text_line_value for several @keys in one pass: @values, @count of them, get
 * the values in the order of the keys, or no start
 */
void text_line_values(struct span lines, const char *const *keys, struct span *values,
		      size_t count);

/**
 * text_resolve - the path that a symbolic link leads to, without using the file system
 * @dir: absolute path of the folder that contains the link     @target: the text of the link
 * For sysfs, whose paths contain no links. ".." stops at the root; an absolute @target starts
 * there.
 * Returns: length of the absolute path, or -ENAMETOOLONG.
 */
ssize_t text_resolve(const char *dir, const char *target, char *out, size_t size);

/**
 * text_override - the value of a driver_override file
 * Unset, it reads "(null)", on SPI an empty line; no driver has that name.
 * Returns: @text, or NULL where none is set.
 */
const char *text_override(const char *text);

/**
 * text_after_module - the part of @text after the module name @module
 * The kernel treats '-' and '_' as equal in names of modules, and in names of drivers that are
 * those of their module.
 * Returns: a pointer into @text, or NULL where it starts differently.
 */
const char *text_after_module(const char *text, const char *module);

/** text_same_module - true for two spellings of one module */
bool text_same_module(const char *one, const char *other);

/**
 * text_put_quoted - write @text as one word of a shell, in quotes if needed
 * A user who can mount a disk or rename an interface chooses such a name: a shell must not
 * interpret it.
 */
void text_put_quoted(FILE *out, const char *text);
