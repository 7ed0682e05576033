/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places - the path of a file after all links on the way to it are followed
 *
 * An archive cannot have files below a link: "/sys/bus/pci/devices/0000:01:00.0/vendor" becomes the
 * link in the bus's folder and the file in the device's own folder.
 */
#pragma once

#include "base/root.h"
#include "capture/paths.h"

struct places;

/**
 * places_new - an empty cache
 * @root and @paths must outlive it     @each: called for each link that is followed, with its place
 * and its text; the same link may be passed again
 */
_must_check_ struct places *
places_new(const struct root *root, struct paths *paths,
	   void (*each)(void *context, uint32_t place, const char *text), void *context);

/** places_free - accepts NULL */
void places_free(struct places *places);

/** places_of - the place of the file that @path names: if that is a link, the place of the link */
uint32_t places_of(struct places *places, uint32_t path);

/** places_behind - the place of what @path leads to */
uint32_t places_behind(struct places *places, uint32_t path);
