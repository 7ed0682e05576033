/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * initramfs_proof - whether a tool that builds an initramfs has put the pins into one
 *
 * Tools end with success where they were told to build none (update_initramfs=no, a read-only
 * /boot). The hooks run "iommuctl pins --compile", which adds a byte to a file that the environment
 * names: so "pin" knows. Where that file is given, the hooks fail if they cannot make the list;
 * else they only warn of that.
 */
#pragma once

#include "base/cleanup.h"
#include "base/error.h"

#include <stdbool.h>

/** struct initramfs_proof - free with initramfs_proof_free; @variable: for the tool's environment
 */
struct initramfs_proof {
	char *variable;
};

/**
 * initramfs_proof_start - make the file, empty, in the folder /run below @top
 * Returns: 0; a negative errno.
 */
_must_check_ int initramfs_proof_start(const char *top, struct initramfs_proof *ret_proof,
				       struct error *e) _nonnull_();

/** initramfs_proof_is_given - whether a list was made since the start */
bool initramfs_proof_is_given(const struct initramfs_proof *proof) _nonnull_();

/** initramfs_proof_free - remove the file */
void initramfs_proof_free(struct initramfs_proof *proof);

#define _autoproof_ _cleanup_(initramfs_proof_free)

/**
 * initramfs_proof_give - a list was made: say so where the environment asks for it
 * Returns: 0; a negative errno where the file that it names cannot be written.
 */
_must_check_ int initramfs_proof_give(struct error *e) _nonnull_();
