/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "faults/reader.h"

#include "base/arena.h"
#include "base/log_line.h"
#include "base/text_map.h"
#include "faults/forms.h"
#include "model/pasted.h"

#include <stdio.h>
#include <string.h>

enum {
	/* Faults of several lines that may be open at once: each is of another IOMMU. */
	OPEN_MAX = 8,
};

/*
 * A fault of which further lines may follow.
 * @prefix: with which all of its lines begin, "" for a free place     @age: order of the last lines
 * @has_lone: one of its lines is a fault of its own: another such line is of another fault
 */
struct open_fault {
	char prefix[2 * FAULT_NAME_SIZE];
	struct assembly assembly;
	uint64_t age;
	bool has_lone;
};

struct fault_reader {
	void (*each)(void *context, const struct fault *fault);
	void *context;
	struct open_fault open[OPEN_MAX];
	uint64_t lines;
	struct arena *arena;
	struct text_map *words;
};

/* Note the words with which lines of some form begin: fault_form_prefix of each. */
static void list_words(struct fault_reader *reader)
{
	size_t count;
	const struct fault_form *forms = fault_forms(&count);

	reader->arena = arena_new();
	reader->words = text_map_new(reader->arena);
	for (size_t i = 0; i < count; i++)
		if (forms[i].anchor != ANCHOR_NAME)
			*text_map_lend(reader->words, fault_form_prefix(&forms[i])) = 1;
}

struct fault_reader *fault_reader_new(void (*each)(void *context, const struct fault *fault),
				      void *context)
{
	struct fault_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		memory_exhausted();
	reader->each = each;
	reader->context = context;
	list_words(reader);
	return reader;
}

void fault_reader_free(struct fault_reader *reader)
{
	if (reader)
		arena_free(reader->arena);
	free(reader);
}

static void pass_on(struct fault_reader *reader, struct fault *fault)
{
	fault->low = fault->high = fault->address;
	reader->each(reader->context, fault);
}

static void close_fault(struct fault_reader *reader, struct open_fault *open)
{
	if (*open->prefix)
		pass_on(reader, &open->assembly.fault);
	*open->prefix = '\0';
}

/* Oldest first, as the log had them. */
void fault_reader_flush(struct fault_reader *reader)
{
	struct open_fault *oldest;

	do {
		oldest = NULL;
		for (size_t i = 0; i < OPEN_MAX; i++)
			if (*reader->open[i].prefix &&
			    (!oldest || reader->open[i].age < oldest->age))
				oldest = &reader->open[i];
		if (oldest)
			close_fault(reader, oldest);
	} while (oldest);
}

static struct open_fault *find_open(struct fault_reader *reader, struct span prefix)
{
	for (size_t i = 0; i < OPEN_MAX; i++)
		if (*reader->open[i].prefix && span_is(prefix, reader->open[i].prefix))
			return &reader->open[i];
	return NULL;
}

/* A free place, or that of the fault whose last line is the oldest, which is passed on. */
static struct open_fault *place_for_open_fault(struct fault_reader *reader)
{
	struct open_fault *place = &reader->open[0];

	for (size_t i = 0; i < OPEN_MAX && *place->prefix; i++)
		if (!*reader->open[i].prefix || reader->open[i].age < place->age)
			place = &reader->open[i];
	close_fault(reader, place);
	return place;
}

static struct assembly new_assembly(const struct fault_form *form, const struct log_line *line)
{
	struct assembly assembly = {.fault = {.kind = form->kind,
					      .iommu_kind = form->iommu,
					      .stream = -1,
					      .pasid = -1,
					      .count = 1}};

	fault_copy(assembly.fault.first_time, FAULT_TIME_SIZE, line->stamp);
	fault_copy(assembly.fault.time, FAULT_TIME_SIZE, line->stamp);
	fault_copy(assembly.fault.line, FAULT_LINE_SIZE, line->text);
	return assembly;
}

/* The text of a further line is added to that of the first. */
static void append_line_text(struct fault *fault, struct span message)
{
	size_t used = strlen(fault->line);

	span_skip_blanks(&message);
	snprintf(fault->line + used, sizeof(fault->line) - used, " %.*s",
		 (int)(message.length < FAULT_LINE_SIZE ? message.length : FAULT_LINE_SIZE),
		 message.start);
}

/* "DRIVER NAME": a driver's name may have blanks, a device's has none. */
static bool split_prefix(struct span prefix, struct span *ret_driver, struct span *ret_name)
{
	struct span name = log_last_word(prefix);

	if (!name.length || name.length >= FAULT_NAME_SIZE || name.length == prefix.length)
		return false;
	*ret_driver = (struct span){prefix.start, prefix.length - name.length - 1};
	*ret_name = name;
	return true;
}

static bool is_pci_function(struct span name)
{
	char text[FAULT_NAME_SIZE];
	struct pci_name function;

	return fault_copy(text, sizeof(text), name) && pasted_pci(text, &function);
}

/*
 * A line, and its prefix in parts: they are found once for all forms.
 * @word: with which the message begins, before ": "     @has_name: the prefix has both parts
 * @is_function: the name is that of a PCI function
 * @kind: the kind of IOMMU whose instance the whole prefix names
 */
struct anchored_line {
	struct log_line parts;
	struct span driver, name, word;
	bool has_name, is_function;
	enum iommu_kind kind;
};

static enum iommu_kind kind_of_prefix(struct span prefix)
{
	char text[FAULT_NAME_SIZE];

	return fault_copy(text, sizeof(text), prefix) ? iommu_kind_of_instance(text)
						      : IOMMU_KIND_UNKNOWN;
}

static bool is_anchor_word(const struct fault_reader *reader, struct span word)
{
	char text[FAULT_NAME_SIZE];

	return fault_copy(text, sizeof(text), word) && text_map_find(reader->words, text);
}

/*
 * False where no line of any form begins so. Nearly all lines of a log end here: a log has
 * thousands, and there are a hundred forms.
 */
static bool anchor_line(const struct fault_reader *reader, const struct log_line *parts,
			struct anchored_line *line)
{
	struct span message = parts->message;

	*line = (struct anchored_line){.parts = *parts};
	line->has_name = split_prefix(parts->prefix, &line->driver, &line->name);
	if (!line->has_name) {
		line->kind = kind_of_prefix(parts->prefix);
		return line->kind != IOMMU_KIND_UNKNOWN || is_anchor_word(reader, parts->prefix);
	}
	log_take_until(&message, ": ", &line->word);
	if (!is_anchor_word(reader, parts->prefix) && !is_anchor_word(reader, line->driver) &&
	    !is_anchor_word(reader, line->word))
		return false;
	line->is_function = is_pci_function(line->name);
	return true;
}

/* True where @line begins as lines of the form do. */
static bool is_anchored(const struct fault_form *form, const struct anchored_line *line)
{
	const char *prefix = fault_form_prefix(form);

	if (form->anchor == ANCHOR_WORD)
		return span_is(line->parts.prefix, prefix);
	if (form->anchor == ANCHOR_NAME)
		return line->kind == form->iommu;
	if (!line->has_name)
		return false;
	if (form->anchor == ANCHOR_DRIVER)
		return span_is(line->driver, prefix);
	if ((form->anchor == ANCHOR_UNIT && !span_is(line->driver, "iommu")) ||
	    (form->anchor == ANCHOR_DEVICE && !line->is_function))
		return false;
	return span_is(line->word, prefix);
}

/*
 * The device or IOMMU of the prefix goes to @fault, and the word of the driver's pr_fmt is removed
 * from @message.
 */
static void apply_anchor(const struct fault_form *form, const struct log_line *line,
			 struct fault *fault, struct span *message)
{
	struct span driver, name;

	if (form->anchor == ANCHOR_NAME)
		fault_copy(fault->iommu, FAULT_NAME_SIZE, line->prefix);
	if (form->anchor == ANCHOR_WORD || form->anchor == ANCHOR_NAME ||
	    !split_prefix(line->prefix, &driver, &name))
		return;
	if (form->anchor != ANCHOR_DRIVER) {
		log_take_words(message, fault_form_prefix(form));
		log_take_words(message, ": ");
	}
	fault_copy(form->anchor == ANCHOR_DEVICE ? fault->device : fault->iommu, FAULT_NAME_SIZE,
		   name);
}

/* Add the line to @assembly; false, with @assembly changed, where it is not of that form. */
static bool apply_form(const struct fault_form *form, const struct log_line *line,
		       struct assembly *assembly)
{
	struct fields fields = {0};
	struct span message = line->message;

	apply_anchor(form, line, &assembly->fault, &message);
	if (!pattern_match(form->pattern, message, &assembly->fault, &fields))
		return false;
	if (form->decode)
		form->decode(assembly, &fields);
	return true;
}

/* The first line of several: further ones are added to it until the next first line. */
static bool begin_fault(struct fault_reader *reader, const struct fault_form *form,
			const struct log_line *line)
{
	struct assembly assembly = new_assembly(form, line);
	struct open_fault *open;

	if (line->prefix.length >= sizeof(open->prefix) || !apply_form(form, line, &assembly))
		return false;
	open = find_open(reader, line->prefix);
	if (open)
		close_fault(reader, open);
	open = place_for_open_fault(reader);
	fault_copy(open->prefix, sizeof(open->prefix), line->prefix);
	open->assembly = assembly;
	open->age = reader->lines;
	open->has_lone = form->part == PART_LONE;
	if (form->part == PART_LAST)
		close_fault(reader, open);
	return true;
}

static bool continue_fault(struct fault_reader *reader, const struct fault_form *form,
			   const struct log_line *line)
{
	struct open_fault *open = find_open(reader, line->prefix);
	struct assembly assembly;

	if (!open || (open->has_lone && form->part == PART_LONE))
		return form->part != PART_MORE && begin_fault(reader, form, line);
	assembly = open->assembly;
	if (!apply_form(form, line, &assembly))
		return false;
	append_line_text(&assembly.fault, line->message);
	open->assembly = assembly;
	open->age = reader->lines;
	open->has_lone |= form->part == PART_LONE;
	if (form->part == PART_LAST)
		close_fault(reader, open);
	return true;
}

static bool read_whole(struct fault_reader *reader, const struct fault_form *form,
		       const struct log_line *line)
{
	struct assembly assembly = new_assembly(form, line);

	if (!apply_form(form, line, &assembly))
		return false;
	pass_on(reader, &assembly.fault);
	return true;
}

/* "arm_smmu_context_fault: 23 callbacks suppressed" */
static bool read_suppressed(struct fault_reader *reader, const struct log_line *line)
{
	struct fault fault;
	struct fields fields = {0};
	enum iommu_kind kind;

	fault = (struct fault){.kind = FAULT_NOT_LOGGED, .stream = -1, .pasid = -1};
	if (!pattern_match("%u callbacks suppressed", line->message, &fault, &fields) ||
	    !fault_limited_by(line->prefix, &kind))
		return false;
	fault.iommu_kind = kind;
	fault.count = fields.codes[0];
	fault_copy(fault.first_time, FAULT_TIME_SIZE, line->stamp);
	fault_copy(fault.time, FAULT_TIME_SIZE, line->stamp);
	fault_copy(fault.line, FAULT_LINE_SIZE, line->text);
	pass_on(reader, &fault);
	return true;
}

void fault_reader_line(struct fault_reader *reader, struct span text)
{
	size_t count;
	const struct fault_form *forms = fault_forms(&count);
	struct log_line parts;
	struct anchored_line line;

	reader->lines++;
	if (!log_line_split(text, &parts) || read_suppressed(reader, &parts) ||
	    !anchor_line(reader, &parts, &line))
		return;
	for (size_t i = 0; i < count; i++) {
		bool found;

		if (!is_anchored(&forms[i], &line))
			continue;
		if (forms[i].part == PART_WHOLE)
			found = read_whole(reader, &forms[i], &parts);
		else if (forms[i].part == PART_BEGIN)
			found = begin_fault(reader, &forms[i], &parts);
		else
			found = continue_fault(reader, &forms[i], &parts);
		if (found)
			return;
	}
}

void fault_reader_text(struct fault_reader *reader, struct span text)
{
	while (text.length) {
		const char *end = memchr(text.start, '\n', text.length);
		size_t length = end ? (size_t)(end - text.start) : text.length;

		fault_reader_line(reader, (struct span){text.start, length});
		length += end != NULL;
		text.start += length;
		text.length -= length;
	}
}
