/* SPDX-License-Identifier: Apache-2.0 */
/* place.c - where a distribution is reached: an address of the pool for each edge location, and the
 * certificates that it shows. */
#include "services/cloudfront/cloudfront_int.h"

#include "aws/certs.h"
#include "aws/pool.h"
#include "services/cloudfront/edge.h"

static int take_place(struct np_txn *t, const struct cloudfront_row *r, unsigned location,
                      struct np_err *err)
{
    NP_SQL(add, "INSERT INTO cloudfront_place (account, distribution, location, slot) "
                "VALUES (:account, ?1, ?2, ?3)");
    uint32_t slot;
    int rc =
        np_pool_take(t, cloudfront_arn(np_txn_arena(t), r->account, r->id), location, &slot, err);
    if (rc == NP_ENOSPC)
        return np_fault(err, &CLOUDFRONT_TooManyDistributions,
                        "This region has no address left for another distribution.");
    return rc == 0 ? np_exec(t, &add, err, "sii", r->id, (int64_t)location, (int64_t)slot) : rc;
}

static struct np_str certificate(const struct cloudfront_DistributionConfig *c)
{
    return c != NULL ? c->ViewerCertificate->ACMCertificateArn : NP_STR_NULL;
}

static bool covers(struct np_str name, struct np_str alias)
{
    if (np_str_eq(name, alias))
        return true;
    ptrdiff_t dot = np_str_chr(alias, '.');
    return np_str_starts(name, NP_STR("*.")) && dot > 0 &&
           np_str_eq(np_str_sub(name, 1, name.n), np_str_sub(alias, (size_t)dot, alias.n));
}

/* AWS: the certificate must be for every alias (tests/sdk/test_cloudfront_tls.py). */
static int check_names(struct np_txn *t, const struct cloudfront_DistributionConfig *c,
                       struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct np_strs names = {0};
    if (np_cert_get(np_txn_req(t)->core, certificate(c), a, NULL, &names) != 0)
        return np_fault(err, &CLOUDFRONT_InvalidViewerCertificate,
                        "The specified SSL certificate doesn't exist, isn't in us-east-1 region, "
                        "isn't valid, or doesn't include a valid certificate chain.");
    for (size_t i = 0; i < c->Aliases->Items.n; i++) {
        struct np_str alias = cloudfront_alias_key(a, c->Aliases->Items.v[i]);
        bool found = false;
        for (size_t k = 0; k < names.n; k++)
            found = found || covers(names.v[k], alias);
        if (!found)
            return np_fault(err, &CLOUDFRONT_InvalidViewerCertificate,
                            "The certificate that is attached to your distribution doesn't cover "
                            "the alternate domain name (CNAME) that you're trying to add. For more "
                            "details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/"
                            "DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements");
    }
    return 0;
}

static int use_certificate(struct np_txn *t, const struct cloudfront_row *r,
                           const struct cloudfront_DistributionConfig *old, struct np_err *err)
{
    struct np_str now = certificate(r->config), was = certificate(old),
                  me = cloudfront_arn(np_txn_arena(t), r->account, r->id);
    int rc = now.n != 0 ? check_names(t, r->config, err) : 0;
    if (rc == 0 && was.n != 0 && !np_str_eq(was, now))
        rc = np_cert_unuse(t, was, me, err);
    if (rc != 0 || now.n == 0)
        return rc;
    rc = np_cert_use(np_txn_req(t)->core, t, now, me, err);
    if (rc == NP_ENOENT || rc == NP_EINVAL)
        return np_fault(err, &CLOUDFRONT_InvalidViewerCertificate,
                        "The specified SSL certificate doesn't exist, isn't in us-east-1 region, "
                        "isn't valid, or doesn't include a valid certificate chain.");
    return rc;
}

int cloudfront_edge_add(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err)
{
    int rc = 0;
    for (unsigned i = 0; rc == 0 && i < CLOUDFRONT_LOCATIONS; i++)
        rc = take_place(t, r, i, err);
    return rc == 0 ? use_certificate(t, r, NULL, err) : rc;
}

int cloudfront_edge_change(struct np_txn *t, const struct cloudfront_row *r,
                           const struct cloudfront_DistributionConfig *old, struct np_err *err)
{
    return use_certificate(t, r, old, err);
}

int cloudfront_edge_drop(struct np_txn *t, const struct cloudfront_row *r, struct np_err *err)
{
    struct np_str me = cloudfront_arn(np_txn_arena(t), r->account, r->id);
    int rc = certificate(r->config).n != 0 ? np_cert_unuse(t, certificate(r->config), me, err) : 0;
    return rc == 0 ? np_pool_drop(t, me, err) : rc;
}
