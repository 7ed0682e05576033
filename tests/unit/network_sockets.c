/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that use an interface without an address: from files as the kernel prints them. */
#include "sources/network/network_sockets.h"
#include "support/check.h"
#include "support/tree.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

/*
 * In place of the C library's: for an unknown name, such as a word of a heading, its ioctl loads a
 * module.
 */
unsigned if_nametoindex(const char *name)
{
	fail_msg("the kernel is asked to load a module for \"%s\"", name);
	return 0;
}

/* The lines of network_sockets for the tree @text; to be freed. */
static char *lines_of(const char *text)
{
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *dir = tree_new(text), *lines = NULL;
	size_t length;
	FILE *out = open_memstream(&lines, &length);

	assert_non_null(out);
	assert_int_equal(root_open(dir, &root, &error), 0);
	network_sockets(root, out);
	fclose(out);
	tree_remove(dir);
	return lines;
}

static void must_have(const char *lines, const char *line)
{
	if (!strstr(lines, line))
		print_error("\"%s\" is missing in:\n%s", line, lines);
	assert_non_null(strstr(lines, line));
}

static void packet_sockets_are_counted_by_interface(void **state)
{
	_autofree_ char *lines =
		lines_of("/proc/self/net/packet = sk RefCnt Type Proto Iface R Rmem User Inode\\n"
			 "0 3 3 0003 2 1 0 0 10\\n"
			 "0 3 3 0003 3 1 0 0 11\\n"
			 "0 3 3 0003 2 1 0 0 12\\n");

	must_have(lines, "listener 2 /proc/self/net/packet 2 packet sockets\n");
	must_have(lines, "listener 3 /proc/self/net/packet 1 packet sockets\n");
}

/* Iface 0: a socket that is bound to no interface says nothing about one of them. */
static void packet_sockets_of_any_interface_count_for_none(void **state)
{
	_autofree_ char *lines =
		lines_of("/proc/self/net/packet = sk RefCnt Type Proto Iface R Rmem User Inode\\n"
			 "0 3 3 0003 0 1 0 0 10\\n");

	assert_null(strstr(lines, "listener"));
}

static void protocols_that_are_not_loaded_use_nothing(void **state)
{
	_autofree_ char *lines = lines_of("/proc/self/net/\n");

	assert_null(strstr(lines, "listener"));
	assert_null(strstr(lines, "PPPoE"));
	assert_null(strstr(lines, "CAN"));
	assert_null(strstr(lines, "unseen own /proc"));
}

/* lo has number 1 in every namespace. */
static void pppoe_sessions_and_can_receivers_are_found_by_the_name_of_the_interface(void **state)
{
	_autofree_ char *lines = lines_of(
		"/proc/self/net/pppoe = Id       Address              Device\\n"
		"00000001 00:11:22:33:44:55       lo\\n"
		"00000002 00:11:22:33:44:55   gone0\n"
		"/proc/self/net/can/rcvlist_all = \\nreceive list 'rx_all':\\n  (any: no entry)\n"
		"/proc/self/net/can/rcvlist_fil = \\nreceive list 'rx_fil':\\n"
		"  device   can_id   can_mask  function  userdata   matches  ident\\n"
		"   lo       123    000007ff  0  0  0  raw\\n"
		"   lo       124    000007ff  0  0  0  raw\\n");

	must_have(lines, "use 1 /proc/self/net/pppoe 1 PPPoE sessions\n");
	must_have(lines, "use 1 /proc/self/net/can 2 CAN receivers\n");
}

/* A folder in the place of the file: it cannot be read. */
static void a_list_that_cannot_be_read_is_told(void **state)
{
	_autofree_ char *lines = lines_of("/proc/self/net/packet/\n");

	must_have(lines, "unseen own /proc/self/net/packet: ");
}

/* In a process of its own: the lines of a namespace with nothing but lo and these sockets. */
static int lines_of_live_sockets(void)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = 1};
	_autoroot_ struct root *root = NULL;
	struct error error = {0};
	char *lines = NULL;
	size_t length;
	FILE *out;
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		return 77;
	fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 77;
	out = open_memstream(&lines, &length);
	if (!out || root_open("/", &root, &error) < 0)
		return 1;
	network_sockets(root, out);
	fclose(out);
	if (!strstr(lines, "listener 1 /proc/self/net/packet 1 packet sockets\n"))
		return 2;
	return strstr(lines, "AF_XDP") ? 3 : 0;
}

static void the_kernel_names_the_interface_of_a_packet_socket(void **state)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(lines_of_live_sockets());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("skipped: no packet socket can be made in a namespace here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

UNIT(network_sockets)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packet_sockets_are_counted_by_interface),
		cmocka_unit_test(packet_sockets_of_any_interface_count_for_none),
		cmocka_unit_test(protocols_that_are_not_loaded_use_nothing),
		cmocka_unit_test(
			pppoe_sessions_and_can_receivers_are_found_by_the_name_of_the_interface),
		cmocka_unit_test(a_list_that_cannot_be_read_is_told),
		cmocka_unit_test(the_kernel_names_the_interface_of_a_packet_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
