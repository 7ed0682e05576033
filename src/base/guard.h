/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard - read files whose reading can hang, from a process that can be left behind
 *
 * The kernel serves some attributes under the lock of the device or the mutex of the group, which a
 * probe or an unbind can hold without end; the reader then sleeps uninterruptibly. So a child
 * process (base/child.h) reads them. If it makes no progress for the deadline, it is left behind,
 * the file it hangs on is "busy", and another child goes on with the next file.
 *
 * One child serves all readings of a process from one root: a child for each reading would cost
 * more than most readings. A process that was forked starts a child of its own.
 */
#pragma once

#include "base/root.h"

enum {
	/** how long one file may take before it counts as busy */
	GUARD_DEADLINE_MS = 1000,
	/** how many files may hang before the rest is not even tried */
	GUARD_HANGS_MAX = 3,
};

/**
 * struct guarded - one file to read
 * @dir: folder     @name: file in it
 * @link: it is a symbolic link: what it says is wanted. Reading one takes no lock, but here it
 * costs half when other files of the same folder are read too.
 * @reader: a function that reads it, in the child; fills in at most @size bytes, which are at most
 * ATTRIBUTE_MAX, and returns their number, or a negative errno. It sees the memory that this
 * process had when the child was started. NULL: the file is read as text, without newlines at the
 * end
 * @status: 0, or the negative errno of the reading; -ETIMEDOUT: busy
 * @text: at most ATTRIBUTE_MAX bytes, NUL-terminated; NULL unless @status is 0
 * @length: of @text in bytes
 */
struct guarded {
	const char *dir;
	const char *name;
	ssize_t (*reader)(const struct root *root, const char *path, char *bytes, size_t size);
	const char *text;
	uint32_t length;
	int32_t status;
	bool link;
};

/**
 * guard_read - read all @files
 * @arena: owns the texts afterwards
 * Returns: 0, or a negative errno where no child could be started at all.
 */
int guard_read(const struct root *root, struct arena *arena, struct guarded *files, size_t count,
	       struct error *e);

/** guard_end - end the child, if there is one; the next guard_read starts another */
void guard_end(void);

/** guard_forget - the same where it reads from @root; for root_free */
void guard_forget(const struct root *root);
