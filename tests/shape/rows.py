#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""rows.py PROJECT - each command with modprobe in a message, and each rule of a kernel version, has a row here.

A row names the tests in tests/unit that show it. For modprobe these tell a module that can be loaded from one that is
loaded or built in already, for which modprobe does nothing, or they show that the message is never printed for such a
module. A kernel version is compared in model/kernel_release.c alone; a row is a feature of its table.
"""
import pathlib
import re
import sys

LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*(?:PRI\w+\s*)?"(?:[^"\\\n]|\\.)*")*')
# file: {a part of the literal: the tests, as FILE:FUNCTION}
MODPROBE = {
    # Only a module that is not loaded is a cause; a loaded one that did not bind is a failed probe.
    "checks/cause.c": {
        "modprobe %s": ["cause_supplier:a_module_that_is_not_blacklisted_is_the_one_to_load",
                        "cause_supplier:a_module_that_is_loaded_did_not_take_it",
                        "cause_supplier:without_any_module_no_driver_of_this_kernel_is_for_it"],
        "take its blacklist line": ["cause_supplier:the_first_of_modules_that_are_all_blacklisted_counts"],
    },
    "checks/stuck.c": {
        "clear the override": ["doctor_devices:an_override_needs_its_driver"],
        "modprobe ": ["id_claims:a_device_whose_module_is_not_loaded_is_a_note"],
    },
    "checks/will_work_device.c": {
        "%s: modprobe %s %s": ["will_work_versions:the_denylist_of_a_loaded_module_needs_a_reload",
                               "will_work_versions:the_reset_of_a_loaded_module_needs_a_reload"],
        "modprobe -r %s": ["will_work_versions:the_denylist_of_a_loaded_module_needs_a_reload",
                           "will_work_versions:the_reset_of_a_loaded_module_needs_a_reload"],
    },
    # A driver that is not registered is neither loaded nor built in.
    "checks/will_work_driver.c": {
        "Load its module with modprobe": ["will_work_drivers:a_driver_must_exist_or_be_loadable"],
    },
    "checks/will_work_machine.c": {
        "allow_unsafe_interrupts=1": ["will_work_versions:a_loaded_module_takes_no_parameter_from_modprobe"],
    },
    # These three are about modules that the plan would load.
    "checks/will_work_module.c": {
        "modprobe --ignore-install": ["will_work_drivers:the_settings_of_modprobe_d_are_reported"],
        "load the module with modprobe first": ["will_work_drivers:other_devices_that_a_module_takes_are_refused"],
        "Load the module with modprobe first": ["will_work_drivers:other_devices_that_a_module_takes_are_refused"],
    },
    "views/plan.c": {
        "modprobe ": ["rebind_steps:loads_each_module_once_and_first", "rebind_steps:a_module_that_is_there_is_not_loaded"],
    },
}
# feature: the files that ask for it, and the tests
VERSIONS = {
    "VFIO_DENYLIST": (["checks/will_work_device.c"], ["will_work_versions:the_denylist_came_with_linux_5_9"]),
    "STREAM_OWNERS": (["checks/will_work_iommu.c"],
                      ["will_work_versions:an_smmu_v3_crashes_at_a_second_device_of_a_stream_before_linux_5_13"]),
    "RESET_METHOD": (["sources/devices/traits.c"],
                     ["traits:an_old_kernel_has_the_file_reset_where_a_device_can_be_reset"]),
    "LINKS_GIVEN_UP": (["checks/deferral_outcome.c"], ["deferral_end:linux_5_10_gives_up_no_link"]),
    "DMA_OWNERSHIP": (["checks/viability.c"], ["viability:the_rule_follows_the_kernel"]),
    "DIRECT_REFUSED": (["checks/direct_memory.c"],
                       ["will_work_versions:only_intel_refused_regions_that_are_mapped_directly_before_linux_6_6"]),
    "PROBE_AT_REGISTRATION": (["checks/cause_missed.c", "checks/cause_registration.c", "checks/streams.c",
                               "model/registration.c"],
                              ["registration:"
                               "an_iommu_without_devices_has_failed_where_a_driverless_device_lacks_a_group"]),
    "ACPI_WAIT_ENDS": (["checks/deferral_outcome.c", "sources/deferral/supplier_iommus.c"],
                       ["deferral_end:newer_kernels_give_up_an_iommu_of_acpi_as_well"]),
    "ACPI_BOUND_ONCE": (["checks/cause_missed.c"], ["cause_missed:the_way_back_depends_on_firmware_and_kernel"]),
    "PROBE_TIMEOUT": (["checks/deferral_outcome.c"],
                      ["deferral_end:linux_before_6_0_has_a_timeout_only_where_one_is_set"]),
    "AUTOPROBE_OFF": (["checks/removal.c"], ["removal:an_override_needs_a_kernel_that_waits_with_its_probe"]),
    "MAP_CELLS": (["sources/firmware/streams_dt.c"], ["map_live:a_new_map_is_read_by_new_kernels_alone",
                                                      "map_live:an_old_range_is_lost_on_new_kernels"]),
    "BRIDGE_FORWARDS": (["sources/devices/pci.c"],
                        ["pci_alias:an_aspeed_bridge_passes_ids_on_where_the_kernel_knows_it",
                         "pci_alias:what_an_unknown_kernel_does_with_an_aspeed_bridge_is_unknown"]),
    "ENDPOINT_LINKS": (["sources/deferral/supplier_kinds.c"],
                       ["suppliers:an_endpoint_is_a_supplier_as_the_kernel_reads_it"]),
    "DOMAIN_TYPE": (["checks/domain.c", "checks/domain_remedy.c"], ["domain:kernels_know_more_types_and_larger_groups_with_time"]),
    "FLUSH_QUEUE": (["checks/domain.c"], ["domain:kernels_know_more_types_and_larger_groups_with_time"]),
    "DOMAIN_OF_SEVERAL": (["actions/domain.c", "checks/domain.c", "checks/domain_remedy.c"],
                          ["domain:kernels_know_more_types_and_larger_groups_with_time"]),
    "PCI_REMOVABLE": (["checks/domain.c"],
                      ["domain:linux_before_5_14_does_not_tell_which_devices_are_external"]),
    "INTERRUPT_MAP_LINKS": (["sources/deferral/supplier_kinds.c"],
                            ["suppliers:an_interrupt_map_names_suppliers_on_newer_kernels"]),
}
project = pathlib.Path(sys.argv[1])
source, wrong, rows = project / "src", [], 0


def code_of(file):
    """The text of a file without comments; lines keep their numbers."""
    return re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment.group().count("\n"), file.read_text(), flags=re.S)


def expect_tests(subject, tests):
    global rows
    rows += 1
    for test in tests:
        unit, function = test.split(":")
        file = project / f"tests/unit/{unit}.c"
        if not file.exists() or not re.search(rf"\b{function}\(void \*\*state\)", file.read_text()):
            wrong.append(f"{subject}: tests/unit/{unit}.c has no test {function}")


def expect_modprobe_row(path, line, literal, used):
    fitting = [part for part in MODPROBE.get(path, {}) if part in literal]
    # The longest part is the row: a shorter one may be in the literal of another row too.
    if not fitting:
        wrong.append(f"{path}:{line}: a command with modprobe has no row in tests/shape/rows.py: {literal[:70]}")
    else:
        used.add((path, max(fitting, key=len)))


used, features = set(), {}
for file in sorted([*source.rglob("*.c"), *source.rglob("*.h")]):
    path, code = str(file.relative_to(source)), code_of(file)
    for match in LITERAL.finditer(code):
        literal = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', match.group()))
        if re.search(r"\bmodprobe(?!\.)\b", literal):
            expect_modprobe_row(path, code.count("\n", 0, match.start()) + 1, literal, used)
    if path.startswith("model/kernel_release."):
        continue
    for feature in re.findall(r"\bKERNEL_([A-Z_]+)\b", code):
        features.setdefault(feature, set()).add(path)
    if re.search(r'scanf\([^;]*"[^"]*%\d*u\.%', code) and re.search(r"\b(release|osrelease|kernel)\b", code):
        wrong.append(f"{path}: compares a kernel version itself: use kernel_has (model/kernel_release.h)")
for path, parts in MODPROBE.items():
    for part, tests in parts.items():
        expect_tests(f"{path}: {part}", tests)
        if (path, part) not in used:
            wrong.append(f"tests/shape/rows.py: {path} has no such command any more: {part}")
first = re.search(r"since\[[^\n]*\{(.*?)\n\};", (source / "model/kernel_release.c").read_text(), re.S).group(1)
table = re.findall(r"\[KERNEL_(\w+)\] = \{\d+, \d+\}", first)
for feature in sorted({*table, *VERSIONS}):
    files, tests = VERSIONS.get(feature, ([], []))
    if sorted(features.get(feature, ())) != files or feature not in table or not tests:
        wrong.append(f"KERNEL_{feature}: asked for in {sorted(features.get(feature, ()))}, the row has {files}")
    expect_tests(f"KERNEL_{feature}", tests)
print("\n".join(wrong) if wrong else f"{rows} rows: {len(used)} commands, {len(table)} features of kernels")
sys.exit(bool(wrong) or len(used) < 10 or len(table) < 10)
