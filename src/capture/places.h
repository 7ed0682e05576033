/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places - where in the tree a file lies once all links on the way to it are followed
 *
 * In an archive nothing can lie behind a link: "/sys/bus/pci/devices/0000:01:00.0/vendor" becomes
 * the link in the bus's folder and the file in the device's own folder.
 */
#pragma once

#include "base/root.h"

struct places;

/**
 * places_new - @root and @arena must outlive it
 * @each: gets each link that was followed, the place where it lies and its text; a link that is
 * followed again may come again
 */
struct places *places_new(const struct root *root, struct arena *arena,
			  void (*each)(void *context, const char *place, const char *text),
			  void *context);

/** places_free - accepts NULL */
void places_free(struct places *places);

/** places_of - the place of @path itself, which may be a link; lives as long as the arena */
const char *places_of(struct places *places, const char *path);

/** places_behind - the place of what @path means: if it is a link, where that leads */
const char *places_behind(struct places *places, const char *path);
