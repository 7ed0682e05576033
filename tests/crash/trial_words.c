/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/trial.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_words[] = {
	[FAKE_FAILS] = "fails",
	[FAKE_FAILS_AFTER] = "happens and fails",
	[FAKE_LIES] = "is a lie",
	[FAKE_HANGS] = "hangs",
	[FAKE_HANGS_MIDWAY] = "hangs midway",
	[FAKE_KILLS_BEFORE] = "is not made: all are killed",
	[FAKE_KILLS_AFTER] = "is made, then all are killed",
	[FAKE_ORPHANS] = "goes on without its parent",
	[FAKE_LOSES_WRITER] = "loses its process",
	[FAKE_SIGNALS] = "comes with signal",
	[FAKE_SIGNALS_ALL] = "comes with every other signal",
};

void trial_describe(const struct trial *trial, char *out, size_t size)
{
	size_t used = (size_t)snprintf(out, size, "%s%s", trial->scenario->name,
				       trial->probing ? ", beside a loop of probes" : "");

	if (trial->store_call)
		used += (size_t)snprintf(out + used, size - used, ": write %u to /run fails (%s)%s",
					 trial->store_call, strerror(trial->store_error),
					 trial->store_persists ? " and all later ones" : "");
	else if (trial->others.file)
		used += (size_t)snprintf(out + used, size - used,
					 ": after write %u another process writes \"%s\" to %s",
					 trial->others.after, trial->others.text,
					 trial->others.file);
	else if (!trial->fault_count && !trial->probing)
		snprintf(out + used, size - used, ": killed after %u us", trial->kill_us);
	for (unsigned i = 0; i < trial->fault_count && used < size; i++) {
		const struct fake_fault *fault = &trial->faults[i];

		used += (size_t)snprintf(out + used, size - used, "%s write %u %s",
					 i ? ", and" : ":", fault->write, kind_words[fault->kind]);
		if (fault->detail && used < size)
			used += (size_t)snprintf(out + used, size - used, " (%s)",
						 fault->kind == FAKE_SIGNALS
							 ? strsignal(fault->detail)
							 : strerror(fault->detail));
		if (fault->persists && used < size)
			used += (size_t)snprintf(out + used, size - used, " each time");
	}
}
