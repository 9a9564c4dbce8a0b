/* SPDX-License-Identifier: Apache-2.0 */
/* defaults.c - what AWS fills into a distribution's document where the caller said nothing. Readers
 * are given every container, also the empty ones: providers do not look whether they are there. */
#include "services/cloudfront/cloudfront_int.h"

#define EMPTY(a, slot, type)                                                                       \
    do {                                                                                           \
        if ((slot) == NULL)                                                                        \
            (slot) = np_new(a, struct cloudfront_##type);                                          \
        if (!(slot)->Quantity.set)                                                                 \
            (slot)->Quantity = CLOUDFRONT_INT(0);                                                  \
    } while (0)

static void text(struct np_str *slot, const char *z)
{
    if (slot->p == NULL)
        *slot = np_str_of(z);
}

static void flag(struct np_opt_bool *slot, bool v)
{
    if (!slot->set)
        *slot = CLOUDFRONT_BOOL(v);
}

static void number(struct np_opt_int *slot, int64_t v)
{
    if (!slot->set)
        *slot = CLOUDFRONT_INT(v);
}

/* --- origins --- */

static void custom_origin(struct np_arena *a, struct cloudfront_CustomOriginConfig *c)
{
    static struct np_str protocols[] = {{"TLSv1", 5}, {"TLSv1.1", 7}, {"TLSv1.2", 7}};
    if (c->OriginSslProtocols == NULL) {
        c->OriginSslProtocols = np_new(a, struct cloudfront_OriginSslProtocols);
        c->OriginSslProtocols->Quantity = CLOUDFRONT_INT(NP_LEN(protocols));
        c->OriginSslProtocols->Items = (struct np_strs){protocols, NP_LEN(protocols), true};
    }
    number(&c->OriginReadTimeout, 30);
    number(&c->OriginKeepaliveTimeout, 5);
}

static void origin(struct np_arena *a, struct cloudfront_Origin *o)
{
    text(&o->OriginPath, "");
    text(&o->OriginAccessControlId, "");
    EMPTY(a, o->CustomHeaders, CustomHeaders);
    number(&o->ConnectionAttempts, 3);
    number(&o->ConnectionTimeout, 10);
    if (o->OriginShield == NULL)
        o->OriginShield = np_new(a, struct cloudfront_OriginShield);
    flag(&o->OriginShield->Enabled, false);
    if (o->CustomOriginConfig != NULL)
        custom_origin(a, o->CustomOriginConfig);
    if (o->S3OriginConfig != NULL)
        number(&o->S3OriginConfig->OriginReadTimeout, 30);
}

/* --- cache behaviours --- */

static void methods(struct np_arena *a, struct cloudfront_AllowedMethods **slot)
{
    static struct np_str reading[] = {{"HEAD", 4}, {"GET", 3}};
    if (*slot == NULL) {
        *slot = np_new(a, struct cloudfront_AllowedMethods);
        (*slot)->Quantity = CLOUDFRONT_INT(NP_LEN(reading));
        (*slot)->Items = (struct np_strs){reading, NP_LEN(reading), true};
    }
    if ((*slot)->CachedMethods == NULL) {
        (*slot)->CachedMethods = np_new(a, struct cloudfront_CachedMethods);
        (*slot)->CachedMethods->Quantity = CLOUDFRONT_INT(NP_LEN(reading));
        (*slot)->CachedMethods->Items = (struct np_strs){reading, NP_LEN(reading), true};
    }
}

static void forwarded(struct np_arena *a, struct cloudfront_ForwardedValues *f)
{
    EMPTY(a, f->Headers, Headers);
    EMPTY(a, f->QueryStringCacheKeys, QueryStringCacheKeys);
}

/* Both shapes of behaviours have these members. */
#define BEHAVIOR(a, b)                                                                             \
    do {                                                                                           \
        if ((b)->TrustedSigners == NULL)                                                           \
            (b)->TrustedSigners = np_new(a, struct cloudfront_TrustedSigners);                     \
        flag(&(b)->TrustedSigners->Enabled, false);                                                \
        EMPTY(a, (b)->TrustedSigners, TrustedSigners);                                             \
        if ((b)->TrustedKeyGroups == NULL)                                                         \
            (b)->TrustedKeyGroups = np_new(a, struct cloudfront_TrustedKeyGroups);                 \
        flag(&(b)->TrustedKeyGroups->Enabled, false);                                              \
        EMPTY(a, (b)->TrustedKeyGroups, TrustedKeyGroups);                                         \
        methods(a, &(b)->AllowedMethods);                                                          \
        flag(&(b)->SmoothStreaming, false);                                                        \
        flag(&(b)->Compress, false);                                                               \
        EMPTY(a, (b)->LambdaFunctionAssociations, LambdaFunctionAssociations);                     \
        EMPTY(a, (b)->FunctionAssociations, FunctionAssociations);                                 \
        text(&(b)->FieldLevelEncryptionId, "");                                                    \
        if ((b)->GrpcConfig == NULL)                                                               \
            (b)->GrpcConfig = np_new(a, struct cloudfront_GrpcConfig);                             \
        flag(&(b)->GrpcConfig->Enabled, false);                                                    \
        if ((b)->ForwardedValues != NULL) {                                                        \
            forwarded(a, (b)->ForwardedValues);                                                    \
            number(&(b)->MinTTL, 0);                                                               \
            number(&(b)->DefaultTTL, (b)->MinTTL.v > 86400 ? (b)->MinTTL.v : 86400);               \
            number(&(b)->MaxTTL, (b)->DefaultTTL.v > 31536000 ? (b)->DefaultTTL.v : 31536000);     \
        }                                                                                          \
    } while (0)

/* --- towards viewers --- */

static void certificate(struct np_arena *a, struct cloudfront_ViewerCertificate **slot)
{
    if (*slot == NULL) {
        *slot = np_new(a, struct cloudfront_ViewerCertificate);
        (*slot)->CloudFrontDefaultCertificate = CLOUDFRONT_BOOL(true);
    }
    struct cloudfront_ViewerCertificate *c = *slot;
    if (c->ACMCertificateArn.n == 0 && np_str_is(c->CertificateSource, "acm"))
        c->ACMCertificateArn = c->Certificate; /* the old way to name it */
    bool own = c->ACMCertificateArn.n != 0;
    flag(&c->CloudFrontDefaultCertificate, !own);
    if (!own) {
        text(&c->MinimumProtocolVersion, "TLSv1");
        text(&c->SSLSupportMethod, "vip");
        c->CertificateSource = NP_STR("cloudfront");
        return;
    }
    text(&c->MinimumProtocolVersion, "TLSv1");
    c->Certificate = c->ACMCertificateArn;
    c->CertificateSource = NP_STR("acm");
}

static void logging(struct np_arena *a, struct cloudfront_LoggingConfig **slot)
{
    if (*slot == NULL)
        *slot = np_new(a, struct cloudfront_LoggingConfig);
    flag(&(*slot)->Enabled, (*slot)->Bucket.n != 0);
    flag(&(*slot)->IncludeCookies, false);
    text(&(*slot)->Bucket, "");
    text(&(*slot)->Prefix, "");
}

static void restrictions(struct np_arena *a, struct cloudfront_Restrictions **slot)
{
    if (*slot == NULL)
        *slot = np_new(a, struct cloudfront_Restrictions);
    if ((*slot)->GeoRestriction == NULL)
        (*slot)->GeoRestriction = np_new(a, struct cloudfront_GeoRestriction);
    text(&(*slot)->GeoRestriction->RestrictionType, "none");
    number(&(*slot)->GeoRestriction->Quantity, 0);
}

void cloudfront_defaults(struct np_arena *a, struct cloudfront_DistributionConfig *c)
{
    EMPTY(a, c->Aliases, Aliases);
    text(&c->DefaultRootObject, "");
    for (size_t i = 0; i < c->Origins->Items.n; i++)
        origin(a, &c->Origins->Items.v[i]);
    EMPTY(a, c->OriginGroups, OriginGroups);
    BEHAVIOR(a, c->DefaultCacheBehavior);
    EMPTY(a, c->CacheBehaviors, CacheBehaviors);
    for (size_t i = 0; i < c->CacheBehaviors->Items.n; i++)
        BEHAVIOR(a, &c->CacheBehaviors->Items.v[i]);
    EMPTY(a, c->CustomErrorResponses, CustomErrorResponses);
    for (size_t i = 0; i < c->CustomErrorResponses->Items.n; i++) {
        text(&c->CustomErrorResponses->Items.v[i].ResponsePagePath, "");
        text(&c->CustomErrorResponses->Items.v[i].ResponseCode, "");
    }
    logging(a, &c->Logging);
    text(&c->PriceClass, "PriceClass_All");
    certificate(a, &c->ViewerCertificate);
    restrictions(a, &c->Restrictions);
    text(&c->WebACLId, "");
    text(&c->HttpVersion, "http2");
    flag(&c->IsIPV6Enabled, true);
    text(&c->ContinuousDeploymentPolicyId, "");
    flag(&c->Staging, false);
}

struct cloudfront_CacheBehavior
cloudfront_default_behavior(const struct cloudfront_DefaultCacheBehavior *d)
{
    return (struct cloudfront_CacheBehavior){
        .PathPattern = NP_STR("*"),
        .TargetOriginId = d->TargetOriginId,
        .TrustedKeyGroups = d->TrustedKeyGroups,
        .ViewerProtocolPolicy = d->ViewerProtocolPolicy,
        .AllowedMethods = d->AllowedMethods,
        .Compress = d->Compress,
        .FunctionAssociations = d->FunctionAssociations,
        .CachePolicyId = d->CachePolicyId,
        .OriginRequestPolicyId = d->OriginRequestPolicyId,
        .ResponseHeadersPolicyId = d->ResponseHeadersPolicyId,
        .ForwardedValues = d->ForwardedValues,
        .MinTTL = d->MinTTL,
        .DefaultTTL = d->DefaultTTL,
        .MaxTTL = d->MaxTTL,
    };
}
