/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/secrets.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char BLANKED[] = "***";

/*
 * Keys of settings whose values are secret. A pattern is a part of a key; "$" means that the key
 * ends there. '-' equals '_'. dm-mod.create= may have the key of a dm-crypt target in its table.
 */
static const char *const secret_keys[] = {
	"password", "passwd",  "passphrase",	 "secret", "credential", "token",
	"apikey",   "api_key", "privkey",	 "rootpw", "username",	 "pass$",
	"pwd$",	    "auth$",   "psk$",		 "key$",   "keydata",	 "chap_",
	".user$",   "_user$",  "dm_mod.create$", NULL,
};

/*
 * Mount options with private values. user=: of FUSE file systems and CIFS. addr=: of NFS, CIFS,
 * Ceph and AFS.
 */
static const char *const mount_keys[] = {
	"password", "passwd",	"secret", "credential", "cred$",    "token",
	"user$",    "username", "pass$",  "passphrase", "apikey",   "api_key",
	"domain$",  "addr$",	"key$",	  "ip$",	"hostname", NULL,
};

static const char *const uevent_keys[] = {
	"uniq$", "serial", "traddr$", "host_traddr", "host_iface", "macaddr", NULL,
};

static bool same_letter(char one, char other)
{
	return (one == '-' ? '_' : tolower((unsigned char)one)) == other;
}

static bool starts_with_pattern(struct span key, const char *pattern)
{
	for (; *pattern && *pattern != '$'; pattern++, key.start++, key.length--)
		if (!key.length || !same_letter(*key.start, *pattern))
			return false;
	return *pattern != '$' || key.length == 0;
}

static bool is_secret(struct span key, const char *const *patterns)
{
	for (; *patterns; patterns++)
		for (size_t i = 0; i < key.length; i++)
			if (starts_with_pattern((struct span){key.start + i, key.length - i},
						*patterns))
				return true;
	return false;
}

static void put(FILE *out, struct span text)
{
	fwrite(text.start, 1, text.length, out);
}

static struct span cut_front(struct span *rest, size_t length)
{
	struct span part = {rest->start, length};

	rest->start += length;
	rest->length -= length;
	return part;
}

/* The length of @text before the first of the characters @bytes, or of all of it. */
static size_t length_until(struct span text, const char *bytes, size_t count)
{
	size_t length = 0;

	while (length < text.length && !memchr(bytes, text.start[length], count))
		length++;
	return length;
}

/*
 * Blank the user part of a URL "https://user:password@host/…", and dracut's
 * "iscsi:user:password@host:…".
 */
static void put_value(FILE *out, struct span value)
{
	const char *at = memchr(value.start, '@', value.length);
	const char *slashes = memmem(value.start, value.length, "://", 3);
	const char *iscsi = memmem(value.start, value.length, "iscsi:", 6);
	const char *from = slashes ? slashes + 3 : iscsi ? iscsi + 6 : NULL;

	if (at && from && from < at && !memchr(from, '/', (size_t)(at - from))) {
		put(out, cut_front(&value, (size_t)(from - value.start)));
		fputs(BLANKED, out);
		cut_front(&value, (size_t)(at - value.start));
	}
	put(out, value);
}

static void put_setting(FILE *out, struct span word, const char *const *patterns)
{
	const char *equals = memchr(word.start, '=', word.length);
	struct span key;

	if (!equals) {
		put(out, word);
		return;
	}
	key = cut_front(&word, (size_t)(equals - word.start));
	put(out, key);
	put(out, cut_front(&word, 1));
	if (is_secret(key, patterns))
		fputs(BLANKED, out);
	else
		put_value(out, word);
}

/*
 * The length of the first word of a command line: a blank within double quotes does not end it
 * (lib/cmdline.c: next_arg).
 */
static size_t parameter_length(struct span text)
{
	bool quoted = false;
	size_t length = 0;

	for (; length < text.length && text.start[length]; length++) {
		if (text.start[length] == '"')
			quoted = !quoted;
		else if (text.start[length] == '\n' ||
			 (!quoted && isspace((unsigned char)text.start[length])))
			break;
	}
	return length;
}

static struct span finish_copy(FILE *out, char **bytes, size_t *length, struct arena *arena)
{
	struct span copy;

	if (fclose(out) != 0)
		memory_exhausted();
	copy = (struct span){arena_text(arena, *bytes, *length), *length};
	free(*bytes);
	return copy;
}

static FILE *begin(char **bytes, size_t *length)
{
	FILE *out = open_memstream(bytes, length);

	if (!out)
		memory_exhausted();
	return out;
}

struct span secrets_blank_words(struct span text, struct arena *arena)
{
	char *bytes = NULL;
	size_t length = 0;
	FILE *out = begin(&bytes, &length);

	while (text.length) {
		put_setting(out, cut_front(&text, parameter_length(text)), secret_keys);
		if (text.length)
			put(out, cut_front(&text, 1));
	}
	return finish_copy(out, &bytes, &length, arena);
}

static void put_options(FILE *out, struct span options)
{
	while (options.length) {
		put_setting(out, cut_front(&options, length_until(options, ",", 1)), mount_keys);
		if (options.length)
			put(out, cut_front(&options, 1));
	}
}

/*
 * Blank the host in the source of a mount, "//host/share" and "host:/export"; a device or a plain
 * word is kept.
 */
static void put_mount_source(FILE *out, struct span source)
{
	const char *colon = memmem(source.start, source.length, ":/", 2);

	if (source.length > 2 && memcmp(source.start, "//", 2) == 0) {
		put(out, cut_front(&source, 2));
		fputs(BLANKED, out);
		cut_front(&source, length_until(source, "/", 1));
	} else if (colon && source.start[0] != '/') {
		fputs(BLANKED, out);
		cut_front(&source, (size_t)(colon - source.start));
	}
	put(out, source);
}

/*
 * Blank a line of mountinfo, "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root
 * rw,errors=continue" (Documentation/filesystems/proc.rst): the source and the last options follow
 * the single "-".
 */
static void put_mount(FILE *out, struct span line)
{
	enum { OPTIONS = 5, NONE = -1, TYPE = 1, SOURCE = 2, SUPER_OPTIONS = 3 };
	int field = 0, after_dash = NONE;

	for (; line.length; field++) {
		struct span word = cut_front(&line, length_until(line, " ", 1));

		if (after_dash != NONE)
			after_dash++;
		if (after_dash == SOURCE)
			put_mount_source(out, word);
		else if (field == OPTIONS || after_dash == SUPER_OPTIONS)
			put_options(out, word);
		else
			put(out, word);
		if (after_dash == NONE && field > OPTIONS && word.length == 1 && *word.start == '-')
			after_dash = 0;
		if (line.length)
			put(out, cut_front(&line, 1));
	}
}

static struct span blank_lines(struct span lines, struct arena *arena,
			       void (*put_line)(FILE *out, struct span line))
{
	char *bytes = NULL;
	size_t length = 0;
	FILE *out = begin(&bytes, &length);

	while (lines.length) {
		put_line(out, cut_front(&lines, length_until(lines, "\n", 1)));
		if (lines.length)
			put(out, cut_front(&lines, 1));
	}
	return finish_copy(out, &bytes, &length, arena);
}

struct span secrets_blank_mounts(struct span lines, struct arena *arena)
{
	return blank_lines(lines, arena, put_mount);
}

static void put_uevent_line(FILE *out, struct span line)
{
	put_setting(out, line, uevent_keys);
}

struct span secrets_blank_uevent(struct span lines, struct arena *arena)
{
	return blank_lines(lines, arena, put_uevent_line);
}
