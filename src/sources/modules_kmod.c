/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sources/modules_kmod.h"

#include "base/arena.h"
#include "base/library.h"

#include <errno.h>
#include <libkmod.h>
#include <string.h>

/* The functions that we use, as libkmod.h declares them. */
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
};

struct modules_kmod {
	struct functions call;
	struct kmod_ctx *context;
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
};
_Static_assert(sizeof(struct functions) == sizeof(function_names), "a name for each function");

int modules_kmod_open(const char *folder, const char *const *configuration,
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
	kmod->context = kmod->call.new(folder, configuration);
	if (!kmod->context) {
		free(kmod);
		return -ENOENT;
	}
	kmod->call.set_log_priority(kmod->context, 0);
	/* Only speed is lost where an index is missing that we do not need: captures keep few. */
	kmod->call.load_resources(kmod->context);
	*ret_kmod = kmod;
	return 0;
}

/* What the filter leaves of the list: neither blacklisted, nor built in, as it is told. */
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

int modules_kmod_find(struct modules_kmod *kmod, const char *alias,
		      void (*each)(void *context, const struct module_answer *answer),
		      void *context)
{
	struct kmod_list *list = NULL;
	int result = kmod->call.lookup(kmod->context, alias, &list);

	if (result < 0 && result != -ENOENT)
		return result;
	for (const struct kmod_list *at = list; at; at = kmod->call.next(list, at)) {
		struct kmod_module *module = kmod->call.get_module(at);

		each(context, &(struct module_answer){
				      .name = kmod->call.get_name(module),
				      /* Only what is no file of its own has no path. */
				      .builtin = !kmod->call.get_path(module),
				      .blacklisted = !passes(kmod, at, KMOD_FILTER_BLACKLIST),
			      });
		kmod->call.unref(module);
	}
	kmod->call.unref_list(list);
	return 0;
}
