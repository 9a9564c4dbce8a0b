/* SPDX-License-Identifier: Apache-2.0 */
/* service.h - what a service is: its model, its tables, its hooks. services/services.def lists
 * them.
 *
 * Handlers, one function an operation and part (the generator writes their prototypes to ops.h):
 *   a read    int s3_GetObject(rq, in, out, err)           on the worker
 *   a write   int s3_CreateBucket_begin(rq, in, err)       on the worker; may be left out
 *             int s3_CreateBucket_apply(txn, in, out, err) on the writer: rows only
 *             int s3_CreateBucket_reply(rq, in, out, err)  on the worker, after the sync; may be
 * left out read, begin and reply return 0, NP_LATER (np_req_done() or np_req_apply() follows on the
 * same loop), or np_fault(). begin returns np_apply(rq) to go on to apply. `out` is zeroed, in
 * rq->arena.
 */
#pragma once

#include "base/err.h"
#include "codec/schema.h"
#include "store/store.h"

struct np_req;
struct np_core;
struct np_invalid;

typedef int np_read_fn(struct np_req *rq, const void *in, void *out, struct np_err *err);
typedef int np_begin_fn(struct np_req *rq, const void *in, struct np_err *err);
typedef int np_apply_fn(struct np_txn *t, const void *in, void *out, struct np_err *err);
typedef int np_reply_fn(struct np_req *rq, const void *in, void *out, struct np_err *err);

enum np_op_flags {
    NP_OP_READ = 1 << 0,
    NP_OP_HEAVY = 1 << 1,      /* runs as a job on a read snapshot */
    NP_OP_STREAM_IN = 1 << 2,  /* the payload is streamed: np_req_body() */
    NP_OP_STREAM_OUT = 1 << 3, /* the reply's payload is streamed: np_req_respond() */
    NP_OP_DATA = 1 << 4, /* about an object, not a resource: no management event in the audit */
    /* A read whose reply follows from input, account, region and the rows of its file alone: not
     * from caller, time, memory or chance. It may be sent again (replies.c). */
    NP_OP_STEADY = 1 << 5,
    NP_OP_SECRET = 1 << 6, /* sensitive members come or go: the request's memory is wiped */
};

struct np_op {
    const struct np_codec_op *codec;
    np_read_fn *read;   /* with NP_OP_READ */
    np_begin_fn *begin; /* NULL: straight to apply */
    np_apply_fn *apply;
    np_reply_fn *reply;
    uint32_t flags;
    uint32_t body_limit; /* bytes of a document; 0: 1 MiB */
};

struct np_service_model { /* written by the generator: `const struct np_service_model s3_model` */
    const struct np_codec_service *codec;
    const struct np_op *ops; /* in the order of codec->ops */
    size_t n_ops;
    enum np_db db; /* where its writes go */
};

struct np_service {
    const char *name;
    const struct np_service_model *model;
    const struct np_migration *migrations;
    size_t n_migrations;
    const char *action_prefix; /* of IAM actions: "s3"; NULL: the signing name */
    bool global;               /* its rows know no region; requests are signed for us-east-1 */
    bool also_us_east_1;       /* regional, with a global endpoint that is signed for us-east-1 */
    /* Registers projections, providers, outbox kinds, host and path handlers. Before the store
     * starts. */
    int (*init)(struct np_core *core, struct np_err *err);
    /* After the store started: timers, reconcilers. On the first worker's loop. */
    int (*start)(struct np_core *core, struct np_err *err);
    /* The store is closed, the loops stand still but are there: stops its timers, frees. Also when
     * init or start failed. */
    void (*fini)(struct np_core *core);
    /* What the call needs, by np_authorize(); NULL: the operation's own action on "*". Rest
     * services with authorize_on_head are asked before the first body byte, when `in` has only what
     * path, query and headers carry. */
    int (*authorize)(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err);
    bool authorize_on_head;
    /* Rows that an account has before its first operation in a region: is one missing (asked on the
     * worker, of a projection)? Then they are made in a transaction of their own, when the call may
     * happen; twice is fine. NULL: none. */
    bool (*wants_account)(const struct np_req *rq);
    int (*make_account)(struct np_txn *t, struct np_err *err);
    /* Anonymous requests reach authorize() instead of MissingAuthenticationToken. */
    bool anonymous_ok;
    /* Last word on a reply's head (S3's x-amz- fields); may be NULL. */
    void (*finish)(struct np_req *rq, int status);
    /* The service's own fault for one of the front door's, and its message if it differs; NULL: as
     * it is. */
    const struct np_fault_def *(*map_fault)(struct np_req *rq, const struct np_fault_def *fault,
                                            struct np_str *message);
    /* The fault for input that breaks a constraint; NULL: the protocol's ValidationError. */
    int (*invalid)(struct np_req *rq, const struct np_invalid *why, struct np_err *err);
    /* May a web page of that origin send this request (S3: the bucket's CORS)? NULL: none may. */
    bool (*origin_ok)(struct np_req *rq, struct np_str origin);
    int64_t presigned_ms; /* how long a presigned URL holds; 0: what its X-Amz-Expires says */
    bool sign_path_once;  /* S3: the canonical path is encoded once and not normalised */
    bool sha256_required; /* S3: x-amz-content-sha256 must be there on a signed request */
};
