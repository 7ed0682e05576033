/* SPDX-License-Identifier: GPL-2.0-or-later */
/* findings - the columns of findings, in the order of the JSON contract, and their sentences */
#pragma once

#include "views/column.h"

#include <stdio.h>

/** finding_columns - keys of every finding in any document; the last has no key */
extern const struct column finding_columns[];

/** json_finding - an object with these keys, to which the caller may add others */
struct json_object *json_finding(const struct finding *finding);

/**
 * finding_print - print "WORD (CODE): SUBJECT: MESSAGE (EVIDENCE)" for users; below it the remedy,
 * and the devices if they are not the subject
 * @word: such as severity_name(finding->severity)
 */
void finding_print(FILE *out, const char *word, const struct finding *finding);

/** findings_print - print each finding with its severity */
void findings_print(FILE *out, const struct findings *findings);
