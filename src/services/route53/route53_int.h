/* SPDX-License-Identifier: Apache-2.0 */
/* route53_int.h - what the files of Route 53 share.
 *
 * Rows are found by a zone's id, which stands for its account: a zone is reached from other
 * accounts too, when their VPCs are associated.
 */
#pragma once

#include "aws/core.h"
#include "aws/page.h"
#include "aws/req.h"
#include "gen/route53/ops.h"
#include "services/route53/limits.h"

#define ROUTE53_BOOL(b) ((struct np_opt_bool){true, (b)})
#define ROUTE53_INT(i)  ((struct np_opt_int){true, (i)})
/* Grows a list of the model by one element. */
#define ROUTE53_PUSH(a, list, element)                                                             \
    do {                                                                                           \
        (list)->v = np_array_grow((a), (list)->v, (list)->n, sizeof(*(list)->v));                  \
        (list)->v[(list)->n++] = (element);                                                        \
        (list)->set = true;                                                                        \
    } while (0)

struct np_dns;
struct np_dns_name;

/* --- name.c: names of DNS as the API writes and sorts them --- */
struct route53_name {
    struct np_str text; /* lower case, "\052.example.com.", with the dot at the end */
    struct np_str wire; /* as in packets */
    struct np_str sort; /* labels in reverse order: "com.example.*." */
};
/* NP_EINVAL: it is none; err says why in AWS's words. */
int route53_name(struct np_arena *a, struct np_str text, struct route53_name *out,
                 struct np_err *err);
/* Is it that zone's apex or below? */
bool route53_name_within(const struct route53_name *name, const struct route53_name *zone);
/* An id that may come with the path that clients show it by: "/hostedzone/Z1" is "Z1". */
struct np_str route53_bare_id(struct np_str id);
/* Prefix and 19 of A-Z0-9. */
struct np_str route53_new_id(struct np_arena *a, char prefix);
struct np_str route53_path(struct np_arena *a, const char *kind, struct np_str id); /* "/kind/id" */

/* --- state.c: rows of zones --- */
struct route53_db {
    struct np_dbc *c;
    struct np_scope scope;
    struct np_arena *a; /* of what is found */
    struct np_str who;  /* ARN of the caller; absent: there is none */
};
struct route53_db route53_db_req(const struct np_req *rq);
struct route53_db route53_db_txn(struct np_txn *t);
#define route53_q(db, sql, ...) np_q((db)->c, &(db)->scope, (sql), __VA_ARGS__)

struct route53_zone {
    struct np_str account, id, name, sort, reference, comment, set_id, servers;
    bool private, signing;
    int64_t rrsets;
};
/* The columns of a zone in the order of route53_zone_row(). */
#define ROUTE53_ZONE_COLUMNS                                                                       \
    "account, id, name, sort, reference, comment, set_id, servers, private, signing, rrsets"
void route53_zone_row(struct np_q *q, struct np_arena *a, struct route53_zone *out);
/* Of any account. NP_ENOENT (no fault), or what the store says. */
int route53_zone_get(const struct route53_db *db, struct np_str id, struct route53_zone *out,
                     struct np_err *err);
/* The caller's: NoSuchHostedZone, AccessDenied. The id may be a path. */
int route53_zone_find(const struct route53_db *db, struct np_str id, struct route53_zone *out,
                      struct np_err *err);
int route53_no_zone(struct np_str id, struct np_err *err);
void route53_zone_changed(struct np_txn *t, struct np_str account, struct np_str id);
struct np_str route53_zone_arn(struct np_arena *a, struct np_str id);
/* The first column of the only row; 0 when there is none. Ends the statement. */
int64_t route53_first_int(struct np_q *q);

/* --- changeinfo.c: what a call has submitted --- */
/* In apply: a change of now, INSYNC as soon as it is answered. */
int route53_change_add(struct np_txn *t, struct np_str comment, struct route53_ChangeInfo **out,
                       struct np_err *err);

/* --- zone.c --- */
struct route53_HostedZone *route53_zone_out(struct np_arena *a, const struct route53_zone *z);
/* A list's MaxItems: *n at most `most`. InvalidInput when it is none. */
int route53_max_items(struct np_str text, int64_t most, int64_t *n, struct np_err *err);
struct np_str route53_items_text(struct np_arena *a, int64_t n);

/* --- delegation.c: name servers --- */
struct np_str route53_new_servers(struct np_arena *a); /* by chance, one of each domain */
#define ROUTE53_PRIVATE_SERVERS NP_STR("0,512,1024,1536")
/* Names with (in records) or without the dot at the end. */
void route53_server_names(struct np_arena *a, struct np_str servers, bool dot,
                          struct np_str out[4]);
struct route53_DelegationSet *route53_set_out(struct np_arena *a, struct np_str id,
                                              struct np_str reference, struct np_str servers);
/* The caller's reusable set: NoSuchDelegationSet. */
int route53_set_find(const struct route53_db *db, struct np_str id, struct np_str *reference,
                     struct np_str *servers, struct np_err *err);
void route53_servers_register(struct np_core *core); /* their own names */

/* --- vpc.c --- */
struct route53_vpc {
    struct np_str id, region;
};
/* InvalidVPCId; both members are there and have the form of a VPC. */
int route53_vpc_check(const struct np_core *core, const struct route53_VPC *in,
                      struct route53_vpc *out, struct np_err *err);
/* In apply. ConflictingDomainExists, LimitsExceeded. */
int route53_vpc_add(struct np_txn *t, const struct route53_zone *z, const struct route53_vpc *v,
                    struct np_err *err);
int route53_vpcs(const struct route53_db *db, struct np_str zone, struct route53_vpc **out,
                 size_t *n, struct np_err *err);

/* --- rrset.c: rows of record sets --- */
struct route53_rrset {
    struct route53_name name;
    struct np_str type, set_id; /* set_id empty: simple */
    struct np_opt_int ttl, weight;
    struct np_str data; /* values, a line each; absent: an alias */
    struct np_str region, continent, country, subdivision, failover, check_id;
    struct np_opt_bool multivalue;
    struct np_str alias_zone, alias_name;
    bool alias_check;
};
#define ROUTE53_RRSET_COLUMNS                                                                      \
    "sort, type, set_id, name, ttl, data, weight, region, continent, country, subdivision, "       \
    "failover, multivalue, check_id, alias_zone, alias_name, alias_check"
void route53_rrset_row(struct np_q *q, struct np_arena *a, struct route53_rrset *out);
/* NP_ENOENT when there is none. */
int route53_rrset_get(const struct route53_db *db, struct np_str zone, struct np_str sort,
                      struct np_str type, struct np_str set_id, struct route53_rrset *out,
                      struct np_err *err);
int route53_rrset_put(struct np_txn *t, struct np_str zone, const struct route53_rrset *r,
                      struct np_err *err);
int route53_rrset_del(struct np_txn *t, struct np_str zone, const struct route53_rrset *r,
                      struct np_err *err);
void route53_rrset_out(struct np_arena *a, const struct route53_rrset *r,
                       struct route53_ResourceRecordSet *out);
bool route53_rrset_same(const struct route53_rrset *a, const struct route53_rrset *b);
/* Which of a batch changed, as one notice. */
struct route53_batch;
struct route53_batch *route53_batch_new(struct np_arena *a, struct np_str zone);
void route53_batch_note(struct route53_batch *b, const struct route53_rrset *r);
void route53_batch_changed(struct np_txn *t, const struct route53_batch *b);

/* --- rrset_check.c, alias.c: what a record set may be --- */
/* What does not come of other record sets. InvalidInput leaves at once; what belongs into the list
 * of InvalidChangeBatch is added to `problems`. */
int route53_rrset_read(struct np_req *rq, const struct route53_Change *in,
                       struct route53_rrset *out, struct np_strs *problems, struct np_err *err);
void route53_alias_check(struct np_arena *a, const struct route53_zone *z,
                         const struct route53_name *apex, const struct route53_rrset *r,
                         struct np_strs *problems);
/* Is that a name in that zone of AWS's services? */
bool route53_alias_fits(struct np_str zone_id, struct np_str name);

/* --- projection.c: zones as the DNS engine answers them --- */
struct route53_projection;
struct route53_projection *route53_projection_new(struct np_core *core);
void route53_projection_free(struct route53_projection *p);
struct np_dns *route53_dns(const struct np_core *core);

/* --- check.c, checker.c: health checks --- */
struct route53_check {
    struct np_str account, id, reference;
    int64_t version;
    bool unhealthy;
    struct route53_HealthCheckConfig *config;
};
int route53_check_find(const struct route53_db *db, struct np_str id, struct route53_check *out,
                       struct np_err *err);
#define ROUTE53_CHECK_COLUMNS "account, id, reference, version, unhealthy, config"
int route53_check_row(struct np_q *q, struct np_arena *a, struct route53_check *out);
struct np_str route53_check_arn(struct np_arena *a, struct np_str id);
/* AWS: who does not say where from has all of these. */
extern const char *const route53_check_regions[];
extern const size_t route53_check_regions_n;

struct route53_checker;
struct route53_checker *route53_checker_new(struct np_core *core);
int route53_checker_start(struct route53_checker *c, struct np_err *err);
void route53_checker_free(struct route53_checker *c);
/* What its probers saw last; a line for each region, in `a`. NP_ENOENT: it is unknown. */
struct route53_observation {
    struct np_str region, address, status;
    int64_t checked_ms;
};
void route53_checker_observations(const struct np_core *core, struct np_arena *a, struct np_str id,
                                  bool failures, struct route53_observation **out, size_t *n);

/* --- key.c, signing.c: DNSSEC --- */
int route53_signing_start(struct np_core *core, struct np_err *err);
void route53_signing_stop(struct np_core *core);

/* --- service.c --- */
struct route53_state {
    struct np_core *core;
    struct route53_projection *projection;
    struct route53_checker *checker;
    struct route53_signing *signing;
};
struct route53_state *route53_state(const struct np_core *core);

/* --- authorize.c --- */
int route53_authorize(struct np_req *rq, const struct np_op *op, const void *in,
                      struct np_err *err);
