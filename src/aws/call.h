/* SPDX-License-Identifier: Apache-2.0 */
/* call.h - services meet at their APIs: a call of another service's operation, in process,
 * asynchronous, authorised by IAM and written to the audit like any other.
 *
 * The generator writes a typed wrapper for every operation (gen/<svc>/stubs.h).
 * Never from apply (asserted). Threads: the calling loop; `done` runs on it, never from inside the
 * call.
 */
#pragma once

#include "aws/identity.h"
#include "aws/service.h"

struct np_core;
struct np_loop;

enum np_caller_kind {
    NP_CALLER_FORWARD, /* the user's own session, by way of a service (aws:CalledVia) */
    NP_CALLER_SERVICE, /* a service principal, with aws:SourceArn and aws:SourceAccount */
    NP_CALLER_ROLE,    /* a role assumed for the service: the trust policy is checked */
    NP_CALLER_ANONYMOUS,
    NP_CALLER_IDENTITY, /* of CloudFront's, without an account: what resource policies name it by */
};
struct np_caller {
    enum np_caller_kind kind;
    const struct np_identity *session;        /* FORWARD */
    struct np_str service;                    /* "s3.amazonaws.com" */
    struct np_str source_arn, source_account; /* SERVICE */
    struct np_str role_arn, session_name;     /* ROLE */
    struct np_str arn, canonical_user;        /* IDENTITY */
    struct np_str account, region;            /* whose rows the call is about */
};

struct np_call_stream { /* streamed payloads; NULL members: none */
    /* In: the callee pulls. Fill *data (borrowed until the next call), *end at the end; NP_EAGAIN,
     * then np_call_ready(). */
    int (*read)(void *arg, struct np_str *data, bool *end);
    int64_t length; /* -1: unknown */
    /* Out: called with the reply's payload; head() first, when `out` is filled. */
    void (*head)(void *arg, const void *out, int64_t length);
    void (*data)(void *arg, struct np_str data);
};
struct np_call;
/* `in` and what it points at live until done. done gets `out` (valid for the call) or err. */
void np_call(struct np_core *core, struct np_loop *l, const struct np_service_model *model,
             const char *operation, const struct np_caller *caller, const void *in,
             const struct np_call_stream *stream,
             void (*done)(void *arg, int rc, const void *out, const struct np_err *err), void *arg);
