/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/events.h"

#include "base/text.h"
#include "checks/fault_meaning.h"
#include "views/column.h"
#include "views/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TIME_SIZE = 64 };

struct event event_of_difference(const struct difference *difference)
{
	const struct finding *finding = &difference->finding;
	bool about_device = finding->subject && finding->device_count == 1;

	return (struct event){
		.kind = difference_kind_name(difference->kind),
		.subject = finding->subject,
		.device = about_device ? finding->subject : NULL,
		.before = difference->before,
		.after = difference->after,
		.message = finding->message,
	};
}

struct event event_of_fault(const struct fault_entry *entry, struct arena *arena)
{
	return (struct event){
		.kind = "fault",
		.subject = entry->subject,
		.device = entry->device ? entry->device->label : NULL,
		.after = fault_kind_name(entry->fault->kind),
		.message = fault_sentence(entry, arena),
	};
}

struct event event_of_lost_events(void)
{
	return (struct event){.kind = "lost",
			      .message = "the kernel dropped events; all was read again"};
}

struct event event_of_lost_records(unsigned long long count, struct arena *arena)
{
	return (struct event){
		.kind = "log_lost",
		.message = arena_printf(arena,
					"the kernel has overwritten %llu record%s of its log: "
					"faults may be missing",
					count, count == 1 ? "" : "s"),
	};
}

/* "2026-11-29T01:20:00.123Z", or without @date the time alone */
static void write_time(int64_t time_ms, bool date, char out[static TIME_SIZE])
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm parts = {0};
	size_t used = 0;

	gmtime_r(&seconds, &parts);
	if (date)
		used = strftime(out, TIME_SIZE, "%Y-%m-%dT", &parts);
	used += strftime(out + used, TIME_SIZE - used, "%H:%M:%S", &parts);
	snprintf(out + used, TIME_SIZE - used, ".%03dZ", (int)(time_ms % 1000));
}

static void put_escaped_part(const char *before, const char *text, const char *after)
{
	char safe[2048];

	text_escape(text, strlen(text), safe, sizeof(safe));
	printf("%s%s%s", before, safe, after);
}

int event_print_line(const struct event *event, struct error *e)
{
	char when[TIME_SIZE];

	write_time(event->time_ms, false, when);
	printf("%s ", when);
	if (event->subject)
		put_escaped_part("", event->subject, ": ");
	put_escaped_part("", event->message, "");
	if (event->by)
		put_escaped_part(" (", event->by, ")");
	putchar('\n');
	return output_flush(e);
}

static struct json_object *event_object(const struct event *event)
{
	struct json_object *object = json_object_new_object();
	char when[TIME_SIZE];

	write_time(event->time_ms, true, when);
	json_object_object_add(object, "time", json_text(when));
	json_object_object_add(object, "boot_id", json_text(event->boot_id));
	json_object_object_add(object, "sequence", json_object_new_int64((int64_t)event->sequence));
	json_object_object_add(object, "kind", json_text(event->kind));
	json_object_object_add(object, "subject", json_text(event->subject));
	json_object_object_add(object, "device", json_text(event->device));
	json_object_object_add(object, "before", json_text(event->before));
	json_object_object_add(object, "after", json_text(event->after));
	json_object_object_add(object, "message", json_text(event->message));
	json_object_object_add(object, "by", json_text(event->by));
	return object;
}

int event_print_json(const struct event *event, struct error *e)
{
	struct json_object *object = event_object(event);

	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return output_flush(e);
}
