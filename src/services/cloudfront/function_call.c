/* SPDX-License-Identifier: Apache-2.0 */
/* function_call.c - a viewer function between the engine that has a request and the one that runs
 * code. */
#include "services/cloudfront/function.h"

#include "base/arena.h"
#include "base/log.h"
#include "io/loop.h"

struct calling {
    struct np_edge_event *event;
    struct np_str text; /* of the event */
    void (*done)(void *x, int rc);
    void *x;
};

/* Reads what the function returned, and makes the event that. */
static int take(struct calling *c, struct np_str value, struct np_err *err)
{
    struct np_arena *a = c->event->arena;
    struct np_json *event, *answer;
    int rc = np_json_parse(a, c->text, &event, err);
    if (rc == 0)
        rc =
            np_json_parse(a, value.p != NULL ? np_str_dup(a, value) : NP_STR("null"), &answer, err);
    if (rc == 0)
        rc = cloudfront_event_check(event, answer, err);
    if (rc == 0)
        cloudfront_event_apply(c->event, event, answer);
    return rc;
}

static void ended(void *arg, const struct np_edgefn_result *r)
{
    struct calling *c = arg;
    struct np_err err = {0};
    int rc = r->outcome == NP_EDGEFN_OK ? take(c, r->value, &err)
                                        : np_err(&err, NP_EINVAL, "%.*s", NP_FMT(r->error));
    if (rc != 0)
        np_log(NP_DEBUG, "cloudfront.function", "distribution=%.*s error=\"%.*s\"",
               NP_FMT(c->event->dist_id), NP_FMT(np_err_text(&err)));
    c->done(c->x, rc);
}

void cloudfront_function_call(void *arg, const void *function, struct np_edge_worker *w,
                              struct np_edge_event *e, void (*done)(void *x, int rc), void *x)
{
    const struct cloudfront_state *s = arg;
    struct np_loop *loop = np_edge_worker_loop(w);
    struct calling *c = np_new(e->arena, struct calling);
    *c = (struct calling){e, cloudfront_event_write(e), done, x};
    np_edgefn_call(s->functions, loop, (struct np_edgefn_code *)(uintptr_t)function, c->text,
                   np_region_ms(loop), ended, c);
}
