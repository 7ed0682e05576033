/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unreadable.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *word;
	int cause;
} words[] = {{"denied", -EACCES}, {"busy", -ETIMEDOUT}, {"failed", -EIO}};

struct file {
	const char *path;
	int cause;
};

struct unreadable {
	char *lines; /* the text of the list of unreadable files, into which the paths point */
	struct file *files;
	size_t count;
};

const char *unreadable_word(int cause)
{
	if (cause == -EPERM)
		cause = -EACCES;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].cause == cause)
			return words[i].word;
	return "failed";
}

/* The negative errno with the name in a list of unreadable files ("ELOOP"), or 0. */
static int errno_called(const char *name)
{
	enum { ERRNO_MAX = 133 }; /* the largest errno of include/uapi/asm-generic/errno.h */

	for (int number = 1; number <= ERRNO_MAX; number++) {
		const char *known = strerrorname_np(number);

		if (known && strcmp(known, name) == 0)
			return -number;
	}
	return 0;
}

/* The errno of a line's second field: "failed ELOOP", or the word alone. */
static int cause_of(char *text)
{
	char *name = strchr(text, ' ');
	int cause = name ? errno_called(name + 1) : 0;

	if (name)
		*name = '\0';
	for (size_t i = 0; !cause && i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i].word, text) == 0)
			cause = words[i].cause;
	return cause ? cause : -EIO;
}

void unreadable_put(FILE *out, const char *path, int cause)
{
	const char *name = strerrorname_np(-cause);

	fprintf(out, "%s\t%s%s%s\n", path, unreadable_word(cause), name ? " " : "",
		name ? name : "");
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

struct unreadable *unreadable_new(const char *lines)
{
	struct unreadable *list = calloc(1, sizeof(*list));
	size_t most = 1;
	char *save;

	for (const char *at = lines; (at = strchr(at, '\n')); at++)
		most++;
	if (list) {
		list->lines = strdup(lines);
		list->files = calloc(most, sizeof(*list->files));
	}
	if (!list || !list->lines || !list->files)
		memory_exhausted();
	for (char *line = strtok_r(list->lines, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *tab = strchr(line, '\t');

		if (!tab)
			continue;
		*tab = '\0';
		list->files[list->count++] = (struct file){line, cause_of(tab + 1)};
	}
	qsort(list->files, list->count, sizeof(*list->files), compare_files);
	return list;
}

void unreadable_free(struct unreadable *list)
{
	if (!list)
		return;
	free(list->lines);
	free(list->files);
	free(list);
}

int unreadable_find(const struct unreadable *list, const char *path)
{
	const struct file key = {.path = path}, *file = NULL;

	if (list && list->count)
		file = bsearch(&key, list->files, list->count, sizeof(*list->files), compare_files);
	return file ? file->cause : 0;
}
