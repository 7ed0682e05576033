/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places - the path of a file after all links on the way to it are followed
 *
 * An archive cannot have files below a link: "/sys/bus/pci/devices/0000:01:00.0/vendor" becomes the
 * link in the bus's folder and the file in the device's own folder.
 */
#pragma once

#include "base/root.h"

struct places;

/**
 * places_new - an empty cache
 * @root and @arena must outlive it     @each: called for each link that is followed, with its place
 * and its text; the same link may be passed again
 */
_must_check_ struct places *
places_new(const struct root *root, struct arena *arena,
	   void (*each)(void *context, const char *place, const char *text), void *context);

/** places_free - free the cache of places; accepts NULL */
void places_free(struct places *places);

/** places_of - the place of @path itself, which may be a link; lives as long as the arena */
const char *places_of(struct places *places, const char *path);

/** places_behind - the place of the file that @path means: of a link's target */
const char *places_behind(struct places *places, const char *path);
