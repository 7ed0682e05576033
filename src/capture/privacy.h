/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * privacy - how much of a file that was read goes into a capture
 *
 * Nothing personal goes in: of processes only the descriptors and mappings of device nodes, the
 * names of those that have them open, and their mounts and namespaces; no serial numbers, no
 * hardware addresses, no seeds, no credentials, and made-up network addresses.
 *
 * Attributes below /sys are kept unless a rule says otherwise. Elsewhere only files that have a
 * rule are kept: a file that a new source reads is left out, and named as unreadable, until
 * somebody has decided about it.
 */
#pragma once

#include "capture/disguise.h"

/** enum treatment - of one file */
enum treatment {
	TREATMENT_KEEP,	     /* content, or what the filter leaves of it */
	TREATMENT_EXISTENCE, /* that it is there; what was read of it is kept in another form */
	TREATMENT_LINK,	     /* a link of procfs: its text, never what is behind it */
	TREATMENT_MEMBERS,   /* a folder that is there as soon as one of its members is kept */
	TREATMENT_REPLACED,  /* nothing: another file of the capture stands for it */
	TREATMENT_PRIVATE,   /* that it is there, and that its content was left out */
};

/**
 * struct privacy_rule - @filter: NULL, or what makes the text that is kept
 * @keeps_link: NULL, or whether a link with this text is kept
 */
struct privacy_rule {
	const char *folder, *name; /* patterns of fnmatch(3); '*' also stands for slashes */
	enum treatment treatment;
	struct span (*filter)(struct span text, struct disguise *disguise);
	bool (*keeps_link)(const char *text);
};

/** privacy_rule_of - the rule for the file at @place, an absolute path without links in it */
const struct privacy_rule *privacy_rule_of(const char *place);
