/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decide whether a document reports the access that failed. */
#include "readfault/sweep.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key);

	return value ? json_object_get_string(value) : "";
}

static bool names(struct json_object *object, const char *key, const char *path)
{
	return strstr(text_of(object, key), path) != NULL;
}

static bool is_among(struct json_object *list, struct json_object *item)
{
	size_t count = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < count; i++)
		if (json_object_equal(json_object_array_get_idx(list, i), item))
			return true;
	return false;
}

static bool is_failure(const char *state)
{
	return strcmp(state, "denied") == 0 || strcmp(state, "busy") == 0 ||
	       strcmp(state, "malformed") == 0 || strcmp(state, "partial") == 0;
}

static bool source_owns_up(struct json_object *before, struct json_object *after, const char *path)
{
	struct json_object *list = get(after, "sources"), *old = get(before, "sources");

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		if (is_failure(text_of(entry, "state")) && names(entry, "detail", path) &&
		    !is_among(old, entry))
			return true;
	}
	return false;
}

static bool check_owns_up(struct json_object *before, struct json_object *after, const char *path)
{
	struct json_object *list = get(after, "checks"), *old = get(before, "checks");

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		if (json_object_get_boolean(get(entry, "unknown")) && !is_among(old, entry) &&
		    (names(entry, "message", path) || names(entry, "evidence", path)))
			return true;
	}
	return false;
}

static bool error_owns_up(const struct run *run, struct json_object *after, int cause)
{
	struct json_object *error = get(after, "error");
	bool right_status = run->status == 1 || (cause == -EACCES && run->status == 9);

	return error && right_status &&
	       (names(error, "message", run->path) || names(error, "evidence", run->path));
}

/* True for a value that means "unknown". */
static bool is_no_claim(struct json_object *value)
{
	return !value || (json_object_is_type(value, json_type_string) &&
			  strstr(json_object_get_string(value), "unknown"));
}

static void find_claim(struct json_object *before, struct json_object *after, const char *at,
		       char claim[static 128]);

static void compare_keys(struct json_object *before, struct json_object *after, const char *at,
			 char claim[static 128])
{
	json_object_object_foreach(before, key, value)
	{
		char below[128];

		if (!*at && (strcmp(key, "sources") == 0 || strcmp(key, "error") == 0))
			continue;
		snprintf(below, sizeof(below), "%.80s.%.40s", at, key);
		find_claim(value, get(after, key), below, claim);
	}
}

static void find_claim(struct json_object *before, struct json_object *after, const char *at,
		       char claim[static 128])
{
	if (*claim || json_object_equal(before, after) || is_no_claim(after))
		return;
	if (json_object_is_type(before, json_type_object)) {
		compare_keys(before, after, at, claim);
	} else if (json_object_is_type(before, json_type_array) &&
		   json_object_is_type(after, json_type_array) &&
		   json_object_array_length(before) == json_object_array_length(after)) {
		for (size_t i = 0; i < json_object_array_length(before); i++)
			find_claim(json_object_array_get_idx(before, i),
				   json_object_array_get_idx(after, i), at, claim);
	} else {
		snprintf(claim, 128, "%s", at);
	}
}

enum verdict judge(const struct run *calm, struct json_object *before, const struct run *run,
		   int cause, char ret_claim[static 128])
{
	struct json_object *after;
	enum verdict verdict = VERDICT_SILENT;

	*ret_claim = '\0';
	if (run->status == calm->status && strcmp(run->text, calm->text) == 0)
		return VERDICT_SAME;
	after = json_tokener_parse(run->text);
	if (error_owns_up(run, after, cause))
		verdict = VERDICT_ERROR;
	else if (!root_is_exhaustion(cause) && source_owns_up(before, after, run->path))
		verdict = VERDICT_SOURCE;
	else if (!root_is_exhaustion(cause) && check_owns_up(before, after, run->path))
		verdict = VERDICT_CHECK;
	if (after && verdict != VERDICT_ERROR)
		find_claim(before, after, "", ret_claim);
	json_object_put(after);
	return verdict;
}
