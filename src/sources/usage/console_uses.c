/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/usage/console_uses.h"

#include "base/lines.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define CONSOLES "/proc/consoles"
#define INPUTS "/proc/bus/input/devices"

struct search {
	struct reading *reading;
	const struct below *below;
	/* sysfs folder of the input device whose lines are being read, or NULL */
	const char *input;
	/* that input device is a handler of the console's keys ("kbd"); it has letter keys */
	bool has_handler, has_kbd;
	bool on_screen; /* the kernel's console is a virtual terminal */
};

static void use_console(const struct search *search, const char *node, const char *user,
			const char *evidence)
{
	struct arena *arena = build_arena(search->reading->build);

	build_use(search->reading->build, search->below->device,
		  (struct use){USE_CONSOLE, arena_strdup(arena, node), arena_strdup(arena, user),
			       evidence});
}

static bool is_port(const struct below_node *node)
{
	return strcmp(node->subsystem, "virtio-ports") == 0;
}

enum answer below_has_hvc(const struct root *root, const struct below *below)
{
	enum answer answer = ANSWER_NO;
	char text[ATTRIBUTE_MAX];

	for (size_t i = 0; i < below->count; i++) {
		if (!is_port(&below->nodes[i]))
			continue;
		if (root_readf_text(root, text, sizeof(text), "/sys/kernel/debug/virtio-ports/%s",
				    text_basename(below->nodes[i].path)) <= 0)
			answer = ANSWER_UNKNOWN;
		else if (strstr(text, "is_console: yes"))
			return ANSWER_YES;
	}
	return answer;
}

/* A line of /proc/consoles: "hvc0                 -W- (EC p  )  229:0" */
static int look_at_console(void *context, char *line)
{
	struct search *search = context;
	struct build *build = search->reading->build;
	enum answer answer;

	search->on_screen |= text_starts(line, "tty") && line[3] >= '0' && line[3] <= '9';
	if (!text_starts(line, "hvc"))
		return 0;
	line[strcspn(line, " ")] = '\0';
	answer = below_has_hvc(search->reading->root, search->below);
	if (answer == ANSWER_YES)
		use_console(search, line, "kernel console", CONSOLES);
	else if (answer == ANSWER_UNKNOWN)
		build_blindness(build, search->below->device, USE_CONSOLE,
				"/sys/kernel/debug/virtio-ports: whether %s is on it", line);
	return 0;
}

/*
 * True for a keyboard. The last word of B: KEY= has the keys 0 to 31; a keyboard has 1 to 31, from
 * Escape to S.
 */
static bool has_letters(const char *keys)
{
	enum { FIRST_KEYS = 0xfffffffe };
	const char *last = strrchr(keys, ' ');
	uint64_t bits;

	return text_number(last ? last + 1 : keys, 16, &bits) && (bits & FIRST_KEYS) == FIRST_KEYS;
}

static void end_input(struct search *search)
{
	if (search->input && search->has_handler && search->has_kbd)
		use_console(search, text_basename(search->input), "keyboard of the console",
			    INPUTS);
	search->input = NULL;
	search->has_handler = search->has_kbd = false;
}

/*
 * Lines of /proc/bus/input/devices: blocks of "S: Sysfs=/devices/…", "H: Handlers=sysrq kbd event0"
 * and "B: KEY=…", with an empty line after each
 */
static int look_at_input(void *context, char *line)
{
	struct search *search = context;
	const char *folder = text_after(line, "S: Sysfs="), *handlers, *keys;
	const char *above = search->below->device->path + strlen("/sys");

	handlers = text_after(line, "H: Handlers=");
	keys = text_after(line, "B: KEY=");
	if (!*line)
		end_input(search);
	else if (folder && text_is_below(folder, above))
		search->input = arena_strdup(build_arena(search->reading->build), folder);
	else if (handlers)
		search->has_handler = text_has_word(handlers, "kbd");
	else if (keys)
		search->has_kbd = has_letters(keys);
	return 0;
}

static void note_unread_console(const struct search *search, const char *file, int result)
{
	if (result < 0)
		build_unread_use(search->reading->build, search->below->device, USE_CONSOLE, file,
				 result);
}

static bool has_ports(const struct below *below)
{
	for (size_t i = 0; i < below->count; i++)
		if (is_port(&below->nodes[i]))
			return true;
	return false;
}

void console_uses(struct reading *reading, const struct below *below)
{
	struct search search = {.reading = reading, .below = below};
	bool inputs = below_has(below, "input");

	if (!inputs && !has_ports(below))
		return;
	note_unread_console(&search, CONSOLES,
			    lines_read(reading->root, CONSOLES, look_at_console, &search));
	if (!inputs || !search.on_screen)
		return;
	note_unread_console(&search, INPUTS,
			    lines_read(reading->root, INPUTS, look_at_input, &search));
	end_input(&search);
}
