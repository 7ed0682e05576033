/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select_kind - the kinds of selectors, "group:12" or "01:00.*", but for plain names
 *
 * A row of the table is a kind: how it is written, which devices it means, and which facts tell.
 */
#pragma once

#include "model/select.h"

/**
 * struct select_kind - a kind of selectors
 * @prefix: "group:", or NULL     @is_bare: true for a selector of this kind without a prefix, or
 * NULL
 * @word: the word of a device, such as its driver, or NULL where devices have no such words
 * @matches: NULL where @word is compared, whatever the case of letters; @number is that of @parse,
 * else 0
 * @choose: as select_devices, in place of @word, @matches and @parse; NULL for kinds that have
 * these
 * @parse: false for a text without meaning; NULL where any text will do
 * @example: for messages; NULL where @is_bare leaves nothing to be wrong
 * @known_word: the words of this kind by number, then NULL; NULL where it has no list of its own
 */
struct select_kind {
	const char *prefix;
	bool (*is_bare)(const char *selector);
	const char *(*word)(const struct device *device);
	bool (*matches)(const struct device *device, const char *text, uint64_t number);
	bool (*parse)(const char *text, uint64_t *ret_number);
	int (*choose)(struct selection *selection, const char *text, struct error *e);
	enum selector_form form;
	enum selector_reach reach;
	unsigned facts;
	const char *example;
	const char *(*known_word)(size_t index);
};

/**
 * select_kind_of - the kind of @selector; NULL for a plain name or a path
 * @ret_text: set to the text behind its prefix, or to @selector
 */
const struct select_kind *select_kind_of(const char *selector, const char **ret_text) _nonnull_();

/** select_kind_matches - true where @device is meant; @number: of kind->parse, else 0 */
bool select_kind_matches(const struct select_kind *kind, const struct device *device,
			 const char *text, uint64_t number) _nonnull_();
