/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/filter_text.h"
#include "capture/filters.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

static void write_nvme_setting(FILE *out, struct span setting, struct disguise *disguise)
{
	const char *equals = memchr(setting.start, '=', setting.length);
	size_t key = equals ? (size_t)(equals - setting.start) + 1 : setting.length;

	fwrite(setting.start, 1, key, out);
	if (filter_line_starts(setting, "host_iface=") || filter_line_starts(setting, "trsvcid="))
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
	struct filter_output output;

	filter_begin(&output);
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
	return filter_end(&output, disguise);
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
	struct filter_output output;

	filter_begin(&output);
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
	return filter_end(&output, disguise);
}

struct span filter_address(struct span text, struct disguise *disguise)
{
	struct span address = {text.start, text_trim(text.start, text.length)};
	struct filter_output output;

	filter_begin(&output);
	if (address.length)
		disguise_write(disguise, output.file, address);
	fwrite(text.start + address.length, 1, text.length - address.length, output.file);
	return filter_end(&output, disguise);
}
