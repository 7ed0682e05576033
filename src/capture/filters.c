/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/filters.h"

#include "base/root.h"
#include "base/text.h"
#include "model/guest_file.h"
#include "model/pin_file.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The filtered text of a file while it is made. */
struct output {
	FILE *file;
	char *text;
	size_t length;
};

static void output_begin(struct output *output)
{
	output->file = open_memstream(&output->text, &output->length);
	if (!output->file)
		memory_exhausted();
}

static struct span output_end(struct output *output, struct disguise *disguise)
{
	struct span copy;

	if (fclose(output->file) != 0)
		memory_exhausted();
	copy.start = arena_text(disguise_arena(disguise), output->text, output->length);
	copy.length = output->length;
	free(output->text);
	return copy;
}

/* The next line of @text, with its newline if it has one; empty at the end. */
static struct span next_line(struct span *text)
{
	const char *newline = text->length ? memchr(text->start, '\n', text->length) : NULL;
	struct span line = {text->start,
			    newline ? (size_t)(newline - text->start) + 1 : text->length};

	text->start += line.length;
	text->length -= line.length;
	return line;
}

static bool line_starts(struct span line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line.length >= length && memcmp(line.start, prefix, length) == 0;
}

/* The lines of @text for which @keeps is true. */
static struct span select_lines(struct span text, struct disguise *disguise,
				bool (*keeps)(struct span line))
{
	struct output output;
	struct span line;

	output_begin(&output);
	while ((line = next_line(&text)).length)
		if (keeps(line))
			fwrite(line.start, 1, line.length, output.file);
	return output_end(&output, disguise);
}

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
	struct output output;
	struct span line;

	output_begin(&output);
	while ((line = next_line(&text)).length)
		write_interrupt(output.file, line);
	return output_end(&output, disguise);
}

/* False for the name and the serial number of a keyboard, which are private. */
static bool is_judged_of_input(struct span line)
{
	return line_starts(line, "S: ") || line_starts(line, "H: ") ||
	       line_starts(line, "B: KEY=") || line_starts(line, "\n");
}

struct span filter_inputs(struct span text, struct disguise *disguise)
{
	return select_lines(text, disguise, is_judged_of_input);
}

bool is_device_node(const char *link)
{
	static const char *const common[] = {"null", "zero", "full", "random", "urandom",
					     "tty",  "ptmx", "pts/", "shm/",   "hugepages/"};
	const char *node = text_after(link, "/dev/");

	for (size_t i = 0; node && i < ARRAY_SIZE(common); i++)
		if (common[i][strlen(common[i]) - 1] == '/' ? text_starts(node, common[i])
							    : strcmp(node, common[i]) == 0)
			return false;
	return node || strstr(link, "/vfio/") || strstr(link, "anon_inode:[vfio") ||
	       strcmp(link, "anon_inode:[io_uring]") == 0;
}

/*
 * False for mappings of other files than device nodes: they would tell the programs and libraries
 * in use.
 */
static bool is_of_device_node(struct span line)
{
	char path[4096];
	const char *slash = memchr(line.start, '/', line.length);
	size_t length = slash ? (size_t)(line.start + line.length - slash) : 0;

	snprintf(path, sizeof(path), "%.*s", (int)length, slash ? slash : "");
	path[strcspn(path, "\n")] = '\0';
	return is_device_node(path);
}

struct span filter_mappings(struct span text, struct disguise *disguise)
{
	return select_lines(text, disguise, is_of_device_node);
}

/*
 * Write a line of a ring's list of files, "    0: /dev/sda": other files than device nodes become
 * "<none>". Older kernels print the last part of a path only, which need not be a node's: such a
 * line is left out, and check calls the ring's files unknown.
 */
static void write_ring_file(FILE *out, struct span line)
{
	char text[PATH_SIZE], *file;

	snprintf(text, sizeof(text), "%.*s", (int)line.length, line.start);
	text[strcspn(text, "\n")] = '\0';
	file = strstr(text, ": ");
	if (!file || (file[2] != '/' && strcmp(file + 2, "<none>") != 0))
		return;
	fprintf(out, "%.*s: %s\n", (int)(file - text), text,
		is_device_node(file + 2) ? file + 2 : "<none>");
}

struct span filter_ring(struct span text, struct disguise *disguise)
{
	struct output output;
	struct span line;
	bool in_list = false;

	output_begin(&output);
	while ((line = next_line(&text)).length) {
		/* Lines of a list begin with a number, after blanks where it is short. */
		bool is_item = *line.start == ' ' || isdigit((unsigned char)*line.start);

		if (!is_item)
			in_list = line_starts(line, "UserFiles:");
		if (in_list && !is_item)
			fwrite(line.start, 1, line.length, output.file);
		else if (in_list)
			write_ring_file(output.file, line);
	}
	return output_end(&output, disguise);
}

/*
 * Keep the argument that names the guest. Words are separated by NUL: "qemu-system-x86_64",
 * "-name", "guest=web,debug-threads=on".
 */
struct span filter_guest_name(struct span text, struct disguise *disguise)
{
	const char *end = text.start + text.length, *name = NULL;
	struct output output;

	for (const char *word = text.start; word < end && !name;
	     word += strnlen(word, (size_t)(end - word)) + 1)
		if (strncmp(word, "-name", (size_t)(end - word)) == 0)
			name = word + sizeof("-name");
	output_begin(&output);
	if (name && name < end) {
		fwrite("-name", 1, sizeof("-name"), output.file);
		fwrite(name, 1, strnlen(name, (size_t)(end - name)), output.file);
		putc('\0', output.file);
	}
	return output_end(&output, disguise);
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
	struct output output;

	output_begin(&output);
	while (guest_file_next(&text, &device))
		write_guest_device(output.file, &device);
	return output_end(&output, disguise);
}

static bool is_node_number(struct span line)
{
	return line_starts(line, "Device Minor:");
}

struct span filter_nvidia(struct span text, struct disguise *disguise)
{
	return select_lines(text, disguise, is_node_number);
}

static void write_nvme_setting(FILE *out, struct span setting, struct disguise *disguise)
{
	const char *equals = memchr(setting.start, '=', setting.length);
	size_t key = equals ? (size_t)(equals - setting.start) + 1 : setting.length;

	fwrite(setting.start, 1, key, out);
	if (line_starts(setting, "host_iface=") || line_starts(setting, "trsvcid="))
		fwrite(setting.start + key, 1, setting.length - key, out);
	else if (equals)
		disguise_write(disguise, out,
			       (struct span){setting.start + key, setting.length - key});
}

/*
 * Replace the addresses in "traddr=10.0.0.1,trsvcid=4420,host_iface=eth1,src_addr=10.0.0.2"
 * (nvme_tcp_get_address)
 */
struct span filter_nvme_address(struct span text, struct disguise *disguise)
{
	struct output output;

	output_begin(&output);
	while (text.length) {
		size_t length = 0;

		while (length < text.length && !strchr(",\n", text.start[length]))
			length++;
		write_nvme_setting(output.file, (struct span){text.start, length}, disguise);
		if (length < text.length)
			putc(text.start[length++], output.file);
		text.start += length;
		text.length -= length;
	}
	return output_end(&output, disguise);
}

/*
 * Keep "fcoe v0.1 over eth1" (drivers/scsi/fcoe/fcoe.c); with other drivers this file names the
 * host.
 */
struct span filter_symbolic_name(struct span text, struct disguise *disguise)
{
	const char *over = text.length ? memmem(text.start, text.length, " over ", 6) : NULL;
	struct output output;

	output_begin(&output);
	fputs("***", output.file);
	if (over)
		fwrite(over, 1, (size_t)(text.start + text.length - over), output.file);
	return output_end(&output, disguise);
}

/* Write a line of a file that is no pin without personal data: "serial = mac:***". */
static void write_pin_line(FILE *out, const char *line, size_t length)
{
	const char *start = line + strspn(line, " \t");
	const char *colon = text_starts(start, "serial") ? memchr(line, ':', length) : NULL;

	if (*start == '#')
		return;
	if (colon)
		fprintf(out, "%.*s***\n", (int)(colon + 1 - line), line);
	else
		fprintf(out, "%.*s\n", (int)length, line);
}

static struct span filter_pin_lines(const char *text, struct disguise *disguise)
{
	struct output output;

	output_begin(&output);
	while (*text) {
		size_t length = strcspn(text, "\n");

		write_pin_line(output.file, text, length);
		text += length + (text[length] == '\n');
	}
	return output_end(&output, disguise);
}

/* A key that a newer version has for a serial. */
static size_t drop_unknown_serials(const char *const *lines, size_t count, const char **kept)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		if (!text_starts(lines[i], "serial"))
			kept[left++] = lines[i];
	return left;
}

/* Serials become digests, comments go. */
struct span filter_pin(struct span text, struct disguise *disguise)
{
	struct arena *arena = disguise_arena(disguise);
	struct error ignored = {0};
	struct serial *serials;
	const char **unknown;
	struct pin pin;

	if (pin_parse("", "", text, arena, &pin, &ignored) < 0)
		return filter_pin_lines(arena_text(arena, text.start, text.length), disguise);
	serials = arena_array(arena, pin.serial_count, sizeof(*serials));
	for (size_t i = 0; i < pin.serial_count; i++)
		serials[i] = (struct serial){
			pin.serials[i].kind,
			disguise_serial(disguise, pin.vendor_id, pin.device_id, pin.serials[i])};
	pin.serials = serials;
	unknown = arena_array(arena, pin.unknown_count, sizeof(*unknown));
	pin.unknown_count = drop_unknown_serials(pin.unknown, pin.unknown_count, unknown);
	pin.unknown = unknown;
	return pin_write(&pin, arena);
}

/* The characters of addresses: an address ends where another one stands. */
static bool is_of_address(char c)
{
	return isxdigit((unsigned char)c) || c == '.' || c == ':';
}

static bool is_hardware_address(const char *text)
{
	static const char shape[] = "xx:xx:xx:xx:xx:xx";
	size_t i = 0;

	while (shape[i] && (shape[i] == 'x' ? isxdigit((unsigned char)text[i]) : text[i] == ':'))
		i++;
	return !shape[i] && !text[i];
}

static bool is_of_family(struct span word, int family)
{
	unsigned char address[16];
	char text[64];

	if (word.length >= sizeof(text))
		return false;
	memcpy(text, word.start, word.length);
	text[word.length] = '\0';
	return inet_pton(family, text, address) > 0 ||
	       (family == AF_INET6 && is_hardware_address(text));
}

/* "10.0.0.2::10.0.0.1:255.255.255.0" (Documentation/admin-guide/nfs/nfsroot.rst) */
static void write_parts(FILE *out, struct span word, struct disguise *disguise)
{
	while (word.length) {
		const char *colon = memchr(word.start, ':', word.length);
		struct span part = {word.start, colon ? (size_t)(colon - word.start) : word.length};

		if (is_of_family(part, AF_INET))
			disguise_write(disguise, out, part);
		else
			fwrite(part.start, 1, part.length, out);
		if (colon)
			putc(':', out);
		word.start += part.length + (colon != NULL);
		word.length -= part.length + (colon != NULL);
	}
}

struct span filter_addresses(struct span text, struct disguise *disguise)
{
	struct output output;

	output_begin(&output);
	while (text.length) {
		struct span word = {text.start, 0};

		while (word.length < text.length && is_of_address(text.start[word.length]))
			word.length++;
		if (is_of_family(word, AF_INET6))
			disguise_write(disguise, output.file, word);
		else
			write_parts(output.file, word, disguise);
		if (word.length < text.length)
			putc(text.start[word.length++], output.file);
		text.start += word.length;
		text.length -= word.length;
	}
	return output_end(&output, disguise);
}

struct span filter_address(struct span text, struct disguise *disguise)
{
	struct span address = {text.start, text_trim(text.start, text.length)};
	struct output output;

	output_begin(&output);
	if (address.length)
		disguise_write(disguise, output.file, address);
	fwrite(text.start + address.length, 1, text.length - address.length, output.file);
	return output_end(&output, disguise);
}
