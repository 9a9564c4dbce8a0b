/* SPDX-License-Identifier: Apache-2.0 */
/* table_test.c - the table of names: versions stay what they were, whatever later ones do; changes
 * of zones are all or nothing, and nothing of them is left behind. */
#include "dns_test.h"

#include <pthread.h>

#include "base/digest.h"
#include "engines/dns/table.h"

#define NAMES 3000

static struct dns_item *item_of(unsigned key, uint32_t made)
{
    struct dns_item *item = np_heap_alloc(sizeof(*item) + 16);
    item->made = made;
    item->name_n = (uint8_t)snprintf((char *)item->name, 16, "%u", key);
    return item;
}

static const struct dns_item *get(const struct dns_table *t, unsigned key)
{
    char name[16];
    int n = snprintf(name, sizeof(name), "%u", key);
    return dns_table_get(t, (const uint8_t *)name, (size_t)n);
}

static void drop(struct dns_made *m, struct dns_item *item)
{
    if (item != NULL)
        dns_drop(m, item->made, item, np_free);
}

static void count(void *arg, struct dns_item *item)
{
    *(size_t *)arg += item->name_n != 0;
}

static void drop_each(void *arg, struct dns_item *item)
{
    drop(arg, item);
}

NP_TEST(dns_table_versions)
{
    struct dns_made m = {.number = 1};
    struct dns_table t = {0}, old = {0};
    bool there[NAMES] = {0}, then[NAMES] = {0};
    uint64_t x = 1;
    np_rcu_thread_begin();
    for (unsigned round = 0; round < 30; round++) {
        /* Mostly small changes, some large ones. */
        unsigned steps = round % 5 == 0 ? 1500 : 20;
        for (unsigned i = 0; i < steps; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            unsigned key = (unsigned)(x >> 33) % NAMES;
            char name[16];
            int n = snprintf(name, sizeof(name), "%u", key);
            bool add = (x >> 20) % 3 != 0;
            struct dns_item *was = add ? dns_table_put(&t, &m, item_of(key, m.number))
                                       : dns_table_del(&t, &m, (const uint8_t *)name, (size_t)n);
            NP_CHECK((was != NULL) == there[key]);
            drop(&m, was);
            there[key] = add;
        }
        size_t n = 0, want = 0;
        for (unsigned k = 0; k < NAMES; k++) {
            NP_CHECK((get(&t, k) != NULL) == there[k], "round %u name %u", round, k);
            NP_CHECK((get(&old, k) != NULL) == then[k], "round %u old name %u", round, k);
            want += there[k];
        }
        dns_table_each(&t, count, &n);
        NP_CHECK(n == want && t.n == want);
        /* The version before this change is let go, this one is now the one that stays. */
        np_rcu_batch_retire(&m.retired);
        m.number++;
        old = t;
        memcpy(then, there, sizeof(then));
        np_rcu_quiet();
    }
    dns_table_each(&t, drop_each, &m);
    dns_table_drop(&t, &m);
    NP_CHECK(t.n == 0 && t.dir == NULL);
    np_rcu_batch_fini(&m.retired);
    np_rcu_barrier();
}

NP_TEST(dns_many_names_in_one_zone)
{
    struct rig r;
    char name[64], value[32];
    rig_init(&r);
    rig_example(&r);
    rig_begin(&r);
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(name, sizeof(name), "h%u.d%u.example.com", i, i % 7);
        snprintf(value, sizeof(value), "10.0.%u.%u", i >> 8, i & 255);
        rig_put(&r, "Z1", name, "A", value);
    }
    rig_commit(&r);
    for (unsigned i = 0; i < 5000; i += 7) {
        snprintf(name, sizeof(name), "h%u.d%u.example.com", i, i % 7);
        rig_ask(&r, name, "A", 0);
        NP_CHECK(dns_get16(r.out + 6) == 1, "%s", name);
    }
    rig_begin(&r);
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(name, sizeof(name), "h%u.d%u.example.com", i, i % 7);
        rig_remove(&r, "Z1", name, "A", NULL);
    }
    rig_commit(&r);
    NP_CHECK_STR(rig_ask(&r, "d3.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    rig_fini(&r);
}

/* --- readers see all of a change or nothing --- */

struct race {
    struct rig r;
    bool stop;
    unsigned wrong;
};

static void *read_on(void *arg)
{
    struct race *c = arg;
    struct np_arena *a = np_arena_new();
    np_rcu_thread_begin();
    struct np_dns_ctx ctx = {.now_s = 1};
    while (!__atomic_load_n(&c->stop, __ATOMIC_ACQUIRE)) {
        struct np_dns_lookup x;
        /* a is a CNAME of b: both are changed together, to the same number. */
        np_dns_lookup(c->r.dns, &ctx, NP_STR("\1a\7example\3com\0"), NP_DNS_A, a, &x);
        if (x.n != 2 || x.rrs[0].ttl != (uint32_t)(uint8_t)x.rrs[1].rdata.p[3] + 1)
            c->wrong++;
        np_rcu_quiet();
        np_arena_reset(a, 1 << 17);
    }
    np_arena_free(a);
    np_rcu_thread_end();
    return NULL;
}

static void put_pair(struct rig *r, unsigned i)
{
    char value[32];
    snprintf(value, sizeof(value), "10.0.0.%u", i % 200);
    rig_begin(r);
    rig_put_set(r, "Z1", "a.example.com", "CNAME", "b.example.com",
                (struct np_dns_rrset){.ttl = i % 200 + 1});
    rig_put(r, "Z1", "b.example.com", "A", value);
    rig_commit(r);
}

NP_TEST(dns_changes_are_seen_whole)
{
    struct race c = {0};
    pthread_t thread;
    rig_init(&c.r);
    rig_example(&c.r);
    put_pair(&c.r, 0);
    NP_CHECK(pthread_create(&thread, NULL, read_on, &c) == 0);
    for (unsigned i = 1; i < 2000; i++) {
        put_pair(&c.r, i);
        np_dns_health_set(c.r.dns, NP_STR("some"), i % 2 == 0);
        np_rcu_quiet();
    }
    __atomic_store_n(&c.stop, true, __ATOMIC_RELEASE);
    np_rcu_offline();
    pthread_join(thread, NULL);
    np_rcu_online();
    NP_CHECK(c.wrong == 0, "%u", c.wrong);
    rig_fini(&c.r);
}
