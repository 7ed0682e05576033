/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain - the type of the default domain of groups: GROUP… TYPE */
#include "base/text.h"
#include "commands/change.h"
#include "model/domain_type.h"
#include "views/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The words for completions: a line for each. */
static int list_types(struct error *e)
{
	static const char *const words[] = {
		"DMA is translated, and each mapping ends at once when it is not needed any more",
		"DMA is translated, and mappings end together, a little later: faster, less strict",
		"DMA is not translated: the devices reach all memory",
		"the type that the kernel chose at boot",
	};
	const char *type;

	for (unsigned i = 0; (type = domain_type_at(i)); i++)
		printf("%-8s  %s\n", type, words[i]);
	return output_flush(e);
}

static int parse_type(const char *word, const char **ret_type, struct error *e)
{
	*ret_type = domain_type_spelling(word);
	if (*ret_type)
		return 0;
	error_set(e, ERROR_USAGE, 0, "\"%.100s\" is no type that a group can be given", word);
	error_remedy(e, "The types are DMA, DMA-FQ, identity and auto; \"iommuctl domain help\" "
			"tells what they mean");
	return -EINVAL;
}

/* "12" is "group:12" here: the first words are groups. In @arena. */
static char **spell_groups(const struct options *options, int count, struct arena *arena)
{
	char **selectors = arena_array(arena, (size_t)count + 1, sizeof(*selectors));
	uint64_t number;

	for (int i = 0; i < count; i++) {
		const char *word = options->arguments[i];

		selectors[i] = text_number(word, 10, &number)
				       ? arena_printf(arena, "group:%s", word)
				       : arena_strdup(arena, word);
	}
	return selectors;
}

static int run_domain(const struct options *options, struct error *e)
{
	_autoarena_ struct arena *arena = arena_new();
	int last = options->argument_count - 1, result;
	struct request request = {.verb = "domain", .dry_run = options->dry_run};

	if (last == 0 && strcmp(options->arguments[0], "help") == 0)
		return list_types(e);
	if (last == 0)
		return error_set(e, ERROR_USAGE, 0,
				 "domain takes groups and a type: GROUP… DMA|DMA-FQ|identity|auto");
	result = parse_type(options->arguments[last], &request.domain_type, e);
	if (result < 0)
		return result;
	request.selectors = spell_groups(options, last, arena);
	return change_run(options, &request, e);
}

const struct command command_domain = {
	.name = "domain",
	.arguments = "SELECTOR… DMA|DMA-FQ|identity|auto",
	.summary = "the type of the domain of groups: DMA, DMA-FQ, identity or auto",
	.examples = {"domain group:12 identity", "domain --dry-run 0000:01:00.0 DMA-FQ",
		     "domain help"},
	.scope = SCOPE_CHANGE | SCOPE_PLAN | SCOPE_DRY_RUN,
	.least_arguments = 1,
	.most_arguments = -1,
	.document = &change_kind,
	.run = run_domain,
};
