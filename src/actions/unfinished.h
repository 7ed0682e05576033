/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unfinished - whether an earlier transaction of this boot waits for "iommuctl recover" */
#pragma once

#include "base/answer.h"
#include "base/root.h"

/**
 * transaction_unfinished - yes where recover has work; unknown where the journal cannot be read
 * A damaged journal is unknown too. Takes no lock: a transaction that is running now is unfinished.
 */
enum answer transaction_unfinished(const struct root *root) _nonnull_();
