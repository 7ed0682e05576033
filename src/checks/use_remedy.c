/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/use_remedy.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { REMEDY_SIZE = 480 };

/*
 * The name in brackets in the text of a use, "vg-root" of "dm-0 (vg-root)"; without brackets the
 * whole name.
 */
static const char *inner_name(const char *user, struct arena *arena)
{
	const char *open = strchr(user, '('), *close = strrchr(user, ')');

	if (!open || !close || close < open)
		return user;
	return arena_text(arena, open + 1, (size_t)(close - open) - 1);
}

/* The volume group of a name that LVM made: "my-vg" of "my--vg-root", whose volume is "root". */
static const char *volume_group(const char *user, struct arena *arena)
{
	char *name = arena_strdup(arena, inner_name(user, arena)), *to = name;

	for (const char *from = name; *from && (*from != '-' || from[1] == '-'); from++) {
		if (*from == '-')
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return name;
}

static void put_word(FILE *out, const char *word, size_t length, const struct device *device,
		     const struct use *use, struct arena *arena)
{
	const char *user = use->user ? use->user : "", *last = strrchr(user, ' ');
	const struct {
		const char *word, *value;
	} words[] = {
		{"node", use->node ? use->node : device->name},
		{"user", user},
		{"inner", inner_name(user, arena)},
		{"group", volume_group(user, arena)},
		{"name", arena_text(arena, user, strcspn(user, " "))},
		{"last", last ? last + 1 : user},
		{"device", device->name},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].word) == length && memcmp(words[i].word, word, length) == 0)
			text_put_quoted(out, words[i].value);
}

static const char *expand(const char *recipe, const struct device *device, const struct use *use,
			  struct arena *arena)
{
	char text[REMEDY_SIZE];
	FILE *out = fmemopen(text, sizeof(text), "w");

	if (!out)
		memory_exhausted();
	while (*recipe) {
		size_t length = strcspn(recipe, "{");

		fwrite(recipe, 1, length, out);
		recipe += length;
		if (!*recipe)
			break;
		length = strcspn(++recipe, "}");
		put_word(out, recipe, length, device, use, arena);
		recipe += length + 1;
	}
	fflush(out);
	/* A remedy that was cut would be another command: give none. */
	if (ftell(out) >= (long)sizeof(text) - 1 || ferror(out)) {
		fclose(out);
		return NULL;
	}
	fclose(out);
	return arena_strdup(arena, text);
}

static const char *of_holder(const struct use *use)
{
	const char *user = use->user ? use->user : "";

	if (text_starts(user, "md"))
		return "mdadm --stop /dev/{name}";
	if (text_starts(user, "bcache"))
		return "echo 1 > /sys/block/{name}/bcache/stop";
	if (text_starts(user, "dm-") && strchr(user, '('))
		return "dmsetup remove {inner} (LVM: vgchange -an {group}; LUKS: cryptsetup close "
		       "{inner})";
	return "Stop the block device on top of it.";
}

static const char *of_backing(const struct use *use)
{
	if (use->user && text_starts(use->user, "loop"))
		return "losetup --detach /dev/{user}";
	if (use->user && text_starts(use->user, "ubi"))
		return "ubidetach -p /dev/{node}";
	return "Remove it from the configuration of the target that exports it.";
}

/* The mount point of a use; NULL for a text such as "btrfs, mounted where it cannot be seen". */
static const char *of_mount(const struct use *use)
{
	if (use->user && *use->user == '/' && !strstr(use->user, " in the mount namespace of "))
		return "umount {user}";
	return "Unmount it where it is mounted: a container, or a service of its own.";
}

/* The interface of a use: "br0 (bridge)" has it as a port; "vlan7 (vlan)" is stacked on it. */
static const char *of_master(const struct use *use)
{
	static const char *const stacked[] = {"(vlan)", "(macvlan)", "(macvtap)", "(ipvlan)",
					      "(ipvtap)"};

	for (size_t i = 0; use->user && i < ARRAY_SIZE(stacked); i++)
		if (strstr(use->user, stacked[i]))
			return "ip link delete {name}";
	if (use->user && strstr(use->user, "(openvswitch)"))
		return "ovs-vsctl del-port {node}";
	return "ip link set {node} nomaster";
}

/*
 * The route of a use: "default via 10.0.0.1", or "… on br0" for a route of an interface stacked on
 * it.
 */
static const char *of_route(const struct use *use)
{
	if (use->user && strstr(use->user, " on "))
		return "ip route del default dev {last}";
	return "ip route del default dev {node}";
}

static const char *of_namespace(const struct use *use)
{
	if (use->user && use->evidence && strstr(use->evidence, "/run/netns/"))
		return "ip netns exec {user} ip link set {node} netns 1";
	return "Stop the container or service that moved it there.";
}

static const char *of_console(const struct use *use)
{
	if (use->user && text_starts(use->user, "keyboard"))
		return "Plug the keyboard into another controller.";
	if (use->user && strstr(use->user, "kgdboc"))
		return "echo > /sys/module/kgdboc/parameters/kgdboc";
	return "Boot with another console= on the kernel's command line.";
}

static const char *of_tool(const struct use *use)
{
	if (use->user && text_starts(use->user, "driverctl"))
		return "driverctl unset-override {device}";
	return "Make sure that the other tool does not move it too.";
}

/* The kernel counts the clients of a DMA channel, and does not name them (provider_uses.c). */
static const char *of_consumer(const struct use *use)
{
	if (use->user && strstr(use->user, "DMA clients"))
		return "Unload the drivers that have DMA channels of it.";
	return "Unbind {user} first.";
}

/* NVIDIA's fabric manager sets the switches up: the GPUs depend on them and on it. */
static const char *of_open(const struct use *use)
{
	if (use->node && text_starts(use->node, "nvidia-nvswitch"))
		return "Leave it to the host: without its NVSwitches the GPUs of this machine lose "
		       "NVLink. To hand all of them to one guest, stop that process first.";
	return "Stop that process, or let it close the device.";
}

static const char *recipe_of(const struct use *use)
{
	static const char *const recipes[USE_KIND_COUNT] = {
		[USE_SYSTEM_MOUNT] = "Leave it to the host: the system needs it.",
		[USE_SWAP] = "swapoff {user}",
		[USE_CLAIM] = "Free it where it is used: zpool export, multipath -f, or umount of "
			      "a btrfs that spans it.",
		[USE_ADDRESS] = "ip link set {node} down",
		[USE_ROUTE] = "ip link set {node} down",
		[USE_LINK_UP] = "ip link set {node} down",
		[USE_PROTOCOL] = "Stop the service that set it up.",
		[USE_LISTENER] = "Stop the program that reads its packets, if that matters.",
		[USE_SESSION] = "Log in through another interface, or the management controller.",
		[USE_RDMA] = "Stop its users: \"rdma resource\" lists them.",
		[USE_VFIO] = "Shut down the virtual machine or program that has it.",
		[USE_MEDIATED] = "echo 1 > /sys/bus/mdev/devices/{user}/remove",
		[USE_DISPLAY] = "Make another GPU the primary one in the firmware setup.",
		[USE_WATCHDOG] = "Stop the service that feeds it, so that it is switched off.",
		[USE_TPM] = "Leave it to the host: secrets that are sealed to it would be lost.",
		[USE_IPMI] = "Stop the services that talk to the management controller.",
		[USE_MEMORY] = "Leave it to the host, or first take its memory out of use, with "
			       "daxctl(1) and cxl(1).",
	};

	switch (use->kind) {
	case USE_MOUNT:
		return of_mount(use);
	case USE_OPEN:
		return of_open(use);
	case USE_MASTER:
		return of_master(use);
	case USE_CONSUMER:
		return of_consumer(use);
	case USE_CONSOLE:
		return of_console(use);
	case USE_DEFAULT_ROUTE:
		return of_route(use);
	case USE_HOLDER:
		return of_holder(use);
	case USE_BACKING:
		return of_backing(use);
	case USE_NAMESPACE:
		return of_namespace(use);
	case USE_TOOL:
		return of_tool(use);
	default:
		return recipes[use->kind];
	}
}

const char *use_remedy(const struct device *device, const struct use *const *uses, size_t count,
		       struct arena *arena)
{
	const char *all = NULL, *last = NULL;

	for (size_t i = 0; i < count; i++) {
		const char *recipe = recipe_of(uses[i]);
		const char *one = recipe ? expand(recipe, device, uses[i], arena) : NULL;

		if (!one || (last && strcmp(one, last) == 0))
			continue;
		last = one;
		all = all ? arena_printf(arena, "%s; %s", all, one) : one;
		/*
		 * A recipe of a remedy without "{" is a sentence that covers all uses of the kind.
		 */
		if (!strchr(recipe, '{'))
			break;
	}
	return all;
}
