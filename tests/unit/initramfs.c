/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which tool makes the initramfs of a system. */
#include "model/initramfs.h"

#include "model/build.h"
#include "support/check.h"

#include <string.h>

static enum initramfs tool_of(const char *tree)
{
	_autosystem_ const struct system *system = snapshot(tree, 0);

	return system->machine.initramfs;
}

static void each_tool_is_known_by_a_program(void **state)
{
	assert_int_equal(tool_of("/usr/sbin/mkinitramfs = \n"), INITRAMFS_TOOLS);
	assert_int_equal(tool_of("/usr/bin/dracut = \n"), INITRAMFS_DRACUT);
	assert_int_equal(tool_of("/usr/bin/mkinitcpio = \n"), INITRAMFS_MKINITCPIO);
}

static void none_or_several_is_unknown(void **state)
{
	assert_int_equal(tool_of("/usr/bin/\n"), INITRAMFS_UNKNOWN);
	assert_int_equal(tool_of("/usr/bin/dracut = \n/usr/sbin/mkinitramfs = \n"),
			 INITRAMFS_UNKNOWN);
	/* Not only initramfs-tools has this one. */
	assert_int_equal(tool_of("/usr/sbin/update-initramfs = \n"), INITRAMFS_UNKNOWN);
}

static void only_a_known_tool_has_words(void **state)
{
	assert_string_equal(initramfs_words(INITRAMFS_UNKNOWN), "");
	for (unsigned i = INITRAMFS_UNKNOWN + 1; i < INITRAMFS_COUNT; i++)
		assert_int_equal(strncmp(initramfs_words((enum initramfs)i), " (", 2), 0);
}

UNIT(initramfs)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tool_is_known_by_a_program),
		cmocka_unit_test(none_or_several_is_unknown),
		cmocka_unit_test(only_a_known_tool_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
