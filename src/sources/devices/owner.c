/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/devices/owner.h"

#include "base/lines.h"
#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	NAME_MAX_LENGTH = 255,
	GROUPS_MAX = 1024,
	/* How well a line fits, by pam_limits(8): one for the user counts more than one for all. */
	FITS_ALL = 1,
	FITS_GROUP,
	FITS_USER,
};

/* A name that is no user's or group's may be a number itself. */
static int parse_account_number(const char *name, uint32_t *ret_number)
{
	uint64_t number;

	if (!text_number(name, 10, &number) || number >= UINT32_MAX)
		return -ENOENT;
	*ret_number = (uint32_t)number;
	return 0;
}

static int find_user(const char *name, struct owner *owner)
{
	const struct passwd *user = getpwnam(name);

	if (!user)
		return parse_account_number(name, &owner->uid);
	owner->uid = user->pw_uid;
	return 0;
}

static int find_group(const char *name, struct owner *owner)
{
	const struct group *group = getgrnam(name);

	owner->has_group = true;
	if (!group)
		return parse_account_number(name, &owner->gid);
	owner->gid = group->gr_gid;
	return 0;
}

/* The user while lines of limits are read. @fits: of the line that counts so far */
struct limited {
	const char *user;
	gid_t groups[GROUPS_MAX];
	int group_count;
	const struct root *root;
	int fits;
	int64_t memlock;
};

static bool is_in_group(const struct limited *limited, const char *name)
{
	const struct group *group = getgrnam(name);

	for (int i = 0; group && i < limited->group_count; i++)
		if (limited->groups[i] == group->gr_gid)
			return true;
	return false;
}

/* How well the first word of a line fits the user; 0: not at all. */
static int fit_of(const struct limited *limited, const char *domain)
{
	if (strcmp(domain, limited->user) == 0)
		return FITS_USER;
	if (*domain == '@' && is_in_group(limited, domain + 1))
		return FITS_GROUP;
	return strcmp(domain, "*") == 0 ? FITS_ALL : 0;
}

static bool parse_memlock(const char *word, int64_t *ret_bytes)
{
	uint64_t kibibytes;

	if (strcmp(word, "unlimited") == 0 || strcmp(word, "infinity") == 0 ||
	    strcmp(word, "-1") == 0) {
		*ret_bytes = MEMLOCK_UNLIMITED;
		return true;
	}
	if (!text_number(word, 10, &kibibytes) || kibibytes > INT64_MAX >> 10)
		return false;
	*ret_bytes = (int64_t)(kibibytes << 10);
	return true;
}

/* "alice - memlock unlimited". A process can raise its soft limit up to the hard one. */
static int read_limit_line(void *context, char *line)
{
	struct limited *limited = context;
	char *rest = line, *words[4];
	int64_t bytes;
	int fits;

	line[strcspn(line, "#")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		words[i] = strtok_r(rest, " \t\r", &rest);
		if (!words[i])
			return 0;
	}
	fits = fit_of(limited, words[0]);
	if (fits && fits >= limited->fits && strcmp(words[1], "soft") != 0 &&
	    strcmp(words[2], "memlock") == 0 && parse_memlock(words[3], &bytes)) {
		limited->fits = fits;
		limited->memlock = bytes;
	}
	return 0;
}

static int read_limits_of(void *context, const char *name)
{
	struct limited *limited = context;
	const char *end = strrchr(name, '.');
	char path[PATH_SIZE];

	if (end && strcmp(end, ".conf") == 0 &&
	    text_join("/etc/security/limits.d", name, path, sizeof(path)))
		/* Files that cannot be read set no limit that is known. */
		error_ignore(lines_read(limited->root, path, read_limit_line, limited));
	return 0;
}

static int64_t read_user_limit(const struct root *root, const struct owner *owner)
{
	const struct passwd *user = getpwuid(owner->uid);
	struct limited limited = {
		.root = root, .memlock = MEMLOCK_UNSET, .group_count = GROUPS_MAX};
	_autofree_ char *name = NULL;

	if (owner->uid == 0)
		return MEMLOCK_UNLIMITED;
	if (!user)
		return MEMLOCK_UNSET;
	/* Later calls reuse the memory of @user. */
	name = strdup(user->pw_name);
	if (!name)
		memory_exhausted();
	limited.user = name;
	if (getgrouplist(name, user->pw_gid, limited.groups, &limited.group_count) < 0)
		limited.group_count = GROUPS_MAX;
	error_ignore(lines_read(root, "/etc/security/limits.conf", read_limit_line, &limited));
	root_list(root, "/etc/security/limits.d", read_limits_of, &limited);
	return limited.memlock;
}

int owner_read(const struct root *root, const char *words, struct owner *ret_owner, struct error *e)
{
	const char *colon = strchr(words, ':');
	struct owner owner = {.words = words};
	char user[NAME_MAX_LENGTH + 1];
	size_t length = colon ? (size_t)(colon - words) : strlen(words);

	if (!length || length > NAME_MAX_LENGTH || (colon && !colon[1]))
		return error_set(e, ERROR_USAGE, 0, "--owner takes USER[:GROUP], not %.100s",
				 words);
	memcpy(user, words, length);
	user[length] = '\0';
	if (find_user(user, &owner) < 0)
		return error_set(e, ERROR_USAGE, 0, "no user is called %.100s", user);
	if (colon && find_group(colon + 1, &owner) < 0)
		return error_set(e, ERROR_USAGE, 0, "no group is called %.100s", colon + 1);
	owner.memlock = read_user_limit(root, &owner);
	owner.has_udev = answer_from(root_has(root, "/run/udev/control"));
	*ret_owner = owner;
	return 0;
}
