/* SPDX-License-Identifier: GPL-2.0-or-later */
/* class_links - the classes below which interfaces and disks of devices are found by their names */
#pragma once

#include <stddef.h>

/** The classes whose members have a name in /dev, in ip(8) or in another tool. */
extern const char *const class_link_classes[];
extern const size_t class_link_class_count;
