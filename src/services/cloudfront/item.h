/* SPDX-License-Identifier: Apache-2.0 */
/* item.h - what has an id, a version and a document beside distributions: policies, origin access,
 * keys. One set of rows, and one way to make, read, change, list and delete them, for all kinds. */
#pragma once

#include "aws/req.h"
#include "codec/schema.h"

enum cloudfront_kind_id {
    CLOUDFRONT_CACHE_POLICY,
    CLOUDFRONT_ORIGIN_REQUEST_POLICY,
    CLOUDFRONT_HEADERS_POLICY,
    CLOUDFRONT_ACCESS_CONTROL,
    CLOUDFRONT_ACCESS_IDENTITY,
    CLOUDFRONT_PUBLIC_KEY,
    CLOUDFRONT_KEY_GROUP,
    CLOUDFRONT_KINDS
};

struct cloudfront_kind {
    const char *name; /* in rows, ARNs and paths */
    const char *path; /* of the API, behind the version */
    const char *id;   /* first letter of ids; NULL: ids are UUIDs */
    const struct np_shape *config;
    const struct np_fault_def *missing, *exists, *in_use, *too_many;
    const char *missing_text, *exists_text, *in_use_text;
    size_t max;
    /* By meaning: the config alone. */
    int (*check)(struct np_arena *a, const void *config, struct np_err *err);
    size_t name_at, reference_at; /* in the config, plus one; 0: it has none */
};
extern const struct cloudfront_kind cloudfront_kinds[CLOUDFRONT_KINDS];

struct cloudfront_item {
    struct np_str id, name, reference, etag;
    int64_t created_ms, modified_ms;
    struct np_str config; /* CBOR */
    bool managed;
};

/* Rows. NP_ENOENT (no fault): there is none, managed ones looked at too. */
int cloudfront_item_get(const struct np_core *core, struct np_dbc *c, const struct np_scope *scope,
                        enum cloudfront_kind_id k, struct np_str id, struct np_arena *a,
                        struct cloudfront_item *out, struct np_err *err);
/* The kind's fault, if it is not there. */
int cloudfront_item_find(struct np_req *rq, enum cloudfront_kind_id k, struct np_str id,
                         struct cloudfront_item *out, struct np_err *err);
/* The document of an item, decoded. */
int cloudfront_item_config(const struct cloudfront_item *item, enum cloudfront_kind_id k,
                           struct np_arena *a, void **out, struct np_err *err);

/* In apply. */
int cloudfront_item_create(struct np_txn *t, enum cloudfront_kind_id k, const void *config,
                           struct cloudfront_item *out, struct np_err *err);
/* if_match: the version that the caller has seen; another one is the fault. */
int cloudfront_item_update(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id,
                           struct np_str if_match, const void *config, struct cloudfront_item *out,
                           struct np_err *err);
int cloudfront_item_delete(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id,
                           struct np_str if_match, struct np_err *err);
/* The item of the account with that CallerReference; NP_ENOENT. */
int cloudfront_item_by_reference(struct np_txn *t, enum cloudfront_kind_id k,
                                 struct np_str reference, struct cloudfront_item *out,
                                 struct np_err *err);

/* Lists: managed ones first, then the account's, by id. `only`: "managed", "custom" or absent. */
struct cloudfront_page {
    struct np_str marker, max_items, only; /* as they came */
    size_t limit;
    struct np_str next; /* the last id of the page; absent at the end */
};
int cloudfront_item_list(struct np_req *rq, enum cloudfront_kind_id k, struct cloudfront_page *p,
                         struct cloudfront_item **out, size_t *n, struct np_err *err);
int cloudfront_page_begin(struct cloudfront_page *p, struct np_str marker, struct np_str max_items,
                          struct np_err *err);

/* --- who uses what (cloudfront_use) --- */
int cloudfront_use(struct np_txn *t, struct np_str user, enum cloudfront_kind_id k,
                   struct np_str id, struct np_err *err);
int cloudfront_unuse(struct np_txn *t, struct np_str user, struct np_err *err);
bool cloudfront_used(struct np_txn *t, enum cloudfront_kind_id k, struct np_str id);

/* --- managed.c: the policies that AWS keeps --- */
struct cloudfront_managed;
struct cloudfront_managed *cloudfront_managed_new(void);
void cloudfront_managed_free(struct cloudfront_managed *m);
size_t cloudfront_managed_list(const struct np_core *core, enum cloudfront_kind_id k,
                               const struct cloudfront_item **out);

/* --- versions --- */
/* InvalidIfMatchVersion, PreconditionFailed. */
int cloudfront_if_match(struct np_str given, struct np_str etag, struct np_err *err);
/* "E" and 13 of A-Z0-9, as ids and ETags are. */
struct np_str cloudfront_new_id(struct np_arena *a, const char *letter);
