/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/owner_rule.h"

#include "actions/pin_rules.h"
#include "actions/tool.h"
#include "base/text.h"
#include "model/pci.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	RULE_MAX = 4096,
	/* Longer than the time that udev has for an event (udev.conf: event_timeout) is not waited.
	 */
	TRIGGER_MS = 25 * 1000,
};

/* Rules give a node to the user alone, or to the user and the group. */
#define OWNER_KEY ", OWNER=\""
#define GROUP_KEY "\", GROUP=\""

const char *owner_rule_file(struct arena *arena, const char *bus, const char *name)
{
	return arena_printf(arena, "%s/99-iommuctl-owner-%s-%s.rules", RULES_FOLDER, bus, name);
}

static const char *end_of_rule(struct arena *arena, const struct owner *owner)
{
	if (owner->has_group)
		return arena_printf(arena, OWNER_KEY "%u" GROUP_KEY "%u\", MODE=\"0660\"\n",
				    (unsigned)owner->uid, (unsigned)owner->gid);
	return arena_printf(arena, OWNER_KEY "%u" GROUP_KEY "0\", MODE=\"0600\"\n",
			    (unsigned)owner->uid);
}

/* A node of a group names no device: so its rule asks for the member, and for that one's IDs. */
const char *owner_rule_text(struct arena *arena, const struct owner *owner, const char *bus,
			    const char *name, int32_t vendor_id, int32_t device_id)
{
	const char *end = end_of_rule(arena, owner), *of_member = "", *of_parent = "";

	if (vendor_id >= 0) {
		of_member = arena_printf(
			arena, ", ATTR{[%s/%s]vendor}==\"0x%04x\", ATTR{[%s/%s]device}==\"0x%04x\"",
			bus, name, (unsigned)vendor_id, bus, name, (unsigned)device_id);
		of_parent = arena_printf(arena,
					 ", ATTRS{vendor}==\"0x%04x\", ATTRS{device}==\"0x%04x\"",
					 (unsigned)vendor_id, (unsigned)device_id);
	}
	return arena_printf(arena,
			    "SUBSYSTEM==\"vfio\", TEST==\"/sys/kernel/iommu_groups/%%k/devices/%s\""
			    "%s%s"
			    "SUBSYSTEM==\"vfio-dev\", SUBSYSTEMS==\"%s\", KERNELS==\"%s\"%s%s",
			    name, of_member, end, bus, name, of_parent, end);
}

/* The numbers of a rule; false for a text that is none. *ret_group: 0 none */
static bool parse_rule(const char *rule, unsigned *ret_user, unsigned *ret_group)
{
	const char *at = strstr(rule, OWNER_KEY);

	return at && sscanf(at, OWNER_KEY "%u" GROUP_KEY "%u\"", ret_user, ret_group) == 2;
}

void owner_rule_words(const char *rule, char *out, size_t size)
{
	unsigned user, group;

	if (!rule || !parse_rule(rule, &user, &group))
		snprintf(out, size, "root");
	else if (group)
		snprintf(out, size, "%u:%u", user, group);
	else
		snprintf(out, size, "%u", user);
}

/* Let udev apply its rules to the nodes that exist, and wait until it has. */
static int trigger_nodes(struct error *e)
{
	static const char *const words[] = {UDEVADM,
					    "trigger",
					    "--settle",
					    "--action=change",
					    "--subsystem-match=vfio",
					    "--subsystem-match=vfio-dev",
					    NULL};
	const struct tool tool = {.words = words, .silence_ms = TRIGGER_MS, .total_ms = TRIGGER_MS};

	return tool_run(&tool, e);
}

static int store_and_trigger(const char *file, const char *text, struct error *e)
{
	int result = udev_rules_store(RULES_FOLDER, text_basename(file), UDEVADM,
				      (struct span){text, strlen(text)}, e);

	return result < 0 ? result : trigger_nodes(e);
}

/* The rule in the file, for root in place of its user; empty where there is no rule. */
static const char *rule_for_root(const char *file, struct arena *arena)
{
	static const struct owner root = {.words = "root"};
	_autoclose_ int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	const char *text = "", *end = end_of_rule(arena, &root);
	char rule[RULE_MAX];
	ssize_t length = fd < 0 ? 0 : read(fd, rule, sizeof(rule) - 1);

	rule[length < 0 ? 0 : length] = '\0';
	for (char *line = rule, *next; *line; line = next) {
		char *key = strstr(line, OWNER_KEY);

		next = line + strcspn(line, "\n");
		next += *next == '\n';
		if (key && key < next)
			text = arena_printf(arena, "%s%.*s%s", text, (int)(key - line), line, end);
	}
	return text;
}

/*
 * udev leaves a node alone that no rule is about: so a rule gives it back to root before that rule
 * goes.
 */
static int give_back_to_root(const char *file, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	const char *rule = rule_for_root(file, arena);
	int result = *rule ? store_and_trigger(file, rule, e) : 0;

	if (result < 0)
		return result;
	/* Another member of the group may have a rule for the same node. */
	return store_and_trigger(file, "", e);
}

int owner_rule_store(const char *file, const char *text)
{
	struct error ignored = {0};

	return *text ? store_and_trigger(file, text, &ignored) : give_back_to_root(file, &ignored);
}

/* The nodes of a device while they are compared with the owner. @differs: one has another */
struct nodes {
	const struct root *root;
	unsigned user, group;
	bool differs;
};

static int compare_node(struct nodes *nodes, const char *node)
{
	struct node_access access;
	int result = root_node_access(nodes->root, node, &access);

	if (result <= 0)
		return result;
	nodes->differs |=
		access.user != nodes->user || !(access.mode & S_IRUSR) ||
		(nodes->group && (access.group != nodes->group || !(access.mode & S_IRGRP)));
	return 0;
}

static int compare_cdev(void *context, const char *name)
{
	char node[PATH_SIZE];

	return text_join("/dev/vfio/devices", name, node, sizeof(node))
		       ? compare_node(context, node)
		       : -ENAMETOOLONG;
}

static int compare_owners(struct nodes *nodes, const char *device)
{
	char group[PATH_SIZE], node[PATH_SIZE];
	int result = root_follow(nodes->root, device, "iommu_group", group);

	if (result > 0)
		result = text_join("/dev/vfio", text_basename(group), node, sizeof(node))
				 ? compare_node(nodes, node)
				 : -ENAMETOOLONG;
	if (result == 0)
		result = root_listf(nodes->root, compare_cdev, nodes, "%s/vfio-dev", device);
	return result == -ENOENT || result == -ENOTDIR ? 0 : result;
}

int owner_rule_holds(const struct root *root, const char *device, const char *file,
		     const char *text)
{
	struct nodes nodes = {.root = root};
	char rule[RULE_MAX] = "";
	ssize_t length = root_read_text(root, file, rule, sizeof(rule));
	int result;

	if (length < 0 && length != -ENOENT)
		return (int)length;
	/* root_read_text cuts the newlines at the end off. */
	if (strlen(rule) != text_trim(text, strlen(text)) || strncmp(rule, text, strlen(rule)) != 0)
		return 0;
	if (!*text || !parse_rule(text, &nodes.user, &nodes.group))
		return !*text;
	result = compare_owners(&nodes, device);
	return result < 0 ? result : !nodes.differs;
}
