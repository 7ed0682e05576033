/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/packer.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define GZIP_MAGIC "\x1f\x8b"
#define ZSTD_MAGIC "\x28\xb5\x2f\xfd"

/* The suffixes that tar(1) knows with -a. */
static const struct packing packings[] = {
	{"gzip", ".gz", GZIP_MAGIC, false},
	{"gzip", ".tgz", GZIP_MAGIC, true},
	{"zstd", ".zst", ZSTD_MAGIC, false},
	{"zstd", ".tzst", ZSTD_MAGIC, true},
};

const struct packing *packing_of_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < ARRAY_SIZE(packings); i++)
		if (strcmp(dot, packings[i].suffix) == 0)
			return &packings[i];
	return NULL;
}

const struct packing *packing_of_bytes(const void *bytes, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(packings); i++) {
		size_t size = strlen(packings[i].magic);

		if (length >= size && memcmp(bytes, packings[i].magic, size) == 0)
			return &packings[i];
	}
	return NULL;
}

/* The arguments of the child. */
struct job {
	const struct packing *packing;
	int fd;
	bool expands;
};

static void become_packer(void *context, int channel)
{
	const struct job *job = context;
	const char *const argv[] = {job->packing->program, "-q", job->expands ? "-dc" : "-c", NULL};

	if (dup2(job->expands ? job->fd : channel, STDIN_FILENO) < 0 ||
	    dup2(job->expands ? channel : job->fd, STDOUT_FILENO) < 0 ||
	    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1) < 0)
		_exit(1);
	execvp(argv[0], (char **)argv);
	_exit(errno == ENOENT ? PACKER_MISSING : 1);
}

static int start_packer(const struct packing *packing, int fd, bool expands,
			struct child *ret_child)
{
	struct job job = {packing, fd, expands};
	const struct child_work work = {
		.run = become_packer, .context = &job, .kept = &job.fd, .kept_count = 1};

	return child_start(ret_child, &work);
}

int packer_compress(const struct packing *packing, int fd, struct child *ret_child)
{
	return start_packer(packing, fd, false, ret_child);
}

int packer_expand(const struct packing *packing, int fd, struct child *ret_child)
{
	return start_packer(packing, fd, true, ret_child);
}

int packer_failed(const struct packing *packing, int status, const char *verb, const char *path,
		  struct error *e)
{
	if (status == PACKER_MISSING) {
		error_set(e, ERROR_IO, 0, "cannot %s %s: the program %s is not installed", verb,
			  path, packing->program);
		error_remedy(e, "Install the package %s", packing->program);
		return -ENOENT;
	}
	return error_set(e, ERROR_IO, status < 0 ? status : 0, "%s cannot %s %s", packing->program,
			 verb, path);
}
