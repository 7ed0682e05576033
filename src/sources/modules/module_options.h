/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * module_options - modules on the kernel's command line: "vfio-pci.ids=10de:1eb8" and
 * "modprobe.blacklist=nouveau,nvidiafb"
 */
#pragma once

#include "base/arena.h"

/**
 * module_options_lines - lines of modprobe.d(5) with the same meaning as a kernel command line, as
 * libkmod reads it (libkmod/libkmod-config.c: kmod_config_parse_kcmdline)
 * Returns: the lines, in @arena; "" for none.
 */
const char *module_options_lines(struct arena *arena, const char *line);

/**
 * module_options_without - @options without the words @last at the end, if they are there
 * Returns: NULL for none; else @options or a copy in @arena. @options, @last: may be NULL
 */
const char *module_options_without(struct arena *arena, const char *options, const char *last);
