/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * instructions [-s STATUS] [-b SCRIPT] [-f] LABEL COMMAND [ARG...] - how many million instructions
 * a command takes
 *
 * Only in a virtual machine that QEMU runs with "-icount shift=0": there one instruction is one
 * nanosecond of guest time, whatever the load of the host. The command runs RUNS times with its
 * output thrown away, after one run that warms the caches; the median, with fork, exec and exit, is
 * printed as "LABEL<tab>MILLIONS". With -b, the shell runs SCRIPT before each run, unmeasured. With
 * -f a second line, "LABEL, forks<tab>NUMBER", has the processes that the command starts: the least
 * of all runs, as the kernel starts threads of its own. A command that does not end with STATUS (0)
 * is an error, as is an executable that does not exist.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5 };

struct options {
	const char *before;
	int status;
	bool forks;
};

struct sample {
	double millions;
	long forks;
};

static double nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The number of forks since boot ("processes" in /proc/stat), or -1. */
static long count_forks(void)
{
	FILE *file = fopen("/proc/stat", "re");
	char *line = NULL;
	size_t size = 0;
	long forks = -1;

	while (file && getline(&line, &size, file) > 0)
		if (sscanf(line, "processes %ld", &forks) == 1)
			break;
	free(line);
	if (file)
		fclose(file);
	return forks;
}

static void silence(void)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 1);
	dup2(null, 2);
}

static bool run_before(const char *script)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		silence();
		execvp(argv[0], (char **)argv);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* One run, or false if it did not end with the status. */
static bool measure_run(char **command, const struct options *options, struct sample *ret_sample)
{
	long forks;
	double start;
	int status;
	pid_t pid;

	if (options->before && !run_before(options->before))
		return false;
	forks = count_forks();
	start = nanoseconds();
	pid = vfork();
	if (pid == 0) {
		silence();
		execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != options->status)
		return false;
	ret_sample->millions = (nanoseconds() - start) / 1e6;
	ret_sample->forks = count_forks() - forks - 1;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct sample *one = a, *other = b;

	return (one->millions > other->millions) - (one->millions < other->millions);
}

static void print_samples(const char *label, struct sample *samples, const struct options *options)
{
	long forks = samples[0].forks;

	qsort(samples, RUNS, sizeof(*samples), compare);
	printf("%s\t%.2f\n", label, samples[RUNS / 2].millions);
	for (int i = 1; i < RUNS; i++)
		if (samples[i].forks < forks)
			forks = samples[i].forks;
	if (options->forks)
		printf("%s, forks\t%ld\n", label, forks);
}

static bool parse_options(int argc, char **argv, struct options *options)
{
	int option;

	while ((option = getopt(argc, argv, "+s:b:f")) != -1) {
		if (option == 's')
			options->status = atoi(optarg);
		else if (option == 'b')
			options->before = optarg;
		else if (option == 'f')
			options->forks = true;
		else
			return false;
	}
	return argc - optind >= 2;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct sample samples[RUNS], warm;

	if (!parse_options(argc, argv, &options)) {
		fputs("usage: instructions [-s STATUS] [-b SCRIPT] [-f] LABEL COMMAND [ARG...]\n",
		      stderr);
		return 2;
	}
	argv += optind;
	for (int i = -1; i < RUNS; i++) {
		if (measure_run(argv + 1, &options, i < 0 ? &warm : &samples[i]))
			continue;
		fprintf(stderr, "instructions: %s did not end with %d\n", argv[0], options.status);
		return 1;
	}
	print_samples(argv[0], samples, &options);
	return 0;
}
