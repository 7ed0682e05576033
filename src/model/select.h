/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select - find the devices that the selectors on a command line mean
 *
 * A selector is a device name (also short PCI and libvirt forms, BUS:NAME, a sysfs path), the name
 * of an interface or disk of a device (eth0, /dev/nvme0n1), or of one of the kinds of
 * select_kind.c: group:N, driver:NAME, pin:NAME, stream:[IOMMU/]ID (hexadecimal) and others.
 */
#pragma once

#include "base/error.h"
#include "model/facts.h"
#include "model/system.h"

/**
 * struct selection - which devices of one system are meant
 * @chosen: by index in system->devices
 * @follows_ghosts: a PCI function that does not exist means the devices of its slot that send under
 * its ID or, where none is known to do so, all devices of the slot. For commands that only read.
 * @ghost_of: set to a device that was chosen because it sends under the ID, else NULL
 * @in_slot: set where the devices of its slot were chosen
 */
struct selection {
	const struct system *system;
	bool *chosen;
	bool follows_ghosts;
	const struct device *ghost_of;
	bool in_slot;
};

/** enum selector_reach - how many devices a selector can mean; commands that write check it */
enum selector_reach {
	/*
	 * the selector means one device, by its name, its path, or a stream, which only one device
	 * should have
	 */
	REACH_DEVICE,
	REACH_GROUP, /* the selector means the members of one group */
	REACH_SLOT,  /* the selector means the functions of one slot, often one */
	/* the selector means any number of devices, which changes with the machine */
	REACH_ANY,
};

/** select_reach - by the kind of @selector; a plain name is REACH_DEVICE */
enum selector_reach select_reach(const char *selector) _nonnull_(1);

/** enum selector_form - what a selector for firmware of another machine can be */
enum selector_form {
	SELECTOR_NAME,
	SELECTOR_STREAM,
	SELECTOR_IOMMU,
	SELECTOR_OTHER, /* a kind of selector that only devices have */
};

/**
 * select_form - the form of @selector
 * @ret_text: the part after its prefix, borrowed     @ret_id: of SELECTOR_STREAM
 * Returns: ERROR_USAGE for a stream without an ID.
 */
_must_check_ int select_form(const char *selector, enum selector_form *ret_form,
			     const char **ret_text, uint64_t *ret_id, struct error *e)
	_nonnull_(1, 2, 3, 4);

/** select_facts - the facts that matching @selector needs */
unsigned select_facts(const char *selector) _nonnull_(1);

/**
 * select_devices - add the devices that @selector matches to @selection
 * Returns: 0; ERROR_USAGE for a selector without meaning (group:x, an unknown KIND:);
 * ERROR_NO_MATCH with the nearest names as remedy.
 */
_must_check_ int select_devices(struct selection *selection, const char *selector, struct error *e)
	_nonnull_();

enum {
	/** size of a buffer for a name in full form */
	SELECT_NAME_SIZE = 1024,
};

/**
 * select_is_name - true where @selector is a plain name or a path, and not of the form KIND:TEXT
 * @name: the selector in the full form that select_devices compares with names and paths
 */
bool select_is_name(const char *selector, char name[static SELECT_NAME_SIZE]) _nonnull_();

/** select_is_group - true where @selector is "group:N", with the number */
bool select_is_group(const char *selector, int *ret_id) _nonnull_();

/** select_names - true where @text names @device in any form that means one device */
bool select_names(const struct device *device, const char *text) _nonnull_();
