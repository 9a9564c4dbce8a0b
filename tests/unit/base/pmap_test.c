/* SPDX-License-Identifier: Apache-2.0 */
/* pmap_test.c - the path-copying map against the plain one, with collisions and old versions. */
#include "test.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/auto.h"
#include "base/map.h"
#include "base/pmap.h"
#include "base/pmap_int.h"

static void retire_now(void *arg, void *p, void (*fn)(void *p))
{
    if (arg != NULL)
        ++*(size_t *)arg;
    fn(p);
}

static const struct np_pmap_ops owning = {.retire = retire_now, .free_value = np_free};
static const struct np_pmap_ops borrowing = {.retire = retire_now};

static uint64_t next(uint64_t *chance)
{
    *chance ^= *chance << 13;
    *chance ^= *chance >> 7;
    *chance ^= *chance << 17;
    return *chance;
}

static size_t *number(size_t v)
{
    size_t *p = np_heap_new(size_t);
    *p = v;
    return p;
}

NP_TEST(pmap_set_get_remove)
{
    int one = 1, two = 2;
    NP_CHECK(np_pmap_get(NULL, NP_STR("a")) == NULL && np_pmap_count(NULL) == 0);
    NP_CHECK(np_pmap_set(NULL, &borrowing, NP_STR("a"), NULL) == NULL);
    struct np_pmap *m = np_pmap_set(NULL, &borrowing, NP_STR("a"), &one);
    NP_CHECK(np_pmap_get(m, NP_STR("a")) == &one && np_pmap_count(m) == 1);
    NP_CHECK(np_pmap_set(m, &borrowing, NP_STR("a"), &one) == m, "nothing changes");
    NP_CHECK(np_pmap_set(m, &borrowing, NP_STR("b"), NULL) == m, "nothing to remove");
    m = np_pmap_set(m, &borrowing, NP_STR("a"), &two);
    m = np_pmap_set(m, &borrowing, NP_STR(""), &one);
    m = np_pmap_set(m, &borrowing, np_str_n("a\0b", 3), &one);
    NP_CHECK(np_pmap_get(m, NP_STR("a")) == &two && np_pmap_count(m) == 3);
    NP_CHECK(np_pmap_get(m, NP_STR_NULL) == &one, "the empty key");
    m = np_pmap_set(m, &borrowing, NP_STR("a"), NULL);
    NP_CHECK(np_pmap_get(m, NP_STR("a")) == NULL && np_pmap_count(m) == 2);
    m = np_pmap_set(m, &borrowing, NP_STR(""), NULL);
    m = np_pmap_set(m, &borrowing, np_str_n("a\0b", 3), NULL);
    NP_CHECK(m == NULL, "empty again");
    np_pmap_free(NULL, &borrowing);
}

static int same_in_map(void *arg, struct np_str key, void *value)
{
    return np_map_get(arg, key) != value;
}

static int same_in_pmap(void *arg, struct np_str key, void *value)
{
    return np_pmap_get(arg, key) != value;
}

NP_TEST(pmap_agrees_with_the_plain_map)
{
    struct np_map *model = np_map_new();
    struct np_pmap *m = NULL;
    uint64_t chance = 88172645463325252u;
    for (size_t step = 0; step < 100000; step++) {
        char text[32];
        uint64_t r = next(&chance);
        /* Phases that grow and phases that shrink, down to nothing at times. */
        bool removes = (r >> 40) % 10 < (step / 20000 % 2 == 0 ? 3u : 8u);
        size_t k = (r >> 8) % (step % 3 == 0 ? 50 : 4000);
        struct np_str key = np_str_n(text, (size_t)snprintf(text, sizeof(text), "arn:%zu", k));
        NP_CHECK(np_pmap_get(m, key) == np_map_get(model, key));
        if (removes) {
            np_map_del(model, key);
            m = np_pmap_set(m, &owning, key, NULL);
        } else {
            size_t *v = number(step);
            np_map_put(model, key, v);
            m = np_pmap_set(m, &owning, key, v);
        }
        NP_CHECK(np_pmap_count(m) == np_map_count(model), "step %zu", step);
        if (step % 5000 == 0) {
            NP_CHECK(np_pmap_each(m, same_in_map, model) == 0);
            NP_CHECK(np_map_each(model, same_in_pmap, m) == 0);
        }
    }
    NP_CHECK(np_pmap_each(m, same_in_map, model) == 0);
    NP_CHECK(np_map_each(model, same_in_pmap, m) == 0);
    np_pmap_free(m, &owning);
    np_map_free(model, NULL);
}

/* Few bits that differ, at the top, the bottom or nowhere: deep chains and buckets. */
static uint64_t poor_hash(size_t k)
{
    static const uint64_t hashes[] = {
        0, 1, UINT64_C(1) << 63, UINT64_C(1) << 60, UINT64_C(3) << 60, 32, 33, UINT64_C(1) << 35,
    };
    return hashes[k % NP_LEN(hashes)];
}

NP_TEST(pmap_survives_colliding_hashes)
{
    enum { KEYS = 60 };
    size_t *model[KEYS] = {0}, count = 0;
    struct np_pmap *m = NULL;
    uint64_t chance = 2463534242u;
    for (size_t step = 0; step < 20000; step++) {
        char text[32];
        size_t k = (next(&chance) >> 8) % KEYS;
        bool removes = (chance >> 40) % 10 < (step / 2000 % 2 == 0 ? 3u : 8u);
        struct np_str key = np_str_n(text, (size_t)snprintf(text, sizeof(text), "%zu", k));
        NP_CHECK(np_pmap_get_hashed(m, poor_hash(k), key) == model[k], "step %zu", step);
        size_t *v = removes ? NULL : number(step);
        m = np_pmap_set_hashed(m, &owning, poor_hash(k), key, v);
        count += (v != NULL) - (size_t)(model[k] != NULL);
        model[k] = v;
        NP_CHECK(np_pmap_count(m) == count && (m == NULL) == (count == 0));
    }
    np_pmap_free(m, &owning);
}

struct kept {
    void *p[4000];
    void (*fn[4000])(void *p);
    size_t n;
};

static void retire_later(void *arg, void *p, void (*fn)(void *p))
{
    struct kept *k = arg;
    np_assert(k->n < NP_LEN(k->p));
    k->p[k->n] = p;
    k->fn[k->n++] = fn;
}

static int sum_up(void *arg, struct np_str key, void *value)
{
    *(size_t *)arg += key.n * 1000000 + *(size_t *)value;
    return 0;
}

NP_TEST(pmap_versions_never_change)
{
    enum { VERSIONS = 120 };
    struct kept *kept = np_heap_new(struct kept);
    struct np_pmap_ops ops = {.retire = retire_later, .free_value = np_free, .arg = kept};
    struct np_pmap *m[VERSIONS + 1] = {0};
    size_t sums[VERSIONS + 1] = {0};
    for (size_t i = 0; i < VERSIONS; i++) {
        char text[32];
        size_t k = i * 7919 % 70;
        struct np_str key = np_str_n(text, (size_t)snprintf(text, sizeof(text), "k%zu", k));
        m[i + 1] = np_pmap_set(m[i], &ops, key, i % 5 == 4 ? NULL : number(i));
        np_pmap_each(m[i + 1], sum_up, &sums[i + 1]);
    }
    for (size_t i = 0; i <= VERSIONS; i++) {
        size_t sum = 0;
        np_pmap_each(m[i], sum_up, &sum);
        NP_CHECK(sum == sums[i], "version %zu", i);
    }
    /* Whatever was retired belongs to no version that is left; ASan sees what is freed twice. */
    for (size_t i = 0; i < kept->n; i++)
        kept->fn[i](kept->p[i]);
    size_t sum = 0;
    np_pmap_each(m[VERSIONS], sum_up, &sum);
    NP_CHECK(sum == sums[VERSIONS]);
    np_pmap_free(m[VERSIONS], &ops);
    np_free(kept);
}

NP_TEST(pmap_change_copies_only_a_path)
{
    size_t retired = 0, most = 0;
    struct np_pmap_ops ops = {.retire = retire_now, .arg = &retired};
    struct np_pmap *m = NULL;
    int value;
    for (size_t i = 0; i < 20000; i++) {
        char text[32];
        struct np_str key = np_str_n(text, (size_t)snprintf(text, sizeof(text), "%zu", i));
        retired = 0;
        m = np_pmap_set(m, &ops, key, &value);
        most = retired > most ? retired : most;
    }
    NP_CHECK(most <= 8, "%zu nodes replaced by one change", most);
    np_pmap_free(m, &ops);
}
