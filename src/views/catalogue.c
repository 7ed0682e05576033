/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/catalogue.h"

#include "base/suggest.h"
#include "views/output.h"
#include "views/table.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool matches_any_case(const char *word, const char *text, size_t length)
{
	return strlen(word) == length && strncasecmp(word, text, length) == 0;
}

const struct column *catalogue_find(const struct catalogue *catalogue, const char *key,
				    size_t length)
{
	for (const struct column *const *set = catalogue->sets; *set; set++)
		for (const struct column *column = *set; column->key; column++)
			if (matches_any_case(column->key, key, length))
				return column;
	for (const struct column *const *set = catalogue->sets; *set; set++)
		for (const struct column *column = *set; column->key; column++)
			if (matches_any_case(column->heading, key, length))
				return column;
	return NULL;
}

bool choice_has(const struct choice *choice, const struct column *column)
{
	for (size_t i = 0; i < choice->count; i++)
		if (choice->columns[i] == column)
			return true;
	return false;
}

static bool suggest_column(const struct catalogue *catalogue, const char *key, size_t length,
			   struct error *e)
{
	char word[64];
	struct suggestion suggestion = {.word = word};

	if (length >= sizeof(word))
		return false;
	memcpy(word, key, length);
	word[length] = '\0';
	for (const struct column *const *set = catalogue->sets; *set; set++)
		for (const struct column *column = *set; column->key; column++)
			suggest_name(&suggestion, column->key);
	return suggest_remedy(&suggestion, e);
}

static int add_keys(const struct catalogue *catalogue, const char *keys, struct choice *choice,
		    struct error *e)
{
	for (size_t length;; keys += length + 1) {
		const struct column *column;

		length = strcspn(keys, ",");
		column = catalogue_find(catalogue, keys, length);
		if (!column) {
			int result = error_set(e, ERROR_USAGE, 0, "unknown column \"%.*s\"",
					       (int)length, keys);

			if (!suggest_column(catalogue, keys, length, e))
				error_remedy(e, "\"-o help\" lists the columns.");
			return result;
		}
		if (!choice_has(choice, column) && choice->count < COLUMNS_MAX)
			choice->columns[choice->count++] = column;
		choice->facts |= column->facts | column->text_facts;
		if (!keys[length])
			return 0;
	}
}

int catalogue_choose(const struct catalogue *catalogue, const char *keys, bool verbose,
		     struct choice *ret_choice, struct error *e)
{
	const char *standard = verbose ? catalogue->verbose : catalogue->standard;
	struct choice choice = {0};
	int result = 0;

	if (!keys || *keys == '+')
		result = add_keys(catalogue, standard, &choice, e);
	choice.standard_count = choice.count;
	if (result == 0 && keys)
		result = add_keys(catalogue, *keys == '+' ? keys + 1 : keys, &choice, e);
	if (result < 0)
		return result;
	*ret_choice = choice;
	return 0;
}

int catalogue_print(const struct catalogue *catalogue, struct error *e)
{
	for (const struct column *const *set = catalogue->sets; *set; set++)
		for (const struct column *column = *set; column->key; column++)
			printf("%-16s  %s\n", column->key, column->help);
	return output_flush(e);
}
