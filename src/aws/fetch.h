/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - a small document from a web server outside: key sets of identity providers,
 * subscription pages. To where aws/reach.h leads, TLS verified against the host's trust store
 * (SSL_CERT_FILE counts) and the region's own CA. Redirects are not followed.
 *
 * Threads: `done` is called on the loop that asked, once, never from inside np_fetch(). A loop that
 * ends forgets its fetches.
 */
#pragma once

#include "base/err.h"

struct np_core;
struct np_loop;

struct np_fetch_opts {
    const char *purpose; /* for np_dial */
    struct np_str url;   /* https://host[:port]/path; http:// only with plain_ok */
    size_t max_bytes;
    uint64_t timeout_ms; /* for all of it */
    bool plain_ok;
};
/* body is valid for the call. rc: NP_EINVAL the URL, np_reach()'s for its name, NP_E2BIG,
 * NP_ETIMEDOUT, NP_EPROTO, NP_EIO… Any status is a success. */
typedef void np_fetch_fn(void *arg, int rc, int status, struct np_str body,
                         const struct np_err *err);
void np_fetch(struct np_core *core, struct np_loop *l, const struct np_fetch_opts *o,
              np_fetch_fn *done, void *arg);

/* A URL taken apart; borrowed parts. `host` without brackets; `target` starts with '/'. */
struct np_url {
    bool tls;
    struct np_str host, authority, target;
    uint16_t port;
};
bool np_url_parse(struct np_str text, struct np_url *out);
/* HOST[:PORT]; *port stays as it is without one. */
bool np_authority_parse(struct np_str text, struct np_str *host, uint16_t *port);
