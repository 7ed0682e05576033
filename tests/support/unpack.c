/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpack - make a fake machine from FILE.tree below DIR, for tests written in shell */
#include "support/tree.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	_autofree_ char *text = NULL;
	size_t size = 0;
	FILE *file = argc == 3 ? fopen(argv[1], "r") : NULL;

	if (!file || getdelim(&text, &size, '\0', file) < 0) {
		fprintf(stderr, "usage: unpack FILE.tree DIR\n");
		return 2;
	}
	fclose(file);
	if (mkdir(argv[2], 0755) < 0 && errno != EEXIST) {
		fprintf(stderr, "unpack: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	tree_unpack(text, argv[2]);
	return 0;
}
