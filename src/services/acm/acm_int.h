/* SPDX-License-Identifier: Apache-2.0 */
/* acm_int.h - what the files of this folder share: certificates as they are read, rows, the
 * projection, the keeper. */
#pragma once

#include "aws/certs.h"
#include "aws/core.h"
#include "aws/req.h"
#include "aws/tags.h"
#include "base/arena.h"
#include "gen/acm/ops.h"
#include "gen/acm/types.h"
#include "services/acm/limits.h"

/* --- state.c: rows --- */

struct acm_db { /* a reader or a transaction */
    struct np_dbc *c;
    struct np_scope scope;
    struct np_arena *a;
};
struct acm_db acm_db_req(const struct np_req *rq);
struct acm_db acm_db_txn(struct np_txn *t);

struct acm_cert {
    struct np_str id, arn;
    /* As the model has it, but for ARN, users and eligibility, which are looked up:
     * acm_describe(). Never NULL. */
    struct acm_CertificateDetail *detail;
    bool exported;
    bool waiting;             /* for its names: to be issued, or renewed */
    struct np_opt_int due_ms; /* when something happens by itself */
    struct np_str token;      /* of the request; absent: none */
    int64_t token_hash;
};
struct acm_material {
    struct np_str body, chain; /* PEM; chain may be absent */
    struct np_str sealed;      /* the key, by acm_seal() */
};

struct np_str acm_arn(struct np_arena *a, struct np_str account, struct np_str region,
                      struct np_str id);
/* NP_ENOENT: there is none. */
int acm_load(const struct acm_db *db, struct np_str id, struct acm_cert *out, struct np_err *err);
/* The certificate that a call names, of the scope's account and region. A fault says why not. */
int acm_find(const struct acm_db *db, struct np_str arn, struct acm_cert *out, struct np_err *err);
int acm_insert(struct np_txn *t, const struct acm_cert *c, struct np_err *err);
int acm_save(struct np_txn *t, const struct acm_cert *c, struct np_err *err);
int acm_drop(struct np_txn *t, const struct acm_cert *c, struct np_err *err);
/* The one that the token made within the hour: its ARN; absent: none. */
struct np_str acm_by_token(const struct acm_db *db, struct np_str token, int64_t hash);
int64_t acm_count(const struct acm_db *db, const char *type);
/* NP_ENOENT: it has none (yet). */
int acm_material_get(const struct acm_db *db, struct np_str id, struct acm_material *out,
                     struct np_err *err);
int acm_material_put(struct np_txn *t, struct np_str id, const struct acm_material *m,
                     struct np_err *err);
/* A row of: SELECT id, exported, waiting, due_ms, token, token_hash, detail. False: damaged. */
#define ACM_COLUMNS "id, exported, waiting, due_ms, token, token_hash, detail"
bool acm_row(const struct acm_db *db, struct np_q *q, struct acm_cert *out);

struct np_str acm_seal(const struct np_core *core, struct np_arena *a, struct np_str key_pem);
/* A secret; absent: it was changed. */
struct np_str acm_unseal(const struct np_core *core, struct np_arena *a, struct np_str sealed);

/* --- projection.c: certificates for who shows them --- */
struct acm_projection;
struct acm_projection *acm_projection_new(struct np_core *core);
void acm_projection_free(struct acm_projection *p); /* NULL is fine */

/* --- keeper.c: what certificates do by themselves --- */
struct acm_keeper;
struct acm_keeper *acm_keeper_new(struct np_core *core);
void acm_keeper_free(struct acm_keeper *k); /* NULL is fine */

/* --- validate.c --- */

/* Names that no zone of the region has: what was asked of the host's resolver. */
struct acm_elsewhere {
    struct acm_question {
        struct np_str name;
        const char *type;
        bool asked, failed; /* failed: nobody answered */
        struct np_strs found;
    } * v;
    size_t n;
    bool open; /* some were not asked yet */
};
/* Asks what is open; on a job's thread. */
void acm_elsewhere_ask(struct acm_elsewhere *e, struct np_arena *a);

enum acm_verdict { ACM_WAIT, ACM_VALID, ACM_FORBIDDEN /* by CAA */ };
/* Asks for the records of the names that are not yet SUCCESS in the list, and marks what it finds.
 * *changed: it marked something. `elsewhere` has the answers for names that are not the region's,
 * and takes the questions; NULL: they have no records. On any loop. */
enum acm_verdict acm_validate(const struct np_core *core, struct np_arena *a,
                              struct acm_DomainValidationList *names,
                              struct acm_elsewhere *elsewhere, bool *changed);
/* One entry a name of the certificate, all waiting for their records. */
void acm_validations(const struct np_core *core, struct np_arena *a, struct np_str account,
                     const struct np_strs *names, struct acm_DomainValidationList *out);

/* --- describe.c --- */
/* May it be renewed by itself: it is used, or was exported? */
bool acm_is_renewable(const struct acm_db *db, const struct acm_cert *c);
static inline bool acm_is(const struct acm_cert *c, const char *status)
{
    return np_str_eq(c->detail->Status, np_str_of(status));
}
static inline bool acm_is_imported(const struct acm_cert *c)
{
    return np_str_is(c->detail->Type, "IMPORTED");
}
/* --- tagging.c --- */
int acm_tags_check(const struct acm_TagList *tags, struct np_err *err);
int acm_tags_put(struct np_txn *t, struct np_str arn, const struct acm_TagList *tags,
                 struct np_err *err);

int acm_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err);

/* --- small things --- */
#define ACM_BOOL(x) ((struct np_opt_bool){true, (x)})
#define ACM_INT(i)  ((struct np_opt_int){true, (i)})
#define ACM_PUSH(a, list, item)                                                                    \
    do {                                                                                           \
        (list)->v = np_array_grow((a), (list)->v, (list)->n, sizeof(*(list)->v));                  \
        (list)->v[(list)->n++] = (item);                                                           \
        (list)->set = true;                                                                        \
    } while (0)
