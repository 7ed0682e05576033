/* SPDX-License-Identifier: GPL-2.0-or-later */
/* authors - which change by iommuctl a device took part in, by the journal */
#pragma once

#include "base/root.h"

/**
 * struct authorship - the transaction of the journal at one moment
 * @number: 0 without a journal     @open: it had not ended
 * @verb: in the arena, or NULL     @labels: the devices of its plan, @count of them
 */
struct authorship {
	uint64_t number;
	bool open;
	const char *verb;
	const char *const *labels;
	size_t count;
};

/** authorship_read - the last transaction of this boot; none where the journal cannot be read */
struct authorship authorship_read(const struct root *root, struct arena *arena);

/**
 * authorship_of - "rebind 12", for a change of @device between two moments that the transaction of
 * @now may have made: it ran between them; NULL for any other
 */
const char *authorship_of(const struct authorship *before, const struct authorship *now,
			  const char *device, struct arena *arena);
