/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bare FILE TEXT [FILE TEXT]... - make these writes and nothing else
 *
 * The least that a change of the machine costs: the writes of its plan, without any check, journal
 * or look. A write that fails is an error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_once(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (written < 0)
		perror(file);
	if (fd >= 0)
		close(fd);
	return written < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	if (argc < 3 || argc % 2 == 0) {
		fputs("usage: bare FILE TEXT [FILE TEXT]...\n", stderr);
		return 2;
	}
	for (int i = 1; i < argc; i += 2)
		if (write_once(argv[i], argv[i + 1]) < 0)
			return 1;
	return 0;
}
