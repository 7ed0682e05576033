/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/firmware/offline_files.h"

#include "base/root.h"
#include "base/text.h"
#include "model/firmware_table.h"
#include "sources/firmware/acpi_decoder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SIGNATURE_SIZE = 4,
	/*
	 * limits for acpidump, which prints 16 bytes in a line of some 80 characters, and all
	 * tables of the machine
	 */
	DUMP_MAX = 64 << 20,
	DUMP_LINE_BYTES = 16,
	READ_SIZE = 64 << 10,
};

static bool is_standard_input(const char *path)
{
	return strcmp(path, "-") == 0;
}

const char *offline_name(const char *path)
{
	assert(path);
	return is_standard_input(path) ? "standard input" : path;
}

int offline_read(const char *path, struct arena *arena, size_t most, char **ret_bytes,
		 size_t *ret_length)
{
	bool standard_input = is_standard_input(path);
	_autoclose_ int file =
		standard_input ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0, room = READ_SIZE;
	char *bytes = arena_alloc(arena, room);
	ssize_t got = 1;

	if (file < 0)
		return -errno;
	while (got > 0 && length <= most) {
		if (length == room)
			bytes = arena_grow(arena, bytes, length, &room, 1);
		got = read(file, bytes + length, room - length);
		if (got < 0)
			return -errno;
		length += (size_t)got;
	}
	*ret_bytes = bytes;
	*ret_length = length;
	return length > most ? -EFBIG : 0;
}

static void add_table(struct offline_tables *tables, struct arena *arena,
		      struct offline_table table)
{
	tables->items = arena_grow(arena, tables->items, tables->count, &tables->room,
				   sizeof(*tables->items));
	tables->items[tables->count++] = table;
}

const struct offline_table *offline_tables_find(const struct offline_tables *tables,
						const char *signature)
{
	for (size_t i = 0; i < tables->count; i++)
		if (strcmp(tables->items[i].signature, signature) == 0)
			return &tables->items[i];
	return NULL;
}

/* The signature that begins @text, in its upper-case form; NULL for a table of no interest. */
static const char *known_signature(const char *text, size_t length)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);

	for (size_t i = 0; length >= SIGNATURE_SIZE && i < count; i++)
		if (strncasecmp(text, tables[i].signature, SIGNATURE_SIZE) == 0)
			return tables[i].signature;
	return NULL;
}

/* Functions for a folder of ACPI tables. */

struct folder {
	const struct root *root;
	const char *path;
	struct arena *arena;
	struct offline_tables *tables;
	const char *failed;
};

/* The signature of a table by its file's name: "IORT", "iort.dat", "IORT.aml", "iort.bin" */
static const char *signature_of_name(const char *name)
{
	static const char *const endings[] = {"", ".dat", ".aml", ".bin"};
	const char *signature = known_signature(name, strlen(name));

	for (size_t i = 0; signature && i < ARRAY_SIZE(endings); i++)
		if (strcasecmp(name + SIGNATURE_SIZE, endings[i]) == 0)
			return signature;
	return NULL;
}

static int read_entry(void *context, const char *name)
{
	struct folder *folder = context;
	struct offline_table table = {.signature = signature_of_name(name)};
	char *bytes;
	int result;

	if (!table.signature)
		return 0;
	table.file = arena_concat(folder->arena, folder->path, "/", name);
	result = root_read_all(folder->root, folder->arena,
			       arena_concat(folder->arena, "/", name, ""), ACPI_TABLE_MAX, &bytes,
			       &table.length);
	if (result < 0) {
		folder->failed = table.file;
		return result;
	}
	table.bytes = bytes;
	add_table(folder->tables, folder->arena, table);
	return 0;
}

static int read_dump_folder(const char *path, struct arena *arena, struct offline_tables *tables,
			    struct error *e)
{
	_autoroot_ struct root *root = NULL;
	struct folder folder = {.path = path, .arena = arena, .tables = tables};
	int result = root_open(path, &root, e);

	if (result < 0)
		return result;
	folder.root = root;
	result = root_list(root, "/", read_entry, &folder);
	return result < 0 ? error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
				      "cannot read %s", folder.failed ? folder.failed : path)
			  : 0;
}

/* Functions for a file with one table, or the text of acpidump. */

/*
 * Parse a line of acpidump, "    0010: 49 4F 52 54 …  IORT", and append its bytes to @out.
 * Returns: false for any other line, and for a line that does not continue at @length.
 */
static bool parse_dump_line(const char *line, const char *end, char *out, size_t *length)
{
	char *behind;
	unsigned long offset = strtoul(line, &behind, 16);
	const char *at = behind;

	if (behind == line || behind >= end || *behind != ':' || offset != *length)
		return false;
	at++;
	for (int i = 0; i < DUMP_LINE_BYTES && end - at >= 3 && *at == ' '; i++, at += 3) {
		int high = text_digit(at[1]), low = text_digit(at[2]);

		if (high < 0 || low < 0)
			break;
		out[(*length)++] = (char)(high << 4 | low);
	}
	return true;
}

/* The header of a table in a dump, "IORT @ 0x00000000BFFE1000" */
static const char *dump_header(const char *line, const char *end)
{
	static const char address[] = " @ 0x";
	const size_t size = SIGNATURE_SIZE + sizeof(address) - 1;

	if ((size_t)(end - line) < size ||
	    memcmp(line + SIGNATURE_SIZE, address, sizeof(address) - 1) != 0)
		return NULL;
	return known_signature(line, SIGNATURE_SIZE);
}

/* Parse a dump. The text has a NUL at @end, and its last line is complete. */
static void parse_dump(const char *text, const char *end, const char *file, struct arena *arena,
		       struct offline_tables *tables)
{
	/* A byte takes three characters in a dump, so a third of the text is enough. */
	char *bytes = arena_alloc(arena, (size_t)(end - text) / 3 + 1);
	const char *signature = NULL;
	size_t length = 0;

	for (const char *line = text, *next; line < end; line = next) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const char *found;

		stop = stop ? stop : end;
		next = stop < end ? stop + 1 : end;
		found = dump_header(line, stop);
		if (signature && !found && parse_dump_line(line, stop, bytes, &length))
			continue;
		if (signature)
			add_table(tables, arena,
				  (struct offline_table){signature, file, bytes, length});
		signature = found;
		bytes += length;
		length = 0;
	}
	if (signature)
		add_table(tables, arena, (struct offline_table){signature, file, bytes, length});
}

void offline_tables_parse(const char *bytes, size_t length, const char *file, struct arena *arena,
			  struct offline_tables *tables)
{
	const char *signature = known_signature(bytes, length);

	if (signature && !dump_header(bytes, bytes + length))
		add_table(tables, arena, (struct offline_table){signature, file, bytes, length});
	else
		parse_dump(bytes, bytes + length, file, arena, tables);
}

static int read_dump(const char *path, struct arena *arena, struct offline_tables *tables,
		     struct error *e)
{
	size_t length = 0, room;
	char *bytes = NULL;
	int result = offline_read(path, arena, DUMP_MAX, &bytes, &length);

	if (result < 0)
		return error_set(e, result == -EACCES ? ERROR_PERMISSION : ERROR_IO, result,
				 "cannot read %s", path);
	room = length;
	bytes = arena_grow(arena, bytes, length, &room, 1);
	bytes[length] = '\0';
	offline_tables_parse(bytes, length, path, arena, tables);
	return 0;
}

static const char *list_signatures(struct arena *arena)
{
	size_t count;
	const struct firmware_table *tables = firmware_tables(&count);
	const char *list = tables[0].signature;

	for (size_t i = 1; i < count; i++)
		list = arena_concat(arena, list, i + 1 < count ? ", " : " or ",
				    tables[i].signature);
	return list;
}

int offline_tables_read(const char *path, struct arena *arena, struct offline_tables *ret_tables,
			struct error *e)
{
	struct stat status;
	bool folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
	int result;

	*ret_tables = (struct offline_tables){0};
	result = folder ? read_dump_folder(path, arena, ret_tables, e)
			: read_dump(path, arena, ret_tables, e);
	if (result < 0)
		return result;
	return ret_tables->count ? 0
				 : error_set(e, ERROR_IO, -ENOENT, "%s has no %s", path,
					     list_signatures(arena));
}
