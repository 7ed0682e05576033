/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * privacy - rules for the part of each file that goes into a capture
 *
 * Personal data is left out: of processes only the descriptors and mappings of device nodes, the
 * names of those that have them open, and their mounts and namespaces; no serial numbers, no
 * hardware addresses, no seeds, no credentials, and made-up network addresses.
 *
 * Attributes below /sys are kept unless a rule excludes them. Elsewhere only files with a rule are
 * kept: a file that a new source reads is left out, and listed as unreadable, until it gets a rule.
 */
#pragma once

#include "capture/disguise.h"

/** enum treatment - the treatment of one file */
enum treatment {
	TREATMENT_KEEP,	     /* keep the content of a file, or the part that the filter returns */
	TREATMENT_EXISTENCE, /* keep that a file exists; its facts are kept in another file */
	/* a link of procfs: keep the link's text, never the file behind it */
	TREATMENT_LINK,
	TREATMENT_MEMBERS,  /* a folder: keep the folder if one of its members is kept */
	TREATMENT_REPLACED, /* leave a file out: another file of the capture replaces it */
	TREATMENT_PRIVATE,  /* keep that a file exists, and that its content was left out */
};

/**
 * struct privacy_rule - the rule for some files
 * @filter: NULL, or the function that returns the text to keep
 * @keeps_link: NULL, or the function that decides whether a link with this text is kept
 */
struct privacy_rule {
	/* path patterns of a privacy rule, for fnmatch(3); '*' also matches slashes */
	const char *folder, *name;
	enum treatment treatment;
	struct span (*filter)(struct span text, struct disguise *disguise);
	bool (*keeps_link)(const char *text);
};

/** privacy_rule_of - the rule for the file at @place, an absolute path without links in it */
const struct privacy_rule *privacy_rule_of(const char *place);

/**
 * privacy_number_of - the number of that rule     privacy_rule_at - the rule with a number
 * For callers that ask often: to match the patterns of all rules takes microseconds.
 */
size_t privacy_number_of(const char *place);
const struct privacy_rule *privacy_rule_at(size_t number);
