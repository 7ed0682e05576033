/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tar_header - the header of an entry in a tar file
 *
 * Format: POSIX.1-1988 ustar, with GNU's long names and links. Numbers are octal digits.
 */
#pragma once

enum { TAR_BLOCK_SIZE = 512 };

struct tar_header {
	char name[100];
	char mode[8], uid[8], gid[8];
	char size[12], mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6], version[2];
	char owner[32], group[32];
	char device_major[8], device_minor[8];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct tar_header) == TAR_BLOCK_SIZE, "a header is one block");

enum tar_type {
	TAR_FILE = '0',
	TAR_LINK = '2',
	TAR_FOLDER = '5',
	TAR_LONG_LINK = 'K', /* entry of GNU tar: its data is the link text of the next entry */
	TAR_LONG_NAME = 'L', /* entry of GNU tar: its data is the name of the next entry */
	TAR_PAX = 'x',	     /* entry of pax: its data are records for the next entry */
	TAR_PAX_GLOBAL = 'g',
};

/**
 * tar_checksum - the sum of all bytes of a header, with those of the checksum itself taken as
 * blanks
 */
static inline unsigned tar_checksum(const struct tar_header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned sum = 0;

	for (unsigned i = 0; i < sizeof(*header); i++) {
		const char *at = (const char *)bytes + i;
		int counts =
			at < header->checksum || at >= header->checksum + sizeof(header->checksum);

		sum += counts ? bytes[i] : ' ';
	}
	return sum;
}
