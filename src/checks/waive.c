/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/waive.h"

#include "base/suggest.h"
#include "model/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char unknown_word[] = ":unknown";

static int refuse_waiver(const char *word, size_t length, const char *why, struct error *e)
{
	int result = error_set(e, ERROR_USAGE, 0, "--waive %.*s: %s",
			       length < 200 ? (int)length : 200, word, why);

	error_remedy(
		e, "Write ID[@DEVICE][:unknown],…; \"iommuctl check\" lists the IDs that refuse.");
	return result;
}

static int refuse_unknown_check(const char *word, size_t length, size_t id_length, struct error *e)
{
	char id[64];
	struct suggestion suggestion = {.word = id};
	int result = refuse_waiver(word, length, "there is no such check", e);

	snprintf(id, sizeof(id), "%.*s", (int)(id_length < sizeof(id) ? id_length : sizeof(id) - 1),
		 word);
	for (int i = 0; i < CHECK_ID_COUNT; i++)
		suggest_name(&suggestion, check_kinds[i].name);
	suggest_remedy(&suggestion, e);
	return result;
}

/*
 * Parse one "ID[@DEVICE][:unknown]"; device names may contain colons, so only ":unknown" at the end
 * counts.
 */
static int parse_waiver(const char *word, size_t length, struct arena *arena,
			struct waiver *ret_waiver, struct error *e)
{
	const size_t suffix = sizeof(unknown_word) - 1;
	struct waiver waiver = {0};
	size_t rest = length;
	const char *at;

	if (rest > suffix && memcmp(word + rest - suffix, unknown_word, suffix) == 0) {
		waiver.unknown = true;
		rest -= suffix;
	}
	at = memchr(word, '@', rest);
	waiver.id = check_find(word, at ? (size_t)(at - word) : rest);
	if (waiver.id == CHECK_ID_COUNT)
		return refuse_unknown_check(word, length, at ? (size_t)(at - word) : rest, e);
	if (!check_kinds[waiver.id].waivable)
		return refuse_waiver(word, length, "this check cannot be waived", e);
	if (at && at + 1 == word + rest)
		return refuse_waiver(word, length, "no device is named", e);
	if (at)
		waiver.device = arena_text(arena, at + 1, (size_t)(word + rest - at) - 1);
	*ret_waiver = waiver;
	return 0;
}

static size_t count_waivers(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == ',';
	return count;
}

int waivers_parse(const char *text, struct arena *arena, struct waivers *waivers, struct error *e)
{
	size_t count = waivers->count;
	struct waiver *items = arena_array(arena, count + count_waivers(text), sizeof(*items));

	if (count)
		memcpy(items, waivers->items, count * sizeof(*items));
	for (size_t length;; text += length + 1) {
		int result;

		length = strcspn(text, ",");
		result = parse_waiver(text, length, arena, &items[count], e);
		if (result < 0)
			return result;
		count++;
		if (!text[length])
			break;
	}
	*waivers = (struct waivers){items, count};
	return 0;
}

/*
 * True where the user named another member of the device's group: then a bare ID does not cover it.
 */
static bool needs_name(const struct check *check, const struct handover *handover)
{
	const struct move *move = check->device ? handover_move(handover, check->device) : NULL;

	return check->device && (!move || move->taken_along);
}

const char *waiver_text(const struct check *check, const struct handover *handover,
			struct arena *arena)
{
	bool named = needs_name(check, handover);

	if (!check_is_waivable(check) || check->waived)
		return NULL;
	return arena_printf(arena, "%s%s%s%s", check_kinds[check->id].name, named ? "@" : "",
			    named ? check->device->label : "", check->unknown ? unknown_word : "");
}

static bool waiver_covers(const struct waiver *waiver, const struct handover *handover,
			  const struct check *check)
{
	if (waiver->id != check->id || waiver->unknown != check->unknown)
		return false;
	if (waiver->device)
		return check->device && select_names(check->device, waiver->device);
	return !needs_name(check, handover);
}

static bool is_of_handover(const struct handover *handover, const char *device)
{
	for (size_t i = 0; i < handover->move_count; i++)
		if (select_names(handover->moves[i].device, device))
			return true;
	return false;
}

int waivers_apply(const struct waivers *waivers, const struct handover *handover,
		  struct checks *checks, struct error *e)
{
	for (size_t i = 0; i < waivers->count; i++) {
		const struct waiver *waiver = &waivers->items[i];

		if (waiver->device && !is_of_handover(handover, waiver->device))
			return error_set(
				e, ERROR_USAGE, 0,
				"--waive %s@%.200s: that device is not among those to move",
				check_kinds[waiver->id].name, waiver->device);
		for (size_t j = 0; j < checks->count; j++)
			if (check_is_waivable(&checks->items[j]) &&
			    waiver_covers(waiver, handover, &checks->items[j]))
				checks->items[j].waived = true;
	}
	return 0;
}

static int compare_words(const char *one, const char *other)
{
	return strcmp(one ? one : "", other ? other : "");
}

/* For qsort and bsearch of pointers to uses: the file that a use was read from does not count. */
static int compare_uses(const void *a, const void *b)
{
	const struct use *const *one = a, *const *other = b;
	int order = (int)(*one)->kind - (int)(*other)->kind;

	if (!order)
		order = compare_words((*one)->node, (*other)->node);
	return order ? order : compare_words((*one)->user, (*other)->user);
}

/* The first use of @now that @shown does not have, or NULL. */
static const struct use *find_new_use(const struct check *shown, const struct check *now)
{
	_autoarena_ struct arena *arena = arena_new();
	const struct use **sorted = arena_array(arena, shown->use_count, sizeof(*sorted));

	memcpy(sorted, shown->uses, shown->use_count * sizeof(*sorted));
	qsort(sorted, shown->use_count, sizeof(*sorted), compare_uses);
	for (size_t i = 0; i < now->use_count; i++)
		if (!bsearch(&now->uses[i], sorted, shown->use_count, sizeof(*sorted),
			     compare_uses))
			return now->uses[i];
	return NULL;
}

static bool is_same_question(const struct check *shown, const struct check *now)
{
	return shown->id == now->id && shown->device && now->device &&
	       strcmp(shown->device->path, now->device->path) == 0;
}

bool waivers_still_cover(const struct checks *shown, const struct check *now,
			 const struct use **ret_new)
{
	*ret_new = NULL;
	for (size_t i = 0; i < shown->count; i++) {
		const struct check *check = &shown->items[i];
		bool about_uses = check->use_count && now->use_count;

		if (!check->waived || !is_same_question(check, now))
			continue;
		if (about_uses)
			*ret_new = find_new_use(check, now);
		if (about_uses ? !*ret_new
			       : strcmp(check->finding.message, now->finding.message) == 0)
			return true;
	}
	return false;
}
