/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows - the rows of tables and lists, in the order of printing */
#pragma once

#include "commands/look.h"
#include "views/json.h"
#include "views/table.h"

/**
 * rows_overview - a row per chosen device in the order of groups, then devices without a group
 * @all: also bridges, ports and IOMMUs, which change no hands, and devices without a group outside
 * PCI. Most platform devices never use DMA, so they are listed only on request, or where they have
 * lost their IOMMU.
 * @ret_hidden: how many bridges, ports and IOMMUs have no row
 */
struct rows rows_overview(const struct look *look, bool all, size_t *ret_hidden);

/**
 * rows_devices - a row per chosen device, in the order of the system; @all: also devices without a
 * group outside PCI
 */
struct rows rows_devices(const struct look *look, bool all);

/** rows_groups - a row per group that has a chosen device */
struct rows rows_groups(const struct look *look);

/**
 * rows_streams - a row per stream of the chosen devices, or of firmware files
 * @overlaps: of streams_overlaps, for the same system; must outlive the rows
 */
struct rows rows_streams(const struct look *look, const struct overlap *overlaps);

/** rows_deferrals - a row per deferral; @found must outlive the rows */
struct rows rows_deferrals(const struct look *look, const struct deferrals *found);

/** rows_deferral_tree - a row per node of deferral_tree, which is made in @arena */
struct rows rows_deferral_tree(const struct look *look, const struct deferrals *found,
			       struct arena *arena);

/** rows_faults - a row per fault; @entries must outlive the rows */
struct rows rows_faults(const struct look *look, const struct fault_entries *entries);

/** rows_pins - a row per pin; @matches: of pins_match for that system; they outlive the rows */
struct rows rows_pins(const struct look *look, const struct pin_match *matches);

/**
 * rows_functions - a row per physical function that is chosen, or of which a virtual function is
 * @each: also a row per virtual function, below its physical one
 */
struct rows rows_functions(const struct look *look, bool each);

/** rows_findings - a row per finding; @findings must outlive the rows */
struct rows rows_findings(const struct look *look, const struct findings *findings);

/** rows_checks - a row per answer of a check, without a look; @checks must outlive the rows */
struct rows rows_checks(const struct checks *checks);

/** rows_iommus - a row per IOMMU; with selectors only IOMMUs that serve a chosen device, or would
 */
struct rows rows_iommus(const struct look *look);

/** rows_free - free the rows that one of the functions above has made */
void rows_free(struct rows *rows);

#define _autorows_ _cleanup_(rows_free)

/**
 * rows_document - the document of that kind about the system of @look; the caller adds the rows of
 * each section
 */
struct document rows_document(const struct document_kind *kind, const struct look *look);

/**
 * rows_print_table - print the chosen columns
 * @tree_column: the one with the branches of the tree, or NULL
 */
_must_check_ int rows_print_table(struct rows *rows, const struct look *look,
				  const struct options *options, const struct column *tree_column,
				  struct error *e);

/**
 * rows_print_notes - print to standard error which sources could not be read; one that root could
 * read counts only where a cell that rows_print_table printed is unknown
 * A user who is not root would get the same notes with each call: status and doctor have them.
 */
void rows_print_notes(const struct rows *rows, const struct look *look,
		      const struct options *options);

/**
 * rows_print_findings - print findings to standard output, before the table
 * Nothing with --quiet, nor with -n, -r and -P: scripts read these, and have --json.
 */
void rows_print_findings(const struct findings *findings, const struct options *options);

/**
 * rows_print_verdict - print a sentence before the table, under the same rules as
 * rows_print_findings
 */
void rows_print_verdict(const struct options *options, const char *format, ...) _printf_(2, 3);

/** rows_print_folded - rows_print_verdict of a whole text, folded to the screen */
void rows_print_folded(const struct options *options, const char *text);

/**
 * rows_exit_status - the status for --exit-code: 8 where there is something to report, 13 where
 * there is not but @blind: a needed source could not be read; 0 without that option
 */
int rows_exit_status(const struct options *options, bool something, bool blind);
