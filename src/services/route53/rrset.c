/* SPDX-License-Identifier: Apache-2.0 */
/* rrset.c - rows of record sets, and what is said of them. */
#include "services/route53/route53_int.h"

/* --- rows --- */

void route53_rrset_row(struct np_q *q, struct np_arena *a, struct route53_rrset *out)
{
    *out = (struct route53_rrset){
        .name = {.sort = np_col_str(q, 0, a), .text = np_col_str(q, 3, a)},
        .type = np_col_str(q, 1, a),
        .set_id = np_col_str(q, 2, a),
        .ttl = np_col_opt_int(q, 4),
        .data = np_col_str(q, 5, a),
        .weight = np_col_opt_int(q, 6),
        .region = np_col_str(q, 7, a),
        .continent = np_col_str(q, 8, a),
        .country = np_col_str(q, 9, a),
        .subdivision = np_col_str(q, 10, a),
        .failover = np_col_str(q, 11, a),
        .multivalue = {!np_col_null(q, 12), np_col_int(q, 12) != 0},
        .check_id = np_col_str(q, 13, a),
        .alias_zone = np_col_str(q, 14, a),
        .alias_name = np_col_str(q, 15, a),
        .alias_check = np_col_int(q, 16) != 0,
    };
}

int route53_rrset_get(const struct route53_db *db, struct np_str zone, struct np_str sort,
                      struct np_str type, struct np_str set_id, struct route53_rrset *out,
                      struct np_err *err)
{
    NP_SQL(get, "SELECT " ROUTE53_RRSET_COLUMNS " FROM route53_rrset WHERE zone = ?1 AND sort = ?2 "
                "AND type = ?3 AND set_id = ?4");
    struct np_q *q = route53_q(db, &get, "ssss", zone, sort, type, set_id);
    bool found = np_row(q);
    if (found)
        route53_rrset_row(q, db->a, out);
    int rc = np_q_end(q, err);
    return rc == 0 && !found ? NP_ENOENT : rc;
}

int route53_rrset_put(struct np_txn *t, struct np_str zone, const struct route53_rrset *r,
                      struct np_err *err)
{
    NP_SQL(put, "INSERT INTO route53_rrset (zone, " ROUTE53_RRSET_COLUMNS ") VALUES (?1, ?2, ?3, "
                "?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)");
    struct np_opt_int multivalue = {r->multivalue.set, r->multivalue.v};
    struct np_opt_int alias_check = {r->alias_zone.p != NULL, r->alias_check};
    return np_exec(t, &put, err, "sssssIsIsssssIsssI", zone, r->name.sort, r->type, r->set_id,
                   r->name.text, r->ttl, r->data, r->weight, r->region, r->continent, r->country,
                   r->subdivision, r->failover, multivalue, r->check_id, r->alias_zone,
                   r->alias_name, alias_check);
}

int route53_rrset_del(struct np_txn *t, struct np_str zone, const struct route53_rrset *r,
                      struct np_err *err)
{
    NP_SQL(del, "DELETE FROM route53_rrset WHERE zone = ?1 AND sort = ?2 AND type = ?3 AND "
                "set_id = ?4");
    return np_exec(t, &del, err, "ssss", zone, r->name.sort, r->type, r->set_id);
}

/* --- what is said of one --- */

static void data_out(struct np_arena *a, struct np_str data, struct route53_ResourceRecords *out)
{
    struct np_str one;
    while (np_str_split(&data, '\n', &one)) {
        const struct route53_ResourceRecord r = {.Value = one};
        ROUTE53_PUSH(a, out, r);
    }
}

void route53_rrset_out(struct np_arena *a, const struct route53_rrset *r,
                       struct route53_ResourceRecordSet *out)
{
    *out = (struct route53_ResourceRecordSet){
        .Name = r->name.text,
        .Type = r->type,
        .SetIdentifier = r->set_id.n != 0 ? r->set_id : NP_STR_NULL,
        .Weight = r->weight,
        .Region = r->region,
        .Failover = r->failover,
        .MultiValueAnswer = r->multivalue,
        .TTL = r->ttl,
        .HealthCheckId = r->check_id,
    };
    if (r->continent.p != NULL || r->country.p != NULL) {
        out->GeoLocation = np_new(a, struct route53_GeoLocation);
        out->GeoLocation->ContinentCode = r->continent;
        out->GeoLocation->CountryCode = r->country;
        out->GeoLocation->SubdivisionCode = r->subdivision;
    }
    if (r->data.p != NULL)
        data_out(a, r->data, &out->ResourceRecords);
    if (r->alias_zone.p == NULL)
        return;
    out->AliasTarget = np_new(a, struct route53_AliasTarget);
    out->AliasTarget->HostedZoneId = r->alias_zone;
    out->AliasTarget->DNSName = r->alias_name;
    out->AliasTarget->EvaluateTargetHealth = ROUTE53_BOOL(r->alias_check);
}

/* --- are two the same? --- */

static bool same_int(struct np_opt_int x, struct np_opt_int y)
{
    return x.set == y.set && (!x.set || x.v == y.v);
}

static bool has_line(struct np_str data, struct np_str line)
{
    struct np_str one;
    while (np_str_split(&data, '\n', &one))
        if (np_str_eq(one, line))
            return true;
    return false;
}

static size_t count_lines(struct np_str data)
{
    size_t n = 0;
    struct np_str one;
    while (np_str_split(&data, '\n', &one))
        n++;
    return n;
}

/* In any order: no value is there twice. */
static bool same_data(struct np_str x, struct np_str y)
{
    struct np_str rest = x, one;
    if ((x.p == NULL) != (y.p == NULL) || count_lines(x) != count_lines(y))
        return false;
    while (np_str_split(&rest, '\n', &one))
        if (!has_line(y, one))
            return false;
    return true;
}

bool route53_rrset_same(const struct route53_rrset *a, const struct route53_rrset *b)
{
    const struct np_str x[] = {a->region,   a->continent, a->country,    a->subdivision,
                               a->failover, a->check_id,  a->alias_zone, a->alias_name};
    const struct np_str y[] = {b->region,   b->continent, b->country,    b->subdivision,
                               b->failover, b->check_id,  b->alias_zone, b->alias_name};
    for (size_t i = 0; i < NP_LEN(x); i++)
        if (!np_str_eq(x[i], y[i]))
            return false;
    return same_int(a->ttl, b->ttl) && same_int(a->weight, b->weight) &&
           a->multivalue.v == b->multivalue.v && a->alias_check == b->alias_check &&
           same_data(a->data, b->data);
}

/* --- what a batch has changed --- */

#define NOTICE_MAX (1u << 20)

struct route53_batch {
    struct np_str zone;
    struct np_buf b;
};

struct route53_batch *route53_batch_new(struct np_arena *a, struct np_str zone)
{
    struct route53_batch *b = np_new(a, struct route53_batch);
    b->zone = zone;
    np_buf_init(&b->b, a, NOTICE_MAX);
    np_buf_str_add(&b->b, zone);
    np_buf_char(&b->b, 0);
    return b;
}

/* Three texts for each, each ended by a zero, which none of them has. */
void route53_batch_note(struct route53_batch *b, const struct route53_rrset *r)
{
    const struct np_str parts[] = {r->name.text, r->type, r->set_id};
    NP_EACH (s, parts) {
        np_buf_str_add(&b->b, *s);
        np_buf_char(&b->b, 0);
    }
}

/* Too many for one notice: the zone as a whole. */
void route53_batch_changed(struct np_txn *t, const struct route53_batch *b)
{
    struct np_str account = np_txn_scope(t)->account;
    if (np_buf_ok(&b->b))
        np_notice(t, "route53.rrsets", account, np_buf_str(&b->b));
    else
        np_notice(t, "route53.all", account, b->zone);
}
