/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include "support/check.h"

#include <fcntl.h>
#include <stdalign.h>
#include <string.h>
#include <sys/wait.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static void memory_is_zeroed_and_aligned(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	static const char zeroes[100000];

	for (size_t size = 1; size < sizeof(zeroes); size = size * 3 + 1) {
		void *memory = arena_alloc(arena, size);

		assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
		assert_memory_equal(memory, zeroes, size);
		memset(memory, 0xff, size);
	}
}

static void a_list_keeps_its_items_while_it_grows(void **state)
{
	_autoarena_ struct arena *arena = arena_new();
	size_t room = 0;
	int *items = NULL;

	for (int i = 0; i < 1000; i++) {
		items = arena_grow(arena, items, (size_t)i, &room, sizeof(*items));
		items[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
}

static void texts_end_where_their_bytes_end(void **state)
{
	_autoarena_ struct arena *arena = arena_new();

	assert_string_equal(arena_text(arena, "group 12", 5), "group");
	assert_string_equal(arena_concat(arena, "a", "", "bc"), "abc");
	assert_string_equal(arena_printf(arena, "%0300d", 7) + 295, "00007");
	assert_null(arena_strdup(arena, NULL));
}

#ifdef SANITIZED
static volatile char seen;

static void read_after_free(void)
{
	struct arena *arena = arena_new();
	const volatile char *text = arena_strdup(arena, "gone with its arena");

	arena_free(arena);
	seen = text[0];
}

static void read_past_the_end(void)
{
	_autoarena_ struct arena *arena = arena_new();
	const volatile char *bytes = arena_alloc(arena, 24);

	arena_alloc(arena, 24);
	seen = bytes[24];
}

/* Call the function in a child, without the sanitizer's report on standard error. */
static int status_of(void (*forbidden)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		forbidden();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void the_address_sanitizer_sees_misuse(void **state)
{
	assert_int_not_equal(status_of(read_after_free), 0);
	assert_int_not_equal(status_of(read_past_the_end), 0);
}
#endif

static void large_memory_can_be_given_back_early(void **state)
{
	enum { LARGE = 1 << 20 };
	struct arena *owner = arena_new();
	const char *first = arena_array(owner, LARGE, 1), *text = arena_strdup(owner, "text"),
		   *next;

	arena_release(owner, first);
	arena_release(owner, text);
	next = arena_array(owner, LARGE, 1);
	for (size_t i = 0; i < LARGE; i++)
		assert_int_equal(next[i], 0);
	assert_string_equal(arena_strdup(owner, "more"), "more");
	arena_free(owner);
}

static void an_arena_after_another_is_zeroed_too(void **state)
{
	enum { SIZE = 1000 };

	for (int round = 0; round < 3; round++) {
		struct arena *owner = arena_new();
		char *bytes = arena_alloc(owner, SIZE);

		for (size_t i = 0; i < SIZE; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 'x', SIZE);
		arena_free(owner);
	}
}

UNIT(arena)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(a_list_keeps_its_items_while_it_grows),
		cmocka_unit_test(texts_end_where_their_bytes_end),
		cmocka_unit_test(large_memory_can_be_given_back_early),
		cmocka_unit_test(an_arena_after_another_is_zeroed_too),
#ifdef SANITIZED
		cmocka_unit_test(the_address_sanitizer_sees_misuse),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
