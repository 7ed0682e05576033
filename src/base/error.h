/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * error - what went wrong: a stable code, a cause and a sentence that grows on the way up
 *
 * A function that can fail returns 0 or a negative errno and fills in a struct error that its
 * caller owns. Callers on the way up add a clause with error_wrap; only main prints it, as one
 * line of text or as the "error" object of a JSON document.
 */
#pragma once

#include "base/cleanup.h"

#include <stdint.h>

/**
 * enum error_code - the stable codes users see; each has one exit status (see error_exit_status)
 */
enum error_code {
	ERROR_NONE,
	ERROR_IO,	   /* a file could not be read or written, no memory */
	ERROR_USAGE,	   /* the command line is wrong */
	ERROR_NO_MATCH,	   /* no such device, group or iommu */
	ERROR_PERMISSION,  /* needs root, or the kernel is locked down */
	ERROR_MALFORMED,   /* input that does not follow its own format */
	ERROR_TIMED_OUT,   /* wait: the time is up */
	ERROR_HOPELESS,	   /* wait: it cannot come true as things are */
	ERROR_REFUSED,	   /* a check refused; nothing was touched */
	ERROR_ROLLED_BACK, /* failed or interrupted half-way; everything is as before */
	ERROR_UNFINISHED,  /* something is left to be done: recover goes on */
	ERROR_LOCKED,	   /* another iommuctl changes the machine */
	ERROR_INTERRUPTED, /* an earlier transaction is unfinished */
	ERROR_CODE_COUNT,
};

/**
 * struct error - one failure. Zero-initialised means "none".
 * @code: stable code     @cause: negative errno, or 0 where no system call failed
 * @message: one sentence without newline, already escaped for a terminal
 * @device: the device it is about, or ""     @evidence: the file that says so, or ""
 * @remedy: what to do next, or ""
 */
struct error {
	enum error_code code;
	int cause;
	char message[1024];
	char device[256];
	char evidence[256];
	char remedy[512];
};

/**
 * error_set - record a failure
 * @cause: negative errno to return, whose text is appended to the sentence; 0 appends nothing
 * Returns: @cause, or -EINVAL where it is 0, so that `return error_set(...)` is a whole statement.
 */
int error_set(struct error *e, enum error_code code, int cause, const char *format, ...)
	_printf_(4, 5);

/** error_wrap - put a clause in front: "cannot show group 3: " + what was there */
void error_wrap(struct error *e, const char *format, ...) _printf_(2, 3);

/** error_add - put a clause behind: what was there + "; everything is as it was before" */
void error_add(struct error *e, const char *format, ...) _printf_(2, 3);

/** error_remedy - say what to do next */
void error_remedy(struct error *e, const char *format, ...) _printf_(2, 3);

/** error_code_name - the code as JSON documents spell it, such as "no_match" */
const char *error_code_name(enum error_code code);

/** error_exit_status - the exit status that the contract gives to @code */
int error_exit_status(enum error_code code);
