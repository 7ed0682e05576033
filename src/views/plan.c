/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/plan.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "views/prose.h"

#include <stdio.h>
#include <string.h>

static const char *label_of(const struct plan *plan, const struct step *step)
{
	return step->target < 0 ? NULL : plan->targets[step->target].label;
}

static struct json_object *json_undo(const struct step *step)
{
	struct json_object *object;

	if (!step->undo_file)
		return NULL;
	object = json_object_new_object();
	json_object_object_add(object, "file", json_text(step->undo_file));
	json_object_object_add(object, "value", json_text(step->undo_value));
	json_object_object_add(object, "driver", json_text(step->undo_driver));
	return object;
}

static struct json_object *json_expect(const struct step *step)
{
	struct json_object *object = json_object_new_object();
	bool loads = step->action == ACTION_LOAD, overrides = step->action == ACTION_OVERRIDE;
	bool types = step->action == ACTION_DOMAIN;

	json_object_object_add(object, "driver", json_text(step->expect_driver));
	json_object_object_add(object, "driver_override",
			       json_text(overrides ? text_override(step->value) : NULL));
	json_object_object_add(object, "module", json_text(loads ? step->value : NULL));
	json_object_object_add(object, "type", json_text(types ? step->value : NULL));
	return object;
}

static struct json_object *json_step(const struct plan *plan, size_t index)
{
	const struct step *step = &plan->steps[index];
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "n", json_object_new_int64((int64_t)index + 1));
	json_object_object_add(object, "action", json_text(action_name(step->action)));
	json_object_object_add(object, "device", json_text(label_of(plan, step)));
	json_object_object_add(object, "file", json_text(step->file));
	json_object_object_add(object, "value", json_text(step->value));
	json_object_object_add(object, "undo", json_undo(step));
	json_object_object_add(object, "expect", json_expect(step));
	return object;
}

struct json_object *json_plan(const struct plan *plan)
{
	struct json_object *object = json_object_new_object(), *steps = json_object_new_array();

	for (size_t i = 0; plan && i < plan->step_count; i++)
		json_object_array_add(steps, json_step(plan, i));
	json_object_object_add(object, "steps", steps);
	return object;
}

/* Print a word in shell syntax; bytes that cannot be typed are escaped. */
static void put_shell_word(FILE *out, const char *text)
{
	char safe[2048];

	text_escape(text, strlen(text), safe, sizeof(safe));
	text_put_quoted(out, safe);
}

/* A rule has two lines, and udev has to read it. */
static void put_rule(FILE *out, const struct step *step)
{
	bool first = true;

	for (const char *line = step->value; *line; first = false) {
		size_t length = strcspn(line, "\n");
		_autofree_ char *text = strndup(line, length);

		if (!text)
			memory_exhausted();
		fputs(first ? "echo " : "     echo ", out);
		put_shell_word(out, text);
		fputs(first ? " > " : " >> ", out);
		put_shell_word(out, step->file);
		fputc('\n', out);
		line += length + (line[length] == '\n');
	}
	if (first) {
		fputs("rm ", out);
		put_shell_word(out, step->file);
		fputc('\n', out);
	}
	fputs("     udevadm control --reload; udevadm trigger --settle --action=change "
	      "--subsystem-match=vfio --subsystem-match=vfio-dev",
	      out);
}

static void print_step(const struct step *step, size_t number)
{
	struct prose prose;

	prose_start(&prose);
	fprintf(prose.out, "%3zu. ", number);
	if (step->action == ACTION_OWNER) {
		put_rule(prose.out, step);
	} else if (step->action == ACTION_LOAD) {
		fputs("modprobe ", prose.out);
		put_shell_word(prose.out, step->value);
	} else {
		fputs("echo ", prose.out);
		put_shell_word(prose.out, step->value);
		fputs(" > ", prose.out);
		put_shell_word(prose.out, step->file);
	}
	fputc('\n', prose.out);
	prose_print_command(&prose, stdout);
}

void plan_print(const struct plan *plan)
{
	if (plan->step_count)
		printf("Plan, in %zu %s:\n", plan->step_count,
		       plan->step_count == 1 ? "step" : "steps");
	for (size_t i = 0; i < plan->step_count; i++)
		print_step(&plan->steps[i], i + 1);
}
