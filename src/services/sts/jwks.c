/* SPDX-License-Identifier: Apache-2.0 */
/* jwks.c - key sets of identity providers: found by their discovery document, fetched, kept ten
 * minutes. */
#include <pthread.h>

#include "aws/fetch.h"
#include "base/map.h"
#include "codec/json.h"
#include "services/sts/sts_int.h"

#define TIMEOUT_MS 10000

struct entry {
    int64_t at_ms;
    size_t n;
    char text[];
};

struct sts_jwks {
    pthread_mutex_t lock;
    struct np_map *sets; /* url -> struct entry; under lock */
};

struct sts_jwks *sts_jwks_new(void)
{
    struct sts_jwks *j = np_heap_new(struct sts_jwks);
    pthread_mutex_init(&j->lock, NULL);
    j->sets = np_map_new();
    return j;
}

void sts_jwks_free(struct sts_jwks *j)
{
    if (j == NULL)
        return;
    np_map_free(j->sets, np_free);
    pthread_mutex_destroy(&j->lock);
    np_free(j);
}

static struct np_str kept(struct sts_jwks *j, struct np_arena *a, struct np_str url,
                          int64_t oldest_ms)
{
    struct np_str out = NP_STR_NULL;
    pthread_mutex_lock(&j->lock);
    const struct entry *e = np_map_get(j->sets, url);
    if (e != NULL && e->at_ms >= oldest_ms)
        out = np_str_dup(a, np_str_n(e->text, e->n));
    pthread_mutex_unlock(&j->lock);
    return out;
}

static void keep(struct sts_jwks *j, struct np_str url, struct np_str text, int64_t now_ms)
{
    struct entry *e = np_heap_alloc(sizeof(*e) + text.n + 1);
    e->at_ms = now_ms;
    e->n = text.n;
    memcpy(e->text, text.p, text.n);
    pthread_mutex_lock(&j->lock);
    if (np_map_count(j->sets) >= STS_JWKS_PROVIDERS) {
        np_map_free(j->sets, np_free);
        j->sets = np_map_new();
    }
    np_free(np_map_put(j->sets, url, e));
    pthread_mutex_unlock(&j->lock);
}

struct getting {
    struct np_req *rq;
    struct np_str url;
    sts_jwks_fn *done;
    struct np_defer defer;
    struct np_str text;
};

static void tell_kept(void *arg)
{
    struct getting *g = arg;
    g->done(g->rq, 0, g->text, NULL);
}

static void got_keys(void *arg, int rc, int status, struct np_str body, const struct np_err *err)
{
    struct getting *g = arg;
    if (rc == 0 && status != 200)
        rc = NP_EPROTO;
    if (rc == 0)
        keep(sts_state(g->rq->core)->jwks, g->url, body, g->rq->now_ms);
    g->done(g->rq, rc, body, err);
}

static void fetch(struct getting *g, struct np_str url, np_fetch_fn *done)
{
    const struct np_fetch_opts opts = {.purpose = "sts.oidc",
                                       .url = url,
                                       .max_bytes = STS_JWKS_MAX_BYTES,
                                       .timeout_ms = TIMEOUT_MS};
    np_fetch(g->rq->core, g->rq->loop, &opts, done, g);
}

static void got_discovery(void *arg, int rc, int status, struct np_str body,
                          const struct np_err *err)
{
    struct getting *g = arg;
    struct np_json *j;
    struct np_str uri = NP_STR_NULL;
    if (rc == 0 && status == 200 && np_json_parse(g->rq->arena, body, &j, NULL) == 0)
        uri = np_str_dup(g->rq->arena, np_json_str(j, NP_STR("jwks_uri")));
    if (rc == 0 && uri.p == NULL)
        rc = NP_EPROTO;
    if (rc != 0)
        g->done(g->rq, rc, NP_STR_NULL, err);
    else
        fetch(g, uri, got_keys);
}

void sts_jwks_get(struct np_req *rq, struct np_str url, bool fresh, sts_jwks_fn *done)
{
    struct getting *g = np_new(rq->arena, struct getting);
    *g = (struct getting){.rq = rq, .url = url, .done = done};
    int64_t age = fresh ? STS_JWKS_FRESH_MS : STS_JWKS_TTL_MS;
    g->text = kept(sts_state(rq->core)->jwks, rq->arena, url, rq->now_ms - age);
    if (g->text.p != NULL)
        np_defer(rq->loop, &g->defer, tell_kept, g);
    else
        fetch(
            g,
            np_str_printf(rq->arena, "https://%.*s/.well-known/openid-configuration", NP_FMT(url)),
            got_discovery);
}
