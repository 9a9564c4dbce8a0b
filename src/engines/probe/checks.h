/* SPDX-License-Identifier: Apache-2.0 */
/* checks.h - health checks: servers that are looked at again and again from several places, and
 * what follows from that.
 *
 * Each place has its own prober and changes its mind after `threshold` looks in a row that say the
 * other thing. A check is healthy when more than 18 % of its probers say so. Times are of the
 * region's clock: when it is moved on, what is due is done at once, one look a prober.
 *
 * Threads: the loop's, but for np_checks_observe().
 */
#pragma once

#include "engines/probe/probe.h"

struct np_checks;
struct np_arena;

struct np_checks_opts {
    struct np_probe_env env; /* its pool is made here */
    /* The check has changed; never from inside a call. */
    void (*changed)(void *arg, struct np_str id, bool healthy);
    void *arg;
};
struct np_check_opts {
    struct np_probe_target target;
    uint32_t interval_ms;
    unsigned threshold;
    const struct np_str *places; /* names of regions */
    size_t n_places;
    bool unhealthy; /* what it is taken for until its probers say something */
};

int np_checks_new(const struct np_checks_opts *o, struct np_checks **out, struct np_err *err);
void np_checks_free(struct np_checks *c); /* NULL is fine */

/* Adds, or changes one that is there: its probers begin anew, its health stays. Strings are
 * copied. */
void np_checks_put(struct np_checks *c, struct np_str id, const struct np_check_opts *o);
void np_checks_remove(struct np_checks *c, struct np_str id); /* fine if it is not there */

/* What each prober saw last. */
struct np_observation {
    struct np_str place, address, status;
    int64_t checked_ms; /* region clock */
};
/* Any thread. failures: of each prober its last failure, for those that had one. NP_ENOENT: there
 * is no such check. */
int np_checks_observe(struct np_checks *c, struct np_arena *a, struct np_str id, bool failures,
                      struct np_observation **out, size_t *n);
