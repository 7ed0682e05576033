/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * descriptors - close the descriptors that a child process does not need
 *
 * A pipe ends, and a lock is free, when the last process has closed it. A child that may outlive
 * its parent therefore closes all others, so that no terminal and no $(...) waits for it.
 */
#pragma once

#include <stddef.h>

/**
 * descriptors_keep_only - close all descriptors but these
 * @kept: in any order, -1 for none; sorted afterwards
 */
void descriptors_keep_only(int *kept, size_t count);
