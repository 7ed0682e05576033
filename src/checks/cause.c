/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/cause.h"

#include "model/modalias.h"
#include "model/nameless.h"
#include "model/remark_index.h"

#include <inttypes.h>
#include <string.h>

/* Each cause of a supplier has two codes: one for an IOMMU, one for other suppliers. */
struct code_pair {
	enum finding_code iommu, other;
};

static const struct code_pair not_loaded = {CODE_IOMMU_MODULE_NOT_LOADED,
					    CODE_SUPPLIER_MODULE_NOT_LOADED};
static const struct code_pair blacklisted = {CODE_IOMMU_MODULE_BLACKLISTED,
					     CODE_SUPPLIER_MODULE_BLACKLISTED};
static const struct code_pair no_driver = {CODE_IOMMU_NO_DRIVER, CODE_SUPPLIER_NO_DRIVER};
static const struct code_pair disabled = {CODE_IOMMU_DISABLED, CODE_SUPPLIER_DISABLED};
static const struct code_pair failed = {CODE_IOMMU_PROBE_FAILED, CODE_SUPPLIER_PROBE_FAILED};
static const struct code_pair absent = {CODE_SUPPLIER_ABSENT, CODE_SUPPLIER_ABSENT};
static const struct code_pair unknown = {CODE_UNKNOWN, CODE_UNKNOWN};

/* The last supplier of a chain, which the root cause is about. */
struct culprit {
	const struct system *system;
	const struct supplier *supplier;
	struct arena *arena;
	const char *name;
};

static struct cause cause_with(const struct culprit *culprit, struct code_pair codes,
			       const char *message, const char *evidence, const char *remedy)
{
	return (struct cause){
		.kind = culprit->supplier->kind,
		.finding =
			{
				.code = supplier_is_iommu(culprit->supplier) ? codes.iommu
									     : codes.other,
				.subject = culprit->name,
				.message = message,
				.evidence = evidence,
				.remedy = remedy,
			},
	};
}

const struct remark *remark_find(const struct system *system, enum remark_kind kind,
				 const char *device)
{
	return remark_index_find(system->remarks, system->remark_count, kind, device);
}

bool log_is_whole(const struct system *system)
{
	const struct source *log = system_source(system, "log");

	return !log || log->state == SOURCE_READ;
}

const struct remark *remark_pending(const struct system *system, const struct device *device)
{
	const struct source *list = system_source(system, "devices_deferred");

	/*
	 * If devices_deferred was read, a device's state is unknown only where two devices have the
	 * same name: the list is then partial.
	 */
	if (device->state != DEVICE_UNKNOWN || !device->driver_known || device->driver ||
	    (list && (list->state == SOURCE_READ || list->state == SOURCE_PARTIAL)))
		return NULL;
	return remark_find(system, REMARK_PENDING, device->name);
}

/*
 * The log line about an IOMMU that could not be registered. Of the two kinds of line, the first has
 * the errno.
 */
static const struct remark *remark_of_failure(const struct system *system,
					      const struct device *device)
{
	const struct remark *remark = remark_find(system, REMARK_PROBE_FAILED, device->name);

	return remark ? remark : remark_find(system, REMARK_IOMMU_FAILED, device->name);
}

static struct cause cause_disabled(const struct culprit *culprit)
{
	const char *node = culprit->supplier->firmware_node;
	struct arena *arena = culprit->arena;

	return cause_with(
		culprit, disabled, "firmware says that it is disabled",
		node ? arena_printf(arena, "/sys/firmware/devicetree/base%s/status", node) : NULL,
		arena_printf(arena, "Set status = \"okay\" in %s of the devicetree, then reboot.",
			     node ? node : culprit->name));
}

static struct cause cause_not_loaded(const struct culprit *culprit, const struct module *module)
{
	struct arena *arena = culprit->arena;

	if (!module->blacklisted)
		return cause_with(
			culprit, not_loaded,
			arena_printf(arena, "its driver, the module %s, is not loaded",
				     module->name),
			arena_printf(arena, "%s/modalias", culprit->supplier->device->path),
			arena_printf(arena, "modprobe %s", module->name));
	return cause_with(
		culprit, blacklisted,
		arena_printf(arena, "its driver, the module %s, is not loaded: it is blacklisted",
			     module->name),
		"/etc/modprobe.d",
		arena_printf(arena,
			     "modprobe %s; for every boot, take its blacklist line out of "
			     "modprobe.d",
			     module->name));
}

static struct cause cause_probe_failed(const struct culprit *culprit, const char *driver)
{
	const struct device *device = culprit->supplier->device;
	const struct remark *remark = remark_of_failure(culprit->system, device);
	struct arena *arena = culprit->arena;
	const char *remedy =
		arena_printf(arena,
			     "Read the kernel log about %s; once its fault is corrected: echo %s > "
			     "/sys/bus/%s/drivers_probe",
			     device->name, device->name, device->bus);

	if (remark)
		return cause_with(culprit, failed,
				  arena_printf(arena, "its probe failed: %s", remark->text),
				  "the kernel log", remedy);
	return cause_with(culprit, failed,
			  arena_printf(arena,
				       "its driver %s is registered and not bound to it; the "
				       "kernel log has no reason",
				       driver),
			  arena_printf(arena, "%s/driver", device->path), remedy);
}

static struct cause cause_no_driver(const struct culprit *culprit)
{
	const struct device *device = culprit->supplier->device;

	return cause_with(
		culprit, no_driver, "no driver is bound to it, and no module claims it",
		arena_printf(culprit->arena, "%s/modalias", device->path),
		arena_printf(culprit->arena,
			     "Boot a kernel that has a driver for %s; if the running kernel has it "
			     "built in, the kernel log may have the reason.",
			     modalias_words(device->probing->modalias, culprit->arena)));
}

/* The device is bound, and the part of it that is waited for, such as a memory cell, is not there.
 */
static struct cause cause_part_missing(const struct culprit *culprit)
{
	const struct device *device = culprit->supplier->device;

	return cause_with(culprit, unknown,
			  arena_printf(culprit->arena,
				       "its driver %s is bound, and has not created %s",
				       device->driver, culprit->supplier->firmware_node),
			  "/sys/kernel/debug/devices_deferred",
			  arena_printf(culprit->arena,
				       "Read the kernel log about %s: a module for that part of it "
				       "may not be loaded.",
				       device->name));
}

/*
 * True for an IOMMU of which firmware gives no name, and whose device was not found: whether it
 * exists is unknown.
 */
static bool has_address_alone(const struct supplier *supplier)
{
	const struct iommu_traits *traits = iommu_traits(iommu_kind_of_instance(supplier->name));

	return supplier_is_iommu(supplier) && !supplier->device && !supplier->firmware_node &&
	       traits->class_prefix && strstr(supplier->name, "0x");
}

/* The kind of an IOMMU that is not registered, by a stream that firmware gives it. */
static enum iommu_kind kind_of_iommu(const struct culprit *culprit)
{
	const struct system *system = culprit->system;

	for (size_t i = 0; supplier_is_iommu(culprit->supplier) && i < system->stream_count; i++)
		if (system->streams[i].iommu_name &&
		    strcmp(system->streams[i].iommu_name, culprit->supplier->name) == 0)
			return system->streams[i].iommu_kind;
	return IOMMU_KIND_UNKNOWN;
}

/* A driver that makes the device itself is no module. */
static struct cause cause_own_device(const struct culprit *culprit,
				     const struct iommu_traits *traits)
{
	return cause_with(
		culprit, no_driver,
		arena_printf(culprit->arena,
			     "its driver %s, which makes its device itself, is not in this kernel",
			     traits->driver),
		arena_printf(culprit->arena, "/sys/bus/%s/devices/%s", traits->bus,
			     traits->only_device),
		arena_printf(culprit->arena, "Boot a kernel that has the driver %s built in.",
			     traits->driver));
}

/* The cause where no device of the supplier is known. */
static struct cause cause_no_device(const struct culprit *culprit)
{
	const struct supplier *supplier = culprit->supplier;
	const struct iommu_traits *traits = iommu_traits(kind_of_iommu(culprit));
	const struct remark *remark;

	if (traits->only_device)
		return cause_own_device(culprit, traits);
	if (!has_address_alone(supplier))
		return cause_with(culprit, unknown, "the kernel has created no device for it", NULL,
				  NULL);
	remark = nameless_failed_probe(culprit->system, supplier->name);
	if (!remark)
		return cause_with(
			culprit, unknown,
			"which device it is, is unknown: firmware gives its address alone",
			"/proc/iomem", NULL);
	return cause_with(
		culprit, failed, arena_printf(culprit->arena, "its probe failed: %s", remark->text),
		"the kernel log",
		arena_printf(culprit->arena, "Read the kernel log about %s.", remark->device));
}

/*
 * The cause where the supplier has no device, or its device is bound and did not register an IOMMU.
 */
static struct cause cause_unregistered(const struct culprit *culprit)
{
	const struct device *device = culprit->supplier->device;
	const struct remark *remark;

	if (!device || !device->driver)
		return cause_no_device(culprit);
	if (!supplier_is_iommu(culprit->supplier))
		return cause_part_missing(culprit);
	remark = remark_of_failure(culprit->system, device);
	return cause_with(
		culprit, failed,
		arena_printf(culprit->arena,
			     "its driver %s is bound, and has registered no IOMMU%s%s",
			     device->driver, remark ? ": " : "", remark ? remark->text : ""),
		remark ? "the kernel log" : "/sys/class/iommu",
		arena_printf(culprit->arena, "Read the kernel log about %s.", device->name));
}

/*
 * The module to load: the first that is built in or loaded, else the first that may be loaded, else
 * the first.
 */
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

static struct cause cause_unbound(const struct culprit *culprit)
{
	const struct device *device = culprit->supplier->device;
	const struct probing *probing = device ? device->probing : NULL;
	const struct module *module = probing ? best_module(probing) : NULL;

	if (!device)
		return cause_unregistered(culprit);
	if (module && module->state == MODULE_NOT_LOADED)
		return cause_not_loaded(culprit, module);
	if (module)
		return cause_probe_failed(culprit, module->name);
	if (remark_of_failure(culprit->system, device))
		return cause_probe_failed(culprit, "");
	if (probing && probing->modules_known)
		return cause_no_driver(culprit);
	return cause_with(culprit, unknown,
			  "no driver is bound to it, and its driver is unknown: the module index "
			  "of this kernel cannot be read",
			  arena_printf(culprit->arena, "%s/driver", device->path), NULL);
}

/* The cause where the supplier's own probe is deferred and all its known suppliers are ready. */
static struct cause cause_deferred(const struct culprit *culprit)
{
	const struct device *device = culprit->supplier->device;
	const char *reason = device && device->probing ? device->probing->reason : NULL;

	return cause_with(
		culprit, unknown,
		reason ? arena_printf(culprit->arena, "its own probe is deferred: %s", reason)
		       : "its own probe is deferred; the kernel does not say why",
		"/sys/kernel/debug/devices_deferred", NULL);
}

struct cause cause_of_supplier(const struct system *system, const struct supplier *supplier,
			       struct arena *arena)
{
	const struct culprit culprit = {
		.system = system,
		.supplier = supplier,
		.arena = arena,
		.name = supplier->device ? supplier->device->label : supplier->name,
	};

	if (registration_failed(system, supplier))
		return cause_of_registration(system, supplier, arena);
	switch (supplier_state(supplier)) {
	case SUPPLIER_DISABLED:
		return cause_disabled(&culprit);
	case SUPPLIER_UNBOUND:
		return cause_unbound(&culprit);
	case SUPPLIER_DEFERRED:
		return cause_deferred(&culprit);
	case SUPPLIER_ABSENT:
		return cause_with(&culprit, absent, "nothing of that name exists", supplier->source,
				  NULL);
	default:
		return cause_unregistered(&culprit);
	}
}
