/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/network_lines.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* The state while lines of the network are rewritten. */
struct rewriting {
	struct disguise *disguise;
	FILE *out;
};

static bool is_address(const struct rewriting *rewriting, struct span word)
{
	const char *text = arena_text(disguise_arena(rewriting->disguise), word.start, word.length);
	unsigned char address[16];

	return inet_pton(AF_INET, text, address) > 0 || inet_pton(AF_INET6, text, address) > 0;
}

/*
 * Replace the addresses in "address 2 10.0.0.5/24" and "way 2 10.1.0.0/16 via 10.0.0.1 table 100";
 * prefix lengths and other words are kept.
 */
static void write_entry(const struct rewriting *rewriting, const char *line, size_t length)
{
	size_t at = strcspn(line, " ") + 1;

	at += strcspn(line + at, " ") + 1;
	if (at >= length)
		return;
	fwrite(line, 1, at, rewriting->out);
	while (at < length) {
		struct span word = {line + at, strcspn(line + at, " /\n")};

		if (is_address(rewriting, word))
			disguise_write(rewriting->disguise, rewriting->out, word);
		else
			fwrite(word.start, 1, word.length, rewriting->out);
		at += word.length;
		if (at < length)
			putc(line[at++], rewriting->out);
	}
	putc('\n', rewriting->out);
}

/* A line "session 10.0.0.5 FILE TEXT": the text names the other end, and is left out. */
static void write_session(const struct rewriting *rewriting, const char *address)
{
	size_t length = strcspn(address, " \n");
	const char *file = address + length + (address[length] == ' ');

	fputs("session ", rewriting->out);
	disguise_write(rewriting->disguise, rewriting->out, (struct span){address, length});
	fprintf(rewriting->out, " %.*s a login\n", (int)strcspn(file, " \n"), file);
}

const char *network_lines(const char *lines, struct disguise *disguise, size_t *ret_length)
{
	_autofree_ char *text = NULL;
	const struct rewriting rewriting = {disguise, open_memstream(&text, ret_length)};

	if (!rewriting.out)
		memory_exhausted();
	while (*lines) {
		size_t length = strcspn(lines, "\n");
		const char *session = text_after(lines, "session ");

		if (session)
			write_session(&rewriting, session);
		else if (text_starts(lines, "address ") || text_starts(lines, "route ") ||
			 text_starts(lines, "way "))
			write_entry(&rewriting, lines, length);
		else
			fprintf(rewriting.out, "%.*s\n", (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
	if (fclose(rewriting.out) != 0)
		memory_exhausted();
	return arena_text(disguise_arena(disguise), text, *ret_length);
}
