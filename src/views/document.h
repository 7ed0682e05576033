/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * document - read a document of "show --json" back, as an inventory
 *
 * A document comes from anywhere, so nothing in it is trusted: its size, the number of its values
 * and their depth are limited before a parser sees it, and every value is checked. Unknown keys are
 * ignored: newer versions add some.
 */
#pragma once

#include "base/error.h"
#include "checks/inventory.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	/** the largest document, bytes: 10,000 devices take 12 MB */
	DOCUMENT_MAX = 128 << 20,
};

/** document_seems - true where bytes begin as a document does, and not as an archive */
bool document_seems(const char *bytes, size_t length);

/**
 * document_read - the inventory of a document of "show --json", best with -v
 * A key that is null or not there is unknown, or none where the other keys and sources[] show that
 * it was read.
 * Returns: 0; ERROR_MALFORMED for other bytes, for a document of a failure or of another command,
 * and for one about chosen devices only.
 */
_must_check_ int document_read(const char *bytes, size_t length, struct inventory **ret_inventory,
			       struct error *e);
