/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tarred - a tar file that is made entry by entry, and the folder into which it is unpacked
 *
 *     tarred_add(TAR_LINK, "way", "../outside", NULL);
 *     tarred_add(TAR_FILE, "way/new", "", "text");
 *     assert_int_equal(tarred_unpack(), -EINVAL);
 *     … WITH_TARRED(a_test) …
 */
#pragma once

#include "base/error.h"
#include "capture/tar_header.h"

#include <stddef.h>
#include <sys/types.h>

/**
 * struct tarred - the archive of a test, and the answer
 * @used: the number of its bytes     @given: how many of them were read
 * @dir: of a tree with the file /outside/secret and the folder /in, which is for the archive
 */
struct tarred {
	char bytes[256 * 1024];
	size_t used, given;
	char *dir;
	struct error error;
};

extern struct tarred tarred;

/** tarred_start, tarred_end - make an empty archive and the tree; remove the tree */
int tarred_start(void **state);
int tarred_end(void **state);

/** WITH_TARRED - a test between tarred_start and tarred_end */
#define WITH_TARRED(test) cmocka_unit_test_setup_teardown(test, tarred_start, tarred_end)

/** tarred_start_anew - both, for the next archive of a test */
void tarred_start_anew(void);

/** tarred_add - add an entry     @type: of enum tar_type, or another     @text: NULL none */
void tarred_add(int type, const char *name, const char *link, const char *text);

/** tarred_seal - give a header that was made by hand its checksum */
void tarred_seal(struct tar_header *header);

/** tarred_add_block - add these bytes, and zeros up to the end of a block */
void tarred_add_block(const void *bytes, size_t size);

/** tarred_path - where a file of the tree is; valid until the next call */
const char *tarred_path(const char *name);

/** tarred_folder - /in, opened */
int tarred_folder(void);

/** tarred_read - the next bytes of the archive, for struct untar_source */
ssize_t tarred_read(void *context, void *bytes, size_t size);

/** tarred_unpack - unpack the archive into /in; returns what untar returns */
int tarred_unpack(void);

/** tarred_unpack_from - the same with the bytes of another source */
int tarred_unpack_from(ssize_t (*read)(void *context, void *bytes, size_t size));
