/* SPDX-License-Identifier: Apache-2.0 */
/* issuer.c - keys of OpenID Connect issuers: two documents, kept by each loop. */
#include "aws/issuer.h"

#include "aws/fetch.h"
#include "aws/limits.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/map.h"
#include "io/loop.h"

#define PURPOSE "oidc"

struct waiter {
    struct np_node node;
    np_issuer_done_fn *done;
    void *arg;
};

struct issuer {
    struct np_node node; /* of the table, the one asked for last first */
    struct np_core *core;
    struct np_loop *loop;
    struct np_str url; /* owned */
    struct np_jwks *keys;
    int64_t fetched_ms; /* region clock */
    bool fetching, answering;
    struct np_node waiters;
    struct np_defer defer;
    struct np_err err;
};

struct table {
    struct np_map *by_url;
    struct np_node order;
};

/* --- the table --- */

static void *table_new(struct np_loop *l)
{
    (void)l;
    struct table *t = np_heap_new(struct table);
    t->by_url = np_map_new();
    np_list_init(&t->order);
    return t;
}

static void drop_waiters(struct issuer *is)
{
    for (struct np_node *n; (n = np_list_pop(&is->waiters)) != NULL;)
        np_free(NP_CONTAINER(n, struct waiter, node));
}

static void issuer_free(struct table *t, struct issuer *is)
{
    np_map_del(t->by_url, is->url);
    np_list_remove(&is->node);
    np_defer_cancel(&is->defer);
    drop_waiters(is);
    np_jwks_free(is->keys);
    np_free((void *)(uintptr_t)is->url.p);
    np_free(is);
}

static void table_free(void *p)
{
    struct table *t = p;
    while (!np_list_empty(&t->order))
        issuer_free(t, NP_CONTAINER(t->order.next, struct issuer, node));
    np_map_free(t->by_url, NULL);
    np_free(t);
}

/* The one that nobody asked for the longest goes, if nobody waits for it. */
static void make_room(struct table *t)
{
    if (np_map_count(t->by_url) < NP_ISSUERS_MAX)
        return;
    struct issuer *last = NP_CONTAINER(t->order.prev, struct issuer, node);
    if (np_list_empty(&last->waiters))
        issuer_free(t, last);
}

static struct issuer *issuer_of(struct np_core *core, struct np_loop *l, struct np_str url)
{
    static const char key;
    struct table *t = np_loop_local(l, &key, table_new, table_free);
    struct issuer *is = np_map_get(t->by_url, url);
    if (is == NULL) {
        make_room(t);
        is = np_heap_new(struct issuer);
        is->core = core;
        is->loop = l;
        char *copy = np_heap_alloc(url.n + 1);
        memcpy(copy, url.p, url.n);
        is->url = np_str_n(copy, url.n);
        np_list_init(&is->waiters);
        np_map_put(t->by_url, is->url, is);
    }
    np_list_remove(&is->node);
    np_list_prepend(&t->order, &is->node);
    return is;
}

/* --- answering --- */

static void answer(void *arg)
{
    struct issuer *is = arg;
    struct np_node ready;
    is->answering = false;
    np_list_init(&ready);
    for (struct np_node *n; (n = np_list_pop(&is->waiters)) != NULL;)
        np_list_append(&ready, n);
    bool failed = is->err.code != 0;
    for (struct np_node *n; (n = np_list_pop(&ready)) != NULL;) {
        struct waiter *w = NP_CONTAINER(n, struct waiter, node);
        w->done(w->arg, failed ? NULL : is->keys, &is->err);
        np_free(w);
    }
}

static void answer_later(struct issuer *is)
{
    if (is->answering)
        return;
    is->answering = true;
    np_defer(is->loop, &is->defer, answer, is);
}

/* --- fetching --- */

static void failed(struct issuer *is, const struct np_err *err)
{
    is->err = *err;
    is->fetching = false;
    answer_later(is);
}

static int check_reply(struct issuer *is, int rc, int status, const struct np_err *err,
                       const char *what)
{
    struct np_err why = *err;
    if (rc == 0 && status == 200)
        return 0;
    if (rc == 0)
        rc = np_err(&why, NP_EPROTO, "it answers %d", status);
    np_err_prefix(&why, "%s of %.*s", what, NP_FMT(is->url));
    failed(is, &why);
    return rc;
}

static void ask(struct issuer *is, struct np_str url, np_fetch_fn *done)
{
    const struct np_fetch_opts opts = {.purpose = PURPOSE,
                                       .url = url,
                                       .max_bytes = NP_JWKS_BYTES_MAX,
                                       .timeout_ms = NP_ISSUER_TIMEOUT_MS};
    np_fetch(is->core, is->loop, &opts, done, is);
}

static void got_keys(void *arg, int rc, int status, struct np_str body, const struct np_err *err)
{
    struct issuer *is = arg;
    struct np_jwks *keys;
    struct np_err why;
    if (check_reply(is, rc, status, err, "the keys") != 0)
        return;
    if (np_jwks_parse(body, &keys, &why) != 0) {
        why.code = NP_EPROTO;
        failed(is, &why);
        return;
    }
    np_jwks_free(is->keys);
    is->keys = keys;
    is->fetched_ms = np_region_ms(is->loop);
    is->fetching = false;
    is->err.code = 0;
    answer_later(is);
}

static struct np_str without_slash(struct np_str url)
{
    if (np_str_ends(url, NP_STR("/")))
        url.n--;
    return url;
}

static struct np_str keys_url(struct np_arena *a, const struct issuer *is, struct np_str document,
                              struct np_err *err)
{
    struct np_json *j = NULL;
    if (np_json_parse(a, document, &j, NULL) != 0) {
        np_err(err, NP_EPROTO, "the discovery document of %.*s is no JSON", NP_FMT(is->url));
        return NP_STR_NULL;
    }
    struct np_str named = np_json_str(j, NP_STR("issuer")),
                  url = np_json_str(j, NP_STR("jwks_uri"));
    if (!np_str_eq(without_slash(named), without_slash(is->url))) {
        np_err(err, NP_EPROTO, "the discovery document of %.*s is of another issuer",
               NP_FMT(is->url));
        return NP_STR_NULL;
    }
    if (np_str_istarts(url, NP_STR("https://")))
        return url;
    np_err(err, NP_EPROTO, "the discovery document of %.*s names no jwks_uri of https",
           NP_FMT(is->url));
    return NP_STR_NULL;
}

static void got_document(void *arg, int rc, int status, struct np_str body,
                         const struct np_err *err)
{
    struct issuer *is = arg;
    struct np_err why;
    if (check_reply(is, rc, status, err, "the discovery document") != 0)
        return;
    struct np_arena *a = np_arena_new();
    struct np_str url = keys_url(a, is, body, &why);
    if (url.p == NULL)
        failed(is, &why);
    else
        ask(is, url, got_keys);
    np_arena_free(a);
}

static void fetch(struct issuer *is)
{
    struct np_arena *a = np_arena_new();
    is->fetching = true;
    ask(is, np_str_cat(a, without_slash(is->url), NP_STR("/.well-known/openid-configuration")),
        got_document);
    np_arena_free(a);
}

static bool is_fresh(const struct issuer *is, bool miss)
{
    int64_t age = np_region_ms(is->loop) - is->fetched_ms;
    return is->keys != NULL && age < (miss ? NP_JWKS_MISS_MS : NP_JWKS_AGE_MS);
}

void np_issuer_keys(struct np_core *core, struct np_loop *l, struct np_str url, bool fresh,
                    np_issuer_done_fn *done, void *arg)
{
    struct issuer *is = issuer_of(core, l, url);
    struct waiter *w = np_heap_new(struct waiter);
    w->done = done;
    w->arg = arg;
    np_list_append(&is->waiters, &w->node);
    if (is->fetching)
        return;
    if (is_fresh(is, fresh)) {
        is->err.code = 0;
        answer_later(is);
    } else if (!is->answering) {
        fetch(is);
    }
}
