/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/root_parts.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int format_path(const struct root *root, char path[static PATH_SIZE], const char *format,
		       va_list arguments)
{
	int length = vsnprintf(path, PATH_SIZE, format, arguments);

	if (length >= 0 && length < PATH_SIZE)
		return length;
	return (int)access_end(root, ROOT_LOOK, path, length < 0 ? -errno : -ENAMETOOLONG);
}

/*
 * The beginning of every formatted function: declares @path and @made, the result of making the
 * path.
 */
#define MAKE_PATH(root, format)                            \
	char path[PATH_SIZE];                              \
	va_list arguments;                                 \
	int made;                                          \
                                                           \
	va_start(arguments, format);                       \
	made = format_path(root, path, format, arguments); \
	va_end(arguments)

int root_path(const struct root *root, char path[static PATH_SIZE], const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = format_path(root, path, format, arguments);
	va_end(arguments);
	return length;
}

ssize_t root_readf_text(const struct root *root, char *buffer, size_t size, const char *format, ...)
{
	MAKE_PATH(root, format);

	return made < 0 ? made : root_read_text(root, path, buffer, size);
}

ssize_t root_readlinkf(const struct root *root, char *buffer, size_t size, const char *format, ...)
{
	MAKE_PATH(root, format);

	return made < 0 ? made : root_readlink(root, path, buffer, size);
}

int root_hasf(const struct root *root, const char *format, ...)
{
	MAKE_PATH(root, format);

	return made < 0 ? made : root_has(root, path);
}

int root_listf(const struct root *root, int (*each)(void *context, const char *name), void *context,
	       const char *format, ...)
{
	MAKE_PATH(root, format);

	return made < 0 ? made : root_list(root, path, each, context);
}

int root_listf_links(const struct root *root,
		     int (*each)(void *context, const char *name, const char *target),
		     void *context, const char *format, ...)
{
	MAKE_PATH(root, format);

	return made < 0 ? made : root_list_links(root, path, each, context);
}

/* Resolve a link: its text is relative to the folder that contains it. */
static int resolve_link(const struct root *root, char *path, const char *link,
			char target[static PATH_SIZE])
{
	char *slash = strrchr(path, '/');
	ssize_t length;

	if (slash)
		*slash = '\0';
	length = text_resolve(path, link, target, PATH_SIZE);
	if (slash)
		*slash = '/';
	return length < 0 ? (int)access_end(root, ROOT_LINK, path, length) : 1;
}

int root_followf(const struct root *root, char target[static PATH_SIZE], const char *format, ...)
{
	char link[PATH_SIZE];
	ssize_t length;
	MAKE_PATH(root, format);

	if (made < 0)
		return made;
	length = root_readlink(root, path, link, sizeof(link));
	if (length < 0)
		return root_is_absence((int)length) || length == -EINVAL ? 0 : (int)length;
	return resolve_link(root, path, link, target);
}
