/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * open_nodes - the processes that have a node of a device in focus open: USE_OPEN and USE_VFIO
 *
 * holders.c walks over all descriptors and passes each to open_nodes_take. A container may mount a
 * device node anywhere, so nodes are compared by the end of the path, and on the running machine
 * also by device number.
 */
#pragma once

#include "sources/sources.h"

struct open_nodes;

/** open_nodes_new - the nodes to search for, in the memory of the build; the list may be empty */
_must_check_ struct open_nodes *open_nodes_new(struct reading *reading);

/**
 * open_nodes_take - record that a process has @target, an absolute path, open or mapped
 * @name: the link in /proc/PID that leads to it, "fd/5" or "map_files/7f0000-7f1000"
 */
void open_nodes_take(struct open_nodes *nodes, int pid, const char *name, const char *target);

/**
 * open_nodes_registered - record that an io_uring of a process keeps @file open
 * @info: the file in /proc/PID that says so, "fdinfo/3"
 * @file: a path or, from older kernels, only the last part of one: then any node with that last
 * part counts
 */
void open_nodes_registered(struct open_nodes *nodes, int pid, const char *info, const char *file);

/**
 * open_nodes_mappable - true where a process can map one of the nodes, and use it after it has
 * closed the node: disks, displays, UIO, RDMA, DAX. Reading mappings costs as much as the rest of a
 * check, so they are not read for interfaces, terminals and the like.
 */
bool open_nodes_mappable(const struct open_nodes *nodes);

/** open_nodes_nameless - record that process @pid has a VFIO device open whose name is unknown */
void open_nodes_nameless(struct open_nodes *nodes, int pid);

/**
 * open_nodes_conclude - add the uses after all processes were read     @unseen: why some processes
 * were not read, or NULL
 */
void open_nodes_conclude(struct open_nodes *nodes, const char *unseen);
