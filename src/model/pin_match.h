/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin_match - which device a pin means now, and whether it may be bound
 *
 * Pure functions of a system that was read with PIN_FACTS. A device at the place of the pin with
 * other IDs or another serial is never the one: an identical model may be the boot disk.
 */
#pragma once

#include "model/facts.h"
#include "model/system.h"

enum {
	/** the facts that decide which device a pin means */
	PIN_FACTS = FACT_IDS | FACT_PINS | FACT_VFIO | FACT_GROUP_TYPE,
};

/** enum pin_state - pin_state_name gives the words of documents */
enum pin_state {
	PIN_SATISFIED, /* pin: its device has the driver, the type, the virtual functions */
	PIN_PENDING,   /* pin: its device is there, and has others or none */
	PIN_MISMATCH,  /* pin: another card is at its place */
	PIN_MOVED,     /* pin: its device is at another place, and does not have the driver yet */
	PIN_AMBIGUOUS, /* pin: it may mean several devices, so it means none */
	PIN_ABSENT,    /* pin: there is no such device */
	PIN_GROUP_CHANGED, /* pin: the group of its device has a new member */
	PIN_REFUSED,	   /* pin: its device may not be taken: the system needs it */
	PIN_INVALID,	   /* pin: the file is none, or another pin is for the same device */
	PIN_FAILED,	   /* pin: its device could not be bound to the driver just now */
	PIN_OFF,	   /* pin: the command line of the kernel switches pins off */
	PIN_STATE_COUNT,
};

/**
 * struct pin_match - the answer for one pin
 * @device: that it means; NULL in the states mismatch, ambiguous, absent and invalid
 * @detail: a clause that explains the state, or NULL
 */
struct pin_match {
	const struct pin *pin;
	enum pin_state state;
	const struct device *device;
	const char *detail;
};

/**
 * pins_match - the answers for all pins of @system, in their order; system->machine.pin_count of
 * them, in @arena
 */
struct pin_match *pins_match(const struct system *system, struct arena *arena) _nonnull_();

/** pins_match_on - pins_match as it is on a boot whose command line does not switch pins off */
struct pin_match *pins_match_on(const struct system *system, struct arena *arena) _nonnull_();

/**
 * pins_are_off - the word of the kernel's command line that switches all pins off, or NULL
 * @line: the command line, or NULL     @arena: owns the word
 */
const char *pins_are_off(const char *line, struct arena *arena);

const char *pin_state_name(enum pin_state state);
