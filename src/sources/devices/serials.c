/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serials that tell a card from another one of its model: the number in config space
 * (drivers/pci/pci.c: pci_get_dsn), permanent addresses of interfaces (net/core/net-sysfs.c:
 * address, addr_assign_type) and serial numbers of NVMe controllers (drivers/nvme/host/sysfs.c). No
 * device is woken for that. They are read of all devices where serials are requested, else only of
 * those that a pin may mean.
 */
#include "sources/devices/serials.h"
#include "base/guard.h"
#include "base/text.h"
#include "base/text_map.h"
#include "model/pci.h"
#include "sources/devices/pci_config.h"
#include "sources/modules/modules_asked.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SERIALS_MAX = 16 * 1024 * 1024 };

/* The serials of one device while they are read; @is_pinned: a pin may mean it, or be made of it */
struct card {
	const struct reading *reading;
	bool is_pinned;
	const struct device *device;
	struct identity *identity;
	struct serial *serials;
	size_t room;
};

/* The cards to read; @files: the config space of each, its @dir is NULL where it is not read */
struct cards {
	struct reading *reading;
	struct card *items;
	struct guarded *files;
	size_t count;
};

static void add_serial(struct card *card, enum serial_kind kind, const char *value)
{
	struct arena *arena = build_arena(card->reading->build);
	struct identity *identity = card->identity;

	card->serials = arena_grow(arena, card->serials, identity->serial_count, &card->room,
				   sizeof(*card->serials));
	card->serials[identity->serial_count++] = (struct serial){kind, arena_strdup(arena, value)};
	identity->serials = card->serials;
}

static enum serial_gap gap_of(int cause)
{
	if (!cause || root_is_absence(cause))
		return GAP_NONE;
	if (cause == -EACCES || cause == -EPERM)
		return GAP_DENIED;
	return cause == -ETIMEDOUT ? GAP_BUSY : GAP_FAILED;
}

/* A file that could not be read: the serial of that kind is unknown. */
static void note_gap(struct card *card, enum serial_kind kind, ssize_t result)
{
	enum serial_gap gap = result < 0 ? gap_of((int)result) : GAP_NONE;

	if (gap != GAP_NONE)
		card->identity->gaps[kind] = gap;
}

/*
 * Every PCI device has a config space, and every NVMe controller a serial: in a capture that lacks
 * the file it was left out.
 */
static void note_left_out(struct card *card, enum serial_kind kind, ssize_t result)
{
	bool lacks_file = result == 0 || (result < 0 && root_is_absence((int)result));

	if (lacks_file && !root_is_live(card->reading->root))
		card->identity->gaps[kind] = GAP_FAILED;
}

/* Only a permanent address is the card's: 0 is NET_ADDR_PERM (include/uapi/linux/netdevice.h). */
static int add_mac_serial(void *context, const char *name)
{
	struct card *card = context;
	const struct root *root = card->reading->root;
	char text[64];
	ssize_t length = root_readf_text(root, text, sizeof(text), "%s/net/%s/addr_assign_type",
					 card->device->path, name);

	note_gap(card, SERIAL_MAC, length);
	if (length != 1 || *text != '0')
		return 0;
	length = root_readf_text(root, text, sizeof(text), "%s/net/%s/address", card->device->path,
				 name);
	note_gap(card, SERIAL_MAC, length);
	if (length > 0)
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
	note_gap(card, SERIAL_NVME, length);
	note_left_out(card, SERIAL_NVME, length);
	while (length > 0 && text[length - 1] == ' ')
		text[--length] = '\0';
	if (length > 0)
		add_serial(card, SERIAL_NVME, text);
	return 0;
}

/*
 * A config space in a capture that was made before captures had a list of serials lacks the number,
 * but has the capability.
 */
static enum serial_gap gap_of_config(const struct reading *reading, const struct pci_config *config)
{
	if (config->gone)
		return GAP_FAILED;
	if (!config->complete)
		return GAP_DENIED;
	return config->has_serial && !config->serial && !root_is_live(reading->root) ? GAP_FAILED
										     : GAP_NONE;
}

static void add_config_serial(struct card *card, const struct pci_config_answer *answer)
{
	char text[PCI_SERIAL_SIZE];

	if (answer->status) {
		note_gap(card, SERIAL_PCIE, answer->status);
		note_left_out(card, SERIAL_PCIE, answer->status);
		return;
	}
	card->identity->gaps[SERIAL_PCIE] = gap_of_config(card->reading, &answer->config);
	if (!answer->config.serial)
		return;
	pci_serial_write(answer->config.serial, text);
	add_serial(card, SERIAL_PCIE, text);
}

/* Of a captured tree every file may be read: no device wakes. */
static bool sleeps(const struct card *card)
{
	return root_is_live(card->reading->root) &&
	       pci_config_sleeps(card->reading->root, card->device->path);
}

/* The answer of the config space that source_traits read, or NULL. */
static const struct pci_config_answer *known_config(const struct card *card)
{
	const struct reading *reading = card->reading;
	size_t number =
		reading->config_of ? text_map_find(reading->config_of, card->device->path) : 0;

	return number ? &reading->configs[number - 1] : NULL;
}

static void list_serial_config(struct card *card, struct guarded *file)
{
	const struct pci_config_answer *known = known_config(card);

	if (!device_is_pci(card->device))
		return;
	if (known)
		add_config_serial(card, known);
	else if (sleeps(card))
		card->identity->gaps[SERIAL_PCIE] = GAP_ASLEEP;
	else
		*file = (struct guarded){.dir = card->device->path,
					 .name = "config",
					 .reader = pci_config_read_serial};
}

/* A PCI device of a known other class has no NVMe controller; other buses have no classes. */
static bool may_have_nvme(const struct device *device)
{
	return !device_is_pci(device) || device->class < 0 ||
	       device_class(device) == PCI_CLASS_NVME;
}

/*
 * source_class_links has named the controllers of most NVMe devices ("nvme0"; "nvme0n1" is a disk),
 * and a capture may have the name alone. A device without any name is asked itself.
 */
static void add_nvme_serials(struct card *card)
{
	const struct device *device = card->device;
	bool any = false;

	for (size_t i = 0; i < device->interface_count; i++) {
		const char *number = text_after(device->interfaces[i], "nvme");

		if (!number || number[strspn(number, "0123456789")])
			continue;
		add_nvme_serial(card, device->interfaces[i]);
		any = true;
	}
	if (!any)
		root_listf(card->reading->root, add_nvme_serial, card, "%s/nvme", device->path);
}

/*
 * The files of sysfs that no device's lock is taken for; a child reads the config spaces later. An
 * address is no serial for people, so it is read for pins alone.
 */
static void read_attributes_of(struct card *card, struct guarded *file)
{
	const struct root *root = card->reading->root;

	if (card->is_pinned)
		root_listf(root, add_mac_serial, card, "%s/net", card->device->path);
	if (may_have_nvme(card->device))
		add_nvme_serials(card);
	list_serial_config(card, file);
}

static struct guarded *pack_files(const struct cards *cards, struct arena *scratch,
				  size_t *ret_count)
{
	struct guarded *files = arena_array(scratch, cards->count, sizeof(*files));

	*ret_count = 0;
	for (size_t i = 0; i < cards->count; i++)
		if (cards->files[i].dir)
			files[(*ret_count)++] = cards->files[i];
	return files;
}

static int read_from_files(struct cards *cards, struct arena *scratch, struct error *e)
{
	struct guarded *files;
	size_t count, next = 0;
	int result;

	cards->files = arena_array(scratch, cards->count, sizeof(*cards->files));
	for (size_t i = 0; i < cards->count; i++)
		read_attributes_of(&cards->items[i], &cards->files[i]);
	files = pack_files(cards, scratch, &count);
	result = guard_read(cards->reading->root, scratch, files, count, e);
	for (size_t i = 0; result == 0 && i < cards->count; i++) {
		struct pci_config_answer answer;

		if (!cards->files[i].dir)
			continue;
		answer = pci_config_answer(&files[next++]);
		add_config_serial(&cards->items[i], &answer);
	}
	return result;
}

/* The number of the word among the @count words that @name gives; @count where it is none. */
static unsigned find_word(const char *word, unsigned count, const char *(*name)(unsigned number))
{
	unsigned number = 0;

	while (number < count && strcmp(name(number), word) != 0)
		number++;
	return number;
}

static const char *kind_name_at(unsigned number)
{
	return serial_kind_name(number);
}

static const char *gap_name_at(unsigned number)
{
	return serial_gap_name(number);
}

/* "PATH KIND =VALUE" or "PATH KIND ?GAP"; a line of a newer version is passed over. */
static void apply_line(const struct cards *cards, const struct text_map *by_path, char *line)
{
	const char *path = strsep(&line, " "), *word = line ? strsep(&line, " ") : NULL;
	size_t number = text_map_find(by_path, path);
	struct card *card = number ? &cards->items[number - 1] : NULL;
	unsigned kind, gap;

	if (!card || !line || !*line || !line[1])
		return;
	kind = find_word(word, SERIAL_KIND_COUNT, kind_name_at);
	if (kind < SERIAL_KIND_COUNT && *line == '=')
		add_serial(card, kind, line + 1);
	if (kind == SERIAL_KIND_COUNT || *line != '?')
		return;
	gap = find_word(line + 1, SERIAL_GAP_COUNT, gap_name_at);
	card->identity->gaps[kind] = gap < SERIAL_GAP_COUNT ? gap : GAP_FAILED;
}

static void apply_lines(const struct cards *cards, char *lines, struct arena *scratch)
{
	struct text_map *by_path = text_map_new(scratch);
	char *line;

	for (size_t i = 0; i < cards->count; i++)
		*text_map_at(by_path, cards->items[i].device->path) = i + 1;
	while ((line = strsep(&lines, "\n")))
		apply_line(cards, by_path, line);
}

/* Returns: 1; 0 where the tree has no such list; a negative errno. */
static int read_from_capture(const struct cards *cards, struct arena *scratch)
{
	char *lines;
	size_t length;
	int result = root_read_all(cards->reading->root, scratch, CAPTURED_SERIALS, SERIALS_MAX,
				   &lines, &length);

	if (result < 0)
		return root_is_absence(result) ? 0 : result;
	apply_lines(cards, lines, scratch);
	return 1;
}

static int read_cards(struct cards *cards, struct error *e)
{
	_autoarena_ struct arena *scratch = arena_new();
	int result = root_is_live(cards->reading->root) ? 0 : read_from_capture(cards, scratch);

	if (result == 0)
		return read_from_files(cards, scratch, e);
	for (size_t i = 0; result < 0 && i < cards->count; i++)
		for (size_t kind = 0; kind < SERIAL_KIND_COUNT; kind++)
			note_gap(&cards->items[i], kind, result);
	return 0;
}

/*
 * True where a pin may mean the device: then its serials decide. A PCI card may have moved to any
 * place; a device of another bus has no serial, and stays.
 */
static bool may_be_pinned(const struct reading *reading, const struct device *device)
{
	const struct machine *machine = build_machine(reading->build);

	for (size_t i = 0; i < machine->pin_count; i++) {
		const struct pin *pin = &machine->pins[i];

		if (pin->fault || strcmp(pin->bus, device->bus) != 0)
			continue;
		if (!device_is_pci(device) ||
		    (pin->vendor_id == device->vendor_id && pin->device_id == device->device_id))
			return true;
	}
	return false;
}

static bool serves_pins(const struct reading *reading, const struct device *device)
{
	return (reading->focus && in_focus(reading, device)) || may_be_pinned(reading, device);
}

static const char *read_compatible_word(const struct reading *reading, const struct device *device)
{
	char compatible[ATTRIBUTE_MAX];

	if (device_is_pci(device) || root_readf_text(reading->root, compatible, sizeof(compatible),
						     "%s/of_node/compatible", device->path) <= 0)
		return NULL;
	return arena_strdup(build_arena(reading->build), compatible);
}

static void add_card(struct cards *cards, struct device *device, bool is_pinned)
{
	struct reading *reading = cards->reading;
	struct identity *identity = arena_alloc(build_arena(reading->build), sizeof(*identity));

	*identity = (struct identity){.compatible = read_compatible_word(reading, device)};
	device->identity = identity;
	cards->items[cards->count++] = (struct card){reading, is_pinned, device, identity};
}

/* The first gap of a card, with the number of the others. */
struct gaps {
	const struct device *device;
	enum serial_gap gap;
	size_t count;
	bool denied_only;
};

static struct gaps count_gaps(const struct cards *cards)
{
	struct gaps gaps = {.denied_only = true};

	for (size_t i = 0; i < cards->count; i++)
		for (size_t kind = 0; kind < SERIAL_KIND_COUNT; kind++) {
			enum serial_gap gap = cards->items[i].identity->gaps[kind];

			if (gap == GAP_NONE)
				continue;
			if (!gaps.count++)
				gaps = (struct gaps){cards->items[i].device, gap, 1, true};
			gaps.denied_only = gaps.denied_only && gap == GAP_DENIED;
		}
	return gaps;
}

/*
 * Without its serial a pin still means the card at its place, so a device that sleeps is no gap in
 * what pins need.
 */
static void report_serials(const struct cards *cards)
{
	struct gaps gaps = count_gaps(cards);
	char others[48] = "";
	int cause = 0;

	if (!gaps.count || !reading_wants(cards->reading, FACT_SERIALS)) {
		reading_done(cards->reading, "serials");
		return;
	}
	if (gaps.count > 1)
		snprintf(others, sizeof(others), ", and %zu more", gaps.count - 1);
	if (gaps.denied_only)
		cause = -EACCES;
	else if (gaps.gap == GAP_BUSY)
		cause = -ETIMEDOUT;
	reading_partial(cards->reading, "serials", cause, "the serial number of %s: %s%s",
			gaps.device->name, serial_gap_text(gaps.gap), others);
}

int source_serials(struct reading *reading, struct error *e)
{
	_autoarena_ struct arena *scratch = NULL;
	struct cards cards = {.reading = reading};
	size_t most = build_device_count(reading->build);
	int result;

	if (!reading_wants(reading, FACT_SERIALS | FACT_PINS)) {
		build_source(reading->build, "serials", SOURCE_SKIPPED, NULL);
		return 0;
	}
	scratch = arena_new();
	cards.items = arena_array(scratch, most, sizeof(*cards.items));
	for (size_t i = 0; i < most; i++) {
		struct device *device = build_device_at(reading->build, i);
		bool is_pinned = serves_pins(reading, device);

		if (is_pinned || reading_wants(reading, FACT_SERIALS))
			add_card(&cards, device, is_pinned);
	}
	result = read_cards(&cards, e);
	report_serials(&cards);
	return result;
}
