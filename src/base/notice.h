/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notice - print without blocking
 *
 * A pipe that is not read and a terminal that is stopped block a writer without end. A transaction
 * must not wait for them half-way. So a child process prints, and is killed if it has not finished
 * in time: the text, or its end, is then lost.
 */
#pragma once

/** notice_print - print @text to the descriptor @fd, within a tenth of a second or not at all */
void notice_print(int fd, const char *text);
