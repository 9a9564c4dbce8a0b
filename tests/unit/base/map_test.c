/* SPDX-License-Identifier: Apache-2.0 */
/* map_test.c - the hash map and the list. */
#include "test.h"

#include <stdio.h>

#include "base/auto.h"
#include "base/list.h"
#include "base/map.h"

NP_TEST(map_put_get_del)
{
    struct np_map *m = np_map_new();
    int one = 1, two = 2;
    NP_CHECK(np_map_get(m, NP_STR("a")) == NULL && np_map_del(m, NP_STR("a")) == NULL);
    NP_CHECK(np_map_put(m, NP_STR("a"), &one) == NULL);
    NP_CHECK(np_map_put(m, NP_STR("a"), &two) == &one && np_map_count(m) == 1);
    NP_CHECK(np_map_put(m, NP_STR(""), &one) == NULL && np_map_get(m, NP_STR("")) == &one);
    NP_CHECK(np_map_put(m, np_str_n("a\0b", 3), &one) == NULL);
    NP_CHECK(np_map_get(m, NP_STR("a")) == &two);
    NP_CHECK(np_map_del(m, NP_STR("a")) == &two && np_map_get(m, NP_STR("a")) == NULL);
    NP_CHECK(np_map_count(m) == 2);
    np_map_free(m, NULL);
    np_map_free(NULL, NULL);
}

static int add_up(void *arg, struct np_str key, void *value)
{
    (void)key;
    *(size_t *)arg += *(size_t *)value;
    return 0;
}

static int stop_at_once(void *arg, struct np_str key, void *value)
{
    (void)key, (void)value;
    return ++*(int *)arg;
}

/* Random puts and removals against a plain array. */
NP_TEST(map_agrees_with_an_array)
{
    enum { KEYS = 3000 };
    static size_t *model[KEYS];
    struct np_map *m = np_map_new();
    uint64_t chance = 88172645463325252u;
    size_t count = 0, sum = 0, seen = 0;
    for (size_t step = 0; step < 60000; step++) {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        size_t k = (chance >> 8) % KEYS;
        char key[32];
        struct np_str s = np_str_n(key, (size_t)snprintf(key, sizeof(key), "key-%zu", k));
        NP_CHECK(np_map_get(m, s) == model[k]);
        size_t *old;
        if (chance % 5 < 2) {
            old = np_map_del(m, s);
            NP_CHECK(old == model[k]);
            count -= old != NULL;
            model[k] = NULL;
        } else {
            size_t *v = np_heap_new(size_t);
            *v = step;
            old = np_map_put(m, s, v);
            NP_CHECK(old == model[k]);
            count += old == NULL;
            model[k] = v;
        }
        np_free(old);
        NP_CHECK(np_map_count(m) == count);
    }
    for (size_t k = 0; k < KEYS; k++)
        sum += model[k] != NULL ? *model[k] : 0;
    NP_CHECK(np_map_each(m, add_up, &seen) == 0 && seen == sum);
    int stopped = 0;
    NP_CHECK(np_map_each(m, stop_at_once, &stopped) == 1 && stopped == 1);
    np_map_free(m, np_free);
}

struct item {
    int v;
    struct np_node node;
};

NP_TEST(list_keeps_order_and_allows_removal_while_walking)
{
    struct np_node head;
    struct item items[4] = {{1, {0}}, {2, {0}}, {3, {0}}, {4, {0}}};
    np_list_init(&head);
    NP_CHECK(np_list_empty(&head) && np_list_pop(&head) == NULL);
    np_list_remove(&items[0].node);
    np_list_append(&head, &items[1].node);
    np_list_append(&head, &items[2].node);
    np_list_append(&head, &items[3].node);
    np_list_prepend(&head, &items[0].node);
    int order = 0;
    NP_LIST_EACH(it, &head)
    {
        struct item *i = NP_CONTAINER(it, struct item, node);
        order = order * 10 + i->v;
        if (i->v % 2 == 0)
            np_list_remove(it);
    }
    NP_CHECK(order == 1234);
    np_list_remove(&items[1].node);
    NP_CHECK(np_list_pop(&head) == &items[0].node && np_list_pop(&head) == &items[2].node);
    NP_CHECK(np_list_empty(&head));
}
