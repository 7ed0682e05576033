/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * open_nodes - which processes have a node of a device in focus open: USE_OPEN and USE_VFIO
 *
 * The walk over all descriptors is that of holders.c, which asks here about each. A device node
 * may be mounted anywhere in a container, so the end of the path counts; on the running machine
 * the device number then decides.
 */
#pragma once

#include "sources/sources.h"

struct open_nodes;

/** open_nodes_new - the nodes to look for, in the memory of the build; there may be none */
struct open_nodes *open_nodes_new(struct reading *reading);

/**
 * open_nodes_take - a process has @target, an absolute path, open or mapped
 * @name: the link in /proc/PID that leads there, "fd/5" or "map_files/7f0000-7f1000"
 */
void open_nodes_take(struct open_nodes *nodes, int pid, const char *name, const char *target);

/**
 * open_nodes_mappable - true where one of the nodes has memory that a process can map and use after
 * it has closed the node: displays, UIO, RDMA, DAX. The lists of mappings cost as much as all the
 * rest of a check, so they are read for such nodes alone. A disk that is only mapped is not found.
 */
bool open_nodes_mappable(const struct open_nodes *nodes);

/** open_nodes_nameless - process @pid has a VFIO device open, and nothing that says which */
void open_nodes_nameless(struct open_nodes *nodes, int pid);

/** open_nodes_conclude - having looked at all     @unseen: why that were not all, or NULL */
void open_nodes_conclude(struct open_nodes *nodes, const char *unseen);
