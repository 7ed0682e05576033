/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/setting.h"

#include "support/check.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct fake_kernel *fake;
char *before;
struct ended *ended;

int setting_start(const struct scenario *scenario)
{
	fake = scenario_machine(scenario);
	before = fake_dump(fake);
	ended = mmap(NULL, sizeof(*ended), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	return ended == MAP_FAILED ? -1 : 0;
}

void setting_end(void)
{
	munmap(ended, sizeof(*ended));
	free(before);
	fake_free(fake);
}

void setting_wish(const struct wish *wish)
{
	wish_carry_out(fake, wish, PATIENCE_MS, ended);
}

/* Signals that a wish of this process has set handlers for end a wait early. */
int setting_wait_for(pid_t tool)
{
	int status;

	if (tool < 0 || TEMP_FAILURE_RETRY(waitpid(tool, &status, 0)) != tool)
		fail_msg("there is no tool: %s", strerror(errno));
	return status;
}

void setting_wait_for_writers(void)
{
	while (TEMP_FAILURE_RETRY(waitpid(-1, NULL, 0)) > 0)
		;
}

bool setting_wish_apart(const struct wish *wish, int timeout_ms)
{
	pid_t tool = fork();

	if (tool == 0) {
		fake_tool_is(fake, getpid());
		signal(SIGINT, SIG_DFL);
		wish_carry_out(fake, wish, timeout_ms, ended);
		_exit(0);
	}
	return WIFSIGNALED(setting_wait_for(tool));
}

void setting_must_be_as_before(const char *when)
{
	_autofree_ char *now = fake_dump(fake);

	if (strcmp(now, before) != 0)
		fail_msg("%s (%s): it was\n%s\nand is\n%s", when, ended->message, before, now);
}

void setting_must_be_closed(void)
{
	unsigned writes = fake_count(fake);

	setting_wish(NULL);
	assert_int_equal(ended->result, 0);
	assert_int_equal(ended->outcome, OUTCOME_NOTHING_TO_DO);
	assert_int_equal(fake_count(fake), writes);
}

bool setting_shows(const char *text)
{
	_autofree_ char *now = fake_dump(fake);

	return strstr(now, text);
}

void setting_must_show(const char *text)
{
	_autofree_ char *now = fake_dump(fake);

	if (!strstr(now, text))
		fail_msg("no \"%s\" in\n%s\n%s", text, now, ended->message);
}

int setting_tear_down(void **state)
{
	setting_end();
	return 0;
}

int setting_open(void **state)
{
	scenarios_open();
	return 0;
}

int setting_close(void **state)
{
	scenarios_close();
	return 0;
}
