/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/early_line.h"

#include "base/text.h"
#include "model/pci_location.h"

#include <ctype.h>
#include <string.h>

enum {
	WORD_LOCATION,
	WORD_VENDOR,
	WORD_DEVICE,
	WORD_SUBSYSTEM_VENDOR,
	WORD_SUBSYSTEM_DEVICE,
	WORD_SERIAL,
	WORD_MEMBERS,
	WORD_DRIVER,
	WORD_NAME,
	WORD_COUNT,
	MEMBERS_MAX = 65536,
};

/* Exactly WORD_COUNT words with one space between two of them. */
static bool split_words(char *line, char *words[static WORD_COUNT])
{
	for (size_t i = 0; i < WORD_COUNT; i++) {
		words[i] = strsep(&line, " ");
		if (!words[i] || !*words[i])
			return false;
	}
	return !line;
}

static bool has_only(const char *word, const char *signs)
{
	for (; *word; word++)
		if (!isalnum((unsigned char)*word) && !strchr(signs, *word))
			return false;
	return true;
}

static bool is_any(const char *word)
{
	return strcmp(word, "-") == 0;
}

/* @form: a "0" stands for a digit, in lower case, other characters for themselves */
static bool has_form(const char *word, const char *form)
{
	for (; *form; word++, form++)
		if (*form == '0' ? !*word || !strchr("0123456789abcdef", *word) : *word != *form)
			return false;
	return !*word;
}

/* "0x10d3" */
static bool parse_early_id(const char *word, int32_t *ret_id)
{
	uint64_t number;

	if (!text_starts(word, "0x") || !has_form(word + 2, "0000") ||
	    !text_number(word, 16, &number))
		return false;
	*ret_id = (int32_t)number;
	return true;
}

/* Vendor and device say which model it is, so they have to be there. */
static bool split_ids(char *const *words, struct pci_model *ids)
{
	*ids = (struct pci_model){-1, -1, -1, -1, -1};
	return parse_early_id(words[WORD_VENDOR], &ids->vendor) &&
	       parse_early_id(words[WORD_DEVICE], &ids->device) &&
	       (is_any(words[WORD_SUBSYSTEM_VENDOR]) ||
		parse_early_id(words[WORD_SUBSYSTEM_VENDOR], &ids->subsystem_vendor)) &&
	       (is_any(words[WORD_SUBSYSTEM_DEVICE]) ||
		parse_early_id(words[WORD_SUBSYSTEM_DEVICE], &ids->subsystem_device));
}

static bool parse_members(const char *word, struct early_line *line)
{
	uint64_t number = 0;

	if (!is_any(word) && (!isdigit((unsigned char)*word) || !text_number(word, 10, &number) ||
			      !number || number > MEMBERS_MAX))
		return false;
	line->members = (unsigned)number;
	return true;
}

static bool is_safe_location(const char *word)
{
	size_t length = strlen(word);

	return has_only(word, "._:,@+/-") && *word != '/' && *word != '.' &&
	       word[length - 1] != '/' && !strstr(word, "//") && !strstr(word, "/.") &&
	       location_is_of_function(word);
}

bool early_line_split(char *line, struct early_line *ret_line)
{
	char *words[WORD_COUNT];

	*ret_line = (struct early_line){0};
	if (!split_words(line, words) || !is_safe_location(words[WORD_LOCATION]) ||
	    !split_ids(words, &ret_line->ids) || !parse_members(words[WORD_MEMBERS], ret_line) ||
	    !(is_any(words[WORD_SERIAL]) ||
	      has_form(words[WORD_SERIAL], "00-00-00-00-00-00-00-00")) ||
	    *words[WORD_DRIVER] == '.' || !has_only(words[WORD_DRIVER], "._+-") ||
	    !has_only(words[WORD_NAME], "._@:+-"))
		return false;
	ret_line->location = words[WORD_LOCATION];
	ret_line->serial = words[WORD_SERIAL];
	ret_line->driver = words[WORD_DRIVER];
	ret_line->name = words[WORD_NAME];
	return true;
}
