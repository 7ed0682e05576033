/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/cause.h"

#include <inttypes.h>
#include <string.h>

/* Each cause of a supplier has two names: one where it is an IOMMU, one where it is not. */
struct pair {
	enum cause_code iommu, other;
};

static const struct pair not_loaded = {CAUSE_IOMMU_MODULE_NOT_LOADED,
				       CAUSE_SUPPLIER_MODULE_NOT_LOADED};
static const struct pair blacklisted = {CAUSE_IOMMU_MODULE_BLACKLISTED,
					CAUSE_SUPPLIER_MODULE_BLACKLISTED};
static const struct pair no_driver = {CAUSE_IOMMU_NO_DRIVER, CAUSE_SUPPLIER_NO_DRIVER};
static const struct pair disabled = {CAUSE_IOMMU_DISABLED, CAUSE_SUPPLIER_DISABLED};
static const struct pair failed = {CAUSE_IOMMU_PROBE_FAILED, CAUSE_SUPPLIER_PROBE_FAILED};
static const struct pair unknown = {CAUSE_UNKNOWN, CAUSE_UNKNOWN};

struct telling {
	const struct system *system;
	const struct supplier *supplier;
	struct arena *arena;
	const char *name, *remedy;
};

static struct cause tell(const struct telling *telling, struct pair codes, const char *why,
			 const char *evidence)
{
	return (struct cause){
		.code = supplier_is_iommu(telling->supplier) ? codes.iommu : codes.other,
		.kind = telling->supplier->kind,
		.name = telling->name,
		.why = why,
		.evidence = evidence,
	};
}

const struct remark *remark_find(const struct system *system, enum remark_kind kind,
				 const char *device)
{
	const struct remark *found = NULL;

	for (size_t i = 0; i < system->remark_count; i++)
		if (system->remarks[i].kind == kind &&
		    strcmp(system->remarks[i].device, device) == 0)
			found = &system->remarks[i];
	return found;
}

const struct remark *remark_pending(const struct system *system, const struct device *device)
{
	const struct source *list = system_source(system, "devices_deferred");

	/* Where the list was read, "unknown" means that it has the name of two devices. */
	if (device->state != DEVICE_UNKNOWN || !device->driver_known || device->driver ||
	    (list && (list->state == SOURCE_READ || list->state == SOURCE_MALFORMED)))
		return NULL;
	return remark_find(system, REMARK_PENDING, device->name);
}

/* Both are said of an IOMMU that could not be registered: the first has the error. */
static const struct remark *remark_of_failure(const struct system *system,
					      const struct device *device)
{
	const struct remark *remark = remark_find(system, REMARK_PROBE_FAILED, device->name);

	return remark ? remark : remark_find(system, REMARK_IOMMU_FAILED, device->name);
}

static struct cause tell_disabled(struct telling *telling)
{
	const char *node = telling->supplier->firmware_node;

	telling->remedy = arena_printf(
		telling->arena, "Set status = \"okay\" in %s of the devicetree, then reboot.",
		node ? node : telling->name);
	return tell(
		telling, disabled, "firmware says that it is disabled",
		node ? arena_printf(telling->arena, "/sys/firmware/devicetree/base%s/status", node)
		     : NULL);
}

static struct cause tell_module(struct telling *telling, const struct module *module)
{
	struct arena *arena = telling->arena;

	if (!module->blacklisted) {
		telling->remedy = arena_printf(arena, "modprobe %s", module->name);
		return tell(telling, not_loaded,
			    arena_printf(arena, "its driver, the module %s, is not loaded",
					 module->name),
			    arena_printf(arena, "%s/modalias", telling->supplier->device->path));
	}
	telling->remedy = arena_printf(
		arena, "modprobe %s; for every boot, take its blacklist line out of modprobe.d",
		module->name);
	return tell(telling, blacklisted,
		    arena_printf(arena,
				 "its driver, the module %s, is not loaded: it is blacklisted",
				 module->name),
		    "/etc/modprobe.d");
}

static struct cause tell_failed(struct telling *telling, const char *driver)
{
	const struct device *device = telling->supplier->device;
	const struct remark *remark = remark_of_failure(telling->system, device);

	telling->remedy = arena_printf(
		telling->arena,
		"Read the kernel log about %s; once mended: echo %s > /sys/bus/%s/drivers_probe",
		device->name, device->name, device->bus);
	if (remark)
		return tell(telling, failed,
			    arena_printf(telling->arena, "its probe failed: %s", remark->text),
			    "the kernel log");
	return tell(telling, failed,
		    arena_printf(telling->arena,
				 "its driver %s is there and is not bound to it; the log does not "
				 "say why",
				 driver),
		    arena_printf(telling->arena, "%s/driver", device->path));
}

static struct cause tell_no_driver(struct telling *telling)
{
	const struct device *device = telling->supplier->device;

	telling->remedy = arena_printf(
		telling->arena,
		"Boot a kernel that has a driver for %s; if this one has it built in, the kernel "
		"log may say why it was refused.",
		device->probing->modalias);
	return tell(telling, no_driver, "no driver is bound to it, and no module claims it",
		    arena_printf(telling->arena, "%s/modalias", device->path));
}

static struct cause tell_unknown(struct telling *telling)
{
	const struct device *device = telling->supplier->device;
	const struct remark *remark;

	if (!device || !device->driver)
		return tell(telling, unknown, "the kernel has made no device for it", NULL);
	remark = remark_of_failure(telling->system, device);
	telling->remedy =
		arena_printf(telling->arena, "Read the kernel log about %s.", device->name);
	return tell(telling, failed,
		    arena_printf(telling->arena,
				 "its driver %s is bound, and has registered no IOMMU%s%s",
				 device->driver, remark ? ": " : "", remark ? remark->text : ""),
		    remark ? "the kernel log" : "/sys/class/iommu");
}

/* The first that is in the kernel, else the first that may be loaded, else the first. */
static const struct module *best_module(const struct probing *probing)
{
	const struct module *best = NULL;

	for (size_t i = 0; i < probing->module_count; i++) {
		const struct module *module = &probing->modules[i];

		if (module->state != MODULE_NOT_LOADED)
			return module;
		if (!best || (best->blacklisted && !module->blacklisted))
			best = module;
	}
	return best;
}

static struct cause tell_unbound(struct telling *telling)
{
	const struct device *device = telling->supplier->device;
	const struct probing *probing = device ? device->probing : NULL;
	const struct module *module = probing ? best_module(probing) : NULL;

	if (!device)
		return tell_unknown(telling);
	if (module && module->state == MODULE_NOT_LOADED)
		return tell_module(telling, module);
	if (module)
		return tell_failed(telling, module->name);
	if (remark_of_failure(telling->system, device))
		return tell_failed(telling, "");
	if (probing && probing->modules_known)
		return tell_no_driver(telling);
	return tell(telling, unknown,
		    "no driver is bound to it, and which one could be is not known: the index of "
		    "this kernel's modules cannot be read",
		    arena_printf(telling->arena, "%s/driver", device->path));
}

/* Its own probe waits, and nothing that it waits for can be seen. */
static struct cause tell_deferred(struct telling *telling)
{
	const struct device *device = telling->supplier->device;
	const char *reason = device && device->probing ? device->probing->reason : NULL;

	return tell(telling, unknown,
		    reason ? arena_printf(telling->arena, "its own probe is deferred: %s", reason)
			   : "its own probe is deferred; the kernel does not say why",
		    "/sys/kernel/debug/devices_deferred");
}

struct cause cause_of_supplier(const struct system *system, const struct supplier *supplier,
			       struct arena *arena, const char **ret_remedy)
{
	struct telling telling = {
		.system = system,
		.supplier = supplier,
		.arena = arena,
		.name = supplier->device ? supplier->device->label : supplier->name,
	};
	struct cause cause;

	switch (supplier_state(supplier)) {
	case SUPPLIER_DISABLED:
		cause = tell_disabled(&telling);
		break;
	case SUPPLIER_UNBOUND:
		cause = tell_unbound(&telling);
		break;
	case SUPPLIER_DEFERRED:
		cause = tell_deferred(&telling);
		break;
	case SUPPLIER_ABSENT:
		cause = tell(&telling, (struct pair){CAUSE_SUPPLIER_ABSENT, CAUSE_SUPPLIER_ABSENT},
			     "nothing of that name exists", supplier->source);
		break;
	default:
		cause = tell_unknown(&telling);
		break;
	}
	*ret_remedy = telling.remedy;
	return cause;
}
