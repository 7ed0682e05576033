/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * id_claims - the modules whose options may take devices from their own drivers
 */
#pragma once

#include <stddef.h>

enum {
	ID_CLAIMS_MODULES = 4,
	/** the first of them are drivers, which have "ids=" */
	ID_CLAIMS_DRIVERS = 2,
};

/** id_claims_module - the name of one of them; @index: below ID_CLAIMS_MODULES */
const char *id_claims_module(size_t index);
