/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - what a call puts into a session: policies that limit it and tags. */
#include "services/sts/sts_int.h"

#include "aws/arn.h"
#include "engines/policy/policy.h"

/* --- tags --- */

static const struct np_tag *tag_of(const struct np_tag *tags, size_t n, struct np_str key)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_ieq(tags[i].key, key))
            return &tags[i];
    return NULL;
}

int sts_tags_read(struct np_arena *a, const struct sts_tagListType *in, const struct np_tag **tags,
                  size_t *n, struct np_err *err)
{
    struct np_tag *list = np_new_array(a, struct np_tag, in->n + 1);
    for (size_t i = 0; i < in->n; i++) {
        const struct sts_Tag *t = &in->v[i];
        if (tag_of(list, i, t->Key) != NULL)
            return np_fault(err, &STS_InvalidParameterValue,
                            "Duplicate tag keys found. Please note that Tag keys are case "
                            "insensitive.");
        if (np_str_istarts(t->Key, NP_STR("aws:")))
            return np_fault(err, &STS_InvalidParameterValue,
                            "Tag keys that begin with aws: are reserved, leave out %.*s.",
                            NP_FMT(t->Key));
        list[i].key = t->Key;
        list[i].value = t->Value.p != NULL ? t->Value : NP_STR("");
    }
    *tags = list;
    *n = in->n;
    return 0;
}

static bool has_key(const struct np_strs *keys, struct np_str key)
{
    for (size_t i = 0; i < keys->n; i++)
        if (np_str_ieq(keys->v[i], key))
            return true;
    return false;
}

static int check_transitive(const struct sts_wish *w, const struct np_identity *caller,
                            size_t inherited, struct np_err *err)
{
    for (size_t i = 0; i < w->n_tags; i++)
        if (tag_of(caller != NULL ? caller->session_tags : NULL, inherited, w->tags[i].key) != NULL)
            return np_fault(err, &STS_InvalidParameterValue,
                            "One of the specified transitive tag keys can't be set because it "
                            "conflicts with a transitive tag key from the calling session.");
    for (size_t i = 0; i < w->transitive.n; i++)
        if (tag_of(w->tags, w->n_tags, w->transitive.v[i]) == NULL)
            return np_fault(err, &STS_InvalidParameterValue,
                            "The specified transitive tag key must be included in the requested "
                            "tags.");
    return 0;
}

/* Those that go on to further sessions stand first: see struct np_identity. */
static int set_tags(struct np_arena *a, const struct sts_wish *w, const struct np_identity *caller,
                    struct np_identity *who, struct np_err *err)
{
    size_t inherited = caller != NULL ? caller->n_transitive_tags : 0, n = 0;
    int rc = check_transitive(w, caller, inherited, err);
    if (rc != 0)
        return rc;
    struct np_tag *tags = np_new_array(a, struct np_tag, inherited + w->n_tags + 1);
    for (size_t i = 0; i < inherited; i++)
        tags[n++] = caller->session_tags[i];
    for (size_t i = 0; i < w->n_tags; i++)
        if (has_key(&w->transitive, w->tags[i].key))
            tags[n++] = w->tags[i];
    who->n_transitive_tags = n;
    for (size_t i = 0; i < w->n_tags; i++)
        if (!has_key(&w->transitive, w->tags[i].key))
            tags[n++] = w->tags[i];
    who->session_tags = tags;
    who->n_session_tags = n;
    return 0;
}

/* --- policies --- */

static int check_policy(struct np_str text, struct np_err *err)
{
    struct np_policy *p = NULL;
    struct np_err why = {0};
    if (np_policy_compile(text, NP_POLICY_IDENTITY, &p, &why) != 0)
        return np_fault(err, &STS_MalformedPolicyDocumentException, "%.*s", (int)why.n, why.text);
    np_policy_unref(p);
    return 0;
}

static int add_managed(struct np_req *rq, const struct sts_wish *w, struct sts_session *s,
                       struct np_err *err)
{
    size_t n = w->policy_arns->n;
    if (n > STS_POLICY_ARNS_MAX)
        return np_fault(err, &STS_ValidationError,
                        "1 validation error detected: Value at 'policyArns' failed to satisfy "
                        "constraint: Member must have length less than or equal to %d",
                        STS_POLICY_ARNS_MAX);
    s->policy_arns.v = np_new_array(rq->arena, struct np_str, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct np_str text = w->policy_arns->v[i].arn;
        struct np_arn arn;
        bool ours = np_arn_parse(text, &arn) &&
                    (np_str_is(arn.account, "aws") || np_str_eq(arn.account, w->account));
        if (!ours || iam_managed_policy(rq->core, text) == NULL)
            return np_fault(err, &STS_ValidationError,
                            "The policy %.*s does not exist or is not attachable.", NP_FMT(text));
        s->policy_arns.v[s->policy_arns.n++] = text;
    }
    return 0;
}

/* --- the size of it all --- */

static int pack(const struct sts_session *s, struct np_opt_int *percent, struct np_err *err)
{
    size_t policies = s->policy.n, tags = 0;
    for (size_t i = 0; i < s->policy_arns.n; i++)
        policies += s->policy_arns.v[i].n;
    for (size_t i = 0; i < s->who.n_session_tags; i++)
        tags += s->who.session_tags[i].key.n + s->who.session_tags[i].value.n;
    size_t all = policies + tags, used = (all * 100 + STS_PACKED_MAX - 1) / STS_PACKED_MAX;
    if (all > STS_PACKED_MAX && tags > policies)
        return np_fault(err, &STS_PackedPolicyTooLargeException,
                        "Packed size of session tags consumes %zu%% of allotted space.", used);
    if (all > STS_PACKED_MAX)
        return np_fault(err, &STS_PackedPolicyTooLargeException,
                        "Packed policy consumes %zu%% of allotted space, please use smaller "
                        "policy.",
                        used);
    *percent = (struct np_opt_int){all != 0, (int64_t)used};
    return 0;
}

int sts_session_limit(struct np_req *rq, const struct sts_wish *w, const struct np_identity *caller,
                      struct sts_session *s, struct np_opt_int *packed, struct np_err *err)
{
    int rc = w->policy.p != NULL ? check_policy(w->policy, err) : 0;
    if (rc != 0)
        return rc;
    s->policy = w->policy;
    if (w->policy_arns != NULL)
        rc = add_managed(rq, w, s, err);
    if (rc == 0)
        rc = set_tags(rq->arena, w, caller, &s->who, err);
    return rc == 0 ? pack(s, packed, err) : rc;
}
