/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - KMS as a service: registers, starts, ends. */
#include "services/kms/due.h"

#include "aws/invalid.h"

extern const struct np_migration kms_migrations[];
extern const size_t kms_migrations_n;

struct state {
    struct kms_projection *projection;
    struct kms_due *due;
};

struct kms_projection *kms_projection(const struct np_core *core)
{
    return ((const struct state *)np_core_state(core, "kms"))->projection;
}

/* --- what others ask of a key by its ARN --- */

static const struct kms_key *key_of(const struct np_core *core, struct np_str arn)
{
    struct np_str rest = arn, part, region = NP_STR_NULL, id;
    for (int i = 0; i < 5 && np_str_cut(rest, ':', &part, &rest); i++)
        if (i == 3)
            region = part;
    if (region.p == NULL || !np_str_cut(rest, '/', &part, &id) || !np_str_is(part, "key"))
        return NULL;
    const struct kms_key *k = kms_key_find(core, region, id);
    return k != NULL && np_str_eq(k->arn, arn) ? k : NULL;
}

static int policy_of(void *arg, struct np_str arn, const struct np_policy **policy,
                     struct np_str *account)
{
    const struct kms_key *k = key_of(arg, arn);
    if (k == NULL)
        return NP_ENOENT;
    *policy = k->policy;
    *account = k->account;
    return 0;
}

static int tags_of(void *arg, struct np_arena *a, struct np_str arn, const struct np_tag **tags,
                   size_t *n)
{
    const struct kms_key *k = key_of(arg, arn);
    (void)a;
    if (k == NULL)
        return NP_ENOENT;
    *tags = k->tags;
    *n = k->n_tags;
    return 0;
}

/* --- the front door's words in ours --- */

static int invalid(struct np_req *rq, const struct np_invalid *why, struct np_err *err)
{
    struct np_str rule = np_invalid_rule(rq->arena, why), name = np_invalid_name(rq->arena, why);
    if (why->kind == NP_INVALID_REFUSED)
        return np_fault(err, &KMS_UnsupportedOperationException,
                        "%s: this region does not carry out '%.*s'; leave it out.",
                        rq->op->codec->name, NP_FMT(why->path));
    if (why->kind == NP_INVALID_MISSING || why->value.p == NULL)
        return np_fault(err, &NP_ValidationException,
                        "1 validation error detected: Value null at '%.*s' failed to satisfy "
                        "constraint: %.*s",
                        NP_FMT(name), NP_FMT(rule));
    return np_fault(err, &NP_ValidationException,
                    "1 validation error detected: Value '%.*s' at '%.*s' failed to satisfy "
                    "constraint: %.*s",
                    NP_FMT(why->value), NP_FMT(name), NP_FMT(rule));
}

/* --- life --- */

static int init(struct np_core *core, struct np_err *err)
{
    struct state *s = np_heap_new(struct state);
    (void)err;
    np_core_set_state(core, "kms", s);
    s->projection = kms_projection_new(core);
    np_provide_resource(core, &(struct np_resource_provider){
                                  .service = "kms",
                                  .arg = core,
                                  .policy = policy_of,
                                  .tags = tags_of,
                              });
    return 0;
}

static int start(struct np_core *core, struct np_err *err)
{
    struct state *s = np_core_state(core, "kms");
    (void)err;
    s->due = kms_due_start(core);
    return 0;
}

static void fini(struct np_core *core)
{
    struct state *s = np_core_state(core, "kms");
    if (s == NULL)
        return;
    kms_due_free(s->due);
    kms_projection_free(s->projection);
    np_free(s);
}

const struct np_service kms_service = {
    .name = "kms",
    .model = &kms_model,
    .migrations = kms_migrations,
    .n_migrations = 1, /* files of schema/ */
    .init = init,
    .start = start,
    .fini = fini,
    .authorize = kms_authorize,
    .invalid = invalid,
};
