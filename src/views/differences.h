/* SPDX-License-Identifier: GPL-2.0-or-later */
/* differences - the keys of a difference besides those of its finding (views/findings.h) */
#pragma once

#include "base/error.h"
#include "checks/differences.h"
#include "views/column.h"

/** difference_columns - kind, before, after; the last has no key */
extern const struct column difference_columns[];

/** json_unknown_facts - [{kind, count}]: the facts that are known on one side only */
struct json_object *json_unknown_facts(const struct differences *differences);

/** differences_print_kinds - print the text of "--ignore help": a line per kind */
_must_check_ int differences_print_kinds(struct error *e);

/**
 * differences_ignored - parse "KIND,…"
 * @ret_ignored: by enum difference_kind; all false for NULL
 * Returns: 0, or ERROR_USAGE with the unknown kind.
 */
_must_check_ int differences_ignored(const char *text,
				     bool ret_ignored[static DIFFERENCE_KIND_COUNT],
				     struct error *e);
