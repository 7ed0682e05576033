/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/filters.h"

#include "capture/filter_text.h"
#include "model/guest_file.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/*
 * Zero the addresses in lines such as "  12340000-12340fff : 0000:02:00.0": the address of the
 * kernel's code would help an attacker.
 */
struct span filter_memory_map(struct span text, struct disguise *disguise)
{
	char *copy = arena_text(disguise_arena(disguise), text.start, text.length);
	bool in_address = true;

	for (size_t i = 0; i < text.length; i++) {
		in_address = copy[i] == '\n' || (in_address && copy[i] != ':');
		if (in_address && !strchr(" -\n", copy[i]))
			copy[i] = '0';
	}
	return (struct span){copy, text.length};
}

/*
 * Write the number and the chip of a line " 24:   0   17  IR-PCI-MSI 49152-edge  eth0": the chip is
 * the first word that is no number.
 */
static void write_interrupt(FILE *out, struct span line)
{
	const char *end = line.start + line.length, *at = memchr(line.start, ':', line.length);
	const char *word;

	if (!at)
		return;
	fwrite(line.start, 1, (size_t)(++at - line.start), out);
	for (;;) {
		while (at < end && isspace((unsigned char)*at))
			at++;
		word = at;
		while (at < end && isdigit((unsigned char)*at))
			at++;
		if (at == word || (at < end && !isspace((unsigned char)*at)))
			break;
	}
	while (at < end && !isspace((unsigned char)*at))
		at++;
	fprintf(out, " %.*s\n", (int)(at - word), word);
}

struct span filter_interrupts(struct span text, struct disguise *disguise)
{
	struct filter_output output;
	struct span line;

	filter_begin(&output);
	while ((line = filter_next_line(&text)).length)
		write_interrupt(output.file, line);
	return filter_end(&output, disguise);
}

/* False for the name and the serial number of a keyboard, which are private. */
static bool is_judged_of_input(struct span line)
{
	return filter_line_starts(line, "S: ") || filter_line_starts(line, "H: ") ||
	       filter_line_starts(line, "B: KEY=") || filter_line_starts(line, "\n");
}

struct span filter_inputs(struct span text, struct disguise *disguise)
{
	return filter_select(text, disguise, is_judged_of_input);
}

static void write_guest_device(FILE *out, const struct guest_device *device)
{
	fputs("<hostdev type='pci' managed='yes'>", out);
	if (device->driver.length)
		fprintf(out, "<driver model='%.*s'/>", (int)device->driver.length,
			device->driver.start);
	fprintf(out,
		"<source><address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>"
		"</source></hostdev>\n",
		device->name.domain, device->name.bus, device->name.slot, device->name.function);
}

struct span filter_guest_file(struct span text, struct disguise *disguise)
{
	struct guest_device device;
	struct filter_output output;

	filter_begin(&output);
	while (guest_file_next(&text, &device))
		write_guest_device(output.file, &device);
	return filter_end(&output, disguise);
}

static bool is_node_number(struct span line)
{
	return filter_line_starts(line, "Device Minor:");
}

struct span filter_nvidia(struct span text, struct disguise *disguise)
{
	return filter_select(text, disguise, is_node_number);
}

/*
 * Keep "fcoe v0.1 over eth1" (drivers/scsi/fcoe/fcoe.c); with other drivers this file names the
 * host.
 */
struct span filter_symbolic_name(struct span text, struct disguise *disguise)
{
	const char *over = text.length ? memmem(text.start, text.length, " over ", 6) : NULL;
	struct filter_output output;

	filter_begin(&output);
	fputs("***", output.file);
	if (over)
		fwrite(over, 1, (size_t)(text.start + text.length - over), output.file);
	return filter_end(&output, disguise);
}
