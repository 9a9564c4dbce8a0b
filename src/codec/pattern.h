/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h - the models' regular expressions, compiled once per process. Threads: any. */
#pragma once

#include "base/str.h"

/* True when the pattern is found in the text, and when the pattern is none that PCRE2 knows. */
bool np_pattern_match(const char *pattern, struct np_str text);
