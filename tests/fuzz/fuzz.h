/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz - functions that the harnesses of ACPI tables share */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * fuzz_repaired - a copy with the right signature, length and checksum, so that mutations pass the
 * checks of the header.
 * Returns: memory to free, exactly @size bytes, or NULL for less than a header.
 */
static inline uint8_t *fuzz_repaired(const uint8_t *data, size_t size, const char *signature)
{
	uint8_t *copy, sum = 0;

	if (size < 36)
		return NULL;
	copy = malloc(size);
	if (!copy)
		abort();
	memcpy(copy, data, size);
	memcpy(copy, signature, 4);
	for (int i = 0; i < 4; i++)
		copy[4 + i] = (uint8_t)(size >> (8 * i));
	copy[9] = 0;
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + copy[i]);
	copy[9] = (uint8_t)-sum;
	return copy;
}

/** fuzz_try - call @attempt with the input unchanged and with its header repaired */
static inline void fuzz_try(const uint8_t *data, size_t size, const char *signature,
			    void (*attempt)(const uint8_t *data, size_t size))
{
	uint8_t *copy = fuzz_repaired(data, size, signature);

	attempt(data, size);
	if (copy)
		attempt(copy, size);
	free(copy);
}
