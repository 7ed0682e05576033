/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/setting.h"

#include "support/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct fake_kernel *fake;
char *before;
struct ended *ended;

int setting_start(const struct scenario *scenario)
{
	fake = scenario_machine(scenario);
	before = fake_dump(fake);
	ended = mmap(NULL, sizeof(*ended), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	return ended == MAP_FAILED ? -1 : 0;
}

void setting_end(void)
{
	munmap(ended, sizeof(*ended));
	free(before);
	fake_free(fake);
}

void setting_wish(const struct wish *wish)
{
	wish_carry_out(fake, wish, PATIENCE_MS, ended);
}

bool setting_shows(const char *text)
{
	_autofree_ char *now = fake_dump(fake);

	return strstr(now, text);
}

void setting_must_show(const char *text)
{
	_autofree_ char *now = fake_dump(fake);

	if (!strstr(now, text))
		fail_msg("no \"%s\" in\n%s\n%s", text, now, ended->message);
}
