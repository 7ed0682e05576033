/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dmar.h"
#include "support/acpi.h"
#include "support/check.h"
#include "support/dmar_table.h"

#include <inttypes.h>

/* A path such as "00:1c.0 03:00.0"; it is valid until the next call. */
static struct pci_path at(uint32_t segment, const char *way)
{
	static struct pci_hop hops[8];
	struct pci_path path = {.segment = segment, .hops = hops};
	unsigned bus, device, function;

	for (int used = 0; sscanf(way, "%x:%x.%x%n", &bus, &device, &function, &used) == 3;
	     way += used)
		hops[path.depth++] =
			(struct pci_hop){(uint8_t)bus, (uint8_t)device, (uint8_t)function};
	return path;
}

static uint64_t base_of(const struct dmar *dmar, uint32_t segment, const char *way)
{
	struct pci_path path = at(segment, way);
	const struct dmar_unit *unit = dmar_find_unit(dmar, &path);

	return unit ? unit->base : 0;
}

static void an_endpoint_scope_covers_the_device_alone(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_PLAIN);
	struct dmar dmar;

	dmar_add_scope(&blob, start, DMAR_SCOPE_ENDPOINT, 0, 0, "2.0");
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(base_of(&dmar, 0, "00:02.0"), 0x1000);
	assert_int_equal(base_of(&dmar, 0, "00:02.1"), 0);
	assert_int_equal(base_of(&dmar, 0, "00:03.0"), 0);
	assert_int_equal(base_of(&dmar, 0, "00:02.0 01:00.0"), 0);
	assert_int_equal(base_of(&dmar, 1, "00:02.0"), 0);
}

static void a_bridge_scope_covers_all_below(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_PLAIN);
	struct dmar dmar;

	dmar_add_scope(&blob, start, DMAR_SCOPE_BRIDGE, 0, 0, "1c.0/0.0");
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(base_of(&dmar, 0, "00:1c.0"), 0);
	assert_int_equal(base_of(&dmar, 0, "00:1c.0 03:00.0"), 0x1000);
	assert_int_equal(base_of(&dmar, 0, "00:1c.0 03:00.0 04:05.0"), 0x1000);
	assert_int_equal(base_of(&dmar, 0, "00:1c.0 03:00.0 04:05.0 05:00.0"), 0x1000);
	assert_int_equal(base_of(&dmar, 0, "00:1c.0 03:01.0 06:05.0"), 0);
}

static void a_unit_that_includes_all_takes_the_rest_of_its_segment(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start;
	struct dmar dmar;

	dmar_add_unit(&blob, 0, 0x1000, DMAR_INCLUDE_ALL);
	start = dmar_add_unit(&blob, 0, 0x2000, DMAR_PLAIN);
	dmar_add_scope(&blob, start, DMAR_SCOPE_ENDPOINT, 0, 0, "2.0");
	dmar_add_unit(&blob, 1, 0x3000, DMAR_INCLUDE_ALL);
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(base_of(&dmar, 0, "00:02.0"), 0x2000);
	assert_int_equal(base_of(&dmar, 0, "00:04.0"), 0x1000);
	assert_int_equal(base_of(&dmar, 1, "00:02.0"), 0x3000);
	assert_int_equal(base_of(&dmar, 2, "00:02.0"), 0);
	assert_int_equal(base_of(&dmar, 0x10000, "00:02.0"), 0);
}

static void the_last_unit_wins_where_two_cover_a_device(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_PLAIN);
	struct dmar dmar;

	dmar_add_scope(&blob, start, DMAR_SCOPE_ENDPOINT, 0, 0, "1c.0/0.0");
	start = dmar_add_unit(&blob, 0, 0x2000, DMAR_PLAIN);
	dmar_add_scope(&blob, start, DMAR_SCOPE_BRIDGE, 0, 0, "1c.0");
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(base_of(&dmar, 0, "00:1c.0 03:00.0"), 0x2000);
}

static void a_path_of_one_step_may_start_at_the_devices_own_bus(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_PLAIN);
	struct dmar dmar;

	dmar_add_scope(&blob, start, DMAR_SCOPE_ENDPOINT, 0, 3, "0.0");
	dmar_add_scope(&blob, start, DMAR_SCOPE_ENDPOINT, 0, 4, "1.0/0.0");
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(base_of(&dmar, 0, "00:1c.0 03:00.0"), 0x1000);
	assert_int_equal(base_of(&dmar, 0, "00:1d.0 04:01.0 05:00.0"), 0);
}

static void an_endpoint_scope_on_a_bridge_covers_nothing_below(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_PLAIN);
	struct dmar dmar;

	dmar_add_scope(&blob, start, DMAR_SCOPE_ENDPOINT, 0, 0, "1c.0");
	dmar_add_scope(&blob, start, DMAR_SCOPE_IOAPIC, 0, 0, "1c.0");
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(base_of(&dmar, 0, "00:1c.0 03:00.0"), 0);
}

static void a_second_unit_at_the_same_address_is_dropped(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	struct dmar dmar;

	dmar_add_unit(&blob, 0, 0x1000, DMAR_PLAIN);
	dmar_add_unit(&blob, 0, 0x1000, DMAR_INCLUDE_ALL);
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(dmar.unit_count, 1);
	assert_int_equal(base_of(&dmar, 0, "00:02.0"), 0);
	assert_int_equal(dmar.notes.count, 1);
}

static void reserved_memory_has_the_scopes_of_its_devices(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_memory(&blob, 0, 0x10000, 0x1ffff);
	struct dmar dmar;

	dmar_add_scope(&blob, start, DMAR_SCOPE_ENDPOINT, 0, 0, "14.0");
	dmar_add_scope(&blob, start, DMAR_SCOPE_BRIDGE, 0, 0, "1c.0");
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(dmar.memory[0].limit, 0x1ffff);
	assert_int_equal(dmar.memory[0].scopes.count, 2);
	assert_int_equal(dmar.memory[0].scopes.list[1].path[0].device, 0x1c);
}

static void a_namespace_device_is_found_by_its_path(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_INCLUDE_ALL);
	const struct dmar_unit *found;
	uint16_t source = 0;
	struct dmar dmar;

	dmar_add_scope(&blob, start, DMAR_SCOPE_NAMESPACE, 7, 0xf0, "1f.3");
	dmar_add_named(&blob, 6, "\\_SB.PCI0.I2C0");
	dmar_add_named(&blob, 7, "\\_SB.PCI0.I2C1");
	dmar = dmar_parsed(&blob, arena);
	found = dmar_find_named(&dmar, "\\_SB_.PCI0.I2C1", &source);
	assert_non_null(found);
	assert_int_equal(found->base, 0x1000);
	assert_int_equal(source, 0xf0fb);
	assert_null(dmar_find_named(&dmar, "\\_SB_.PCI0.I2C0", &source));
	assert_null(dmar_find_named(&dmar, "\\_SB_.PCI0", &source));
	assert_null(dmar_find_named(&dmar, "\\_SB_.PCI0.I2C1.X", &source));
}

static void a_structure_of_length_0_ends_the_table(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	struct dmar dmar;

	dmar_add_unit(&blob, 0, 0x1000, DMAR_INCLUDE_ALL);
	blob_u32(&blob, 0);
	dmar_add_unit(&blob, 0, 0x2000, DMAR_PLAIN);
	dmar = dmar_parsed(&blob, arena);
	assert_int_equal(dmar.unit_count, 1);
	assert_int_equal(dmar.notes.list[0].offset, 64);
}

static void more_units_than_the_kernel_takes_are_refused(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	struct error error = {0};
	struct dmar dmar;

	for (uint64_t i = 1; i <= DMAR_UNITS_MAX + 1; i++)
		dmar_add_unit(&blob, 0, i << 12, DMAR_PLAIN);
	blob_finish(&blob);
	assert_true(dmar_parse(blob.bytes, blob.length, arena, &dmar, &error) < 0);
	assert_string_equal(error.message, "DMAR: there are more than 1024 units");
}

static void print_scopes(const struct dmar_scopes *scopes, FILE *out)
{
	for (size_t i = 0; i < scopes->count; i++) {
		const struct dmar_scope *scope = &scopes->list[i];

		fprintf(out, "  scope type %u number %u bus %02x path", scope->type,
			scope->enumeration_id, scope->bus);
		for (size_t j = 0; j < scope->depth; j++)
			fprintf(out, " %02x.%x", scope->path[j].device, scope->path[j].function);
		fputc('\n', out);
	}
}

static void print_dmar(const void *data, size_t size, FILE *out)
{
	_autoarena_ struct arena *arena = arena_new();
	struct error error = {0};
	struct dmar dmar;

	if (dmar_parse(data, size, arena, &dmar, &error) < 0) {
		fprintf(out, "refused: %s\n", error.message);
		return;
	}
	fprintf(out, "%u bits%s\n", dmar.address_width,
		dmar.interrupt_remapping ? ", remaps interrupts" : "");
	for (size_t i = 0; i < dmar.unit_count; i++) {
		fprintf(out, "0x%x unit segment %u base 0x%" PRIx64 "%s\n", dmar.units[i]->offset,
			dmar.units[i]->segment, dmar.units[i]->base,
			dmar.units[i]->include_all ? " all" : "");
		print_scopes(&dmar.units[i]->scopes, out);
	}
	for (size_t i = 0; i < dmar.memory_count; i++) {
		fprintf(out, "0x%x memory segment %u 0x%" PRIx64 "-0x%" PRIx64 "\n",
			dmar.memory[i].offset, dmar.memory[i].segment, dmar.memory[i].base,
			dmar.memory[i].limit);
		print_scopes(&dmar.memory[i].scopes, out);
	}
	for (size_t i = 0; i < dmar.named_count; i++)
		fprintf(out, "0x%x named %u %s\n", dmar.named[i].offset, dmar.named[i].number,
			dmar.named[i].path);
	for (size_t i = 0; i < dmar.notes.count; i++)
		fprintf(out, "note 0x%x: %s\n", dmar.notes.list[i].offset, dmar.notes.list[i].text);
}

static void good_tables_give_their_facts(void **state)
{
	tables_check("good/dmar-*.aml", print_dmar);
}

static void bad_tables_are_refused_with_their_reason(void **state)
{
	tables_check("bad/dmar-*.aml", print_dmar);
}

static void reserved_memory_that_is_empty_or_not_aligned_is_noted(void **state)
{
	static const struct {
		uint64_t base, limit;
		size_t notes;
	} rows[] = {
		{0x1000, 0x1fff, 0},
		{0x1001, 0x1fff, 1},
		{0x1000, 0x1ffe, 1},
		{0x2000, 0x1fff, 1},
	};
	_autoarena_ struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct blob blob = dmar_empty();
		struct dmar dmar;

		dmar_add_unit(&blob, 0, 0x1000, DMAR_INCLUDE_ALL);
		dmar_add_scope(&blob, dmar_add_memory(&blob, 0, rows[i].base, rows[i].limit), 1, 0,
			       0, "02.0");
		dmar = dmar_parsed(&blob, arena);
		assert_int_equal(dmar.memory_count, 1);
		assert_int_equal(dmar.notes.count, rows[i].notes);
	}
}

static void names_of_a_path_are_compared_without_case_and_padding(void **state)
{
	static const struct {
		const char *table, *name;
		bool same;
	} rows[] = {
		{"\\_SB.PCI0", "\\_sb_.pci0", true},   {"\\____.PCI0", "\\_.PCI0", true},
		{"\\_SB_.PCI0", "\\_SB_.PCI1", false}, {"\\_SB_.PCI0", "\\_SC_.PCI0", false},
		{"_SB_.PCI0", "\\_SB_.PCI0", true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_autoarena_ struct arena *arena = arena_new();
		struct blob blob = dmar_empty();
		uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_INCLUDE_ALL);
		uint16_t source;
		struct dmar dmar;

		dmar_add_scope(&blob, start, DMAR_SCOPE_NAMESPACE, 7, 0, "1f.3");
		dmar_add_named(&blob, 7, rows[i].table);
		dmar = dmar_parsed(&blob, arena);
		assert_int_equal(dmar_find_named(&dmar, rows[i].name, &source) != NULL,
				 rows[i].same);
	}
}

static void a_namespace_scope_counts_with_its_number_and_a_path(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_INCLUDE_ALL);
	const struct dmar_unit *found;
	uint16_t source = 0;
	struct dmar dmar;

	/* In the order of the table: an HPET of that number, another device, no path. */
	dmar_add_scope(&blob, start, DMAR_SCOPE_HPET, 7, 0, "1f.0");
	dmar_add_scope(&blob, start, DMAR_SCOPE_NAMESPACE, 8, 0, "1f.1");
	dmar_add_scope(&blob, start, DMAR_SCOPE_NAMESPACE, 7, 0, "");
	start = dmar_add_unit(&blob, 1, 0x2000, DMAR_INCLUDE_ALL);
	dmar_add_scope(&blob, start, DMAR_SCOPE_NAMESPACE, 7, 0, "1f.3");
	dmar_add_named(&blob, 7, "\\_SB.I2C0");
	dmar = dmar_parsed(&blob, arena);
	found = dmar_find_named(&dmar, "\\_SB.I2C0", &source);
	assert_non_null(found);
	assert_int_equal(found->base, 0x2000);
	assert_int_equal(source, 0xfb);
}

static void a_scope_of_a_type_that_is_not_defined_covers_nothing_and_is_noted(void **state)
{
	static const uint8_t types[] = {0, 6};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		_autoarena_ struct arena *arena = arena_new();
		struct blob blob = dmar_empty();
		uint32_t start = dmar_add_unit(&blob, 0, 0x1000, DMAR_PLAIN);
		struct dmar dmar;

		dmar_add_scope(&blob, start, types[i], 0, 0, "2.0");
		dmar = dmar_parsed(&blob, arena);
		assert_int_equal(base_of(&dmar, 0, "00:02.0"), 0);
		assert_int_equal(dmar.notes.count, 1);
	}
}

static void reserved_memory_with_a_broken_scope_is_refused(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	struct blob blob = dmar_empty();
	uint32_t start = dmar_add_memory(&blob, 0, 0x1000, 0x1fff);
	struct error error = {0};
	struct dmar dmar;

	dmar_add_scope(&blob, start, DMAR_SCOPE_ENDPOINT, 0, 0, "2.0");
	blob_set(&blob, start + 25U, 1, 40);
	blob_finish(&blob);
	assert_true(dmar_parse(blob.bytes, blob.length, arena, &dmar, &error) < 0);
	assert_string_equal(error.message, "DMAR: the scope at offset 0x48 leaves its structure");
}

UNIT(dmar)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_endpoint_scope_covers_the_device_alone),
		cmocka_unit_test(a_bridge_scope_covers_all_below),
		cmocka_unit_test(a_unit_that_includes_all_takes_the_rest_of_its_segment),
		cmocka_unit_test(the_last_unit_wins_where_two_cover_a_device),
		cmocka_unit_test(a_path_of_one_step_may_start_at_the_devices_own_bus),
		cmocka_unit_test(an_endpoint_scope_on_a_bridge_covers_nothing_below),
		cmocka_unit_test(a_second_unit_at_the_same_address_is_dropped),
		cmocka_unit_test(reserved_memory_has_the_scopes_of_its_devices),
		cmocka_unit_test(a_namespace_device_is_found_by_its_path),
		cmocka_unit_test(a_structure_of_length_0_ends_the_table),
		cmocka_unit_test(more_units_than_the_kernel_takes_are_refused),
		cmocka_unit_test(good_tables_give_their_facts),
		cmocka_unit_test(bad_tables_are_refused_with_their_reason),
		cmocka_unit_test(reserved_memory_that_is_empty_or_not_aligned_is_noted),
		cmocka_unit_test(names_of_a_path_are_compared_without_case_and_padding),
		cmocka_unit_test(a_namespace_scope_counts_with_its_number_and_a_path),
		cmocka_unit_test(a_scope_of_a_type_that_is_not_defined_covers_nothing_and_is_noted),
		cmocka_unit_test(reserved_memory_with_a_broken_scope_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
