/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - the projection of items: decoded once, with their tags, read without a lock. An entry
 * never changes; a change puts a new one in its place and shares the rest. */
#include <stdlib.h>

#include "aws/tags.h"
#include "base/assert.h"
#include "base/auto.h"
#include "io/rcu.h"
#include "services/ec2/view_int.h"

struct ec2_world {
    struct np_core *core;
    struct np_pmap *views; /* "account/region" -> struct ec2_view */
    struct np_pmap *any;   /* id -> entry, which its view owns */
    uint64_t number;       /* of the last change */
    struct ec2_watch_list *watchers;
    struct ec2_netview *netview; /* of the first loop */
};

static const struct ec2_view no_view;

static void entry_free(void *p)
{
    struct ec2_entry *e = p;
    np_free(e->kept);
    np_arena_free(e->arena);
}

static struct np_str key_of(struct np_arena *a, struct np_str account, struct np_str region)
{
    return np_str_printf(a, "%.*s/%.*s", NP_FMT(account), NP_FMT(region));
}

/* --- reading --- */

struct ec2_world *ec2_world(const struct np_core *core)
{
    return np_core_state(core, "ec2");
}

struct ec2_netview **ec2_world_netview(struct ec2_world *w)
{
    return &w->netview;
}

struct ec2_watch_list *ec2_world_watchers(struct ec2_world *w)
{
    return w->watchers;
}

const struct ec2_view *ec2_view_of(const struct np_core *core, struct np_str account,
                                   struct np_str region)
{
    char key[128];
    struct ec2_world *w = ec2_world(core);
    size_t n = account.n + 1 + region.n;
    if (n > sizeof(key))
        return &no_view;
    memcpy(key, account.p, account.n);
    key[account.n] = '/';
    memcpy(key + account.n + 1, region.p, region.n);
    const struct ec2_view *v = np_pmap_get(np_rcu_get(&w->views), np_str_n(key, n));
    return v != NULL ? v : &no_view;
}

const struct ec2_view *ec2_view(const struct np_req *rq)
{
    return ec2_view_of(rq->core, rq->account, rq->region);
}

const struct ec2_item *ec2_see(const struct ec2_view *v, enum ec2_kind_id kind, struct np_str id)
{
    const struct ec2_entry *e = np_pmap_get(v->kinds[kind], id);
    if (v->seen != NULL)
        ec2_seen_note(v->seen, EC2_LOOK_ONE, kind, id, e != NULL ? e->number : 0);
    return e != NULL ? &e->it : NULL;
}

const struct ec2_item *ec2_see_any(const struct np_core *core, struct np_str id)
{
    const struct ec2_entry *e = np_pmap_get(np_rcu_get(&ec2_world(core)->any), id);
    return e != NULL ? &e->it : NULL;
}

size_t ec2_see_count(const struct ec2_view *v, enum ec2_kind_id kind)
{
    if (v->seen != NULL)
        ec2_seen_note(v->seen, EC2_LOOK_ALL, kind, NP_STR_NULL, v->changed[kind]);
    return np_pmap_count(v->kinds[kind]);
}

struct each {
    int (*fn)(void *arg, const struct ec2_item *it);
    void *arg;
};

static int each_one(void *arg, struct np_str key, void *value)
{
    const struct each *e = arg;
    (void)key;
    return e->fn(e->arg, &((const struct ec2_entry *)value)->it);
}

int ec2_each(const struct ec2_view *v, enum ec2_kind_id kind,
             int (*fn)(void *arg, const struct ec2_item *it), void *arg)
{
    struct each e = {fn, arg};
    if (v->seen != NULL)
        ec2_seen_note(v->seen, EC2_LOOK_ALL, kind, NP_STR_NULL, v->changed[kind]);
    return np_pmap_each(v->kinds[kind], each_one, &e);
}

struct place {
    uint64_t key; /* the first letters of the id behind the kind's prefix, in their order */
    const struct ec2_item *it;
};

struct gather {
    struct np_str vpc;
    size_t prefix;
    struct place *v;
    size_t n;
};

static uint64_t key_at(struct np_str id, size_t prefix)
{
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof(key); i++)
        key = key << 8 | (prefix + i < id.n ? (unsigned char)id.p[prefix + i] : 0);
    return key;
}

static int gather_one(void *arg, const struct ec2_item *it)
{
    struct gather *g = arg;
    if (g->vpc.p == NULL || np_str_eq(g->vpc, it->vpc))
        g->v[g->n++] = (struct place){key_at(it->id, g->prefix), it};
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return np_str_cmp(x->it->id, y->it->id);
}

size_t ec2_see_all(const struct ec2_view *v, enum ec2_kind_id kind, struct np_str vpc,
                   struct np_arena *a, const struct ec2_item *const **out)
{
    struct gather g = {.vpc = vpc, .prefix = strlen(ec2_kind(kind)->prefix)};
    g.v = np_new_array(a, struct place, ec2_see_count(v, kind) + 1);
    ec2_each(v, kind, gather_one, &g);
    qsort(g.v, g.n, sizeof(struct place), by_id);
    const struct ec2_item **list = np_new_array(a, const struct ec2_item *, g.n);
    for (size_t i = 0; i < g.n; i++)
        list[i] = g.v[i].it;
    *out = list;
    return g.n;
}

struct each_view {
    void (*fn)(void *arg, const struct ec2_view *v);
    void *arg;
};

static int each_view_one(void *arg, struct np_str key, void *value)
{
    const struct each_view *e = arg;
    (void)key;
    e->fn(e->arg, value);
    return 0;
}

void ec2_each_view(const struct np_core *core, void (*fn)(void *arg, const struct ec2_view *v),
                   void *arg)
{
    struct each_view e = {fn, arg};
    np_pmap_each(np_rcu_get(&ec2_world(core)->views), each_view_one, &e);
}

/* --- a new version --- */

static struct ec2_view *view_copy(const struct ec2_view *old, struct np_str account,
                                  struct np_str region)
{
    struct ec2_view *v = np_heap_alloc(sizeof(*v) + account.n + region.n);
    if (old != NULL)
        memcpy(v, old, sizeof(*v));
    memcpy(v->text, account.p, account.n);
    memcpy(v->text + account.n, region.p, region.n);
    v->account = np_str_n(v->text, account.n);
    v->region = np_str_n(v->text + account.n, region.n);
    return v;
}

/* e NULL: the item of that id is gone. */
static void put(struct ec2_world *w, struct np_str account, struct np_str region,
                enum ec2_kind_id kind, struct np_str id, struct ec2_entry *e)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_rcu_batch old = {0};
    const struct np_pmap_ops own = {np_rcu_later, entry_free, &old};
    const struct np_pmap_ops views = {np_rcu_later, np_free, &old};
    const struct np_pmap_ops lent = {np_rcu_later, NULL, &old};
    const struct np_pmap_ops lists = {np_rcu_later, np_free, &old};
    struct np_str key = key_of(a, account, region);
    struct ec2_view *v = view_copy(np_pmap_get(w->views, key), account, region);
    const struct ec2_entry *was = np_pmap_get(v->kinds[kind], id);
    v->number = v->changed[kind] = ++w->number;
    if (e != NULL)
        e->number = v->number;
    v->belongings[kind] = ec2_belong(v->belongings[kind], &lists, v->number,
                                     was != NULL ? &was->it : NULL, e != NULL ? &e->it : NULL);
    v->kinds[kind] = np_pmap_set(v->kinds[kind], &own, id, e);
    np_rcu_set(&w->views, np_pmap_set(w->views, &views, key, v));
    np_rcu_set(&w->any, np_pmap_set(w->any, &lent, id, e));
    np_rcu_batch_fini(&old);
}

static void begin(struct ec2_world *w, struct np_str account, struct np_str region)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_rcu_batch old = {0};
    const struct np_pmap_ops views = {np_rcu_later, np_free, &old};
    struct np_str key = key_of(a, account, region);
    struct ec2_view *v = view_copy(np_pmap_get(w->views, key), account, region);
    v->begun = true;
    np_rcu_set(&w->views, np_pmap_set(w->views, &views, key, v));
    np_rcu_batch_fini(&old);
}

bool ec2_view_begun(const struct ec2_view *v)
{
    return v->begun;
}

struct np_str ec2_view_account(const struct ec2_view *v)
{
    return v->account;
}

struct np_str ec2_view_region(const struct ec2_view *v)
{
    return v->region;
}

/* --- an item from its row --- */

static struct ec2_entry *entry_of(struct np_dbc *c, struct np_q *q, struct np_err *err)
{
    struct np_arena *a = np_arena_new();
    struct ec2_entry *e = np_new(a, struct ec2_entry);
    struct ec2_item *it = &e->it;
    e->arena = a;
    it->account = np_col_str(q, 0, a);
    it->region = np_col_str(q, 1, a);
    it->id = np_col_str(q, 2, a);
    it->vpc = np_col_str(q, 4, a);
    if (it->vpc.n == 0)
        it->vpc = NP_STR_NULL;
    it->name = np_col_str(q, 5, a);
    it->made_ms = np_col_int(q, 6);
    const struct ec2_kind *k = ec2_kind_of_type(np_col_peek(q, 3));
    np_assert(k != NULL);
    if (ec2_decode(a, k, np_col_str(q, 7, a), np_col_str(q, 8, a), it, err) != 0) {
        np_arena_free(a);
        return NULL;
    }
    struct ec2_db db = {.c = c, .arena = a};
    ec2_tags_read(&db, it);
    return e;
}

#define COLUMNS "account, region, id, kind, vpc, name, made_ms, detail, own"

static int build_accounts(struct ec2_world *w, struct np_dbc *c, struct np_err *err)
{
    NP_SQL(all, "SELECT account, region FROM ec2_account");
    NP_AUTO_ARENA a = np_arena_new();
    struct np_q *q = np_q(c, NULL, &all, "");
    while (np_row(q))
        begin(w, np_col_str(q, 0, a), np_col_str(q, 1, a));
    return np_q_end(q, err);
}

static int build(void *arg, struct np_dbc *c, struct np_err *err)
{
    NP_SQL(all, "SELECT " COLUMNS " FROM ec2_item");
    struct ec2_world *w = arg;
    struct np_q *q = np_q(c, NULL, &all, "");
    int rc = 0;
    while (rc == 0 && np_row(q)) {
        struct ec2_entry *e = entry_of(c, q, err);
        if (e == NULL) {
            rc = NP_ECORRUPT;
            continue;
        }
        put(w, e->it.account, e->it.region, e->it.kind->id, e->it.id, e);
        if (e->it.kind->id == EC2_KIND_ADDRESS)
            ec2_address_project(w->core, NULL, &e->it);
    }
    int end = np_q_end(q, err);
    if (rc != 0 || end != 0)
        return rc != 0 ? rc : end;
    return build_accounts(w, c, err);
}

static int load(struct np_dbc *c, struct np_str account, struct np_str region, struct np_str id,
                struct ec2_entry **out, struct np_err *err)
{
    NP_SQL(one, "SELECT " COLUMNS " FROM ec2_item WHERE account = :account AND region = :region "
                "AND id = ?1");
    struct np_scope scope = {.account = account, .region = region};
    struct np_q *q = np_q(c, &scope, &one, "s", id);
    int rc = 0;
    *out = NULL;
    if (np_row(q)) {
        *out = entry_of(c, q, err);
        rc = *out != NULL ? 0 : NP_ECORRUPT;
    }
    int end = np_q_end(q, err);
    return rc != 0 ? rc : end;
}

static void changed(void *arg, struct np_dbc *c, const char *notice, struct np_str account,
                    struct np_str key)
{
    struct ec2_world *w = arg;
    struct np_str region, id;
    struct ec2_entry *e;
    struct np_err err = {0};
    NP_AUTO_ARENA a = np_arena_new();
    if (np_str_is(np_str_of(notice), EC2_NOTICE_ACCOUNT)) {
        begin(w, account, key);
        return;
    }
    np_str_cut(key, '/', &region, &id);
    if (load(c, account, region, id, &e, &err) != 0)
        np_die(__FILE__, __LINE__, "reading an item after a commit: %.*s",
               NP_FMT(np_err_text(&err)));
    const struct ec2_kind *k = ec2_kind_of(id); /* an id of a peering is of two accounts */
    const struct ec2_view *v = np_pmap_get(w->views, key_of(a, account, region));
    const struct ec2_entry *was = v != NULL && k != NULL ? np_pmap_get(v->kinds[k->id], id) : NULL;
    if (e == NULL && was == NULL)
        return; /* made and dropped in one commit */
    const struct ec2_item *it = e != NULL ? &e->it : &was->it;
    struct ec2_change tell = {it->kind->id, np_str_dup(a, account), np_str_dup(a, region),
                              np_str_dup(a, id), np_str_dup(a, it->vpc)};
    struct np_str was_vpc = was != NULL ? np_str_dup(a, was->it.vpc) : NP_STR_NULL;
    if (tell.kind == EC2_KIND_ADDRESS)
        ec2_address_project(w->core, was != NULL ? &was->it : NULL, e != NULL ? &e->it : NULL);
    put(w, account, region, tell.kind, id, e);
    ec2_watch_tell(w->watchers, &tell);
    if (was_vpc.p == NULL || np_str_eq(was_vpc, tell.vpc))
        return;
    tell.vpc = was_vpc; /* a gateway that was detached: both VPCs changed */
    ec2_watch_tell(w->watchers, &tell);
}

/* --- life --- */

static int tags_of(void *arg, struct np_arena *a, struct np_str arn, const struct np_tag **tags,
                   size_t *n)
{
    struct ec2_world *w = arg;
    struct np_str before, id;
    (void)a;
    ptrdiff_t at = np_str_rchr(arn, '/');
    if (at < 0)
        return NP_ENOENT;
    before = np_str_sub(arn, 0, (size_t)at);
    id = np_str_sub(arn, (size_t)at + 1, arn.n);
    const struct ec2_item *it = ec2_see_any(w->core, id);
    if (it == NULL || !np_str_ends(before, np_str_of(it->kind->type)))
        return NP_ENOENT;
    *tags = it->tags;
    *n = it->n_tags;
    return 0;
}

struct ec2_world *ec2_world_new(struct np_core *core)
{
    struct ec2_world *w = np_heap_new(struct ec2_world);
    w->core = core;
    w->watchers = ec2_watch_list_new(core);
    np_store_project(core->store, &(struct np_projection){
                                      .name = "ec2",
                                      .db = NP_DB_STATE,
                                      .kinds = "ec2.",
                                      .build = build,
                                      .changed = changed,
                                      .arg = w,
                                  });
    np_provide_resource(core, &(struct np_resource_provider){
                                  .service = "ec2",
                                  .arg = w,
                                  .tags = tags_of,
                              });
    return w;
}

static int free_kinds(void *arg, struct np_str key, void *value)
{
    struct ec2_view *v = value;
    (void)arg, (void)key;
    for (size_t i = 0; i < EC2_KINDS; i++) {
        np_pmap_free(v->belongings[i], &(struct np_pmap_ops){.free_value = np_free});
        np_pmap_free(v->kinds[i], &(struct np_pmap_ops){.free_value = entry_free});
    }
    return 0;
}

void ec2_world_free(struct ec2_world *w)
{
    np_pmap_free(w->any, &(struct np_pmap_ops){0});
    np_pmap_each(w->views, free_kinds, NULL);
    np_pmap_free(w->views, &(struct np_pmap_ops){.free_value = np_free});
    ec2_watch_list_free(w->watchers);
    np_free(w);
}
