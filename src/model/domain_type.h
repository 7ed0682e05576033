/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domain_type - the words of the file type of a group: the type of its default domain
 *
 * Source: drivers/iommu/iommu.c: iommu_group_show_type, iommu_group_store_type. Read are also
 * "unmanaged", "blocked" and "unknown", which cannot be written.
 */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

/** DOMAIN_TYPE_AUTO - written: the kernel chooses as at boot; never read */
#define DOMAIN_TYPE_AUTO "auto"

/** domain_type_at - the words that can be written, in order; NULL ends them */
const char *domain_type_at(unsigned index);

/**
 * domain_type_spelling - the kernel's spelling of @word, in any case; NULL where it cannot be
 * written
 */
const char *domain_type_spelling(const char *word) _nonnull_();

/** domain_type_is_set - true where a group that reads @now has the type @wanted; never for "auto"
 */
bool domain_type_is_set(const char *now, const char *wanted) _nonnull_(2);

/** domain_type_is_changeable - true for a type that belongs to a domain of the kernel's own */
bool domain_type_is_changeable(const char *now) _nonnull_();

/**
 * domain_type_needs_no_unbind - true for DMA to DMA-FQ: the kernel adds a flush queue to the domain
 * that there is, also while a driver is bound
 */
bool domain_type_needs_no_unbind(const char *now, const char *wanted) _nonnull_(2);
