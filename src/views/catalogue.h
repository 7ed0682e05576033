/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * catalogue - all columns that a command offers, and what -o makes of them
 */
#pragma once

#include "base/error.h"
#include "views/table.h"

/**
 * struct catalogue
 * @sets: NULL-terminated list of column arrays, each of which ends where a key is NULL
 * @standard, @verbose: keys, as -o takes them
 * @document_facts: what a JSON document holds where -o does not narrow it: all that is cheap
 * @mark_facts: what the marks in the usual table need besides the columns' own facts
 */
struct catalogue {
	const struct column *const *sets;
	const char *standard;
	const char *verbose;
	unsigned document_facts;
	unsigned mark_facts;
};

/** struct choice - the columns to print, in order, and the facts they need */
struct choice {
	const struct column *columns[COLUMNS_MAX];
	size_t count;
	unsigned facts;
};

/** catalogue_find - the column of that key, or NULL */
const struct column *catalogue_find(const struct catalogue *catalogue, const char *key,
				    size_t length);

/**
 * catalogue_choose - parse "KEY,KEY" (these columns) or "+KEY,KEY" (these besides the standard
 * ones)
 * @keys: NULL: the standard ones, or the verbose ones
 * Returns: 0, or ERROR_USAGE with the unknown key.
 */
int catalogue_choose(const struct catalogue *catalogue, const char *keys, bool verbose,
		     struct choice *ret_choice, struct error *e);

/** choice_has - true where @column is among the chosen */
bool choice_has(const struct choice *choice, const struct column *column);

/** catalogue_print - what "-o help" says: a line per column */
int catalogue_print(const struct catalogue *catalogue, struct error *e);
