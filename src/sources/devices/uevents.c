/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/uevents.h"

#include "base/arena.h"
#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <libudev.h>
#include <string.h>
#include <sys/socket.h>

/* The functions of libudev in use, as libudev.h declares them. */
struct functions {
	struct udev *(*udev_new)(void);
	struct udev *(*udev_unref)(struct udev *);
	struct udev_monitor *(*monitor_new)(struct udev *, const char *);
	struct udev_monitor *(*monitor_unref)(struct udev_monitor *);
	int (*enable_receiving)(struct udev_monitor *);
	int (*get_fd)(struct udev_monitor *);
};

struct uevents {
	void *library;
	struct functions call;
	struct udev *udev;
	struct udev_monitor *monitor;
	int fd;
};

static const char *const function_names[] = {
	"udev_new",
	"udev_unref",
	"udev_monitor_new_from_netlink",
	"udev_monitor_unref",
	"udev_monitor_enable_receiving",
	"udev_monitor_get_fd",
};
_Static_assert(sizeof(struct functions) == sizeof(function_names), "a name for each function");

static int load(struct uevents *uevents, const char *library, struct error *e)
{
	int result = library_open(library, function_names, ARRAY_SIZE(function_names),
				  &uevents->call, &uevents->library);

	if (result == -ENOENT)
		return error_set(e, ERROR_IO, result, "cannot load %.200s", library);
	if (result < 0)
		return error_set(e, ERROR_IO, result, "%.200s lacks a function", library);
	return 0;
}

/* Depending on its version, libudev returns an error as result or in errno. */
static int listen_to_kernel(struct uevents *uevents, struct error *e)
{
	const struct functions *call = &uevents->call;
	int result;

	errno = 0;
	uevents->udev = call->udev_new();
	uevents->monitor = uevents->udev ? call->monitor_new(uevents->udev, "kernel") : NULL;
	if (!uevents->monitor)
		return error_set(e, ERROR_IO, errno ? -errno : -ENOTSUP,
				 "cannot listen to kernel events");
	result = call->enable_receiving(uevents->monitor);
	uevents->fd = result < 0 ? result : call->get_fd(uevents->monitor);
	if (uevents->fd < 0)
		return error_set(e, ERROR_IO, uevents->fd, "cannot listen to kernel events");
	return 0;
}

int uevents_open(const char *library, struct uevents **ret_uevents, struct error *e)
{
	struct uevents *uevents = calloc(1, sizeof(*uevents));
	int result;

	if (!uevents)
		memory_exhausted();
	result = load(uevents, library ? library : "libudev.so.1", e);
	if (result == 0)
		result = listen_to_kernel(uevents, e);
	if (result < 0)
		uevents_close(uevents);
	else
		*ret_uevents = uevents;
	return result;
}

void uevents_close(struct uevents *uevents)
{
	if (!uevents)
		return;
	if (uevents->monitor)
		uevents->call.monitor_unref(uevents->monitor);
	if (uevents->udev)
		uevents->call.udev_unref(uevents->udev);
	if (uevents->library)
		dlclose(uevents->library);
	free(uevents);
}

int uevents_fd(const struct uevents *uevents)
{
	return uevents->fd;
}

/*
 * Read the socket directly: libudev's receive function parses each message, and returns "none" also
 * for a message that it rejects. The next call reads the messages beyond the limit.
 */
int uevents_drain(struct uevents *uevents)
{
	enum { MOST = 4096 };
	enum uevents_seen seen = UEVENTS_NONE;

	for (int i = 0; i < MOST; i++) {
		char nothing;

		if (recv(uevents->fd, &nothing, sizeof(nothing), MSG_DONTWAIT | MSG_TRUNC) >= 0)
			seen = seen == UEVENTS_LOST ? seen : UEVENTS_SOME;
		else if (errno == ENOBUFS)
			seen = UEVENTS_LOST;
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR)
			return -errno;
	}
	return seen;
}
