/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changing - commands that change a machine with a fake kernel, and their text
 *
 *     assert_int_equal(changing_rebind(NIC, "vfio-pci"), 0);
 *     changing_must_say(changing.said.out, NIC " is bound to vfio-pci");
 *     … WITH_CHANGING(a_test) …
 */
#pragma once

#include "actions/transaction.h"
#include "commands/options.h"
#include "support/fake_kernel.h"
#include "support/said.h"

/** NIC - a network card in group 2 with the interface eth0, bound to e1000e */
#define NIC "0000:02:00.0"
#define NIC_PATH "/sys/devices/pci0000:00/" NIC
#define NIC_LINE                                                                              \
	"pci " NIC " in pci0000:00 group=2 driver=e1000e id=8086:10D3 class=20000\n" NIC_PATH \
	"/modalias = pci:v00008086d000010D3sv00001AF4sd00001100bc02sc00i00\n"

/**
 * struct changing - the machine of a test, and the text of its last command
 * @timeout_ms: of each step; half a minute at first
 * @tell: of the host; NULL at first
 */
struct changing {
	struct fake_kernel *fake;
	struct root *root;
	struct said said;
	int timeout_ms;
	void (*tell)(const char *sentence);
};

extern struct changing changing;

/** changing_start - make a machine with NIC, and the modules of vfio-pci loaded */
int changing_start(void **state);

/** changing_start_with - the same machine with more lines of its tree */
int changing_start_with(const char *more);

/** changing_end - remove the machine */
int changing_end(void **state);

/**
 * changing_hang - let the write of that number hang, from 1 for the next one, and shorten the
 * timeout: to 1.5 seconds, or less where it is the next
 */
void changing_hang(unsigned write);

/** WITH_CHANGING - a test between changing_start and changing_end */
#define WITH_CHANGING(test) cmocka_unit_test_setup_teardown(test, changing_start, changing_end)

/** changing_host - the machine for a command, with its fake kernel */
struct host changing_host(void);

/**
 * changing_make - carry out a command; its text is in changing.said
 * @extra: options of the request     @selector: NULL none
 *
 * Return: the exit status.
 */
int changing_make(const char *verb, const char *driver, const char *selector, struct request extra);

/** changing_rebind - changing_make of "rebind SELECTOR DRIVER" */
int changing_rebind(const char *selector, const char *driver);

/** changing_recover - carry out "recover" */
int changing_recover(void);

/** changing_find_unfinished - the same with --dry-run */
int changing_find_unfinished(struct options options);

/** changing_path - where a file of the machine is; valid until the next call */
const char *changing_path(const char *file);

/** changing_text - what a file of the machine has; "" where it does not exist; until the next call
 */
const char *changing_text(const char *file);

/** changing_must_say - fails the test unless @words are in @text, one of changing.said */
void changing_must_say(const char *text, const char *words);
