/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/network_lines.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* The addresses so far; the made-up address ends in the index of the real one. */
struct disguise {
	struct arena *arena;
	struct span *known;
	size_t count, room;
	FILE *out;
};

static size_t number_of(struct disguise *disguise, struct span address)
{
	for (size_t i = 0; i < disguise->count; i++)
		if (disguise->known[i].length == address.length &&
		    memcmp(disguise->known[i].start, address.start, address.length) == 0)
			return i + 1;
	disguise->known = arena_grow(disguise->arena, disguise->known, disguise->count,
				     &disguise->room, sizeof(*disguise->known));
	disguise->known[disguise->count++] = address;
	return disguise->count;
}

/*
 * Write a made-up address: 198.18.0.0/15 and 2001:db8::/32 belong to no network (RFC 2544, RFC
 * 3849).
 */
static void write_address(struct disguise *disguise, struct span address)
{
	unsigned number;

	number = (unsigned)number_of(disguise, address);
	if (!memchr(address.start, ':', address.length))
		fprintf(disguise->out, "198.18.%u.%u", number >> 8 & 0xff, number & 0xff);
	else if (address.length > 3 && strncmp(address.start, "fe", 2) == 0 &&
		 strchr("89ab", address.start[2]))
		fprintf(disguise->out, "fe80::%x", number & 0xffff);
	else
		fprintf(disguise->out, "2001:db8::%x", number & 0xffff);
}

static bool is_address(const struct disguise *disguise, struct span word)
{
	const char *text = arena_text(disguise->arena, word.start, word.length);
	unsigned char address[16];

	return inet_pton(AF_INET, text, address) > 0 || inet_pton(AF_INET6, text, address) > 0;
}

/*
 * "address 2 10.0.0.5/24", "way 2 10.1.0.0/16 via 10.0.0.1 table 100": addresses are replaced, and
 * prefix lengths and other words kept.
 */
static void write_entry(struct disguise *disguise, const char *line, size_t length)
{
	size_t at = strcspn(line, " ") + 1;

	at += strcspn(line + at, " ") + 1;
	if (at >= length)
		return;
	fwrite(line, 1, at, disguise->out);
	while (at < length) {
		struct span word = {line + at, strcspn(line + at, " /\n")};

		if (is_address(disguise, word))
			write_address(disguise, word);
		else
			fwrite(word.start, 1, word.length, disguise->out);
		at += word.length;
		if (at < length)
			putc(line[at++], disguise->out);
	}
	putc('\n', disguise->out);
}

/* A line "session 10.0.0.5 FILE TEXT": the text names the other end, and is left out. */
static void write_session(struct disguise *disguise, const char *address)
{
	size_t length = strcspn(address, " \n");
	const char *file = address + length + (address[length] == ' ');

	fputs("session ", disguise->out);
	write_address(disguise, (struct span){address, length});
	fprintf(disguise->out, " %.*s a login\n", (int)strcspn(file, " \n"), file);
}

const char *network_lines(const char *lines, struct arena *arena, size_t *ret_length)
{
	_autofree_ char *text = NULL;
	struct disguise disguise = {.arena = arena, .out = open_memstream(&text, ret_length)};

	if (!disguise.out)
		memory_exhausted();
	while (*lines) {
		size_t length = strcspn(lines, "\n");
		const char *session = text_after(lines, "session ");

		if (session)
			write_session(&disguise, session);
		else if (text_starts(lines, "address ") || text_starts(lines, "route ") ||
			 text_starts(lines, "way "))
			write_entry(&disguise, lines, length);
		else
			fprintf(disguise.out, "%.*s\n", (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
	if (fclose(disguise.out) != 0)
		memory_exhausted();
	return arena_text(arena, text, *ret_length);
}
