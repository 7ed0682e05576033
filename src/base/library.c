/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

/*
 * The libraries that are loaded while the program runs, for tools that make packages: a linked
 * library is found by itself, one that is loaded is not. surface.install compares the list with the
 * calls of library_open.
 * Source: https://systemd.io/ELF_DLOPEN_METADATA
 */
#define LOADED                                                                          \
	"[{\"feature\":\"names\",\"description\":\"Names of devices from the hardware " \
	"database\",\"priority\":\"recommended\",\"soname\":[\"libudev.so.1\"]},"       \
	"{\"feature\":\"modules\",\"description\":\"Modules that claim a device\","     \
	"\"priority\":\"recommended\",\"soname\":[\"libkmod.so.2\"]},"                  \
	"{\"feature\":\"forms\",\"description\":\"Output of --raw and --pairs\","       \
	"\"priority\":\"recommended\",\"soname\":[\"libsmartcols.so.1\"]}]"

static const struct {
	uint32_t owner_size, text_size, type;
	char owner[4], text[sizeof(LOADED)];
} loaded_libraries __attribute__((used, section(".note.dlopen"), aligned(4))) = {
	sizeof("FDO"), sizeof(LOADED), 0x407c0c0a, "FDO", LOADED,
};

int library_open(const char *file, const char *const *names, size_t count, void *ret_functions,
		 void **ret_library)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return -ENOENT;
	for (size_t i = 0; i < count; i++) {
		void *found = dlsym(library, names[i]);

		if (!found) {
			dlclose(library);
			return -ENOSYS;
		}
		/*
		 * ISO C cannot convert between object and function pointers, but POSIX gives both
		 * the same representation.
		 */
		memcpy((char *)ret_functions + i * sizeof(found), &found, sizeof(found));
	}
	*ret_library = library;
	return 0;
}
