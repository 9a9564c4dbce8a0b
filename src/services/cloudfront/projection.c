/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - rows of distributions into the engine: all at start, then each change before the
 * call that made it is answered. */
#include "services/cloudfront/edge.h"
#include "services/cloudfront/function.h"

#include "base/arena.h"
#include "base/auto.h"
#include "base/assert.h"
#include "base/log.h"

#define NOTICE_DISTRIBUTION "cloudfront.distribution"
#define NOTICE_ITEM         "cloudfront.item"
#define NOTICE_INVALIDATION "cloudfront.invalidation"

/* --- one distribution --- */

static int slots_of(struct np_dbc *c, const struct np_scope *scope, struct np_str id,
                    uint32_t slots[CLOUDFRONT_LOCATIONS], struct np_err *err)
{
    NP_SQL(sql, "SELECT location, slot FROM cloudfront_place "
                "WHERE account = :account AND distribution = ?1");
    struct np_q *q = np_q(c, scope, &sql, "s", id);
    while (np_row(q)) {
        int64_t at = np_col_int(q, 0);
        if (at >= 0 && at < CLOUDFRONT_LOCATIONS)
            slots[at] = (uint32_t)np_col_int(q, 1);
    }
    return np_q_end(q, err);
}

static int place_of(struct np_dbc *c, const struct np_scope *scope, const struct cloudfront_row *r,
                    struct cloudfront_place **out, struct np_err *err)
{
    struct np_arena *a = np_arena_new();
    const struct cloudfront_DistributionConfig *d = r->config;
    const struct np_strs *aliases = &d->Aliases->Items;
    struct cloudfront_place *p = np_new(a, struct cloudfront_place);
    p->arena = a;
    p->id = np_str_dup(a, r->id);
    p->arn = cloudfront_arn(a, r->account, r->id);
    p->domain = np_str_dup(a, r->domain);
    p->names = np_new_array(a, struct np_str, aliases->n + 1);
    p->names[p->n_names++] = p->domain;
    for (size_t i = 0; i < aliases->n; i++)
        p->names[p->n_names++] = cloudfront_alias_key(a, aliases->v[i]);
    p->certificate = np_str_dup(a, d->ViewerCertificate->ACMCertificateArn);
    p->policy = np_str_dup(a, d->ViewerCertificate->MinimumProtocolVersion);
    int rc = slots_of(c, scope, r->id, p->slots, err);
    if (rc != 0) {
        np_arena_free(a);
        return rc;
    }
    *out = p;
    return 0;
}

static int publish_row(struct cloudfront_state *s, struct np_dbc *c, const struct np_scope *scope,
                       const struct cloudfront_row *r, struct np_err *err)
{
    struct cloudfront_site *site;
    struct cloudfront_place *place;
    struct np_err why;
    int rc = place_of(c, scope, r, &place, err);
    if (rc != 0)
        return rc;
    cloudfront_front_set(s->front, r->id, place);
    rc = cloudfront_compile(s->core, c, r, &site, err);
    if (rc != 0)
        return rc;
    if (site->wants_places)
        cloudfront_want_places(s->core, np_core_loop(s->core, 0));
    rc = cloudfront_edge_prepare(s, &site->opts, &why);
    if (rc == 0)
        rc = np_edge_put(s->edge, &site->opts, &why);
    if (rc == 0)
        return 0;
    /* The API let it pass, and the engine does not: a fault of ours. It is served by nobody. */
    np_log(NP_ERROR, "cloudfront.edge.refused", "distribution=%.*s error=\"%.*s\"", NP_FMT(r->id),
           NP_FMT(np_err_text(&why)));
    np_edge_remove(s->edge, r->id);
    cloudfront_site_free(site);
    return 0;
}

static int publish(struct cloudfront_state *s, struct np_dbc *c, struct np_str account,
                   struct np_str id, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    const struct np_scope scope = {.account = account};
    struct cloudfront_row r;
    int rc = cloudfront_row_get(c, &scope, id, a, &r, err);
    if (rc == 0)
        return publish_row(s, c, &scope, &r, err);
    if (rc != NP_ENOENT)
        return rc;
    np_edge_remove(s->edge, id);
    cloudfront_front_set(s->front, id, NULL);
    return 0;
}

/* --- those that use an item; a public key is used by way of its groups --- */

static int publish_users(struct cloudfront_state *s, struct np_dbc *c, struct np_str account,
                         struct np_str kind, struct np_str id, struct np_err *err)
{
    NP_SQL(sql, "SELECT user FROM cloudfront_use WHERE account = ?1 AND kind = ?2 AND id = ?3");
    const struct np_str groups = np_str_of(cloudfront_kinds[CLOUDFRONT_KEY_GROUP].name);
    const bool key = np_str_eq(kind, np_str_of(cloudfront_kinds[CLOUDFRONT_PUBLIC_KEY].name));
    NP_AUTO_ARENA a = np_arena_new();
    int rc = 0;
    struct np_q *q = np_q(c, NULL, &sql, "sss", account, kind, id);
    while (rc == 0 && np_row(q)) {
        struct np_str user = np_col_str(q, 0, a);
        rc = key ? publish_users(s, c, account, groups, user, err)
                 : publish(s, c, account, user, err);
    }
    int end = np_q_end(q, err);
    return rc != 0 ? rc : end;
}

/* --- building and changing --- */

static int build(void *arg, struct np_dbc *c, struct np_err *err)
{
    NP_SQL(sql, "SELECT account, id FROM cloudfront_distribution");
    struct cloudfront_state *s = arg;
    NP_AUTO_ARENA a = np_arena_new();
    int rc = 0;
    struct np_q *q = np_q(c, NULL, &sql, "");
    while (rc == 0 && np_row(q))
        rc = publish(s, c, np_col_str(q, 0, a), np_col_str(q, 1, a), err);
    int end = np_q_end(q, err);
    return rc != 0 ? rc : end;
}

/* "E…/12": the twelfth invalidation of that distribution. */
static int invalidate(struct cloudfront_state *s, struct np_dbc *c, struct np_str account,
                      struct np_str key, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str id, number;
    struct np_strs paths;
    int64_t seq;
    np_assert(np_str_cut(key, '/', &id, &number) && np_str_i64(number, &seq));
    int rc = cloudfront_invalidation_paths(c, account, id, seq, a, &paths, err);
    if (rc == 0)
        np_edge_invalidate(s->edge, id, paths.v, paths.n);
    return rc == NP_ENOENT ? 0 : rc; /* gone with its distribution since */
}

static void changed(void *arg, struct np_dbc *c, const char *kind, struct np_str account,
                    struct np_str key)
{
    struct cloudfront_state *s = arg;
    struct np_err err = {0};
    struct np_str what, id, name = np_str_of(kind);
    int rc;
    if (np_str_is(name, NOTICE_DISTRIBUTION)) {
        rc = publish(s, c, account, key, &err);
    } else if (np_str_is(name, NOTICE_INVALIDATION)) {
        rc = invalidate(s, c, account, key, &err);
    } else {
        np_assert(np_str_cut(key, '/', &what, &id));
        rc = publish_users(s, c, account, what, id, &err);
    }
    if (rc != 0)
        np_die(__FILE__, __LINE__, "reading a distribution after a commit: %.*s",
               NP_FMT(np_err_text(&err)));
}

void cloudfront_item_changed(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id)
{
    np_notice(t, NOTICE_ITEM, np_txn_scope(t)->account,
              np_str_printf(np_txn_arena(t), "%s/%.*s", cloudfront_kinds[k].name, NP_FMT(id)));
}

void cloudfront_function_changed(struct np_txn *t, struct np_str name)
{
    np_notice(t, NOTICE_ITEM, np_txn_scope(t)->account,
              np_str_printf(np_txn_arena(t), CLOUDFRONT_FUNCTION "/%.*s", NP_FMT(name)));
}

void cloudfront_distribution_changed(struct np_txn *t, struct np_str id)
{
    np_notice(t, NOTICE_DISTRIBUTION, np_txn_scope(t)->account, id);
}

void cloudfront_invalidated(struct np_txn *t, struct np_str distribution, int64_t seq)
{
    np_notice(t, NOTICE_INVALIDATION, np_txn_scope(t)->account,
              np_str_printf(np_txn_arena(t), "%.*s/%lld", NP_FMT(distribution), (long long)seq));
}

void cloudfront_projection_init(struct cloudfront_state *s)
{
    np_store_project(s->core->store, &(struct np_projection){
                                         .name = "cloudfront",
                                         .db = NP_DB_STATE,
                                         .kinds = "cloudfront.",
                                         .build = build,
                                         .changed = changed,
                                         .arg = s,
                                     });
}
