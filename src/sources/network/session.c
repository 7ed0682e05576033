/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/session.h"

#include "base/process.h"
#include "base/text.h"
#include "sources/network/connection.h"
#include "sources/network/network.h"
#include "sources/network/network_words.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

enum {
	ANCESTORS_MAX = 64,
	SOCKETS_MAX = 1024,
	ENVIRONMENT_MAX = 256 * 1024,
	TABLE_MAX = 64 * 1024 * 1024,
};

/* A socket that an ancestor process has open as @descriptor. */
struct socket {
	uint64_t inode;
	pid_t pid;
	int descriptor;
};

struct search {
	const struct root *root;
	struct arena *arena;
	FILE *out;
	pid_t ancestors[ANCESTORS_MAX];
	size_t ancestor_count;
	pid_t pid; /* the ancestor process that is being read */
	struct socket sockets[SOCKETS_MAX];
	size_t count;
	bool found;
	/* the first file or folder of an ancestor that could not be read, or NULL */
	const char *unread;
};

static pid_t parent_of(const struct root *root, pid_t pid)
{
	struct process_stat stat;

	return process_stat(root, pid, &stat) ? stat.parent : 0;
}

/* An ancestor that has ended since is gone, not hidden. */
static void note_unread(struct search *search, int cause, const char *path)
{
	if (cause < 0 && !root_is_absence(cause) && !search->unread)
		search->unread = arena_strdup(search->arena, path);
}

static const struct socket *socket_of(const struct search *search, uint64_t inode)
{
	for (size_t i = 0; i < search->count; i++)
		if (search->sockets[i].inode == inode)
			return &search->sockets[i];
	return NULL;
}

/* Ancestors share a socket, and a process has it open as its input and its output. */
static int add_socket(void *context, const char *name, const char *target)
{
	const char *number = text_after(text_basename(target), "socket:[");
	struct search *search = context;
	char digits[TEXT_NUMBER_SIZE];
	size_t length = number ? strcspn(number, "]") : 0;
	uint64_t inode, descriptor;

	if (!length || length >= sizeof(digits) || search->count == SOCKETS_MAX)
		return 0;
	memcpy(digits, number, length);
	digits[length] = '\0';
	if (text_number(digits, 10, &inode) && !socket_of(search, inode) &&
	    text_number(name, 10, &descriptor) && descriptor <= INT_MAX)
		search->sockets[search->count++] =
			(struct socket){inode, search->pid, (int)descriptor};
	return 0;
}

static void read_environment(struct search *search)
{
	char path[PATH_SIZE], ours[INET6_ADDRSTRLEN], theirs[INET6_ADDRSTRLEN];
	char *text;
	size_t length;
	int result;

	if (search->found)
		return;
	result = root_path(search->root, path, "/proc/%d/environ", search->pid);
	if (result >= 0)
		result = root_read_all(search->root, search->arena, path, ENVIRONMENT_MAX, &text,
				       &length);
	note_unread(search, result, path);
	if (result < 0)
		return;
	for (const char *at = text; at < text + length; at += strlen(at) + 1) {
		const char *value = text_after(at, "SSH_CONNECTION=");

		if (!value || sscanf(value, "%45s %*s %45s", theirs, ours) != 2)
			continue;
		search->found = true;
		fputs("session ", search->out);
		network_write_word(search->out, ours, strcspn(ours, "%"));
		fprintf(search->out, " /proc/%d/environ SSH from ", search->pid);
		network_write_rest(search->out, theirs);
		return;
	}
}

/* The process and its ancestors, up to but without process 1, which accepts no logins. */
static void find_ancestors(struct search *search, pid_t pid)
{
	for (; pid > 1 && search->ancestor_count < ANCESTORS_MAX;
	     pid = parent_of(search->root, pid))
		search->ancestors[search->ancestor_count++] = pid;
}

static void look_at_ancestors(struct search *search, void (*look)(struct search *search))
{
	for (size_t i = 0; i < search->ancestor_count; i++) {
		search->pid = search->ancestors[i];
		look(search);
	}
}

static void list_sockets(struct search *search)
{
	char path[PATH_SIZE];
	int result = root_path(search->root, path, "/proc/%d/fd", search->pid);

	if (result >= 0)
		result = root_list_links(search->root, path, add_socket, search);
	note_unread(search, result, path);
}

/*
 * The text of an address from /proc/net/tcp, "0100007F": words of four bytes in the byte order of
 * the processor.
 */
static bool address_text(const char *digits, char text[static INET6_ADDRSTRLEN])
{
	size_t words = strlen(digits) / 8;
	unsigned char bytes[16];

	if (words * 8 != strlen(digits) || (words != 1 && words != 4))
		return false;
	for (size_t i = 0; i < words; i++) {
		char part[9] = "";
		uint64_t value;
		uint32_t word;

		memcpy(part, digits + i * 8, 8);
		if (!text_number(part, 16, &value))
			return false;
		word = (uint32_t)value;
		memcpy(bytes + i * 4, &word, sizeof(word));
	}
	connection_text(words == 1 ? AF_INET : AF_INET6, bytes, text);
	return true;
}

static void print_connection(struct search *search, const struct socket *socket, const char *file,
			     const struct connection *connection)
{
	const char *command = process_command(search->root, search->arena, socket->pid);
	char text[512];

	snprintf(text, sizeof(text), "%s (process %d), port %u, from %s", command ? command : "?",
		 socket->pid, connection->port, connection->theirs);
	fprintf(search->out, "session %s %s ", connection->ours, file);
	network_write_rest(search->out, text);
	search->found = true;
}

static void print_row(struct search *search, const char *file, const char *line)
{
	enum { ESTABLISHED = 1 };
	char local[33], remote[33];
	unsigned remote_port, state;
	unsigned long long inode;
	struct connection connection;
	const struct socket *socket;

	if (sscanf(line, " %*u: %32[0-9A-F]:%4x %32[0-9A-F]:%4x %2x %*s %*s %*s %*s %*s %llu",
		   local, &connection.port, remote, &remote_port, &state, &inode) != 6 ||
	    state != ESTABLISHED)
		return;
	socket = socket_of(search, inode);
	if (socket && address_text(local, connection.ours) &&
	    address_text(remote, connection.theirs))
		print_connection(search, socket, file, &connection);
}

/* Print the connections of which the kernel tells; the other sockets stay for the tables. */
static void print_told_connections(struct search *search)
{
	size_t untold = 0;

	for (size_t i = 0; i < search->count; i++) {
		const struct socket socket = search->sockets[i];
		struct connection connection;
		char file[PATH_SIZE];
		int result =
			connection_ask(socket.pid, socket.descriptor, socket.inode, &connection);

		snprintf(file, sizeof(file), "/proc/%d/fd/%d", socket.pid, socket.descriptor);
		if (result < 0)
			search->sockets[untold++] = socket;
		else if (result)
			print_connection(search, &socket, file, &connection);
	}
	search->count = untold;
}

static void find_session_sockets(struct search *search, const char *file)
{
	char *text, *line;
	size_t length;

	int result = root_read_all(search->root, search->arena, file, TABLE_MAX, &text, &length);

	note_unread(search, result, file);
	if (result < 0)
		return;
	while ((line = strsep(&text, "\n")))
		print_row(search, file, line);
}

void session_lines(const struct root *root, pid_t pid, FILE *out)
{
	_autoarena_ struct arena *arena = arena_new();
	struct search search = {.root = root, .arena = arena, .out = out};

	find_ancestors(&search, pid);
	look_at_ancestors(&search, list_sockets);
	if (root_is_live(root))
		print_told_connections(&search);
	if (search.count) {
		find_session_sockets(&search, "/proc/net/tcp");
		find_session_sockets(&search, "/proc/net/tcp6");
	}
	look_at_ancestors(&search, read_environment);
	if (search.unread && !search.found)
		fprintf(out, "unseen session %s cannot be read\n", search.unread);
}
