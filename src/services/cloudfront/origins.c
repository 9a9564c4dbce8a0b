/* SPDX-License-Identifier: Apache-2.0 */
/* origins.c - the origins and origin groups of a distribution, by meaning. */
#include "services/cloudfront/cloudfront_int.h"

#include "aws/arn.h"

/* --- names of buckets --- */

/* The text between "s3" and ".amazonaws.com": "", ".eu-west-1", "-eu-west-1", ".dualstack.…". */
static bool region_of(struct np_str between, struct np_str *region)
{
    *region = NP_STR_NULL;
    if (between.n == 0)
        return true;
    if (np_str_starts(between, NP_STR(".dualstack")))
        between = np_str_sub(between, 10, between.n);
    if (between.n < 2 || (between.p[0] != '.' && between.p[0] != '-'))
        return false;
    *region = np_str_sub(between, 1, between.n);
    return np_str_chr(*region, '.') < 0 && !np_str_starts(*region, NP_STR("website")) &&
           np_str_chr(*region, '-') > 0;
}

bool cloudfront_s3_domain(struct np_str domain, struct np_str *bucket, struct np_str *region)
{
    const struct np_str tail = NP_STR(".amazonaws.com");
    if (!np_str_ends(domain, tail))
        return false;
    struct np_str rest = np_str_sub(domain, 0, domain.n - tail.n);
    /* Of "a.s3.b.s3.eu-west-1" the last ".s3" is meant that leaves a region behind it. */
    for (size_t at = rest.n; at-- > 1;) {
        struct np_str cut = np_str_sub(rest, at, rest.n);
        if (!np_str_starts(cut, NP_STR(".s3")) || !region_of(np_str_sub(cut, 3, cut.n), region))
            continue;
        *bucket = np_str_sub(rest, 0, at);
        return true;
    }
    return false;
}

bool cloudfront_identity_ref(struct np_str text, struct np_str *id)
{
    const struct np_str head = NP_STR("origin-access-identity/cloudfront/");
    if (!np_str_starts(text, head) || text.n == head.n)
        return false;
    *id = np_str_sub(text, head.n, text.n);
    return true;
}

const struct cloudfront_Origin *
cloudfront_origin_find(const struct cloudfront_DistributionConfig *c, struct np_str id)
{
    for (size_t i = 0; i < c->Origins->Items.n; i++)
        if (np_str_eq(c->Origins->Items.v[i].Id, id))
            return &c->Origins->Items.v[i];
    return NULL;
}

/* --- one origin --- */

static bool domain_ok(struct np_str s)
{
    if (s.n == 0 || s.n > 253 || s.p[0] == '.' || s.p[0] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.' || c == '_';
        if (!ok || (c == '.' && i > 0 && s.p[i - 1] == '.'))
            return false;
    }
    return true;
}

static bool all_digits_and_dots(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9'))
            return false;
    return true;
}

static int check_path(struct np_str path, struct np_err *err)
{
    if (path.n == 0)
        return 0;
    bool ok = path.n <= CLOUDFRONT_PATH_MAX && path.p[0] == '/' && path.p[path.n - 1] != '/';
    for (size_t i = 0; ok && i < path.n; i++)
        ok = (unsigned char)path.p[i] > 0x20 && (unsigned char)path.p[i] < 0x7f &&
             path.p[i] != '?' && path.p[i] != '#';
    return ok ? 0
              : cloudfront_invalid_argument(
                    err, "The parameter OriginPath is invalid: it begins with / and does not end "
                         "with one.");
}

/* AWS: these are CloudFront's own, or the connection's. */
static bool header_reserved(struct np_str name)
{
    static const char *const names[] = {
        "Cache-Control",
        "Connection",
        "Content-Length",
        "Cookie",
        "Host",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Max-Forwards",
        "Pragma",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Range",
        "Request-Range",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Via",
        "X-Real-Ip",
    };
    NP_EACH (n, names)
        if (np_str_ieq(name, np_str_of(*n)))
            return true;
    return np_str_istarts(name, NP_STR("X-Amz-")) || np_str_istarts(name, NP_STR("X-Edge-"));
}

static int check_headers(const struct cloudfront_CustomHeaders *h, struct np_err *err)
{
    if (h->Items.n > CLOUDFRONT_ORIGIN_HEADERS_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyOriginCustomHeaders,
                        "Your request contains too many origin custom headers.");
    for (size_t i = 0; i < h->Items.n; i++) {
        struct np_str name = h->Items.v[i].HeaderName, value = h->Items.v[i].HeaderValue;
        bool ok =
            cloudfront_token_ok(name) && name.n <= 256 && value.n <= 1783 && !header_reserved(name);
        for (size_t k = 0; ok && k < value.n; k++)
            ok = (unsigned char)value.p[k] >= 0x20 && (unsigned char)value.p[k] != 0x7f;
        if (!ok)
            return cloudfront_invalid_argument(
                err,
                "The parameter HeaderName or HeaderValue of the origin custom header %.*s is "
                "invalid or reserved.",
                NP_FMT(name));
    }
    return 0;
}

static int check_custom(const struct cloudfront_CustomOriginConfig *c, struct np_err *err)
{
    const int64_t ports[] = {c->HTTPPort.v, c->HTTPSPort.v};
    NP_EACH (p, ports)
        if (*p != 80 && *p != 443 && (*p < 1024 || *p > 65535))
            return cloudfront_invalid_argument(
                err,
                "The parameter HTTPPort or HTTPSPort is invalid: it is 80, 443 or from 1024 to "
                "65535.");
    if (c->OriginReadTimeout.v < 1 || c->OriginReadTimeout.v > 180)
        return np_fault(err, &CLOUDFRONT_InvalidOriginReadTimeout,
                        "The parameter OriginReadTimeout is from 1 to 180 seconds.");
    if (c->OriginKeepaliveTimeout.v < 1 || c->OriginKeepaliveTimeout.v > 180)
        return np_fault(err, &CLOUDFRONT_InvalidOriginKeepaliveTimeout,
                        "The parameter OriginKeepaliveTimeout is from 1 to 180 seconds.");
    if (c->OriginSslProtocols->Items.n == 0)
        return cloudfront_invalid_argument(err,
                                           "The parameter OriginSslProtocols must not be empty.");
    for (size_t i = 0; i < c->OriginSslProtocols->Items.n; i++)
        if (np_str_is(c->OriginSslProtocols->Items.v[i], "TLSv1.2"))
            return 0;
    return np_fault(err, &CLOUDFRONT_UnsupportedOperation,
                    "This region speaks TLS 1.2 and newer with origins: OriginSslProtocols must "
                    "contain TLSv1.2.");
}

static int check_access(const struct cloudfront_Origin *o, struct np_err *err)
{
    struct np_str bucket, region, id;
    if (o->S3OriginConfig == NULL)
        return o->OriginAccessControlId.n == 0
                   ? 0
                   : np_fault(err, &CLOUDFRONT_InvalidDomainNameForOriginAccessControl,
                              "An origin access control is associated with an origin whose domain "
                              "name is not supported.");
    struct np_str identity = o->S3OriginConfig->OriginAccessIdentity;
    if (!cloudfront_s3_domain(o->DomainName, &bucket, &region))
        return cloudfront_invalid_argument(
            err, "The parameter Origin DomainName does not refer to a valid S3 bucket.");
    if (identity.n != 0 && !cloudfront_identity_ref(identity, &id))
        return np_fault(err, &CLOUDFRONT_InvalidOriginAccessIdentity,
                        "The specified origin access identity does not exist or is not valid.");
    if (identity.n != 0 && o->OriginAccessControlId.n != 0)
        return np_fault(err, &CLOUDFRONT_IllegalOriginAccessConfiguration,
                        "An origin cannot contain both an origin access control (OAC) and an "
                        "origin access identity (OAI).");
    if (o->S3OriginConfig->OriginReadTimeout.v < 1 || o->S3OriginConfig->OriginReadTimeout.v > 180)
        return np_fault(err, &CLOUDFRONT_InvalidOriginReadTimeout,
                        "The parameter OriginReadTimeout is from 1 to 180 seconds.");
    return 0;
}

static int check_origin(const struct cloudfront_Origin *o, struct np_err *err)
{
    if (o->Id.n == 0 || o->Id.n > 128)
        return cloudfront_invalid_argument(err, "The parameter Origin Id has 1 to 128 characters.");
    if (!domain_ok(o->DomainName) || all_digits_and_dots(o->DomainName))
        return cloudfront_invalid_argument(err, "The parameter origin name must be a domain name.");
    if ((o->S3OriginConfig == NULL) == (o->CustomOriginConfig == NULL))
        return cloudfront_invalid_argument(
            err, "Exactly one of CustomOriginConfig and S3OriginConfig must be specified.");
    if (o->OriginShield->Enabled.v)
        return np_fault(err, &CLOUDFRONT_UnsupportedOperation,
                        "This region has no Origin Shield: each edge location asks the origin "
                        "itself.");
    if (o->ConnectionAttempts.v < 1 || o->ConnectionAttempts.v > 3)
        return cloudfront_invalid_argument(err, "The parameter ConnectionAttempts is from 1 to 3.");
    if (o->ConnectionTimeout.v < 1 || o->ConnectionTimeout.v > 10)
        return cloudfront_invalid_argument(
            err, "The parameter ConnectionTimeout is from 1 to 10 seconds.");
    int64_t read_s = o->CustomOriginConfig != NULL ? o->CustomOriginConfig->OriginReadTimeout.v
                                                   : o->S3OriginConfig->OriginReadTimeout.v;
    if (o->ResponseCompletionTimeout.set && o->ResponseCompletionTimeout.v < read_s)
        return cloudfront_invalid_argument(
            err, "The parameter ResponseCompletionTimeout is at least OriginReadTimeout.");
    int rc = check_path(o->OriginPath, err);
    if (rc == 0)
        rc = check_headers(o->CustomHeaders, err);
    if (rc == 0)
        rc = check_access(o, err);
    if (rc == 0 && o->CustomOriginConfig != NULL)
        rc = check_custom(o->CustomOriginConfig, err);
    return rc;
}

/* --- groups --- */

static int check_group(const struct cloudfront_DistributionConfig *c,
                       const struct cloudfront_OriginGroup *g, struct np_err *err)
{
    static const int64_t known[] = {400, 403, 404, 416, 429, 500, 502, 503, 504};
    const struct cloudfront_StatusCodeList *codes = &g->FailoverCriteria->StatusCodes->Items;
    for (size_t i = 0; i < codes->n; i++) {
        bool ok = false;
        NP_EACH (k, known)
            ok = ok || *k == codes->v[i].v;
        if (!ok)
            return cloudfront_invalid_argument(
                err, "The parameter StatusCode contains a code that can't cause a failover.");
    }
    for (size_t i = 0; i < g->Members->Items.n; i++)
        if (cloudfront_origin_find(c, g->Members->Items.v[i].OriginId) == NULL)
            return np_fault(err, &CLOUDFRONT_NoSuchOrigin,
                            "One or more of your origins or origin groups do not exist.");
    if (np_str_eq(g->Members->Items.v[0].OriginId, g->Members->Items.v[1].OriginId))
        return cloudfront_invalid_argument(
            err, "An origin group must have two members that are not the same.");
    return cloudfront_origin_find(c, g->Id) == NULL
               ? 0
               : cloudfront_invalid_argument(
                     err, "The ids of origins and origin groups must be unique.");
}

int cloudfront_origins_check(struct np_arena *a, const struct cloudfront_DistributionConfig *c,
                             struct np_err *err)
{
    const struct cloudfront_OriginList *o = &c->Origins->Items;
    (void)a;
    int rc = 0;
    if (o->n > CLOUDFRONT_ORIGINS_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyOrigins,
                        "You cannot create more origins for the distribution.");
    if (c->OriginGroups->Items.n > CLOUDFRONT_ORIGIN_GROUPS_MAX)
        return np_fault(err, &CLOUDFRONT_TooManyOriginGroupsPerDistribution,
                        "Processing your request would cause you to exceed the maximum number of "
                        "origin groups allowed.");
    for (size_t i = 0; rc == 0 && i < o->n; i++) {
        rc = check_origin(&o->v[i], err);
        if (rc == 0 && cloudfront_origin_find(c, o->v[i].Id) != &o->v[i])
            rc = cloudfront_invalid_argument(err, "The parameter Origin Id must be unique.");
    }
    for (size_t i = 0; rc == 0 && i < c->OriginGroups->Items.n; i++)
        rc = check_group(c, &c->OriginGroups->Items.v[i], err);
    return rc;
}
