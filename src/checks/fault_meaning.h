/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fault_meaning - sentences about a fault whose device is known as well as it can be */
#pragma once

#include "checks/faults.h"

/** fault_code - the code of the finding for a kind of fault */
enum finding_code fault_code(enum fault_kind kind);

/**
 * fault_place - what is known of the address: beyond the device's DMA mask, in a reserved region,
 * in the window of message interrupts; NULL nothing
 */
const char *fault_place(const struct fault_entry *entry, struct arena *arena);

/** fault_cause - what usually causes such a fault, given the driver and the address */
const char *fault_cause(const struct fault_entry *entry, struct arena *arena);

/** fault_remedy - what to try: nothing that takes protection away; NULL: nothing is known */
const char *fault_remedy(const struct fault_entry *entry, struct arena *arena);

/** fault_sentence - "wrote to 0x1000 83 times, the last at 12.5: …" with cause and place */
const char *fault_sentence(const struct fault_entry *entry, struct arena *arena);
