/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * column - one description of a fact for all forms of output
 *
 * A column has a key, a heading, a help line and a getter. Tables, -r, -P, -o, -o help, the
 * completions, the test of the manual and the JSON keys use it, so they cannot differ.
 */
#pragma once

#include "base/arena.h"
#include "checks/check.h"
#include "checks/deferral.h"
#include "checks/differences.h"
#include "checks/faults.h"
#include "checks/hand_over.h"
#include "checks/streams.h"
#include "checks/viability.h"
#include "model/facts.h"
#include "model/pin_match.h"
#include "model/system.h"

#include <json-c/json.h>

/**
 * struct row - the objects that one line is about; members that do not apply are NULL
 * @overlap: other devices with the same stream; set with @stream
 * @finding: any; for a check the finding in it
 * @check: one answer before a change; set with @finding
 * @deferral: one deferral; @link: one of its links, if the line is about that
 * @fault: one fault of the kernel log
 * @pin: one pin, and the device that it means
 * @function: one virtual function of @device
 * @difference: one difference; set with @finding
 * @isolation: texts of the isolation column that were made already, or NULL: those of a group are
 * at the index of its first device. A group with many members is explained once
 * @hand_overs: verdicts on the devices of rows that are made from devices, else NULL
 * @parent: index of the row above it in the tree, or -1
 */
struct row {
	const struct system *system;
	const struct iommu *iommu;
	const struct group *group;
	const struct device *device;
	const struct stream *stream;
	const struct overlap *overlap;
	const struct finding *finding;
	const struct check *check;
	const struct deferral *deferral;
	const struct link *link;
	const struct fault_entry *fault;
	const struct pin_match *pin;
	const struct virtual_function *function;
	const struct difference *difference;
	char **isolation;
	const struct hand_overs *hand_overs;
	enum viability_rule rule;
	int parent;
};

/**
 * struct rows - a list of rows, of a table or of a list in a document
 * @isolation: see struct row, @isolation_count of them; the rows share them
 * @hand_overs: the same; owned     @any_unknown: a cell that was printed is unknown
 */
struct rows {
	struct row *items;
	size_t count;
	char **isolation;
	size_t isolation_count;
	struct hand_overs *hand_overs;
	bool any_unknown;
};

enum value_kind {
	VALUE_NONE,    /* the cell has no value: null in JSON, empty in tables */
	VALUE_UNKNOWN, /* the value could not be read: null in JSON, "?" in tables */
	VALUE_TEXT,    /* the value is a text, not yet escaped */
	VALUE_NUMBER,  /* the value is a number, decimal in tables */
	VALUE_HEX,     /* the value is a number, hexadecimal with @digits digits in tables */
	/*
	 * the value is an ID: a number in JSON; in tables as in the kernel log, "0x" without
	 * leading zeros
	 */
	VALUE_ID,
	VALUE_BOOL,
};

/** struct value - one cell. @color: a libsmartcols colour name, if the cell is to be highlighted */
struct value {
	enum value_kind kind;
	const char *text;
	int64_t number;
	int digits;
	const char *color;
};

/**
 * struct column - one column
 * @key: JSON key and name for -o     @heading: of the table     @help: one line
 * @facts: the facts that @get needs (enum facts)
 * @get: the cell for tables and, unless @json is set, for JSON. Texts that it makes are in @arena,
 *        which is NULL for JSON: a column that makes texts has a @json too
 * @json: the value in JSON documents if it is a list or an object; NULL result is null
 * @right: numbers, aligned to the right
 * @text_facts: the facts that the cell of tables needs in addition
 * @gives_way: its texts are long; where a row does not fit the screen, they are cut before others
 */
struct column {
	const char *key;
	const char *heading;
	const char *help;
	unsigned facts;
	struct value (*get)(const struct row *row, struct arena *arena);
	struct json_object *(*json)(const struct row *row);
	bool right, gives_way;
	unsigned text_facts;
};

static inline struct value value_none(void)
{
	return (struct value){.kind = VALUE_NONE};
}

static inline struct value value_unknown(void)
{
	return (struct value){.kind = VALUE_UNKNOWN};
}

/** value_text - a cell with that text; NULL gives VALUE_NONE */
static inline struct value value_text(const char *text)
{
	return (struct value){.kind = text ? VALUE_TEXT : VALUE_NONE, .text = text};
}

/** value_number - a cell with that number; negative gives VALUE_NONE */
static inline struct value value_number(int64_t number)
{
	return (struct value){.kind = number < 0 ? VALUE_NONE : VALUE_NUMBER, .number = number};
}

/** value_hex - a cell with that number in hexadecimal; negative gives VALUE_NONE */
static inline struct value value_hex(int64_t number, int digits)
{
	return (struct value){
		.kind = number < 0 ? VALUE_NONE : VALUE_HEX, .number = number, .digits = digits};
}

/** value_id - a cell with that ID; negative gives VALUE_NONE */
static inline struct value value_id(int64_t number)
{
	return (struct value){.kind = number < 0 ? VALUE_NONE : VALUE_ID, .number = number};
}

/** value_bool - true or false in JSON, yes or no in tables */
static inline struct value value_bool(bool yes)
{
	return (struct value){.kind = VALUE_BOOL, .number = yes};
}

/** json_text - a JSON string, valid UTF-8 for any bytes in @text; NULL gives null */
struct json_object *json_text(const char *text);

/** json_word - json_text of the first @length bytes of @text */
struct json_object *json_word(const char *text, size_t length) _nonnull_();

/** column_json - the value of a column in a JSON document; NULL is null */
struct json_object *column_json(const struct column *column, const struct row *row);

/** value_cell - the text of a cell, not yet escaped; NULL for an empty cell */
const char *value_cell(struct value value, struct arena *arena);
