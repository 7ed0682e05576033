/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a transaction adds devices to the memory (memory.h), and when it drops them. */
#include "actions/transaction_parts.h"

#include "actions/domain_file.h"
#include "actions/look.h"
#include "actions/vf_target.h"
#include "base/text.h"

#include <string.h>

static void report_forgotten(struct transaction *transaction, const char *label, const char *why)
{
	struct changes *forgotten = &transaction->report->forgotten;
	struct change *items =
		arena_array(transaction->arena, forgotten->count + 1, sizeof(*items));
	const char **subject = arena_array(transaction->arena, 1, sizeof(*subject));

	if (forgotten->count)
		memcpy(items, forgotten->items, forgotten->count * sizeof(*items));
	*subject = arena_strdup(transaction->arena, label);
	items[forgotten->count++] =
		change_make(CHANGE_FORGOTTEN, false, subject, true,
			    arena_printf(transaction->arena, "%s %s; its former state is forgotten",
					 label, why));
	forgotten->items = items;
}

static bool is_the_target(const struct remembered *known, const struct target *target)
{
	return strcmp(known->bus, target->bus) == 0 && known->vendor_id == target->vendor_id &&
	       known->device_id == target->device_id &&
	       (!known->inode || !target->inode || known->inode == target->inode);
}

/*
 * The remembered device that has the former type of the group of @target: it or another member.
 * NULL: none has.
 */
static const struct remembered *find_type_record(const struct transaction *transaction,
						 const struct target *target)
{
	const struct root *root = transaction->host->root;
	char group[PATH_SIZE], other[PATH_SIZE];

	if (root_follow(root, target->path, "iommu_group", group) <= 0)
		return NULL;
	for (const struct remembered *known = transaction->memory->first; known;
	     known = known->next)
		if (known->domain_type &&
		    root_follow(root, known->path, "iommu_group", other) > 0 &&
		    strcmp(group, other) == 0)
			return known;
	return NULL;
}

static void remember_type(struct transaction *transaction, const struct target *target,
			  const struct step *step)
{
	const struct remembered *known = find_type_record(transaction, target);

	if (!known)
		memory_put_type(transaction->memory, target->path, step->undo_value);
	memory_leave_type(transaction->memory, known ? known->path : target->path,
			  step->undo_value);
}

/* Record the types in which groups are left, as the kernel has them: it chooses for "auto". */
static void leave_types(struct transaction *transaction, const struct plan *plan)
{
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct target *target = &plan->targets[plan->steps[i].target];
		const struct remembered *known;

		if (plan->steps[i].action != ACTION_DOMAIN)
			continue;
		known = find_type_record(transaction, target);
		if (known)
			memory_leave_type(transaction->memory, known->path,
					  domain_type_read(transaction->host->root, known->path,
							   transaction->arena));
	}
}

/* True where a pin of iommuctl has written the override, in the initramfs or by a rule of udev. */
static bool has_override_of_pin(const struct transaction *transaction, const struct target *target)
{
	return transaction->request->by_pin &&
	       same_text(target->driver_override, target->new_driver);
}

static bool is_bound_by_pin(const struct transaction *transaction, const struct target *target)
{
	return has_override_of_pin(transaction, target) &&
	       same_text(target->driver, target->new_driver);
}

/* The device had neither an override of a pin nor the driver that it led to before iommuctl. */
static struct target target_before(const struct transaction *transaction,
				   const struct target *target)
{
	struct target before = *target;

	if (is_bound_by_pin(transaction, target))
		before.driver = NULL;
	if (has_override_of_pin(transaction, target))
		before.driver_override = NULL;
	return before;
}

/*
 * Record the present state as left, until the transaction is done: a process that is killed before
 * its first step leaves this.
 */
static void remember_target(struct transaction *transaction, const struct target *target)
{
	const struct remembered *known = memory_find(transaction->memory, target->path);
	const struct target before = target_before(transaction, target);

	if (known && !is_the_target(known, target)) {
		memory_forget(transaction->memory, target->path);
		report_forgotten(transaction, target->label, "was another device before");
	}
	memory_put(transaction->memory, &before);
	memory_leave(transaction->memory, target->path, target->driver, target->driver_override);
}

int remember_bound_by_pin(struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;
	bool changed = false;

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		const struct remembered *known = memory_find(transaction->memory, target->path);

		if (!is_bound_by_pin(transaction, target) ||
		    (known && is_the_target(known, target)))
			continue;
		remember_target(transaction, target);
		changed = true;
	}
	return changed ? memory_save(transaction->memory, transaction->store, e) : 0;
}

int remember_targets(struct transaction *transaction, struct error *e)
{
	const struct plan *plan = &transaction->report->plan;

	/* Nothing restores a virtual function that vfs removes, or makes. */
	for (size_t i = 0; i < plan->target_count; i++)
		if (!vf_target_is(&plan->targets[i]))
			remember_target(transaction, &plan->targets[i]);
	for (size_t i = 0; i < plan->step_count; i++)
		if (plan->steps[i].action == ACTION_DOMAIN)
			remember_type(transaction, &plan->targets[plan->steps[i].target],
				      &plan->steps[i]);
	return memory_save(transaction->memory, transaction->store, e);
}

static void leave_owners(struct transaction *transaction, const struct plan *plan, bool rolled_back)
{
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct step *step = &plan->steps[i];

		if (step->action == ACTION_OWNER)
			memory_put_owner(transaction->memory, plan->targets[step->target].path,
					 rolled_back ? step->undo_value : step->value);
	}
}

int remember_left(struct transaction *transaction, const struct plan *plan, bool rolled_back,
		  struct error *e)
{
	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];

		memory_leave(transaction->memory, target->path,
			     rolled_back ? target->driver : target->new_driver,
			     rolled_back ? target->driver_override : target->new_override);
	}
	leave_types(transaction, plan);
	leave_owners(transaction, plan, rolled_back);
	return memory_save(transaction->memory, transaction->store, e);
}

/* True where the memory has changed. */
static bool remember_function(struct transaction *transaction, const struct target *target,
			      bool rolled_back)
{
	struct arena *arena = transaction->arena;
	struct target before = *target, now;
	const struct remembered *known;
	int found;

	if (!vf_target_is(target) || vf_target_is_new(target))
		return false;
	before.path = vf_target_place(target, arena);
	known = memory_find(transaction->memory, before.path);
	if (!known)
		return false;
	before.inode = known->inode;
	found = vf_target_find(transaction->host->root, target, arena, &now);
	if (rolled_back)
		return found > 0 && memory_follow(transaction->memory, &before, &now);
	if (found > 0 && known->inode && known->inode == now.inode)
		return false;
	report_forgotten(transaction, target->label, "was removed");
	return memory_forget(transaction->memory, before.path);
}

int remember_functions(struct transaction *transaction, const struct plan *plan, bool rolled_back,
		       struct error *e)
{
	bool changed = false;

	for (size_t i = 0; i < plan->target_count; i++)
		changed |= remember_function(transaction, &plan->targets[i], rolled_back);
	return changed ? memory_save(transaction->memory, transaction->store, e) : 0;
}

static struct target target_of_remembered(const struct remembered *known)
{
	return (struct target){
		.label = known->label,
		.bus = known->bus,
		.name = known->name,
		.path = known->path,
		.vendor_id = known->vendor_id,
		.device_id = known->device_id,
		.inode = known->inode,
	};
}

/*
 * Forget a device that has its remembered driver and override, and whose nodes are root's; true
 * where that was done.
 */
static bool forget_if_settled(struct transaction *transaction, const struct target *target,
			      const struct remembered *known)
{
	struct target_look look = look_target(transaction->host->root, target, transaction->arena);

	return !known->owner && look.state == LOOK_CLEAR && same_text(look.driver, known->driver) &&
	       same_text(look.driver_override, known->driver_override) &&
	       memory_forget(transaction->memory, target->path);
}

/* Forget types that groups have again; the device with such a record may be no target. */
static bool forget_types(struct transaction *transaction)
{
	bool changed = false;

	for (const struct remembered *known = transaction->memory->first, *next; known;
	     known = next) {
		const struct target target = target_of_remembered(known);
		const char *now;

		next = known->next;
		if (!known->domain_type)
			continue;
		now = domain_type_read(transaction->host->root, known->path, transaction->arena);
		if (!now || strcmp(now, known->domain_type) != 0)
			continue;
		memory_forget_type(transaction->memory, known->path);
		forget_if_settled(transaction, &target, known);
		changed = true;
	}
	return changed;
}

void forget_settled(struct transaction *transaction, const struct plan *plan)
{
	bool changed = forget_types(transaction);
	struct error ignored;

	for (size_t i = 0; i < plan->target_count; i++) {
		const struct target *target = &plan->targets[i];
		const struct remembered *known = memory_find(transaction->memory, target->path);

		if (known && !known->domain_type)
			changed |= forget_if_settled(transaction, target, known);
	}
	/*
	 * If saving the memory fails, a device stays remembered too long, which does no harm:
	 * restore finds it unchanged.
	 */
	if (changed)
		error_ignore(memory_save(transaction->memory, transaction->store, &ignored));
}

/* Look at the device's place itself: a snapshot leaves out buses where no device has a group. */
static bool is_present(const struct transaction *transaction, const struct remembered *known)
{
	const struct target target = target_of_remembered(known);
	struct target_look look = look_target(transaction->host->root, &target, transaction->arena);

	return look.state != LOOK_GONE && look.state != LOOK_OTHER;
}

/* An interface name of a removed device, "eth0", must not select the device in its place. */
void forget_replaced(struct transaction *transaction, char *const *selectors)
{
	for (; *selectors; selectors++) {
		const char *node = text_after(*selectors, "/dev/");
		const struct remembered *known = memory_find_interface(
			transaction->memory, node ? text_basename(node) : *selectors);

		if (!known || is_present(transaction, known))
			continue;
		report_forgotten(transaction, known->label,
				 "has gone, or another device is in its place");
		memory_forget(transaction->memory, known->path);
	}
}

static bool means(const char *selector, const struct memory *memory, const struct remembered *known)
{
	return strcmp(selector, known->label) == 0 || strcmp(selector, known->name) == 0 ||
	       strcmp(selector, known->path) == 0 ||
	       memory_find_interface(memory, selector) == known;
}

/* The selectors of a command without those that name the device @known, which is forgotten. */
static char *const *selectors_without(struct transaction *transaction, char *const *selectors,
				      const struct remembered *known)
{
	size_t count = 0, kept = 0;
	char **left;

	while (selectors[count])
		count++;
	left = arena_array(transaction->arena, count + 1, sizeof(*left));
	for (size_t i = 0; i < count; i++)
		if (!means(selectors[i], transaction->memory, known))
			left[kept++] = selectors[i];
	return kept == count ? selectors : left;
}

int forget_absent(struct transaction *transaction, char *const **selectors, struct error *e)
{
	struct memory *memory = transaction->memory;
	size_t before = transaction->report->forgotten.count;

	for (const struct remembered *known = memory->first, *next; known; known = next) {
		char *const *left = selectors_without(transaction, *selectors, known);

		next = known->next;
		if ((!transaction->request->all && left == *selectors) ||
		    is_present(transaction, known))
			continue;
		*selectors = left;
		report_forgotten(transaction, known->label,
				 "has gone, or another device is in its place");
		memory_forget(memory, known->path);
	}
	if (transaction->report->forgotten.count == before || transaction->request->dry_run)
		return 0;
	return memory_save(memory, transaction->store, e);
}
