/* SPDX-License-Identifier: GPL-2.0-or-later */
/* select_pin - the device that a pin means */
#pragma once

#include "model/select.h"

/**
 * select_pinned - add the device that the pin @name means to @selection
 * Returns: 0; ERROR_NO_MATCH where there is no such pin, with the nearest name, or where it means
 * no device, with its state; another error where the pins could not be read.
 */
_must_check_ int select_pinned(struct selection *selection, const char *name, struct error *e)
	_nonnull_();
