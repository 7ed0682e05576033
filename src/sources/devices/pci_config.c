/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/pci_config.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	HEADER_SIZE = 64,
	/* limit of capabilities of one device (drivers/pci/pci.h: PCI_FIND_CAP_TTL) */
	CAPABILITIES_MAX = 48,
	/* limit of extended capabilities: 4096 - 256 bytes, eight each */
	EXTENDED_CAPABILITIES_MAX = 480
};

/* Config space that is read as far as needed from @fd, or an image of it where @fd is -1. */
struct space {
	const struct root *root;
	const char *path;
	int fd;
	uint8_t *bytes;
	size_t length, size;
	bool wants_serial;
};

static bool fetch(struct space *space, size_t offset, size_t count)
{
	if (offset + count > space->size)
		return false;
	if (space->fd < 0)
		return offset + count <= space->length;
	if (root_read_some(space->root, space->fd, space->path, space->bytes + offset, count,
			   (off_t)offset) != (ssize_t)count)
		return false;
	if (space->length < offset + count)
		space->length = offset + count;
	return true;
}

static uint16_t word_at(const struct space *space, size_t offset)
{
	return (uint16_t)(space->bytes[offset] | space->bytes[offset + 1] << 8);
}

static uint32_t long_at(const struct space *space, size_t offset)
{
	return word_at(space, offset) | (uint32_t)word_at(space, offset + 2) << 16;
}

/*
 * Find a capability as drivers/pci/pci.c: __pci_find_next_cap_ttl does. False where the space could
 * not be read so far.
 */
static bool find_capability(struct space *space, uint8_t pointer, uint8_t id, size_t *ret_offset)
{
	size_t offset = pointer & ~3u;

	*ret_offset = 0;
	for (int i = 0; i < CAPABILITIES_MAX && offset >= HEADER_SIZE; i++) {
		if (!fetch(space, offset, 4))
			return false;
		if (space->bytes[offset] == 0xff)
			break;
		if (space->bytes[offset] == id) {
			*ret_offset = offset;
			break;
		}
		offset = space->bytes[offset + 1] & ~3u;
	}
	return true;
}

static void read_acs(struct space *space, size_t offset, struct pci_config *config)
{
	if (config->acs || !fetch(space, offset + PCI_ACS_CAP, 4))
		return;
	config->acs = true;
	config->acs_capable = word_at(space, offset + PCI_ACS_CAP);
	config->acs_controls = word_at(space, offset + PCI_ACS_CTRL);
}

static void read_ats(struct space *space, size_t offset, struct pci_config *config)
{
	if (fetch(space, offset + PCI_ATS_CAP, 4))
		config->ats = word_at(space, offset + PCI_ATS_CTRL) & PCI_ATS_CTRL_ENABLE;
}

static void read_serial(struct space *space, size_t offset, struct pci_config *config)
{
	config->has_serial = true;
	/* The lower half comes first. */
	if (space->wants_serial && fetch(space, offset + 4, 8))
		config->serial =
			(uint64_t)long_at(space, offset + 8) << 32 | long_at(space, offset + 4);
}

/*
 * Walk the extended capabilities as pci_find_next_ext_capability does. Without extended space the
 * first header reads as 0 or as all ones.
 */
static void read_extended(struct space *space, struct pci_config *config)
{
	size_t offset = PCI_CFG_SPACE_SIZE;

	for (int i = 0; i < EXTENDED_CAPABILITIES_MAX && offset >= PCI_CFG_SPACE_SIZE; i++) {
		uint32_t header = fetch(space, offset, 4) ? long_at(space, offset) : 0;

		if (!header || header == UINT32_MAX)
			return;
		if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_ACS)
			read_acs(space, offset, config);
		else if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_ATS)
			read_ats(space, offset, config);
		else if (PCI_EXT_CAP_ID(header) == PCI_EXT_CAP_ID_DSN)
			read_serial(space, offset, config);
		offset = PCI_EXT_CAP_NEXT(header);
	}
}

static void read_capabilities(struct space *space, struct pci_config *config)
{
	bool cardbus = config->header_type == PCI_HEADER_TYPE_CARDBUS;
	size_t offset = 0;

	config->complete = true;
	if (!(word_at(space, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return;
	config->complete = find_capability(
		space, space->bytes[cardbus ? PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST],
		PCI_CAP_ID_EXP, &offset);
	if (!offset)
		return;
	config->pcie = (word_at(space, offset + PCI_EXP_FLAGS) & PCI_EXP_FLAGS_TYPE) >> 4;
	read_extended(space, config);
}

static struct pci_config walk(struct space *space)
{
	struct pci_config config = {.pcie = PCIE_NONE, .header_type = -1};

	if (!fetch(space, 0, HEADER_SIZE))
		return config;
	config.gone = space->bytes[PCI_HEADER_TYPE] == 0xff;
	if (config.gone)
		return config;
	config.header_type = space->bytes[PCI_HEADER_TYPE] & 0x7f;
	config.multifunction = space->bytes[PCI_HEADER_TYPE] & 0x80;
	read_capabilities(space, &config);
	return config;
}

/*
 * Whether a power attribute has that text: 1 yes, 0 no, a negative errno where it cannot be read.
 */
static int file_says(const struct root *root, const char *device, const char *name,
		     const char *expected)
{
	char text[64];
	ssize_t length = root_readf_text(root, text, sizeof(text), "%s/%s", device, name);

	if (length == 0)
		return -ENOENT;
	return length < 0 ? (int)length : strcmp(text, expected) == 0;
}

const char *pci_config_sleeps(const struct root *root, const char *device)
{
	int asleep = file_says(root, device, "power_state", "D3cold");

	if (asleep > 0)
		return file_says(root, device, "power/runtime_status", "active") > 0
			       ? NULL
			       : "the device sleeps (D3cold), and reading would wake it";
	/* Before Linux 5.12 no file tells the device's power state, only that it is suspended. */
	if (root_is_absence(asleep)) {
		asleep = file_says(root, device, "power/runtime_status", "suspended");
		if (asleep > 0)
			return "the device is suspended, and reading might wake it";
	}
	if (asleep < 0 && !root_is_absence(asleep))
		return "whether the device sleeps cannot be read, and reading might wake it";
	return NULL;
}

static ssize_t read_config_space(struct space *space)
{
	_autoclose_ int fd = root_open_file(space->root, space->path, 0);

	if (fd < 0)
		return fd;
	space->fd = fd;
	memset(space->bytes, 0, space->size);
	walk(space);
	return space->length ? (ssize_t)space->length : -EIO;
}

ssize_t pci_config_read(const struct root *root, const char *path, char *bytes, size_t size)
{
	return read_config_space(&(struct space){
		.root = root, .path = path, .bytes = (uint8_t *)bytes, .size = size});
}

ssize_t pci_config_read_serial(const struct root *root, const char *path, char *bytes, size_t size)
{
	return read_config_space(&(struct space){.root = root,
						 .path = path,
						 .bytes = (uint8_t *)bytes,
						 .size = size,
						 .wants_serial = true});
}

void pci_serial_write(uint64_t serial, char text[static PCI_SERIAL_SIZE])
{
	for (size_t i = 0; i < sizeof(serial); i++)
		snprintf(text + 3 * i, PCI_SERIAL_SIZE - 3 * i, "%02x%s",
			 (unsigned)(serial >> (56 - 8 * i)) & 0xff,
			 i + 1 < sizeof(serial) ? "-" : "");
}

void pci_config_find_serial(const struct root *root, const char *device,
			    char text[static PCI_SERIAL_SIZE])
{
	char path[PATH_SIZE], bytes[PCI_CONFIG_SIZE];
	ssize_t length = root_path(root, path, "%s/config", device);
	uint64_t serial = 0;

	if (length >= 0 && !pci_config_sleeps(root, device))
		length = pci_config_read_serial(root, path, bytes, sizeof(bytes));
	else
		length = -1;
	if (length > 0)
		serial = pci_config_parse(bytes, (size_t)length).serial;
	if (serial)
		pci_serial_write(serial, text);
	else
		snprintf(text, PCI_SERIAL_SIZE, "-");
}

ssize_t pci_config_read_header(const struct root *root, const char *path, char *bytes, size_t size)
{
	_autoclose_ int fd = root_open_file(root, path, 0);
	ssize_t length;

	if (fd < 0)
		return fd;
	length = root_read_some(root, fd, path, bytes, HEADER_SIZE, 0);
	return length == 0 ? -EIO : length;
}

struct pci_config pci_config_parse(const char *bytes, size_t length)
{
	/* An image of config space is only parsed, never written. */
	struct space space = {
		.fd = -1,
		.bytes = (uint8_t *)bytes,
		.length = length,
		.size = PCI_CONFIG_SIZE,
		.wants_serial = true,
	};

	return walk(&space);
}

struct pci_config_answer pci_config_answer(const struct guarded *file)
{
	struct pci_config_answer answer = {.status = file->status};

	if (!file->status)
		answer.config = pci_config_parse(file->text, file->length);
	return answer;
}
