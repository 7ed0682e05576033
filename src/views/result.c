/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/result.h"

#include "actions/owner_rule.h"
#include "base/text.h"
#include "model/vfio_driver.h"
#include "model/vfio_host.h"
#include "views/findings.h"

#include <stdlib.h>
#include <string.h>

/* The last state of a device: without any write it is the look before the change. */
static struct moved moved_of(const struct report *report, size_t index)
{
	const struct target *target = &report->plan.targets[index];

	if (report->moved)
		return report->moved[index];
	return (struct moved){
		.driver_before = target->driver,
		.driver_after = target->driver,
		.group_before = target->group,
		.group_after = target->group,
		.state = LOOK_CLEAR,
		.group_known = true,
	};
}

static struct json_object *json_group(int id)
{
	return id < 0 ? NULL : json_object_new_int(id);
}

static struct json_object *json_answer(enum answer answer)
{
	return answer == ANSWER_UNKNOWN ? NULL : json_object_new_boolean(answer == ANSWER_YES);
}

static struct json_object *json_moved_devices(const struct report *report)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < report->plan.target_count; i++) {
		struct json_object *object = json_object_new_object();
		struct moved moved = moved_of(report, i);

		json_object_object_add(object, "device", json_text(report->plan.targets[i].label));
		json_object_object_add(object, "driver_before", json_text(moved.driver_before));
		json_object_object_add(object, "driver_after", json_text(moved.driver_after));
		json_object_object_add(object, "group_before", json_group(moved.group_before));
		json_object_object_add(object, "group_after", json_group(moved.group_after));
		json_object_object_add(object, "state", json_text(look_state_name(moved.state)));
		json_object_array_add(list, object);
	}
	return list;
}

static void add_changes(struct json_object *list, const struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		struct json_object *object = json_finding(&change->finding);

		json_object_object_add(object, "kind", json_text(change_kind_name(change->kind)));
		json_object_object_add(object, "judged", json_object_new_boolean(change->judged));
		json_object_array_add(list, object);
	}
}

/* A group with another type; @ret_after: NULL where it could not be read */
static bool type_of_group(const struct report *report, size_t index, int *ret_group,
			  const char **ret_before, const char **ret_after)
{
	const struct domain_change *domain = &report->handover.domains[index];
	const struct system *system = report->after ? report->after : report->before;
	const struct group *now;

	if (!domain->group)
		return false;
	now = system ? system_group(system, domain->group->id) : NULL;
	*ret_group = domain->group->id;
	*ret_before = domain->group->type;
	*ret_after = now ? now->type : NULL;
	return true;
}

static struct json_object *json_types(const struct report *report)
{
	struct json_object *list = json_object_new_array();
	const char *before, *after;
	int group;

	for (size_t i = 0; i < report->handover.domain_count; i++) {
		struct json_object *object;

		if (!type_of_group(report, i, &group, &before, &after))
			continue;
		object = json_object_new_object();
		json_object_object_add(object, "group", json_object_new_int(group));
		json_object_object_add(object, "type_before", json_text(before));
		json_object_object_add(object, "type_after", json_text(after));
		json_object_array_add(list, object);
	}
	return list;
}

static struct json_object *json_networks(const struct report *report)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < report->network_count; i++) {
		struct json_object *object = json_object_new_object();
		struct json_object *commands = json_object_new_array();
		const struct network_before *network = &report->networks[i];

		for (size_t j = 0; j < network->count; j++)
			json_object_array_add(commands, json_text(network->commands[j]));
		json_object_object_add(object, "device", json_text(network->label));
		json_object_object_add(object, "commands", commands);
		json_object_array_add(list, object);
	}
	return list;
}

/*
 * Whether the transaction left the machine other than it was before. NULL (unknown) where it was
 * not rolled back in full, or a write is still pending.
 */
static struct json_object *json_changed(enum outcome outcome)
{
	return outcome == OUTCOME_UNFINISHED ? NULL
					     : json_object_new_boolean(outcome == OUTCOME_DONE ||
								       outcome == OUTCOME_LOST);
}

/* The nodes of a device after the change, if it was read then; those of its group else. */
static enum launch_nodes nodes_of(const struct report *report, const struct target *target)
{
	const struct system *now = report->after ? report->after : report->before;
	const struct vfio_host *host = report->before ? report->before->machine.vfio : NULL;
	const struct device *device = now ? system_device(now, target->path) : NULL;

	return device ? launch_device_of(device, host ? host->has_iommufd : ANSWER_UNKNOWN).nodes
		      : LAUNCH_BY_GROUP;
}

/*
 * The physical function whose user sets the token of a device, or NULL. A function that vfs made
 * was not there before.
 */
static const char *physical_of(const struct report *report, const struct target *target)
{
	const struct device *physical = report->handover.asked_physical;
	const struct device *device =
		report->before ? system_device(report->before, target->path) : NULL;

	if (physical)
		return driver_is_vfio(physical) ? physical->name : NULL;
	return device ? launch_physical_of(report->before, device) : NULL;
}

/* Virtual functions are handed on, and their physical function stays with its user. */
static bool is_for_others(const struct report *report, const struct target *target)
{
	const struct device *physical = report->handover.asked_physical;

	return !physical || strcmp(physical->path, target->path) != 0;
}

/* The devices to hand on that a VFIO driver has now; *ret_count of them, to be freed. */
static struct launch_device *given_devices(const struct report *report, size_t *ret_count)
{
	struct launch_device *devices = calloc(report->plan.target_count + 1, sizeof(*devices));
	size_t count = 0;

	if (!devices)
		memory_exhausted();
	for (size_t i = 0; i < report->plan.target_count; i++) {
		const struct target *target = &report->plan.targets[i];
		struct moved moved = moved_of(report, i);

		if (is_for_others(report, target) && moved.state == LOOK_CLEAR &&
		    moved.driver_after && driver_name_is_vfio(moved.driver_after))
			devices[count++] = (struct launch_device){target->bus,
								  target->name,
								  moved.driver_after,
								  target->vendor_id,
								  target->device_id,
								  nodes_of(report, target),
								  physical_of(report, target)};
	}
	*ret_count = count;
	return devices;
}

static struct json_object *json_launch(const struct report *report)
{
	size_t count;
	_autofree_ struct launch_device *devices = given_devices(report, &count);

	return count ? launch_json(devices, count) : NULL;
}

struct json_object *json_result(const struct report *report)
{
	struct json_object *object, *changes;
	bool settled = report->outcome == OUTCOME_DONE || report->outcome == OUTCOME_NOTHING_TO_DO;

	if (report->outcome == OUTCOME_NONE)
		return NULL;
	object = json_object_new_object();
	changes = json_object_new_array();
	add_changes(changes, &report->changes);
	add_changes(changes, &report->forgotten);
	json_object_object_add(object, "outcome", json_text(outcome_name(report->outcome)));
	json_object_object_add(object, "changed", json_changed(report->outcome));
	json_object_object_add(object, "devices", json_moved_devices(report));
	json_object_object_add(object, "types", json_types(report));
	json_object_object_add(object, "launch", settled ? json_launch(report) : NULL);
	json_object_object_add(object, "groups_stable", json_answer(report->groups_stable));
	json_object_object_add(object, "changes", changes);
	json_object_object_add(object, "networks", json_networks(report));
	return object;
}

static void put_safe(FILE *out, const char *text)
{
	char safe[1024];

	text_escape(text, strlen(text), safe, sizeof(safe));
	fputs(safe, out);
}

static void put_driver(FILE *out, const char *driver)
{
	if (driver) {
		fputs("is bound to ", out);
		put_safe(out, driver);
	} else {
		fputs("has no driver", out);
	}
}

/* Print the group after the change, and the node that a guest opens. */
static void put_group(FILE *out, const struct report *report, const struct moved *moved)
{
	const struct system *system = report->after ? report->after : report->before;
	const struct group *group =
		system && moved->group_after >= 0 ? system_group(system, moved->group_after) : NULL;

	if (!moved->group_known || moved->group_after < 0) {
		fputs(moved->group_known ? "no group" : "its group could not be read", out);
		return;
	}
	fprintf(out, "group %d", moved->group_after);
	if (moved->group_before < 0)
		fputs(", which is new", out);
	else if (moved->group_before != moved->group_after)
		fprintf(out, ", before %d", moved->group_before);
	if (!group || !group->vfio_node)
		return;
	fprintf(out, ", %s", group->vfio_node);
	if (group_viable(viability_rule(system), group) == ANSWER_NO)
		fputs(" is not viable", out);
}

static void print_device(const struct report *report, size_t index, FILE *out)
{
	const struct target *target = &report->plan.targets[index];
	struct moved moved = moved_of(report, index);

	if (moved.state != LOOK_CLEAR) {
		put_safe(out, moved.words);
		fputc('\n', out);
		return;
	}
	put_safe(out, target->label);
	fputc(' ', out);
	put_driver(out, moved.driver_after);
	if (!moved.driver_before != !moved.driver_after ||
	    (moved.driver_before && strcmp(moved.driver_before, moved.driver_after) != 0)) {
		fputs(" (before: ", out);
		put_safe(out, moved.driver_before ? moved.driver_before : "none");
		fputc(')', out);
	} else {
		fputs(", as before", out);
	}
	fputs("; ", out);
	put_group(out, report, &moved);
	fputc('\n', out);
}

static void print_network(const struct network_before *network, FILE *out)
{
	put_safe(out, network->label);
	fputs(" had addresses and routes; the missing ones are set again with\n", out);
	for (size_t i = 0; i < network->count; i++) {
		fputs("    ", out);
		put_safe(out, network->commands[i]);
		putc('\n', out);
	}
}

/* The sentence of a change names its subject and its device. */
static void print_changes(FILE *out, const struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		struct finding shown = changes->items[i].finding;

		shown.subject = NULL;
		shown.device_count = 0;
		finding_print(out, severity_name(shown.severity), &shown);
	}
}

static void print_types(const struct report *report, FILE *out)
{
	const char *before, *after;
	int group;

	for (size_t i = 0; i < report->handover.domain_count; i++) {
		if (!type_of_group(report, i, &group, &before, &after))
			continue;
		fprintf(out, "group %d ", group);
		put_safe(out, after ? "has the type " : "has a type that could not be read");
		put_safe(out, after ? after : "");
		put_safe(out, " (before: ");
		put_safe(out, before ? before : "unknown");
		put_safe(out, ")\n");
	}
}

static void print_owners(const struct report *report, FILE *out)
{
	const struct plan *plan = &report->plan;
	char owner[64], before[64];

	for (size_t i = 0; i < plan->step_count && report->outcome == OUTCOME_DONE; i++) {
		const struct step *step = &plan->steps[i];

		if (step->action != ACTION_OWNER)
			continue;
		owner_rule_words(step->value, owner, sizeof(owner));
		owner_rule_words(step->undo_value, before, sizeof(before));
		fputs("the VFIO nodes of ", out);
		put_safe(out, plan->targets[step->target].label);
		fprintf(out, " belong to %s (before: %s)\n", owner, before);
	}
}

void result_print(const struct report *report, FILE *out)
{
	print_changes(out, &report->changes);
	print_changes(out, &report->forgotten);
	for (size_t i = 0; i < report->plan.target_count; i++)
		print_device(report, i, out);
	print_types(report, out);
	print_owners(report, out);
	for (size_t i = 0; i < report->network_count; i++)
		print_network(&report->networks[i], out);
}

void result_print_launch(const struct report *report, enum launch_form form)
{
	size_t count;
	_autofree_ struct launch_device *devices = given_devices(report, &count);

	launch_print(form, devices, count);
}
