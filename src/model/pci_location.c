/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pci_location.h"

#include <ctype.h>
#include <string.h>

struct span location_next_part(const char **at)
{
	struct span part = {*at, strcspn(*at, "/")};

	*at += part.length + ((*at)[part.length] == '/');
	return part;
}

bool location_is_function(struct span part)
{
	return part.length == 4 && (part.start[0] == '0' || part.start[0] == '1') &&
	       isxdigit((unsigned char)part.start[1]) && part.start[2] == '.' &&
	       part.start[3] >= '0' && part.start[3] <= '7';
}

struct span location_domain_of(struct span part)
{
	struct span domain = {part.start + 3, 0};

	if (part.length < 6 || memcmp(part.start, "pci", 3) != 0)
		return (struct span){part.start, 0};
	while (3 + domain.length < part.length &&
	       isxdigit((unsigned char)domain.start[domain.length]))
		domain.length++;
	if (domain.length < 4 || part.length != 3 + domain.length + 3 ||
	    domain.start[domain.length] != ':')
		domain.length = 0;
	return domain;
}

bool location_is_of_function(const char *location)
{
	struct span part = {0}, domain = {0};

	while (*location) {
		part = location_next_part(&location);
		if (location_domain_of(part).length)
			domain = location_domain_of(part);
		else if (domain.length && !location_is_function(part))
			return false;
	}
	return domain.length && part.length && location_is_function(part);
}
