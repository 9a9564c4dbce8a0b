/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - runs the registered tests: all, or those whose "file:name" holds the argument. */
#include "test.h"

#include <malloc.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TESTS_MAX 4000

static struct CMUnitTest tests[TESTS_MAX];
static char labels[TESTS_MAX][120];
static size_t n_tests;
static char dir[256];

/* There only in a build with AddressSanitizer, where mallinfo2() knows nothing. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

size_t np_test_heap(void)
{
    if (__sanitizer_get_current_allocated_bytes != NULL)
        return __sanitizer_get_current_allocated_bytes();
    return mallinfo2().uordblks;
}

void np_test_add(const char *file, const char *name, void (*fn)(void **state))
{
    if (n_tests == TESTS_MAX)
        abort();
    const char *base = strrchr(file, '/');
    snprintf(labels[n_tests], sizeof(labels[0]), "%s:%s", base != NULL ? base + 1 : file, name);
    tests[n_tests] = (struct CMUnitTest){.name = labels[n_tests], .test_func = fn};
    n_tests++;
}

void np_test_failed(const char *file, int line, const char *cond, const char *fmt, ...)
{
    char text[2000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    print_error("%s:%d: %s: %s\n", file, line, cond, text);
    _fail(file, line);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static int teardown(void **state)
{
    (void)state;
    if (dir[0] != '\0')
        nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    dir[0] = '\0';
    return 0;
}

const char *np_test_dir(void)
{
    if (dir[0] == '\0') {
        const char *tmp = getenv("TMPDIR");
        snprintf(dir, sizeof(dir), "%s/nephele-unit-XXXXXX", tmp != NULL ? tmp : "/tmp");
        if (mkdtemp(dir) == NULL)
            abort();
    }
    return dir;
}

int main(int argc, char **argv)
{
    size_t n = 0;
    for (size_t i = 0; i < n_tests; i++) {
        if (argc > 1 && strstr(labels[i], argv[1]) == NULL)
            continue;
        tests[n] = tests[i];
        tests[n++].teardown_func = teardown;
    }
    if (n == 0) {
        fprintf(stderr, "no test matches\n");
        return 1;
    }
    return _cmocka_run_group_tests("unit", tests, n, NULL, NULL);
}
