/* SPDX-License-Identifier: Apache-2.0 */
/* provider.h - what the front door needs to know and services tell: keys, policies, resources.
 *
 * Providers are registered in a service's init and called on workers; they answer from projections
 * without a query and never wait. What they hand out is valid until the handler returns to its
 * loop.
 */
#pragma once

#include "aws/identity.h"

struct np_core;
struct np_req;
struct np_txn;

struct np_key {
    struct np_str
        secret; /* plain; wiped with the arena's end is not needed: it lives in the projection */
    bool active;
    struct np_identity who; /* strings in `a` or the projection */
    int64_t expires_ms;     /* 0: never */
};
struct np_identity_provider {
    void *arg;
    /* Long-term key. NP_ENOENT: unknown. */
    int (*key)(void *arg, struct np_arena *a, struct np_str access_key_id, struct np_key *out);
    /* Key of a session token (STS). NP_ENOENT, NP_EINVAL (token malformed or of another key). */
    int (*session)(void *arg, struct np_arena *a, struct np_str access_key_id, struct np_str token,
                   struct np_key *out);
    /* Policies that apply to the principal; arrays in `a` or the projection. NP_ENOENT: it is gone.
     */
    int (*policies)(void *arg, struct np_arena *a, const struct np_identity *who,
                    struct np_policy_input *io);
    /* Tags of the principal (aws:PrincipalTag). */
    size_t (*principal_tags)(void *arg, struct np_arena *a, const struct np_identity *who,
                             const struct np_tag **out);
    /* Told of every authenticated use of a key, temporary ones too; cheap (last-used figures are
     * flushed once a minute). */
    void (*used)(void *arg, const struct np_req *rq, struct np_str access_key_id);
};
/* IAM registers all but `session`, STS registers `session`: members that are NULL leave what is
 * there. */
void np_provide_identity(struct np_core *core, const struct np_identity_provider *p);
const struct np_identity_provider *np_identity(const struct np_core *core);

/* Resource policy and tags by ARN, for simulation and cross-service checks. */
struct np_resource_provider {
    const char *service; /* third field of the ARN: "s3" */
    void *arg;
    int (*policy)(void *arg, struct np_str arn, const struct np_policy **policy,
                  struct np_str *account);
    int (*tags)(void *arg, struct np_arena *a, struct np_str arn, const struct np_tag **tags,
                size_t *n);
};
void np_provide_resource(struct np_core *core, const struct np_resource_provider *p);
const struct np_resource_provider *np_resource(const struct np_core *core, struct np_str arn);

/* Accounts: whether an account id exists; making the one of the transaction's scope, of state.db
 * (under --dev the first call in an account does). */
struct np_account_provider {
    void *arg;
    bool (*exists)(void *arg, struct np_str account);
    int (*make)(struct np_txn *t, struct np_err *err);
};
void np_provide_accounts(struct np_core *core, const struct np_account_provider *p);
bool np_account_exists(const struct np_core *core, struct np_str account);

/* Routes that are no operation. The front door asks in order of registration; the first that
 * answers takes it. */
struct np_route {
    const struct np_service *svc;
    /* Looks at host, method, path, query, headers: 0 not mine; 1 mine, call `serve`; 2 an operation
     * of svc after rewriting *rq->wire (virtual-host style); NP_ROUTE_HAND: rq->hand says who takes
     * the exchange, unread, and the request is no more. Before authentication. */
    int (*match)(struct np_core *core, struct np_req *rq);
    /* Whole request, unauthenticated unless it asks np_authenticate(). As a read handler, out NULL.
     */
    int (*serve)(struct np_req *rq, struct np_err *err);
};
#define NP_ROUTE_HAND 3
void np_route_add(struct np_core *core, const struct np_route *r);
/* Host names that a resource owns (bucket website, alias): the browser rules accept them. */
void np_host_add(struct np_core *core, bool (*owned)(struct np_core *core, struct np_str host));
/* A page of the gateway itself, below /_nephele/: for programs of this host, `writes` only with the
 * data directory's token. serve() ends with np_req_send(). */
struct np_page {
    const char *method, *path;
    bool writes;
    void (*serve)(struct np_req *rq);
};
void np_page_add(struct np_core *core, const struct np_page *p);
