/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of pins and the initramfs change together; a tool that fails leaves the old files. */
#include "actions/pin_boot.h"
#include "actions/initramfs_build.h"
#include "actions/pin_rules.h"
#include "model/pin_file.h"
#include "support/check.h"
#include "support/tree.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOOL "/usr/sbin/update-initramfs"
#define HOOK "/etc/initramfs-tools/hooks/iommuctl = x\n"
#define OLD "/etc/iommuctl/pins.d/a.conf = old\n"
/* The hook does this by "iommuctl pins --compile". */
#define PROVE "echo list >>$IOMMUCTL_PINS_REQUIRED; "

/* A system in a folder. @arena: of the older files */
struct place {
	char *dir;
	struct arena *arena;
	struct error error;
};

static struct place place;

static int start(void **state)
{
	place = (struct place){.dir = tree_new("/etc/\n/run/\n" OLD), .arena = arena_new()};
	return 0;
}

static int end(void **state)
{
	tree_remove(place.dir);
	arena_free(place.arena);
	return 0;
}

static char *path_in_place(const char *path)
{
	return (char *)arena_concat(place.arena, place.dir, path, "");
}

/* Put the tool and its hook in. @script: what the tool does, with \n as in trees */
static void install_tool(const char *path, const char *script, const char *hook)
{
	tree_unpack(arena_printf(place.arena, "%s = #!/bin/sh\\n%s\\n\n%s", path, script, hook),
		    place.dir);
	assert_int_equal(chmod(path_in_place(path), 0755), 0);
}

/* The text of a file in the place, or NULL. */
static const char *text_of(const char *path)
{
	char text[256] = "";
	FILE *file = fopen(path_in_place(path), "r");
	size_t length;

	if (!file)
		return NULL;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	return arena_text(place.arena, text, length);
}

/* Write pin "b", and remove or replace pin "a". */
static int store(const char *a, FILE *progress)
{
	struct pin_change changes[] = {
		{.name = "b", .text = {"new\n", 4}},
		{.name = "a", .text = {a, a ? strlen(a) : 0}},
	};
	const struct pin_boot boot = {.folder = path_in_place(PINS_FOLDER),
				      .top = place.dir,
				      .with_initramfs = true,
				      .progress = progress};

	return pin_boot_store(&boot, changes, 2, place.arena, &place.error);
}

static void expect_old_files(void)
{
	assert_string_equal(text_of("/etc/iommuctl/pins.d/a.conf"), "old\n");
	assert_null(text_of("/etc/iommuctl/pins.d/b.conf"));
}

static void without_a_tool_nothing_is_changed(void **state)
{
	assert_true(store("new\n", NULL) < 0);
	assert_non_null(strstr(place.error.message, "no program that builds an initramfs"));
	assert_non_null(strstr(place.error.remedy, "--no-initramfs"));
	expect_old_files();
	/* A tool that does not know of pins would build an image without them. */
	install_tool(TOOL, "exit 0", "");
	assert_true(store("new\n", NULL) < 0);
	assert_non_null(strstr(place.error.message, "no hook of iommuctl"));
	expect_old_files();
}

static void a_tool_that_fails_leaves_the_old_pins(void **state)
{
	install_tool(TOOL, "echo building; echo 'No space left on device' >&2; exit 1", HOOK);
	assert_true(store("new\n", NULL) < 0);
	if (!strstr(place.error.message, "No space left on device; the pins are as before"))
		fail_msg("%s", place.error.message);
	expect_old_files();
	assert_true(store(NULL, NULL) < 0);
	expect_old_files();
}

/* It was told to build none, or found no kernel. */
static void a_tool_that_builds_no_image_fails(void **state)
{
	install_tool(TOOL, "echo 'W: /boot is ro mounted.' >&2", HOOK);
	assert_true(store("new\n", NULL) < 0);
	if (!strstr(place.error.message,
		    "update-initramfs has built no image with the pins: W: /boot is ro mounted."))
		fail_msg("%s", place.error.message);
	assert_non_null(strstr(place.error.remedy, "--no-initramfs"));
	expect_old_files();
	install_tool(TOOL, PROVE "ls ${0%/usr/*}/run >${0%/usr/*}/during", HOOK);
	assert_int_equal(store("new\n", NULL), 0);
	assert_memory_equal(text_of("/during"), "iommuctl-pins.", strlen("iommuctl-pins."));
	assert_int_equal(rmdir(path_in_place("/run")), 0);
}

/* The image of one kernel has the new pins, that of the next could not be built. */
static void images_that_were_built_before_the_failure_are_built_again(void **state)
{
	install_tool(TOOL,
		     PROVE "d=${0%/usr/*}; cat $d/etc/iommuctl/pins.d/*.conf >$d/image; "
			   "echo full >&2; exit 1",
		     HOOK);
	assert_true(store("new\n", NULL) < 0);
	assert_non_null(strstr(place.error.message, "full; the pins are as before"));
	assert_non_null(strstr(place.error.remedy, "build them again"));
	assert_string_equal(text_of("/image"), "old\n");
	expect_old_files();
	/* Without a list nothing is built again. */
	install_tool(TOOL, "echo once >>${0%/usr/*}/runs; exit 1", HOOK);
	assert_true(store("new\n", NULL) < 0);
	assert_string_equal(text_of("/runs"), "once\n");
}

static void a_tool_that_is_killed_or_no_program_fails(void **state)
{
	install_tool(TOOL, "kill -9 $$", HOOK);
	assert_true(store("new\n", NULL) < 0);
	expect_old_files();
	tree_unpack(TOOL " = #!/no/such/interpreter\n", place.dir);
	assert_true(store("new\n", NULL) < 0);
	assert_non_null(strstr(place.error.message, "cannot be started"));
	expect_old_files();
}

/* The text of a file once it is there, or NULL after ten seconds. */
static const char *await_text(const char *path)
{
	enum { TRIES = 1000, PAUSE_US = 10000 };
	const char *text = text_of(path);

	for (int i = 0; i < TRIES && !text; i++) {
		usleep(PAUSE_US);
		text = text_of(path);
	}
	return text;
}

/* Its lines go nowhere then, and do not end it. */
static void where_pin_is_killed_the_tool_still_builds_the_image(void **state)
{
	pid_t pin = fork();
	int status;

	if (pin == 0) {
		install_tool(
			TOOL,
			arena_printf(place.arena,
				     "set -e; d=${0%%/usr/*}; kill -9 %d; sleep 0.2; echo one; "
				     "echo two; cat $d/etc/iommuctl/pins.d/*.conf >$d/new; "
				     "echo three >&2; mv $d/new $d/image",
				     (int)getpid()),
			HOOK);
		_exit(store("newer\n", NULL) < 0);
	}
	assert_int_equal(waitpid(pin, &status, 0), pin);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_non_null(await_text("/image"));
	assert_string_equal(text_of("/image"), "newer\nnew\n");
}

static void the_tool_sees_the_new_pins_and_its_lines_are_shown(void **state)
{
	char *shown = NULL;
	size_t size;
	FILE *progress = open_memstream(&shown, &size);

	install_tool(TOOL,
		     PROVE "d=${0%/usr/*}; cat $d/etc/iommuctl/pins.d/*.conf >$d/seen; echo \"$@\" "
			   ">$d/words\\nprintf 'building \\\\033[1m\\\\n\\\\nno newline'",
		     HOOK);
	assert_int_equal(store("newer\n", progress), 0);
	fclose(progress);
	assert_string_equal(text_of("/seen"), "newer\nnew\n");
	assert_string_equal(text_of("/words"), "-u -k all\n");
	assert_non_null(strstr(shown, "building \\x1b[1m\nno newline\n"));
	free(shown);
	assert_int_equal(store(NULL, NULL), 0);
	assert_null(text_of("/etc/iommuctl/pins.d/a.conf"));
}

static void without_the_initramfs_no_tool_is_asked(void **state)
{
	struct pin_change change = {.name = "b", .text = {"new\n", 4}};
	const struct pin_boot boot = {.folder = path_in_place(PINS_FOLDER), .top = place.dir};

	install_tool(TOOL, "exit 1", HOOK);
	assert_int_equal(pin_boot_store(&boot, &change, 1, place.arena, &place.error), 0);
	assert_string_equal(text_of("/etc/iommuctl/pins.d/b.conf"), "new\n");
}

#define DRACUT "/usr/bin/dracut"
#define DRACUT_HOOK "/usr/lib/dracut/modules.d/90iommuctl/module-setup.sh = x\n"
/* As dracut does: the image is its last word. */
#define COPY "for image; do :; done; echo \"$2 $3\" >$image; "

static int build_by_dracut(void)
{
	enum initramfs tool;
	bool begun;

	assert_int_equal(initramfs_find_builder(place.dir, &tool, &place.error), 0);
	assert_int_equal(tool, INITRAMFS_DRACUT);
	return initramfs_build(place.dir, tool, NULL, &begun, &place.error);
}

static void the_tool_is_one_that_has_the_hook(void **state)
{
	install_tool(TOOL, "exit 0", "");
	install_tool(DRACUT, PROVE "echo \"$@\" >${0%/usr/*}/words", DRACUT_HOOK);
	assert_int_equal(build_by_dracut(), 0);
	assert_string_equal(text_of("/words"), "--force --regenerate-all\n");
}

/* dracut overwrites the file that it is told to write, and removes it where that fails. */
static void dracut_never_touches_an_image_that_is_there(void **state)
{
	static const char machine[] = "0123456789abcdef0123456789abcdef";
	const char *loader = arena_concat(place.arena, "/boot/efi/", machine, "/6.2/initrd");

	tree_unpack(arena_concat(place.arena,
				 "/lib/modules/6.1/\n/lib/modules/6.2/\n/lib/modules/6.3/\n"
				 "/boot/initrd.img-6.1 = old\n/boot/initramfs-6.1.img/\n"
				 "/boot/initrd.img-5.9 = old\n/etc/machine-id = ",
				 machine, "\n"),
		    place.dir);
	tree_unpack(arena_concat(place.arena, loader, " = old", "\n"), place.dir);
	install_tool(DRACUT, PROVE COPY "echo 'Creation failed'; rm $image; exit 1", DRACUT_HOOK);
	assert_true(build_by_dracut() < 0);
	assert_non_null(strstr(place.error.message, "Creation failed"));
	assert_string_equal(text_of("/boot/initrd.img-6.1"), "old\n");
	assert_string_equal(text_of(loader), "old\n");
	install_tool(DRACUT, PROVE COPY "exit 1", DRACUT_HOOK);
	assert_true(build_by_dracut() < 0);
	assert_null(text_of("/boot/initrd.img-6.1.new"));
	/* It succeeds, and there is no image. */
	install_tool(DRACUT, PROVE, DRACUT_HOOK);
	assert_true(build_by_dracut() < 0);
	assert_string_equal(text_of("/boot/initrd.img-6.1"), "old\n");
	install_tool(DRACUT, PROVE COPY, DRACUT_HOOK);
	assert_int_equal(build_by_dracut(), 0);
	assert_string_equal(text_of("/boot/initrd.img-6.1"), "--kver 6.1\n");
	assert_string_equal(text_of(loader), "--kver 6.2\n");
	assert_string_equal(text_of("/boot/initrd.img-5.9"), "old\n");
	assert_null(text_of("/boot/initrd.img-6.1.new"));
	assert_null(text_of("/boot/initrd.img-6.3"));
}

/* One change that is impossible undoes those before it. */
static void changes_are_made_together_or_not_at_all(void **state)
{
	struct pin_change changes[] = {
		{.name = "a", .text = {"new\n", 4}},
		{.name = "b", .text = {"new\n", 4}},
		{.name = "missing"},
	};
	const char *folder = path_in_place(PINS_FOLDER);

	assert_int_equal(pin_store_change(folder, changes, 3, place.arena, &place.error), -ENOENT);
	assert_int_equal(place.error.code, ERROR_NO_MATCH);
	expect_old_files();
	/* A link is not followed, and is not replaced. */
	assert_int_equal(symlink("/etc/passwd", path_in_place(PINS_FOLDER "/missing.conf")), 0);
	assert_true(pin_store_change(folder, changes, 3, place.arena, &place.error) < 0);
	expect_old_files();
}

static void rules_are_written_replaced_and_removed(void **state)
{
	const char *folder = path_in_place("/run/udev/rules.d");
	const char *udevadm = path_in_place(UDEVADM);
	static const char file[] = "/run/udev/rules.d/05-iommuctl-pins.rules";
	const struct span rules = {"rule\n", 5}, none = {"", 0};

	/* No udev runs. */
	assert_int_equal(pin_rules_store(folder, udevadm, rules, &place.error), 0);
	assert_int_equal(pin_rules_store(folder, udevadm, none, &place.error), 0);
	tree_unpack("/run/udev/\n", place.dir);
	assert_int_equal(pin_rules_store(folder, udevadm, rules, &place.error), 0);
	assert_int_equal(pin_rules_store(folder, udevadm, rules, &place.error), 0);
	assert_string_equal(text_of(file), "rule\n");
	install_tool(UDEVADM, "echo \"$@\" >>${0%/usr/*}/reloads", "");
	assert_int_equal(pin_rules_store(folder, udevadm, rules, &place.error), 0);
	assert_null(text_of("/reloads"));
	assert_int_equal(pin_rules_store(folder, udevadm, none, &place.error), 0);
	assert_null(text_of(file));
	assert_string_equal(text_of("/reloads"), "control --reload --timeout=3\n");
	assert_int_equal(pin_rules_store(folder, udevadm, none, &place.error), 0);
	install_tool(UDEVADM, "exit 2", "");
	assert_true(pin_rules_store(folder, udevadm, rules, &place.error) < 0);
	assert_string_equal(text_of(file), "rule\n");
	assert_int_equal(unlink(path_in_place(file)), 0);
	tree_unpack("/run/udev/rules.d/05-iommuctl-pins.rules/\n", place.dir);
	assert_true(pin_rules_store(folder, udevadm, rules, &place.error) < 0);
	assert_true(pin_rules_store(folder, udevadm, none, &place.error) < 0);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, start, end)

UNIT(pin_boot)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(without_a_tool_nothing_is_changed),
		IN_PLACE(a_tool_that_fails_leaves_the_old_pins),
		IN_PLACE(a_tool_that_builds_no_image_fails),
		IN_PLACE(images_that_were_built_before_the_failure_are_built_again),
		IN_PLACE(a_tool_that_is_killed_or_no_program_fails),
		IN_PLACE(where_pin_is_killed_the_tool_still_builds_the_image),
		IN_PLACE(the_tool_sees_the_new_pins_and_its_lines_are_shown),
		IN_PLACE(without_the_initramfs_no_tool_is_asked),
		IN_PLACE(the_tool_is_one_that_has_the_hook),
		IN_PLACE(dracut_never_touches_an_image_that_is_there),
		IN_PLACE(changes_are_made_together_or_not_at_all),
		IN_PLACE(rules_are_written_replaced_and_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
