/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * made - the files of a capture that iommuctl makes: the log, the network, names, serials and
 * claimed disks, * which do not come from files, or whose files have more than a capture may
 * contain
 */
#pragma once

#include "capture/contents.h"
#include "capture/disguise.h"
#include "capture/recording.h"

/**
 * made_add - add these files to @contents, or the errors of making them
 * @recording: of a survey that tested claims     @serials: the lines of CAPTURED_SERIALS
 */
void made_add(struct contents *contents, const struct root *root, const struct recording *recording,
	      const char *serials, struct disguise *disguise);
