/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include "base/text.h"
#include "checks/use_remedy.h"
#include "model/pci.h"
#include "model/vfio_driver.h"

#include <stdio.h>
#include <string.h>

enum {
	/** number of uses that a message names; the others are counted */
	NAMED_MAX = 3,
};

/* The part of a device that a kind of use is about. */
enum part {
	PART_ANY,
	PART_BLOCK,
	PART_NET,
	PART_DISPLAY,
	PART_SERIAL,
	PART_WATCHDOG,
	PART_TPM,
	PART_IPMI,
	PART_VFIO,
	PART_MEMORY,
	PART_COUNT,
};

/*
 * The words of one kind of use. @verb: between node and user     @alone: for a use without user
 * @question: for an unknown answer     @free: for a device without such a use, or NULL where
 * another kind of the same check has that message
 */
struct use_words {
	enum check_id id;
	enum part part;
	const char *verb, *alone, *question, *free;
};

static const struct use_words use_words[USE_KIND_COUNT] = {
	[USE_SYSTEM_MOUNT] = {CHECK_SYSTEM_DISK, PART_BLOCK, "is mounted on",
			      "is mounted by the system", "the system runs from it",
			      "the system does not run from it"},
	[USE_MOUNT] = {CHECK_MOUNTED, PART_BLOCK, "is mounted on", "is mounted",
		       "a file system on it is mounted", "no file system on it is mounted"},
	[USE_SWAP] = {CHECK_SWAP, PART_BLOCK, "holds the swap space", "holds swap space",
		      "it holds swap space", "it holds no swap space"},
	[USE_HOLDER] = {CHECK_BLOCK_HOLDER, PART_BLOCK, "is below", "is below another block device",
			"another block device is on top of it", "no block device is on top of it"},
	[USE_BACKING] = {CHECK_BLOCK_BACKING, PART_BLOCK, "is behind", "is exported",
			 "it is exported or behind a loop device", "nothing exports it"},
	[USE_CLAIM] = {CHECK_BLOCK_CLAIMED, PART_BLOCK, "is claimed by", "is claimed in the kernel",
		       "something in the kernel has claimed it",
		       "nothing in the kernel has claimed it"},
	[USE_ADDRESS] = {CHECK_NET_ADDRESS, PART_NET, "is up with the address",
			 "is up with an address", "it is up and has an address",
			 "it has no address, or is down"},
	[USE_ROUTE] = {CHECK_NET_ADDRESS, PART_NET, "carries the route", "carries a route",
		       "routes lead through it", NULL},
	[USE_LINK_UP] = {CHECK_NET_UP, PART_NET, "is", "is up", "it is up", "it is not up"},
	[USE_DEFAULT_ROUTE] = {CHECK_NET_ROUTE, PART_NET, "carries the route",
			       "carries a default route", "a default route leads through it",
			       "no default route leads through it"},
	[USE_MASTER] = {CHECK_NET_MASTER, PART_NET, "belongs to", "has an interface above it",
			"a bridge, bond or VLAN is above it",
			"no bridge, bond or VLAN is above it"},
	[USE_PROTOCOL] = {CHECK_NET_PROTOCOL, PART_NET, "carries", "is used without an address",
			  "PPPoE, netconsole, storage or the like runs over it",
			  "no protocol runs over it without an address"},
	[USE_LISTENER] = {CHECK_NET_LISTENER, PART_NET, "is read by", "is read by a program",
			  "a program reads its packets", "no program reads its packets"},
	[USE_SESSION] = {CHECK_NET_SESSION, PART_NET, "carries this session,",
			 "carries this session", "this session comes through it",
			 "this session does not come through it"},
	[USE_NAMESPACE] = {CHECK_NET_NAMESPACE, PART_NET, "is in another network namespace:",
			   "is in another network namespace", "it is in another network namespace",
			   "it is not in another network namespace"},
	[USE_RDMA] = {CHECK_RDMA, PART_NET, "has the", "has an active RDMA port",
		      "it has an active RDMA port", "it has no active RDMA port"},
	[USE_OPEN] = {CHECK_NODE_OPEN, PART_ANY, "is open in", "is open",
		      "a process has a device node of it open",
		      "no process has a device node of it open"},
	[USE_VFIO] = {CHECK_VFIO_OPEN, PART_VFIO, "is open in", "is open", "a VFIO user has it",
		      "no VFIO user has it"},
	[USE_MEDIATED] = {CHECK_MEDIATED, PART_DISPLAY, "is the parent of", "has mediated devices",
			  "it has mediated devices", "it has no mediated devices"},
	[USE_DISPLAY] = {CHECK_DISPLAY, PART_DISPLAY, "is the", "is the machine's display",
			 "the machine's display is on it", "the machine's display is not on it"},
	[USE_CONSOLE] = {CHECK_CONSOLE, PART_SERIAL, "is the", "is the kernel's console",
			 "the kernel's console is on it", "the kernel's console is not on it"},
	[USE_WATCHDOG] = {CHECK_WATCHDOG, PART_WATCHDOG, "is", "is a watchdog that runs",
			  "its watchdog runs", "its watchdog does not run"},
	[USE_TPM] = {CHECK_TPM, PART_TPM, "is", "is a TPM", "it is a TPM", "it is no TPM"},
	[USE_IPMI] = {CHECK_IPMI, PART_IPMI, "leads to", "leads to the management controller",
		      "it leads to the management controller",
		      "it does not lead to the management controller"},
	[USE_MEMORY] = {CHECK_MEMORY, PART_MEMORY, "is part of", "is memory that is used",
			"the machine uses memory of it", "the machine uses no memory of it"},
	[USE_TOOL] = {CHECK_OTHER_TOOL, PART_ANY, "is claimed by", "is claimed by another tool",
		      "another tool claims it", "no other tool claims it"},
	[USE_CONSUMER] = {CHECK_CONSUMERS, PART_ANY, "is needed by", "is needed by others",
			  "other devices would be unbound with it",
			  "no other device would be unbound with it"},
};

static const struct {
	int classes[3]; /* PCI classes: base class, or class and subclass; 0 ends the list */
	const char *prefixes[12];
} parts[PART_COUNT] = {
	[PART_BLOCK] = {{0x01, 0x0c03},
			{"nvme", "sd", "sr", "vd", "xvd", "mmcblk", "pmem", "mtdblock"}},
	[PART_MEMORY] = {{0x05}, {"dax", "mem"}},
	[PART_NET] = {{0x02, 0x0d}, {"eth", "en", "wl", "ww", "ib", "can", "lan", "mlx"}},
	[PART_DISPLAY] = {{0x03}, {"card", "fb", "renderD"}},
	[PART_SERIAL] = {{0x07}, {"tty"}},
	[PART_WATCHDOG] = {{0}, {"watchdog"}},
	[PART_TPM] = {{0}, {"tpm"}},
	[PART_IPMI] = {{0x0c07}, {"ipmi"}},
};

static bool has_class(const struct device *device, enum part part)
{
	for (size_t i = 0; parts[part].classes[i]; i++) {
		int class = parts[part].classes[i];

		if (class == (class > 0xff ? device_class(device) : device_base_class(device)))
			return true;
	}
	return false;
}

static bool has_prefix(const char *name, enum part part)
{
	for (const char *const *prefix = parts[part].prefixes; *prefix; prefix++)
		if (text_starts(name, *prefix))
			return true;
	return false;
}

/*
 * Whether "it is not in use" is worth a line for this device; uses and unread sources are always
 * reported.
 */
static bool has_kind_of_part(const struct device *device, enum part part)
{
	if (part == PART_ANY)
		return true;
	if (part == PART_VFIO)
		return driver_is_vfio(device);
	if (has_class(device, part))
		return true;
	for (size_t i = 0; i < device->interface_count; i++)
		if (has_prefix(device->interfaces[i], part))
			return true;
	return false;
}

/* The uses of one kind. */
struct found {
	const struct use **items;
	size_t count;
};

static struct found find_uses(const struct uses *uses, enum use_kind kind, struct arena *arena)
{
	struct found found = {0};

	for (size_t i = 0; uses && i < uses->count; i++) {
		if (uses->items[i].kind != kind)
			continue;
		found.items = arena_room(arena, found.items, found.count, sizeof(*found.items));
		found.items[found.count++] = &uses->items[i];
	}
	return found;
}

static const char *why_blind(const struct uses *uses, enum use_kind kind)
{
	for (size_t i = 0; i < uses->blind_count; i++)
		if (uses->blind[i].kind == kind)
			return uses->blind[i].why;
	return NULL;
}

static bool is_itself(const struct use *use, const struct device *device)
{
	return !use->node || strcmp(use->node, device->name) == 0;
}

void check_use_words(const struct device *device, const struct use *use,
		     char words[static USE_WORDS_SIZE])
{
	const struct use_words *kind = &use_words[use->kind];
	bool alone = !use->user || !*use->user;

	snprintf(words, USE_WORDS_SIZE, "%.100s %s%s%.200s",
		 is_itself(use, device) ? "it" : use->node, alone ? kind->alone : kind->verb,
		 alone ? "" : " ", alone ? "" : use->user);
}

static void say_used(struct checking *checking, const struct found *found)
{
	const struct device *device = checking->move->device;
	struct check check = check_start(checking);
	size_t named = found->count < NAMED_MAX ? found->count : NAMED_MAX;
	char sentences[NAMED_MAX][USE_WORDS_SIZE] = {""}, more[32] = "";

	for (size_t i = 0; i < named; i++)
		check_use_words(device, found->items[i], sentences[i]);
	if (found->count > named)
		snprintf(more, sizeof(more), " and %zu more", found->count - named);
	check.finding.evidence = found->items[0]->evidence;
	check.finding.remedy = use_remedy(device, found->items, named, checking->arena);
	check.uses = found->items;
	check.use_count = found->count;
	check_say(checking, check, "%s%s%s%s%s%s", sentences[0], named > 1 ? ", " : "",
		  sentences[1], named > 2 ? ", " : "", sentences[2], more);
}

static void say_unseen(struct checking *checking, const struct use_words *words, const char *why)
{
	struct check check = check_start(checking);

	check.finding.evidence = why;
	check.finding.remedy =
		"Run it as root on the machine itself, where /proc and /sys are complete.";
	check_unseen(checking, check, "it is unknown whether %s", words->question);
}

/* Report the uses of a kind, and that some may not have been read; false where there is neither. */
static bool report_uses(struct checking *checking, enum use_kind which)
{
	const struct use_words *words = &use_words[which];
	const struct device *device = checking->move->device;
	struct found found = find_uses(device->uses, which, checking->arena);
	const char *why = device->uses ? why_blind(device->uses, which) : "they were not read";
	bool unseen = why && (device->uses || has_kind_of_part(device, words->part));

	if (found.count)
		say_used(checking, &found);
	/*
	 * Uses that were read and uses that could not be read are separate answers: each is waived
	 * on its own.
	 */
	if (unseen)
		say_unseen(checking, words, why);
	return found.count || unseen;
}

static bool is_about(const struct checking *checking, unsigned kind)
{
	return use_words[kind].verb && use_words[kind].id == checking->id;
}

/* Run the checks for uses: the row of the running check tells the kinds of use. */
void check_use(struct checking *checking)
{
	bool reported = false;

	for (unsigned i = 0; i < USE_KIND_COUNT; i++)
		if (is_about(checking, i))
			reported |= report_uses(checking, (enum use_kind)i);
	for (unsigned i = 0; i < USE_KIND_COUNT && !reported; i++)
		if (is_about(checking, i) && use_words[i].free &&
		    has_kind_of_part(checking->move->device, use_words[i].part))
			check_pass(checking, check_start(checking), "%s", use_words[i].free);
}
