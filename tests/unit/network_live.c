/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network namespaces of a machine with nothing else: a process of its own makes them, where it may.
 */
#include "sources/network/network_live.h"
#include "support/check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { NOT_ALLOWED = 77 };

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
}

/* /run/netns with a namespace "blue" that no process is in, and a file "junk" that keeps none. */
static bool make_namespaces(void)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/run", "tmpfs", 0, NULL) < 0 || mkdir("/run/netns", 0755) < 0)
		return false;
	make_file("/run/netns/blue");
	make_file("/run/netns/junk");
	return mount("/proc/self/ns/net", "/run/netns/blue", NULL, MS_BIND, NULL) == 0 &&
	       unshare(CLONE_NEWNET) == 0;
}

static bool bring_up_loopback(void)
{
	_autoclose_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct sockaddr_in address = {.sin_family = AF_INET};

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return false;
	inet_pton(AF_INET, "192.0.2.7", &address.sin_addr);
	memcpy(&request.ifr_addr, &address, sizeof(address));
	return ioctl(fd, SIOCSIFADDR, &request) == 0;
}

/* Exit status: 0, NOT_ALLOWED, or the number of the first expectation that failed. */
static int expect_lines(bool up, const char *const *expected, size_t count)
{
	_autoarena_ struct arena *arena = arena_new();
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *lines;

	if (!make_namespaces() || (up && !bring_up_loopback()))
		return NOT_ALLOWED;
	if (root_open("/", &root, &error) < 0 ||
	    network_live(root, arena, processes_new(root, arena), &lines) < 0)
		return 1;
	for (size_t i = 0; i < count; i++)
		if (!strstr(lines, expected[i])) {
			fprintf(stderr, "\"%s\" is missing in:\n%s", expected[i], lines);
			return (int)i + 2;
		}
	return strstr(lines, "junk") ? 99 : 0;
}

static void must_have(bool up, const char *const *expected, size_t count)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(expect_lines(up, expected, count));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_ALLOWED) {
		print_message("skipped: no namespaces can be made here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_namespace_that_a_file_keeps_is_entered(void **state)
{
	static const char *const expected[] = {
		"namespace own /proc/self/ns/net ",
		"namespace other /run/netns/blue blue\ninterface 1 lo ",
		"\nend\n",
	};

	must_have(false, expected, ARRAY_SIZE(expected));
}

static void addresses_of_our_own_namespace_are_read(void **state)
{
	static const char *const expected[] = {"interface 1 lo ", "address 1 192.0.2.7/24\n"};

	must_have(true, expected, ARRAY_SIZE(expected));
}

UNIT(network_live)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_namespace_that_a_file_keeps_is_entered),
		cmocka_unit_test(addresses_of_our_own_namespace_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
