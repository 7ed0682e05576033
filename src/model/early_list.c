/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/early_list.h"

#include "base/text.h"
#include "model/driver.h"
#include "model/pci.h"
#include "model/pci_location.h"

#include <ctype.h>
#include <string.h>

/* The numbers of buses are not known before. */
#define ANY_BUS "[0-9a-f][0-9a-f]"

/* The program that prints the serial of a device. */
#define PCI_SERIALS IOMMUCTL_LIBEXEC "/pci-serials"

enum { SERIAL_LENGTH = sizeof("00-11-22-33-44-55-66-77") - 1 };

bool early_list_can(const struct pin *pin)
{
	return bus_is_pci(pin->bus) && location_is_of_function(pin->location);
}

/* "00-1b-21-ff-ff-a1-b2-c3", as pci-serials prints it, but for the case of its digits */
static bool is_early_serial(const char *value)
{
	for (size_t i = 0; i < SERIAL_LENGTH; i++)
		if (i % 3 == 2 ? value[i] != '-' : !isxdigit((unsigned char)value[i]))
			return false;
	return !value[SERIAL_LENGTH];
}

/* The serial of config space in the pin, or NULL where it has none or several. */
static const char *find_early_serial(const struct pin *pin)
{
	const char *found = NULL;

	for (size_t i = 0; i < pin->serial_count; i++) {
		if (pin->serials[i].kind != SERIAL_PCIE)
			continue;
		if (found || !is_early_serial(pin->serials[i].value))
			return NULL;
		found = pin->serials[i].value;
	}
	return found;
}

bool early_list_can_compare(const struct pin *pin)
{
	return !pin->serial_count || find_early_serial(pin);
}

/* "-" without a serial */
static const char *write_early_serial(const struct pin *pin, struct arena *arena)
{
	const char *value = find_early_serial(pin);
	char *text;

	if (!value)
		return "-";
	text = arena_text(arena, value, SERIAL_LENGTH);
	for (char *at = text; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return text;
}

/* "-": the pin knows no group. */
static const char *write_early_count(const struct pin *pin, struct arena *arena)
{
	return pin->member_count ? arena_printf(arena, "%zu", pin->member_count) : "-";
}

static const char *write_early_id(int32_t id, struct arena *arena)
{
	return id < 0 ? "-" : arena_printf(arena, "0x%04x", (unsigned)id);
}

static const char *override_word(const struct pin *pin)
{
	return pin->driver ? pin->driver : OVERRIDE_NONE;
}

const char *early_list_line(const struct pin *pin, struct arena *arena)
{
	return arena_printf(
		arena, "%s %s %s %s %s %s %s %s %s\n", pin->location,
		write_early_id(pin->vendor_id, arena), write_early_id(pin->device_id, arena),
		write_early_id(pin->subsystem_vendor_id, arena),
		write_early_id(pin->subsystem_device_id, arena), write_early_serial(pin, arena),
		write_early_count(pin, arena), override_word(pin), pin->name);
}

/* The path below /sys of any device at that location. */
static const char *write_path_pattern(const char *location, struct arena *arena)
{
	const char *text = "/devices";
	struct span domain = {0};

	while (*location) {
		struct span part = location_next_part(&location);

		if (location_domain_of(part).length)
			domain = location_domain_of(part);
		if (domain.length && location_is_function(part))
			text = arena_printf(arena, "%s/%.*s:" ANY_BUS ":%.*s", text,
					    (int)domain.length, domain.start, (int)part.length,
					    part.start);
		else
			text = arena_printf(arena, "%s/%.*s", text, (int)part.length, part.start);
	}
	return text;
}

static const char *write_rule_id(const char *attribute, int32_t id, struct arena *arena)
{
	return id < 0 ? "" : arena_printf(arena, "ATTR{%s}==\"0x%04x\", ", attribute, (unsigned)id);
}

/* udev starts the program last, where the rest of the rule matches. */
static const char *write_rule_serial(const struct pin *pin, struct arena *arena)
{
	return pin->serial_count
		       ? arena_printf(arena,
				      "PROGRAM==\"" PCI_SERIALS " /sys%%p\", RESULT==\"%s\", ",
				      write_early_serial(pin, arena))
		       : "";
}

const char *early_list_rule(const struct pin *pin, struct arena *arena)
{
	return arena_printf(arena,
			    "ACTION==\"add\", SUBSYSTEM==\"pci\", DEVPATH==\"%s\", "
			    "%s%s%s%sATTR{class}!=\"0x01*|0x03*|0x06*\", "
			    "ATTR{driver_override}==\"(null)\", %s"
			    "ATTR{driver_override}=\"%s\", TAG+=\"systemd\", "
			    "ENV{SYSTEMD_WANTS}+=\"iommuctl-pins.service\"\n",
			    write_path_pattern(pin->location, arena),
			    write_rule_id("vendor", pin->vendor_id, arena),
			    write_rule_id("device", pin->device_id, arena),
			    write_rule_id("subsystem_vendor", pin->subsystem_vendor_id, arena),
			    write_rule_id("subsystem_device", pin->subsystem_device_id, arena),
			    write_rule_serial(pin, arena), override_word(pin));
}
