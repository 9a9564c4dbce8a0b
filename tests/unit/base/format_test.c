/* SPDX-License-Identifier: Apache-2.0 */
/* format_test.c - formats against libc's, and where they differ on purpose. */
#include "test.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/format.h"

static void check(size_t size, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void check(size_t size, const char *fmt, ...)
{
    char ours[64] = {0}, libcs[64] = {0};
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    size_t n = np_vformat(ours, size, fmt, ap);
    int want = vsnprintf(libcs, size, fmt, again);
    va_end(again);
    va_end(ap);
    NP_CHECK(n == (size_t)want, "%s in %zu: %zu and not %d", fmt, size, n, want);
    NP_CHECK(memcmp(ours, libcs, sizeof(ours)) == 0, "%s in %zu: '%s' and not '%s'", fmt, size,
             ours, libcs);
}

NP_TEST(formats_are_libcs)
{
    for (size_t size = 0; size <= 64; size++) {
        check(size, "plain");
        check(size, "%s and %.*s, 100 %%", "text", 3, "part");
        check(size, "[%-7s][%7s][%.2s][%-5.3s]", "abc", "def", "ghi", "jklm");
        check(size, "[%-*.*s]", 6, 2, "xyz");
        check(size, "%d %i %5d %05d %-5d|%+d", -1, 2, 3, 4, 5, 6);
        check(size, "%u %x %X %08x %o", 1u, 0xabcu, 0xabcu, 255u, 8u);
        check(size, "%ld %lu %lld %llu", -1L, 2UL, INT64_MIN + 0LL, UINT64_MAX + 0ULL);
        check(size, "%zu %zd %zx %016llx", SIZE_MAX, (ssize_t)-1, (size_t)255, 0xffULL);
        check(size, "%c%c %.*g %f", 'a', 'b', 3, 0.125, 1.5);
    }
}

NP_TEST(formats_keep_a_nul)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str key = NP_STR("a\0b");
    const struct np_str *volatile none = &NP_STR_NULL; /* which the compiler would warn of */
    struct np_str absent = *none;
    NP_CHECK_STR(np_str_printf(a, "/%.*s/%.*s", NP_FMT(key), NP_FMT(absent)), NP_STR("/a\0b/"));
}
