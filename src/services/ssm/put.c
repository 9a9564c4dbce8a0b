/* SPDX-License-Identifier: Apache-2.0 */
/* put.c - PutParameter. What becomes of a parameter is planned from the request and the rows: for a
 * SecureString once before its value is sealed, and for all on the writer, where the plan holds. */
#include "aws/identity.h"
#include "codec/pattern.h"
#include "services/ssm/ssm_int.h"

#define TIERS_PAGE                                                                                 \
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/"                                \
    "parameter-store-advanced-parameters.html"

struct plan {
    bool exists;
    struct ssm_param old, next;
    struct np_opt_int expires_ms;
    int64_t drop; /* version that makes room; 0: none */
};

static bool given(struct np_str s)
{
    return s.n != 0;
}

static bool is_advanced(struct np_str tier)
{
    return np_str_is(tier, "Advanced");
}

/* --- what the request says by itself --- */

static int check_value(const struct ssm_PutParameterRequest *in, struct np_err *err)
{
    if (in->Value.n == 0)
        return np_fault(err, &NP_ValidationException,
                        "1 validation error detected: Value '' at 'value' failed to satisfy "
                        "constraint: Member must have length greater than or equal to 1.");
    if (in->Overwrite.v && in->Tags.n != 0)
        return np_fault(err, &NP_ValidationException,
                        "Invalid request: tags and overwrite can't be used together. To create a "
                        "parameter with tags, please remove overwrite flag. To update tags for an "
                        "existing parameter, please use AddTagsToResource or "
                        "RemoveTagsFromResource.");
    return 0;
}

static int check_data_type(const struct ssm_param *p, struct np_str value, struct np_err *err)
{
    static const char hooks[] = "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/";
    if (np_str_is(p->data_type, "text"))
        return 0;
    if (np_str_is(p->data_type, "aws:ec2:image")) {
        if (!np_str_is(p->type, "String"))
            return np_fault(err, &NP_ValidationException,
                            "The data type aws:ec2:image is for parameters of the type String.");
        return ssm_image_id_ok(value)
                   ? 0
                   : np_fault(
                         err, &NP_ValidationException,
                         "The parameter value of the data type aws:ec2:image must be the id of "
                         "an image, in the form ami-12345abcdeEXAMPLE.");
    }
    if (!np_str_is(p->data_type, "aws:ssm:integration"))
        return np_fault(err, &NP_ValidationException,
                        "The following data type is not supported: %.*s (Data type names are all "
                        "lowercase.)",
                        NP_FMT(p->data_type));
    if (!ssm_is_secure(p) || !np_str_starts(p->key, np_str_of(hooks)))
        return np_fault(err, &NP_ValidationException,
                        "A parameter of the data type aws:ssm:integration must be a SecureString "
                        "whose name begins with %s.",
                        hooks);
    return 0;
}

static int check_pattern(const struct ssm_param *p, struct np_str value, struct np_err *err)
{
    if (!given(p->pattern))
        return 0;
    switch (np_pattern_whole(p->pattern, value)) {
    case NP_PATTERN_MATCHES:
        return 0;
    case NP_PATTERN_INVALID:
        return np_fault(err, &SSM_InvalidAllowedPatternException,
                        "The request doesn't meet the regular expression requirement.");
    case NP_PATTERN_DIFFERS:
        break;
    }
    return np_fault(err, &SSM_ParameterPatternMismatchException,
                    "Parameter value, cannot be validated against allowedPattern: %.*s",
                    NP_FMT(p->pattern));
}

/* --- tiers --- */

static int check_size(struct np_str tier, size_t n, struct np_err *err)
{
    if (!is_advanced(tier) && n > SSM_STANDARD_VALUE_MAX)
        return np_fault(err, &NP_ValidationException,
                        "Standard tier parameters support a maximum parameter value of %d "
                        "characters. To create a larger parameter value, upgrade the parameter to "
                        "use the advanced-parameter tier. For more information, see " TIERS_PAGE,
                        SSM_STANDARD_VALUE_MAX);
    if (n > SSM_ADVANCED_VALUE_MAX)
        return np_fault(err, &NP_ValidationException,
                        "Advanced tier parameters support a maximum parameter value of %d "
                        "characters.",
                        SSM_ADVANCED_VALUE_MAX);
    return 0;
}

static int check_quota(const struct ssm_db *db, struct np_str tier, struct np_err *err)
{
    bool advanced = is_advanced(tier);
    int max = advanced ? SSM_ADVANCED_MAX : SSM_STANDARD_MAX;
    if (ssm_count(db, tier) < max)
        return 0;
    return np_fault(err, &SSM_ParameterLimitExceeded,
                    "You have reached the maximum number of %s parameters for this AWS account and "
                    "Region (%d). To add more parameters, either delete existing parameters%s.",
                    advanced ? "advanced" : "standard", max,
                    advanced ? "" : " or upgrade to the advanced-parameter tier (charges apply)");
}

/* The tier that Intelligent-Tiering means for this value. */
static struct np_str intelligent(const struct ssm_db *db, const struct plan *p, size_t n)
{
    bool was = p->exists && is_advanced(p->old.tier);
    bool full = !p->exists && ssm_count(db, NP_STR("Standard")) >= SSM_STANDARD_MAX;
    bool needs = n > SSM_STANDARD_VALUE_MAX || given(p->next.policies) || was || full;
    return needs ? NP_STR("Advanced") : NP_STR("Standard");
}

static int plan_tier(const struct ssm_db *db, struct np_str wanted, size_t n, struct plan *p,
                     struct np_err *err)
{
    bool was = p->exists && is_advanced(p->old.tier);
    if (np_str_is(wanted, "Intelligent-Tiering"))
        wanted = intelligent(db, p, n);
    else if (wanted.p == NULL)
        wanted = p->exists ? p->old.tier : NP_STR("Standard");
    p->next.tier = wanted;
    if (was && !is_advanced(wanted))
        return np_fault(
            err, &NP_ValidationException,
            "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from "
            "the advanced-parameter tier to the standard-parameter tier. If necessary, you can "
            "delete the advanced parameter and recreate it as a standard parameter. Be aware that "
            "standard parameters have a value limit of %d characters.",
            SSM_STANDARD_VALUE_MAX);
    if (given(p->next.policies) && !is_advanced(wanted))
        return np_fault(err, &NP_ValidationException,
                        "Standard tier parameters don't support parameter policies. To use them, "
                        "upgrade the parameter to use the advanced-parameter tier. For more "
                        "information, see " TIERS_PAGE);
    int rc = check_size(wanted, n, err);
    if (rc == 0 && (!p->exists || !np_str_eq(p->old.tier, wanted)))
        rc = check_quota(db, wanted, err);
    return rc;
}

/* --- the plan --- */

static int plan_type(struct np_str wanted, struct np_str key_id, struct plan *p, struct np_err *err)
{
    if (wanted.p == NULL && !p->exists)
        return np_fault(err, &NP_ValidationException,
                        "A parameter type is required when you create a parameter.");
    p->next.type = wanted.p != NULL ? wanted : p->old.type;
    if (p->exists && !np_str_eq(p->next.type, p->old.type) && ssm_in_hierarchy(p->next.key))
        return np_fault(err, &SSM_HierarchyTypeMismatchException,
                        "Parameter Store doesn't support changing a parameter type in a hierarchy. "
                        "For example, you can't change a parameter from a String type to a "
                        "SecureString type. You must create a new, unique parameter.");
    if (!ssm_is_secure(&p->next)) {
        p->next.key_id = NP_STR_NULL;
        return key_id.p == NULL
                   ? 0
                   : np_fault(err, &NP_ValidationException,
                              "KeyId is required for SecureString type parameter only.");
    }
    if (key_id.p == NULL)
        key_id = p->exists && ssm_is_secure(&p->old) ? p->old.key_id : NP_STR("alias/aws/ssm");
    p->next.key_id = key_id;
    return 0;
}

static int plan_policies(const struct ssm_db *db, const struct ssm_PutParameterRequest *in,
                         struct plan *p, struct np_err *err)
{
    struct ssm_policies parsed = {0};
    bool kept = in->Policies.p == NULL && p->exists;
    struct np_str text = kept ? p->old.policies : in->Policies;
    int rc = text.p != NULL ? ssm_policies_parse(db->a, text, kept ? INT64_MIN : db->scope.now_ms,
                                                 &parsed, err)
                            : 0;
    p->next.policies = parsed.n != 0 ? text : NP_STR_NULL;
    p->expires_ms = parsed.expires_ms;
    return rc;
}

static int plan_version(const struct ssm_db *db, struct plan *p, struct np_err *err)
{
    int64_t oldest = 0;
    struct np_strs labels;
    p->next.version = p->exists ? p->old.version + 1 : 1;
    if (!p->exists || ssm_versions(db, p->next.key, &oldest) < SSM_VERSIONS_MAX)
        return 0;
    p->drop = oldest;
    ssm_labels(db, p->next.key, oldest, &labels);
    if (labels.n == 0)
        return 0;
    return np_fault(err, &SSM_ParameterMaxVersionLimitExceeded,
                    "You attempted to create a new version of %.*s by calling the PutParameter API "
                    "with the overwrite flag. Version %lld, the oldest version, can't be deleted "
                    "because it has a label associated with it. Move the label to another version "
                    "of the parameter, and try again.",
                    (int)(p->next.name.n < 128 ? p->next.name.n : 128), p->next.name.p,
                    (long long)oldest);
}

static int plan_existing(const struct ssm_db *db, const struct ssm_PutParameterRequest *in,
                         struct plan *p, struct np_err *err)
{
    int rc = ssm_find(db, p->next.key, &p->old, &p->exists, err);
    if (rc == 0 && p->exists && !in->Overwrite.v)
        return np_fault(err, &SSM_ParameterAlreadyExists,
                        "The parameter already exists. To overwrite this value, set the overwrite "
                        "option in the request to true.");
    if (rc == 0 && p->exists)
        p->next.name = p->old.name;
    return rc;
}

/* What the request leaves out stays as it was. */
static struct np_str kept(struct np_str wanted, struct np_str before)
{
    return wanted.p != NULL ? wanted : before;
}

static int plan(const struct ssm_db *db, const struct ssm_PutParameterRequest *in, struct plan *p,
                struct np_err *err)
{
    *p = (struct plan){.next = {.name = np_str_trim(in->Name)}};
    int rc = ssm_name_check(db->a, in->Name, &p->next.key, err);
    if (rc == 0)
        rc = check_value(in, err);
    if (rc != 0)
        return rc;
    p->next.arn = ssm_arn(db->a, db->scope.region, db->scope.account, p->next.key);
    if (p->next.arn.n > SSM_ARN_MAX)
        return np_fault(err, &NP_ValidationException,
                        "The name of a parameter and what precedes it in its ARN may have %d "
                        "characters together; this one has %zu.",
                        SSM_ARN_MAX, p->next.arn.n);
    rc = plan_existing(db, in, p, err);
    if (rc == 0)
        rc = plan_type(in->Type, in->KeyId, p, err);
    if (rc == 0)
        rc = plan_policies(db, in, p, err);
    if (rc == 0)
        rc = plan_tier(db, in->Tier, in->Value.n, p, err);
    if (rc != 0)
        return rc;
    struct np_str data_type = kept(in->DataType, p->old.data_type);
    p->next.data_type = given(data_type) ? data_type : NP_STR("text");
    p->next.description = kept(in->Description, p->old.description);
    p->next.pattern = kept(in->AllowedPattern, p->old.pattern);
    rc = check_data_type(&p->next, in->Value, err);
    if (rc == 0)
        rc = check_pattern(&p->next, in->Value, err);
    return rc == 0 ? plan_version(db, p, err) : rc;
}

/* --- the operation --- */

static void sealed(struct np_req *rq, int rc)
{
    if (rc == 0)
        np_req_apply(rq);
    else
        np_req_done(rq, rc);
}

/* The rows before the write say whether the value is to be sealed, and how. */
static int seal(struct np_req *rq, const struct ssm_PutParameterRequest *in, struct np_err *err)
{
    struct ssm_db db = ssm_db_req(rq);
    struct plan p;
    int rc = plan(&db, in, &p, err);
    if (rc != 0 || !ssm_is_secure(&p.next))
        return rc != 0 ? rc : np_apply(rq);
    struct ssm_seal *s = np_new(rq->arena, struct ssm_seal);
    *s = (struct ssm_seal){.plain = in->Value,
                           .key_id = p.next.key_id,
                           .arn = p.next.arn,
                           .envelope = is_advanced(p.next.tier)};
    rq->priv = s;
    ssm_seal(rq, s, sealed);
    return NP_LATER;
}

int ssm_PutParameter_begin(struct np_req *rq, const struct ssm_PutParameterRequest *in,
                           struct np_err *err)
{
    size_t at;
    struct np_tag *tags = np_new_array(rq->arena, struct np_tag, in->Tags.n + 1);
    for (size_t i = 0; i < in->Tags.n; i++)
        tags[i] = (struct np_tag){in->Tags.v[i].Key, in->Tags.v[i].Value};
    int rc = ssm_tags_fault(np_tags_check(tags, in->Tags.n, &at), err);
    if (rc != 0)
        return rc;
    if (in->Type.p != NULL && !np_str_is(in->Type, "SecureString"))
        return np_apply(rq);
    ssm_wipe_later(rq, in->Value);
    ssm_wipe_later(rq, rq->wire.body);
    return seal(rq, in, err);
}

/* Does what was sealed before the write fit what is to be written? */
static int take_value(struct np_txn *t, const struct ssm_PutParameterRequest *in, struct plan *p,
                      struct np_err *err)
{
    const struct ssm_seal *s = np_txn_req(t)->priv;
    p->next.value = in->Value;
    if (s == NULL && !ssm_is_secure(&p->next))
        return 0;
    if (s == NULL || !ssm_is_secure(&p->next) || !np_str_eq(s->key_id, p->next.key_id) ||
        s->envelope != is_advanced(p->next.tier))
        return np_fault(err, &SSM_TooManyUpdates,
                        "There are concurrent updates for a resource that supports one update at a "
                        "time.");
    p->next.value = s->sealed;
    return 0;
}

static int write_plan(struct np_txn *t, const struct plan *p, struct np_err *err)
{
    bool found;
    int rc = 0;
    if (!p->exists) /* one that has expired */
        rc = ssm_drop(t, p->next.key, &found, err);
    if (rc == 0 && p->drop != 0)
        rc = ssm_drop_version(t, p->next.key, p->drop, err);
    if (rc == 0)
        rc = ssm_add_version(t, &p->next, p->exists ? &p->old : NULL, p->expires_ms, err);
    return rc;
}

int ssm_PutParameter_apply(struct np_txn *t, const struct ssm_PutParameterRequest *in,
                           struct ssm_PutParameterResult *out, struct np_err *err)
{
    struct ssm_db db = ssm_db_txn(t);
    struct plan p;
    int rc = plan(&db, in, &p, err);
    if (rc == 0)
        rc = take_value(t, in, &p, err);
    p.next.modified_by = np_txn_req(t)->who->arn;
    if (rc == 0)
        rc = write_plan(t, &p, err);
    if (rc == 0)
        rc = ssm_tags_put(t, p.next.arn, &in->Tags, err);
    if (rc != 0)
        return rc;
    out->Version = SSM_INT(p.next.version);
    out->Tier = p.next.tier;
    return 0;
}
