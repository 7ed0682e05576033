/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notice - print while something must go on
 *
 * A pipe that is not read and a terminal that is stopped block their writer for as long as they
 * like. A transaction that prints must not wait for them half-way. So a child process prints, and
 * is killed where the text has not gone out soon: the text, or its end, is then lost.
 */
#pragma once

/** notice_print - @text to the descriptor @fd, within a tenth of a second or not at all */
void notice_print(int fd, const char *text);
