/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/fingerprint.h"

#include <inttypes.h>
#include <string.h>

/* FNV-1a with 128 bits. A forged group would gain nothing, so no cryptographic hash is needed. */
typedef unsigned __int128 hash128;

static const hash128 FNV_PRIME = (hash128)1 << 88 | 0x13b;
static const hash128 FNV_START = (hash128)0x6c62272e07bb0142 << 64 | 0x62b821756295c58d;

/* The terminating NUL is hashed too: it keeps "ab","c" apart from "a","bc". */
static hash128 hash_text(hash128 hash, const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i <= length; i++)
		hash = (hash ^ (unsigned char)text[i]) * FNV_PRIME;
	return hash;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * The order of hashed texts must not depend on the kernel's numbers, which change with each boot.
 */
static hash128 hash_sorted(hash128 hash, const char **texts, size_t count)
{
	qsort(texts, count, sizeof(*texts), compare_texts);
	for (size_t i = 0; i < count; i++)
		hash = hash_text(hash, texts[i]);
	return hash_text(hash, "");
}

const char *fingerprint_group(const struct group *group, struct arena *arena)
{
	size_t most =
		group->device_count > group->iommu_count ? group->device_count : group->iommu_count;
	_autofree_ const char **texts = calloc(most + 1, sizeof(*texts));
	hash128 hash = FNV_START;

	if (!texts)
		memory_exhausted();
	for (size_t i = 0; i < group->iommu_count; i++)
		texts[i] = group->iommus[i]->identity;
	hash = hash_sorted(hash, texts, group->iommu_count);
	for (size_t i = 0; i < group->device_count; i++)
		texts[i] = group->devices[i]->path;
	hash = hash_sorted(hash, texts, group->device_count);
	return arena_printf(arena, "1:%016" PRIx64 "%016" PRIx64, (uint64_t)(hash >> 64),
			    (uint64_t)hash);
}
