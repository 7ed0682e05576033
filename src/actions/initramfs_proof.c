/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/initramfs_proof.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROOF_NAME "IOMMUCTL_PINS_REQUIRED"
#define PROOF_VARIABLE PROOF_NAME "="

/* The path of the file is the value of the variable. */
static char *proof_path(const struct initramfs_proof *proof)
{
	return proof->variable + strlen(PROOF_VARIABLE);
}

int initramfs_proof_start(const char *top, struct initramfs_proof *ret_proof, struct error *e)
{
	_autoclose_ int fd = -1;
	struct initramfs_proof proof;

	if (asprintf(&proof.variable, PROOF_VARIABLE "%s/run/iommuctl-pins.XXXXXX", top) < 0)
		memory_exhausted();
	fd = mkostemp(proof_path(&proof), O_CLOEXEC);
	if (fd < 0) {
		error_set(e, ERROR_IO, -errno, "cannot make a file in %s/run", top);
		free(proof.variable);
		return -EIO;
	}
	*ret_proof = proof;
	return 0;
}

bool initramfs_proof_is_given(const struct initramfs_proof *proof)
{
	struct stat status;

	return stat(proof_path(proof), &status) == 0 && status.st_size > 0;
}

void initramfs_proof_free(struct initramfs_proof *proof)
{
	if (!proof->variable)
		return;
	unlink(proof_path(proof));
	free(proof->variable);
	proof->variable = NULL;
}

int initramfs_proof_give(struct error *e)
{
	const char *path = getenv(PROOF_NAME);
	_autoclose_ int fd = -1;

	if (!path || !*path)
		return 0;
	fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		return error_set(e, ERROR_IO, -errno, "cannot write %.200s", path);
	return 0;
}
