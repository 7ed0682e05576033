/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard - read files that can block, in a child process that can be left behind
 *
 * The kernel serves some attributes under the lock of the device or the mutex of the group, which a
 * probe or an unbind can hold without end; the reader then sleeps uninterruptibly. So a child
 * process (base/child.h) reads them. If it makes no progress until the deadline, it is left behind,
 * the file it hangs on is "busy", and another child goes on with the next file.
 *
 * One child serves all readings of a process from one root: a child for each reading would take
 * longer than most readings. It shares the memory of the process, which takes a fifth of the time
 * of a fork. A process that was forked starts a child of its own.
 */
#pragma once

#include "base/root.h"

enum {
	/** time after which a file counts as busy */
	GUARD_DEADLINE_MS = 1000,
	/** number of files that may hang before the rest is not tried */
	GUARD_HANGS_MAX = 3,
};

/**
 * struct guarded - one file to read
 * @dir: folder     @name: file in it
 * @access: ROOT_LINK for a symbolic link, whose text is read. Reading a link takes no lock, but
 * takes half the time along with other files of the same folder. ROOT_CLAIM for a @reader that
 * claims a block device. 0 for all others
 * @reader: a function that reads it, in the child; it writes at most @size bytes, which are at most
 * ATTRIBUTE_MAX, and returns their number, or a negative errno. It opens no other file, and
 * allocates nothing, as it may be killed at any time. NULL: the file is read as text, without
 * newlines at the end
 * @status: 0, or the negative errno of the reading; -ETIMEDOUT: busy
 * @text: at most ATTRIBUTE_MAX bytes, NUL-terminated; NULL unless @status is 0
 * @length: of @text in bytes
 * @failure: for guard.c: the negative errno of an access of @reader that failed although there is a
 * text, of which a part is missing
 */
struct guarded {
	const char *dir;
	const char *name;
	ssize_t (*reader)(const struct root *root, const char *path, char *bytes, size_t size);
	const char *text;
	uint32_t length;
	int32_t status;
	int32_t failure;
	enum root_access access;
};

/**
 * guard_read - read all @files
 * @arena: owns the texts
 * Returns: 0, or a negative errno where no child could be started.
 */
_must_check_ int guard_read(const struct root *root, struct arena *arena, struct guarded *files,
			    size_t count, struct error *e);

/** guard_end - end the child, if it runs; the next guard_read starts another */
void guard_end(void);

/** guard_forget - end the child if it reads from @root; for root_free */
void guard_forget(const struct root *root);
