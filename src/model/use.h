/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * use - a mount, an address, a process or the like that uses a device
 *
 * The kernel unbinds a driver without checking for users; checks/in_use.c checks these facts first.
 * Uses that could not be read are recorded too.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/** enum use_kind - @node is the part of the device that is used, @user the thing that uses it */
enum use_kind {
	USE_SYSTEM_MOUNT, /* block device; mount point "/", or "/usr" or "/boot" and below */
	USE_MOUNT,	  /* block device; mount point */
	USE_SWAP,	  /* block device; swap partition or file */
	USE_HOLDER,	  /* block device; the one above it: "dm-0 (vg-root)", "md0" */
	USE_BACKING,	  /* block device; what it is exported through: "loop0", an iSCSI target */
	USE_CLAIM,	  /* block device; claimed in the kernel by an unknown user */
	USE_ADDRESS,	  /* interface that is up; address */
	USE_ROUTE,	  /* interface with an address; another route than a default route */
	USE_LINK_UP,	  /* interface that is up without an address of its own: link-local, none */
	USE_DEFAULT_ROUTE,    /* interface; "default via 10.0.0.1" */
	USE_MASTER,	      /* interface; bridge, bond, OVS or VLAN above it */
	USE_PROTOCOL,	      /* interface; "1 PPPoE sessions", the NVMe connection over it */
	USE_LISTENER,	      /* interface; sockets that see its packets */
	USE_SESSION,	      /* interface; the SSH connection of this session */
	USE_NAMESPACE,	      /* interface in another network namespace; the namespace */
	USE_RDMA,	      /* RDMA device with an active port; the port */
	USE_OPEN,	      /* device node; process */
	USE_VFIO,	      /* VFIO node; process */
	USE_VIRTUAL_FUNCTION, /* physical function; its virtual function */
	USE_MEDIATED,	      /* parent; mediated device */
	USE_DISPLAY,	      /* boot VGA or framebuffer; what shows on it */
	USE_CONSOLE,	      /* tty; "kernel console" */
	USE_WATCHDOG,	      /* watchdog that runs */
	USE_TPM,	      /* TPM */
	USE_IPMI,	      /* IPMI interface */
	USE_MEMORY,   /* dax device or CXL decoder; the user of its memory: the machine, a region */
	USE_TOOL,     /* device; another tool that claims it: driverctl, libvirt, vfio-pci.ids */
	USE_CONSUMER, /* supplier; a device that would be unbound with it */
	USE_KIND_COUNT,
};

/**
 * struct use - one use; its text is not trusted, the views escape it
 * @node: "nvme0n1p1", "eth0", "dri/card0"     @user: as the kind says
 * @evidence: the file that says so, such as "/proc/1/mountinfo"
 */
struct use {
	enum use_kind kind;
	const char *node;
	const char *user;
	const char *evidence;
};

/** Uses of that kind may exist but could not be read     @why: the file and its failure */
struct blindness {
	enum use_kind kind;
	const char *why;
};

/** struct disk - a whole disk of a device     @node: below /dev     @number: device number */
struct disk {
	const char *node;
	dev_t number;
};

/**
 * struct uses - the uses of one device, its interfaces and disks, in no order
 * @settings: commands that set the present addresses and routes of its interfaces again, in working
 * order
 */
struct uses {
	const struct use *items;
	size_t count;
	const struct blindness *blind;
	size_t blind_count;
	const struct disk *disks;
	size_t disk_count;
	const char *const *settings;
	size_t setting_count;
};
