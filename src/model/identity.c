/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/identity.h"

const char *serial_kind_name(enum serial_kind kind)
{
	static const char *const words[SERIAL_KIND_COUNT] = {
		[SERIAL_PCIE] = "pcie",
		[SERIAL_MAC] = "mac",
		[SERIAL_NVME] = "nvme",
	};

	return words[kind];
}

static const struct {
	const char *name, *text;
} gap_words[SERIAL_GAP_COUNT] = {
	[GAP_NONE] = {"read", "it was read"},
	[GAP_DENIED] = {"denied", "only root can read it"},
	[GAP_ASLEEP] = {"asleep", "the device sleeps, and reading would wake it"},
	[GAP_BUSY] = {"busy", "no answer in time: the kernel or the device is busy"},
	[GAP_FAILED] = {"failed", "it cannot be read"},
};

const char *serial_gap_name(enum serial_gap gap)
{
	return gap_words[gap].name;
}

const char *serial_gap_text(enum serial_gap gap)
{
	return gap_words[gap].text;
}

const char *serials_join(const struct serial *serials, size_t count, bool with_addresses,
			 struct arena *arena)
{
	const char *text = NULL;

	for (size_t i = 0; i < count; i++)
		if (with_addresses || serials[i].kind != SERIAL_MAC)
			text = arena_printf(arena, "%s%s%s:%s", text ? text : "", text ? "," : "",
					    serial_kind_name(serials[i].kind), serials[i].value);
	return text;
}
