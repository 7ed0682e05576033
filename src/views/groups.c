/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/groups.h"

#include "checks/isolation.h"
#include "views/findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct value get_id(const struct row *row, struct arena *arena)
{
	return value_number(row->group ? row->group->id : -1);
}

static struct value get_type(const struct row *row, struct arena *arena)
{
	const struct group *group = row->group;
	struct value value = value_text(group ? group->type : NULL);

	if (group && !group->type)
		return value_unknown();
	if (value.text && strcmp(value.text, "identity") == 0)
		value.color = "yellow";
	return value;
}

static struct value get_fingerprint(const struct row *row, struct arena *arena)
{
	const struct group *group = row->group;

	return value_text(group ? group->fingerprint : NULL);
}

static struct value get_iommus(const struct row *row, struct arena *arena)
{
	const struct group *group = row->group;
	size_t count = group ? group->iommu_count : 0;
	const char **names = arena_array(arena, count, sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = group->iommus[i]->name;
	return value_text(arena_join(arena, names, count, ","));
}

static struct json_object *json_iommus(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->group->iommu_count; i++)
		json_object_array_add(array, json_text(row->group->iommus[i]->name));
	return array;
}

static struct value get_viability(const struct row *row, struct arena *arena)
{
	return value_text(row->group ? answer_name(group_viable(row->rule, row->group)) : NULL);
}

static struct json_object *json_blocker(const struct device *device)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "device", json_text(device->label));
	json_object_object_add(object, "driver", json_text(device->driver));
	return object;
}

static struct json_object *json_viability(const struct row *row)
{
	struct json_object *object = json_object_new_object(), *blockers = json_object_new_array();
	enum answer viable = group_viable(row->rule, row->group);

	for (size_t i = 0; i < row->group->device_count; i++)
		if (device_blocks(row->rule, row->group->devices[i]))
			json_object_array_add(blockers, json_blocker(row->group->devices[i]));
	json_object_object_add(
		object, "viable",
		viable == ANSWER_UNKNOWN ? NULL : json_object_new_boolean(viable == ANSWER_YES));
	json_object_object_add(object, "rule", json_text(viability_rule_name(row->rule)));
	json_object_object_add(object, "blockers", blockers);
	return object;
}

static struct value get_vfio_node(const struct row *row, struct arena *arena)
{
	const struct group *group = row->group;

	return value_text(group ? group->vfio_node : NULL);
}

const char *text_holders(const struct group *group, struct arena *arena)
{
	const char *text = NULL;

	for (size_t i = 0; i < group->holder_count; i++) {
		const struct holder *holder = &group->holders[i];

		text = arena_printf(arena, "%s%s%d(%s)", text ? text : "", text ? "," : "",
				    holder->pid, holder->command ? holder->command : "?");
	}
	return text;
}

static struct value get_opened_by(const struct row *row, struct arena *arena)
{
	return value_text(row->group ? text_holders(row->group, arena) : NULL);
}

struct json_object *json_holders(const struct group *group)
{
	struct json_object *array;

	if (!group->holders_known)
		return NULL;
	array = json_object_new_array();
	for (size_t i = 0; i < group->holder_count; i++) {
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "pid", json_object_new_int(group->holders[i].pid));
		json_object_object_add(object, "command", json_text(group->holders[i].command));
		json_object_array_add(array, object);
	}
	return array;
}

static struct json_object *json_opened_by(const struct row *row)
{
	return json_holders(row->group);
}

static struct value get_reserved_regions(const struct row *row, struct arena *arena)
{
	const struct group *group = row->group;
	const char *text = NULL;

	for (size_t i = 0; group && i < group->region_count; i++) {
		const struct region *region = &group->regions[i];

		text = arena_printf(arena, "%s%s0x%" PRIx64 "-0x%" PRIx64 ":%s", text ? text : "",
				    text ? "," : "", region->start, region->end,
				    region_kind_name(region->kind));
	}
	return value_text(text);
}

static struct json_object *json_address(uint64_t address)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	return json_object_new_string(text);
}

static struct json_object *json_reserved_regions(const struct row *row)
{
	struct json_object *array;

	if (!row->group->regions_known)
		return NULL;
	array = json_object_new_array();
	for (size_t i = 0; i < row->group->region_count; i++) {
		const struct region *region = &row->group->regions[i];
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "start", json_address(region->start));
		json_object_object_add(object, "end", json_address(region->end));
		json_object_object_add(object, "kind", json_text(region_kind_name(region->kind)));
		json_object_array_add(array, object);
	}
	return array;
}

static struct value get_devices(const struct row *row, struct arena *arena)
{
	const struct group *group = row->group;
	size_t length = 0;
	char *text, *end;

	for (size_t i = 0; group && i < group->device_count; i++)
		length += strlen(group->devices[i]->label) + 1;
	if (!length)
		return value_none();
	end = text = arena_alloc(arena, length);
	for (size_t i = 0; i < group->device_count; i++) {
		end = stpcpy(end, group->devices[i]->label);
		*end++ = ',';
	}
	end[-1] = '\0';
	return value_text(text);
}

static struct json_object *json_devices(const struct row *row)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < row->group->device_count; i++)
		json_object_array_add(array, json_text(row->group->devices[i]->label));
	return array;
}

static const char *describe_isolation(const struct row *row, struct arena *arena)
{
	struct findings reasons = isolation_explain(row->system, row->group, arena);
	const char *text = NULL;

	if (!isolation_is_known(&reasons))
		return reasons.items[0].message;
	for (size_t i = 0; i < reasons.count; i++)
		text = arena_concat(arena, text ? text : "likely: ", text ? "; " : "",
				    reasons.items[i].message);
	return text;
}

static struct value get_isolation(const struct row *row, struct arena *arena)
{
	const struct group *group = row->group;
	const char *text;
	char **kept;

	if (!group || group->device_count < 2)
		return value_none();
	kept = row->isolation ? &row->isolation[group->devices[0]->index] : NULL;
	if (kept && *kept)
		return value_text(*kept);
	text = describe_isolation(row, arena);
	if (kept && text)
		*kept = strdup(text);
	return value_text(text);
}

static struct json_object *json_isolation(const struct row *row)
{
	_autoarena_ struct arena *arena = arena_new();
	struct findings reasons = isolation_explain(row->system, row->group, arena);
	struct json_object *array;

	if (!system_source(row->system, "traits"))
		return NULL;
	array = json_object_new_array();
	for (size_t i = 0; i < reasons.count; i++)
		json_object_array_add(array, json_finding(&reasons.items[i]));
	return array;
}

/* Each device of a group repeats this text in tables for scripts: a crowd is only counted. */
static const char *name_blockers(const struct row *row, const struct group *group,
				 struct arena *arena)
{
	enum { NAMED_MAX = 8 };
	const char *text = NULL;
	size_t count = 0;

	for (size_t i = 0; i < group->device_count; i++) {
		const struct device *device = group->devices[i];

		if (device_blocks(row->rule, device) && ++count <= NAMED_MAX)
			text = arena_printf(arena, "%s%s%s has driver %s", text ? text : "",
					    text ? ", " : "", device->label, device->driver);
	}
	return count > NAMED_MAX ? arena_printf(arena, "%s and %zu more", text, count - NAMED_MAX)
				 : text;
}

static struct value get_why(const struct row *row, struct arena *arena)
{
	const struct group *group = row->group;
	const char *text = group ? name_blockers(row, group, arena) : NULL;

	if (!text)
		return value_none();
	return value_text(
		arena_printf(arena, "%s (rule: %s)", text, viability_rule_name(row->rule)));
}

const struct column group_columns[] = {
	{"id", "ID", "number of the group", 0, get_id, .right = true},
	{"type", "TYPE", "type of the default domain", FACT_GROUP_TYPE, get_type},
	{"fingerprint", "FINGERPRINT", "the same for the same group whatever its number",
	 FACT_FINGERPRINT, get_fingerprint},
	{"iommus", "IOMMUS", "IOMMUs of the group", FACT_IOMMUS, get_iommus, json_iommus},
	{"viability", "VIABLE", "whether VFIO would accept the group now", FACT_IDS | FACT_VFIO,
	 get_viability, json_viability},
	{"vfio_node", "VFIO-NODE", "node of the group for VFIO users", FACT_VFIO, get_vfio_node},
	{"opened_by", "OPENED-BY", "processes that have VFIO nodes of the group open", FACT_HOLDERS,
	 get_opened_by, json_opened_by},
	{"reserved_regions", "RESERVED", "addresses kept out of use", FACT_REGIONS,
	 get_reserved_regions, json_reserved_regions, .gives_way = true},
	{"devices", "DEVICES", "members", 0, get_devices, json_devices, .gives_way = true},
	{"isolation", "ISOLATION", "likely reasons why the group has several members",
	 FACT_TRAITS | FACT_IOMMUS | FACT_FIRMWARE_NODE, get_isolation, json_isolation,
	 .gives_way = true},
	{NULL},
};

const struct column group_text_columns[] = {
	{"why", "WHY", "why the group is not viable, and by which rule", FACT_IDS | FACT_VFIO,
	 get_why, .gives_way = true},
	{NULL},
};
