/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network_words - text that is not trusted, as words of the line protocol of
 * sources/network/network.h
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/**
 * network_write_word - write @length bytes as one word: "-" for none, '?' for blanks and control
 * characters
 */
void network_write_word(FILE *out, const char *bytes, size_t length);

/** network_write_rest - write @text as the last word of a line, with blanks */
void network_write_rest(FILE *out, const char *text);
