/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/tarred.h"

#include "capture/untar.h"
#include "support/check.h"
#include "support/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct tarred tarred;

int tarred_start(void **state)
{
	memset(&tarred, 0, sizeof(tarred));
	tarred.dir = tree_new("/outside/secret = before\n/in/\n");
	return 0;
}

int tarred_end(void **state)
{
	tree_remove(tarred.dir);
	return 0;
}

void tarred_start_anew(void)
{
	tarred_end(NULL);
	tarred_start(NULL);
}

void tarred_add_block(const void *bytes, size_t size)
{
	memcpy(tarred.bytes + tarred.used, bytes, size);
	tarred.used += size;
	tarred.used += (TAR_BLOCK_SIZE - size % TAR_BLOCK_SIZE) % TAR_BLOCK_SIZE;
}

void tarred_seal(struct tar_header *header)
{
	snprintf(header->checksum, sizeof(header->checksum), "%06o", tar_checksum(header));
}

void tarred_add(int type, const char *name, const char *link, const char *text)
{
	struct tar_header header = {.type = (char)type, .magic = "ustar"};
	size_t size = text ? strlen(text) : 0;

	memcpy(header.name, name, strnlen(name, sizeof(header.name)));
	memcpy(header.link, link, strnlen(link, sizeof(header.link)));
	snprintf(header.size, sizeof(header.size), "%011o", (unsigned)size & 07777777);
	tarred_seal(&header);
	tarred_add_block(&header, sizeof(header));
	if (text)
		tarred_add_block(text, size);
}

const char *tarred_path(const char *name)
{
	static char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s%s", tarred.dir, name);
	return path;
}

int tarred_folder(void)
{
	int folder = open(tarred_path("/in"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(folder >= 0);
	return folder;
}

ssize_t tarred_read(void *context, void *bytes, size_t size)
{
	size_t step = tarred.used - tarred.given < size ? tarred.used - tarred.given : size;

	/* Short reads, as from a pipe. */
	if (step > 700)
		step = 700;
	memcpy(bytes, tarred.bytes + tarred.given, step);
	tarred.given += step;
	return (ssize_t)step;
}

int tarred_unpack_from(ssize_t (*read)(void *context, void *bytes, size_t size))
{
	const struct untar_source source = {.read = read};
	int folder = tarred_folder();
	int result = untar(&source, folder, &tarred.error);

	close(folder);
	return result;
}

int tarred_unpack(void)
{
	return tarred_unpack_from(tarred_read);
}
