/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * port - a machine with a PCIe port and two functions below it, of which one is given to VFIO
 *
 * A test stands in its array as ON_NEW(a_test), or as ON_OLD(a_test) for a kernel that probes a
 * device before its override can be written again.
 */
#pragma once

#include "crash/scenarios.h"

#define PORT "0000:00:01.0"
#define NIC "0000:06:00.0"
#define GIVEN "0000:06:00.1"
#define BELOW "pci0000:00/" PORT
#define FOLDER "/sys/devices/" BELOW

#define NIC_ID "id=8086:10D3 class=20000"
#define NIC_ALIAS "pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00"

extern const struct wish rescan_port, rescan_nic;

/** For cmocka: make the machine, with a kernel that keeps autoprobe off, or with an older one. */
int port_set_up(void **state);
int port_set_up_old(void **state);

/** port_tear_down - end the machine once all writers that were left behind have ended */
int port_tear_down(void **state);

/** port_open - prepare the program: writers that are left behind become its children */
int port_open(void **state);

#define ON_NEW(test) cmocka_unit_test_setup_teardown(test, port_set_up, port_tear_down)
#define ON_OLD(test) cmocka_unit_test_setup_teardown(test, port_set_up_old, port_tear_down)
