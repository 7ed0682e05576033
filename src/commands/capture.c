/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture - write all that the reading commands read to a tree that --root reads on any machine */
#include "capture/boots.h"
#include "capture/contents.h"
#include "capture/read_contents.h"
#include "capture/tarball.h"

#include "base/text.h"
#include "base/unreadable.h"
#include "commands/command.h"
#include "commands/look.h"
#include "views/output.h"
#include "views/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/*
 * One capture while it is written.   @path: of the archive   @overwrite: it may be there
 * @with_serials: serials themselves
 */
struct capture {
	const struct root *root;
	const char *path;
	bool overwrite, with_serials;
	struct tarball *tarball;
	struct contents contents;
};

/* An attribute may contain NUL, so its text is stored with its length. */
static void add_text(struct tarball *tarball, const char *path, const struct entry *entry)
{
	_autofree_ char *line = malloc(entry->length + 1);

	if (!line)
		memory_exhausted();
	memcpy(line, entry->text, entry->length);
	line[entry->length] = '\n';
	tarball_add_file(tarball, path, line, entry->length + 1);
}

static void add_entry_to_tar(void *context, const char *path, const struct entry *entry)
{
	struct tarball *tarball = context;

	switch (entry->kind) {
	case ENTRY_TEXT:
		add_text(tarball, path, entry);
		break;
	case ENTRY_BYTES:
	case ENTRY_CONFIG:
		tarball_add_file(tarball, path, entry->text, entry->length);
		break;
	case ENTRY_LINK:
		tarball_add_link(tarball, path, entry->text);
		break;
	case ENTRY_FOLDER:
		tarball_add_folder(tarball, path);
		break;
	case ENTRY_MARK:
		tarball_add_file(tarball, path, "", 0);
		break;
	}
}

static const char *path_of(const struct capture *capture, const struct entry *entry,
			   char text[static PATH_SIZE])
{
	return paths_text(capture->contents.paths, entry->path, text);
}

static void add_unreadable_list(struct capture *capture)
{
	_autofree_ char *lines = NULL;
	size_t length = 0;
	char path[PATH_SIZE];
	FILE *out = open_memstream(&lines, &length);

	if (!out)
		memory_exhausted();
	for (size_t i = 0; i < capture->contents.count; i++) {
		const struct entry *entry = &capture->contents.entries[i];

		if (entry->status)
			unreadable_put(out, path_of(capture, entry, path), entry->status);
	}
	if (fclose(out) != 0)
		memory_exhausted();
	tarball_add_file(capture->tarball, CAPTURED_UNREADABLE, lines, length);
}

/*
 * Add /proc/sys/kernel/arch, which exists from Linux 6.1 on: for another machine there is no other
 * source.
 */
static void add_arch(struct capture *capture)
{
	static const char path[] = "/proc/sys/kernel/arch";
	struct utsname name;

	if (root_is_live(capture->root) && root_has(capture->root, path) == 0 && uname(&name) == 0)
		tarball_add_file(capture->tarball, path, name.machine, strlen(name.machine));
}

static int write_archive(struct capture *capture, struct error *e)
{
	int result;

	add_arch(capture);
	result = contents_read(&capture->contents, add_entry_to_tar, capture->tarball, e);
	if (result < 0)
		return result;
	add_unreadable_list(capture);
	return tarball_publish(capture->tarball, e);
}

static const struct document_kind document_kind = {.members = {"capture"}};

static int print_capture_document(const struct capture *capture, struct error *e)
{
	struct json_object *object = json_object_new_object(),
			   *unreadable = json_object_new_array();
	const struct document document = {.kind = &document_kind, .values = {object}};

	for (size_t i = 0; i < capture->contents.count; i++) {
		const struct entry *entry = &capture->contents.entries[i];
		struct json_object *one;
		char path[PATH_SIZE];

		if (!entry->status)
			continue;
		one = json_object_new_object();
		json_object_object_add(one, "file", json_text(path_of(capture, entry, path)));
		json_object_object_add(one, "state", json_text(unreadable_word(entry->status)));
		json_object_array_add(unreadable, one);
	}
	json_object_object_add(object, "file", json_text(capture->path));
	json_object_object_add(object, "unreadable", unreadable);
	return json_print(&document, e);
}

static bool is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

/*
 * Print for users where the archive is and which files it lacks; a few lines, or with --verbose
 * all.
 */
static int print_capture_text(const struct capture *capture, const struct options *options,
			      struct error *e)
{
	const char *path = capture->path;
	FILE *out = is_stdout(path) ? stderr : stdout;
	enum { FEW = 5 };
	size_t unreadable = 0;
	char name[PATH_SIZE], file[PATH_SIZE];

	for (size_t i = 0; i < capture->contents.count && !options->quiet; i++) {
		const struct entry *entry = &capture->contents.entries[i];

		if (!entry->status || (++unreadable > FEW && !options->verbose))
			continue;
		path_of(capture, entry, file);
		text_escape(file, strlen(file), name, sizeof(name));
		fprintf(stderr, "iommuctl: %s: %s\n", name, unreadable_word(entry->status));
	}
	if (unreadable > FEW && !options->verbose)
		fprintf(stderr,
			"iommuctl: and %zu more that could not be read; --verbose lists them\n",
			unreadable - FEW);
	text_escape(path, strlen(path), name, sizeof(name));
	if (!options->quiet && is_stdout(path))
		fputs("iommuctl: read it with iommuctl --root FILE, where FILE is what it is "
		      "written to\n",
		      out);
	else if (!options->quiet)
		fprintf(out, "%s: read it with iommuctl --root %s\n", name, name);
	return output_flush(e);
}

static void close_capture(struct capture *capture)
{
	tarball_free(capture->tarball);
	contents_free(&capture->contents);
}

static int choose_place(const struct options *options, struct capture *capture, struct arena *arena,
			struct error *e)
{
	capture->path = options->arguments[0];
	capture->overwrite = options->overwrite;
	capture->with_serials = options->with_serials;
	if (options->keep && (capture->path || options->root))
		return error_set(e, ERROR_USAGE, 0,
				 "capture --keep is of this machine, and has a place of its own");
	/* An older capture of the same boot is replaced. */
	capture->overwrite |= options->keep;
	if (options->keep)
		return boots_place(capture->root, BOOTS_FOLDER, arena, &capture->path, e);
	if (!capture->path)
		return error_set(e, ERROR_USAGE, 0, "capture needs the name of the file to write");
	if (is_stdout(capture->path) && options->json)
		return error_set(
			e, ERROR_USAGE, 0,
			"standard output takes the archive or the JSON document, not both");
	return 0;
}

static int make_capture(struct capture *capture, struct error *e)
{
	/*
	 * Open the archive before reading the machine: a place that cannot be written is reported
	 * first.
	 */
	int result = tarball_new(capture->path, capture->overwrite, &capture->tarball, e);

	if (result == 0)
		result = contents_gather(capture->root, capture->with_serials, &capture->contents,
					 e);
	return result < 0 ? result : write_archive(capture, e);
}

static int run_capture(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	_cleanup_(close_capture) struct capture capture = {0};
	_autoroot_ struct root *root = NULL;
	int result = look_open_tree(options, &root, e);

	capture.root = root;
	if (result == 0)
		result = choose_place(options, &capture, arena, e);
	if (result == 0)
		result = make_capture(&capture, e);
	if (result == 0 && options->keep)
		result = boots_settle(BOOTS_FOLDER, arena, e);
	if (result < 0)
		return result;
	return options->json ? print_capture_document(&capture, e)
			     : print_capture_text(&capture, options, e);
}

const struct command command_capture = {
	.name = "capture",
	.arguments = "FILE|--keep",
	.summary = "all that the reading commands read, as a tree for --root",
	.examples = {"capture server.tar.gz", "capture --keep", "show --root server.tar.gz"},
	.scope = SCOPE_READING | SCOPE_CAPTURE,
	.most_arguments = 1,
	.document = &document_kind,
	.run = run_capture,
};
