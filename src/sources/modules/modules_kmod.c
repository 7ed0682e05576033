/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules/modules_kmod.h"

#include "base/arena.h"
#include "base/library.h"
#include "sources/modules/module_options.h"

#include <errno.h>
#include <libkmod.h>
#include <string.h>

/* The functions of libkmod in use, as libkmod.h declares them. */
struct functions {
	struct kmod_ctx *(*new)(const char *, const char *const *);
	int (*load_resources)(struct kmod_ctx *);
	void (*set_log_priority)(struct kmod_ctx *, int);
	int (*lookup)(struct kmod_ctx *, const char *, struct kmod_list **);
	int (*filter)(const struct kmod_ctx *, enum kmod_filter, const struct kmod_list *,
		      struct kmod_list **);
	struct kmod_list *(*next)(const struct kmod_list *, const struct kmod_list *);
	struct kmod_module *(*get_module)(const struct kmod_list *);
	struct kmod_module *(*unref)(struct kmod_module *);
	int (*unref_list)(struct kmod_list *);
	const char *(*get_name)(const struct kmod_module *);
	const char *(*get_path)(const struct kmod_module *);
	const char *(*get_options)(const struct kmod_module *);
	const char *(*get_install_commands)(const struct kmod_module *);
	struct kmod_list *(*get_dependencies)(const struct kmod_module *);
	int (*get_softdeps)(const struct kmod_module *, struct kmod_list **, struct kmod_list **);
	int (*from_name)(struct kmod_ctx *, const char *, struct kmod_module **);
	struct kmod_config_iter *(*get_blacklists)(const struct kmod_ctx *);
	bool (*next_line)(struct kmod_config_iter *);
	const char *(*get_key)(const struct kmod_config_iter *);
	void (*free_lines)(struct kmod_config_iter *);
	int (*insert)(struct kmod_module *, unsigned, const char *,
		      int (*)(struct kmod_module *, const char *, void *), const void *,
		      void (*)(struct kmod_module *, bool, const char *));
	struct kmod_ctx *(*close)(struct kmod_ctx *);
};

/*
 * An open libkmod. @unwanted: the configuration whose settings do not count (the command line of
 * this machine), or NULL
 */
struct modules_kmod {
	struct functions call;
	struct kmod_ctx *context, *unwanted;
};

static const char *const function_names[] = {
	"kmod_new",
	"kmod_load_resources",
	"kmod_set_log_priority",
	"kmod_module_new_from_lookup",
	"kmod_module_apply_filter",
	"kmod_list_next",
	"kmod_module_get_module",
	"kmod_module_unref",
	"kmod_module_unref_list",
	"kmod_module_get_name",
	"kmod_module_get_path",
	"kmod_module_get_options",
	"kmod_module_get_install_commands",
	"kmod_module_get_dependencies",
	"kmod_module_get_softdeps",
	"kmod_module_new_from_name",
	"kmod_config_get_blacklists",
	"kmod_config_iter_next",
	"kmod_config_iter_get_key",
	"kmod_config_iter_free_iter",
	"kmod_module_probe_insert_module",
	"kmod_unref",
};
_Static_assert(sizeof(struct functions) == sizeof(function_names), "a name for each function");

static int open_contexts(struct modules_kmod *kmod, const char *folder,
			 const char *const *configuration, bool captured)
{
	static const char *const none[] = {NULL};

	kmod->context = kmod->call.new(folder, configuration);
	if (captured)
		kmod->unwanted = kmod->call.new(folder, none);
	return kmod->context && (kmod->unwanted || !captured) ? 0 : -ENOENT;
}

int modules_kmod_open(const char *folder, const char *const *configuration, bool captured,
		      struct modules_kmod **ret_kmod)
{
	struct modules_kmod *kmod = calloc(1, sizeof(*kmod));
	void *library;

	if (!kmod)
		memory_exhausted();
	if (library_open("libkmod.so.2", function_names, ARRAY_SIZE(function_names), &kmod->call,
			 &library) < 0) {
		free(kmod);
		return -ENOSYS;
	}
	if (open_contexts(kmod, folder, configuration, captured) < 0) {
		free(kmod);
		return -ENOENT;
	}
	kmod->call.set_log_priority(kmod->context, 0);
	/*
	 * In a capture, which lacks most indexes, this call fails; libkmod then opens each index
	 * when it needs it.
	 */
	kmod->call.load_resources(kmod->context);
	*ret_kmod = kmod;
	return 0;
}

/* True where @filter of libkmod keeps the module of @item. */
static bool passes(struct modules_kmod *kmod, const struct kmod_list *item, enum kmod_filter filter)
{
	struct kmod_list *left = NULL;
	struct kmod_module *wanted = kmod->call.get_module(item);
	bool found = false;

	if (kmod->call.filter(kmod->context, filter, item, &left) < 0) {
		kmod->call.unref(wanted);
		return true;
	}
	for (const struct kmod_list *at = left; at; at = kmod->call.next(left, at)) {
		struct kmod_module *module = kmod->call.get_module(at);

		found = found ||
			strcmp(kmod->call.get_name(module), kmod->call.get_name(wanted)) == 0;
		kmod->call.unref(module);
	}
	kmod->call.unref_list(left);
	kmod->call.unref(wanted);
	return found;
}

static size_t count_in_blacklist(const struct modules_kmod *kmod, const struct kmod_ctx *context,
				 const char *name)
{
	struct kmod_config_iter *lines = kmod->call.get_blacklists(context);
	size_t count = 0;

	while (lines && kmod->call.next_line(lines))
		count += strcmp(kmod->call.get_key(lines), name) == 0;
	kmod->call.free_lines(lines);
	return count;
}

/* Each line of the command line of this machine is in both contexts. */
static bool is_blacklisted(struct modules_kmod *kmod, const struct kmod_list *item,
			   const char *name)
{
	if (passes(kmod, item, KMOD_FILTER_BLACKLIST))
		return false;
	return !kmod->unwanted || count_in_blacklist(kmod, kmod->context, name) >
					  count_in_blacklist(kmod, kmod->unwanted, name);
}

/* libkmod puts the options of the command line of this machine last. */
static const char *options_of(struct modules_kmod *kmod, struct arena *arena,
			      const struct kmod_module *module)
{
	const char *options = kmod->call.get_options(module);
	struct kmod_module *unwanted;

	if (!kmod->unwanted ||
	    kmod->call.from_name(kmod->unwanted, kmod->call.get_name(module), &unwanted) < 0)
		return options;
	options = module_options_without(arena, options, kmod->call.get_options(unwanted));
	kmod->call.unref(unwanted);
	return options;
}

/*
 * The modules that are loaded along with a module, in the order of kmod_module_probe_insert_module.
 */
struct needs {
	struct modules_kmod *kmod;
	struct arena *arena;
	const char *names[MODULE_NEEDS_MAX];
	size_t count;
};

static bool is_needed(const struct needs *needs, const char *name)
{
	for (size_t i = 0; i < needs->count; i++)
		if (strcmp(needs->names[i], name) == 0)
			return true;
	return false;
}

static void list_module(struct needs *needs, const struct kmod_module *module)
{
	const char *name = needs->kmod->call.get_name(module);

	/* Built-in code has no file and is never loaded, so it is no need. */
	if (needs->count < MODULE_NEEDS_MAX && !is_needed(needs, name) &&
	    needs->kmod->call.get_path(module))
		needs->names[needs->count++] = arena_strdup(needs->arena, name);
}

static void list_all_for(struct needs *needs, const struct kmod_module *module, int depth);

/* softdep lines may form a circle, so their depth is limited. */
static void list_soft_then(struct needs *needs, const struct kmod_module *module, int depth)
{
	enum { SOFT_DEPTH_MAX = 4 };
	const struct functions *call = &needs->kmod->call;
	struct kmod_list *before = NULL, *after = NULL;

	if (is_needed(needs, call->get_name(module)) || depth > SOFT_DEPTH_MAX)
		return;
	if (call->get_softdeps(module, &before, &after) == 0) {
		for (const struct kmod_list *at = before; at; at = call->next(before, at)) {
			struct kmod_module *soft = call->get_module(at);

			list_all_for(needs, soft, depth + 1);
			call->unref(soft);
		}
		call->unref_list(before);
		call->unref_list(after);
	}
	list_module(needs, module);
}

static void list_all_for(struct needs *needs, const struct kmod_module *module, int depth)
{
	const struct functions *call = &needs->kmod->call;
	struct kmod_list *hard = call->get_dependencies(module);

	for (const struct kmod_list *at = hard; at; at = call->next(hard, at)) {
		struct kmod_module *needed = call->get_module(at);

		list_soft_then(needs, needed, depth);
		call->unref(needed);
	}
	call->unref_list(hard);
	list_soft_then(needs, module, depth);
}

static void answer_in_full(struct needs *needs, const struct kmod_module *module,
			   struct module_answer *answer)
{
	answer->options = options_of(needs->kmod, needs->arena, module);
	answer->has_install_command = needs->kmod->call.get_install_commands(module);
	list_all_for(needs, module, 0);
	/* The list of a module's needs ends with the module itself: drop it. */
	if (needs->count && strcmp(needs->names[needs->count - 1], answer->name) == 0)
		needs->count--;
	answer->needs = needs->names;
	answer->need_count = needs->count;
}

int modules_kmod_find(struct modules_kmod *kmod, const char *alias, bool in_full,
		      void (*each)(void *context, const struct module_answer *answer),
		      void *context)
{
	struct kmod_list *list = NULL;
	int result = kmod->call.lookup(kmod->context, alias, &list);

	if (result < 0 && result != -ENOENT)
		return result;
	for (const struct kmod_list *at = list; at; at = kmod->call.next(list, at)) {
		_autoarena_ struct arena *scratch = arena_new();
		struct kmod_module *module = kmod->call.get_module(at);
		struct needs needs = {.kmod = kmod, .arena = scratch};
		struct module_answer answer = {
			.name = kmod->call.get_name(module),
			/* Built-in code has no path in libkmod. */
			.builtin = !kmod->call.get_path(module),
			.blacklisted = is_blacklisted(kmod, at, kmod->call.get_name(module)),
		};

		if (in_full)
			answer_in_full(&needs, module, &answer);
		each(context, &answer);
		kmod->call.unref(module);
	}
	kmod->call.unref_list(list);
	return 0;
}

/* libkmod would run the command of modprobe.d in a shell; iommuctl runs no commands. */
static int refuse_command(struct kmod_module *module, const char *command, void *data)
{
	return -ECANCELED;
}

static int load_module(const struct modules_kmod *kmod, const char *name)
{
	struct kmod_module *module;
	int result = kmod->call.from_name(kmod->context, name, &module);

	if (result < 0)
		return result;
	result = kmod->call.insert(module, 0, NULL, refuse_command, NULL, NULL);
	kmod->call.unref(module);
	return result;
}

int modules_kmod_load(const char *name)
{
	struct modules_kmod *kmod;
	int result = modules_kmod_open(NULL, NULL, false, &kmod);

	if (result < 0)
		return result;
	result = load_module(kmod, name);
	kmod->call.close(kmod->context);
	free(kmod);
	return result;
}
