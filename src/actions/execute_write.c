/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The writes of steps and of their undo, and the messages where one fails. */
#include "actions/execute_parts.h"

#include "actions/owner_rule.h"
#include "actions/vf_target.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

const struct target *step_target(const struct journal *journal, const struct step *step)
{
	return step->target < 0 ? NULL : &journal->plan.targets[step->target];
}

int step_owner_is_set(const struct root *root, const struct plan *plan, const struct step *step,
		      const char *rule)
{
	return owner_rule_holds(root, plan->targets[step->target].path, step->file, rule);
}

/* A step in words, for messages: "unbind 0000:01:00.0 from nvme" */
static void describe_step(const struct journal *journal, const struct step *step, bool undo,
			  char *out, size_t size)
{
	const struct target *target = step_target(journal, step);
	const char *label = target ? target->label : "";
	int group = target ? target->group : -1;
	const char *value = undo ? step->undo_value : step->value;
	const char *driver = undo ? step->undo_driver : step->expect_driver;
	char owner[64];

	owner_rule_words(value, owner, sizeof(owner));
	if (step->action == ACTION_LOAD)
		snprintf(out, size, "load the module %s", value);
	else if (step->action == ACTION_VF_AUTOPROBE)
		snprintf(out, size, "switch sriov_drivers_autoprobe of %s to %s", label, value);
	else if (step->action == ACTION_VF_COUNT && strcmp(value, "0") == 0)
		snprintf(out, size, "remove the virtual functions of %s", label);
	else if (step->action == ACTION_VF_COUNT)
		snprintf(out, size, "give %s %s virtual function%s", label, value,
			 strcmp(value, "1") == 0 ? "" : "s");
	else if (step->action == ACTION_DOMAIN)
		snprintf(out, size, "give group %d the type %s", group, value);
	else if (step->action == ACTION_OWNER)
		snprintf(out, size, "give the VFIO nodes of %s to %s", label, owner);
	else if (step->action == ACTION_AUTOPROBE)
		snprintf(out, size, "switch drivers_autoprobe to %s", value);
	else if (step->action == ACTION_REMOVE)
		snprintf(out, size, "remove %s", label);
	else if (step->action == ACTION_RESCAN)
		snprintf(out, size, "search a PCI bus for devices");
	else if (step->action == ACTION_PROBE)
		snprintf(out, size, "bind a driver to %s", label);
	else if (step->action == ACTION_OVERRIDE && !*value)
		snprintf(out, size, "clear driver_override of %s", label);
	else if (step->action == ACTION_OVERRIDE)
		snprintf(out, size, "set driver_override of %s to %s", label, value);
	else if (driver)
		snprintf(out, size, "bind %s to %s", label, driver);
	else
		snprintf(out, size, "unbind %s from %s", label,
			 undo ? step->expect_driver : step->undo_driver);
}

/* The errors of drivers/iommu/iommu.c: iommu_group_store_type */
static const char *words_for_domain(int cause)
{
	switch (cause) {
	case -EPROTO:
		return "the write succeeded, but the kernel gave it another type";
	case -EPERM:
	case -EBUSY: /* up to Linux 6.3 */
		return "a driver or a user of VFIO has a member of it";
	case -EINVAL:
		return "its IOMMU, one of its members or this kernel does not allow that type";
	default:
		return NULL;
	}
}

/* The end of the message of a failed write where strerror would mislead; else NULL. */
static const char *words_for(const struct step *step, int cause)
{
	if (step->action == ACTION_DOMAIN && words_for_domain(cause))
		return words_for_domain(cause);
	if (step->action == ACTION_OWNER && cause == -EPROTO)
		return "udev did not give them away";
	switch (cause) {
	case -EPROTO:
		return "the write succeeded but the device did not change";
	case -ESTALE:
		return "another process has changed their number";
	case -EAGAIN: /* drivers/base/dd.c: device_driver_attach, for -EPROBE_DEFER */
		return "its probe was deferred, as something that it needs is not ready";
	case -ECONNABORTED:
		return "the process that made the write was killed";
	case -ECHILD:
		return "no process could be started to make the write";
	default:
		return NULL;
	}
}

/* bind does not put a device on the kernel's list of deferred devices: no later probe follows. */
static void advise_deferred(const char *label, bool undo, struct error *e)
{
	if (undo)
		error_remedy(e,
			     "\"iommuctl deferred %s\" names the supplier; when that is ready, run "
			     "\"iommuctl recover\"",
			     label);
	else
		error_remedy(e, "\"iommuctl deferred %s\" names the supplier", label);
}

int step_failed(struct execution *execution, const struct step *step, bool undo, int cause,
		struct error *e)
{
	const struct target *target = step_target(execution->journal, step);
	const char *file = undo ? step->undo_file : step->file, *words = words_for(step, cause);
	char what[512];

	describe_step(execution->journal, step, undo, what, sizeof(what));
	error_set(e, undo ? ERROR_UNFINISHED : ERROR_ROLLED_BACK, words ? 0 : cause,
		  "cannot %s%s%s", what, words ? ": " : "", words ? words : "");
	if (cause != -EPROTO)
		e->cause = cause;
	if (target)
		snprintf(e->device, sizeof(e->device), "%s", target->label);
	if (file)
		snprintf(e->evidence, sizeof(e->evidence), "%s", file);
	if (cause == -EAGAIN)
		advise_deferred(e->device, undo, e);
	return cause;
}

/* A write that hangs is left to its process, and recorded in the journal as pending. */
static int note_pending(struct execution *execution, size_t index, bool undo, pid_t pid,
			const char *what, const char *file, struct error *e)
{
	/* Without this record the step is begun and has no end, which recover treats alike. */
	error_ignore(journal_note(execution->journal, index,
				  undo ? STEP_UNDO_PENDING : STEP_PENDING, pid, e));
	error_set(e, ERROR_UNFINISHED, 0,
		  "the kernel has not finished the attempt to %s; process %d waits for it", what,
		  pid);
	if (file)
		snprintf(e->evidence, sizeof(e->evidence), "%s", file);
	error_remedy(e, "End the process that uses the device, then run \"iommuctl recover\": it "
			"also puts driver_override back");
	return -EINPROGRESS;
}

/*
 * The write of a step about a virtual function, with its present address. -ENODEV: it does not
 * exist.
 */
static int find_written_file(struct execution *execution, const struct step *step,
			     struct arena *arena, struct writing *writing)
{
	const struct target *target = step_target(execution->journal, step);
	struct target now;
	int result;

	/* The file of a rule is that of the address which the function had. */
	if (!target || !vf_target_is(target) || writing->action == ACTION_OWNER)
		return 0;
	result = vf_target_find(execution->host->root, target, arena, &now);
	if (result <= 0)
		return result < 0 ? result : -ENODEV;
	if (writing->action == ACTION_OVERRIDE)
		writing->file = arena_concat(arena, now.path, "/", "driver_override");
	else
		writing->value = now.name;
	return 0;
}

/* Make one write for step @index, or for its undo.  @what: "unbind 0000:01:00.0 from nvme" */
int step_write_other(struct execution *execution, size_t index, bool undo,
		     const struct writing *writing, const char *what, struct error *e)
{
	enum { RESET_MS = 200 };
	_autoarena_ struct arena *arena = arena_new();
	struct writing present = *writing;
	char sentence[600];
	pid_t pid = 0;
	int status = find_written_file(execution, &execution->journal->plan.steps[index], arena,
				       &present);

	if (status < 0)
		return status;
	snprintf(sentence, sizeof(sentence), "still waiting for the kernel to %s", what);
	status = writer_write(&execution->writer, &present, sentence, &pid);
	/*
	 * While a group is being reset, a bind fails with EBUSY for a moment (iommu.c:
	 * resetting_domain): retry.
	 */
	if (status == -EBUSY && writing->action == ACTION_BIND) {
		poll(NULL, 0, RESET_MS);
		status = writer_write(&execution->writer, &present, sentence, &pid);
	}
	if (status != -EINPROGRESS)
		return status;
	return note_pending(execution, index, undo, pid, what, present.file, e);
}

/* The action that undoes a step: an unbind for a bind, and the reverse. */
static enum action action_of(const struct step *step, bool undo)
{
	if (!undo || (step->action != ACTION_BIND && step->action != ACTION_UNBIND))
		return step->action;
	return step->action == ACTION_BIND ? ACTION_UNBIND : ACTION_BIND;
}

int step_write(struct execution *execution, size_t index, bool undo, struct error *e)
{
	const struct step *step = &execution->journal->plan.steps[index];
	const struct writing writing = {action_of(step, undo), undo ? step->undo_file : step->file,
					undo ? step->undo_value : step->value};
	char what[512];

	describe_step(execution->journal, step, undo, what, sizeof(what));
	return step_write_other(execution, index, undo, &writing, what, e);
}
