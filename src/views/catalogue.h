/* SPDX-License-Identifier: GPL-2.0-or-later */
/* catalogue - the columns that a command offers, and the choice of -o among them */
#pragma once

#include "base/error.h"
#include "views/table.h"

/**
 * struct catalogue - the columns of one command
 * @sets: NULL-terminated list of column arrays, each of which ends where a key is NULL
 * @standard, @verbose: keys in the syntax of -o
 * @document_facts: the facts of a JSON document without -o: all cheap ones
 * @row_facts: the facts that decide which rows there are, whatever the columns
 */
struct catalogue {
	const struct column *const *sets;
	const char *standard;
	const char *verbose;
	unsigned document_facts;
	unsigned row_facts;
};

/**
 * struct choice - the columns to print, in order, and the facts they need
 * @standard_count: the first so many are not asked for by name
 */
struct choice {
	const struct column *columns[COLUMNS_MAX];
	size_t count, standard_count;
	unsigned facts;
};

/** catalogue_find - the column with that key, else that heading, in any case; or NULL */
const struct column *catalogue_find(const struct catalogue *catalogue, const char *key,
				    size_t length);

/**
 * catalogue_choose - parse "KEY,KEY" (these columns) or "+KEY,KEY" (the standard columns and these)
 * @keys: NULL: the standard columns, or with @verbose the verbose ones
 * Returns: 0, or ERROR_USAGE with the unknown key.
 */
_must_check_ int catalogue_choose(const struct catalogue *catalogue, const char *keys, bool verbose,
				  struct choice *ret_choice, struct error *e);

/** choice_has - true where the user chose @column */
bool choice_has(const struct choice *choice, const struct column *column);

/** catalogue_print - print the text of "-o help": a line per column */
_must_check_ int catalogue_print(const struct catalogue *catalogue, struct error *e);
