/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/dot_text.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* As an array the trees below several IOMMUs keep their order and leave few gaps. */
void dot_begin(void)
{
	puts("digraph iommuctl {\n"
	     "\trankdir=LR; ranksep=0.5; nodesep=0.08; pack=16; packmode=\"array_itl\"; "
	     "fontname=\"sans-serif\"; fontsize=10;\n"
	     "\tnode [shape=box, style=\"filled,rounded\", fillcolor=white, fontsize=10, "
	     "height=0.3, margin=\"0.1,0.04\", fontname=\"sans-serif\"];\n"
	     "\tedge [arrowsize=0.5, color=gray40];");
}

void dot_end(void)
{
	puts("}");
}

/* Graphviz reads a backslash in quotes as the start of an escape. */
static void put_inside_quotes(const char *text)
{
	char safe[1024];

	text_escape(text, strlen(text), safe, sizeof(safe));
	for (const char *at = safe; *at; at++) {
		if (*at == '"' || *at == '\\')
			putchar('\\');
		putchar(*at);
	}
}

void dot_put(const char *start, const char *text, const char *second)
{
	printf("\"%s", start);
	put_inside_quotes(text);
	if (second && *second) {
		fputs("\\n", stdout);
		put_inside_quotes(second);
	}
	putchar('"');
}

void dot_labelled_node(const char *kind, const char *name, const char *label, const char *second,
		       const char *style)
{
	putchar('\t');
	dot_put(kind, name, NULL);
	fputs(" [label=", stdout);
	dot_put("", label, second);
	printf("%s%s];\n", *style ? ", " : "", style);
}

void dot_node(const char *kind, const char *name, const char *second, const char *style)
{
	dot_labelled_node(kind, name, name, second, style);
}

/* So many that the node is about as wide as it is high: a name is as wide as six lines are high. */
static size_t names_on_a_line(size_t count)
{
	enum { WIDTH = 6 };
	size_t names = 1;

	while (names * names * WIDTH < count)
		names++;
	return names;
}

void dot_list_node(const char *kind, const char *name, const char *title, const char *const *names,
		   size_t count, const char *style)
{
	size_t on_a_line = names_on_a_line(count);

	putchar('\t');
	dot_put(kind, name, NULL);
	fputs(" [label=\"", stdout);
	put_inside_quotes(title);
	for (size_t i = 0; i < count; i++) {
		fputs(i % on_a_line ? "  " : "\\n", stdout);
		put_inside_quotes(names[i]);
	}
	printf("\"%s%s];\n", *style ? ", " : "", style);
}

void dot_edge(const char *from_kind, const char *from, const char *to_kind, const char *to)
{
	putchar('\t');
	dot_put(from_kind, from, NULL);
	fputs(" -> ", stdout);
	dot_put(to_kind, to, NULL);
	fputs(";\n", stdout);
}
