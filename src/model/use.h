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
	/* use of a block device: @user is its mount point "/", or "/usr" or "/boot" and below */
	USE_SYSTEM_MOUNT,
	USE_MOUNT, /* use of a block device: @user is its mount point */
	USE_SWAP,  /* use of a block device: @user is a swap partition or file */
	/* use of a block device: @user is the one above it: "dm-0 (vg-root)", "md0" */
	USE_HOLDER,
	/* use of a block device: @user is the target that exports it: "loop0", an iSCSI target */
	USE_BACKING,
	/* use of a block device: an unknown user has claimed it in the kernel */
	USE_CLAIM,
	USE_ADDRESS, /* use of an interface that is up: @user is its address */
	/* use of an interface with an address: @user is another route than a default route */
	USE_ROUTE,
	/* use of an interface that is up without an address of its own: link-local, none */
	USE_LINK_UP,
	USE_DEFAULT_ROUTE, /* use of an interface: @user is a route "default via 10.0.0.1" */
	/* use of an interface: @user is the bridge, bond, OVS or VLAN above it */
	USE_MASTER,
	/* use of an interface: @user is "1 PPPoE sessions", the NVMe connection over it */
	USE_PROTOCOL,
	USE_LISTENER, /* use of an interface: @user are sockets that see its packets */
	/* use of an interface: @user is the SSH connection of this session */
	USE_SESSION,
	/* use of an interface in another network namespace, which is @user */
	USE_NAMESPACE,
	USE_RDMA,	      /* use of an RDMA device: @user is its active port */
	USE_OPEN,	      /* use of a device node: @user is a process */
	USE_VFIO,	      /* use of a VFIO node: @user is a process */
	USE_VIRTUAL_FUNCTION, /* use of a physical function: @user is its virtual function */
	USE_MEDIATED,	      /* use of a parent: @user is its mediated device */
	/* use of a boot VGA or framebuffer: @user is the console or program that shows on it */
	USE_DISPLAY,
	USE_CONSOLE,  /* use of a tty: @user is "kernel console" */
	USE_WATCHDOG, /* use of a watchdog that runs */
	USE_TPM,      /* use of a TPM */
	USE_IPMI,     /* use of an IPMI interface */
	/* use of a dax device or CXL decoder: @user is the machine or the region with its memory */
	USE_MEMORY,
	/*
	 * use of a device: @user is another tool that claims it: driverctl, libvirt, vfio-pci.ids
	 * or pci-stub.ids
	 */
	USE_TOOL,
	USE_CONSUMER, /* use of a supplier: @user is a device that would be unbound with it */
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
