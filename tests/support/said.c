/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/said.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The real descriptor of a stream, and the memory that replaces it. */
struct diverted {
	FILE *stream;
	int number, real, memory;
};

static struct diverted diverted_out, diverted_err;

static void divert(struct diverted *diverted, FILE *stream, int number)
{
	fflush(stream);
	diverted->stream = stream;
	diverted->number = number;
	diverted->real = dup(number);
	diverted->memory = memfd_create("said", MFD_CLOEXEC);
	if (diverted->real < 0 || diverted->memory < 0 || dup2(diverted->memory, number) < 0)
		abort();
}

static void restore(const struct diverted *diverted, char *ret_text)
{
	ssize_t length;

	fflush(diverted->stream);
	dup2(diverted->real, diverted->number);
	close(diverted->real);
	length = pread(diverted->memory, ret_text, SAID_MAX - 1, 0);
	close(diverted->memory);
	ret_text[length < 0 ? 0 : length] = '\0';
}

void said_start(void)
{
	divert(&diverted_out, stdout, STDOUT_FILENO);
	divert(&diverted_err, stderr, STDERR_FILENO);
}

void said_end(struct said *ret_said)
{
	restore(&diverted_out, ret_said->out);
	restore(&diverted_err, ret_said->err);
}
