/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * will_work - would the kernel do what is meant, and would VFIO serve the device afterwards
 *
 * A function a question. What the kernel refuses without harm is refused here first, because half a
 * change has to be undone; what it accepts and regrets is refused because nobody else would.
 * Questions about the machine or a driver are asked once, and their answers have no device.
 */
#pragma once

#include "checks/check.h"

/* The machine: will_work_machine.c */
void check_container(struct checking *checking);
void check_interrupts(struct checking *checking);
void check_memlock(struct checking *checking);

/* The two drivers: will_work_driver.c */
void check_unbindable(struct checking *checking);
void check_driver(struct checking *checking);
void check_driver_match(struct checking *checking);
void check_override(struct checking *checking);

/* Modules that have to be loaded: will_work_module.c */
void check_module_blacklisted(struct checking *checking);
void check_module_takes_others(struct checking *checking);

/* The device itself: will_work_device.c */
void check_bridge(struct checking *checking);
void check_denylist(struct checking *checking);
void check_reset(struct checking *checking);
void check_power(struct checking *checking);

/* Physical and virtual functions: will_work_sriov.c */
void check_virtual_functions(struct checking *checking);
void check_vf_token(struct checking *checking);

/* Its IOMMU: will_work_iommu.c; check_group answers no-iommu-mode too */
void check_group(struct checking *checking);
void check_deferred(struct checking *checking);

/* Its group: will_work_group.c */
void check_viable(struct checking *checking);
void check_reserved_region(struct checking *checking);
void check_group_in_use(struct checking *checking);
void check_identity(struct checking *checking);
