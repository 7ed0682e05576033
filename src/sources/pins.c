/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pins of /etc/iommuctl/pins.d, and the identity of devices that they may mean: the serial
 * number in config space (drivers/pci/pci.c: pci_get_dsn), permanent addresses of interfaces
 * (net/core/net-sysfs.c: address, addr_assign_type) and serial numbers of NVMe controllers
 * (drivers/nvme/host/sysfs.c). No device is woken for that.
 */
#include "base/guard.h"
#include "base/text.h"
#include "model/location.h"
#include "model/pci.h"
#include "model/pin_file.h"
#include "sources/devices/pci_config.h"
#include "sources/modules/focus_modules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PINS_MAX = 4096 };

/* The pins while they are read. */
struct pins {
	struct reading *reading;
	struct pin *items;
	size_t count, room;
	bool too_many;
};

static const char *explain_unread(struct arena *arena, int cause)
{
	return cause == -EFBIG ? "it is too large for a pin"
			       : arena_printf(arena, "it cannot be read: %s", strerror(-cause));
}

static struct pin read_pin(const struct reading *reading, const char *name, const char *file)
{
	struct arena *arena = build_arena(reading->build);
	struct pin pin = {.name = name, .file = file};
	struct error why = {0};
	char *bytes;
	size_t length;
	int result = root_read_all(reading->root, arena, file, PIN_FILE_MAX, &bytes, &length);

	if (result < 0) {
		pin.fault = explain_unread(arena, result);
		return pin;
	}
	if (!pin_name_is_valid(name))
		pin.fault = "its name is none for a pin";
	else if (pin_parse(name, file, (struct span){bytes, length}, arena, &pin, &why) < 0)
		pin.fault = arena_strdup(arena, why.message);
	return pin;
}

static int add_pin(void *context, const char *name)
{
	struct pins *pins = context;
	struct arena *arena = build_arena(pins->reading->build);
	size_t stem = text_before_end(name, PIN_SUFFIX);

	if (!stem)
		return 0;
	pins->too_many = pins->count == PINS_MAX;
	if (pins->too_many)
		return 1;
	pins->items =
		arena_grow(arena, pins->items, pins->count, &pins->room, sizeof(*pins->items));
	pins->items[pins->count++] = read_pin(pins->reading, arena_text(arena, name, stem),
					      arena_concat(arena, PINS_FOLDER, "/", name));
	return 0;
}

/*
 * True where a pin may mean the device: then its serials decide. A PCI card may have moved to any
 * place; a device of another bus has no serial, and stays.
 */
static bool may_be_pinned(const struct pins *pins, const struct device *device)
{
	char location[PATH_SIZE];

	location_write(device->path, location);
	for (size_t i = 0; i < pins->count; i++) {
		const struct pin *pin = &pins->items[i];

		if (pin->fault || strcmp(pin->bus, device->bus) != 0)
			continue;
		if (!device_is_pci(device) ||
		    (pin->vendor_id == device->vendor_id && pin->device_id == device->device_id))
			return true;
	}
	return false;
}

/* The serials of one device while they are read. */
struct card {
	const struct reading *reading;
	const struct device *device;
	struct serial *serials;
	size_t count, room;
};

static void add_serial(struct card *card, enum serial_kind kind, const char *value)
{
	struct arena *arena = build_arena(card->reading->build);

	card->serials =
		arena_grow(arena, card->serials, card->count, &card->room, sizeof(*card->serials));
	card->serials[card->count++] = (struct serial){kind, arena_strdup(arena, value)};
}

/* Only a permanent address is the card's: 0 is NET_ADDR_PERM (include/uapi/linux/netdevice.h). */
static int add_mac_serial(void *context, const char *name)
{
	struct card *card = context;
	const struct root *root = card->reading->root;
	char text[64];

	if (root_readf_text(root, text, sizeof(text), "%s/net/%s/addr_assign_type",
			    card->device->path, name) == 1 &&
	    *text == '0' &&
	    root_readf_text(root, text, sizeof(text), "%s/net/%s/address", card->device->path,
			    name) > 0)
		add_serial(card, SERIAL_MAC, text);
	return 0;
}

static int add_nvme_serial(void *context, const char *name)
{
	struct card *card = context;
	char text[64];
	ssize_t length;

	if (!text_starts(name, "nvme"))
		return 0;
	length = root_readf_text(card->reading->root, text, sizeof(text), "%s/nvme/%s/serial",
				 card->device->path, name);
	while (length > 0 && text[length - 1] == ' ')
		text[--length] = '\0';
	if (length > 0)
		add_serial(card, SERIAL_NVME, text);
	return 0;
}

static void add_config_serial(struct card *card, const struct guarded *file)
{
	struct pci_config config;
	char text[PCI_SERIAL_SIZE];

	if (file->status)
		return;
	config = pci_config_parse(file->text, file->length);
	if (!config.serial)
		return;
	pci_serial_write(config.serial, text);
	add_serial(card, SERIAL_PCIE, text);
}

static bool may_be_woken(const struct reading *reading, const struct device *device)
{
	return root_is_live(reading->root) && pci_config_sleeps(reading->root, device->path);
}

static int read_serials(struct card *card, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	const struct device *device = card->device;
	struct guarded file = {
		.dir = device->path, .name = "config", .reader = pci_config_read_serial};
	int result = 0;

	root_listf(card->reading->root, add_mac_serial, card, "%s/net", device->path);
	root_listf(card->reading->root, add_nvme_serial, card, "%s/nvme", device->path);
	if (!device_is_pci(device) || may_be_woken(card->reading, device))
		return 0;
	result = guard_read(card->reading->root, scratch, &file, 1, e);
	if (result == 0)
		add_config_serial(card, &file);
	return result;
}

static int read_identity(const struct reading *reading, struct device *device, struct error *e)
{
	struct arena *arena = build_arena(reading->build);
	struct identity *identity = arena_alloc(arena, sizeof(*identity));
	struct card card = {.reading = reading, .device = device};
	char compatible[ATTRIBUTE_MAX];
	int result = read_serials(&card, e);

	*identity = (struct identity){.serials = card.serials, .serial_count = card.count};
	if (root_readf_text(reading->root, compatible, sizeof(compatible), "%s/of_node/compatible",
			    device->path) > 0)
		identity->compatible = arena_strdup(arena, compatible);
	device->identity = identity;
	return result;
}

static void report_pins(struct reading *reading, const struct pins *pins, int result)
{
	if (result < 0 && !root_is_absence(result))
		reading_failed(reading, "pins", result, PINS_FOLDER);
	else if (pins->too_many)
		reading_partial(reading, "pins", 0, "there are more than %d pins", PINS_MAX);
	else
		reading_done(reading, "pins");
}

int source_pins(struct reading *reading, struct error *e)
{
	struct machine *machine = build_machine(reading->build);
	struct pins pins = {.reading = reading};
	int result;

	if (!reading_wants(reading, FACT_PINS))
		return 0;
	/* Without the folder there are no pins. */
	result = root_list(reading->root, PINS_FOLDER, add_pin, &pins);
	machine->pins = pins.items;
	machine->pin_count = pins.count;
	report_pins(reading, &pins, result);
	result = 0;
	for (size_t i = 0; result == 0 && i < build_device_count(reading->build); i++) {
		struct device *device = build_device_at(reading->build, i);

		if ((reading->focus && in_focus(reading, device)) || may_be_pinned(&pins, device))
			result = read_identity(reading, device, e);
	}
	return result;
}
