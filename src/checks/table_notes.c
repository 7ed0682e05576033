/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/table_notes.h"

#include <inttypes.h>

void table_notes_findings(const struct system *system, struct findings *findings,
			  struct arena *arena)
{
	for (size_t i = 0; i < system->table_note_count; i++) {
		const struct table_note *note = system->table_notes[i];

		findings_add(findings, arena,
			     (struct finding){
				     .code = CODE_TABLE_ODD,
				     .severity = SEVERITY_NOTE,
				     .subject = note->table,
				     .message = arena_printf(arena, "offset 0x%" PRIx32 ": %s",
							     note->offset, note->text),
				     .evidence = note->file,
			     });
	}
}
