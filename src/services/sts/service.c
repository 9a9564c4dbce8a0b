/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - STS as a service: sessions for the front door, what its operations need. */
#include "services/sts/sts_int.h"

#include "base/assert.h"

#define ALLOW_NOTHING                                                                              \
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"none:None\","    \
    "\"Resource\":\"*\"}}"

struct sts_state *sts_state(const struct np_core *core)
{
    return np_core_state(core, "sts");
}

static int init(struct np_core *core, struct np_err *err)
{
    struct sts_state *st = np_heap_new(struct sts_state);
    st->core = core;
    st->jwks = sts_jwks_new();
    np_core_set_state(core, "sts", st);
    const struct np_identity_provider sessions = {.arg = st, .session = sts_session_key};
    np_provide_identity(core, &sessions);
    return np_policy_compile(NP_STR(ALLOW_NOTHING), NP_POLICY_IDENTITY, &st->nothing, err);
}

static void fini(struct np_core *core)
{
    struct sts_state *st = sts_state(core);
    if (st == NULL)
        return;
    np_policy_unref(st->nothing);
    sts_jwks_free(st->jwks);
    np_free(st);
}

/* --- authorisation --- */

enum need {
    NEED_NOTHING, /* the operation itself asks, or AWS asks nobody */
    NEED_ALLOWED,
    NEED_NO_ONE, /* not even a signature */
};

static const struct {
    const char *op;
    enum need need;
} needs[] = {
    {"AssumeRole", NEED_NOTHING},
    {"AssumeRoleWithWebIdentity", NEED_NO_ONE},
    {"GetCallerIdentity", NEED_NOTHING},
    {"GetSessionToken", NEED_NOTHING},
};

static enum need need_of(const char *op)
{
    NP_EACH (n, needs)
        if (strcmp(n->op, op) == 0)
            return n->need;
    return NEED_ALLOWED;
}

static int authorize(struct np_req *rq, const struct np_op *op, const void *in, struct np_err *err)
{
    enum need need = need_of(op->codec->name);
    if (need == NEED_NO_ONE)
        return 0;
    if (rq->who->kind == NP_WHO_ANONYMOUS)
        return np_fault(err, &NP_MissingAuthenticationToken,
                        "Request is missing Authentication Token");
    if (need == NEED_NOTHING)
        return 0;
    struct np_access access = {
        .action = np_str_printf(rq->arena, "sts:%s", op->codec->name),
        .resource = NP_STR("*"),
    };
    if (strcmp(op->codec->name, "GetFederationToken") == 0) {
        const struct sts_GetFederationTokenRequest *f = in;
        access.resource = np_str_printf(rq->arena, "arn:aws:sts::%.*s:federated-user/%.*s",
                                        NP_FMT(rq->account), NP_FMT(f->Name));
    }
    return np_authorize(rq, &access, err);
}

const struct np_service sts_service = {
    .name = "sts",
    .model = &sts_model,
    .init = init,
    .fini = fini,
    .authorize = authorize,
    .anonymous_ok = true,
};
