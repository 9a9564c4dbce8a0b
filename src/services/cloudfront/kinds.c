/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.c - the kinds of items, and the checks that they share. */
#include "services/cloudfront/cloudfront_int.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#define AT(shape, member) (offsetof(struct cloudfront_##shape, member) + 1)

const struct cloudfront_kind cloudfront_kinds[CLOUDFRONT_KINDS] = {
    [CLOUDFRONT_CACHE_POLICY] =
        {
            .name = "cache-policy",
            .path = "cache-policy",
            .config = &cloudfront_CachePolicyConfig_shape,
            .missing = &CLOUDFRONT_NoSuchCachePolicy,
            .missing_text = "The specified cache policy does not exist.",
            .exists = &CLOUDFRONT_CachePolicyAlreadyExists,
            .exists_text = "A cache policy with the same name already exists.",
            .in_use = &CLOUDFRONT_CachePolicyInUse,
            .in_use_text = "The specified cache policy is currently associated with a distribution "
                           "and cannot be deleted.",
            .too_many = &CLOUDFRONT_TooManyCachePolicies,
            .max = CLOUDFRONT_POLICIES_MAX,
            .check = cloudfront_cache_policy_check,
            .name_at = AT(CachePolicyConfig, Name),
        },
    [CLOUDFRONT_ORIGIN_REQUEST_POLICY] =
        {
            .name = "origin-request-policy",
            .path = "origin-request-policy",
            .config = &cloudfront_OriginRequestPolicyConfig_shape,
            .missing = &CLOUDFRONT_NoSuchOriginRequestPolicy,
            .missing_text = "The specified origin request policy does not exist.",
            .exists = &CLOUDFRONT_OriginRequestPolicyAlreadyExists,
            .exists_text = "An origin request policy with the same name already exists.",
            .in_use = &CLOUDFRONT_OriginRequestPolicyInUse,
            .in_use_text = "The specified origin request policy is currently associated with a "
                           "distribution and cannot be deleted.",
            .too_many = &CLOUDFRONT_TooManyOriginRequestPolicies,
            .max = CLOUDFRONT_POLICIES_MAX,
            .check = cloudfront_request_policy_check,
            .name_at = AT(OriginRequestPolicyConfig, Name),
        },
    [CLOUDFRONT_HEADERS_POLICY] =
        {
            .name = "response-headers-policy",
            .path = "response-headers-policy",
            .config = &cloudfront_ResponseHeadersPolicyConfig_shape,
            .missing = &CLOUDFRONT_NoSuchResponseHeadersPolicy,
            .missing_text = "The specified response headers policy does not exist.",
            .exists = &CLOUDFRONT_ResponseHeadersPolicyAlreadyExists,
            .exists_text = "A response headers policy with the same name already exists.",
            .in_use = &CLOUDFRONT_ResponseHeadersPolicyInUse,
            .in_use_text = "The specified response headers policy is currently associated with a "
                           "distribution and cannot be deleted.",
            .too_many = &CLOUDFRONT_TooManyResponseHeadersPolicies,
            .max = CLOUDFRONT_POLICIES_MAX,
            .check = cloudfront_headers_policy_check,
            .name_at = AT(ResponseHeadersPolicyConfig, Name),
        },
    [CLOUDFRONT_ACCESS_CONTROL] =
        {
            .name = "origin-access-control",
            .path = "origin-access-control",
            .id = "E",
            .config = &cloudfront_OriginAccessControlConfig_shape,
            .missing = &CLOUDFRONT_NoSuchOriginAccessControl,
            .missing_text = "The specified origin access control does not exist.",
            .exists = &CLOUDFRONT_OriginAccessControlAlreadyExists,
            .exists_text = "An origin access control with the same name already exists.",
            .in_use = &CLOUDFRONT_OriginAccessControlInUse,
            .in_use_text = "Cannot delete the origin access control because it's in use by one or "
                           "more distributions.",
            .too_many = &CLOUDFRONT_TooManyOriginAccessControls,
            .max = CLOUDFRONT_ACCESS_CONTROLS_MAX,
            .check = cloudfront_access_control_check,
            .name_at = AT(OriginAccessControlConfig, Name),
        },
    [CLOUDFRONT_ACCESS_IDENTITY] =
        {
            .name = "origin-access-identity",
            .path = "origin-access-identity/cloudfront",
            .id = "E",
            .config = &cloudfront_CloudFrontOriginAccessIdentityConfig_shape,
            .missing = &CLOUDFRONT_NoSuchCloudFrontOriginAccessIdentity,
            .missing_text = "The specified CloudFront origin access identity does not exist.",
            .exists = &CLOUDFRONT_CloudFrontOriginAccessIdentityAlreadyExists,
            .exists_text = "The caller reference that you are using to create a CloudFront origin "
                           "access identity is associated with another identity.",
            .in_use = &CLOUDFRONT_CloudFrontOriginAccessIdentityInUse,
            .in_use_text = "The CloudFront origin access identity is still being used.",
            .too_many = &CLOUDFRONT_TooManyCloudFrontOriginAccessIdentities,
            .max = CLOUDFRONT_ACCESS_IDENTITIES_MAX,
            .check = cloudfront_access_identity_check,
            .reference_at = AT(CloudFrontOriginAccessIdentityConfig, CallerReference),
        },
    [CLOUDFRONT_PUBLIC_KEY] =
        {
            .name = "public-key",
            .path = "public-key",
            .id = "K",
            .config = &cloudfront_PublicKeyConfig_shape,
            .missing = &CLOUDFRONT_NoSuchPublicKey,
            .missing_text = "The specified public key does not exist.",
            .exists = &CLOUDFRONT_PublicKeyAlreadyExists,
            .exists_text = "The public key already exists.",
            .in_use = &CLOUDFRONT_PublicKeyInUse,
            .in_use_text = "The public key is in use by a key group.",
            .too_many = &CLOUDFRONT_TooManyPublicKeys,
            .max = CLOUDFRONT_PUBLIC_KEYS_MAX,
            .check = cloudfront_public_key_check,
            .name_at = AT(PublicKeyConfig, Name),
            .reference_at = AT(PublicKeyConfig, CallerReference),
        },
    [CLOUDFRONT_KEY_GROUP] =
        {
            .name = "key-group",
            .path = "key-group",
            .config = &cloudfront_KeyGroupConfig_shape,
            .missing = &CLOUDFRONT_NoSuchResource,
            .missing_text = "The specified key group does not exist.",
            .exists = &CLOUDFRONT_KeyGroupAlreadyExists,
            .exists_text = "A key group with the same name already exists.",
            .in_use = &CLOUDFRONT_ResourceInUse,
            .in_use_text = "The key group is in use by a distribution.",
            .too_many = &CLOUDFRONT_TooManyKeyGroups,
            .max = CLOUDFRONT_KEY_GROUPS_MAX,
            .check = cloudfront_key_group_check,
            .name_at = AT(KeyGroupConfig, Name),
        },
};

/* --- checks --- */

int cloudfront_invalid_argument(struct np_err *err, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return np_fault(err, &CLOUDFRONT_InvalidArgument, "%s", text);
}

int cloudfront_name_check(struct np_str name, struct np_err *err)
{
    bool ok = name.n >= 1 && name.n <= CLOUDFRONT_NAME_MAX;
    for (size_t i = 0; ok && i < name.n; i++) {
        char c = name.p[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_' || c == '.';
    }
    return ok ? 0
              : cloudfront_invalid_argument(
                    err,
                    "The parameter Name has 1 to %d letters, digits, hyphens, underscores and "
                    "dots.",
                    CLOUDFRONT_NAME_MAX);
}

int cloudfront_comment_check(struct np_str comment, struct np_err *err)
{
    if (comment.n <= CLOUDFRONT_COMMENT_MAX)
        return 0;
    return cloudfront_invalid_argument(err,
                                       "The parameter Comment is too long: it has at most %d "
                                       "characters.",
                                       CLOUDFRONT_COMMENT_MAX);
}

int cloudfront_list_check(const char *what, struct np_str behavior, size_t n, bool set, size_t max,
                          const struct np_fault_def *fault, struct np_err *err)
{
    bool takes = !np_str_is(behavior, "none") && !np_str_is(behavior, "all");
    if (!takes && n != 0)
        return cloudfront_invalid_argument(
            err, "The parameter %s contains items that are not allowed for the behavior %.*s.",
            what, NP_FMT(behavior));
    if (takes && (!set || n == 0))
        return cloudfront_invalid_argument(err,
                                           "The parameter %s must not be empty for the "
                                           "behavior %.*s.",
                                           what, NP_FMT(behavior));
    if (n > max)
        return np_fault(err, fault, "The number of items in %s exceeds the maximum of %zu.", what,
                        max);
    return 0;
}

bool cloudfront_token_ok(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  memchr("!#$%&'*+-.^_`|~", c, 15) != NULL;
        if (!ok)
            return false;
    }
    return s.n != 0;
}
