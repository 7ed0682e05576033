/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/trial.h"

#include "base/arena.h"
#include "support/store_faults.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* timeout for writes that hang on purpose, and for a process that waits for a held lock */
	IMPATIENCE_MS = 80,
	TRIAL_SECONDS = 60,
};

static const int stopping[] = {SIGINT, SIGTERM, SIGQUIT};

/*
 * A running trial. @ended: where tools store their result, in shared memory
 * @before: number of writes before the tested request
 */
struct course {
	const struct trial *trial;
	struct fake_kernel *fake;
	struct ended *ended;
	struct verdict *verdict;
	int timeout_ms;
	unsigned before;
};

/* End the trial at the first violation. */
_Noreturn _printf_(2, 3) static void wrong(const struct course *course, const char *format, ...)
{
	struct verdict *verdict = course->verdict;
	size_t used;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(verdict->wrong, sizeof(verdict->wrong), format, arguments);
	va_end(arguments);
	for (unsigned i = 1; i <= fake_count(course->fake); i++) {
		const struct fake_entry *entry = fake_entry(course->fake, i);

		used = strlen(verdict->wrong);
		snprintf(verdict->wrong + used, sizeof(verdict->wrong) - used,
			 "\n    %u%s %s <- \"%s\": %d", i, entry->faulty ? "!" : "", entry->file,
			 entry->text, entry->result);
	}
	fake_heals(course->fake);
	fake_free(course->fake);
	_exit(1);
}

/*
 * Run a request in a process of its own, which can be killed, after @kill_us if that is not 0. True
 * if it was killed.
 */
static bool run_tool_for(struct course *course, const struct wish *wish, int timeout_ms,
			 unsigned kill_us)
{
	pid_t tool;
	int status;

	*course->ended = (struct ended){0};
	tool = fork();
	if (tool == 0) {
		/* Set the tool first: a fault must not come before its target is known. */
		fake_tool_is(course->fake, getpid());
		/* A sweep that is run with "&" has inherited an ignored SIGINT. */
		for (size_t i = 0; i < ARRAY_SIZE(stopping); i++)
			signal(stopping[i], SIG_DFL);
		wish_carry_out(course->fake, wish, timeout_ms, course->ended);
		_exit(0);
	}
	if (tool > 0 && kill_us) {
		usleep(kill_us);
		kill(tool, SIGKILL);
	}
	if (tool < 0 || waitpid(tool, &status, 0) != tool)
		wrong(course, "there was no tool: %s", strerror(errno));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		wrong(course, "the tool ended with wait status %#x", (unsigned)status);
	return false;
}

static bool run_tool(struct course *course, const struct wish *wish, int timeout_ms)
{
	return run_tool_for(course, wish, timeout_ms, 0);
}

static bool is_dump(const struct course *course, const char *expected)
{
	_autofree_ char *dump = fake_dump(course->fake);

	return strcmp(dump, expected) == 0;
}

static bool is_old(const struct course *course)
{
	return is_dump(course, course->trial->reference->old) ||
	       is_dump(course, course->trial->reference->old_grouped);
}

static bool is_new(const struct course *course)
{
	return is_dump(course, course->trial->reference->new);
}

_Noreturn static void wrong_state(const struct course *course, const char *expected,
				  const char *when)
{
	_autofree_ char *dump = fake_dump(course->fake);

	wrong(course, "%s: \"%s\"\nit is neither what it was nor what was wanted:\n%s\nwanted:\n%s",
	      when, course->ended->message, dump, expected);
}

/* Check that @wish ends with that code, and without a write. */
static void must_be_turned_away(struct course *course, const struct wish *wish,
				enum error_code code, const char *when)
{
	unsigned writes = fake_count(course->fake);

	if (run_tool(course, wish, IMPATIENCE_MS))
		wrong(course, "%s: killed", when);
	if (course->ended->code != code)
		wrong(course, "%s: %s (%s), not %s", when, error_code_name(course->ended->code),
		      course->ended->message, error_code_name(code));
	if (fake_count(course->fake) != writes)
		wrong(course, "%s: it wrote all the same", when);
}

/* True where the last write was made to hang, and still hangs. */
static bool is_hanging(const struct course *course)
{
	unsigned last = fake_count(course->fake);
	const struct fake_entry *entry = fake_entry(course->fake, last);

	if (!entry || entry->result != FAKE_CUT_OFF)
		return false;
	for (unsigned i = 0; i < course->trial->fault_count; i++) {
		const struct fake_fault *fault = &course->trial->faults[i];

		if (fault->write == last - course->before)
			return fault->kind == FAKE_HANGS || fault->kind == FAKE_HANGS_MIDWAY ||
			       fault->kind == FAKE_ORPHANS;
	}
	return false;
}

/*
 * Processes that were left behind are children of this process now, and must end before the next
 * tool looks for them.
 */
static void wait_for_orphans(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

/* True when all have ended, false if one hangs; a slow machine needs time. */
static bool orphans_end(const struct course *course)
{
	enum { GLANCE_MS = 5 };
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
		if (pid == 0 && is_hanging(course))
			return false;
		if (pid == 0)
			poll(NULL, 0, GLANCE_MS);
	}
	return true;
}

/*
 * Check that while a write of a dead tool hangs, no other tool writes, and that afterwards only
 * recover does.
 */
static void hold_off_others(struct course *course)
{
	if (orphans_end(course))
		return;
	must_be_turned_away(course, &course->trial->scenario->wish, ERROR_LOCKED,
			    "a change beside a hanging write");
	must_be_turned_away(course, NULL, ERROR_LOCKED, "recover beside a hanging write");
	fake_heals(course->fake);
	wait_for_orphans();
}

/* Check the state after recover has reported success. */
static void check_recovered(struct course *course)
{
	if (course->ended->outcome == OUTCOME_DONE && !is_new(course))
		wrong_state(course, course->trial->reference->new, "recover says done");
	if (course->ended->outcome == OUTCOME_ROLLED_BACK && !is_old(course))
		wrong_state(course, course->trial->reference->old, "recover says rolled back");
	if (course->ended->outcome != OUTCOME_DONE && course->ended->outcome != OUTCOME_ROLLED_BACK)
		wrong(course, "recover found nothing to do");
}

static void check_unfinished(struct course *course)
{
	if (course->ended->code != ERROR_UNFINISHED)
		wrong(course, "recover: %s (%s)", error_code_name(course->ended->code),
		      course->ended->message);
}

/*
 * Recover until nothing is left. While faults last, recover may fail or be killed, but its result
 * must be true; without faults it must succeed.
 */
static void recover(struct course *course)
{
	bool killed;

	hold_off_others(course);
	must_be_turned_away(course, &course->trial->scenario->wish, ERROR_INTERRUPTED,
			    "a change before recover");
	killed = run_tool(course, NULL, course->timeout_ms);
	course->verdict->recovered = *course->ended;
	if (killed || course->ended->result < 0) {
		if (!killed)
			check_unfinished(course);
		hold_off_others(course);
		must_be_turned_away(course, &course->trial->scenario->wish, ERROR_INTERRUPTED,
				    "a change before the second recover");
		fake_heals(course->fake);
		if (run_tool(course, NULL, PATIENCE_MS) || course->ended->result < 0)
			wrong(course, "recover, with nothing in its way: %s (%s)",
			      error_code_name(course->ended->code), course->ended->message);
	}
	check_recovered(course);
}

/* Check a signal: those that ask to stop undo everything, all others change nothing. */
static void check_signal(const struct course *course)
{
	const struct fake_fault *fault = &course->trial->faults[0];
	bool done = course->ended->outcome == OUTCOME_DONE;
	bool ends = fault->kind == FAKE_SIGNALS;

	if (course->trial->fault_count > 1 ||
	    (fault->kind != FAKE_SIGNALS && fault->kind != FAKE_SIGNALS_ALL))
		return;
	if (ends && done)
		wrong(course, "it was interrupted, and went on");
	if (!ends && !done)
		wrong(course, "it heeded a signal that it was to ignore");
}

/* Check that nothing is written if /run cannot be written before the first "begin". */
static void check_refused_by_store(struct course *course)
{
	enum error_code code = course->ended->code;

	if (!course->trial->store_call || code != ERROR_IO)
		wrong(course, "%s: %s", error_code_name(code), course->ended->message);
	if (fake_count(course->fake) != course->before)
		wrong(course, "it wrote to the kernel, and then said: %s", course->ended->message);
	if (!is_old(course))
		wrong_state(course, course->trial->reference->old, "it says that it wrote nothing");
}

/* Check that the tool's report is true. */
static void check_end(struct course *course, bool killed)
{
	struct verdict *verdict = course->verdict;

	verdict->end = "killed";
	if (!killed)
		verdict->end = error_code_name(course->ended->code);
	check_signal(course);
	/* The store works again, as if the user had made room. */
	store_heals();
	if (killed || course->ended->code == ERROR_UNFINISHED) {
		recover(course);
		return;
	}
	switch (course->ended->code) {
	case ERROR_NONE:
		verdict->end = "done";
		if (course->ended->outcome != OUTCOME_DONE)
			wrong(course, "outcome %s without an error",
			      outcome_name(course->ended->outcome));
		if (!is_new(course))
			wrong_state(course, course->trial->reference->new, "it says done");
		break;
	case ERROR_ROLLED_BACK:
	case ERROR_PERMISSION:
		if (course->ended->outcome != OUTCOME_ROLLED_BACK || !is_old(course))
			wrong_state(course, course->trial->reference->old, "it says rolled back");
		break;
	default:
		check_refused_by_store(course);
	}
}

static bool hangs(const struct fake_fault *fault)
{
	return fault->kind == FAKE_HANGS || fault->kind == FAKE_HANGS_MIDWAY;
}

static void inject(struct course *course)
{
	course->before = fake_count(course->fake);
	course->timeout_ms = PATIENCE_MS;
	for (unsigned i = 0; i < course->trial->fault_count; i++) {
		struct fake_fault fault = course->trial->faults[i];

		if (hangs(&fault))
			course->timeout_ms = IMPATIENCE_MS;
		fault.write += course->before;
		fake_inject(course->fake, fault);
	}
}

/* Kill the tool at a moment: once its writer has ended, recover undoes it or finds all done. */
static void kill_at_a_moment(struct course *course)
{
	struct verdict *verdict = course->verdict;

	verdict->end = "done";
	verdict->struck = run_tool_for(course, &course->trial->scenario->wish, PATIENCE_MS,
				       course->trial->kill_us);
	if (!verdict->struck)
		return;
	verdict->end = "killed";
	wait_for_orphans();
	if (run_tool(course, NULL, PATIENCE_MS) || course->ended->result < 0)
		wrong(course, "recover: %s (%s)", error_code_name(course->ended->code),
		      course->ended->message);
	if (!is_old(course) && !is_new(course))
		wrong_state(course, course->trial->reference->old, "recover says all is well");
}

static void strike(struct course *course)
{
	const struct trial *trial = course->trial;
	struct verdict *verdict = course->verdict;
	const struct fake_entry *last;
	bool killed;

	inject(course);
	if (trial->probing)
		fake_probes_always(course->fake);
	if (trial->others.file)
		fake_writes_after(course->fake, trial->others.after, trial->others.file,
				  trial->others.text);
	if (trial->store_call) {
		store_faults_watch();
		store_fails_at(trial->store_call, trial->store_error, trial->store_persists);
	}
	killed = run_tool(course, &trial->scenario->wish, course->timeout_ms);
	verdict->ended = *course->ended;
	verdict->writes = fake_count(course->fake) - course->before;
	check_end(course, killed);
	if (trial->probing && !trial->fault_count && course->verdict->ended.result < 0)
		wrong(course, "a loop of probes broke it: %s", course->verdict->ended.message);
	verdict->struck = store_has_failed() || trial->others.file;
	if (!trial->fault_count)
		return;
	last = fake_entry(course->fake,
			  course->before + trial->faults[trial->fault_count - 1].write);
	verdict->struck = last && last->faulty;
}

/* Check that the memory survived: every device can be restored to its original state. */
static void check_memory(struct course *course)
{
	static const struct wish restore = {.verb = "restore", .all = true};

	if (run_tool(course, &restore, PATIENCE_MS) || course->ended->result < 0)
		wrong(course, "restore --all: %s (%s)", error_code_name(course->ended->code),
		      course->ended->message);
	if (!is_dump(course, course->trial->reference->origin))
		wrong_state(course, course->trial->reference->origin, "restore --all");
}

/* Check after any end that nothing is left to recover, and that the same request succeeds now. */
static void check_afterwards(struct course *course)
{
	unsigned writes;

	fake_heals(course->fake);
	wait_for_orphans();
	writes = fake_count(course->fake);
	if (run_tool(course, NULL, IMPATIENCE_MS) ||
	    course->ended->outcome != OUTCOME_NOTHING_TO_DO || fake_count(course->fake) != writes)
		wrong(course, "something is left to recover: %s", course->ended->message);
	/* One check for each end is enough. */
	if (course->trial->fault_count > 1)
		return;
	if (run_tool(course, &course->trial->scenario->wish, PATIENCE_MS) ||
	    course->ended->result < 0)
		wrong(course, "the same wish afterwards: %s (%s)",
		      error_code_name(course->ended->code), course->ended->message);
	if (!is_new(course))
		wrong_state(course, course->trial->reference->new, "the same wish afterwards");
	check_memory(course);
}

static void check_writes(const struct course *course)
{
	for (unsigned i = 1; i <= fake_count(course->fake); i++)
		if (strcmp(fake_entry(course->fake, i)->text, "(null)") == 0)
			wrong(course, "it wrote \"(null)\"");
}

void trial_run(const struct trial *trial, struct verdict *verdict)
{
	struct course course = {.trial = trial, .verdict = verdict};

	/*
	 * Writers that are left behind become children of this process, and none of its waits is
	 * endless.
	 */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	alarm(TRIAL_SECONDS);
	course.ended = mmap(NULL, sizeof(*course.ended), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (course.ended == MAP_FAILED)
		memory_exhausted();
	/* Use faults of its own: another trial runs at the same time. */
	store_faults_open();
	course.fake = scenario_machine(trial->scenario);
	if (trial->fault_count || trial->others.file || trial->probing || trial->store_call)
		strike(&course);
	else
		kill_at_a_moment(&course);
	check_afterwards(&course);
	check_writes(&course);
	verdict->judged = true;
	fake_free(course.fake);
}
