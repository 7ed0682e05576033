/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/changing.h"

#include "commands/change.h"
#include "support/check.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static const char MACHINE[] = "/proc/sys/kernel/random/boot_id = 11111111-2222\n"
			      "/proc/sys/kernel/osrelease = 6.12.0\n"
			      "/proc/sys/kernel/arch = x86_64\n"
			      "/proc/cmdline = quiet\n"
			      "/run/\n"
			      "/iommuctl/network = namespace own /proc/self/ns/net our "
			      "own\\ninterface 2 eth0 0 0 0 -1 - pci " NIC "\\nend\n"
			      "/proc/1/root -> /\n"
			      "/proc/self/ns/pid -> pid:[4026531836]\n"
			      "/sys/firmware/acpi/tables/\n"
			      "group 2\n" NIC_LINE "interface net eth0 of " NIC_PATH "\n";

/*
 * No step takes so long, on any machine: a limit that a busy machine can meet would fail the test.
 * A hanging write is waited for, and needs no more than that; writes before it need time.
 */
enum { PATIENCE_MS = 30 * 1000, LATER_HANG_MS = 1500, HANG_MS = 200 };

struct changing changing;

int changing_start_with(const char *more)
{
	_autofree_ char *tree = NULL;
	struct error error = {0};

	assert_true(asprintf(&tree, "%s%s", MACHINE, more) > 0);
	changing = (struct changing){.fake = fake_new(tree), .timeout_ms = PATIENCE_MS};
	fake_has_module(changing.fake, "vfio_iommu_type1");
	fake_has_module(changing.fake, "vfio_pci");
	return root_open(fake_dir(changing.fake), &changing.root, &error);
}

int changing_start(void **state)
{
	return changing_start_with("");
}

int changing_end(void **state)
{
	root_free(changing.root);
	fake_free(changing.fake);
	return 0;
}

void changing_hang(unsigned write)
{
	fake_inject(changing.fake, (struct fake_fault){.kind = FAKE_HANGS,
						       .write = fake_count(changing.fake) + write});
	changing.timeout_ms = write > 1 ? LATER_HANG_MS : HANG_MS;
}

struct host changing_host(void)
{
	return (struct host){.root = changing.root,
			     .kernel = fake_kernel(changing.fake),
			     .timeout_ms = changing.timeout_ms,
			     .tell = changing.tell};
}

static int carry_out_request(const struct request *request, struct options options)
{
	const struct host host = changing_host();
	struct error error = {0};
	int status = 0;

	/* The writer of the change before may need a moment to end on a busy machine: locked. */
	for (int tries = 0; tries < 100; tries++) {
		said_start();
		status = change_on(&host, &options, request, &error);
		said_end(&changing.said);
		if (status != error_exit_status(ERROR_LOCKED))
			break;
		poll(NULL, 0, 20);
	}
	return status;
}

int changing_make(const char *verb, const char *driver, const char *selector, struct request extra)
{
	char *const selectors[] = {(char *)selector, NULL};

	extra.verb = verb;
	extra.driver = driver;
	extra.selectors = selectors;
	return carry_out_request(&extra, (struct options){0});
}

int changing_rebind(const char *selector, const char *driver)
{
	return changing_make("rebind", driver, selector, (struct request){0});
}

int changing_recover(void)
{
	return carry_out_request(NULL, (struct options){0});
}

int changing_find_unfinished(struct options options)
{
	options.dry_run = true;
	return carry_out_request(NULL, options);
}

const char *changing_path(const char *file)
{
	static char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s%s", fake_dir(changing.fake), file);
	return path;
}

const char *changing_text(const char *file)
{
	static char text[4096];

	if (root_read_text(changing.root, file, text, sizeof(text)) <= 0)
		text[0] = '\0';
	return text;
}

void changing_must_say(const char *text, const char *words)
{
	if (!strstr(text, words))
		print_error("\"%s\" is missing in:\n%s\n%s\n", words, changing.said.out,
			    changing.said.err);
	assert_non_null(strstr(text, words));
}
