/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hang - files of a test tree that block their reader, as an attribute does while its lock is held
 *
 * The door's watch sleeps in place of the open. Only for files that a guarded child reads: on any
 * other file the test itself would hang.
 */
#pragma once

/** hang_at - let every access to @path hang from now on; at most eight paths */
void hang_at(const char *path);

/** hang_nowhere - let no access hang any more */
void hang_nowhere(void);
