/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h - regular expressions: the models', compiled once per process, and clients'. Threads:
 * any. */
#pragma once

#include "base/str.h"

/* True when the pattern is found in the text, and when the pattern is none that PCRE2 knows. */
bool np_pattern_match(const char *pattern, struct np_str text);

/* A client's own pattern, which must take the whole text; compiled for this one question. What is
 * too costly to match differs. */
enum np_pattern_answer { NP_PATTERN_MATCHES, NP_PATTERN_DIFFERS, NP_PATTERN_INVALID };
enum np_pattern_answer np_pattern_whole(struct np_str pattern, struct np_str text);
