/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/uevents.h"
#include "support/check.h"
#include "support/sender.h"
#include "support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

static void a_listener_can_be_polled_and_drained(void **state)
{
	struct uevents *uevents = sender_listen();
	struct pollfd poller = {.fd = uevents_fd(uevents), .events = POLLIN};
	struct uevent event;

	assert_true(fcntl(uevents_fd(uevents), F_GETFD) & FD_CLOEXEC);
	/* A machine has events of its own, but not endlessly many. */
	for (int i = 0; i < 100000 && uevents_next(uevents, &event) != 0; i++)
		assert_true(i < 99999);
	assert_in_range(poll(&poller, 1, 0), 0, 1);
	uevents_close(uevents);
}

static void send_event(int kernel, const char *message, size_t size)
{
	assert_int_equal(send(kernel, message, size, 0), size);
}

static void an_event_has_an_action_a_path_and_a_number(void **state)
{
	static const char bind[] = "bind@/devices/pci0000:00/0000:00:02.0\0ACTION=bind\0"
				   "SUBSYSTEM=pci\0SEQNUM=1234";
	static const char bare[] = "add@/module/vfio\0SEQNUM=12x";
	struct uevents *uevents = sender_listen();
	int kernel = sender_begin(uevents);
	struct uevent event = {0};

	assert_int_equal(uevents_next(uevents, &event), 0);
	send_event(kernel, bind, sizeof(bind));
	send_event(kernel, bare, sizeof(bare));
	assert_int_equal(uevents_next(uevents, &event), 1);
	assert_string_equal(event.action, "bind");
	assert_string_equal(event.path, "/devices/pci0000:00/0000:00:02.0");
	assert_int_equal(event.sequence, 1234);
	assert_int_equal(uevents_next(uevents, &event), 1);
	assert_string_equal(event.action, "add");
	assert_string_equal(event.path, "/module/vfio");
	assert_int_equal(event.sequence, 0);
	assert_int_equal(uevents_next(uevents, &event), 0);
	close(kernel);
	uevents_close(uevents);
}

static void what_is_no_event_is_skipped(void **state)
{
	struct uevents *uevents = sender_listen();
	int kernel = sender_begin(uevents);
	struct uevent event = {0};
	char big[20000];

	memset(big, 'x', sizeof(big));
	send_event(kernel, "", 0);
	send_event(kernel, "libudev\0\xfe\xed\xca\xfe", 12);
	send_event(kernel, big, sizeof(big));
	send_event(kernel, "remove@/devices/x", 17);
	assert_int_equal(uevents_next(uevents, &event), 1);
	assert_string_equal(event.action, "remove");
	assert_string_equal(event.path, "/devices/x");
	assert_int_equal(uevents_next(uevents, &event), 0);
	close(kernel);
	uevents_close(uevents);
}

static void the_count_of_events_is_the_kernels(void **state)
{
	char *dir = tree_new("/sys/kernel/uevent_seqnum = 3456\n/sys/none/\n");
	char *other = tree_new("/sys/kernel/\n");
	_autoroot_ struct root *root = NULL, *bare = NULL;
	struct error error;

	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(root_open(other, &bare, &error), 0);
	assert_int_equal(uevents_count(root), 3456);
	assert_true(uevents_count(bare) == UINT64_MAX);
	tree_remove(dir);
	tree_remove(other);
}

static void a_descriptor_that_fails_ends_the_listening(void **state)
{
	struct uevents *uevents = sender_listen();
	struct uevent event;

	sender_break(uevents);
	assert_int_equal(uevents_next(uevents, &event), -ENOTSOCK);
	uevents_close(uevents);
}

static void messages_that_the_kernel_dropped_are_an_error_of_their_own(void **state)
{
	struct uevents *uevents = sender_listen();
	struct uevent event;

	sender_lose(uevents);
	assert_int_equal(uevents_next(uevents, &event), -ENOBUFS);
	/* Those that had room come from a process. */
	assert_int_equal(uevents_next(uevents, &event), 0);
	uevents_close(uevents);
}

static int open_without_sockets(void)
{
	struct uevents *uevents = NULL;
	struct error error;
	int result = uevents_open(&uevents, &error);

	return !(result < 0 && !uevents && error.code == ERROR_IO &&
		 strstr(error.message, "kernel events"));
}

static void without_netlink_it_fails_with_a_sentence(void **state)
{
	struct said said;

	assert_int_equal(sender_in_silence(open_without_sockets, &said), 0);
}

static void nothing_can_be_closed(void **state)
{
	uevents_close(NULL);
}

UNIT(uevents)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listener_can_be_polled_and_drained),
		cmocka_unit_test(an_event_has_an_action_a_path_and_a_number),
		cmocka_unit_test(what_is_no_event_is_skipped),
		cmocka_unit_test(the_count_of_events_is_the_kernels),
		cmocka_unit_test(a_descriptor_that_fails_ends_the_listening),
		cmocka_unit_test(messages_that_the_kernel_dropped_are_an_error_of_their_own),
		cmocka_unit_test(without_netlink_it_fails_with_a_sentence),
		cmocka_unit_test(nothing_can_be_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
