/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The devices that "ids=" of vfio-pci and pci-stub takes: in modprobe.d or on the command line, as
 * libkmod reads them (drivers/vfio/pci/vfio_pci.c: vfio_pci_fill_ids); other modules that claim
 * these devices; and options of VFIO modules that are built in.
 */
#include "base/text.h"
#include "model/pci.h"
#include "model/pci_ids.h"
#include "model/vfio_driver.h"
#include "sources/modules/modules.h"
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

static void claim_by_modules(struct claiming *claiming, const struct module_query *query)
{
	for (size_t i = 0; i < query->count; i++) {
		if (!text_same_module(query->modules[i].name, query->alias))
			continue;
		claiming->module = query->modules[i].name;
		claiming->options = query->modules[i].options;
		claim_by_options(claiming);
	}
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

static void list_builtin_options(struct reading *reading, const struct module_query *queries,
				 size_t count)
{
	struct machine *machine = build_machine(reading->build);
	struct builtin_options *list =
		arena_array(build_arena(reading->build), count, sizeof(*list));

	machine->builtin_options = list;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < queries[i].count; j++) {
			const struct module *module = &queries[i].modules[j];

			if (module->state == MODULE_BUILTIN && module->options &&
			    text_same_module(module->name, queries[i].alias)) {
				list[machine->builtin_option_count++] =
					(struct builtin_options){module->name, module->options};
				break;
			}
		}
}

int source_id_claims(struct reading *reading, struct error *e)
{
	size_t drivers;
	/* The first VFIO driver is the one for any PCI device. */
	struct module_query queries[] = {{.alias = vfio_drivers(&drivers)->name, .in_full = true},
					 {.alias = "pci_stub", .in_full = true},
					 {.alias = "vfio_iommu_type1", .in_full = true},
					 {.alias = "vfio", .in_full = true}};
	/* The drivers among them, which have "ids=", come first. */
	enum { DRIVERS = 2 };
	struct machine *machine = build_machine(reading->build);
	struct claiming claiming = {.reading = reading};
	struct error why = {0};
	int result;

	if (!reading_wants(reading, FACT_PROTECTION))
		return 0;
	result = machine->kernel
			 ? modules_look_up(reading->root, machine->kernel,
					   build_arena(reading->build), queries,
					   ARRAY_SIZE(queries), &why)
			 : modules_without_release(reading->release_cause, RELEASE_FILE, &why);
	if (result < 0) {
		build_source(reading->build, "id_claims", modules_state(result), "%s", why.message);
		return 0;
	}
	for (size_t i = 0; i < DRIVERS; i++)
		claim_by_modules(&claiming, &queries[i]);
	machine->id_claims = claiming.claims;
	machine->id_claim_count = claiming.count;
	list_builtin_options(reading, queries, ARRAY_SIZE(queries));
	if (find_natives(&claiming, &why) < 0)
		reading_partial(reading, "id_claims", 0, "%s", why.message);
	else
		reading_done(reading, "id_claims");
	return 0;
}
