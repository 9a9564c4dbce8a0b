/* SPDX-License-Identifier: Apache-2.0 */
/* probe.h - one look at a server: does it take a connection, answer with a good status, say a text?
 *
 * Certificates are not verified: what is asked is whether the server lives, not who it is.
 * Life: a probe is gone when `done` is called or it is cancelled.
 * Threads: everything on the loop of its environment.
 */
#pragma once

#include "base/err.h"
#include "io/net.h"

struct np_loop;
struct np_tls;
struct np_http_pool;

enum np_probe_kind { NP_PROBE_TCP, NP_PROBE_HTTP, NP_PROBE_HTTPS };

struct np_probe_target {
    enum np_probe_kind kind;
    struct np_str address; /* numeric; absent: `host` is looked up each time */
    struct np_str host;    /* name: of the Host field and of SNI */
    uint16_t port;
    struct np_str path;   /* HTTP: begins with '/' */
    struct np_str search; /* HTTP: absent: the status decides */
    bool sni;             /* HTTPS: says `host` in the handshake */
    struct np_str agent;  /* User-Agent */
};

typedef void np_probe_found_fn(void *x, int rc, const struct np_addr *to, const struct np_err *err);
/* How probes reach the world. */
struct np_probe_env {
    struct np_loop *loop;
    const struct np_egress *egress;
    struct np_tls *tls;        /* a client's that verifies nothing; NULL: no HTTPS */
    struct np_http_pool *pool; /* keeps no connection */
    /* From a name or numeric address to what may be dialled: calls `found` once, never from inside,
     * unless it is cancelled. */
    void *(*find)(void *arg, struct np_str host, uint16_t port, np_probe_found_fn *found, void *x);
    void (*cancel)(void *arg, void *finding);
    void *arg;
};

struct np_probe;
/* `status` is a sentence ("Success: HTTP Status Code 200, OK"), `at` the address that was looked at
 * (NULL: none was found); both valid for the call. Never called from inside np_probe_start(). */
typedef void np_probe_fn(void *x, bool ok, struct np_str status, const struct np_addr *at);

/* The target's texts are copied. */
struct np_probe *np_probe_start(const struct np_probe_env *env, const struct np_probe_target *t,
                                np_probe_fn *done, void *x);
void np_probe_cancel(struct np_probe *p); /* NULL is fine */
