/* SPDX-License-Identifier: Apache-2.0 */
/* ssm_int.h - what the files of this folder share. */
#pragma once

#include "aws/core.h"
#include "aws/page.h"
#include "aws/req.h"
#include "aws/tags.h"
#include "gen/ssm/ops.h"
#include "services/ssm/filter.h"
#include "services/ssm/limits.h"
#include "services/ssm/name.h"
#include "services/ssm/policies.h"

/* --- rows --- */

struct ssm_db { /* a reader or a transaction */
    struct np_dbc *c;
    struct np_scope scope;
    struct np_arena *a;
};
struct ssm_db ssm_db_req(const struct np_req *rq);
struct ssm_db ssm_db_txn(struct np_txn *t);

/* A version of a parameter. */
struct ssm_param {
    struct np_str key, name, arn;
    int64_t version, newest;
    struct np_str type;
    struct np_str value; /* of a SecureString: base64 of what KMS made */
    struct np_str key_id, modified_by, description, pattern, tier, policies, data_type;
    int64_t modified_ms;
};
bool ssm_is_secure(const struct ssm_param *p);

/* The newest version. *found false: there is none, or it has expired. */
int ssm_find(const struct ssm_db *db, struct np_str key, struct ssm_param *out, bool *found,
             struct np_err *err);
/* The version that the reference selects, of the catalogue too. ParameterNotFound,
 * ParameterVersionNotFound. */
int ssm_resolve(const struct np_req *rq, const struct ssm_db *db, const struct ssm_ref *ref,
                struct ssm_param *out, struct np_err *err);
/* Version `version`; NP_ENOENT: there is none. */
int ssm_find_version(const struct ssm_db *db, struct np_str key, int64_t version,
                     struct ssm_param *out, struct np_err *err);
/* The version that has the label; 0: none. */
int64_t ssm_label_version(const struct ssm_db *db, struct np_str key, struct np_str label);
void ssm_labels(const struct ssm_db *db, struct np_str key, int64_t version, struct np_strs *out);
int64_t ssm_count(const struct ssm_db *db, struct np_str tier);
/* Versions that are kept; *oldest is the lowest. */
int64_t ssm_versions(const struct ssm_db *db, struct np_str key, int64_t *oldest);

/* Rows of the newest versions in the order of keys, after `after`, whose key begins with the
 * prefix. End it with np_q_end(). */
struct np_q *ssm_walk(const struct ssm_db *db, struct np_str prefix, struct np_str after);
struct np_str ssm_row_key(struct np_q *q); /* borrowed until the next row */
/* Versions of a parameter, rising, after `after`. */
struct np_q *ssm_walk_versions(const struct ssm_db *db, struct np_str key, int64_t after);
void ssm_row(const struct ssm_db *db, struct np_q *q, struct ssm_param *out);

/* Adds `p` as the newest version; `old` is what was the newest, NULL: a new parameter. */
int ssm_add_version(struct np_txn *t, const struct ssm_param *p, const struct ssm_param *old,
                    struct np_opt_int expires_ms, struct np_err *err);
int ssm_drop_version(struct np_txn *t, struct np_str key, int64_t version, struct np_err *err);
/* With its versions, labels and tags, whether it has expired or not. *found false: there is none.
 */
int ssm_drop(struct np_txn *t, struct np_str key, bool *found, struct np_err *err);

/* --- the region's catalogue: parameters of everybody, /aws/service/… --- */
bool ssm_in_catalogue(struct np_str key); /* by its prefix */
/* *found false: the catalogue has none of that name. */
void ssm_catalogue_find(const struct np_req *rq, struct np_str key, struct ssm_param *out,
                        bool *found);
/* All that begin with the prefix, in the order of keys. */
size_t ssm_catalogue_list(const struct np_req *rq, struct np_str prefix, struct ssm_param **out);

/* --- values of SecureStrings --- */

/* What a value is sealed for. */
struct ssm_seal {
    struct np_str plain, key_id, arn;
    bool envelope; /* advanced tier: under a data key of its own */
    struct np_str sealed;
};
/* Fills s->sealed, then `done` on the same loop with 0 or a fault in rq->err. Wipes nothing. */
void ssm_seal(struct np_req *rq, struct ssm_seal *s, void (*done)(struct np_req *rq, int rc));

struct ssm_secret {
    struct np_str *value; /* sealed; in its place comes the plain text */
    struct np_str key_id, arn;
    bool envelope;
};
/* Opens them one after another; then the request is done, and what was opened is wiped with it.
 * 0: there are none; NP_LATER. */
int ssm_open(struct np_req *rq, struct ssm_secret *secrets, size_t n);
/* These bytes are zeroed when the request ends. */
void ssm_wipe_later(struct np_req *rq, struct np_str bytes);

/* --- tags --- */
int ssm_tags_fault(enum np_tag_problem problem, struct np_err *err); /* 0 for NP_TAG_OK */
int ssm_tags_put(struct np_txn *t, struct np_str arn, const struct ssm_TagList *tags,
                 struct np_err *err);

/* --- listing --- */
struct ssm_page {
    size_t limit;
    struct np_str after; /* absent at the start */
    uint64_t hash;
};
int ssm_page_begin(const struct np_req *rq, size_t limit, struct np_str token, uint64_t hash,
                   struct ssm_page *page, struct np_err *err);
/* The part of a parameter that filters look at. Values live in the database's arena. */
void ssm_facts(const struct ssm_db *db, const struct ssm_param *p, bool tags,
               struct ssm_facts *out);

/* All that are set are pending. */
void ssm_policies_out(struct np_arena *a, const struct ssm_param *p,
                      struct ssm_ParameterPolicyList *out);

#define SSM_INT(i) ((struct np_opt_int){true, (i)})
/* A growing array in an arena. */
#define SSM_PUSH(a, list, item)                                                                    \
    do {                                                                                           \
        if (((list)->n & ((list)->n - 1)) == 0) {                                                  \
            size_t ssm_room = (list)->n == 0 ? 1 : (list)->n * 2;                                  \
            __typeof__((list)->v) ssm_more = np_alloc_array((a), ssm_room, sizeof(*(list)->v));    \
            if ((list)->n != 0)                                                                    \
                memcpy(ssm_more, (list)->v, (list)->n * sizeof(*(list)->v));                       \
            (list)->v = ssm_more;                                                                  \
        }                                                                                          \
        (list)->v[(list)->n++] = (item);                                                           \
        (list)->set = true;                                                                        \
    } while (0)

/* --- service.c, authorize.c, expire.c --- */
int ssm_authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err);
struct ssm_expiry;
struct ssm_expiry *ssm_expiry_new(struct np_core *core);
void ssm_expiry_start(struct ssm_expiry *e); /* on the first worker's loop */
void ssm_expiry_free(struct ssm_expiry *e);  /* NULL is fine */
