/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read bytes as the file of a guest of libvirt; each device has numbers that a function can have.
 */
#include "model/guest_file.h"

#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size};
	struct guest_device device;

	while (guest_file_next(&rest, &device)) {
		if (device.name.slot > 0x1f || device.name.function > 7 ||
		    rest.start + rest.length != (const char *)data + size)
			abort();
		for (size_t i = 0; i < device.driver.length; i++)
			if (device.driver.start[i] <= ' ' ||
			    strchr("<>&'\"", device.driver.start[i]))
				abort();
	}
	return rest.length != 0;
}
