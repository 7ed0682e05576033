/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "faults/pattern.h"

#include "base/cleanup.h"
#include "model/pasted.h"

#include <string.h>

/* The state of one match. */
struct match {
	struct span rest;
	struct fault *fault;
	struct fields *fields;
};

bool fault_copy(char *out, size_t size, struct span text)
{
	size_t length = text.length < size ? text.length : size - 1;

	if (length)
		memcpy(out, text.start, length);
	out[length] = '\0';
	return length == text.length;
}

static bool match_address(struct match *match)
{
	if (!span_take_number(&match->rest, 16, &match->fault->address))
		return false;
	match->fault->has_address = true;
	return true;
}

static bool match_stream(struct match *match, unsigned base)
{
	uint64_t number;

	if (!span_take_number(&match->rest, base, &number) || number > UINT32_MAX)
		return false;
	match->fault->stream = (int64_t)number;
	return true;
}

/* A PASID of all ones is none (5.10, INVALID_IOASID). */
static bool match_pasid(struct match *match)
{
	uint64_t number;

	if (!span_take_number(&match->rest, 16, &number) || number > UINT32_MAX)
		return false;
	match->fault->pasid = number == UINT32_MAX ? -1 : (int64_t)number;
	return true;
}

static bool match_code(struct match *match, unsigned base)
{
	struct fields *fields = match->fields;

	return fields->code_count < PATTERN_CODES &&
	       span_take_number(&match->rest, base, &fields->codes[fields->code_count++]);
}

/* The characters up to @end, or to a blank, comma or bracket. */
static struct span cut_token(struct span *rest, char end)
{
	struct span token = *rest;
	size_t length = 0;

	while (length < rest->length && rest->start[length] != end &&
	       !strchr(" ,]", rest->start[length]))
		length++;
	token.length = length;
	rest->start += length;
	rest->length -= length;
	return token;
}

static bool match_function(struct match *match)
{
	struct span token = cut_token(&match->rest, ']');
	struct pci_name name;

	return fault_copy(match->fault->device, sizeof(match->fault->device), token) &&
	       pasted_pci(match->fault->device, &name);
}

/*
 * Match the name of a device. It ends where the next text of the pattern begins; that is ": ",
 * which no name contains.
 */
static bool match_name(struct match *match, char *out, const char *after)
{
	const char *end =
		*after && match->rest.length
			? memmem(match->rest.start, match->rest.length, after, strcspn(after, "%"))
			: NULL;
	struct span name = match->rest;

	if (*after && !end)
		return false;
	if (end)
		name.length = (size_t)(end - name.start);
	if (!name.length || memchr(name.start, ' ', name.length))
		return false;
	match->rest.start += name.length;
	match->rest.length -= name.length;
	return fault_copy(out, FAULT_NAME_SIZE, name);
}

static bool match_words(struct match *match, const char *after)
{
	struct fields *fields = match->fields;
	char literal[64];
	size_t length = strcspn(after, "%");
	struct span words = match->rest;
	const char *end;

	if (fields->word_count == PATTERN_WORDS || length >= sizeof(literal))
		return false;
	memcpy(literal, after, length);
	literal[length] = '\0';
	end = length && words.length ? memmem(words.start, words.length, literal, length) : NULL;
	if (length && !end)
		return false;
	if (end)
		words.length = (size_t)(end - words.start);
	fields->words[fields->word_count++] = words;
	match->rest.start += words.length;
	match->rest.length -= words.length;
	return true;
}

/* @after: the pattern behind the conversion */
static bool match_conversion(struct match *match, char conversion, const char *after)
{
	switch (conversion) {
	case 'a':
		return match_address(match);
	case 's':
		return match_stream(match, 16);
	case 'd':
		return match_stream(match, 10);
	case 'i':
		return match_pasid(match);
	case 'p':
		return match_function(match);
	case 'n':
		return match_name(match, match->fault->device, after);
	case 'm':
		return match_name(match, match->fault->iommu, after);
	case 'x':
		return match_code(match, 16);
	case 'u':
		return match_code(match, 10);
	case 'w':
		return match_words(match, after);
	default:
		span_skip_blanks(&match->rest);
		return true;
	}
}

bool pattern_match(const char *pattern, struct span message, struct fault *fault,
		   struct fields *fields)
{
	struct match match = {message, fault, fields};

	for (; *pattern; pattern++) {
		if (*pattern == '%') {
			if (*++pattern == '*')
				return true;
			if (!match_conversion(&match, *pattern, pattern + 1))
				return false;
			continue;
		}
		if (!match.rest.length || *match.rest.start != *pattern)
			return false;
		match.rest.start++;
		match.rest.length--;
	}
	return match.rest.length == 0;
}
