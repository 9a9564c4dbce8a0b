/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - a small document from a web server outside: key sets of identity providers,
 * subscription pages. By the rules of --egress, TLS verified against the host's trust store and the
 * region's own CA.
 *
 * Threads: `done` is called on the loop that asked, once, never from inside np_fetch().
 */
#pragma once

#include "base/err.h"

struct np_core;
struct np_loop;
struct np_addr;

struct np_fetch_opts {
    const char *purpose; /* for np_dial */
    struct np_str url;   /* https://host[:port]/path; http:// only with plain_ok */
    size_t max_bytes;
    uint64_t timeout_ms; /* without an answer or a further byte */
    bool plain_ok;
};
/* body is valid for the call. rc: NP_EINVAL the URL, NP_EACCES no --egress rule, NP_ENOENT the
 * name, NP_E2BIG, NP_ETIMEDOUT, NP_EPROTO, NP_EIO… Any status is a success. */
typedef void np_fetch_fn(void *arg, int rc, int status, struct np_str body,
                         const struct np_err *err);
void np_fetch(struct np_core *core, struct np_loop *l, const struct np_fetch_opts *o,
              np_fetch_fn *done, void *arg);

/* Names to addresses: 0 with *out filled, or an error. Without one only numeric addresses and names
 * below localhost are known. Set before the workers start. */
void np_fetch_set_resolver(struct np_core *core,
                           int (*resolve)(struct np_core *core, struct np_str name,
                                          struct np_addr *out));
