/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rows - the lines of tables and lists, in the order in which they are printed
 */
#pragma once

#include "commands/look.h"
#include "views/json.h"
#include "views/table.h"

/** struct rows - rows_free when done */
struct rows {
	struct row *items;
	size_t count;
};

/**
 * rows_tree - a line per group with its chosen devices below, then those without a group
 * @all: also devices without a group outside PCI. Most platform devices never reach memory on their
 *       own, so they are listed only where somebody asks.
 */
struct rows rows_tree(const struct look *look, bool all);

/** rows_devices - a line per chosen device; @all as above */
struct rows rows_devices(const struct look *look, bool all);

/** rows_groups - a line per group that has a chosen device */
struct rows rows_groups(const struct look *look);

/**
 * rows_streams - a line per stream of the chosen devices, or of firmware
 * @overlaps: of streams_overlaps, for the same system; must outlive the rows
 */
struct rows rows_streams(const struct look *look, const struct overlap *overlaps);

/** rows_deferrals - a line per device; @found must outlive the rows */
struct rows rows_deferrals(const struct look *look, const struct deferrals *found);

/** rows_deferral_tree - the same, and below each device what it waits for */
struct rows rows_deferral_tree(const struct look *look, const struct deferrals *found);

/** rows_findings - a line per finding; @findings must outlive the rows */
struct rows rows_findings(const struct look *look, const struct findings *findings);

/** rows_checks - a line per check, of no look; @checks must outlive the rows */
struct rows rows_checks(const struct checks *checks);

/** rows_iommus - a line per IOMMU; where there are selectors, those that serve a chosen device */
struct rows rows_iommus(const struct look *look);

void rows_free(struct rows *rows);

#define _autorows_ _cleanup_(rows_free)

/** rows_section - one list of a JSON document */
struct section rows_section(const char *key, const struct column *columns, const struct rows *rows);

/** rows_print_document - the lists in @sections as one JSON document about what @look saw */
int rows_print_document(const struct look *look, const struct section *sections, size_t count,
			struct error *e);

/**
 * rows_print_table - print the chosen columns
 * @tree_column: carries the tree, or NULL
 */
int rows_print_table(const struct rows *rows, const struct look *look,
		     const struct options *options, const struct column *tree_column,
		     struct error *e);

/**
 * rows_print_findings - the findings of the answer, on standard output in front of the table
 * Nothing with --quiet, nor with -n, -r and -P: scripts read these, and have --json.
 */
void rows_print_findings(const struct findings *findings, const struct options *options);

/** rows_print_verdict - a sentence of the answer, at the same place and under the same rules */
void rows_print_verdict(const struct options *options, const char *format, ...) _printf_(2, 3);

/** rows_exit_status - what --exit-code makes of an answer: 8 where there is something to report,
 * 13 where not but @blind could not be read; 0 without that option */
int rows_exit_status(const struct options *options, bool something, const struct source *blind);
