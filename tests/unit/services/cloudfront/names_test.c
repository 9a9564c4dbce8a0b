/* SPDX-License-Identifier: Apache-2.0 */
/* Names that documents of distributions carry: buckets, aliases, identities, versions. */
#include "test.h"

#include "base/auto.h"
#include "services/cloudfront/cloudfront_int.h"

NP_TEST(cloudfront_bucket_domains)
{
    static const struct {
        const char *domain, *bucket, *region;
    } cases[] = {
        {"photos.s3.amazonaws.com", "photos", NULL},
        {"photos.s3.eu-west-1.amazonaws.com", "photos", "eu-west-1"},
        {"photos.s3-eu-west-1.amazonaws.com", "photos", "eu-west-1"},
        {"photos.s3.dualstack.eu-west-1.amazonaws.com", "photos", "eu-west-1"},
        {"a.s3.b.s3.us-east-1.amazonaws.com", "a.s3.b", "us-east-1"},
        {"photos.s3-website-us-east-1.amazonaws.com", NULL, NULL},
        {"photos.s3-website.eu-central-1.amazonaws.com", NULL, NULL},
        {"photos.example.com", NULL, NULL},
        {".s3.amazonaws.com", NULL, NULL},
        {"s3.amazonaws.com", NULL, NULL},
        {"amazonaws.com", NULL, NULL},
    };
    NP_EACH (c, cases) {
        struct np_str bucket = NP_STR_NULL, region = NP_STR_NULL;
        bool ok = cloudfront_s3_domain(np_str_of(c->domain), &bucket, &region);
        NP_CHECK(ok == (c->bucket != NULL), "%s", c->domain);
        if (!ok || c->bucket == NULL)
            continue;
        NP_CHECK(np_str_eq(bucket, np_str_of(c->bucket)), "%s: %.*s", c->domain, NP_FMT(bucket));
        NP_CHECK((region.p == NULL) == (c->region == NULL) &&
                     np_str_eq(region, np_str_of(c->region)),
                 "%s: %.*s", c->domain, NP_FMT(region));
    }
}

NP_TEST(cloudfront_aliases)
{
    static const struct {
        const char *alias;
        bool ok;
        const char *why;
    } cases[] = {
        {"www.example.com", true, "a name"},
        {"*.example.com", true, "all below a name"},
        {"_a.example.com", true, "an underscore"},
        {"example", false, "one label"},
        {"*.*.example.com", false, "two wildcards"},
        {"a*.example.com", false, "part of a label"},
        {"-a.example.com", false, "a hyphen first"},
        {"a..example.com", false, "an empty label"},
        {"d1.cloudfront.net", false, "CloudFront's own"},
        {"", false, "nothing"},
    };
    NP_EACH (c, cases)
        NP_CHECK(cloudfront_alias_ok(np_str_of(c->alias)) == c->ok, "%s: %s", c->alias, c->why);
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(np_str_is(cloudfront_alias_key(a, NP_STR("WWW.Example.com.")), "www.example.com"),
             "case and the last dot do not count");
}

NP_TEST(cloudfront_versions)
{
    const struct np_str now = NP_STR("E2QWRUHEXAMPLE");
    struct np_err err;
    NP_CHECK(cloudfront_if_match(now, now, &err) == 0, "the version");
    NP_CHECK(cloudfront_if_match(NP_STR("\"E2QWRUHEXAMPLE\""), now, &err) == 0, "in quotes");
    NP_CHECK(cloudfront_if_match(NP_STR("E2QWRUHEXAMPLX"), now, &err) != 0 &&
                 err.fault == &CLOUDFRONT_PreconditionFailed,
             "an old one");
    static const char *const bad[] = {"", "x", "e2qwruhexample", "E2", "*"};
    NP_EACH (b, bad)
        NP_CHECK(cloudfront_if_match(np_str_of(*b), now, &err) != 0 &&
                     err.fault == &CLOUDFRONT_InvalidIfMatchVersion,
                 "'%s'", *b);
    NP_CHECK(cloudfront_if_match(NP_STR_NULL, now, &err) != 0 &&
                 err.fault == &CLOUDFRONT_InvalidIfMatchVersion,
             "none");
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str id = cloudfront_new_id(a, "E");
    NP_CHECK(cloudfront_if_match(id, id, &err) == 0, "%.*s", NP_FMT(id));
}

NP_TEST(cloudfront_identities)
{
    struct np_str id;
    NP_CHECK(cloudfront_identity_ref(NP_STR("origin-access-identity/cloudfront/E1"), &id) &&
                 np_str_is(id, "E1"),
             "a path");
    NP_CHECK(!cloudfront_identity_ref(NP_STR("origin-access-identity/cloudfront/"), &id), "no id");
    NP_CHECK(!cloudfront_identity_ref(NP_STR("E1"), &id), "an id alone");
}
