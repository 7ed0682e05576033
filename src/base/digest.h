/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest - SHA-256 of a text (FIPS 180-4) */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SIZE = 32 };

/** digest_of - the digest of @length bytes */
void digest_of(const void *bytes, size_t length, uint8_t digest[static DIGEST_SIZE]);
