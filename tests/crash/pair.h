/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pair - a machine with two functions of a network card, in one group or in a group each
 *
 * A test stands in its array as WITH_PAIR(a_test) or WITH_APART(a_test): the machine is made before
 * it, and ended after it.
 */
#pragma once

#include "crash/scenarios.h"

#define FIRST "0000:02:00.0"
#define FIRST_PATH "/sys/devices/pci0000:00/" FIRST
#define SECOND "0000:02:00.1"
#define NIC_ID "id=8086:10D3 class=20000"
#define MODALIAS "/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"

/** Both devices in one group. */
extern const struct scenario pair;
/** Each device in a group of its own. */
extern const struct scenario apart;

extern const struct wish first_to_vfio, both_to_vfio, first_back;

/** For cmocka: make one of the machines. */
int pair_set_up(void **state);
int apart_set_up(void **state);

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, pair_set_up, setting_tear_down)
#define WITH_APART(test) cmocka_unit_test_setup_teardown(test, apart_set_up, setting_tear_down)
