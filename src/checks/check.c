/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/check_functions.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define KIND_OF(id, word, scope, level, waivable, ask, help) \
	[CHECK_##id] = {word, help, CHECK_ASK_##scope, CHECK_##level, waivable, ask},

const struct check_kind check_kinds[CHECK_ID_COUNT] = {CHECKS(KIND_OF)};

static bool is_about_a_device(enum check_scope scope)
{
	return scope < CHECK_ASK_PER_DRIVER;
}

struct check check_start(const struct checking *checking)
{
	const struct check_kind *kind = &check_kinds[checking->id];

	return (struct check){
		.id = checking->id,
		.level = kind->level,
		.device = is_about_a_device(kind->scope) ? checking->move->device : NULL,
	};
}

void check_add(struct checking *checking, struct check check)
{
	static const enum severity severities[CHECK_LEVEL_COUNT] = {
		[CHECK_PASS] = SEVERITY_NOTE,
		[CHECK_WARNING] = SEVERITY_WARNING,
		[CHECK_REFUSE] = SEVERITY_ALARM,
	};
	struct checks *checks = checking->checks;

	if (checking->only_warns && check.level == CHECK_REFUSE)
		check.level = CHECK_WARNING;
	check.finding.code = (enum finding_code)(CODE_CHECK_FIRST + check.id);
	check.finding.severity = severities[check.level];
	if (check.device) {
		check.finding.subject = check.device->label;
		check.finding.devices = &check.device->label;
		check.finding.device_count = 1;
	}
	checks->items = arena_grow(checking->arena, checks->items, checks->count, &checks->room,
				   sizeof(*checks->items));
	checks->items[checks->count++] = check;
}

void check_say(struct checking *checking, struct check check, const char *format, ...)
{
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	check.finding.message = arena_strdup(checking->arena, message);
	check_add(checking, check);
}

struct check check_passed(struct check check)
{
	check.level = CHECK_PASS;
	return check;
}

struct check check_unknown(struct check check)
{
	check.unknown = true;
	return check;
}

bool check_is_waivable(const struct check *check)
{
	return check->level == CHECK_REFUSE && check_kinds[check->id].waivable && !check->final;
}

enum check_id check_find(const char *name, size_t length)
{
	unsigned id = 0;

	while (id < CHECK_ID_COUNT && (strlen(check_kinds[id].name) != length ||
				       memcmp(check_kinds[id].name, name, length) != 0))
		id++;
	return (enum check_id)id;
}

const struct check *checks_refusing(const struct checks *checks)
{
	for (size_t i = 0; i < checks->count; i++)
		if (checks->items[i].level == CHECK_REFUSE && !checks->items[i].waived)
			return &checks->items[i];
	return NULL;
}

const char *check_level_name(enum check_level level)
{
	static const char *const names[CHECK_LEVEL_COUNT] = {
		[CHECK_PASS] = "pass",
		[CHECK_WARNING] = "warning",
		[CHECK_REFUSE] = "refuse",
	};

	return names[level];
}
