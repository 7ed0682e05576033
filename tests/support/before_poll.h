/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * before_poll - an act of the test at the very moment when the code under test begins to wait
 *
 * Beside it, in a process of its own, the act could come too early, too late or in two halves,
 * depending on what else the machine does.
 */
#pragma once

/**
 * before_poll - call @act before each poll that waits for @fd, also among others
 * @fd: -1 where one of the files to wait for is none     @act: NULL ends it
 */
void before_poll(int fd, void (*act)(void));
