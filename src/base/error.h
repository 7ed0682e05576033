/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * error - a failure: a stable code, a cause and a sentence that callers extend
 *
 * A function that can fail returns 0 or a negative errno and sets a struct error that its caller
 * owns. Callers add a clause with error_wrap; only main prints it, as one line of text or as the
 * "error" object of a JSON document.
 */
#pragma once

#include "base/cleanup.h"

#include <stdint.h>

/**
 * enum error_code - the stable codes users see; each has one exit status (see error_exit_status)
 */
enum error_code {
	ERROR_NONE,
	ERROR_IO,	  /* error: a file could not be read or written, or no memory */
	ERROR_USAGE,	  /* error: the command line is wrong */
	ERROR_NO_MATCH,	  /* error: no such device, group or IOMMU */
	ERROR_PERMISSION, /* error: needs root, or the kernel is locked down */
	ERROR_MALFORMED,  /* error: the input is malformed */
	ERROR_TIMED_OUT,  /* error: the timeout of wait expired */
	ERROR_HOPELESS,	  /* error: the condition of wait cannot become true as things are */
	ERROR_REFUSED,	  /* error: a check refused, and nothing was changed */
	/* error: failed or interrupted half-way, and everything is as before */
	ERROR_ROLLED_BACK,
	ERROR_UNFINISHED,  /* error: not everything was undone, and recover goes on */
	ERROR_LOCKED,	   /* error: another iommuctl changes the machine */
	ERROR_INTERRUPTED, /* error: an earlier transaction is unfinished */
	ERROR_CODE_COUNT,
};

/**
 * struct error - one failure. Zero-initialised it is none.
 * @code: stable code     @cause: negative errno, or 0 if no system call failed
 * @message: one sentence without newline, already escaped for a terminal
 * @device: the device it is about, or ""     @evidence: the file that shows it, or ""
 * @remedy: the next step for the user, or ""
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
 * error_set - set a failure
 * @cause: negative errno to return; its text is appended to the sentence, 0 appends nothing
 * Returns: @cause, or -EINVAL if that is 0, so that `return error_set(...)` is a whole statement.
 */
int error_set(struct error *e, enum error_code code, int cause, const char *format, ...)
	_printf_(4, 5);

/** error_wrap - add a clause before the message: "cannot show group 3: " + message */
void error_wrap(struct error *e, const char *format, ...) _printf_(2, 3);

/** error_add - add a clause after the message: message + "; everything is as it was before" */
void error_add(struct error *e, const char *format, ...) _printf_(2, 3);

/** error_remedy - set the next step for the user */
void error_remedy(struct error *e, const char *format, ...) _printf_(2, 3);

/**
 * error_ignore - use the result of a _must_check_ function whose failure changes nothing; a comment
 * at the call says why
 */
static inline void error_ignore(int result)
{
	(void)result;
}

/** error_code_name - the code as JSON documents spell it, such as "no_match" */
const char *error_code_name(enum error_code code);

/** error_exit_status - the exit status of @code in the contract */
int error_exit_status(enum error_code code);
