/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/hand_over.h"

#include "base/text.h"

#include <string.h>

/* The most names in "with"; with_count has all: members of a group of thousands name each other. */
enum { WITH_MAX = 32 };

static const char *short_name(const struct device *device)
{
	const char *rest = text_after(device->label, "0000:");

	return rest ? rest : device->label;
}

static const char *with_others(size_t count, struct arena *arena)
{
	char digits[TEXT_NUMBER_SIZE];

	text_from_number((int64_t)count, 10, 1, digits);
	return arena_concat(arena, "with ", digits, " others");
}

const char *hand_over_text(const struct hand_over *verdict, struct arena *arena)
{
	const char *culprit = verdict->culprit ? short_name(verdict->culprit) : NULL;
	const char *why = hand_over_why(verdict, culprit, arena);

	switch (verdict->verdict) {
	case HAND_OVER_ALONE:
		return "alone";
	case HAND_OVER_WITH_OTHERS:
		if (verdict->with_count == 1)
			return arena_concat(arena, "with ", short_name(verdict->with), "");
		return with_others(verdict->with_count, arena);
	case HAND_OVER_GIVEN:
		return why ? arena_concat(arena, "given, ", why, "") : "given";
	case HAND_OVER_NO:
		return arena_concat(arena, "no: ", why, "");
	default:
		return arena_concat(arena, "unknown: ", why, "");
	}
}

static const char *color_of(const struct hand_over *verdict)
{
	switch (verdict->verdict) {
	case HAND_OVER_GIVEN:
		return verdict->why ? "red" : "green";
	case HAND_OVER_NO:
	case HAND_OVER_UNKNOWN:
		return "yellow";
	default:
		return NULL;
	}
}

struct value get_hand_over(const struct row *row, struct arena *arena)
{
	struct hand_over verdict;
	struct value value;

	if (!row->device)
		return value_none();
	verdict = hand_over_of(row->hand_overs, row->device);
	value = value_text(hand_over_text(&verdict, arena));
	value.color = color_of(&verdict);
	return value;
}

static struct json_object *json_with(const struct row *row)
{
	struct json_object *array = json_object_new_array();
	const struct group *group = row->device->group;

	for (size_t i = 0; i < group->device_count && json_object_array_length(array) < WITH_MAX;
	     i++)
		if (hand_over_takes_along(row->hand_overs, row->device, group->devices[i]))
			json_object_array_add(array, json_text(group->devices[i]->label));
	return array;
}

struct json_object *json_hand_over(const struct row *row)
{
	_autoarena_ struct arena *arena = arena_new();
	struct hand_over verdict = hand_over_of(row->hand_overs, row->device);
	struct json_object *object = json_object_new_object();
	const char *culprit = verdict.culprit ? verdict.culprit->label : NULL;

	json_object_object_add(object, "verdict",
			       json_text(hand_over_verdict_name(verdict.verdict)));
	json_object_object_add(object, "with",
			       verdict.with_count ? json_with(row) : json_object_new_array());
	json_object_object_add(object, "with_count",
			       json_object_new_int64((int64_t)verdict.with_count));
	json_object_object_add(object, "why", json_text(hand_over_why(&verdict, culprit, arena)));
	return object;
}
