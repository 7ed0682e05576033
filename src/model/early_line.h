/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * early_line - a line of the list of early pins, as the initramfs reads it
 *
 * early_list_line (early_list.h) writes it. It uses the C library alone.
 */
#pragma once

#include "model/pci_model.h"

/**
 * struct early_line - what a line asks for; the texts are parts of the line
 * @location: of a PCI function     @ids: -1 for any subsystem, and for the class, which no line has
 * @serial: as pci_serial_write writes it; "-" is any     @members: the most devices that its group
 * may have; 0 is any number     @driver, @name: of the pin
 */
struct early_line {
	const char *location, *serial, *driver, *name;
	struct pci_model ids;
	unsigned members;
};

/**
 * early_line_split - split a line, without its newline; false for a line of another form
 * The list may have been edited: a word with a character that early_list_line does not write is
 * refused, as are locations that lead out of the folder of devices.
 */
bool early_line_split(char *line, struct early_line *ret_line);
