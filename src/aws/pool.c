/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - addresses of the pool: which /20 the region has, and who has which address of it. */
#include "aws/pool.h"

#include <arpa/inet.h>

#include "aws/arn.h"
#include "aws/core_int.h"
#include "aws/pool_int.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/digest.h"
#include "base/log.h"
#include "io/file.h"
#include "io/net.h"
#include "store/store.h"

#define NET        0x7f400000u /* 127.64.0.0/10 */
#define NET_MASK   0xffc00000u
#define BLOCK_BITS 12 /* a /20 */
#define BLOCKS     1024u
#define FILE_MAX   4096

/* --- rows --- */

/* *slot stays 0 when there is no row, or none within the pool. */
static int find_slot(int64_t *slot, struct np_q *q, struct np_err *err)
{
    if (np_row(q) && np_col_int(q, 0) < NP_POOL_SLOTS)
        *slot = np_col_int(q, 0);
    return np_q_end(q, err);
}

static int give_slot(struct np_txn *t, int64_t slot, struct np_str owner, unsigned ordinal,
                     struct np_err *err)
{
    NP_SQL(put, "INSERT INTO np_pool (slot, owner, ordinal, freed) VALUES (?1, ?2, ?3, 0) "
                "ON CONFLICT (slot) DO UPDATE SET owner = ?2, ordinal = ?3, freed = 0");
    np_notice(t, "pool.slot", NP_STR(""), np_str_printf(np_txn_arena(t), "%d", (int)slot));
    return np_exec(t, &put, err, "isi", slot, owner, (int64_t)ordinal);
}

int np_pool_take(struct np_txn *t, struct np_str owner, unsigned ordinal, uint32_t *slot,
                 struct np_err *err)
{
    NP_SQL(have, "SELECT slot FROM np_pool WHERE owner = ?1 AND ordinal = ?2");
    NP_SQL(fresh, "SELECT coalesce(max(slot), 0) + 1 FROM np_pool");
    NP_SQL(freed, "SELECT slot FROM np_pool WHERE owner IS NULL ORDER BY freed, slot LIMIT 1");
    int64_t old = 0, found = 0;
    int rc = find_slot(&old, np_tq(t, &have, "si", owner, (int64_t)ordinal), err);
    if (rc == 0 && old == 0)
        rc = find_slot(&found, np_tq(t, &fresh, ""), err);
    if (rc == 0 && old == 0 && found == 0)
        rc = find_slot(&found, np_tq(t, &freed, ""), err);
    if (rc == 0 && old == 0 && found == 0)
        rc = np_err(err, NP_ENOSPC, "all %d addresses of the region are in use", NP_POOL_SLOTS - 1);
    if (rc == 0 && old == 0)
        rc = give_slot(t, found, owner, ordinal, err);
    if (rc == 0)
        *slot = (uint32_t)(old != 0 ? old : found);
    return rc;
}

int np_pool_drop(struct np_txn *t, struct np_str owner, struct np_err *err)
{
    NP_SQL(have, "SELECT slot FROM np_pool WHERE owner = ?1");
    NP_SQL(give, "UPDATE np_pool SET owner = NULL, freed = ?2 WHERE owner = ?1");
    struct np_q *q = np_tq(t, &have, "s", owner);
    while (np_row(q))
        np_notice(t, "pool.slot", NP_STR(""), np_col_peek(q, 0));
    int rc = np_q_end(q, err);
    return rc != 0 ? rc : np_exec(t, &give, err, "si", owner, (int64_t)np_txn_commit_no(t));
}

/* --- whose a slot is --- */

static np_pool_owner index_of(struct np_pool *p, struct np_str service)
{
    size_t i = 1;
    for (; i <= p->locked.n_names; i++)
        if (np_str_eq(np_str_of(p->locked.names[i]), service))
            return (np_pool_owner)i;
    np_assert(i < NP_POOL_OWNERS_MAX && service.n < NP_POOL_NAME_MAX);
    memcpy(p->locked.names[i], service.p, service.n);
    p->locked.n_names = i;
    return (np_pool_owner)i;
}

/* An owner without the form of an ARN is a service by itself. */
static struct np_str service_of(struct np_str owner)
{
    struct np_arn arn;
    return np_arn_parse(owner, &arn) ? arn.service : owner;
}

static int build(void *arg, struct np_dbc *c, struct np_err *err)
{
    struct np_pool *p = NP_CAST(np_pool, arg, NP_POOL_MAGIC);
    NP_SQL(all, "SELECT slot, owner FROM np_pool WHERE owner IS NOT NULL AND slot < ?1");
    struct np_q *q = np_q(c, NULL, &all, "i", (int64_t)NP_POOL_SLOTS);
    pthread_mutex_lock(&p->mutex);
    while (np_row(q))
        np_pool_changed(p, (uint32_t)np_col_int(q, 0), index_of(p, service_of(np_col_peek(q, 1))));
    pthread_mutex_unlock(&p->mutex);
    return np_q_end(q, err);
}

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct np_pool *p = NP_CAST(np_pool, arg, NP_POOL_MAGIC);
    NP_SQL(one, "SELECT owner FROM np_pool WHERE slot = ?1 AND owner IS NOT NULL");
    uint64_t slot = 0;
    np_assert(np_str_u64(key, &slot) && slot < NP_POOL_SLOTS);
    struct np_err err;
    struct np_q *q = np_q(c, NULL, &one, "i", (int64_t)slot);
    pthread_mutex_lock(&p->mutex);
    bool any = np_row(q);
    np_pool_changed(p, (uint32_t)slot, any ? index_of(p, service_of(np_col_peek(q, 0))) : 0);
    pthread_mutex_unlock(&p->mutex);
    if (np_q_end(q, &err) != 0)
        np_die(__FILE__, __LINE__, "reading who has an address: %.*s", NP_FMT(np_err_text(&err)));
}

void np_pool_project(struct np_core *core)
{
    np_store_project(core->store, &(struct np_projection){.name = "pool",
                                                          .db = NP_DB_STATE,
                                                          .kinds = "pool.",
                                                          .build = build,
                                                          .changed = changed,
                                                          .arg = core->pool});
}

/* --- the /20 --- */

static bool lock_block(struct np_pool *p, uint32_t block)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct in_addr net = {htonl(NET + (block << BLOCK_BITS))};
    struct np_str ip = np_pool_text(a, net);
    if (np_net_lock(np_str_printf(a, "nephele/pool/%.*s", NP_FMT(ip)), &p->block_fd, NULL) != 0)
        return false;
    p->base = ntohl(net.s_addr);
    return true;
}

static struct np_str file_of(const struct np_pool *p, struct np_arena *a)
{
    return np_str_printf(a, "%.*s/pool", NP_FMT(p->core->config.data_dir));
}

/* "127.64.16.0/20", then lines of "PORT STAND-IN". What cannot be read was never written. */
static bool read_file(struct np_pool *p, uint32_t *block)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str text, line, ip, rest;
    struct np_addr net;
    if (np_file_read(a, file_of(p, a), FILE_MAX, &text, NULL) != 0 ||
        !np_str_split(&text, '\n', &line) || !np_str_cut(line, '/', &ip, &rest) ||
        !np_str_is(rest, "20") || !np_addr_of_ip(ip, &net) || net.u.sa.sa_family != AF_INET)
        return false;
    uint32_t base = ntohl(net.u.v4.sin_addr.s_addr);
    *block = (base - NET) >> BLOCK_BITS;
    if (*block >= BLOCKS || base != NET + (*block << BLOCK_BITS))
        return false;
    while (np_str_split(&text, '\n', &line) && p->n_ports < NP_POOL_PORTS_MAX) {
        uint64_t number, kept;
        if (np_str_cut(line, ' ', &ip, &rest) && np_str_u64(ip, &number) &&
            np_str_u64(rest, &kept) && number <= UINT16_MAX && kept <= UINT16_MAX)
            p->ports[p->n_ports++] =
                (struct np_pool_entry){.number = (uint16_t)number, .kept = (uint16_t)kept};
    }
    return true;
}

int np_pool_keep(struct np_pool *p, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    np_buf_init(&b, a, FILE_MAX);
    struct np_str ip = np_pool_text(a, (struct in_addr){htonl(p->base)});
    np_buf_printf(&b, "%.*s/20\n", NP_FMT(ip));
    for (size_t i = 0; i < p->n_ports; i++)
        if (p->ports[i].kept != 0)
            np_buf_printf(&b, "%u %u\n", p->ports[i].number, p->ports[i].kept);
    return np_file_write(file_of(p, a), np_buf_str(&b), 0600, err);
}

static int choose_block(struct np_pool *p, struct np_err *err)
{
    uint32_t first = 0, had = BLOCKS;
    bool known = read_file(p, &had);
    if (known && lock_block(p, had))
        return 0;
    /* From anywhere on: a region that does not run now keeps what it has, most likely. */
    np_random(&first, sizeof(first));
    for (uint32_t i = 0; i < BLOCKS && p->base == 0; i++)
        lock_block(p, (first + i) % BLOCKS);
    if (p->base == 0) {
        np_log(NP_WARN, "pool.none",
               "reason=\"every /20 of 127.64.0.0/10 is another region's; nothing has an address "
               "outside\"");
        return 0;
    }
    if (known)
        np_log(NP_WARN, "pool.moved",
               "reason=\"another region has the addresses that this one had\"");
    return np_pool_keep(p, err);
}

/* Whoever holds this name may listen on the device lo, for all of the user's regions at once. */
static void lock_lo(struct np_pool *p)
{
    NP_AUTO_ARENA a = np_arena_new();
    np_net_lock(np_str_printf(a, "nephele/lo/%u", geteuid()), &p->lo_fd, NULL);
}

int np_pool_open(struct np_core *core, struct np_err *err)
{
    struct np_pool *p = np_heap_new(struct np_pool);
    p->magic = NP_POOL_MAGIC;
    p->core = core;
    p->block_fd = p->lo_fd = -1;
    pthread_mutex_init(&p->mutex, NULL);
    np_list_init(&p->locked.listeners);
    core->pool = p;
    int rc = choose_block(p, err);
    if (p->base != 0)
        lock_lo(p);
    p->owner[NP_POOL_GATEWAY] = index_of(p, NP_STR(NP_POOL_REGION));
    return rc;
}

/* --- what is asked --- */

struct in_addr np_pool_address(const struct np_core *core, uint32_t slot)
{
    const struct np_pool *p = core->pool;
    np_assert(slot < NP_POOL_SLOTS);
    /* Without a /20 everything is at the gateway. */
    if (p == NULL || p->base == 0)
        return (struct in_addr){htonl(INADDR_LOOPBACK)};
    return (struct in_addr){htonl(p->base + 1 + slot)};
}

bool np_pool_self(const struct np_core *core, struct in_addr *out)
{
    const struct np_pool *p = core->pool;
    if (p == NULL || p->base == 0)
        return false;
    out->s_addr = htonl(p->base + (1u << BLOCK_BITS) - 1);
    return true;
}

bool np_pool_is_self(const struct np_core *core, const struct np_addr *peer)
{
    struct in_addr self;
    return np_pool_self(core, &self) && peer->u.sa.sa_family == AF_INET &&
           peer->u.v4.sin_addr.s_addr == self.s_addr;
}

bool np_pool_is_any(const struct np_addr *peer)
{
    return peer->u.sa.sa_family == AF_INET && (ntohl(peer->u.v4.sin_addr.s_addr) & NET_MASK) == NET;
}

bool np_pool_slot(const struct np_pool *p, struct in_addr addr, uint32_t *slot)
{
    uint32_t at = ntohl(addr.s_addr);
    if (p == NULL || p->base == 0 || at <= p->base || at - p->base > NP_POOL_SLOTS)
        return false;
    *slot = at - p->base - 1;
    return true;
}

bool np_pool_has(const struct np_core *core, struct in_addr addr)
{
    uint32_t slot;
    return np_pool_slot(core->pool, addr, &slot);
}

np_pool_owner np_pool_owner_of(const struct np_pool *p, uint32_t slot)
{
    return __atomic_load_n(&p->owner[slot], __ATOMIC_RELAXED);
}

struct np_pool_entry *np_pool_entry(struct np_pool *p, uint16_t number)
{
    for (size_t i = 0; i < p->n_ports; i++)
        if (p->ports[i].number == number)
            return &p->ports[i];
    return NULL;
}

void np_pool_serve(struct np_core *core, const struct np_pool_service *s)
{
    struct np_pool *p = core->pool;
    np_assert(p->n_services < NP_POOL_SERVICES_MAX && !p->locked.listening);
    pthread_mutex_lock(&p->mutex);
    p->served_by[p->n_services] = index_of(p, np_str_of(s->what));
    pthread_mutex_unlock(&p->mutex);
    p->services[p->n_services++] = *s;
    if (np_pool_entry(p, s->port) != NULL)
        return;
    np_assert(p->n_ports < NP_POOL_PORTS_MAX);
    p->ports[p->n_ports++] = (struct np_pool_entry){.number = s->port};
}

const struct np_pool_service *np_pool_service(const struct np_core *core, struct in_addr addr,
                                              uint16_t port)
{
    const struct np_pool *p = core->pool;
    uint32_t slot;
    if (!np_pool_slot(p, addr, &slot))
        return NULL;
    np_pool_owner owner = np_pool_owner_of(p, slot);
    for (size_t i = 0; owner != 0 && i < p->n_services; i++)
        if (p->served_by[i] == owner && p->services[i].port == port)
            return &p->services[i];
    return NULL;
}

uint16_t np_pool_port(const struct np_core *core, struct in_addr addr, uint16_t port)
{
    struct np_pool *p = core->pool;
    uint32_t slot;
    if (np_pool_service(core, addr, port) == NULL || !np_pool_slot(p, addr, &slot))
        return 0;
    const struct np_pool_entry *e = np_pool_entry(p, port);
    uint8_t missing = __atomic_load_n(&p->missing[slot], __ATOMIC_RELAXED);
    return e == NULL || (missing >> (e - p->ports) & 1) != 0 ? 0 : e->bound;
}

struct np_str np_pool_text(struct np_arena *a, struct in_addr addr)
{
    struct np_addr full = np_addr_of(addr, 0);
    return np_addr_ip_text(a, &full);
}

struct np_str np_pool_url(struct np_arena *a, uint16_t port, uint16_t bound, struct np_str host)
{
    const char *scheme = port == 443 ? "https" : "http";
    if (bound == (port == 443 ? 443 : 80))
        return np_str_printf(a, "%s://%.*s/", scheme, NP_FMT(host));
    return np_str_printf(a, "%s://%.*s:%u/", scheme, NP_FMT(host), bound);
}
