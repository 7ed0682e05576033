/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/fake_parts.h"

#include "base/arena.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct fake_shared *fake_shared_new(void)
{
	struct fake_shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		memory_exhausted();
	shared->held = -1;
	return shared;
}

void fake_shared_free(struct fake_shared *shared)
{
	munmap(shared, sizeof(*shared));
}

unsigned fake_log(struct fake_shared *shared, const char *file, const char *text)
{
	unsigned write = atomic_fetch_add(&shared->writes, 1) + 1;
	struct fake_entry *entry;

	if (write > FAKE_WRITES_MAX) {
		fprintf(stderr, "fake kernel: more than %d writes\n", FAKE_WRITES_MAX);
		abort();
	}
	entry = &shared->log[write - 1];
	snprintf(entry->file, sizeof(entry->file), "%s", file);
	snprintf(entry->text, sizeof(entry->text), "%s", text);
	entry->writer = getpid();
	entry->result = FAKE_CUT_OFF;
	return write;
}

int fake_log_result(struct fake_shared *shared, unsigned write, int result)
{
	shared->log[write - 1].result = result;
	return result;
}

/* True for the write that a fault was injected for, or, if it persists, for one like it. */
static bool meets(const struct fake_shared *shared, const struct fake_fault *fault, unsigned write)
{
	const struct fake_entry *first, *now;

	if (write == fault->write)
		return true;
	if (!fault->persists || write < fault->write)
		return false;
	first = &shared->log[fault->write - 1];
	now = &shared->log[write - 1];
	return strcmp(first->file, now->file) == 0 && strcmp(first->text, now->text) == 0;
}

const struct fake_fault *fake_fault_of(struct fake_shared *shared, unsigned write)
{
	for (unsigned i = 0; i < shared->fault_count; i++) {
		if (!meets(shared, &shared->faults[i], write))
			continue;
		shared->log[write - 1].faulty = true;
		return &shared->faults[i];
	}
	return NULL;
}

void fake_wait(struct fake_shared *shared)
{
	enum { GLANCE_US = 500, GLANCES = 120 * 1000 * 2 };
	/* Limited, so that a killed test leaves no process behind for long. */
	for (int i = 0; i < GLANCES && atomic_load(&shared->heals) == shared->ill_since; i++)
		usleep(GLANCE_US);
}

static pid_t tool_of(const struct fake_shared *shared)
{
	return shared->tool ? shared->tool : getppid();
}

_Noreturn static void die_with_the_tool(struct fake_shared *shared)
{
	kill(tool_of(shared), SIGKILL);
	raise(SIGKILL);
	_exit(1);
}

/* 32 to 64 are real-time signals; glibc has no names for the first two. */
static void send_all_signals(pid_t tool)
{
	static const int numbers[] = {SIGHUP,  SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM,  SIGVTALRM,
				      SIGPROF, SIGXCPU, SIGXFSZ, SIGIO,	  SIGPWR,   SIGSTKFLT,
				      SIGTRAP, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGURG};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		kill(tool, numbers[i]);
	for (int number = 32; number <= SIGRTMAX; number++)
		kill(tool, number);
}

void fake_strikes_before(struct fake_shared *shared, const struct fake_fault *fault)
{
	if (!fault)
		return;
	switch (fault->kind) {
	case FAKE_HANGS:
		fake_wait(shared);
		break;
	case FAKE_KILLS_BEFORE:
		die_with_the_tool(shared);
	case FAKE_ORPHANS:
		kill(tool_of(shared), SIGKILL);
		fake_wait(shared);
		break;
	case FAKE_LOSES_WRITER:
		raise(SIGKILL);
		break;
	case FAKE_SIGNALS:
		kill(tool_of(shared), fault->detail);
		break;
	case FAKE_SIGNALS_ALL:
		send_all_signals(tool_of(shared));
		break;
	default:
		break;
	}
}

void fake_strikes_midway(struct fake_shared *shared, const struct fake_fault *fault)
{
	if (fault && fault->kind == FAKE_HANGS_MIDWAY)
		fake_wait(shared);
}

void fake_strikes_after(struct fake_shared *shared, const struct fake_fault *fault)
{
	if (fault && fault->kind == FAKE_KILLS_AFTER)
		die_with_the_tool(shared);
}

void fake_inject(struct fake_kernel *fake, struct fake_fault fault)
{
	if (fake->shared->fault_count == FAKE_FAULTS_MAX)
		abort();
	fake->shared->ill_since = atomic_load(&fake->shared->heals);
	fake->shared->faults[fake->shared->fault_count++] = fault;
}

void fake_heals(struct fake_kernel *fake)
{
	struct fake_shared *shared = fake->shared;

	shared->fault_count = 0;
	*shared->failing_driver = *shared->deferred = *shared->changeling = '\0';
	shared->binds_at_once = false;
	shared->held = -1;
	shared->nodeless = shared->probing = false;
	shared->claim_error = 0;
	atomic_fetch_add(&shared->heals, 1);
}

void fake_tool_is(struct fake_kernel *fake, pid_t tool)
{
	fake->shared->tool = tool;
}

unsigned fake_count(const struct fake_kernel *fake)
{
	return atomic_load(&fake->shared->writes);
}

const struct fake_entry *fake_entry(const struct fake_kernel *fake, unsigned write)
{
	return write >= 1 && write <= fake_count(fake) ? &fake->shared->log[write - 1] : NULL;
}

void fake_bind_fails_with(struct fake_kernel *fake, const char *driver, int error)
{
	snprintf(fake->shared->failing_driver, sizeof(fake->shared->failing_driver), "%s", driver);
	fake->shared->failing_error = error;
}

void fake_probe_defers(struct fake_kernel *fake, const char *device)
{
	snprintf(fake->shared->deferred, sizeof(fake->shared->deferred), "%s", device);
}

void fake_group_is_held(struct fake_kernel *fake, int group)
{
	fake->shared->ill_since = atomic_load(&fake->shared->heals);
	fake->shared->held = group;
}

void fake_vfio_makes_no_nodes(struct fake_kernel *fake)
{
	fake->shared->nodeless = true;
}

void fake_probes_always(struct fake_kernel *fake)
{
	fake->shared->probing = true;
}

void fake_claims_fail_with(struct fake_kernel *fake, int error)
{
	fake->shared->claim_error = error;
}
