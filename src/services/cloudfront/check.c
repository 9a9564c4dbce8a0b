/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - a distribution's document by meaning: what is no origin and no cache behaviour. */
#include "services/cloudfront/cloudfront_int.h"

#include "aws/arn.h"

/* --- towards viewers --- */

static int check_certificate(const struct cloudfront_DistributionConfig *c, struct np_err *err)
{
    const struct cloudfront_ViewerCertificate *v = c->ViewerCertificate;
    bool own = v->ACMCertificateArn.n != 0;
    struct np_arn arn;
    if (own && v->CloudFrontDefaultCertificate.v)
        return np_fault(err, &CLOUDFRONT_InvalidViewerCertificate,
                        "You must specify exactly one of CloudFrontDefaultCertificate and "
                        "ACMCertificateArn.");
    if (!own && c->Aliases->Items.n != 0)
        return np_fault(err, &CLOUDFRONT_InvalidViewerCertificate,
                        "To add an alternate domain name (CNAME) to a CloudFront distribution, you "
                        "must attach a trusted certificate that validates your authorization to "
                        "use the domain name.");
    if (!own)
        return 0;
    if (v->SSLSupportMethod.p == NULL)
        return np_fault(err, &CLOUDFRONT_InvalidViewerCertificate,
                        "You must specify a value for SSLSupportMethod with your own certificate.");
    if (!np_str_is(v->SSLSupportMethod, "sni-only"))
        return np_fault(err, &CLOUDFRONT_UnsupportedOperation,
                        "This region shows certificates of distributions by SNI alone: give "
                        "SSLSupportMethod the value sni-only.");
    if (!np_arn_parse(v->ACMCertificateArn, &arn) || !np_str_is(arn.service, "acm") ||
        !np_str_is(arn.region, "us-east-1"))
        return np_fault(err, &CLOUDFRONT_InvalidViewerCertificate,
                        "The specified SSL certificate doesn't exist, isn't in us-east-1 region, "
                        "isn't valid, or doesn't include a valid certificate chain.");
    if (np_str_is(v->MinimumProtocolVersion, "SSLv3"))
        return np_fault(err, &CLOUDFRONT_InvalidProtocolSettings,
                        "You cannot specify SSLv3 as the minimum protocol version if you only want "
                        "to support only clients that support Server Name Indication (SNI).");
    return 0;
}

static int check_aliases(const struct cloudfront_Aliases *l, struct np_err *err)
{
    if (l->Items.n > CLOUDFRONT_ALIASES_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyDistributionCNAMEs,
                        "Your request contains more CNAMEs than are allowed per distribution.");
    for (size_t i = 0; i < l->Items.n; i++)
        if (!cloudfront_alias_ok(l->Items.v[i]))
            return cloudfront_invalid_argument(
                err, "The parameter CNAME contains one or more parameters that are not valid.");
    return 0;
}

static int check_geo(const struct cloudfront_GeoRestriction *g, struct np_err *err)
{
    bool none = np_str_is(g->RestrictionType, "none");
    if (none != (g->Items.n == 0))
        return np_fault(err, &CLOUDFRONT_InvalidGeoRestrictionParameter,
                        "The specified geo restriction parameter is not valid: locations go with "
                        "whitelist and blacklist.");
    for (size_t i = 0; i < g->Items.n; i++) {
        struct np_str s = g->Items.v[i];
        if (s.n != 2 || s.p[0] < 'A' || s.p[0] > 'Z' || s.p[1] < 'A' || s.p[1] > 'Z')
            return np_fault(err, &CLOUDFRONT_InvalidLocationCode,
                            "The location code specified is not valid: %.*s.", NP_FMT(s));
    }
    return 0;
}

/* --- errors, logs, the rest --- */

static int check_error(const struct cloudfront_CustomErrorResponse *e, struct np_err *err)
{
    static const int64_t codes[] = {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504};
    static const char *const answers[] = {"200", "400", "403", "404", "405", "414",
                                          "416", "500", "501", "502", "503", "504"};
    bool known = false, answer = e->ResponseCode.n == 0;
    NP_EACH (c, codes)
        known = known || *c == e->ErrorCode.v;
    NP_EACH (r, answers)
        answer = answer || np_str_eq(e->ResponseCode, np_str_of(*r));
    if (!known)
        return np_fault(err, &CLOUDFRONT_InvalidErrorCode, "An invalid error code was specified.");
    if (!answer)
        return np_fault(err, &CLOUDFRONT_InvalidResponseCode, "A response code is not valid.");
    if ((e->ResponseCode.n == 0) != (e->ResponsePagePath.n == 0))
        return cloudfront_invalid_argument(
            err, "The parameters ResponseCode and ResponsePagePath go together.");
    if (e->ResponsePagePath.n != 0 &&
        (e->ResponsePagePath.p[0] != '/' || e->ResponsePagePath.n > 4096))
        return cloudfront_invalid_argument(err,
                                           "The parameter ResponsePagePath must begin with /.");
    if (e->ErrorCachingMinTTL.set &&
        (e->ErrorCachingMinTTL.v < 0 || e->ErrorCachingMinTTL.v > CLOUDFRONT_TTL_MAX))
        return cloudfront_invalid_argument(err, "The parameter ErrorCachingMinTTL is invalid.");
    return 0;
}

static int check_errors(const struct cloudfront_CustomErrorResponseList *l, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        rc = check_error(&l->v[i], err);
        for (size_t k = 0; rc == 0 && k < i; k++)
            if (l->v[k].ErrorCode.v == l->v[i].ErrorCode.v)
                rc = cloudfront_invalid_argument(
                    err, "The parameter ErrorCode must be unique for each custom error response.");
    }
    return rc;
}

static int check_logging(const struct cloudfront_LoggingConfig *l, struct np_err *err)
{
    struct np_str bucket, region;
    if (!l->Enabled.v)
        return 0;
    if (!cloudfront_s3_domain(l->Bucket, &bucket, &region))
        return cloudfront_invalid_argument(
            err, "The parameter Logging Bucket does not refer to a valid S3 bucket.");
    if (l->Prefix.n > 256 || np_str_starts(l->Prefix, NP_STR("/")))
        return cloudfront_invalid_argument(
            err, "The parameter Logging Prefix has at most 256 characters and does not begin with "
                 "/.");
    return 0;
}

static int check_root_object(struct np_str s, struct np_err *err)
{
    bool ok = s.n <= CLOUDFRONT_PATH_MAX && !np_str_starts(s, NP_STR("/"));
    for (size_t i = 0; ok && i < s.n; i++)
        ok = (unsigned char)s.p[i] > 0x20 && (unsigned char)s.p[i] < 0x7f;
    return ok ? 0
              : np_fault(err, &CLOUDFRONT_InvalidDefaultRootObject,
                         "The default root object file name is too big or contains an invalid "
                         "character.");
}

static int check_http_version(struct np_str version, struct np_err *err)
{
    if (np_str_is(version, "http2"))
        return 0;
    return np_fault(err, &CLOUDFRONT_UnsupportedOperation,
                    "This region's edge offers HTTP/1.1 and HTTP/2, and no HTTP/3: give "
                    "HttpVersion the value http2.");
}

int cloudfront_config_check(struct np_arena *a, const struct cloudfront_DistributionConfig *c,
                            struct np_err *err)
{
    int rc = cloudfront_quantities_check(&cloudfront_DistributionConfig_shape, c, err);
    if (rc == 0 && (c->CallerReference.n == 0 || c->CallerReference.n > 255))
        rc = cloudfront_invalid_argument(err, "The parameter CallerReference is required.");
    if (rc == 0)
        rc = cloudfront_comment_check(c->Comment, err);
    if (rc == 0)
        rc = check_root_object(c->DefaultRootObject, err);
    if (rc == 0)
        rc = check_http_version(c->HttpVersion, err);
    if (rc == 0)
        rc = cloudfront_origins_check(a, c, err);
    if (rc == 0)
        rc = cloudfront_behaviors_check(c, err);
    if (rc == 0)
        rc = check_aliases(c->Aliases, err);
    if (rc == 0)
        rc = check_certificate(c, err);
    if (rc == 0)
        rc = check_geo(c->Restrictions->GeoRestriction, err);
    if (rc == 0)
        rc = check_errors(&c->CustomErrorResponses->Items, err);
    if (rc == 0)
        rc = check_logging(c->Logging, err);
    return rc;
}
