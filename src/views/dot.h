/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dot - graphs for Graphviz: the topology of groups, and the chains of suppliers
 *
 * Names come from the kernel and from firmware: each stands in quotes, with control characters,
 * quotes and backslashes escaped.
 */
#pragma once

#include "base/error.h"
#include "checks/deferral.h"
#include "model/system.h"

/**
 * dot_print_topology - IOMMUs, the PCI bridges between them and the devices, and the groups as
 * clusters
 * @chosen: by index of the device: it is drawn
 */
_must_check_ int dot_print_topology(const struct system *system, const bool *chosen,
				    struct error *e);

/**
 * dot_print_deferrals - deferred devices and the suppliers that they wait for, down to the root
 * causes, which are red and say why
 */
_must_check_ int dot_print_deferrals(const struct deferrals *found, struct error *e);
