/* SPDX-License-Identifier: Apache-2.0 */
/* change.c - ChangeResourceRecordSets: a batch of changes takes effect whole or not at all.
 *
 * What each record set may be by itself is checked on the worker. The writer makes the changes one
 * after the other, then looks at what the zone has become: so a batch may put an A in the place of
 * a CNAME, or a weighted record set in that of a simple one. */
#include "base/map.h"
#include "services/route53/route53_int.h"

enum action { CREATE, DELETE, UPSERT };

struct change {
    enum action action;
    struct route53_rrset rrset;
};

struct batch {
    struct change *v;
    size_t n;
    struct np_strs problems; /* of the batch as it came */
};

struct work { /* of the writer */
    struct np_txn *t;
    struct route53_db db;
    struct route53_zone zone;
    struct route53_name apex;
    struct np_strs problems;
    struct route53_batch *notice;
    int64_t added;
};

/* --- on the worker --- */

static enum action action_of(struct np_str s)
{
    return np_str_is(s, "CREATE") ? CREATE : np_str_is(s, "DELETE") ? DELETE : UPSERT;
}

/* AWS: an UPSERT counts twice (tests/sdk/test_route53_records.py). */
static void check_size(struct np_req *rq, const struct route53_Changes *in,
                       struct np_strs *problems)
{
    size_t records = 0, letters = 0;
    for (size_t i = 0; i < in->n; i++) {
        const struct route53_ResourceRecords *r = &in->v[i].ResourceRecordSet->ResourceRecords;
        size_t times = np_str_is(in->v[i].Action, "UPSERT") ? 2 : 1;
        records += times * (r->n != 0 ? r->n : 1);
        for (size_t k = 0; k < r->n; k++)
            letters += times * r->v[k].Value.n;
    }
    if (records > ROUTE53_BATCH_RECORDS_MAX)
        ROUTE53_PUSH(rq->arena, problems,
                     np_str_printf(rq->arena, "Number of records limit of %d exceeded.",
                                   ROUTE53_BATCH_RECORDS_MAX));
    if (letters > ROUTE53_BATCH_LETTERS_MAX)
        ROUTE53_PUSH(rq->arena, problems,
                     np_str_printf(rq->arena, "Number of characters limit of %d exceeded.",
                                   ROUTE53_BATCH_LETTERS_MAX));
}

static struct np_str key_of(struct np_arena *a, const struct route53_rrset *r)
{
    return np_str_printf(a, "%.*s\n%.*s\n%.*s", NP_FMT(r->name.sort), NP_FMT(r->type),
                         NP_FMT(r->set_id));
}

/* A record set may be deleted and made anew; more than that of one is no order of things. */
static void check_twice(struct np_arena *a, struct batch *b)
{
    struct np_map *last = np_map_new();
    for (size_t i = 0; i < b->n; i++) {
        struct change *c = &b->v[i];
        const struct change *before = np_map_put(last, key_of(a, &c->rrset), c);
        if (before == NULL || (before->action == DELETE && c->action != DELETE))
            continue;
        ROUTE53_PUSH(a, &b->problems,
                     np_str_printf(a,
                                   "The request contains an invalid set of changes for a resource "
                                   "record set '%.*s %.*s'",
                                   NP_FMT(c->rrset.type), NP_FMT(c->rrset.name.text)));
    }
    np_map_free(last, NULL);
}

/* AWS: problems stand in one pair of brackets (tests/wire/route53/change_errors.wire). */
static int problems_fault(struct np_arena *a, const struct np_strs *problems, struct np_err *err)
{
    struct np_buf b;
    np_buf_init(&b, a, sizeof(err->text) - 2);
    for (size_t i = 0; i < problems->n; i++) {
        if (i != 0)
            np_buf_lit(&b, ", ");
        np_buf_str_add(&b, problems->v[i]);
        if (!np_buf_ok(&b))
            break;
    }
    return np_fault(err, &ROUTE53_InvalidChangeBatch, "[%.*s]", NP_FMT(np_buf_str(&b)));
}

int route53_ChangeResourceRecordSets_begin(struct np_req *rq,
                                           const struct route53_ChangeResourceRecordSetsRequest *in,
                                           struct np_err *err)
{
    const struct route53_Changes *list = &in->ChangeBatch->Changes;
    struct batch *b = np_new(rq->arena, struct batch);
    b->v = np_new_array(rq->arena, struct change, list->n + 1);
    check_size(rq, list, &b->problems);
    if (b->problems.n != 0)
        return problems_fault(rq->arena, &b->problems, err);
    for (; b->n < list->n; b->n++) {
        struct change *c = &b->v[b->n];
        c->action = action_of(list->v[b->n].Action);
        int rc = route53_rrset_read(rq, &list->v[b->n], &c->rrset, &b->problems, err);
        if (rc != 0)
            return rc;
    }
    if (b->problems.n == 0)
        check_twice(rq->arena, b);
    rq->priv = b;
    return np_apply(rq);
}

/* --- on the writer: change by change --- */

static void problem(struct work *w, const char *before, const struct route53_rrset *r,
                    const char *after)
{
    struct np_arena *a = w->db.a;
    struct np_str set = NP_STR("");
    if (r->set_id.n != 0)
        set = np_str_printf(a, ", set-identifier='%.*s'", NP_FMT(r->set_id));
    ROUTE53_PUSH(a, &w->problems,
                 np_str_printf(a,
                               "Tried to %s resource record set [name='%.*s', type='%.*s'%.*s] "
                               "but %s",
                               before, NP_FMT(r->name.text), NP_FMT(r->type), NP_FMT(set), after));
}

static int remove_old(struct work *w, const struct route53_rrset *r, struct np_err *err)
{
    w->added--;
    return route53_rrset_del(w->t, w->zone.id, r, err);
}

static int apply_one(struct work *w, const struct change *c, struct np_err *err)
{
    const struct route53_rrset *r = &c->rrset;
    struct route53_rrset old;
    int rc = route53_rrset_get(&w->db, w->zone.id, r->name.sort, r->type, r->set_id, &old, err);
    bool there = rc == 0;
    if (rc != 0 && rc != NP_ENOENT)
        return rc;
    rc = 0;
    if (c->action == CREATE && there) {
        problem(w, "create", r, "it already exists");
        return 0;
    }
    if (c->action == DELETE && !there) {
        problem(w, "delete", r, "it was not found");
        return 0;
    }
    if (c->action == DELETE && !route53_rrset_same(r, &old)) {
        problem(w, "delete", r, "the values provided do not match the current values");
        return 0;
    }
    if (there)
        rc = remove_old(w, r, err);
    if (rc == 0 && c->action != DELETE) {
        w->added++;
        rc = route53_rrset_put(w->t, w->zone.id, r, err);
    }
    route53_batch_note(w->notice, r);
    return rc;
}

/* --- what has become of the zone --- */

static void say(struct work *w, struct np_str what)
{
    ROUTE53_PUSH(w->db.a, &w->problems, what);
}

static void check_apex(struct work *w)
{
    NP_SQL(get, "SELECT count(*) FROM route53_rrset WHERE zone = ?1 AND sort = ?2 AND type = ?3");
    if (route53_first_int(np_tq(w->t, &get, "sss", w->zone.id, w->zone.sort, NP_STR("NS"))) == 0)
        say(w, NP_STR("A HostedZone must contain at least one NS record for the zone itself."));
    if (route53_first_int(np_tq(w->t, &get, "sss", w->zone.id, w->zone.sort, NP_STR("SOA"))) == 0)
        say(w, NP_STR("A HostedZone must contain exactly one SOA record."));
}

static bool is_apex(const struct work *w, const struct route53_rrset *r)
{
    return np_str_eq(r->name.sort, w->zone.sort);
}

static void check_place(struct work *w, const struct route53_rrset *r)
{
    struct np_arena *a = w->db.a;
    if (!route53_name_within(&r->name, &w->apex))
        say(w, np_str_printf(a, "RRSet with DNS name %.*s is not permitted in zone %.*s",
                             NP_FMT(r->name.text), NP_FMT(w->zone.name)));
    else if (is_apex(w, r) ? np_str_is(r->type, "CNAME") || np_str_is(r->type, "DS")
                           : np_str_is(r->type, "SOA"))
        say(w, np_str_printf(a,
                             "RRSet of type %.*s with DNS name %.*s is not permitted %s in zone "
                             "%.*s",
                             NP_FMT(r->type), NP_FMT(r->name.text),
                             is_apex(w, r) ? "at apex" : "below the apex", NP_FMT(w->zone.name)));
}

/* AWS: the second message with two blanks (tests/wire/route53/change_cname.wire). */
static void check_cname(struct work *w, const struct route53_rrset *r)
{
    NP_SQL(other, "SELECT 1 FROM route53_rrset WHERE zone = ?1 AND sort = ?2 AND type <> 'CNAME' "
                  "LIMIT 1");
    NP_SQL(cname, "SELECT 1 FROM route53_rrset WHERE zone = ?1 AND sort = ?2 AND type = 'CNAME' "
                  "LIMIT 1");
    bool is_cname = np_str_is(r->type, "CNAME");
    const struct np_sql *sql = is_cname ? &other : &cname;
    if (route53_first_int(np_tq(w->t, sql, "ss", w->zone.id, r->name.sort)) == 0)
        return;
    if (is_cname)
        say(w, np_str_printf(w->db.a,
                             "RRSet of type CNAME with DNS name %.*s is not permitted as it "
                             "conflicts with other records with the same DNS name in zone %.*s",
                             NP_FMT(r->name.text), NP_FMT(w->zone.name)));
    else
        say(w, np_str_printf(w->db.a,
                             "RRSet of type %.*s with DNS name %.*s is not permitted because a "
                             "conflicting RRSet of type  CNAME with the same DNS name already "
                             "exists in zone %.*s",
                             NP_FMT(r->type), NP_FMT(r->name.text), NP_FMT(w->zone.name)));
}

static const char *policy_of(const struct route53_rrset *r)
{
    return r->weight.set                                    ? "weighted"
           : r->region.p != NULL                            ? "latency"
           : r->failover.p != NULL                          ? "failover"
           : r->multivalue.set                              ? "multivalue answer"
           : r->continent.p != NULL || r->country.p != NULL ? "geolocation"
                                                            : NULL;
}

static void cannot(struct work *w, const struct route53_rrset *r, const char *why)
{
    struct np_arena *a = w->db.a;
    struct np_str set = NP_STR("");
    if (r->set_id.n != 0)
        set = np_str_printf(a, ", SetIdentifier \"%.*s\"", NP_FMT(r->set_id));
    say(w, np_str_printf(a, "RRSet with DNS name %.*s, type %.*s%.*s cannot be created %s",
                         NP_FMT(r->name.text), NP_FMT(r->type), NP_FMT(set), why));
}

/* Of a policy two record sets may not say the same. */
static const char *clash(const struct route53_rrset *x, const struct route53_rrset *y)
{
    if (x->region.p != NULL && np_str_eq(x->region, y->region))
        return "because a latency rrset of the same region exists with the same name and type.";
    if (x->failover.p != NULL && np_str_eq(x->failover, y->failover))
        return "because a failover rrset of the same kind exists with the same name and type.";
    if ((x->continent.p != NULL || x->country.p != NULL) && np_str_eq(x->continent, y->continent) &&
        np_str_eq(x->country, y->country) && np_str_eq(x->subdivision, y->subdivision))
        return "because a geolocation rrset of the same location exists with the same name and "
               "type.";
    return NULL;
}

static int check_policy(struct work *w, const struct route53_rrset *r, struct np_err *err)
{
    NP_SQL(rows, "SELECT " ROUTE53_RRSET_COLUMNS " FROM route53_rrset WHERE zone = ?1 AND sort = "
                 "?2 AND type = ?3 AND set_id <> ?4");
    const char *mine = policy_of(r), *why = NULL;
    struct route53_rrset other;
    int64_t n = 1;
    struct np_q *q = np_tq(w->t, &rows, "ssss", w->zone.id, r->name.sort, r->type, r->set_id);
    for (; why == NULL && np_row(q); n++) {
        route53_rrset_row(q, w->db.a, &other);
        const char *its = policy_of(&other);
        if (mine == NULL)
            why = "as other RRSets exist with the same name and type.";
        else if (its == NULL || strcmp(mine, its) != 0)
            why = np_str_z(w->db.a, np_str_printf(w->db.a,
                                                  "because a non %s rrset exists with the same "
                                                  "name and type.",
                                                  mine));
        else
            why = clash(r, &other);
    }
    if (why == NULL && n > ROUTE53_POLICY_RRSETS_MAX)
        why = "because there are as many with the same name and type as there may be.";
    if (why != NULL)
        cannot(w, r, why);
    return np_q_end(q, err);
}

static int check_health(struct work *w, const struct route53_rrset *r, struct np_err *err)
{
    NP_SQL(get, "SELECT 1 FROM route53_check WHERE account = :account AND id = ?1");
    if (r->check_id.p == NULL || route53_first_int(np_tq(w->t, &get, "s", r->check_id)) != 0)
        return 0;
    return np_fault(err, &ROUTE53_NoSuchHealthCheck,
                    "No health check exists with the specified ID %.*s.", NP_FMT(r->check_id));
}

/* A target in the zone has to be there, with the type of the alias. */
static void check_alias(struct work *w, const struct route53_rrset *r)
{
    NP_SQL(get, "SELECT 1 FROM route53_rrset WHERE zone = ?1 AND sort = ?2 AND type = ?3 LIMIT 1");
    struct route53_name target;
    if (r->alias_zone.p == NULL)
        return;
    size_t before = w->problems.n;
    route53_alias_check(w->db.a, &w->zone, &w->apex, r, &w->problems);
    if (before != w->problems.n || !np_str_eq(r->alias_zone, w->zone.id) ||
        route53_name(w->db.a, r->alias_name, &target, NULL) != 0)
        return;
    bool itself = np_str_eq(target.sort, r->name.sort);
    if (!itself &&
        route53_first_int(np_tq(w->t, &get, "sss", w->zone.id, target.sort, r->type)) != 0)
        return;
    say(w, np_str_printf(w->db.a,
                         "Tried to create an alias that targets %.*s, type %.*s in zone "
                         "%.*s, but that target was not found",
                         NP_FMT(r->alias_name), NP_FMT(r->type), NP_FMT(r->alias_zone)));
}

static int check_made(struct work *w, const struct batch *b, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->n; i++) {
        const struct route53_rrset *r = &b->v[i].rrset;
        if (b->v[i].action == DELETE)
            continue;
        check_place(w, r);
        check_cname(w, r);
        check_alias(w, r);
        rc = check_policy(w, r, err);
        if (rc == 0)
            rc = check_health(w, r, err);
    }
    return rc;
}

static int count_rrsets(struct work *w, struct np_err *err)
{
    NP_SQL(put, "UPDATE route53_zone SET rrsets = rrsets + ?2 WHERE id = ?1");
    if (w->added > 0 && w->zone.rrsets + w->added > ROUTE53_RRSETS_MAX)
        say(w, np_str_printf(w->db.a,
                             "Limits Exceeded: MAX_RRSETS_BY_ZONE - Cannot create more "
                             "than %d resource record sets.",
                             ROUTE53_RRSETS_MAX));
    return np_exec(w->t, &put, err, "si", w->zone.id, w->added);
}

int route53_ChangeResourceRecordSets_apply(struct np_txn *t,
                                           const struct route53_ChangeResourceRecordSetsRequest *in,
                                           struct route53_ChangeResourceRecordSetsResponse *out,
                                           struct np_err *err)
{
    const struct batch *b = np_txn_req(t)->priv;
    struct work w = {.t = t, .db = route53_db_txn(t)};
    int rc = route53_zone_find(&w.db, in->HostedZoneId, &w.zone, err);
    if (rc == 0)
        rc = route53_name(w.db.a, w.zone.name, &w.apex, err);
    if (rc == 0 && b->problems.n != 0)
        rc = problems_fault(w.db.a, &b->problems, err);
    if (rc != 0)
        return rc;
    w.notice = route53_batch_new(w.db.a, w.zone.id);
    for (size_t i = 0; rc == 0 && i < b->n; i++)
        rc = apply_one(&w, &b->v[i], err);
    if (rc == 0)
        rc = check_made(&w, b, err);
    if (rc == 0)
        rc = count_rrsets(&w, err);
    if (rc == 0)
        check_apex(&w);
    if (rc == 0 && w.problems.n != 0)
        rc = problems_fault(w.db.a, &w.problems, err);
    if (rc == 0)
        rc = route53_change_add(t, in->ChangeBatch->Comment, &out->ChangeInfo, err);
    route53_batch_changed(t, w.notice);
    return rc;
}
