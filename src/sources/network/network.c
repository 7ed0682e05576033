/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/network/network.h"

#include "base/text.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 10 };

struct parsing {
	struct arena *arena;
	struct network *network;
	bool ended;
};

static bool parse_number(const char *word, uint32_t *ret_value)
{
	uint64_t value;

	if (!text_number(word, 10, &value) || value > INT32_MAX)
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

/* Parse the number of a namespace: -1 means that it has none. */
static bool parse_namespace_id(const char *word, int32_t *ret_value)
{
	uint32_t value;

	*ret_value = -1;
	if (strcmp(word, "-1") == 0)
		return true;
	if (!parse_number(word, &value))
		return false;
	*ret_value = (int32_t)value;
	return true;
}

static const char *word_or_none(const char *word)
{
	return strcmp(word, "-") == 0 ? NULL : word;
}

/*
 * True for a valid name of an interface: names become parts of paths, so "/" and the like are
 * refused.
 */
static bool is_interface_name(const char *word)
{
	return *word && !strchr(word, '/') && strcmp(word, ".") != 0 && strcmp(word, "..") != 0;
}

static bool add_namespace(struct parsing *parsing, char *const *words)
{
	struct network *network = parsing->network;

	network->spaces = arena_room(parsing->arena, network->spaces, network->space_count,
				     sizeof(*network->spaces));
	network->spaces[network->space_count++] = (struct netns){
		.own = strcmp(words[1], "own") == 0,
		.file = words[2],
		.name = words[3],
		.our_number = -1,
	};
	return true;
}

static bool parse_interface(struct parsing *parsing, char *const *words)
{
	struct network *network = parsing->network;
	struct interface interface = {
		.space = network->space_count - 1,
		.name = words[2],
		.kind = word_or_none(words[7]),
		.bus = word_or_none(words[8]),
		.parent = word_or_none(words[9]),
	};
	uint32_t flags;

	if (!network->space_count || !parse_number(words[1], &interface.index) ||
	    !parse_number(words[3], &flags) || !parse_number(words[4], &interface.master_index) ||
	    !parse_number(words[5], &interface.lower_index) ||
	    !parse_namespace_id(words[6], &interface.lower_number) ||
	    !is_interface_name(words[2]) || !is_interface_name(words[8]) ||
	    !is_interface_name(words[9]))
		return false;
	interface.up = flags & IFF_UP;
	interface.loopback = flags & IFF_LOOPBACK;
	network->interfaces = arena_room(parsing->arena, network->interfaces,
					 network->interface_count, sizeof(interface));
	network->interfaces[network->interface_count++] = interface;
	return true;
}

static bool add_net_entry(struct parsing *parsing, struct net_entries *entries, char *const *words,
			  struct net_entry entry)
{
	entry.space = parsing->network->space_count - 1;
	if (!parsing->network->space_count || !parse_number(words[1], &entry.index))
		return false;
	entries->items = arena_room(parsing->arena, entries->items, entries->count, sizeof(entry));
	entries->items[entries->count++] = entry;
	return true;
}

static bool parse_text_entry(struct parsing *parsing, struct net_entries *entries,
			     char *const *words)
{
	return add_net_entry(parsing, entries, words,
			     (struct net_entry){.text = word_or_none(words[2])});
}

static bool parse_use_line(struct parsing *parsing, char *const *words)
{
	return add_net_entry(parsing, &parsing->network->uses, words,
			     (struct net_entry){.file = words[2], .text = words[3]});
}

static bool parse_listener_line(struct parsing *parsing, char *const *words)
{
	return add_net_entry(parsing, &parsing->network->listeners, words,
			     (struct net_entry){.file = words[2], .text = words[3]});
}

static bool add_address(struct parsing *parsing, char *const *words)
{
	return parse_text_entry(parsing, &parsing->network->addresses, words);
}

static bool add_route(struct parsing *parsing, char *const *words)
{
	return parse_text_entry(parsing, &parsing->network->routes, words);
}

static bool parse_way_line(struct parsing *parsing, char *const *words)
{
	return parse_text_entry(parsing, &parsing->network->ways, words);
}

static bool set_own_id(struct parsing *parsing, char *const *words)
{
	struct network *network = parsing->network;

	return network->space_count &&
	       parse_namespace_id(words[1], &network->spaces[network->space_count - 1].our_number);
}

static bool add_session(struct parsing *parsing, char *const *words)
{
	struct network *network = parsing->network;

	network->sessions = arena_room(parsing->arena, network->sessions, network->session_count,
				       sizeof(*network->sessions));
	network->sessions[network->session_count++] =
		(struct net_session){words[1], words[2], words[3]};
	return true;
}

/* Record why something could not be read; the first reason of each kind is kept. */
static void note_unseen(const char **reason, const char *why)
{
	if (!*reason)
		*reason = why;
}

static bool add_unseen(struct parsing *parsing, char *const *words)
{
	struct network *network = parsing->network;

	if (strcmp(words[1], "own") == 0)
		note_unseen(&network->unseen_own, words[2]);
	else if (strcmp(words[1], "other") == 0)
		note_unseen(&network->unseen_other, words[2]);
	else if (strcmp(words[1], "session") == 0)
		note_unseen(&network->unseen_session, words[2]);
	else if (strcmp(words[1], "protocol") == 0)
		note_unseen(&network->unseen_protocol, words[2]);
	else if (strcmp(words[1], "way") == 0)
		note_unseen(&network->unseen_way, words[2]);
	else
		return false;
	return true;
}

static bool set_complete(struct parsing *parsing, char *const *words)
{
	parsing->ended = true;
	return true;
}

static const struct {
	const char *word;
	/* number of words of such a line; the last word extends to the end of the line */
	size_t words;
	bool (*take)(struct parsing *parsing, char *const *words);
} line_kinds[] = {
	{"namespace", 4, add_namespace}, {"interface", 10, parse_interface},
	{"address", 3, add_address},	 {"route", 3, add_route},
	{"use", 4, parse_use_line},	 {"listener", 4, parse_listener_line},
	{"way", 3, parse_way_line},	 {"ours", 2, set_own_id},
	{"session", 4, add_session},	 {"unseen", 3, add_unseen},
	{"end", 1, set_complete},
};

static size_t split(char *line, char *words[static WORDS_MAX], size_t most)
{
	size_t count = 0;

	for (; line && count < most; count++)
		words[count] = count + 1 == most ? line : strsep(&line, " ");
	return count;
}

static bool parse_network_line(struct parsing *parsing, char *line)
{
	char *words[WORDS_MAX];
	size_t first = strcspn(line, " ");

	for (size_t i = 0; i < ARRAY_SIZE(line_kinds); i++) {
		const char *word = line_kinds[i].word;

		if (strlen(word) != first || strncmp(line, word, first) != 0)
			continue;
		return split(line, words, line_kinds[i].words) == line_kinds[i].words &&
		       line_kinds[i].take(parsing, words);
	}
	return false;
}

static int compare_interfaces(const void *a, const void *b)
{
	const struct interface *left = a, *right = b;

	if (left->space != right->space)
		return left->space < right->space ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

static const struct interface *find(const struct network *network, size_t space, uint32_t index)
{
	struct interface key = {.space = space, .index = index};

	if (!network->interface_count || !index)
		return NULL;
	return bsearch(&key, network->interfaces, network->interface_count, sizeof(key),
		       compare_interfaces);
}

static const struct interface *find_lower(const struct network *network,
					  const struct interface *interface)
{
	const struct netns *space = &network->spaces[interface->space];

	if (interface->lower_number < 0)
		return interface->lower_index == interface->index
			       ? NULL
			       : find(network, interface->space, interface->lower_index);
	if (space->own || interface->lower_number != space->our_number)
		return NULL;
	for (size_t i = 0; i < network->space_count; i++)
		if (network->spaces[i].own)
			return find(network, i, interface->lower_index);
	return NULL;
}

static void resolve_entries(const struct network *network, struct net_entries *entries)
{
	size_t kept = 0;

	for (size_t i = 0; i < entries->count; i++) {
		struct net_entry entry = entries->items[i];

		entry.interface = find(network, entry.space, entry.index);
		if (entry.interface)
			entries->items[kept++] = entry;
	}
	entries->count = kept;
}

/* Names are unique in a namespace; in lines that are not trusted the first of them counts. */
static void map_own_names(struct network *network, struct arena *arena)
{
	network->own_names = text_map_new(arena);
	for (size_t i = 0; i < network->interface_count; i++) {
		const struct interface *interface = &network->interfaces[i];
		size_t *number;

		if (!network->spaces[interface->space].own)
			continue;
		number = text_map_at(network->own_names, interface->name);
		if (!*number)
			*number = i + 1;
	}
}

const struct interface *network_own_interface(const struct network *network, const char *name)
{
	size_t number = text_map_find(network->own_names, name);

	return number ? &network->interfaces[number - 1] : NULL;
}

/* Replace numbers of interfaces by pointers: a line may name an interface that follows it. */
static void link_interfaces(struct network *network)
{
	if (network->interface_count)
		qsort(network->interfaces, network->interface_count, sizeof(*network->interfaces),
		      compare_interfaces);
	for (size_t i = 0; i < network->interface_count; i++) {
		struct interface *interface = &network->interfaces[i];

		interface->master = find(network, interface->space, interface->master_index);
		interface->lower = find_lower(network, interface);
	}
	resolve_entries(network, &network->addresses);
	resolve_entries(network, &network->routes);
	resolve_entries(network, &network->ways);
	resolve_entries(network, &network->uses);
	resolve_entries(network, &network->listeners);
}

/*
 * The last of the lines "namespace own|other FILE NAME": the namespace in which the child stopped
 * responding.
 */
static const char *last_namespace(struct arena *arena, const char *text)
{
	static const char word[] = "\nnamespace ";
	const char *last = NULL;

	for (const char *at = text; (at = strstr(at, word)); at++)
		last = at + strlen(word);
	for (int spaces = 0; last && spaces < 2; spaces++)
		last = strchr(last, ' ') ? strchr(last, ' ') + 1 : NULL;
	return last ? arena_text(arena, last, strcspn(last, "\n")) : "this network namespace";
}

char *network_cut_off(struct arena *arena, char *text, pid_t pid)
{
	char *end = strrchr(text, '\n');
	const char *where, *why;

	/* Drop a last line that is incomplete. */
	if (end)
		end[1] = '\0';
	else
		*text = '\0';
	where = last_namespace(arena, text);
	why = arena_printf(arena,
			   "rtnetlink did not answer in time in %s (process %d waits for it)",
			   where, pid);
	return arena_printf(arena, "%sunseen own %s\nunseen other %s\nunseen session %s\nend\n",
			    text, why, why, why);
}

void network_parse(char *text, struct arena *arena, struct network *ret_network)
{
	struct parsing parsing = {.arena = arena, .network = ret_network};
	bool broken = false;
	char *line;

	*ret_network = (struct network){0};
	while (!parsing.ended && (line = strsep(&text, "\n")))
		broken |= *line && !parse_network_line(&parsing, line);
	if (broken || !parsing.ended) {
		const char *why = broken ? "a part of rtnetlink's answer is malformed"
					 : "rtnetlink did not finish in time";

		note_unseen(&ret_network->unseen_own, why);
		note_unseen(&ret_network->unseen_other, why);
		note_unseen(&ret_network->unseen_session, why);
	}
	link_interfaces(ret_network);
	map_own_names(ret_network, arena);
}
