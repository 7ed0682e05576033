/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instructions [-s STATUS] LABEL COMMAND [ARG...] - how many million instructions a command takes
 *
 * Only in a virtual machine that QEMU runs with "-icount shift=0": there one instruction is one
 * nanosecond of guest time, whatever the load of the host. The command runs RUNS times with its
 * output thrown away, after one run that warms the caches; the median, with fork, exec and exit, is
 * printed as "LABEL<tab>MILLIONS". A command that does not end with STATUS (0) is an error, as is
 * an executable that does not exist.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5 };

static double nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Millions of instructions of one run, or -1 if it did not end with the status. */
static double measure_run(char **command, int expected)
{
	double start = nanoseconds();
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		dup2(null, 2);
		execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != expected)
		return -1;
	return (nanoseconds() - start) / 1e6;
}

static int compare(const void *a, const void *b)
{
	double difference = *(const double *)a - *(const double *)b;

	return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv)
{
	double samples[RUNS];
	int expected = 0;

	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		expected = atoi(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc < 3) {
		fputs("usage: instructions [-s STATUS] LABEL COMMAND [ARG...]\n", stderr);
		return 2;
	}
	for (int i = -1; i < RUNS; i++) {
		double millions = measure_run(argv + 2, expected);

		if (millions < 0) {
			fprintf(stderr, "instructions: %s did not end with %d\n", argv[2],
				expected);
			return 1;
		}
		if (i >= 0)
			samples[i] = millions;
	}
	qsort(samples, RUNS, sizeof(*samples), compare);
	printf("%s\t%.2f\n", argv[1], samples[RUNS / 2]);
	return 0;
}
