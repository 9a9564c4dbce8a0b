/* SPDX-License-Identifier: Apache-2.0 */
/* req_int.h - the front door's side of a request: its phases, its payload, its two ends. */
#pragma once

#include "aws/call.h"
#include "aws/limits.h"
#include "aws/core_int.h"
#include "aws/req.h"
#include "aws/sigv4.h"
#include "base/digest.h"
#include "base/list.h"
#include "http/server.h"
#include "io/job.h"

/* The two ends of a request: an HTTP exchange (front.c) or an in-process one (call.c, rest.c). */
struct np_req_io {
    void (*read)(struct np_req *rq); /* start giving raw body bytes to np_payload_feed() */
    void (*pause)(struct np_req *rq);
    void (*resume)(struct np_req *rq);
    /* The head of a streamed reply; r->body is not used. length -1: unknown. */
    void (*respond)(struct np_req *rq, const struct np_wire_reply *r, int64_t length);
    void (*respond_whole)(struct np_req *rq, const struct np_wire_reply *r, struct np_str body);
    int (*write)(struct np_req *rq, struct np_str data);
    int (*write_ref)(struct np_req *rq, struct np_str data, void (*release)(void *arg), void *arg);
    int (*write_file)(struct np_req *rq, int fd, uint64_t off, uint64_t n);
    void (*on_drain)(struct np_req *rq);
    void (*end)(
        struct np_req *rq); /* the streamed reply is whole; frees the request when it is sent */
    void (*abort)(struct np_req *rq);
    /* A whole reply; frees the request when it is sent. rc 0: `rq->out` is the answer; else
     * rq->err. */
    void (*reply)(struct np_req *rq, int rc);
    /* A raw route's whole answer; frees the request when it is sent. */
    void (*send)(struct np_req *rq, int status, const struct np_http_field *fields, size_t n,
                 struct np_str body);
};

enum np_payload_mode {
    NP_PAYLOAD_PLAIN,   /* bytes as they are; hash compared when the client gave one */
    NP_PAYLOAD_CHUNKED, /* aws-chunked, signed chunks or not, trailers or not */
};

/* Decoder of a streamed payload, see payload.c. */
struct np_payload {
    enum np_payload_mode mode;
    bool check_hash;   /* the SHA-256 of the whole must be `want` */
    bool chunk_signed; /* every chunk carries a signature */
    bool trailer;      /* a trailer section follows the last chunk */
    char want[64];
    char previous[64]; /* signature of the chunk before */
    char chunk_sig[64];
    struct np_digest *sha; /* of the whole or of the chunk */
    int state;
    uint64_t left;          /* of the chunk */
    int64_t decoded_length; /* x-amz-decoded-content-length, -1: not said */
    uint64_t decoded;
    struct np_buf line; /* size line or trailer section being gathered */
    struct np_wire_field *trailers;
    size_t n_trailers;
    bool done;
};

enum np_phase {
    NP_PHASE_HEAD,
    NP_PHASE_BODY,
    NP_PHASE_BEGIN,
    NP_PHASE_APPLY,
    NP_PHASE_REPLY,
    NP_PHASE_SENT
};

/* A reply that is to be kept: its question, and the stamp of the file before it was read. */
struct np_reply_keep {
    struct np_str key; /* absent: it is not */
    uint64_t hash, stamp;
};

struct np_req_state {
    struct np_req *rq;
    struct np_worker *worker;
    struct np_node node; /* in worker->requests */
    enum np_phase phase;
    struct np_http_x *x; /* NULL: gone, or an in-process call */
    struct np_call *call;
    struct np_rest *rest;
    int64_t rest_length;          /* of its body */
    const struct np_route *route; /* a raw route serves it */
    struct np_sig sig;
    struct np_str sig_problem; /* why it could not be parsed; absent: it could */
    bool signed_ok;            /* verified */
    bool new_account;          /* --dev: it is made before the operation */
    bool wait_body_hash;       /* the signature needs the document's hash */
    uint8_t signing_key[32];
    struct np_str body_hash; /* hex of the document, when it was taken */
    struct np_buf doc;
    uint64_t doc_charged; /* bytes taken of the budget for bodies */
    struct np_payload payload;
    np_body_fn *body_fn;
    struct {                     /* an operation within another body */
        np_body_fn *filter, *fn; /* NULL: there is none; the operation has not asked yet */
        struct np_str left;      /* before it asked */
        int rc;                  /* the body broke off before it asked */
        bool paused;
        struct np_defer defer;
    } part;
    void (*gone)(struct np_req *rq);
    void (*drained)(struct np_req *rq);
    struct np_wire_field fields[NP_REPLY_FIELDS_MAX];
    size_t n_fields;
    int status;           /* overrides the model's; 0: no */
    size_t reply_bytes;   /* of the reply's document */
    bool responded, left; /* streamed head is out; the client has left */
    struct np_write write;
    struct np_job job; /* heavy reads */
    struct np_defer defer;
    struct np_reply_kept *kept; /* the reply is this one; valid in the callback that found it */
    struct np_reply_keep keep;
    int done_rc; /* of np_req_done(), until the deferred end */
    struct np_identity anonymous;
};

/* --- auth.c --- */
/* Signature of the head: fills state->sig and rq->who, or says that the document's hash is needed
 * first (wait_body_hash). Unsigned requests get the anonymous identity. */
int np_auth_head(struct np_req *rq, struct np_err *err);
int np_auth_body(struct np_req *rq, struct np_err *err); /* with state->body_hash */
void np_auth_anonymous(struct np_req *rq);
/* What to do with the payload, from x-amz-content-sha256 and friends. */
int np_payload_init(struct np_req *rq, struct np_err *err);
/* Gives decoded runs to fn(arg); 0, or an error in err. `end` when the raw body has ended. */
int np_payload_feed(struct np_req *rq, struct np_str raw, bool end, struct np_err *err);
void np_payload_fini(struct np_req *rq);

/* --- dispatch.c --- */
void np_dispatch(
    struct np_req *rq); /* `in` is decoded and the caller known: validate, authorise, run */
/* call.c: a request of this process, its caller known; rq->err says if that may not be. */
struct np_req *np_call_req(struct np_core *core, struct np_loop *l,
                           const struct np_service_model *model, const struct np_caller *caller);
/* front.c: a head in rq->wire, its caller known: routes, then the operation. */
void np_front_serve(struct np_req *rq);
/* front.c: makes it the request's operation; false: its service has none such. */
bool np_req_choose(struct np_req *rq, const struct np_codec_op *c);
/* authorize.c: is the endpoint that it came by one of its service? */
bool np_endpoint_takes(const struct np_req *rq);
int np_dispatch_authorize(struct np_req *rq, struct np_err *err);
void np_req_finish(struct np_req *rq, int rc); /* 0 or an error: answers; NP_LATER: nothing yet */
void np_signing_keys_free(struct np_worker *w);
void np_req_free(struct np_req *rq);
struct np_req *np_req_new(struct np_worker *w);
/* The fault that rq->err stands for, in the service's and protocol's own code. */
void np_req_error(struct np_req *rq, struct np_wire_error *e);
/* Fills r: head (and body) of the reply from rq->out, or from rq->err when rc != 0. */
void np_req_encode(struct np_req *rq, int rc, struct np_wire_reply *r);
/* Runs the raw bytes of a body through the payload decoder to state->body_fn. */
void np_req_feed(struct np_req *rq, int rc, struct np_str raw, bool end);

/* --- replies.c --- */
/* Before a read runs: true if its reply is here (state->kept), and need not be read. */
bool np_replies_find(struct np_req *rq);
void np_replies_take(struct np_req *rq, struct np_wire_reply *r); /* that reply, with this id */
/* A good reply, just encoded, nothing added to its head yet. */
void np_replies_keep(struct np_req *rq, const struct np_wire_reply *r);
void np_replies_free(struct np_worker *w);
size_t np_replies_bytes(const struct np_worker *w); /* of all that it keeps */

/* --- local.c: /_nephele --- */
bool np_local_serve(struct np_req *rq);
/* --- audit.c --- */
int np_audit_write(struct np_txn *t, struct np_req *rq, struct np_err *err);
/* Members of an event: those that all calls of its kind by one client share, which have the same
 * key, and its own, of at most 256 KiB. */
void np_audit_kind(const struct np_req *rq, int rc, struct np_buf *b);
void np_audit_kind_key(const struct np_req *rq, struct np_buf *b);
void np_audit_own(struct np_req *rq, int rc, struct np_buf *b);

/* --- audit_files.c --- */
void np_audit_read(struct np_req *rq, int rc);
struct np_audit_ring *np_audit_ring_new(struct np_worker *w);
void np_audit_ring_free(struct np_audit_ring *r);
