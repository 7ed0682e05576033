/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

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
