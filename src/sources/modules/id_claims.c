/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices that "ids=" of vfio-pci and pci-stub takes: in modprobe.d or on the command line, as
 * libkmod reads them (drivers/vfio/pci/vfio_pci.c: vfio_pci_fill_ids); other modules that claim
 * these devices; and options of VFIO modules that are built in.
 */
#include "sources/modules/id_claims.h"
#include "base/text.h"
#include "model/pci.h"
#include "model/pci_ids.h"
#include "model/vfio_driver.h"
#include "sources/modules/modules_asked.h"
#include "sources/sources.h"

/* The options of one module, and which devices its entries match. */
struct claiming {
	struct reading *reading;
	const char *module, *options;
	struct id_claim *claims;
	size_t count, room;
};

static void add_id_claim(struct claiming *claiming, struct span entry, const struct device *device)
{
	struct arena *arena = build_arena(claiming->reading->build);

	claiming->claims = arena_grow(arena, claiming->claims, claiming->count, &claiming->room,
				      sizeof(*claiming->claims));
	claiming->claims[claiming->count++] = (struct id_claim){
		.module = claiming->module,
		.entry = arena_text(arena, entry.start, entry.length),
		.device = device,
	};
}

static bool is_claimed(const struct claiming *claiming, size_t from, struct span entry)
{
	for (size_t i = from; i < claiming->count; i++)
		if (span_is(entry, claiming->claims[i].entry))
			return true;
	return false;
}

static void claim_by_options(struct claiming *claiming)
{
	struct build *build = claiming->reading->build;
	const char *at = pci_ids_start(claiming->options);
	size_t from = claiming->count;
	struct span entry;

	for (size_t i = 0; at && i < build_device_count(build); i++) {
		const struct device *device = build_device_at(build, i);
		const char *modalias = device_is_pci(device)
					       ? modules_modalias(claiming->reading->root,
								  build_arena(build), device->path)
					       : NULL;

		entry = modalias ? pci_ids_claim(claiming->options, modalias) : (struct span){0};
		if (entry.length)
			add_id_claim(claiming, entry, device);
	}
	while (pci_ids_next(&at, &entry))
		if (!is_claimed(claiming, from, entry))
			add_id_claim(claiming, entry, NULL);
}

static void claim_by_module(struct claiming *claiming, const struct module *module)
{
	claiming->module = module->name;
	claiming->options = module->options;
	claim_by_options(claiming);
}

/* Whether libkmod loads @module before a module. */
static bool is_loaded_after(const struct module *other, const char *module)
{
	for (size_t i = 0; i < other->need_count; i++)
		if (text_same_module(other->needs[i], module))
			return true;
	return false;
}

static void find_native(struct id_claim *claim, const struct module_query *query)
{
	claim->native_known = true;
	for (size_t i = 0; i < query->count && !claim->native; i++) {
		const struct module *module = &query->modules[i];

		if (module->blacklisted || text_same_module(module->name, claim->module) ||
		    is_loaded_after(module, claim->module))
			continue;
		claim->native = module->name;
		claim->native_builtin = module->state == MODULE_BUILTIN;
	}
}

/* Look up the modules of all claimed devices, which few machines have. */
static int find_natives(struct claiming *claiming, struct error *e)
{
	struct build *build = claiming->reading->build;
	_autoarena_ struct arena *scratch = arena_new();
	struct module_query *queries = arena_array(scratch, claiming->count, sizeof(*queries));
	struct id_claim **claims = arena_array(scratch, claiming->count, sizeof(*claims));
	size_t count = 0;
	int result;

	for (size_t i = 0; i < claiming->count; i++) {
		const struct device *device = claiming->claims[i].device;
		const char *modalias = device ? modules_modalias(claiming->reading->root,
								 build_arena(build), device->path)
					      : NULL;

		if (!modalias)
			continue;
		claims[count] = &claiming->claims[i];
		queries[count++] = (struct module_query){.alias = modalias, .in_full = true};
	}
	if (!count)
		return 0;
	result = modules_look_up(claiming->reading->root, build_machine(build)->kernel,
				 build_arena(build), queries, count, e);
	for (size_t i = 0; result == 0 && i < count; i++)
		find_native(claims[i], &queries[i]);
	return result;
}

const char *id_claims_module(size_t index)
{
	static const char *const others[] = {"pci_stub", "vfio_iommu_type1", "vfio"};
	size_t drivers;

	/* The first VFIO driver is the one for any PCI device. */
	return index ? others[index - 1] : vfio_drivers(&drivers)->name;
}

static void note_claiming_module(struct claiming *claiming, const struct module *module,
				 bool is_driver, struct builtin_options *list)
{
	struct machine *machine = build_machine(claiming->reading->build);

	if (is_driver)
		claim_by_module(claiming, module);
	if (module->state == MODULE_BUILTIN && module->options)
		list[machine->builtin_option_count++] =
			(struct builtin_options){module->name, module->options};
}

static void look_at_modules_named(struct claiming *claiming, const struct modules_asked *found)
{
	struct build *build = claiming->reading->build;
	struct builtin_options *list =
		arena_array(build_arena(build), ID_CLAIMS_MODULES, sizeof(*list));

	build_machine(build)->builtin_options = list;
	for (size_t i = 0; i < ID_CLAIMS_MODULES; i++) {
		const struct module *module = modules_asked_named(found, id_claims_module(i));

		if (module)
			note_claiming_module(claiming, module, i < ID_CLAIMS_DRIVERS, list);
	}
}

int source_id_claims(struct reading *reading, struct error *e)
{
	struct machine *machine = build_machine(reading->build);
	struct claiming claiming = {.reading = reading};
	const struct modules_asked *found;
	struct error why = {0};

	if (!reading_wants(reading, FACT_PROTECTION))
		return 0;
	found = modules_ask(reading);
	if (found->result < 0) {
		modules_asked_report(reading, "id_claims");
		return 0;
	}
	look_at_modules_named(&claiming, found);
	machine->id_claims = claiming.claims;
	machine->id_claim_count = claiming.count;
	if (find_natives(&claiming, &why) < 0)
		reading_partial(reading, "id_claims", 0, "%s", why.message);
	else
		reading_done(reading, "id_claims");
	return 0;
}
