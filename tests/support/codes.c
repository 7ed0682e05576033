/* SPDX-License-Identifier: GPL-2.0-or-later */
/* codes - every code of a finding, with its severity and help, for tests of the manual and schema
 */
#include "checks/code.h"

#include <stdio.h>

int main(void)
{
	for (int code = CODE_NONE + 1; code < CODE_COUNT; code++)
		printf("%s %s %s\n", code_kinds[code].word,
		       severity_name(code_kinds[code].severity), code_kinds[code].help);
	return 0;
}
