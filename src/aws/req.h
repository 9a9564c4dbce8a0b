/* SPDX-License-Identifier: Apache-2.0 */
/* req.h - a request on its way through the front door, as handlers see it.
 *
 * A request belongs to one worker's loop; between np_apply() and the reply it belongs to the
 * writer and nobody else touches it. Everything it points at lives in rq->arena.
 * Calls from another service (aws/call.h) are requests too: the same authorisation, audit and
 * handlers, with a body that is not a socket's.
 */
#pragma once

#include "aws/fault.h"
#include "aws/identity.h"
#include "aws/service.h"
#include "base/arena.h"
#include "codec/codec.h"
#include "http/http.h"
#include "io/loop.h"

enum np_zone_kind { NP_ZONE_HOST, NP_ZONE_VPC, NP_ZONE_OUTSIDE };
struct np_zone {
    enum np_zone_kind kind;
    struct np_str vpc_id;      /* with NP_ZONE_VPC */
    struct np_str endpoint_id; /* with NP_ZONE_VPC: whose policy has to allow it, too */
    struct np_str source_ip; /* the client, or --client-address in the host zone: aws:SourceIp, in a
                                VPC aws:VpcSourceIp */
    bool secure;             /* aws:SecureTransport: TLS, or host zone unless strict */
    bool tls;
};

struct np_http_handlers;
/* Where a route hands an exchange to (NP_ROUTE_HAND): the handlers of an engine. */
struct np_hand {
    const struct np_http_handlers *http;
    void *arg;          /* of this worker */
    struct np_str host; /* what the engine sees as Host, which NAME.localhost is not; absent: as
                           it was sent */
};

struct np_req_io; /* the body's two ends: an HTTP exchange or an in-process call */

struct np_req {
    uint32_t magic;
    struct np_arena *arena;
    struct np_loop *loop;
    struct np_core *core;
    const struct np_service *svc;
    const struct np_op *op; /* NULL for a raw route */
    enum np_protocol proto;
    struct np_str account,
        region; /* the caller's account (S3 and other resource owners differ: they look) */
    struct np_str request_id, host_id;
    const struct np_identity *who; /* never NULL; anonymous has its own */
    struct np_zone zone;
    struct np_str host; /* Host as sent, lower case, with port */
    struct np_str name; /* that Host without its port, without ".localhost" or another suffix of the
                           region: www.example.com of www.example.com.localhost:4566 */
    struct np_hand hand;         /* of a route's match() */
    struct np_str endpoint;      /* "http://127.0.0.1:4566": base of URLs in replies */
    struct np_wire_request wire; /* path as routed (virtual-host style rewritten to path style) */
    struct np_str sign_path;     /* path as sent, where the route rewrote it; else absent */
    int64_t now_ms;              /* region clock at arrival */
    size_t document_bytes;       /* that the reply will take at least, where a handler says so: room
                                    is made at once */
    void *in, *out;
    struct np_str encoded_denial; /* of services that tell more of a denial to who may read it */
    void *priv;                   /* of the service, from begin to reply; see np_txn_req() */
    struct np_err err;
    const struct np_req_io *io;
    struct np_req_state *state; /* of the front door */
};
#define NP_REQ_MAGIC 0x6e707271u

struct np_str np_req_field(const struct np_req *rq,
                           struct np_str name); /* request header; absent if none */

/* Of a call in process, which has no fields: the text of the input's member that would travel in
 * that one; absent if none. */
struct np_str np_req_bound(const struct np_req *rq, struct np_str name);

/* --- the flow --- */
#define NP_APPLY 2
int np_apply(struct np_req *rq);             /* `return np_apply(rq);` from begin */
void np_req_done(struct np_req *rq, int rc); /* after NP_LATER: rc 0, or an error in rq->err */
void np_req_apply(struct np_req *rq);        /* after NP_LATER in begin: go on to apply */
/* A row was seen to be wrong only now: in apply, the request behind the transaction. */
struct np_req *np_txn_req(struct np_txn *t);
struct np_scope np_req_scope(const struct np_req *rq);
struct np_dbc *
np_req_db(const struct np_req *rq); /* this worker's read connection of the service's file */

/* --- the reply's head --- */
/* Adds a field beside those of the model; value is copied. A name given twice replaces. */
void np_req_reply_field(struct np_req *rq, const char *name, struct np_str value);
void np_req_reply_status(struct np_req *rq, int status); /* instead of the model's */
/* In a service's finish: bytes of the reply's document; of a streamed one 0. */
size_t np_req_reply_length(const struct np_req *rq);

/* --- streamed payloads --- */
/* Bytes of the request's payload: decoded of aws-chunked, every chunk signature and, before the
 * end is reported, hash and trailers checked. rc < 0: rq->err says why and nothing may be kept. fn
 * is never called from inside np_req_body(). `end` comes with absent data. */
typedef void np_body_fn(struct np_req *rq, int rc, struct np_str data, bool end);
void np_req_body(struct np_req *rq, np_body_fn *fn);
void np_req_body_pause(struct np_req *rq);
void np_req_body_resume(struct np_req *rq);
/* Length of the decoded payload if the client said it, else -1. */
int64_t np_req_body_length(const struct np_req *rq);
/* A trailer (checksum) after the end; absent if none. */
struct np_str np_req_trailer(const struct np_req *rq, struct np_str name);

/* Nobody reads `out` itself: it leaves as a document, not to another service that has called. */
bool np_req_document_only(const struct np_req *rq);

/* --- an operation within another body (a form) --- */
/* From here on rq is that operation of its service, with the head that rq->wire has now: it is
 * authorised and run, and the request is finished by it. Called while the body is being read:
 * `filter` takes over from the reader, and is given `left` first, once the operation has asked for
 * its payload; what it hands on by np_req_give() is that payload. The length of it is unknown. */
void np_req_become(struct np_req *rq, const struct np_codec_op *op, np_body_fn *filter,
                   struct np_str left);
void np_req_give(struct np_req *rq, int rc, struct np_str data, bool end);
/* Called when the client left before the request was done (not after np_apply). */
void np_req_on_gone(struct np_req *rq, void (*gone)(struct np_req *rq));
/* It left; who has waited for something else than the body asks, having told np_req_on_gone() not
 * to call. */
bool np_req_left(const struct np_req *rq);

/* In a read or reply with NP_OP_STREAM_OUT: sends status and fields made of `out`; then write and
 * end. length -1: unknown. After np_req_respond() the handler owns the reply until np_req_end() or
 * np_req_abort(), which also finish the request: return NP_LATER. */
int np_req_respond(struct np_req *rq, int64_t length);
/* The whole answer at once, in one system call: respond, write and end. Also finishes the request:
 * return NP_LATER. body is borrowed for the call. */
int np_req_respond_whole(struct np_req *rq, struct np_str body);
int np_req_write(struct np_req *rq, struct np_str data); /* as np_http_write */
int np_req_write_ref(struct np_req *rq, struct np_str data, void (*release)(void *arg), void *arg);
int np_req_write_file(struct np_req *rq, int fd, uint64_t off, uint64_t n);
void np_req_on_drain(struct np_req *rq, void (*drained)(struct np_req *rq));
void np_req_end(struct np_req *rq);
void np_req_abort(struct np_req *rq);

/* A page's exchange goes on with these handlers, unread and unanswered; the request is no more. */
void np_req_hand(struct np_req *rq, const struct np_http_handlers *h, void *arg);

/* A raw route's whole answer (website page, preflight); also finishes the request: return NP_LATER
 * after it. */
void np_req_send(struct np_req *rq, int status, const struct np_http_field *fields, size_t n,
                 struct np_str body);
