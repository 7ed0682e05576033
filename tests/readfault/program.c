/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program, with its main under another name. */
int program_main(int argc, char **argv);
#define main program_main
#include "main.c"
