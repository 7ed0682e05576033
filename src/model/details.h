/* SPDX-License-Identifier: GPL-2.0-or-later */
/* details - identification of a device that only -v and its own columns read */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * struct details - of one device; read with FACT_DETAILS
 * @modalias: or NULL     @revision: PCI, 0 to 0xff; -1 unknown or none
 * @physical_function: path of the PF of a virtual function, or NULL
 * @virtual_functions: paths of its virtual functions, @virtual_function_count of them
 * @reset_methods: as sysfs has them ("flr bus"); "" none; NULL the kernel does not say
 */
struct details {
	const char *modalias;
	const char *physical_function;
	const char *const *virtual_functions;
	size_t virtual_function_count;
	const char *reset_methods;
	int revision;
};
