/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sweep: every scenario is disturbed at every write in every possible way, then at every write
 * of the undo and of recover, and killed at moments in between. Each trial ends in exactly the old
 * state, exactly the new one, or with a journal from which recover reaches one of these (trial.h).
 *
 *     sweep            all trials
 *     sweep N          every N-th trial
 *     sweep TEXT       trials whose description contains TEXT, one line each
 */
#include "crash/trial.h"

#include "base/arena.h"
#include "base/text.h"
#include "support/store_faults.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TRIALS_MAX = 12288,
	PARALLEL = 2,
	/** fewer trials would mean that the sweep no longer makes them */
	TRIALS_MIN = 1500,
	/** number of moments at which an undisturbed run is killed */
	MOMENTS = 20,
	FAILURES_SHOWN = 20,
	SCENARIOS_MAX = 32,
};

struct sweep {
	const char *wanted;
	struct arena *arena; /* for texts of trials */
	uint64_t every, passed;
	struct reference references[SCENARIOS_MAX];
	struct trial trials[TRIALS_MAX];
	struct verdict *verdicts; /* in shared memory, one for each trial */
	size_t count, judged, failed;
	pid_t running[PARALLEL];
	size_t runs[PARALLEL];
};

/*
 * The errors with which the kernel can answer a write: its own, and those of open(2) and write(2).
 */
static const int unbind_errors[] = {ENODEV, ENOENT, ENOMEM, EACCES, 0};
static const int bind_errors[] = {ENODEV, EBUSY, EAGAIN, EINVAL, ENOENT, EIO, ENOMEM, EPERM, 0};
static const int override_errors[] = {EINVAL, ENOMEM, ENOENT, ENODEV, EACCES, 0};
static const int load_errors[] = {ENOENT, EPERM, ENOEXEC, ENOMEM, EBUSY, 0};

static bool ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), most = strlen(end);

	return length >= most && strcmp(text + length - most, end) == 0;
}

static const int *errors_of(const struct fake_entry *entry)
{
	if (!*entry->file)
		return load_errors;
	if (ends_in(entry->file, "/unbind"))
		return unbind_errors;
	return ends_in(entry->file, "/bind") ? bind_errors : override_errors;
}

/* One failing trial is enough to disturb the undo, and one killed trial to disturb recover. */
static bool leads_back(const struct trial *trial)
{
	return trial->fault_count && trial->faults[0].kind == FAKE_FAILS &&
	       trial->faults[0].detail == ENOENT;
}

static bool leads_to_recover(const struct trial *trial)
{
	return trial->fault_count && trial->faults[0].kind == FAKE_KILLS_AFTER;
}

static bool is_wanted(struct sweep *sweep, const struct trial *trial)
{
	bool needed = trial->fault_count == 1 && (leads_back(trial) || leads_to_recover(trial));
	char text[512];

	if (!sweep->wanted)
		return needed || sweep->passed++ % sweep->every == 0;
	trial_describe(trial, text, sizeof(text));
	return strstr(text, sweep->wanted);
}

static void add_trial(struct sweep *sweep, const struct trial *trial)
{
	if (!is_wanted(sweep, trial))
		return;
	if (sweep->count == TRIALS_MAX)
		abort();
	sweep->trials[sweep->count++] = *trial;
}

static void add(struct sweep *sweep, const struct trial *like, struct fake_fault fault)
{
	struct trial trial = *like;

	trial.faults[trial.fault_count++] = fault;
	add_trial(sweep, &trial);
}

/* Disturbances that do not depend on the file. */
static void add_moments(struct sweep *sweep, const struct trial *like, unsigned write)
{
	static const enum fake_fault_kind kinds[] = {FAKE_LIES,		FAKE_HANGS,
						     FAKE_LOSES_WRITER, FAKE_KILLS_BEFORE,
						     FAKE_KILLS_AFTER,	FAKE_ORPHANS};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		add(sweep, like, (struct fake_fault){.kind = kinds[i], .write = write});
	add(sweep, like,
	    (struct fake_fault){.kind = FAKE_FAILS_AFTER, .write = write, .detail = EIO});
	add(sweep, like,
	    (struct fake_fault){.kind = FAKE_SIGNALS, .write = write, .detail = SIGINT});
}

static void add_midway(struct sweep *sweep, const struct trial *like, unsigned write)
{
	if (ends_in(like->reference->entries[write - 1].file, "bind"))
		add(sweep, like, (struct fake_fault){.kind = FAKE_HANGS_MIDWAY, .write = write});
}

static void add_signals(struct sweep *sweep, const struct trial *like, unsigned write)
{
	static const int signals[] = {SIGTERM, SIGQUIT};

	add(sweep, like, (struct fake_fault){.kind = FAKE_SIGNALS_ALL, .write = write});
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		add(sweep, like,
		    (struct fake_fault){
			    .kind = FAKE_SIGNALS, .write = write, .detail = signals[i]});
}

static void add_errors(struct sweep *sweep, const struct trial *like, unsigned write,
		       const int *errors)
{
	for (; *errors; errors++) {
		struct fake_fault fault = {.kind = FAKE_FAILS, .write = write, .detail = *errors};

		add(sweep, like, fault);
		/* A temporary error: the write succeeds when it is repeated. */
		fault.persists = true;
		if (*errors == EBUSY || *errors == EIO)
			add(sweep, like, fault);
	}
}

static void start(struct sweep *sweep, size_t slot, size_t index)
{
	sweep->runs[slot] = index;
	sweep->running[slot] = fork();
	if (sweep->running[slot] < 0)
		abort();
	if (sweep->running[slot])
		return;
	trial_run(&sweep->trials[index], &sweep->verdicts[index]);
	_exit(0);
}

static void report(struct sweep *sweep, size_t index, int status)
{
	struct verdict *verdict = &sweep->verdicts[index];
	char text[512];

	sweep->judged++;
	trial_describe(&sweep->trials[index], text, sizeof(text));
	if (!*verdict->wrong && (!verdict->judged || status))
		snprintf(verdict->wrong, sizeof(verdict->wrong), "ended with wait status %#x",
			 (unsigned)status);
	if (*verdict->wrong && sweep->failed++ < FAILURES_SHOWN)
		printf("FAILED  %s\n    %s\n", text, verdict->wrong);
	else if (sweep->wanted)
		printf("%-10s %s%s%s\n", verdict->end, text, *verdict->ended.message ? ": " : "",
		       verdict->ended.message);
}

static void finish_one(struct sweep *sweep)
{
	int status;
	pid_t pid = wait(&status);

	for (size_t slot = 0; slot < PARALLEL; slot++) {
		if (sweep->running[slot] != pid)
			continue;
		sweep->running[slot] = 0;
		report(sweep, sweep->runs[slot], status);
	}
}

/* Run all trials from @first on. */
static void run_all(struct sweep *sweep, size_t first)
{
	size_t running = 0, next = first;

	fflush(stdout);
	while (running || next < sweep->count) {
		for (size_t slot = 0; slot < PARALLEL && next < sweep->count; slot++) {
			if (sweep->running[slot])
				continue;
			start(sweep, slot, next++);
			running++;
		}
		finish_one(sweep);
		running--;
	}
}

/* Kill the tool between two writes, while it reads, plans or writes the journal. */
static void add_kill(struct sweep *sweep, const struct trial *like, unsigned moment_us)
{
	struct trial trial = *like;

	trial.kill_us = moment_us;
	add_trial(sweep, &trial);
}

static void disturb_the_way_there(struct sweep *sweep, const struct trial *like)
{
	for (unsigned write = 1; write <= like->reference->writes; write++) {
		add_errors(sweep, like, write, errors_of(&like->reference->entries[write - 1]));
		add_moments(sweep, like, write);
		add_midway(sweep, like, write);
		add_signals(sweep, like, write);
	}
	for (unsigned i = 1; i <= MOMENTS; i++)
		add_kill(sweep, like, i * like->reference->duration_us / MOMENTS);
}

/*
 * While other processes probe drivers, no device may get another driver, neither on the way nor in
 * the undo.
 */
static void disturb_by_probes(struct sweep *sweep, const struct trial *like)
{
	struct trial trial = *like;

	if (like->scenario->restless)
		return;
	trial.probing = true;
	add_trial(sweep, &trial);
	for (unsigned write = 1; write <= like->reference->writes; write++) {
		add(sweep, &trial,
		    (struct fake_fault){
			    .kind = FAKE_FAILS, .write = write, .detail = EIO, .persists = true});
		add(sweep, &trial, (struct fake_fault){.kind = FAKE_KILLS_AFTER, .write = write});
	}
}

static void add_others(struct sweep *sweep, const struct trial *like, unsigned after,
		       const char *file, const char *text)
{
	struct trial trial = *like;

	trial.others = (struct others_write){after, file, text};
	if (*file)
		add_trial(sweep, &trial);
}

/* The file to which the opposite of an unbind or a bind is written; NULL for other files. */
static const char *opposite_of(struct sweep *sweep, const char *file)
{
	size_t length = strlen(file);

	if (ends_in(file, "/unbind"))
		return arena_printf(sweep->arena, "%.*s/bind", (int)(length - strlen("/unbind")),
				    file);
	return ends_in(file, "/bind") ? arena_printf(sweep->arena, "%.*s/unbind",
						     (int)(length - strlen("/bind")), file)
				      : NULL;
}

/*
 * Let another process write between two writes of the request: the same text, its opposite, the
 * next write, and other overrides.
 */
static void disturb_by_others(struct sweep *sweep, const struct trial *like)
{
	const struct reference *reference = like->reference;

	for (unsigned write = 1; write <= reference->writes; write++) {
		const struct fake_entry *entry = &reference->entries[write - 1];
		const char *opposite = opposite_of(sweep, entry->file);

		add_others(sweep, like, write, entry->file, entry->text);
		if (opposite)
			add_others(sweep, like, write, opposite, entry->text);
		if (write < reference->writes)
			add_others(sweep, like, write, entry[1].file, entry[1].text);
		for (unsigned i = 0; i < reference->writes; i++) {
			if (!ends_in(reference->entries[i].file, "/driver_override"))
				continue;
			add_others(sweep, like, write, reference->entries[i].file, "odd");
			add_others(sweep, like, write, reference->entries[i].file, "");
		}
	}
}

/* Let writes to /run fail, from each on (full, read-only) or each alone. */
static void disturb_the_store(struct sweep *sweep, const struct trial *like)
{
	struct trial trial = *like;

	for (unsigned call = 1; call <= like->reference->store_calls; call++) {
		trial.store_call = call;
		trial.store_error = call % 2 ? ENOSPC : EROFS;
		trial.store_persists = true;
		add_trial(sweep, &trial);
		/* The first call fails with both: /run is full, or read-only, all the time. */
		trial.store_error = EROFS;
		if (call == 1)
			add_trial(sweep, &trial);
		trial.store_error = EIO;
		trial.store_persists = false;
		if (call % 3 == 0)
			add_trial(sweep, &trial);
	}
}

static void disturb_the_way_back(struct sweep *sweep, size_t count)
{
	static const int errors[] = {EIO, 0};

	for (size_t i = 0; i < count; i++) {
		const struct trial like = sweep->trials[i];
		unsigned first = like.faults[0].write;
		/* Recover makes at most as many writes as were made before. */
		unsigned last = leads_back(&like)	  ? sweep->verdicts[i].writes
				: leads_to_recover(&like) ? first + first
							  : 0;

		for (unsigned write = first + 1; write <= last; write++) {
			add_errors(sweep, &like, write, errors);
			add_moments(sweep, &like, write);
		}
	}
}

static int conclude(const struct sweep *sweep)
{
	size_t struck = 0;

	for (size_t i = 0; i < sweep->count; i++)
		struck += sweep->verdicts[i].struck;
	printf("ran %zu cases, %zu of them disturbed to the end, %zu failed\n", sweep->judged,
	       struck, sweep->failed);
	if (!sweep->wanted && struck * sweep->every < TRIALS_MIN) {
		printf("that is too few: of all, at least %d were to be disturbed\n", TRIALS_MIN);
		return 1;
	}
	return sweep->failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static struct sweep sweep;
	size_t forward, ran;

	sweep.arena = arena_new();
	sweep.every = 1;
	if (argc > 1 && (!text_number(argv[1], 10, &sweep.every) || !sweep.every))
		sweep.wanted = argv[1];
	sweep.verdicts = mmap(NULL, TRIALS_MAX * sizeof(*sweep.verdicts), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (sweep.verdicts == MAP_FAILED)
		memory_exhausted();
	store_faults_open();
	scenarios_open();
	for (size_t i = 0; scenario_at(i); i++) {
		sweep.references[i] = reference_of(scenario_at(i));
		disturb_the_way_there(&sweep, &(struct trial){.scenario = scenario_at(i),
							      .reference = &sweep.references[i]});
	}
	forward = sweep.count;
	for (size_t i = 0; scenario_at(i); i++)
		disturb_by_probes(&sweep, &(struct trial){.scenario = scenario_at(i),
							  .reference = &sweep.references[i]});
	for (size_t i = 0; scenario_at(i); i++)
		disturb_by_others(&sweep, &(struct trial){.scenario = scenario_at(i),
							  .reference = &sweep.references[i]});
	for (size_t i = 0; scenario_at(i); i++)
		disturb_the_store(&sweep, &(struct trial){.scenario = scenario_at(i),
							  .reference = &sweep.references[i]});
	run_all(&sweep, 0);

	ran = sweep.count;
	disturb_the_way_back(&sweep, forward);
	run_all(&sweep, ran);
	for (size_t i = 0; scenario_at(i); i++)
		reference_free(&sweep.references[i]);
	arena_free(sweep.arena);
	scenarios_close();
	return conclude(&sweep);
}
