/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Find the partner of each device and group on the other side. */
#include "checks/difference_parts.h"

#include "base/text.h"

#include <string.h>

/* A device in a sorted list. @place: its index in the inventory     @taken: it has a partner */
struct placed {
	const struct inventory_device *device;
	const char *key;
	int place;
	bool taken;
};

static int compare_keys(const void *a, const void *b)
{
	const struct placed *one = a, *other = b;
	int order = strcmp(one->key, other->key);

	if (!order)
		order = text_natural(one->device->name, other->device->name);
	return order ? order : one->place - other->place;
}

static int *new_partners(struct arena *arena, size_t count)
{
	int *partners = arena_array(arena, count + 1, sizeof(*partners));

	for (size_t i = 0; i < count; i++)
		partners[i] = NO_PARTNER;
	return partners;
}

/* The devices without a partner that have a key, sorted by it. */
static struct placed *sort_unpaired(const struct inventory *inventory, const int *partners,
				    const char *(*key_of)(const struct inventory_device *device),
				    struct arena *arena, size_t *ret_count)
{
	struct placed *sorted = arena_array(arena, inventory->device_count + 1, sizeof(*sorted));
	size_t count = 0;

	for (size_t i = 0; i < inventory->device_count; i++) {
		const struct inventory_device *device = &inventory->devices[i];
		const char *key = key_of(device);

		if (key && partners[i] == NO_PARTNER)
			sorted[count++] = (struct placed){device, key, (int)i, false};
	}
	if (count)
		qsort(sorted, count, sizeof(*sorted), compare_keys);
	*ret_count = count;
	return sorted;
}

static size_t run_length(const struct placed *items, size_t count)
{
	size_t length = 1;

	while (length < count && strcmp(items[length].key, items->key) == 0)
		length++;
	return length;
}

static void make_partners(struct comparing *comparing, struct placed *old, struct placed *new)
{
	old->taken = new->taken = true;
	comparing->pairing.old_devices[old->place] = new->place;
	comparing->pairing.new_devices[new->place] = old->place;
}

static bool same_ids(const struct placed *old, const struct placed *new)
{
	return same_text(old->device->ids, new->device->ids);
}

/* Devices of one location and one name: both lists are sorted by name. */
static void pair_same_names(struct comparing *comparing, struct placed *old, size_t old_count,
			    struct placed *new, size_t new_count)
{
	for (size_t i = 0, j = 0; i < old_count && j < new_count;) {
		int order = text_natural(old[i].device->name, new[j].device->name);

		if (order == 0 && same_ids(&old[i], &new[j]))
			make_partners(comparing, &old[i], &new[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

static bool has_lower_ids(const struct placed *old, const struct placed *new)
{
	const char *one = old->device->ids, *other = new->device->ids;

	return strcmp(one ? one : "", other ? other : "") < 0;
}

/* The others of one location, in order: those with the same IDs, or with @any whatever is left. */
static void pair_in_order(struct comparing *comparing, struct placed *old, size_t old_count,
			  struct placed *new, size_t new_count, bool any)
{
	for (size_t i = 0, j = 0; i < old_count && j < new_count;) {
		bool is_old;

		if (!old[i].taken && !new[j].taken && (any || same_ids(&old[i], &new[j])))
			make_partners(comparing, &old[i], &new[j]);
		is_old = old[i].taken || (!new[j].taken &&has_lower_ids(&old[i], &new[j]));
		i += is_old;
		j += !is_old;
	}
}

/*
 * Virtual functions of one PF can have the same location, as it leaves out bus numbers; mostly a
 * location has one device.
 */
static void pair_location(struct comparing *comparing, struct placed *old, size_t old_count,
			  struct placed *new, size_t new_count)
{
	pair_same_names(comparing, old, old_count, new, new_count);
	pair_in_order(comparing, old, old_count, new, new_count, false);
	pair_in_order(comparing, old, old_count, new, new_count, true);
}

/* The IDs are unique on both sides: it is the same device in another place. */
static void pair_moved(struct comparing *comparing, struct placed *old, size_t old_count,
		       struct placed *new, size_t new_count)
{
	if (old_count != 1 || new_count != 1 || strcmp(old->device->bus, new->device->bus) != 0)
		return;
	make_partners(comparing, old, new);
	comparing->pairing.moved[old->place] = true;
}

/* Call @pair with each run of equal keys that both sides have. */
static void pair_by_key(struct comparing *comparing,
			const char *(*key_of)(const struct inventory_device *device),
			void (*pair)(struct comparing *comparing, struct placed *old,
				     size_t old_count, struct placed *new, size_t new_count))
{
	struct pairing *pairing = &comparing->pairing;
	size_t old_count, new_count;
	struct placed *old = sort_unpaired(comparing->before, pairing->old_devices, key_of,
					   comparing->arena, &old_count);
	struct placed *new = sort_unpaired(comparing->after, pairing->new_devices, key_of,
					   comparing->arena, &new_count);

	for (size_t i = 0, j = 0; i < old_count && j < new_count;) {
		size_t old_run = run_length(old + i, old_count - i);
		size_t new_run = run_length(new + j, new_count - j);
		int order = strcmp(old[i].key, new[j].key);

		if (order == 0)
			pair(comparing, old + i, old_run, new + j, new_run);
		i += order <= 0 ? old_run : 0;
		j += order >= 0 ? new_run : 0;
	}
}

static const char *location_key(const struct inventory_device *device)
{
	return device->location;
}

static const char *identity_key(const struct inventory_device *device)
{
	return device->ids ? device->ids : device->firmware_node;
}

void pair_devices(struct comparing *comparing)
{
	struct pairing *pairing = &comparing->pairing;
	size_t old_count = comparing->before->device_count;

	pairing->old_devices = new_partners(comparing->arena, old_count);
	pairing->new_devices = new_partners(comparing->arena, comparing->after->device_count);
	pairing->moved = arena_array(comparing->arena, old_count + 1, sizeof(bool));
	pair_by_key(comparing, location_key, pair_location);
	/* Another place has another name: a device that moves is gone, and another one is new. */
	if (!comparing->complete)
		pair_by_key(comparing, identity_key, pair_moved);
}

/* A group in a list sorted by fingerprint. */
struct marked {
	const char *fingerprint;
	int place;
};

static int compare_marks(const void *a, const void *b)
{
	const struct marked *one = a, *other = b;

	return strcmp(one->fingerprint, other->fingerprint);
}

static struct marked *sort_groups(const struct inventory *inventory, struct arena *arena,
				  size_t *ret_count)
{
	struct marked *sorted = arena_array(arena, inventory->group_count + 1, sizeof(*sorted));
	size_t count = 0;

	for (size_t i = 0; i < inventory->group_count; i++)
		if (inventory->groups[i].fingerprint)
			sorted[count++] = (struct marked){inventory->groups[i].fingerprint, (int)i};
	if (count)
		qsort(sorted, count, sizeof(*sorted), compare_marks);
	*ret_count = count;
	return sorted;
}

/*
 * False where bus numbers have moved so that another device has the path, and so the fingerprint,
 * that a member had.
 */
static bool shares_first_member(const struct comparing *comparing, int old, int new)
{
	const struct inventory_group *group = &comparing->before->groups[old];
	int partner =
		group->member_count ? comparing->pairing.old_devices[*group->members] : NO_PARTNER;

	return !group->member_count ||
	       (partner != NO_PARTNER && comparing->after->devices[partner].group == new);
}

static void pair_fingerprints(struct comparing *comparing)
{
	size_t old_count, new_count;
	struct marked *old = sort_groups(comparing->before, comparing->arena, &old_count);
	struct marked *new = sort_groups(comparing->after, comparing->arena, &new_count);

	for (size_t i = 0, j = 0; i < old_count && j < new_count;) {
		int order = strcmp(old[i].fingerprint, new[j].fingerprint);

		if (order == 0 && shares_first_member(comparing, old[i].place, new[j].place)) {
			comparing->pairing.old_groups[old[i].place] = new[j].place;
			comparing->pairing.new_groups[new[j].place] = old[i].place;
		}
		i += order <= 0;
		j += order >= 0;
	}
}

/* An old and a new group that share @members devices. */
struct shared {
	int old, new;
	size_t members;
};

static int compare_shared(const void *a, const void *b)
{
	const struct shared *one = a, *other = b;

	if (one->members != other->members)
		return one->members > other->members ? -1 : 1;
	return one->old != other->old ? one->old - other->old : one->new - other->new;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct shared *one = a, *other = b;

	return one->old != other->old ? one->old - other->old : one->new - other->new;
}

/* Add up the rows of each pair of groups; returns how many pairs there are. */
static size_t merge_shared(struct shared *list, size_t count)
{
	size_t merged = 0;

	if (count)
		qsort(list, count, sizeof(*list), compare_pairs);
	for (size_t i = 0; i < count; i++) {
		if (merged && list[merged - 1].old == list[i].old &&
		    list[merged - 1].new == list[i].new)
			list[merged - 1].members++;
		else
			list[merged++] = list[i];
	}
	return merged;
}

/* Groups without a partner: the two that share most members belong together, and so on. */
static void pair_by_members(struct comparing *comparing)
{
	const struct inventory *before = comparing->before, *after = comparing->after;
	struct pairing *pairing = &comparing->pairing;
	struct shared *list =
		arena_array(comparing->arena, before->device_count + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < before->device_count; i++) {
		int partner = pairing->old_devices[i], old = before->devices[i].group;
		int new = partner == NO_PARTNER ? -1 : after->devices[partner].group;

		if (old >= 0 && new >= 0 && pairing->old_groups[old] == NO_PARTNER &&
		    pairing->new_groups[new] == NO_PARTNER)
			list[count++] = (struct shared){old, new, 1};
	}
	count = merge_shared(list, count);
	if (count)
		qsort(list, count, sizeof(*list), compare_shared);
	for (size_t i = 0; i < count; i++) {
		if (pairing->old_groups[list[i].old] != NO_PARTNER ||
		    pairing->new_groups[list[i].new] != NO_PARTNER)
			continue;
		pairing->old_groups[list[i].old] = list[i].new;
		pairing->new_groups[list[i].new] = list[i].old;
	}
}

void pair_groups(struct comparing *comparing)
{
	struct pairing *pairing = &comparing->pairing;

	pairing->old_groups = new_partners(comparing->arena, comparing->before->group_count);
	pairing->new_groups = new_partners(comparing->arena, comparing->after->group_count);
	pair_fingerprints(comparing);
	pair_by_members(comparing);
}
