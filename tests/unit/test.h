/* SPDX-License-Identifier: Apache-2.0 */
/* test.h - NP_TEST(name) { … } registers itself; NP_CHECK says what was expected. Runs on cmocka.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/str.h"

void np_test_add(const char *file, const char *name, void (*fn)(void **state));
/* A fresh directory below TMPDIR, removed with all it holds when the test ends. */
const char *np_test_dir(void);
/* Bytes that are allocated now, by malloc or what a sanitizer has in its place. */
size_t np_test_heap(void);
void np_test_failed(const char *file, int line, const char *cond, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#define NP_TEST(name)                                                                              \
    static void name(void **state);                                                                \
    __attribute__((constructor)) static void name##_add(void)                                      \
    {                                                                                              \
        np_test_add(__FILE__, #name, name);                                                        \
    }                                                                                              \
    static void name(void **state __attribute__((unused)))

#define NP_CHECK(cond, ...)                                                                        \
    do {                                                                                           \
        if (!(cond))                                                                               \
            np_test_failed(__FILE__, __LINE__, #cond, " " __VA_ARGS__);                            \
    } while (0)
#define NP_CHECK_STR(got, want)                                                                    \
    do {                                                                                           \
        struct np_str np_got = (got), np_want = (want);                                            \
        if (!np_str_eq(np_got, np_want))                                                           \
            np_test_failed(__FILE__, __LINE__, #got, "got \"%.*s\", want \"%.*s\"",                \
                           NP_FMT(np_got), NP_FMT(np_want));                                       \
    } while (0)
