/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/guard.h"

#include "base/descriptors.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* What the child sends for each file, followed by @length bytes of text. */
struct record {
	int32_t status;
	uint32_t length;
};

enum {
	OUTBOX_SIZE = 32 * 1024,
	RECORD_MAX = (int)sizeof(struct record) + ATTRIBUTE_MAX,
};

struct outbox {
	int pipe;
	size_t used;
	char bytes[OUTBOX_SIZE];
};

/* The parent's view of one child. */
struct reader {
	pid_t pid;
	int pipe;
	volatile size_t *progress; /* shared: the file that the child is reading now */
	size_t start, end;	   /* bytes received and not yet taken */
	char bytes[OUTBOX_SIZE];
};

static void flush(struct outbox *outbox)
{
	for (size_t sent = 0; sent < outbox->used;) {
		ssize_t step = write(outbox->pipe, outbox->bytes + sent, outbox->used - sent);

		if (step < 0)
			_exit(1);
		sent += (size_t)step;
	}
	outbox->used = 0;
}

static ssize_t read_file(const struct root *root, const struct guarded *file, char *bytes,
			 size_t size)
{
	char path[PATH_SIZE];

	if (!text_join(file->dir, file->name, path, sizeof(path)))
		return -ENAMETOOLONG;
	if (file->reader)
		return file->reader(root, path, bytes, size);
	return file->link ? root_readlink(root, path, bytes, size)
			  : root_read_blocking(root, path, bytes, size);
}

static void read_one(const struct root *root, const struct guarded *file, struct outbox *outbox)
{
	struct record record = {0};
	char text[ATTRIBUTE_MAX];
	ssize_t got = read_file(root, file, text, sizeof(text));

	if (got < 0)
		record.status = (int32_t)got;
	else
		record.length = (uint32_t)got;
	if (outbox->used + RECORD_MAX > OUTBOX_SIZE)
		flush(outbox);
	memcpy(outbox->bytes + outbox->used, &record, sizeof(record));
	if (record.length)
		memcpy(outbox->bytes + outbox->used + sizeof(record), text, record.length);
	outbox->used += sizeof(record) + record.length;
}

static _Noreturn void read_in_child(const struct root *root, const struct guarded *files,
				    size_t count, int pipe, volatile size_t *progress)
{
	static struct outbox outbox;
	int kept[3] = {[2] = pipe};

	setsid();
	/* A child that a signal can still end does not outlive us. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	root_descriptors(root, kept);
	descriptors_keep_only(kept, ARRAY_SIZE(kept));
	outbox.pipe = pipe;
	for (size_t i = 0; i < count; i++) {
		*progress = i;
		if (files[i].status != -ETIMEDOUT)
			read_one(root, &files[i], &outbox);
	}
	flush(&outbox);
	_exit(0);
}

static int start_reader(const struct root *root, const struct guarded *files, size_t count,
			struct reader *reader)
{
	_autoclose_ int out = -1;
	_autoclose_ int in = -1;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	out = ends[0];
	in = ends[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		read_in_child(root, files, count, in, reader->progress);
	reader->pid = pid;
	reader->pipe = steal_fd(&out);
	return 0;
}

/* Wait for bytes: 1 there are some, 0 the child hangs. */
static int wait_for_bytes(const struct reader *reader)
{
	enum { GLANCE_MS = 50 };
	struct pollfd poller = {.fd = reader->pipe, .events = POLLIN};
	size_t seen = *reader->progress;

	for (int stalled = 0; stalled < GUARD_DEADLINE_MS; stalled += GLANCE_MS) {
		if (poll(&poller, 1, GLANCE_MS) > 0)
			return 1;
		if (*reader->progress != seen)
			stalled = 0;
		seen = *reader->progress;
	}
	return 0;
}

/* Exactly @size bytes from the child: 1, 0 for its regular end or death, -ETIMEDOUT where it hangs.
 */
static int receive(struct reader *reader, const char **ret_bytes, size_t size)
{
	while (reader->end - reader->start < size) {
		ssize_t step;

		memmove(reader->bytes, reader->bytes + reader->start, reader->end - reader->start);
		reader->end -= reader->start;
		reader->start = 0;
		if (!wait_for_bytes(reader))
			return -ETIMEDOUT;
		step = read(reader->pipe, reader->bytes + reader->end,
			    sizeof(reader->bytes) - reader->end);
		if (step <= 0)
			return 0;
		reader->end += (size_t)step;
	}
	*ret_bytes = reader->bytes + reader->start;
	reader->start += size;
	return 1;
}

/* Take in records until the child ends or hangs; *done counts the files that are settled. */
static int collect(struct reader *reader, struct arena *arena, struct guarded *files, size_t count,
		   size_t *done)
{
	struct record record;
	const char *bytes;
	int result;

	for (; *done < count; (*done)++) {
		struct guarded *file = &files[*done];

		if (file->status == -ETIMEDOUT)
			continue;
		result = receive(reader, &bytes, sizeof(record));
		if (result != 1)
			return result;
		memcpy(&record, bytes, sizeof(record));
		if (record.length > ATTRIBUTE_MAX)
			return 0;
		result = receive(reader, &bytes, record.length);
		if (result != 1)
			return result;
		file->status = record.status;
		file->length = record.length;
		file->text = record.status ? NULL : arena_text(arena, bytes, record.length);
	}
	return 1;
}

/* One child's work, from files[0] on. Returns 1 all settled, 0 it died, -ETIMEDOUT it hangs. */
static int run_reader(const struct root *root, struct arena *arena, struct guarded *files,
		      size_t count, size_t *done)
{
	/* Its own page: a child that was left behind must not speak for the next one. */
	struct reader reader = {.progress = mmap(NULL, sizeof(size_t), PROT_READ | PROT_WRITE,
						 MAP_SHARED | MAP_ANONYMOUS, -1, 0)};
	int result;

	if (reader.progress == MAP_FAILED)
		return -errno;
	result = start_reader(root, files, count, &reader);
	if (result == 0) {
		result = collect(&reader, arena, files, count, done);
		if (result == -ETIMEDOUT)
			files[*reader.progress].status = -ETIMEDOUT;
		else
			waitpid(reader.pid, NULL, 0);
		close(reader.pipe);
	}
	munmap((void *)reader.progress, sizeof(size_t));
	return result;
}

/* The child passed through the door on our behalf, and its notes were lost with it. */
static void report_files(const struct root *root, const struct guarded *files, size_t count)
{
	char path[PATH_SIZE];

	for (size_t i = 0; i < count; i++)
		if (root_path(root, path, "%s/%s", files[i].dir, files[i].name) >= 0)
			root_passed(root, files[i].link ? ROOT_LINK : ROOT_READ, path,
				    files[i].status ? files[i].status : (ssize_t)files[i].length);
}

int guard_read(const struct root *root, struct arena *arena, struct guarded *files, size_t count,
	       struct error *e)
{
	size_t done = 0;
	int hangs = 0;

	for (size_t i = 0; i < count; i++)
		files[i].status = 0;
	while (done < count && hangs < GUARD_HANGS_MAX) {
		size_t settled = 0;
		int result = run_reader(root, arena, files + done, count - done, &settled);

		if (result != 1 && result != -ETIMEDOUT)
			return error_set(e, ERROR_IO, result ? result : -EIO,
					 "the child process that reads sysfs failed");
		hangs += result == -ETIMEDOUT;
		done += settled;
	}
	for (; done < count; done++)
		files[done].status = -ETIMEDOUT;
	report_files(root, files, count);
	return 0;
}
