/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor_rules - the rules of doctor, each declared in one row
 *
 * ROW(name): the function doctor_NAME adds its findings to an examination. A rule says nothing
 * where its facts are unknown: the sources tell that (doctor_blind). The tests unit.doctor* have a
 * machine for each rule that shows its finding, and one like it that does not.
 */
#pragma once

#include "checks/finding.h"
#include "model/system.h"

#define DOCTOR_RULES(ROW)                                                             \
	/* memory that no IOMMU protects: checks/exposure.c */                        \
	ROW(unclaimed_streams)                                                        \
	ROW(removable)                                                                \
	ROW(removable_ats)                                                            \
	ROW(identity)                                                                 \
	ROW(noiommu)                                                                  \
	ROW(interrupts)                                                               \
	ROW(before_boot)                                                              \
	/* findings that other commands have, too: checks/doctor.c */                 \
	ROW(deferral)                                                                 \
	ROW(streams)                                                                  \
	ROW(usage)                                                                    \
	ROW(faults)                                                                   \
	/* devices that do not get the driver that a setting names: checks/stuck.c */ \
	ROW(overrides)                                                                \
	ROW(absent_devices)                                                           \
	ROW(unusable_groups)                                                          \
	ROW(context_banks)                                                            \
	ROW(unclaimed_modules)                                                        \
	/* devices that VFIO has, or cannot have: checks/handed_over.c */             \
	ROW(direct_memory)                                                            \
	ROW(stale_nodes)                                                              \
	ROW(virtual_functions)                                                        \
	/* settings that the next boot will not follow: checks/next_boot.c */         \
	ROW(options)                                                                  \
	/* modprobe.d, driverctl and libvirt: checks/boot_modules.c */                \
	ROW(vfio_ids)                                                                 \
	ROW(builtin_options)                                                          \
	ROW(tools)                                                                    \
	/* checks/pin_findings.c */                                                   \
	ROW(pins)                                                                     \
	/* checks/surroundings.c */                                                   \
	ROW(container)

/**
 * struct examination - the machine that is examined, and the findings so far
 * Of findings of one severity, those of the first rule come first.
 * @chosen: as in doctor_findings     @causes: root causes of deferral among the findings
 */
struct examination {
	const struct system *system;
	const bool *chosen;
	struct arena *arena;
	struct findings findings;
	size_t causes;
};

/** struct concerned - the devices that one finding is about, while they are collected */
struct concerned {
	const char **labels;
	size_t count, room;
};

/** concerns - true where the examination is about @device */
bool concerns(const struct examination *examination, const struct device *device) _nonnull_();

/** concerned_add - add the label of a device to those of a finding */
void concerned_add(struct concerned *concerned, struct arena *arena, const char *label) _nonnull_();

/**
 * examination_add - add a finding about @concerned; with NULL about the devices in @finding, or if
 * it has none about the machine
 * The subject of a finding about one device is that device. A finding about the machine, or about
 * no device, is dropped where devices are chosen.
 */
void examination_add(struct examination *examination, struct finding finding,
		     const struct concerned *concerned) _nonnull_(1);

/**
 * examination_add_disagreement - add that @tool gives its device to a driver, and that another
 * setting does not agree
 * @other: the clause about that setting, as "the pin nic to vfio-pci"
 */
void examination_add_disagreement(struct examination *examination, const struct tool_claim *tool,
				  const char *other) _nonnull_();

#define DOCTOR_RULE_DECLARED(name) void doctor_##name(struct examination *examination);
DOCTOR_RULES(DOCTOR_RULE_DECLARED)
#undef DOCTOR_RULE_DECLARED
