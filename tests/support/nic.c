/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/nic.h"

#include "base/text.h"
#include "sources/network/network.h"
#include "sources/read.h"
#include "support/check.h"
#include "support/tree.h"

#include <stdio.h>
#include <string.h>

const char NIC_MACHINE[] =
	"pci 0000:00:03.0 in pci0000:00 group=1 driver=e1000e id=8086:10D3 class=20000\n"
	"pci 0000:00:04.0 in pci0000:00 group=2 driver=virtio-pci id=1AF4:1041 class=20000\n"
	"pci 0000:00:05.0 in pci0000:00 group=3 driver=nvme id=144D:A808 class=10802\n"
	"interface net eth0 of " NIC "\n"
	"interface net eth1 of " OTHER_NIC "/virtio0\n"
	"/sys/bus/virtio/devices/virtio0 -> ../../../devices/pci0000:00/0000:00:04.0/virtio0\n";

const struct system *nic_read(const char *machine, const char *lines, const char *path)
{
	const struct focus focus = {.paths = &path, .count = 1};
	const struct system *system = NULL;
	_autoroot_ struct root *root = NULL;
	_autofree_ char *file = NULL;
	struct error error = {0};
	char *dir = tree_new(machine);
	FILE *out;

	if (lines) {
		tree_unpack("/iommuctl/\n", dir);
		assert_true(asprintf(&file, "%s%s", dir, CAPTURED_NETWORK) > 0);
		out = fopen(file, "w");
		assert_non_null(out);
		fputs(lines, out);
		fclose(out);
	}
	assert_int_equal(root_open(dir, &root, &error), 0);
	assert_int_equal(system_read_about(root, FACT_USES, &focus, &system, &error), 0);
	tree_remove(dir);
	return system;
}

const struct uses *nic_uses(const struct system *system, const char *path)
{
	for (size_t i = 0; i < system->device_count; i++)
		if (strcmp(system->devices[i]->path, path) == 0)
			return system->devices[i]->uses;
	fail_msg("no device at %s", path);
	return NULL;
}

static bool is_use(const struct use *use, enum use_kind kind, const char *node, const char *user)
{
	return use->kind == kind && strcmp(use->node, node) == 0 && strcmp(use->user, user) == 0;
}

static bool is_of_network(enum use_kind kind)
{
	return (kind >= USE_ADDRESS && kind <= USE_NAMESPACE) || kind == USE_RDMA;
}

void nic_assert_use(const struct uses *uses, enum use_kind kind, const char *node, const char *user)
{
	for (size_t i = 0; i < uses->count; i++)
		if (is_use(&uses->items[i], kind, node, user))
			return;
	for (size_t i = 0; i < uses->count; i++)
		print_message("use %d: %s, %s\n", (int)uses->items[i].kind, uses->items[i].node,
			      uses->items[i].user);
	fail_msg("no use %d of %s by %s", (int)kind, node, user);
}

void nic_assert_counts(const struct uses *uses, size_t count, size_t blind)
{
	size_t used = 0, unseen = 0;

	assert_non_null(uses);
	for (size_t i = 0; i < uses->count; i++)
		used += is_of_network(uses->items[i].kind);
	for (size_t i = 0; i < uses->blind_count; i++)
		unseen += is_of_network(uses->blind[i].kind);
	assert_int_equal(used, count);
	assert_int_equal(unseen, blind);
}

void nic_assert_blind(const struct uses *uses, enum use_kind kind, const char *words)
{
	for (size_t i = 0; i < uses->blind_count; i++)
		if (uses->blind[i].kind == kind && strstr(uses->blind[i].why, words))
			return;
	fail_msg("not blind for %d because of %s", (int)kind, words);
}

void nic_expect_use_of_eth0(const char *lines, const char *files, enum use_kind kind,
			    const char *user)
{
	_autofree_ char *machine = NULL, *all = NULL;
	const struct system *system;

	assert_true(asprintf(&machine, "%s%s", NIC_MACHINE, files) > 0);
	assert_true(asprintf(&all, OWN "%send\n", lines) > 0);
	system = nic_read(machine, all, NIC);
	if (user)
		nic_assert_use(nic_uses(system, NIC), kind, "eth0", user);
	else
		nic_assert_counts(nic_uses(system, NIC), 0, 0);
	system_free(system);
}
