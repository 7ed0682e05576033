/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_words - foreign text as words of the line protocol of sources/network/network.h
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/** network_write_word - @length bytes as one word: "-" for none, '?' for what would break it */
void network_write_word(FILE *out, const char *bytes, size_t length);

/** network_write_rest - @text as the last thing on a line, blanks allowed */
void network_write_rest(FILE *out, const char *text);
