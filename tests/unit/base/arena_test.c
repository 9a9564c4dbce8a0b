/* SPDX-License-Identifier: Apache-2.0 */
/* arena_test.c - arenas and buffers. */
#include "test.h"

#include "base/arena.h"
#include "base/auto.h"

static bool all_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

NP_TEST(arena_memory_is_zeroed_and_aligned)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 5000, 20000, 3, 2000000, 7, 40000};
    NP_AUTO_ARENA a = np_arena_new();
    for (int round = 0; round < 3; round++) {
        NP_EACH (size, sizes) {
            char *p = np_alloc(a, *size);
            NP_CHECK((uintptr_t)p % 16 == 0);
            NP_CHECK(all_zero(p, *size), "size %zu, round %d", *size, round);
            memset(p, 0xff, *size);
        }
        NP_CHECK(np_arena_used(a) > 2000000);
        np_arena_reset(a, round == 0 ? SIZE_MAX : 20000);
        NP_CHECK(np_arena_used(a) == 0);
    }
}

/* What is freed cannot be looked at, so only the bytes of a chunk that is kept are. */
NP_TEST(arena_that_holds_secrets_is_wiped)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *p = np_alloc(a, 100);
    memset(p, 0x5a, 100);
    np_arena_wipe(a);
    np_arena_reset(a, SIZE_MAX);
    char *q = np_alloc_raw(a, 100);
    NP_CHECK(all_zero(q, 100));
    memset(q, 0x5a, 100);
    np_arena_reset(a, SIZE_MAX); /* the mark is gone with the reset */
    NP_CHECK(np_arena_used(a) == 0);
}

NP_TEST(arena_allocations_do_not_overlap)
{
    NP_AUTO_ARENA a = np_arena_new();
    unsigned char *p[2000];
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < NP_LEN(p); i++) {
            p[i] = np_alloc(a, i % 97 + 1);
            memset(p[i], (int)(i & 0xff), i % 97 + 1);
        }
        for (size_t i = 0; i < NP_LEN(p); i++)
            for (size_t k = 0; k < i % 97 + 1; k++)
                NP_CHECK(p[i][k] == (i & 0xff), "allocation %zu", i);
        np_arena_reset(a, (size_t)1 << 16);
    }
}

NP_TEST(only_the_last_allocation_extends)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *p = np_alloc(a, 10), *q = np_alloc(a, 20);
    memset(q, 0xff, 20);
    NP_CHECK(!np_arena_extend(a, p, 10, 100));
    NP_CHECK(!np_arena_extend(a, q, 20, 19) && !np_arena_extend(a, q, 20, 1 << 20));
    if (!np_arena_extend(a, q, 20, 1000))
        return; /* under ASan none does */
    NP_CHECK(np_arena_used(a) == 1010);
    memset(q, 0xff, 1000);
    NP_CHECK(all_zero(np_alloc(a, 100), 100));
}

NP_TEST(what_was_used_is_zeroed_again)
{
    NP_AUTO_ARENA a = np_arena_new();
    for (int i = 0; i < 3; i++) {
        memset(np_alloc_raw(a, 5000), 0xff, 5000);
        NP_CHECK(all_zero(np_alloc(a, 3000), 3000));
        memset(np_alloc_raw(a, 40000), 0xff, 40000); /* a chunk of its own */
        NP_CHECK(np_arena_used(a) == 48000);
        np_arena_reset(a, 1 << 20);
        void *p = np_alloc(a, 6000);
        NP_CHECK(all_zero(p, 6000));
        memset(p, 0xff, 6000);
        np_arena_reset(a, 1 << 20);
    }
}

struct trace {
    char text[8];
    size_t n;
};
struct step {
    struct trace *trace;
    char c;
};

static void note(void *arg)
{
    struct step *s = arg;
    s->trace->text[s->trace->n++] = s->c;
}

NP_TEST(deferred_calls_run_last_first_and_once)
{
    struct trace t = {0};
    struct step steps[] = {{&t, 'a'}, {&t, 'b'}, {&t, 'c'}};
    struct np_arena *a = np_arena_new();
    np_arena_defer(a, note, &steps[0]);
    np_arena_defer(a, note, &steps[1]);
    np_arena_reset(a, 0);
    NP_CHECK_STR(np_str_n(t.text, t.n), NP_STR("ba"));
    np_arena_defer(a, note, &steps[2]);
    np_arena_free(a);
    NP_CHECK_STR(np_str_n(t.text, t.n), NP_STR("bac"));
    np_arena_free(NULL);
}

static void check_buf(struct np_arena *a)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, a, 100000);
    NP_CHECK_STR(np_buf_str(&b), NP_STR(""));
    np_buf_lit(&b, "x=");
    np_buf_i64(&b, INT64_MIN);
    np_buf_char(&b, ' ');
    np_buf_u64(&b, UINT64_MAX);
    np_buf_char(&b, ' ');
    np_buf_i64(&b, 0);
    np_buf_str_add(&b, NP_STR(" end"));
    np_buf_str_add(&b, NP_STR_NULL);
    NP_CHECK_STR(np_buf_str(&b), NP_STR("x=-9223372036854775808 18446744073709551615 0 end"));
    np_buf_drop(&b, 2);
    NP_CHECK(np_buf_str(&b).p[0] == '-');
    np_buf_clear(&b);
    for (int i = 0; i < 5000; i++)
        np_buf_printf(&b, "%05d,", i);
    NP_CHECK(np_buf_ok(&b) && b.n == 30000);
    NP_CHECK_STR(np_str_sub(np_buf_str(&b), 6 * 4321, 6), NP_STR("04321,"));
    np_buf_drop(&b, b.n);
    NP_CHECK(b.n == 0);
}

NP_TEST(buffers_grow_on_the_heap_and_in_an_arena)
{
    NP_AUTO_ARENA a = np_arena_new();
    check_buf(NULL);
    check_buf(a);
}

NP_TEST(full_buffer_drops_the_rest)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 10);
    np_buf_lit(&b, "12345678");
    np_buf_printf(&b, "%s", "90");
    NP_CHECK(np_buf_ok(&b));
    NP_CHECK_STR(np_buf_str(&b), NP_STR("1234567890"));
    np_buf_char(&b, 'x');
    NP_CHECK(!np_buf_ok(&b));
    np_buf_clear(&b);
    np_buf_lit(&b, "abc");
    np_buf_lit(&b, "too long by far");
    np_buf_char(&b, 'd');
    np_buf_printf(&b, "e");
    NP_CHECK(!np_buf_ok(&b));
    NP_CHECK_STR(np_buf_str(&b), NP_STR("abc"));
    np_buf_clear(&b);
    np_buf_printf(&b, "%011d", 5);
    NP_CHECK(!np_buf_ok(&b));
    np_buf_clear(&b);
    np_buf_lit(&b, "1234567890");
    NP_CHECK(np_buf_ok(&b) && b.n == 10);
}

NP_TEST(an_array_grows_by_doubling)
{
    NP_AUTO_ARENA a = np_arena_new();
    int *v = NULL;
    unsigned moves = 0;
    for (int i = 0; i < 1000; i++) {
        int *room = np_array_grow(a, v, (size_t)i, sizeof(*v));
        moves += room != v;
        v = room;
        v[i] = i; /* under the sanitizer a write past its end is seen */
    }
    NP_CHECK(moves == 9); /* 4, 8 … 1024 */
    for (int i = 0; i < 1000; i++)
        NP_CHECK(v[i] == i);
}
