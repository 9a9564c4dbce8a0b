/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - CloudFront as a service: registers, starts, ends. */
#include "aws/logs.h"
#include "services/cloudfront/edge.h"
#include "services/cloudfront/function.h"

#include "aws/invalid.h"

extern const struct np_migration cloudfront_migrations[];
extern const size_t cloudfront_migrations_n;

struct cloudfront_state *cloudfront_state(const struct np_core *core)
{
    return np_core_state(core, "cloudfront");
}

/* --- the front door's words in ours --- */

static int invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err)
{
    struct np_str rule = np_invalid_rule(rq->arena, why), name = np_invalid_name(rq->arena, why);
    if (why->kind == NP_INVALID_REFUSED)
        return np_fault(err, &CLOUDFRONT_UnsupportedOperation,
                        "%s: this region does not carry out '%.*s'; leave it out.",
                        rq->op->codec->name, NP_FMT(why->path));
    /* AWS: tests/wire/cloudfront/errors.wire. */
    if (why->kind == NP_INVALID_MISSING || why->value.p == NULL)
        return np_fault(err, &CLOUDFRONT_MalformedXML,
                        "1 validation error detected: Value null at '%.*s' failed to satisfy "
                        "constraint: %.*s",
                        NP_FMT(name), NP_FMT(rule));
    return np_fault(err, &CLOUDFRONT_MalformedXML,
                    "1 validation error detected: Value '%.*s' at '%.*s' failed to satisfy "
                    "constraint: %.*s",
                    NP_FMT(why->value), NP_FMT(name), NP_FMT(rule));
}

static const struct {
    const struct np_fault_def *from, *to;
} faults[] = {
    {&NP_MalformedQueryString, &CLOUDFRONT_MalformedXML},
    {&NP_UnsupportedOperation, &CLOUDFRONT_UnsupportedOperation},
    {&NP_AccessDenied, &CLOUDFRONT_AccessDenied},
};

static const struct np_fault_def *map_fault(struct np_req *rq, const struct np_fault_def *fault,
                                            struct np_str *message)
{
    (void)rq, (void)message;
    NP_EACH (f, faults)
        if (f->from == fault)
            return f->to;
    return fault;
}

/* --- life --- */

static int init(struct np_core *core, struct np_err *err)
{
    struct cloudfront_state *s = np_heap_new(struct cloudfront_state);
    s->core = core;
    np_core_set_state(core, "cloudfront", s);
    s->managed = cloudfront_managed_new();
    int rc = cloudfront_edge_open(s, err);
    if (rc != 0)
        return rc;
    cloudfront_projection_init(s);
    cloudfront_log_init(s);
    return 0;
}

static int start(struct np_core *core, struct np_err *err)
{
    struct cloudfront_state *s = cloudfront_state(core);
    s->functions = np_edgefn_new(np_core_loop(core, 0), core->config.edge_js);
    return cloudfront_edge_start(s, err);
}

static void fini(struct np_core *core)
{
    struct cloudfront_state *s = cloudfront_state(core);
    if (s == NULL)
        return;
    cloudfront_edge_close(s);
    np_edgefn_free(s->functions);
    np_logs_free(s->logs);
    cloudfront_managed_free(s->managed);
    np_free(s);
}

const struct np_service cloudfront_service = {
    .name = "cloudfront",
    .model = &cloudfront_model,
    .migrations = cloudfront_migrations,
    .n_migrations = 3, /* files of schema/ */
    .global = true,
    .init = init,
    .start = start,
    .fini = fini,
    .authorize = cloudfront_authorize,
    .invalid = invalid,
    .map_fault = map_fault,
};
