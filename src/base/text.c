/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <errno.h>
#include <string.h>

bool same_text(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}

bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

const char *text_after(const char *text, const char *prefix)
{
	return text_starts(text, prefix) ? text + strlen(prefix) : NULL;
}

size_t text_before_end(const char *text, const char *end)
{
	size_t whole = strlen(text), length = strlen(end);

	return whole > length && strcmp(text + whole - length, end) == 0 ? whole - length : 0;
}

int text_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

bool text_number(const char *text, unsigned base, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (base == 16 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = text_digit(*text);

		if (digit < 0 || (unsigned)digit >= base ||
		    __builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (unsigned)digit, &value))
			return false;
	}
	*ret_value = value;
	return true;
}

bool span_is(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.start, text, span.length) == 0;
}

void span_skip_blanks(struct span *rest)
{
	while (rest->length && (*rest->start == ' ' || *rest->start == '\t'))
		rest->start++, rest->length--;
}

bool span_take_number(struct span *rest, unsigned base, uint64_t *ret_number)
{
	uint64_t value = 0;
	size_t count = 0;

	for (; count < rest->length; count++) {
		int digit = text_digit(rest->start[count]);

		if (digit < 0 || (unsigned)digit >= base)
			break;
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (unsigned)digit, &value))
			return false;
	}
	if (!count)
		return false;
	rest->start += count;
	rest->length -= count;
	*ret_number = value;
	return true;
}

size_t text_from_number(int64_t number, unsigned base, int width, char *out)
{
	char digits[TEXT_NUMBER_SIZE], *end = digits + sizeof(digits) - 1, *at = end;
	uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;

	for (; (left || at == end || end - at < width) && at > digits + 1; left /= base)
		*--at = "0123456789abcdef"[left % base];
	if (number < 0)
		*--at = '-';
	*end = '\0';
	memcpy(out, at, (size_t)(end - at) + 1);
	return (size_t)(end - at);
}

bool text_has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += length)
		if ((at == text || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

bool text_is_below(const char *path, const char *above)
{
	const char *rest = text_after(path, above);

	return rest && *rest == '/';
}

bool text_is_within(const char *path, const char *above)
{
	return strcmp(path, above) == 0 || text_is_below(path, above);
}

bool text_join(const char *dir, const char *name, char *out, size_t size)
{
	size_t length = strlen(dir), more = strlen(name);

	if (length + more + 2 > size)
		return false;
	memcpy(out, dir, length);
	out[length] = '/';
	memcpy(out + length + 1, name, more + 1);
	return true;
}

const char *text_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_digit(char letter)
{
	return letter >= '0' && letter <= '9';
}

/* Names are short: a loop is several times as fast as strspn, which builds a table for each call.
 */
static size_t count_zeros(const char *text)
{
	size_t count = 0;

	while (text[count] == '0')
		count++;
	return count;
}

static size_t count_digits(const char *text)
{
	size_t count = 0;

	while (is_digit(text[count]))
		count++;
	return count;
}

int text_natural(const char *a, const char *b)
{
	const char *start = a;

	/*
	 * Compare from the first difference; if that is within a number, from the number's start.
	 */
	for (; *a && *a == *b; a++, b++)
		;
	for (; a > start && is_digit(a[-1]); a--, b--)
		;
	while (*a && *b) {
		if (is_digit(*a) && is_digit(*b)) {
			size_t zeros_a = count_zeros(a), zeros_b = count_zeros(b);
			size_t digits_a = count_digits(a + zeros_a);
			size_t digits_b = count_digits(b + zeros_b);
			int order = digits_a == digits_b
					    ? memcmp(a + zeros_a, b + zeros_b, digits_a)
					    : (digits_a < digits_b ? -1 : 1);

			if (order)
				return order;
			if (zeros_a != zeros_b)
				return zeros_a < zeros_b ? -1 : 1;
			a += zeros_a + digits_a;
			b += zeros_b + digits_b;
		} else if (*a != *b) {
			break;
		} else {
			a++;
			b++;
		}
	}
	return (unsigned char)*a - (unsigned char)*b;
}

unsigned text_distance(const char *a, const char *b, unsigned limit)
{
	enum { LONGEST = 64 };
	unsigned row[LONGEST + 1];
	size_t length_a = strlen(a), length_b = strlen(b);

	if (length_a > LONGEST || length_b > LONGEST)
		return limit + 1;
	for (size_t j = 0; j <= length_b; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= length_a; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= length_b; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[length_b] > limit ? limit + 1 : row[length_b];
}

size_t text_trim(const char *bytes, size_t length)
{
	while (length && bytes[length - 1] == '\n')
		length--;
	return length;
}

struct span text_line_value(struct span lines, const char *key)
{
	const char *at = lines.start, *end = lines.start + lines.length;
	size_t key_length = strlen(key);

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		if ((size_t)(stop - at) > key_length && at[key_length] == '=' &&
		    memcmp(at, key, key_length) == 0)
			return (struct span){at + key_length + 1,
					     (size_t)(stop - at) - key_length - 1};
		at = stop + 1;
	}
	return (struct span){NULL, 0};
}

/* The place of the key of @length bytes in @keys, or @count. */
static size_t find_key(const char *key, size_t length, const char *const *keys, size_t count)
{
	size_t i = 0;

	/* Most lines have a key that begins with another letter. */
	while (i < count &&
	       (keys[i][0] != *key || strncmp(keys[i], key, length) != 0 || keys[i][length]))
		i++;
	return i;
}

void text_line_values(struct span lines, const char *const *keys, struct span *values, size_t count)
{
	const char *at = lines.start, *end = lines.start + lines.length;

	memset(values, 0, count * sizeof(*values));
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		const char *sign = memchr(at, '=', (size_t)(stop - at));
		size_t i = sign ? find_key(at, (size_t)(sign - at), keys, count) : count;

		if (i < count && !values[i].start)
			values[i] = (struct span){sign + 1, (size_t)(stop - sign) - 1};
		at = stop + 1;
	}
}

/* The length of the folder that contains the path of @length bytes at @path; 0 for the root. */
static size_t length_above(const char *path, size_t length)
{
	while (length && path[--length] != '/')
		;
	return length;
}

/* True where no part of the relative path is empty or begins with a dot. */
static bool has_plain_parts(const char *path)
{
	for (const char *at = path; at; at = strchr(at, '/')) {
		at += at != path;
		if (!*at || *at == '/' || *at == '.')
			return false;
	}
	return true;
}

/* Append "/" and @length bytes to the path of *@used bytes; false where they do not fit. */
static bool append_part(char *out, size_t size, size_t *used, const char *part, size_t length)
{
	if (*used + length + 2 > size)
		return false;
	out[*used] = '/';
	memcpy(out + *used + 1, part, length);
	*used += length + 1;
	return true;
}

/* text_resolve part by part; @used: the length of the path so far */
static ssize_t resolve_parts(const char *target, char *out, size_t used, size_t size)
{
	while (*target) {
		size_t step = strcspn(target, "/");

		if (step == 2 && target[0] == '.' && target[1] == '.')
			used = length_above(out, used);
		else if (step && !(step == 1 && target[0] == '.') &&
			 !append_part(out, size, &used, target, step))
			return -ENAMETOOLONG;
		target += step;
		target += *target == '/';
	}
	out[used] = '\0';
	return (ssize_t)used;
}

ssize_t text_resolve(const char *dir, const char *target, char *out, size_t size)
{
	size_t used = *target == '/' ? 0 : strlen(dir), rest;

	if (used >= size)
		return -ENAMETOOLONG;
	memcpy(out, dir, used);
	/* All links of sysfs are some "../" and plain parts, and there are tens of thousands. */
	while (text_starts(target, "../")) {
		used = length_above(out, used);
		target += strlen("../");
	}
	if (!has_plain_parts(target))
		return resolve_parts(target, out, used, size);
	rest = strlen(target);
	if (!append_part(out, size, &used, target, rest))
		return -ENAMETOOLONG;
	out[used] = '\0';
	return (ssize_t)used;
}

const char *text_override(const char *text)
{
	return text && *text && strcmp(text, "(null)") != 0 ? text : NULL;
}

static char module_letter(char letter)
{
	return (char)(letter == '-' ? '_' : letter);
}

const char *text_after_module(const char *text, const char *module)
{
	for (; *module; module++, text++)
		if (module_letter(*text) != module_letter(*module))
			return NULL;
	return text;
}

bool text_same_module(const char *one, const char *other)
{
	const char *rest = text_after_module(one, other);

	return rest && !*rest;
}
