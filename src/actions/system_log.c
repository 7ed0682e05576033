/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/system_log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>

/*
 * Make a message: "<37>Nov 28 10:15:00 iommuctl[1234]: LINE". localtime_r reads /etc/localtime
 * once, at the first line, which is before the first write of a transaction; localtime would check
 * the file each time.
 */
static size_t format_message(const char *line, char *out, size_t size)
{
	char stamp[32] = "";
	time_t now = time(NULL);
	struct tm local;
	int length;

	if (localtime_r(&now, &local))
		strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &local);
	length = snprintf(out, size, "<%d>%s iommuctl[%d]: %s", LOG_AUTH | LOG_NOTICE, stamp,
			  (int)getpid(), line);
	return length < (int)size ? (size_t)length : size - 1;
}

static int connect_to(const struct sockaddr_un *address, int type)
{
	_autoclose_ int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		return -errno;
	return steal_fd(&fd);
}

int system_log_send(const char *socket, const char *line)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	_autoclose_ int fd = -1;
	char message[4096];
	size_t length = format_message(line, message, sizeof(message));

	if (strlen(socket) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, socket, strlen(socket) + 1);
	fd = connect_to(&address, SOCK_DGRAM);
	if (fd == -EPROTOTYPE) {
		fd = connect_to(&address, SOCK_STREAM);
		/* On a stream socket of the log daemon a NUL ends the message. */
		length++;
	}
	if (fd < 0)
		return fd;
	if (send(fd, message, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}
