/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/guard.h"

#include "base/child.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* The head of a request from the parent; @length bytes of path with its NUL follow. */
struct request {
	ssize_t (*reader)(const struct root *root, const char *path, char *bytes, size_t size);
	uint32_t length;
	enum root_access access;
};

/*
 * The head of an answer from the child; @length bytes of text follow. @cause: negative errno of an
 * access that failed although there is a text: a part of it is missing
 */
struct record {
	int32_t status;
	int32_t cause;
	uint32_t length;
};

enum {
	BUFFER_SIZE = 32 * 1024,
	REQUEST_MAX = (int)sizeof(struct request) + PATH_SIZE,
	RECORD_MAX = (int)sizeof(struct record) + ATTRIBUTE_MAX,
	/* the most requests to the reader that fit into a buffer */
	BATCH_MAX = BUFFER_SIZE / ((int)sizeof(struct request) + 1),
};

/* Bytes between the parent and the reader: bytes[start] to bytes[end - 1] are not consumed yet. */
struct buffer {
	size_t start, end;
	char bytes[BUFFER_SIZE];
};

static void buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
	if (size)
		memcpy(buffer->bytes + buffer->end, bytes, size);
	buffer->end += size;
}

/* The state of the reader, a child that reads files until its parent ends. */
struct serving {
	const struct root *root;
	int channel;
	size_t served;
	struct buffer in, out;
};

static void send_records(struct serving *serving)
{
	struct buffer *out = &serving->out;

	while (out->start < out->end) {
		ssize_t step =
			write(serving->channel, out->bytes + out->start, out->end - out->start);

		if (step < 0)
			_exit(1);
		out->start += (size_t)step;
	}
	out->start = out->end = 0;
}

/*
 * In the reader: the next @size bytes of requests. Buffered answers are sent before this waits for
 * more.
 */
static const char *next_bytes(struct serving *serving, size_t size)
{
	struct buffer *in = &serving->in;

	while (in->end - in->start < size) {
		ssize_t step;

		send_records(serving);
		memmove(in->bytes, in->bytes + in->start, in->end - in->start);
		in->end -= in->start;
		in->start = 0;
		step = read(serving->channel, in->bytes + in->end, BUFFER_SIZE - in->end);
		if (step <= 0)
			_exit(0);
		in->end += (size_t)step;
	}
	in->start += size;
	return in->bytes + in->start - size;
}

static ssize_t read_file(const struct root *root, const struct request *request, const char *path,
			 char *bytes, size_t size)
{
	return request->access == ROOT_LINK ? root_readlink(root, path, bytes, size)
					    : root_read_blocking(root, path, bytes, size);
}

/* A reader may return a part of its data if a later access to the file fails. */
static ssize_t read_in_parts(const struct root *root, const struct request *request,
			     const char *path, char *bytes, size_t size, int32_t *ret_cause)
{
	struct root_failures failures;
	ssize_t got;

	root_forget_failures(root);
	got = request->reader(root, path, bytes, size);
	root_take_failures(root, &failures);
	*ret_cause = failures.cause;
	return got;
}

/* The text of the file goes into the buffer of answers at once, after the room for its record. */
static void serve_request(struct serving *serving)
{
	struct buffer *out = &serving->out;
	struct request request;
	struct record record = {0};
	const char *path;
	char *text;
	ssize_t got;

	memcpy(&request, next_bytes(serving, sizeof(request)), sizeof(request));
	path = next_bytes(serving, request.length);
	if (out->end + RECORD_MAX > BUFFER_SIZE)
		send_records(serving);
	text = out->bytes + out->end + sizeof(record);
	/* If this read hangs, the counter tells the parent which file it is. */
	child_progress(++serving->served);
	if (request.reader)
		got = read_in_parts(serving->root, &request, path, text, ATTRIBUTE_MAX,
				    &record.cause);
	else
		got = read_file(serving->root, &request, path, text, ATTRIBUTE_MAX);
	if (got < 0)
		record.status = (int32_t)got;
	else
		record.length = (uint32_t)got;
	buffer_add(out, &record, sizeof(record));
	out->end += record.length;
}

static void serve_in_child(void *context, int channel)
{
	/* Zeroed: to write zeros once more would touch each page of the buffers. */
	static struct serving serving;

	root_unwatch_reader();
	serving.root = context;
	serving.channel = channel;
	for (;;)
		serve_request(&serving);
}

/*
 * The reader of this process. A fork for each reading would take longer than most readings: the
 * child is kept, and replaced if it hangs, dies or has another root.
 */
static struct reader {
	bool running;
	struct child child;
	const struct root *root;
	size_t asked; /* number of requests sent to the reader */
	struct buffer in;
} reader;

/* A batch of requests that is being answered: the numbers of its files. */
struct batch {
	size_t count, settled;
	size_t files[BATCH_MAX];
};

void guard_end(void)
{
	if (reader.running)
		child_end(&reader.child);
	reader.running = false;
}

static void leave_reader(void)
{
	child_leave(&reader.child);
	reader.running = false;
}

void guard_forget(const struct root *root)
{
	if (reader.running && reader.root == root)
		guard_end();
}

static int need_reader(const struct root *root)
{
	int kept[2], result;
	const struct child_work work = {
		.run = serve_in_child,
		.context = (void *)root,
		.kept = kept,
		.kept_count = ARRAY_SIZE(kept),
	};

	if (reader.running && reader.root == root && child_is_ours(&reader.child))
		return 0;
	guard_end();
	root_descriptors(root, kept);
	result = child_start(&reader.child, &work);
	if (result < 0)
		return result;
	reader.running = true;
	reader.root = root;
	reader.asked = reader.in.start = reader.in.end = 0;
	return 0;
}

void guard_begin(const struct root *root)
{
	(void)!need_reader(root);
}

/*
 * Append the request for a file to @out; a file whose path is too long is settled with
 * -ENAMETOOLONG.
 */
static void add_request(struct buffer *out, struct batch *batch, struct guarded *file,
			size_t number)
{
	struct request request = {.reader = file->reader, .access = file->access};
	char path[PATH_SIZE];

	if (!text_join(file->dir, file->name, path, sizeof(path))) {
		file->status = -ENAMETOOLONG;
		return;
	}
	request.length = (uint32_t)strlen(path) + 1;
	buffer_add(out, &request, sizeof(request));
	buffer_add(out, path, request.length);
	batch->files[batch->count++] = number;
}

/* Send as many requests as fit into a buffer, from files[*next] on, to the reader. */
static int send_batch(struct batch *batch, struct guarded *files, size_t count, size_t *next)
{
	static struct buffer out;
	int result;

	out.end = batch->count = batch->settled = 0;
	for (; *next < count && out.end + REQUEST_MAX <= BUFFER_SIZE; (*next)++)
		if (files[*next].status != -ETIMEDOUT)
			add_request(&out, batch, &files[*next], *next);
	result = child_send(&reader.child, out.bytes, out.end, GUARD_DEADLINE_MS);
	reader.asked += batch->count;
	return result;
}

/* Receive exactly @size bytes from the child: 1, 0 where it died, -ETIMEDOUT where it hangs. */
static int receive(const char **ret_bytes, size_t size)
{
	struct buffer *in = &reader.in;

	while (in->end - in->start < size) {
		ssize_t step;

		memmove(in->bytes, in->bytes + in->start, in->end - in->start);
		in->end -= in->start;
		in->start = 0;
		step = child_read(&reader.child, in->bytes + in->end, BUFFER_SIZE - in->end,
				  GUARD_DEADLINE_MS);
		if (step <= 0)
			return (int)step;
		in->end += (size_t)step;
	}
	*ret_bytes = in->bytes + in->start;
	in->start += size;
	return 1;
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

static int collect_file(const struct root *root, struct arena *arena, struct guarded *file)
{
	struct record record;
	const char *bytes;
	int result = receive(&bytes, sizeof(record));

	if (result != 1)
		return result;
	memcpy(&record, bytes, sizeof(record));
	if (record.length > ATTRIBUTE_MAX)
		return 0;
	result = receive(&bytes, record.length);
	if (result != 1)
		return result;
	file->status = record.status;
	file->length = record.length;
	file->text = record.status ? NULL : arena_text(arena, bytes, record.length);
	if (!record.status && record.cause)
		report_access(root, file, record.cause);
	return 1;
}

static int collect_batch(const struct root *root, struct batch *batch, struct arena *arena,
			 struct guarded *files)
{
	int result = 1;

	while (batch->settled < batch->count && result == 1) {
		result = collect_file(root, arena, &files[batch->files[batch->settled]]);
		batch->settled += result == 1;
	}
	return result;
}

/* The first guarded file that is not settled: the one that the child is reading. */
static size_t hanging_file(const struct batch *batch)
{
	size_t begun = reader.child.progress ? *reader.child.progress : 0;
	size_t before = reader.asked - batch->count;
	size_t place = begun > before ? begun - before - 1 : 0;

	if (place < batch->settled)
		place = batch->settled;
	return batch->files[place < batch->count ? place : batch->count - 1];
}

/*
 * Receive answers from files[*@done] on, until all are settled (1), the child dies (0) or hangs
 * (-ETIMEDOUT); *@done moves to the first file that is not settled.
 */
static int read_files(const struct root *root, struct arena *arena, struct guarded *files,
		      size_t count, size_t *done)
{
	static struct batch batch;
	size_t next = *done;
	int result = need_reader(root);

	while (result >= 0 && next < count) {
		result = send_batch(&batch, files, count, &next);
		if (result == 0 && batch.count)
			result = collect_batch(root, &batch, arena, files);
		else if (result == 0)
			result = 1;
		if (result == -EPIPE)
			result = 0;
		if (result == -ETIMEDOUT && batch.count)
			files[hanging_file(&batch)].status = -ETIMEDOUT;
		if (result != 1) {
			*done = batch.settled < batch.count ? batch.files[batch.settled] : next;
			leave_reader();
			return result;
		}
		*done = next;
	}
	return result < 0 ? result : 1;
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
	/* Such a watch may change with each access, and a child would go on with its copy. */
	if (root_is_disturbed())
		guard_end();
	return 0;
}
