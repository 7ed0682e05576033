/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * made - the files of a capture that iommuctl makes: the log, the network, names, serials and
 * claimed disks, which do not come from files, or whose files have more than a capture may contain
 */
#pragma once

#include "capture/gathering.h"

/** made_add - add these files, or the errors of making them, after a survey that tested claims */
void made_add(struct gathering *gathering);
