/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * made - the files of a capture that no machine has: the log, the network, names and claimed disks,
 * which come from other places than files or say more than a capture may
 */
#pragma once

#include "capture/contents.h"
#include "capture/disguise.h"
#include "capture/recording.h"

/**
 * made_add - add them to @contents, or why they could not be made
 * @recording: of a survey that asked the kernel for claims
 */
void made_add(struct contents *contents, const struct root *root, const struct recording *recording,
	      struct disguise *disguise);
