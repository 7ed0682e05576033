/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/guard.h"

#include "base/child.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum {
	TEXTS_SIZE = 64 * 1024,
};

/*
 * The work of the reader, a child that shares this memory. @files: of the present reading; the
 * reader fills them up to @next, on which it hangs if it does     @served: number of files since
 * its start     @texts: what it has read, @used bytes     @other: one that was left before
 * A reader that is left behind keeps its job, as the kernel may still write into @texts.
 */
struct job {
	struct job *other;
	const struct root *root;
	struct guarded *files;
	size_t count, next, used;
	volatile size_t served;
	char texts[TEXTS_SIZE];
};

static ssize_t read_guarded(const struct root *root, const struct guarded *file, const char *path,
			    char *text)
{
	if (file->reader)
		return file->reader(root, path, text, ATTRIBUTE_MAX);
	return file->access == ROOT_LINK ? root_readlink(root, path, text, ATTRIBUTE_MAX)
					 : root_read_blocking(root, path, text, ATTRIBUTE_MAX);
}

/* A reader may return a part of its data if a later access to the file fails. */
static void serve_file(struct job *job, struct guarded *file)
{
	char path[PATH_SIZE], *text = job->texts + job->used;
	ssize_t length;

	job->served++;
	if (!text_join(file->dir, file->name, path, sizeof(path))) {
		file->status = -ENAMETOOLONG;
		return;
	}
	length = read_guarded(job->root, file, path, text);
	file->failure = root_muted_failure();
	file->status = length < 0 ? (int32_t)length : 0;
	if (length < 0)
		return;
	file->text = text;
	file->length = (uint32_t)length;
	job->used += file->length;
}

static void serve_files(struct job *job)
{
	for (; job->next < job->count && job->used + ATTRIBUTE_MAX <= TEXTS_SIZE; job->next++)
		if (job->files[job->next].status != -ETIMEDOUT)
			serve_file(job, &job->files[job->next]);
}

static void serve_in_child(void *context, int channel)
{
	char byte = 0;

	while (write(channel, &byte, 1) == 1 && read(channel, &byte, 1) == 1)
		serve_files(context);
}

/* The reader of this process. It is kept, and replaced if it hangs, dies or has another root. */
static struct reader {
	bool running;
	struct child child;
	struct job *job;
} reader;

/* Wait for the reader's next byte: 1, 0 where it died, or -ETIMEDOUT where it hangs. */
static int await_reader(void)
{
	char byte;
	int result = child_wait(&reader.child, GUARD_DEADLINE_MS);

	return result < 0 ? result : (int)child_read(&reader.child, &byte, 1, 0);
}

/* The jobs of readers that were left behind. */
static struct job *left_jobs;

static void remember_job(struct job *job)
{
	job->other = left_jobs;
	left_jobs = job;
}

static void leave_reader(void)
{
	child_leave(&reader.child);
	remember_job(reader.job);
	reader = (struct reader){.running = false};
}

void guard_end(void)
{
	if (!reader.running)
		return;
	if (child_end(&reader.child))
		free(reader.job);
	else
		remember_job(reader.job);
	reader = (struct reader){.running = false};
}

void guard_forget(const struct root *root)
{
	if (reader.running && reader.job->root == root)
		guard_end();
}

static int start_reader(const struct root *root)
{
	int kept[2], result;
	struct child_work work = {
		.run = serve_in_child,
		.kept = kept,
		.kept_count = ARRAY_SIZE(kept),
		.shares_memory = true,
	};
	struct job *job = malloc(sizeof(*job));

	if (!job)
		memory_exhausted();
	job->root = root;
	job->served = 0;
	work.context = job;
	work.progress = &job->served;
	root_descriptors(root, kept);
	result = child_start(&reader.child, &work);
	if (result < 0) {
		free(job);
		return result;
	}
	reader.job = job;
	reader.running = true;
	return await_reader();
}

/* 1, 0 where a new reader died, -ETIMEDOUT where it hangs, or another negative errno. */
static int need_reader(const struct root *root)
{
	if (reader.running && reader.job->root == root && child_is_ours(&reader.child))
		return 1;
	guard_end();
	return start_reader(root);
}

/*
 * Repeat an access of the child in this process, as the child's notes are in its own memory.
 * @result: of the reading
 */
static void report_access(const struct root *root, const struct guarded *file, ssize_t result)
{
	char path[PATH_SIZE];

	if (root_path(root, path, "%s/%s", file->dir, file->name) >= 0)
		root_passed(root, file->access == ROOT_OPEN ? ROOT_READ : file->access, path,
			    result);
}

/* The reader's texts make room for others. */
static void copy_texts(const struct root *root, struct arena *arena, struct guarded *files,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct guarded *file = &files[i];

		if (file->status)
			continue;
		file->text = arena_text(arena, file->text, file->length);
		if (file->failure)
			report_access(root, file, file->failure);
	}
}

/*
 * Ask the reader for files[*@done] and those after it: 1 where it read some, 0 where it died, or
 * -ETIMEDOUT where it hangs, on a file that has this status then. *@done moves to the first file
 * that was not read.
 */
static int read_some(const struct root *root, struct arena *arena, struct guarded *files,
		     size_t count, size_t *done)
{
	struct job *job = reader.job;
	size_t first = *done;
	int result;

	job->files = files;
	job->count = count;
	job->next = first;
	job->used = 0;
	root_mute();
	result = child_send(&reader.child, "", 1, GUARD_DEADLINE_MS);
	if (result == 0)
		result = await_reader();
	root_unmute();
	*done = job->next;
	if (result == -ETIMEDOUT && *done < count)
		files[*done].status = -ETIMEDOUT;
	copy_texts(root, arena, files + first, *done - first);
	return result == -EPIPE ? 0 : result;
}

/* 1 where all files from files[*@done] on were read; see read_some for the rest. */
static int read_files(const struct root *root, struct arena *arena, struct guarded *files,
		      size_t count, size_t *done)
{
	int result = need_reader(root);

	while (result == 1 && *done < count)
		result = read_some(root, arena, files, count, done);
	if (result != 1 && reader.running)
		leave_reader();
	return result;
}

/* Most guarded files are read without failure, and making 40,000 paths would take 10 ms. */
static void report_files(const struct root *root, const struct guarded *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (root_is_watched() || (files[i].status && !root_is_absence(files[i].status)))
			report_access(root, &files[i],
				      files[i].status ? files[i].status : (ssize_t)files[i].length);
}

int guard_read(const struct root *root, struct arena *arena, struct guarded *files, size_t count,
	       struct error *e)
{
	size_t done = 0;
	int hangs = 0, deaths = 0;

	for (size_t i = 0; i < count; i++)
		files[i].status = 0;
	while (done < count && hangs < GUARD_HANGS_MAX) {
		int result = read_files(root, arena, files, count, &done);

		/*
		 * The first death of the reader is no failure: it may have been killed while it was
		 * idle.
		 */
		deaths += result == 0;
		if (deaths > 1 || (result < 0 && result != -ETIMEDOUT))
			return error_set(e, ERROR_IO, result ? result : -EIO,
					 "the child process that reads sysfs failed");
		hangs += result == -ETIMEDOUT;
	}
	for (; done < count; done++)
		files[done].status = -ETIMEDOUT;
	report_files(root, files, count);
	return 0;
}
