/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot - what a boot was made with, so that documents of two boots tell what may be the reason */
#pragma once

#include "model/system.h"

#include <json-c/json.h>

/**
 * json_boot - {options[], firmware_tables[{name, size, checksum}]}
 * Either list is null where it was not read; @facts: those that were read.
 */
struct json_object *json_boot(const struct system *system, unsigned facts);
