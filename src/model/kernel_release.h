/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_release - rules that hold from one version of Linux on, or up to one
 *
 * Distributions carry newer code under older numbers. Where a file tells more than the number, the
 * rule looks at the file first.
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

/**
 * kernel_before - true where the kernel is certainly older than Linux @major.@minor
 * @release: as uname -r says it ("6.1.0-42-amd64"), or NULL
 * Returns: false where @release is NULL or begins with no version.
 */
_must_check_ bool kernel_before(const char *release, unsigned major, unsigned minor);
