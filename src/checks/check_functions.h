/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_functions - the functions of checks/check_list.h, declared by their rows */
#pragma once

#include "checks/check.h"

#define CHECK_FUNCTION_OF(id, word, scope, level, waivable, ask, help) \
	void ask(struct checking *checking);

CHECKS(CHECK_FUNCTION_OF)
