/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gathering - the files of a capture, from the accesses of a survey
 *
 * gathering_add_access adds what one access needs, and gathering_add_listing, once all accesses are
 * added, the names of a folder that was listed.
 */
#pragma once

#include "base/text_map.h"
#include "capture/contents.h"
#include "capture/places.h"
#include "capture/privacy.h"
#include "capture/recording.h"

/**
 * struct gathering - the gathering of files
 * @names: for each name of an attribute the accesses to it, of any device: bits as in struct access
 * @folder: the folder that is being listed     @notes: memory of @names
 * @own_folder: that of the descriptors of this process, or PATHS_ROOT
 * @rules: for each place the number of its privacy rule + 1
 * @serials, @hardware_names: files that are made of the survey's system; NULL where there are none
 */
struct gathering {
	const struct root *root;
	struct arena *notes;
	struct contents *contents;
	struct text_map *names;
	struct recording recording;
	struct places *places;
	struct path_numbers rules;
	uint32_t folder, own_folder;
	const char *serials, *hardware_names;
	int names_status;
};

/** the accesses that give a file content in the capture */
enum { GATHERED_CONTENT = 1 << ROOT_OPEN | 1 << ROOT_READ };

/** gathering_rule_of - the privacy rule for the file at @place */
const struct privacy_rule *gathering_rule_of(struct gathering *gathering, uint32_t place);

/** gathering_add_link - for places_new, with a gathering as context: add a link where it is kept */
void gathering_add_link(void *context, uint32_t place, const char *text);

/** gathering_add_link_at - add the link at @place; false where there is none */
bool gathering_add_link_at(struct gathering *gathering, uint32_t place);

/** gathering_add_content - add a file with its content, as the accesses @kinds read it */
void gathering_add_content(const struct gathering *gathering, uint32_t place, unsigned kinds);

void gathering_add_access(struct gathering *gathering, const struct access *access);

/** gathering_add_listing - nothing where @access is none of listing a folder */
void gathering_add_listing(struct gathering *gathering, const struct access *access);
