/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * descriptors - what a child process that may hang keeps open
 *
 * Whoever waits for the end of a pipe or for a lock waits for all who have it open. A child that
 * may outlive us keeps nothing but what it needs: not even a terminal or a $(...) pipe waits for
 * it.
 */
#pragma once

#include <stddef.h>

/**
 * descriptors_keep_only - close all descriptors but these
 * @kept: in any order, -1 for none; sorted afterwards
 */
void descriptors_keep_only(int *kept, size_t count);
