/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dot_text - the words of a graph for Graphviz */
#pragma once

#include <stddef.h>

/** dot_begin - print the start of a graph that grows from left to right */
void dot_begin(void);

/** dot_end - print the end of the graph */
void dot_end(void);

/**
 * dot_put - print a text in quotes: @start and @text, and @second on a line of its own
 * @start: a constant, such as "iommu "     @second: NULL or "": one line
 */
void dot_put(const char *start, const char *text, const char *second);

/**
 * dot_node - print a node
 * @kind: what sets names of its kind apart from others, such as "iommu "     @name: also its label
 * @second: the second line of its label, or NULL     @style: more attributes, or ""
 */
void dot_node(const char *kind, const char *name, const char *second, const char *style);

/** dot_labelled_node - dot_node with a label that is not its name */
void dot_labelled_node(const char *kind, const char *name, const char *label, const char *second,
		       const char *style);

/** dot_list_node - dot_node with the label @title, and below it the names, several on a line */
void dot_list_node(const char *kind, const char *name, const char *title, const char *const *names,
		   size_t count, const char *style);

/** dot_edge - print an edge between two nodes; the same words as for dot_node */
void dot_edge(const char *from_kind, const char *from, const char *to_kind, const char *to);
