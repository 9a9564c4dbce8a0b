/* SPDX-License-Identifier: Apache-2.0 */
/* policies.c - reads the policies of a parameter. Expiration is carried out; the two that notify
 * are refused: their events have nobody to go to. */
#include "services/ssm/policies.h"

#include "aws/fault.h"
#include "base/arena.h"
#include "base/timefmt.h"
#include "codec/json.h"
#include "gen/ssm/types.h"

static int bad_attribute(struct np_err *err, const char *what)
{
    return np_fault(err, &SSM_InvalidPolicyAttributeException,
                    "A policy attribute or its value is invalid: %s", what);
}

static int check_type(struct np_str type, struct np_err *err)
{
    if (np_str_is(type, "Expiration"))
        return 0;
    if (np_str_is(type, "ExpirationNotification") || np_str_is(type, "NoChangeNotification"))
        return np_fault(err, &SSM_InvalidPolicyTypeException,
                        "This region does not carry out policies of the type %.*s, whose events go "
                        "to EventBridge; leave it out.",
                        NP_FMT(type));
    return np_fault(err, &SSM_InvalidPolicyTypeException,
                    "The policy type '%.*s' isn't supported. Parameter Store supports the "
                    "following policy types: Expiration, ExpirationNotification, and "
                    "NoChangeNotification.",
                    (int)(type.n < 64 ? type.n : 64), type.p != NULL ? type.p : "");
}

static int check_expiration(const struct np_json *policy, int64_t now_ms, int64_t *at_ms,
                            struct np_err *err)
{
    const struct np_json *attributes = np_json_member(policy, NP_STR("Attributes"));
    if (!np_str_is(np_json_str(policy, NP_STR("Version")), "1.0"))
        return bad_attribute(err, "Version must be 1.0.");
    if (!np_time_parse_iso(np_json_str(attributes, NP_STR("Timestamp")), at_ms))
        return bad_attribute(err, "Timestamp must be a time like 2030-12-02T21:34:33.000Z.");
    if (*at_ms <= now_ms)
        return bad_attribute(err, "Timestamp must be in the future.");
    return 0;
}

static int add(struct np_arena *a, const struct np_json *policy, int64_t now_ms,
               struct ssm_policies *p, struct np_err *err)
{
    int64_t at_ms = 0;
    struct np_str type = np_json_str(policy, NP_STR("Type"));
    int rc = check_type(type, err);
    if (rc == 0)
        rc = check_expiration(policy, now_ms, &at_ms, err);
    if (rc == 0 && p->expires_ms.set)
        rc = np_fault(err, &SSM_IncompatiblePolicyException,
                      "There is a conflict in the policies specified for this parameter. You "
                      "can't, for example, specify two Expiration policies for a parameter. Review "
                      "your policies, and try again.");
    if (rc != 0)
        return rc;
    struct np_buf b;
    np_buf_init(&b, a, 64 * 1024);
    np_json_write(policy, &b);
    p->expires_ms = (struct np_opt_int){true, at_ms};
    p->v[p->n].text = np_buf_str(&b);
    p->v[p->n++].type = type;
    return 0;
}

int ssm_policies_parse(struct np_arena *a, struct np_str json, int64_t now_ms,
                       struct ssm_policies *out, struct np_err *err)
{
    struct np_json *doc = NULL;
    struct ssm_policies p = {0};
    if (np_json_parse(a, json, &doc, NULL) != 0 || doc->type != NP_J_ARRAY)
        return np_fault(err, &NP_ValidationException, "Invalid policies input: %.*s.",
                        (int)(json.n < 256 ? json.n : 256), json.p);
    if (doc->n > SSM_POLICIES_MAX)
        return np_fault(err, &SSM_PoliciesLimitExceededException,
                        "You specified more than the maximum number of allowed policies for the "
                        "parameter. The maximum is %d.",
                        SSM_POLICIES_MAX);
    for (const struct np_json *j = doc->child; j != NULL; j = j->next) {
        int rc = add(a, j, now_ms, &p, err);
        if (rc != 0)
            return rc;
    }
    *out = p;
    return 0;
}
