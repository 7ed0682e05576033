/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/store_faults.h"

#include "base/arena.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/types.h>

static struct shared {
	atomic_uint calls;
	atomic_bool failed;
	bool watching, persists;
	unsigned call;
	int error;
} * shared;

void store_faults_open(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		memory_exhausted();
}

void store_faults_watch(void)
{
	shared->watching = true;
	atomic_store(&shared->calls, 0);
}

void store_fails_at(unsigned call, int error, bool persists)
{
	shared->call = call;
	shared->error = error;
	shared->persists = persists;
}

void store_heals(void)
{
	shared->watching = false;
	shared->call = 0;
}

unsigned store_calls(void)
{
	return atomic_load(&shared->calls);
}

bool store_has_failed(void)
{
	return atomic_load(&shared->failed);
}

/* True where the present call fails; sets errno. */
static bool call_fails(void)
{
	unsigned call;

	if (!shared || !shared->watching)
		return false;
	call = atomic_fetch_add(&shared->calls, 1) + 1;
	if (!shared->call || call < shared->call || (call > shared->call && !shared->persists))
		return false;
	atomic_store(&shared->failed, true);
	errno = shared->error;
	return true;
}

/* The linker redirects a call of pwrite64 to __wrap_pwrite64 (ld(1), --wrap). */
#define WRAPPED(type, name, parameters, arguments)                  \
	type __real_##name parameters;                              \
	type __wrap_##name parameters;                              \
	type __wrap_##name parameters                               \
	{                                                           \
		return call_fails() ? -1 : __real_##name arguments; \
	}

WRAPPED(ssize_t, pwrite64, (int fd, const void *bytes, size_t size, off64_t at),
	(fd, bytes, size, at))
WRAPPED(int, fallocate64, (int fd, int mode, off64_t at, off64_t size), (fd, mode, at, size))
WRAPPED(int, ftruncate64, (int fd, off64_t size), (fd, size))
WRAPPED(int, fdatasync, (int fd), (fd))
WRAPPED(int, fsync, (int fd), (fd))
WRAPPED(int, renameat, (int from, const char *old, int to, const char *new), (from, old, to, new))
