/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of rtnetlink, made by hand, whole and cut: lengths in messages are not trusted. */
#include "sources/network/netlink.h"
#include "support/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <string.h>

enum { PARENT_NAME = 56, PARENT_BUS = 57 };

/* The bytes of an answer while it is made; lengths are set when a message or attribute ends. */
static unsigned char answer[4096];
static size_t used;

static size_t put(const void *bytes, size_t length)
{
	size_t at = used;

	assert_true(used + length + 4 < sizeof(answer));
	if (length)
		memcpy(answer + used, bytes, length);
	used += length;
	while (used % 4)
		answer[used++] = 0;
	return at;
}

static size_t begin_message(uint16_t type, const void *body, size_t length)
{
	struct nlmsghdr header = {.nlmsg_type = type, .nlmsg_flags = NLM_F_MULTI};
	size_t at = put(&header, sizeof(header));

	put(body, length);
	return at;
}

static void end_message(size_t at)
{
	uint32_t length = (uint32_t)(used - at);

	memcpy(answer + at, &length, sizeof(length));
}

static void attribute(uint16_t type, const void *bytes, size_t length)
{
	struct rtattr header = {(uint16_t)(sizeof(header) + length), type};

	put(&header, sizeof(header));
	put(bytes, length);
}

static void text_attribute(uint16_t type, const char *text)
{
	attribute(type, text, strlen(text) + 1);
}

static void number_attribute(uint16_t type, int32_t number)
{
	attribute(type, &number, sizeof(number));
}

static void address_attribute(uint16_t type, int family, const char *text)
{
	unsigned char bytes[16];

	assert_int_equal(inet_pton(family, text, bytes), 1);
	attribute(type, bytes, family == AF_INET ? 4 : 16);
}

static size_t begin_interface(int index)
{
	struct ifinfomsg body = {.ifi_index = index, .ifi_flags = 1};

	return begin_message(RTM_NEWLINK, &body, sizeof(body));
}

static void put_done(void)
{
	int32_t verdict = 0;

	end_message(begin_message(NLMSG_DONE, &verdict, sizeof(verdict)));
}

static int begin_test(void **state)
{
	used = 0;
	return 0;
}

/* The lines that the first @length bytes of the answer make. */
static char *lines_of(size_t length, struct netlink_state *state, int *ret_result)
{
	/* A copy of exactly that size, so that sanitizers notice a read beyond it. */
	_autofree_ unsigned char *bytes = malloc(length + 1);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_non_null(bytes);
	memcpy(bytes + 1, answer, length);
	*ret_result = netlink_decode(bytes + 1, length, state, out);
	fclose(out);
	return text;
}

static void assert_lines(const char *expected, int result)
{
	struct netlink_state seen = {0};
	int actual;
	_autofree_ char *lines = lines_of(used, &seen, &actual);

	assert_string_equal(lines, expected);
	assert_int_equal(actual, result);
	assert_false(seen.interrupted);
}

static void an_interface_is_one_line(void **state)
{
	struct rtattr kind = {RTA_LENGTH(5), IFLA_INFO_KIND};
	unsigned char details[12] = {0};
	size_t message = begin_interface(7);

	memcpy(details, &kind, sizeof(kind));
	memcpy(details + sizeof(kind), "vlan", 5);
	text_attribute(IFLA_IFNAME, "eth0.5");
	number_attribute(IFLA_MASTER, 4);
	number_attribute(IFLA_LINK, 2);
	number_attribute(IFLA_LINK_NETNSID, 1);
	attribute(IFLA_LINKINFO | NLA_F_NESTED, details, sizeof(details));
	text_attribute(PARENT_NAME, "0000:00:03.0");
	text_attribute(PARENT_BUS, "pci");
	end_message(message);
	put_done();
	assert_lines("interface 7 eth0.5 1 4 2 1 vlan pci 0000:00:03.0\n", NETLINK_DONE);
}

static void a_missing_attribute_of_an_interface_is_none(void **state)
{
	size_t message = begin_interface(1);

	text_attribute(IFLA_IFNAME, "lo");
	end_message(message);
	assert_lines("interface 1 lo 1 0 0 -1 - - -\n", NETLINK_MORE);
}

static void a_name_without_an_end_is_cut_where_its_attribute_ends(void **state)
{
	size_t message = begin_interface(1);

	attribute(IFLA_IFNAME, "e h\n", 4);
	number_attribute(IFLA_MASTER, 9);
	end_message(message);
	assert_lines("interface 1 e?h? 1 9 0 -1 - - -\n", NETLINK_MORE);
}

static void an_address_of_a_point_to_point_link_has_its_peer(void **state)
{
	struct ifaddrmsg body = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 3};
	size_t message = begin_message(RTM_NEWADDR, &body, sizeof(body));

	address_attribute(IFA_ADDRESS, AF_INET, "10.0.0.9");
	address_attribute(IFA_LOCAL, AF_INET, "10.0.0.5");
	end_message(message);
	body = (struct ifaddrmsg){.ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = 3};
	message = begin_message(RTM_NEWADDR, &body, sizeof(body));
	address_attribute(IFA_ADDRESS, AF_INET6, "fd00::2");
	end_message(message);
	assert_lines("address 3 10.0.0.5 peer 10.0.0.9/32\naddress 3 fd00::2/64\n", NETLINK_MORE);
}

static void an_address_that_is_too_short_is_still_one(void **state)
{
	struct ifaddrmsg body = {.ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = 3};
	size_t message = begin_message(RTM_NEWADDR, &body, sizeof(body));

	address_attribute(IFA_ADDRESS, AF_INET, "10.0.0.5");
	end_message(message);
	assert_lines("address 3 unknown/64\n", NETLINK_MORE);
}

static size_t begin_route(struct rtmsg body)
{
	body.rtm_type = body.rtm_type ? body.rtm_type : RTN_UNICAST;
	body.rtm_protocol = body.rtm_protocol ? body.rtm_protocol : RTPROT_KERNEL;
	return begin_message(RTM_NEWROUTE, &body, sizeof(body));
}

static void of_the_kernels_and_daemons_routes_only_default_routes_are_lines(void **state)
{
	static const struct rtmsg others[] = {
		{.rtm_family = AF_INET, .rtm_dst_len = 24},
		{.rtm_family = AF_INET, .rtm_dst_len = 24, .rtm_protocol = RTPROT_BIRD},
		{.rtm_family = AF_INET, .rtm_table = RT_TABLE_LOCAL},
		{.rtm_family = AF_INET, .rtm_type = RTN_UNREACHABLE},
		{.rtm_family = AF_INET6, .rtm_flags = RTM_F_CLONED},
	};
	size_t message;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		message = begin_route(others[i]);
		number_attribute(RTA_OIF, 1);
		end_message(message);
	}
	message = begin_route((struct rtmsg){.rtm_family = AF_INET, .rtm_table = 100});
	number_attribute(RTA_OIF, 2);
	address_attribute(RTA_GATEWAY, AF_INET, "10.0.0.1");
	end_message(message);
	message = begin_route((struct rtmsg){.rtm_family = AF_INET6});
	number_attribute(RTA_OIF, 3);
	end_message(message);
	assert_lines("route 2 10.0.0.1\nroute 3 -\n", NETLINK_MORE);
}

/* An IPv4 route may go through a gateway that has an IPv6 address (RTA_VIA). */
static void a_route_of_several_hops_is_several_lines(void **state)
{
	struct rtnexthop first = {.rtnh_len = sizeof(first), .rtnh_ifindex = 2};
	struct rtnexthop second = {.rtnh_len = sizeof(second) + 24, .rtnh_ifindex = 3};
	struct rtattr via = {RTA_LENGTH(18), RTA_VIA};
	unsigned char hops[sizeof(first) + sizeof(second) + 24] = {0}, *at = hops;
	uint16_t family = AF_INET6;
	size_t message;

	memcpy(at, &first, sizeof(first));
	at += sizeof(first);
	memcpy(at, &second, sizeof(second));
	at += sizeof(second);
	memcpy(at, &via, sizeof(via));
	memcpy(at + sizeof(via), &family, sizeof(family));
	assert_int_equal(inet_pton(AF_INET6, "fe80::1", at + sizeof(via) + sizeof(family)), 1);
	message = begin_route((struct rtmsg){.rtm_family = AF_INET});
	attribute(RTA_MULTIPATH, hops, sizeof(hops));
	end_message(message);
	assert_lines("route 2 -\nroute 3 fe80::1\n", NETLINK_MORE);
}

static void a_route_set_by_hand_is_a_line_for_ip(void **state)
{
	struct rtmsg body = {.rtm_family = AF_INET,
			     .rtm_dst_len = 16,
			     .rtm_protocol = RTPROT_BOOT,
			     .rtm_table = RT_TABLE_MAIN};
	size_t message = begin_route(body);

	address_attribute(RTA_DST, AF_INET, "10.1.0.0");
	number_attribute(RTA_OIF, 2);
	address_attribute(RTA_GATEWAY, AF_INET, "10.0.0.1");
	end_message(message);
	body = (struct rtmsg){.rtm_family = AF_INET6, .rtm_protocol = RTPROT_STATIC};
	message = begin_route(body);
	number_attribute(RTA_OIF, 3);
	number_attribute(RTA_TABLE, 1000);
	number_attribute(RTA_PRIORITY, 1024);
	end_message(message);
	body = (struct rtmsg){.rtm_family = AF_INET,
			      .rtm_dst_len = 32,
			      .rtm_table = RT_TABLE_MAIN,
			      .rtm_protocol = 16,
			      .rtm_flags = RTNH_F_ONLINK};
	message = begin_route(body);
	address_attribute(RTA_DST, AF_INET, "10.2.0.1");
	number_attribute(RTA_OIF, 2);
	address_attribute(RTA_PREFSRC, AF_INET, "10.0.0.5");
	end_message(message);
	assert_lines("way 2 10.1.0.0/16 via 10.0.0.1\n"
		     "route 3 -\nway 3 ::/0 table 1000 metric 1024\n"
		     "way 2 10.2.0.1/32 src 10.0.0.5 onlink\n",
		     NETLINK_MORE);
}

static void routes_beyond_the_limit_are_not_lines(void **state)
{
	struct netlink_state seen = {.ways = NETLINK_WAYS_MAX - 1};
	const struct rtmsg body = {.rtm_family = AF_INET,
				   .rtm_protocol = RTPROT_STATIC,
				   .rtm_table = RT_TABLE_MAIN,
				   .rtm_dst_len = 8};
	_autofree_ char *lines = NULL;
	size_t message;
	int result;

	for (int i = 0; i < 4; i++) {
		message = begin_route(body);
		address_attribute(RTA_DST, AF_INET, "10.0.0.0");
		number_attribute(RTA_OIF, 2);
		end_message(message);
	}
	lines = lines_of(used, &seen, &result);
	assert_int_equal(result, NETLINK_MORE);
	assert_string_equal(lines,
			    "way 2 10.0.0.0/8\nunseen way there are more than 4096 routes\n");
}

static void the_number_of_our_namespace_is_a_line(void **state)
{
	struct rtgenmsg body = {AF_UNSPEC};
	size_t message = begin_message(RTM_NEWNSID, &body, sizeof(body));

	number_attribute(NETNSA_NSID, 5);
	end_message(message);
	assert_lines("ours 5\n", NETLINK_MORE);
}

static void the_kernels_refusal_is_the_result(void **state)
{
	struct nlmsgerr body = {.error = -EPERM};

	end_message(begin_message(NLMSG_ERROR, &body, sizeof(body)));
	assert_lines("", -EPERM);
	used = 0;
	body.error = 17;
	end_message(begin_message(NLMSG_ERROR, &body, sizeof(body)));
	assert_lines("", -EBADMSG);
	used = 0;
	body.error = 0;
	end_message(begin_message(NLMSG_ERROR, &body, sizeof(body)));
	assert_lines("", NETLINK_DONE);
}

static void a_change_meanwhile_is_noticed(void **state)
{
	struct nlmsghdr header = {.nlmsg_len = sizeof(header),
				  .nlmsg_type = NLMSG_NOOP,
				  .nlmsg_flags = NLM_F_DUMP_INTR};
	struct netlink_state seen = {0};
	int result;
	char *lines;

	put(&header, sizeof(header));
	lines = lines_of(used, &seen, &result);
	free(lines);
	assert_true(seen.interrupted);
	assert_int_equal(result, NETLINK_MORE);
}

static void lengths_that_cannot_be_are_refused(void **state)
{
	static const uint32_t lengths[] = {0, 1, 15, 4096, UINT32_MAX};
	static const uint16_t inner[] = {0, 3, 200, UINT16_MAX};
	size_t message = begin_interface(1), at = used;
	struct netlink_state seen = {0};
	int result;

	text_attribute(IFLA_IFNAME, "lo");
	end_message(message);
	for (size_t i = 0; i < ARRAY_SIZE(inner); i++) {
		memcpy(answer + at, &inner[i], sizeof(inner[i]));
		free(lines_of(used, &seen, &result));
		assert_int_equal(result, -EBADMSG);
	}
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		memcpy(answer, &lengths[i], sizeof(lengths[i]));
		free(lines_of(used, &seen, &result));
		assert_int_equal(result, -EBADMSG);
	}
}

/* A cut answer is malformed, or ends between two messages, and is never complete. */
static void an_answer_cut_anywhere_is_never_done(void **state)
{
	struct ifaddrmsg address = {.ifa_family = AF_INET, .ifa_prefixlen = 8, .ifa_index = 1};
	struct rtnexthop hop = {.rtnh_len = sizeof(hop), .rtnh_ifindex = 2};
	size_t message = begin_interface(1);

	text_attribute(IFLA_IFNAME, "lo");
	attribute(IFLA_LINKINFO, "\x08\x00\x01\x00tun", 8);
	end_message(message);
	message = begin_message(RTM_NEWADDR, &address, sizeof(address));
	address_attribute(IFA_LOCAL, AF_INET, "127.0.0.1");
	end_message(message);
	message = begin_route((struct rtmsg){.rtm_family = AF_INET});
	attribute(RTA_MULTIPATH, &hop, sizeof(hop));
	end_message(message);
	put_done();
	for (size_t length = 0; length < used; length++) {
		struct netlink_state seen = {0};
		int result;

		free(lines_of(length, &seen, &result));
		assert_int_not_equal(result, NETLINK_DONE);
	}
}

/* Each byte of each message is changed in turn: no byte outside of the answer may be read. */
static void spoilt_answers_do_no_harm(void **state)
{
	struct rtnexthop hop = {.rtnh_len = sizeof(hop), .rtnh_ifindex = 2};
	size_t message = begin_interface(1);

	text_attribute(IFLA_IFNAME, "lo");
	attribute(IFLA_LINKINFO, "\x08\x00\x01\x00tun", 8);
	end_message(message);
	message = begin_route((struct rtmsg){.rtm_family = AF_INET});
	attribute(RTA_MULTIPATH, &hop, sizeof(hop));
	end_message(message);
	for (size_t i = 0; i < used; i++)
		for (unsigned byte = 0; byte < 256; byte++) {
			unsigned char kept = answer[i];
			struct netlink_state seen = {0};
			int result;

			answer[i] = (unsigned char)byte;
			free(lines_of(used, &seen, &result));
			assert_true(result <= NETLINK_DONE && result >= -4095);
			answer[i] = kept;
		}
}

UNIT(netlink)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_interface_is_one_line, begin_test),
		cmocka_unit_test_setup(a_missing_attribute_of_an_interface_is_none, begin_test),
		cmocka_unit_test_setup(a_name_without_an_end_is_cut_where_its_attribute_ends,
				       begin_test),
		cmocka_unit_test_setup(an_address_of_a_point_to_point_link_has_its_peer,
				       begin_test),
		cmocka_unit_test_setup(an_address_that_is_too_short_is_still_one, begin_test),
		cmocka_unit_test_setup(
			of_the_kernels_and_daemons_routes_only_default_routes_are_lines,
			begin_test),
		cmocka_unit_test_setup(a_route_of_several_hops_is_several_lines, begin_test),
		cmocka_unit_test_setup(a_route_set_by_hand_is_a_line_for_ip, begin_test),
		cmocka_unit_test_setup(routes_beyond_the_limit_are_not_lines, begin_test),
		cmocka_unit_test_setup(the_number_of_our_namespace_is_a_line, begin_test),
		cmocka_unit_test_setup(the_kernels_refusal_is_the_result, begin_test),
		cmocka_unit_test_setup(a_change_meanwhile_is_noticed, begin_test),
		cmocka_unit_test_setup(lengths_that_cannot_be_are_refused, begin_test),
		cmocka_unit_test_setup(an_answer_cut_anywhere_is_never_done, begin_test),
		cmocka_unit_test_setup(spoilt_answers_do_no_harm, begin_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
