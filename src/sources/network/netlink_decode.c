/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump is a sequence of messages, and a message a sequence of attributes; each has a length,
 * which is checked.
 */
#include "sources/network/netlink.h"
#include "sources/network/network.h"
#include "sources/network/network_words.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* Attribute numbers of linux/if_link.h from 5.14 on; they are ABI. */
enum { PARENT_NAME = 56, PARENT_BUS = 57 };

enum { ATTRIBUTES_MAX = 64, NESTED = 0x3fff };

/* Bytes of an answer that are not decoded yet. */
struct bytes {
	const char *at;
	size_t length;
};

/*
 * The attributes of one message by type; at is NULL for an attribute that the message does not
 * have.
 */
struct attributes {
	struct bytes values[ATTRIBUTES_MAX];
};

/* The bytes of an answer after the first @length and their padding to a multiple of four. */
static struct bytes behind(struct bytes bytes, size_t length)
{
	size_t padded = (length + 3) & ~(size_t)3;

	if (padded > bytes.length)
		padded = bytes.length;
	return (struct bytes){bytes.at + padded, bytes.length - padded};
}

static bool split_attributes(struct bytes bytes, struct attributes *ret_attributes)
{
	struct rtattr attribute;

	memset(ret_attributes, 0, sizeof(*ret_attributes));
	while (bytes.length >= sizeof(attribute)) {
		unsigned type;

		memcpy(&attribute, bytes.at, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > bytes.length)
			return false;
		type = attribute.rta_type & NESTED;
		if (type < ATTRIBUTES_MAX)
			ret_attributes->values[type] =
				(struct bytes){bytes.at + sizeof(attribute),
					       attribute.rta_len - sizeof(attribute)};
		bytes = behind(bytes, attribute.rta_len);
	}
	return true;
}

/* A number of four bytes from an attribute, or @otherwise where the attribute is missing. */
static int32_t attribute_number(const struct attributes *attributes, unsigned type,
				int32_t otherwise)
{
	struct bytes value = attributes->values[type];

	if (value.at && value.length >= sizeof(otherwise))
		memcpy(&otherwise, value.at, sizeof(otherwise));
	return otherwise;
}

static void write_text(FILE *out, const struct attributes *attributes, unsigned type)
{
	struct bytes value = attributes->values[type];

	putc(' ', out);
	network_write_word(out, value.at, value.at ? strnlen(value.at, value.length) : 0);
}

static bool write_inet_address(FILE *out, int family, struct bytes value)
{
	char text[INET6_ADDRSTRLEN];
	size_t size = family == AF_INET ? 4 : 16;
	unsigned char address[16];

	if ((family != AF_INET && family != AF_INET6) || !value.at || value.length < size)
		return false;
	memcpy(address, value.at, size);
	if (!inet_ntop(family, address, text, sizeof(text)))
		return false;
	fputs(text, out);
	return true;
}

static bool decode_interface(struct bytes message, FILE *out)
{
	struct attributes attributes, details;
	struct ifinfomsg header;

	if (message.length < sizeof(header))
		return false;
	memcpy(&header, message.at, sizeof(header));
	if (!split_attributes(behind(message, sizeof(header)), &attributes) ||
	    !split_attributes(attributes.values[IFLA_LINKINFO], &details))
		return false;
	fprintf(out, "interface %d", header.ifi_index);
	write_text(out, &attributes, IFLA_IFNAME);
	fprintf(out, " %u %d %d %d", header.ifi_flags & INT32_MAX,
		attribute_number(&attributes, IFLA_MASTER, 0),
		attribute_number(&attributes, IFLA_LINK, 0),
		attribute_number(&attributes, IFLA_LINK_NETNSID, -1));
	write_text(out, &details, IFLA_INFO_KIND);
	write_text(out, &attributes, PARENT_BUS);
	write_text(out, &attributes, PARENT_NAME);
	putc('\n', out);
	return true;
}

/* "ADDRESS/LENGTH", or "ADDRESS peer PEER/LENGTH" where the other end of the link has an address.
 */
static void write_own_address(FILE *out, const struct ifaddrmsg *header,
			      const struct attributes *attributes)
{
	struct bytes local = attributes->values[IFA_LOCAL], peer = attributes->values[IFA_ADDRESS];

	if (!local.at || !peer.at || local.length != peer.length ||
	    memcmp(local.at, peer.at, local.length) == 0) {
		if (!write_inet_address(out, header->ifa_family, local.at ? local : peer))
			fputs("unknown", out);
		return;
	}
	if (!write_inet_address(out, header->ifa_family, local))
		fputs("unknown", out);
	fputs(" peer ", out);
	if (!write_inet_address(out, header->ifa_family, peer))
		fputs("unknown", out);
}

static bool decode_address(struct bytes message, FILE *out)
{
	struct attributes attributes;
	struct ifaddrmsg header;

	if (message.length < sizeof(header))
		return false;
	memcpy(&header, message.at, sizeof(header));
	if (!split_attributes(behind(message, sizeof(header)), &attributes))
		return false;
	fprintf(out, "address %u ", header.ifa_index);
	write_own_address(out, &header, &attributes);
	fprintf(out, "/%u\n", header.ifa_prefixlen);
	return true;
}

/* The gateway of a route: in RTA_VIA it may be of another family than the route. */
static struct bytes gateway_of(const struct attributes *attributes, int *family)
{
	struct bytes via = attributes->values[RTA_VIA];
	struct rtvia header;

	if (!via.at || via.length < sizeof(header))
		return attributes->values[RTA_GATEWAY];
	memcpy(&header, via.at, sizeof(header));
	*family = header.rtvia_family;
	return (struct bytes){via.at + sizeof(header), via.length - sizeof(header)};
}

static void write_route(FILE *out, uint32_t index, int family, const struct attributes *attributes)
{
	struct bytes gateway = gateway_of(attributes, &family);

	fprintf(out, "route %u ", index);
	if (!write_inet_address(out, family, gateway))
		putc('-', out);
	putc('\n', out);
}

/*
 * True for a route that the kernel does not make again after its interface is gone: the kernel
 * makes only its own again, and a routing daemon those that it learned (rtnetlink.h: RTPROT_*).
 */
static bool is_set_by_hand(const struct rtmsg *header)
{
	enum { DHCP = 16 }; /* the protocol number of routes from DHCP, RTPROT_DHCP */

	return header->rtm_protocol == RTPROT_UNSPEC || header->rtm_protocol == RTPROT_BOOT ||
	       header->rtm_protocol == RTPROT_STATIC || header->rtm_protocol == DHCP;
}

static void write_destination(FILE *out, const struct rtmsg *header, const struct attributes *route)
{
	if (!header->rtm_dst_len) {
		/* "ip route add default" is one of IPv4, whatever the gateway. */
		fputs(header->rtm_family == AF_INET6 ? "::/0" : "default", out);
		return;
	}
	if (!write_inet_address(out, header->rtm_family, route->values[RTA_DST]))
		fputs("unknown", out);
	fprintf(out, "/%u", header->rtm_dst_len);
}

/* Write a route as arguments of "ip route add". @hop: attributes of the hop, or of the route */
static void write_way(FILE *out, uint32_t index, const struct rtmsg *header,
		      const struct attributes *route, const struct attributes *hop)
{
	int family = header->rtm_family;
	struct bytes gateway = gateway_of(hop, &family);
	uint32_t table = (uint32_t)attribute_number(route, RTA_TABLE, header->rtm_table);

	fprintf(out, "way %u ", index);
	write_destination(out, header, route);
	if (gateway.at) {
		fputs(family == header->rtm_family ? " via " : " via inet6 ", out);
		if (!write_inet_address(out, family, gateway))
			fputs("unknown", out);
	}
	if (table != RT_TABLE_MAIN)
		fprintf(out, " table %u", table);
	if (route->values[RTA_PRIORITY].at)
		fprintf(out, " metric %u", (uint32_t)attribute_number(route, RTA_PRIORITY, 0));
	if (route->values[RTA_PREFSRC].at) {
		fputs(" src ", out);
		write_inet_address(out, header->rtm_family, route->values[RTA_PREFSRC]);
	}
	if (header->rtm_flags & RTNH_F_ONLINK)
		fputs(" onlink", out);
	putc('\n', out);
}

/* One route through one interface: "route" if it is a default route, "way" if it is set by hand. */
static void write_hop(FILE *out, uint32_t index, const struct rtmsg *header,
		      const struct attributes *route, const struct attributes *hop,
		      struct netlink_state *state)
{
	if (!header->rtm_dst_len)
		write_route(out, index, header->rtm_family, hop);
	if (!is_set_by_hand(header))
		return;
	if (state->ways++ < NETLINK_WAYS_MAX)
		write_way(out, index, header, route, hop);
	else if (state->ways == NETLINK_WAYS_MAX + 1)
		fprintf(out, "unseen way there are more than %d routes\n", NETLINK_WAYS_MAX);
}

static bool decode_hops(const struct rtmsg *header, const struct attributes *route,
			struct netlink_state *state, FILE *out)
{
	struct bytes hops = route->values[RTA_MULTIPATH];
	struct attributes attributes;
	struct rtnexthop hop;

	while (hops.length >= sizeof(hop)) {
		memcpy(&hop, hops.at, sizeof(hop));
		if (hop.rtnh_len < sizeof(hop) || hop.rtnh_len > hops.length ||
		    !split_attributes(
			    (struct bytes){hops.at + sizeof(hop), hop.rtnh_len - sizeof(hop)},
			    &attributes))
			return false;
		write_hop(out, (uint32_t)hop.rtnh_ifindex, header, route, &attributes, state);
		hops = behind(hops, hop.rtnh_len);
	}
	return true;
}

/*
 * Routers may have a million routes, nearly all of a routing daemon: of these only the default
 * routes are lines.
 */
static bool decode_route(struct bytes message, struct netlink_state *state, FILE *out)
{
	struct attributes attributes;
	struct rtmsg header;
	int32_t interface;

	if (message.length < sizeof(header))
		return false;
	memcpy(&header, message.at, sizeof(header));
	if ((header.rtm_dst_len && !is_set_by_hand(&header)) || header.rtm_type != RTN_UNICAST ||
	    header.rtm_table == RT_TABLE_LOCAL || (header.rtm_flags & RTM_F_CLONED))
		return true;
	if (!split_attributes(behind(message, sizeof(header)), &attributes))
		return false;
	interface = attribute_number(&attributes, RTA_OIF, 0);
	if (interface > 0)
		write_hop(out, (uint32_t)interface, &header, &attributes, &attributes, state);
	return decode_hops(&header, &attributes, state, out);
}

static bool decode_number(struct bytes message, FILE *out)
{
	struct attributes attributes;

	if (message.length < sizeof(struct rtgenmsg) ||
	    !split_attributes(behind(message, sizeof(struct rtgenmsg)), &attributes))
		return false;
	fprintf(out, "ours %d\n", attribute_number(&attributes, NETNSA_NSID, -1));
	return true;
}

/* The errno in an NLMSG_ERROR message; 0 means success. */
static int decode_error(struct bytes message)
{
	int32_t cause;

	if (message.length < sizeof(cause))
		return -EBADMSG;
	memcpy(&cause, message.at, sizeof(cause));
	if (cause > 0 || cause < -4095)
		return -EBADMSG;
	return cause ? cause : NETLINK_DONE;
}

/* The last message of a netlink dump, NLMSG_DONE, has an errno if the dump failed half-way. */
static int decode_message(unsigned type, struct bytes message, struct netlink_state *state,
			  FILE *out)
{
	bool sound = true;

	switch (type) {
	case NLMSG_DONE:
		return message.length >= sizeof(int32_t) ? decode_error(message) : NETLINK_DONE;
	case NLMSG_ERROR:
		return decode_error(message);
	case RTM_NEWLINK:
		sound = decode_interface(message, out);
		break;
	case RTM_NEWADDR:
		sound = decode_address(message, out);
		break;
	case RTM_NEWROUTE:
		sound = decode_route(message, state, out);
		break;
	case RTM_NEWNSID:
		sound = decode_number(message, out);
		break;
	default:
		break;
	}
	return sound ? NETLINK_MORE : -EBADMSG;
}

int netlink_decode(const void *bytes, size_t length, struct netlink_state *state, FILE *out)
{
	struct bytes left = {bytes, length};
	struct nlmsghdr header;

	while (left.length >= sizeof(header)) {
		struct bytes message;
		int result;

		memcpy(&header, left.at, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > left.length)
			return -EBADMSG;
		state->interrupted |= (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
		message =
			(struct bytes){left.at + sizeof(header), header.nlmsg_len - sizeof(header)};
		result = decode_message(header.nlmsg_type, message, state, out);
		if (result != NETLINK_MORE)
			return result;
		left = behind(left, header.nlmsg_len);
	}
	return left.length ? -EBADMSG : NETLINK_MORE;
}
