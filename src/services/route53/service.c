/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - Route 53 as a service: registers, starts, ends. */
#include "aws/invalid.h"
#include "services/route53/answer.h"
#include "services/route53/route53_int.h"

extern const struct np_migration route53_migrations[];
extern const size_t route53_migrations_n;
extern const struct np_service route53_service;

struct route53_state *route53_state(const struct np_core *core)
{
    return np_core_state(core, "route53");
}

/* --- the front door's words in ours --- */

static int invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err)
{
    struct np_str rule = np_invalid_rule(rq->arena, why), name = np_invalid_name(rq->arena, why);
    if (why->kind == NP_INVALID_REFUSED)
        return np_fault(err, &ROUTE53_InvalidInput,
                        "%s: this region does not carry out '%.*s'; leave it out.",
                        rq->op->codec->name, NP_FMT(why->path));
    struct np_str value = why->value.p != NULL ? why->value : NP_STR("null");
    const char *quote = why->value.p != NULL ? "'" : "";
    return np_fault(err, &ROUTE53_InvalidInput,
                    "1 validation error detected: Value %s%.*s%s at '%.*s' failed to satisfy "
                    "constraint: %.*s",
                    quote, NP_FMT(value), quote, NP_FMT(name), NP_FMT(rule));
}

static const struct {
    const struct np_fault_def *from, *to;
} faults[] = {
    {&NP_SerializationException, &ROUTE53_MalformedInput},
    {&NP_MalformedQueryString, &ROUTE53_MalformedInput},
    {&NP_ThrottlingException, &ROUTE53_Throttling},
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
    struct route53_state *s = np_heap_new(struct route53_state);
    (void)err;
    s->core = core;
    np_core_set_state(core, "route53", s);
    s->checker = route53_checker_new(core);
    s->projection = route53_projection_new(core);
    route53_answer_register(core);
    route53_servers_register(core);
    return 0;
}

static int start(struct np_core *core, struct np_err *err)
{
    int rc = route53_checker_start(route53_state(core)->checker, err);
    return rc == 0 ? route53_signing_start(core, err) : rc;
}

static void fini(struct np_core *core)
{
    struct route53_state *s = route53_state(core);
    if (s == NULL)
        return;
    route53_signing_stop(core);
    route53_checker_free(s->checker);
    route53_projection_free(s->projection);
    np_free(s);
}

const struct np_service route53_service = {
    .name = "route53",
    .model = &route53_model,
    .migrations = route53_migrations,
    .n_migrations = 1,
    .global = true,
    .init = init,
    .start = start,
    .fini = fini,
    .authorize = route53_authorize,
    .invalid = invalid,
    .map_fault = map_fault,
};
