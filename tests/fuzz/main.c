/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main - run a harness without libFuzzer: COUNT FILE...
 *
 * Passes each FILE to the harness unchanged, and then COUNT mutations of them. The mutations are
 * the same in every run, so that a failure can be repeated.
 */
#include "fuzz/fuzz.h"

#include <stdio.h>

enum {
	INPUT_MAX = 64 * 1024,
};

struct input {
	uint8_t *bytes;
	size_t size;
};

/* The random numbers of xorshift64. */
static uint64_t next_random(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static struct input read_input(const char *path)
{
	struct input input = {.bytes = malloc(INPUT_MAX)};
	FILE *file = fopen(path, "r");

	if (!file || !input.bytes) {
		perror(path);
		exit(2);
	}
	input.size = fread(input.bytes, 1, INPUT_MAX, file);
	fclose(file);
	return input;
}

/* Numbers at which counts, lengths and offsets often fail. */
static uint8_t interesting(void)
{
	static const uint8_t bytes[] = {0, 1, 3, 4, 8, 16, 0x30, 0x7f, 0x80, 0xfe, 0xff};

	return bytes[next_random() % sizeof(bytes)];
}

/* Exactly as large as the data, so that sanitizers notice a read beyond its end. */
static void run_mutation(const struct input *input)
{
	size_t size = next_random() % 8 ? input->size : next_random() % (input->size + 1);
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, input->bytes, size);
	for (uint64_t i = next_random() % 8; size && i > 0; i--)
		copy[next_random() % size] =
			next_random() % 2 ? interesting() : (uint8_t)next_random();
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	int files = argc > 2 ? argc - 2 : 0;
	struct input *inputs = calloc((size_t)files + 1, sizeof(*inputs));

	if (!files || !inputs) {
		fprintf(stderr, "usage: %s COUNT FILE...\n", argv[0]);
		return 2;
	}
	for (int i = 0; i < files; i++) {
		inputs[i] = read_input(argv[i + 2]);
		LLVMFuzzerTestOneInput(inputs[i].bytes, inputs[i].size);
	}
	for (unsigned long i = 0; i < count; i++)
		run_mutation(&inputs[next_random() % (unsigned)files]);
	printf("%d files, %lu mutations\n", files, count);
	for (int i = 0; i < files; i++)
		free(inputs[i].bytes);
	free(inputs);
	return 0;
}
