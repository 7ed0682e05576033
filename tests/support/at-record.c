/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * at-record RECORD SCRIPT COMMAND… - run COMMAND, an iommuctl; stop it when it has written RECORD,
 * such as "begin 2", to its journal, and continue it when SCRIPT has ended
 *
 * SCRIPT, for sh, has the process ID of the stopped one in $tool. The exit status is that of
 * COMMAND, or 128 and the number of the signal that ended it; 125 if the record was never written.
 *
 * On a machine with one processor this hits the moment exactly: this process runs before all
 * others, so iommuctl does nothing between its write to the journal and the SIGSTOP.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char DIR[] = "/run/iommuctl", JOURNAL[] = "/run/iommuctl/journal";

enum {
	NEVER_CAME = 125,
	PRIORITY = 50,
};

/* The journal before COMMAND, whose records do not count. */
static struct stat old;

static void fail(const char *what)
{
	fprintf(stderr, "at-record: %s: %s\n", what, strerror(errno));
	exit(NEVER_CAME);
}

/* True for that record: a line is "<checksum> <number> <word>\t<field>…". */
static bool is_record(char *line, const char *record)
{
	size_t length = strlen(record);
	char *words = strchr(line, ' ');

	words = words ? strchr(words + 1, ' ') : NULL;
	if (!words)
		return false;
	for (char *tab = words++; (tab = strchr(tab, '\t')) != NULL;)
		*tab = ' ';
	return strncmp(words, record, length) == 0 && strchr(" \n", words[length]);
}

static bool has_come(const char *record)
{
	FILE *file = fopen(JOURNAL, "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	struct stat now;

	if (!file)
		return false;
	if (fstat(fileno(file), &now) == 0 && now.st_ino == old.st_ino)
		fseek(file, old.st_size, SEEK_SET);
	while (!found && getline(&line, &size, file) > 0)
		found = is_record(line, record);
	free(line);
	fclose(file);
	return found;
}

static int watch_journal(void)
{
	int fd = inotify_init1(IN_CLOEXEC);

	mkdir(DIR, 0700);
	if (fd < 0 || inotify_add_watch(fd, DIR, IN_MODIFY | IN_MOVED_TO) < 0)
		fail(DIR);
	if (stat(JOURNAL, &old) < 0)
		old.st_ino = 0;
	return fd;
}

/* Run before all other processes; children run at normal priority. */
static void go_first(void)
{
	struct sched_param param = {.sched_priority = PRIORITY};

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param) < 0)
		fail("sched_setscheduler");
}

static pid_t start(char **command)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		execvp(command[0], command);
		fail(command[0]);
	}
	return pid;
}

static bool wait_for_record(int events, pid_t tool, const char *record)
{
	char some[4096];
	struct pollfd fds[] = {
		{.fd = events, .events = POLLIN},
		{.fd = (int)syscall(SYS_pidfd_open, tool, 0), .events = POLLIN},
	};

	while (poll(fds, 2, -1) >= 0 && !fds[1].revents)
		if (read(events, some, sizeof(some)) > 0 && has_come(record))
			return true;
	return false;
}

static void run_while_stopped(pid_t tool, const char *script)
{
	char number[16];
	int status;

	kill(tool, SIGSTOP);
	if (waitpid(tool, &status, WUNTRACED) < 0 || !WIFSTOPPED(status)) {
		fprintf(stderr, "at-record: it ended before it could be stopped\n");
		exit(NEVER_CAME);
	}
	snprintf(number, sizeof(number), "%d", tool);
	setenv("tool", number, 1);
	if (system(script) < 0)
		fail(script);
	kill(tool, SIGCONT);
}

int main(int argc, char **argv)
{
	int events, status = 0;
	bool came;
	pid_t tool;

	if (argc < 4) {
		fprintf(stderr, "usage: at-record RECORD SCRIPT COMMAND...\n");
		return NEVER_CAME;
	}
	events = watch_journal();
	go_first();
	tool = start(argv + 3);
	came = wait_for_record(events, tool, argv[1]);
	if (came)
		run_while_stopped(tool, argv[2]);
	else
		fprintf(stderr, "at-record: \"%s\" never came\n", argv[1]);
	waitpid(tool, &status, 0);
	if (!came)
		return NEVER_CAME;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
