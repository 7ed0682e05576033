/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/digest.h"

#include <string.h>

enum { BLOCK = 64, LENGTH_AT = BLOCK - 8, STATES = 8, ROUNDS = 64 };

/* The first 32 bits of the fractions of the cube roots of the first 64 primes (4.2.2). */
static const uint32_t constants[ROUNDS] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

/* The same of the square roots of the first eight (5.3.3). */
static const uint32_t initial[STATES] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t rotate(uint32_t word, unsigned count)
{
	return word >> count | word << (32 - count);
}

/* The message schedule (6.2.2, step 1). */
static void make_schedule(const uint8_t *block, uint32_t schedule[static ROUNDS])
{
	for (size_t i = 0; i < 16; i++)
		schedule[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
			      (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (size_t i = 16; i < ROUNDS; i++) {
		uint32_t early = schedule[i - 15], late = schedule[i - 2];

		schedule[i] = schedule[i - 16] + schedule[i - 7] +
			      (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3) +
			      (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
	}
}

/* One of the 64 rounds of step 3; @state: the variables a to h. */
static void turn(uint32_t state[static STATES], uint32_t word)
{
	uint32_t a = state[0], b = state[1], c = state[2], e = state[4];
	uint32_t one = state[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
		       ((e & state[5]) ^ (~e & state[6])) + word;
	uint32_t two =
		(rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));

	memmove(state + 1, state, (STATES - 1) * sizeof(*state));
	state[4] += one;
	state[0] = one + two;
}

static void add_hash_block(uint32_t hash[static STATES], const uint8_t *block)
{
	uint32_t schedule[ROUNDS], state[STATES];

	make_schedule(block, schedule);
	memcpy(state, hash, sizeof(state));
	for (size_t i = 0; i < ROUNDS; i++)
		turn(state, schedule[i] + constants[i]);
	for (size_t i = 0; i < STATES; i++)
		hash[i] += state[i];
}

/* The last bytes, a one, zeros, and the number of bits (5.1.1). */
static void add_last_blocks(uint32_t hash[static STATES], const uint8_t *bytes, size_t length)
{
	size_t rest = length % BLOCK;
	uint8_t last[2 * BLOCK] = {0};
	size_t end = rest < LENGTH_AT ? BLOCK : 2 * BLOCK;
	uint64_t bits = (uint64_t)length * 8;

	if (rest)
		memcpy(last, bytes + length - rest, rest);
	last[rest] = 0x80;
	for (size_t i = 0; i < 8; i++)
		last[end - 1 - i] = (uint8_t)(bits >> 8 * i);
	for (size_t at = 0; at < end; at += BLOCK)
		add_hash_block(hash, last + at);
}

void digest_of(const void *bytes, size_t length, uint8_t digest[static DIGEST_SIZE])
{
	uint32_t hash[STATES];

	memcpy(hash, initial, sizeof(hash));
	for (size_t at = 0; at + BLOCK <= length; at += BLOCK)
		add_hash_block(hash, (const uint8_t *)bytes + at);
	add_last_blocks(hash, bytes, length);
	for (size_t i = 0; i < DIGEST_SIZE; i++)
		digest[i] = (uint8_t)(hash[i / 4] >> (24 - 8 * (i % 4)));
}
