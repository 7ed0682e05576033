/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support/card.h"

#include "base/text.h"
#include "support/check.h"

#include <stdio.h>

const char *const card_paths[] = {CARD, NULL};

const struct system *card_read(const char *driver_and_class, const char *more)
{
	_autofree_ char *text = NULL;

	assert_true(asprintf(&text,
			     "pci 0000:01:00.0 in pci0000:00 group=1 id=10DE:1EB8 %s\n"
			     "/proc/1/fd/\n"
			     "/proc/1/ns/mnt -> mnt:[1]\n"
			     "/proc/iomem = 00000000-0009ffff : System RAM\n"
			     "/iommuctl/network = namespace own /proc/self/ns/net this network "
			     "namespace\\n"
			     "interface 2 eth0 0 0 0 -1 - pci 0000:01:00.0\\nend\n"
			     "/proc/consoles = tty0                 -WU (EC  p  )    4:7\\n"
			     "ttyS0                -W- (EC  p a)    4:64\n%s",
			     driver_and_class, more) > 0);
	return snapshot_about(text, 0, card_paths);
}

const struct device *card_of(const struct system *system)
{
	return find_device(system, "0000:01:00.0");
}

void card_expect_use(const struct system *system, enum use_kind kind, const char *node,
		     const char *user, const char *evidence)
{
	const struct use *use = find_use(card_of(system), kind);

	assert_non_null(use);
	assert_string_equal(use->node, node);
	assert_string_equal(use->user, user);
	assert_string_equal(use->evidence, evidence);
	assert_int_equal(card_of(system)->uses->count, 1);
	assert_int_equal(card_of(system)->uses->blind_count, 0);
	system_free(system);
}

void card_expect_free(const struct system *system)
{
	assert_free(card_of(system));
	system_free(system);
}
