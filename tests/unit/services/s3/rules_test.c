/* SPDX-License-Identifier: Apache-2.0 */
/* rules_test.c - what stands in tables and documents: names, hosts, CORS and routing rules. */
#include "test.h"

#include "aws/core.h"
#include "base/auto.h"
#include "services/s3/bucket_int.h"
#include "services/s3/cors_rules.h"
#include "services/s3/host.h"
#include "services/s3/website_rules.h"

/* --- names --- */

static const struct {
    const char *name;
    bool ok;
    const char *why;
} bucket_names[] = {
    {"my.bucket-1", true, "dots and hyphens inside"},
    {"abc", true, "three is enough"},
    {"0-1", true, "digits at the ends"},
    {"123456789012345678901234567890123456789012345678901234567890123", true, "63"},
    {"1234567890123456789012345678901234567890123456789012345678901234", false, "64"},
    {"ab", false, "too short"},
    {"", false, "nothing"},
    {"192.168.5.4", false, "looks like an IPv4 address"},
    {"192.168.5", true, "does not"},
    {"My-bucket", false, "a capital"},
    {"my_bucket", false, "an underscore"},
    {"-abc", false, "begins with a hyphen"},
    {"abc.", false, "ends with a dot"},
    {"a..b", false, "adjacent dots"},
    {"xn--abc", false, "reserved prefix"},
    {"sthree-abc", false, "reserved prefix"},
    {"amzn-s3-demo-bucket", false, "reserved prefix"},
    {"abc-s3alias", false, "reserved suffix"},
    {"abc--ol-s3", false, "reserved suffix"},
    {"abc--x-s3", false, "a directory bucket's"},
};

NP_TEST(s3_bucket_names)
{
    NP_EACH (c, bucket_names)
        NP_CHECK(s3_bucket_name_ok(np_str_of(c->name)) == c->ok, "%s: %s", c->name, c->why);
}

NP_TEST(s3_path_names_bucket_and_key)
{
    struct np_str key;
    NP_CHECK_STR(s3_path_bucket(NP_STR("/b/a/c"), &key), NP_STR("b"));
    NP_CHECK_STR(key, NP_STR("a/c"));
    NP_CHECK_STR(s3_path_bucket(NP_STR("/b"), &key), NP_STR("b"));
    NP_CHECK(key.p == NULL);
    NP_CHECK(s3_path_bucket(NP_STR("/"), &key).p == NULL);
}

NP_TEST(s3_canonical_ids_lead_back_to_the_account)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str one = s3_canonical_id(a, NP_STR("111122223333")),
                  two = s3_canonical_id(a, NP_STR("000000000000"));
    NP_CHECK(one.n == 64 && two.n == 64 && !np_str_eq(one, two));
    NP_CHECK_STR(s3_account_of(a, one), NP_STR("111122223333"));
    NP_CHECK_STR(s3_account_of(a, two), NP_STR("000000000000"));
    char changed[64];
    memcpy(changed, one.p, 64);
    changed[3] = changed[3] == 'a' ? 'b' : 'a';
    NP_CHECK(s3_account_of(a, np_str_n(changed, 64)).p == NULL);
    NP_CHECK(s3_account_of(a, NP_STR("abc")).p == NULL);
}

/* --- hosts --- */

static const struct {
    const char *host;
    enum s3_host_kind kind;
    const char *bucket, *region;
    bool global;
} hosts[] = {
    {"s3.amazonaws.com", S3_HOST_API, NULL, NULL, true},
    {"s3.eu-west-1.amazonaws.com", S3_HOST_API, NULL, "eu-west-1", false},
    {"b.s3.amazonaws.com", S3_HOST_API, "b", NULL, true},
    {"my.b.s3.eu-west-1.amazonaws.com:443", S3_HOST_API, "my.b", "eu-west-1", false},
    {"b.s3.dualstack.us-east-1.amazonaws.com", S3_HOST_API, "b", "us-east-1", false},
    {"b.s3-us-west-2.amazonaws.com", S3_HOST_API, "b", "us-west-2", false},
    {"b.s3.localhost:4566", S3_HOST_API, "b", NULL, false},
    {"b.s3.us-east-1.localhost", S3_HOST_API, "b", "us-east-1", false},
    {"s3.localhost", S3_HOST_API, NULL, NULL, false},
    {"b.s3-website-us-east-1.amazonaws.com", S3_HOST_WEBSITE, "b", "us-east-1", false},
    {"b.s3-website.eu-central-1.amazonaws.com", S3_HOST_WEBSITE, "b", "eu-central-1", false},
    {"b.s3-website.localhost:4566", S3_HOST_WEBSITE, "b", NULL, false},
    {"b.s3-website-us-east-1.localhost", S3_HOST_WEBSITE, "b", "us-east-1", false},
    {"b.s3-website.us-east-1.localhost", S3_HOST_WEBSITE, "b", "us-east-1", false},
    {"s3-website.localhost", S3_HOST_OTHER, NULL, NULL, false},
    {"iam.amazonaws.com", S3_HOST_OTHER, NULL, NULL, false},
    {"111122223333.s3-control.us-east-1.amazonaws.com", S3_HOST_OTHER, NULL, NULL, false},
    {"b.s3-nowhere-1.amazonaws.com", S3_HOST_OTHER, NULL, NULL, false},
    {"localhost:4566", S3_HOST_OTHER, NULL, NULL, false},
    {"127.0.0.1:4566", S3_HOST_OTHER, NULL, NULL, false},
    {"[::1]:4566", S3_HOST_OTHER, NULL, NULL, false},
    {"", S3_HOST_OTHER, NULL, NULL, false},
};

NP_TEST(s3_hosts)
{
    struct np_core core = {0};
    NP_EACH (c, hosts) {
        struct s3_host h;
        s3_host_parse(&core, np_str_of(c->host), &h);
        NP_CHECK(h.kind == c->kind, "%s: kind %d", c->host, h.kind);
        NP_CHECK(np_str_eq(h.bucket, np_str_of(c->bucket)), "%s: bucket %.*s", c->host,
                 NP_FMT(h.bucket));
        NP_CHECK(np_str_eq(h.region, np_str_of(c->region)), "%s: region %.*s", c->host,
                 NP_FMT(h.region));
        NP_CHECK(h.global == c->global, "%s: global", c->host);
    }
}

/* --- CORS --- */

NP_TEST(s3_cors_rules)
{
    struct np_str origins[] = {NP_STR("https://*.example.com"), NP_STR("http://a.test")},
                  any[] = {NP_STR("*")}, get[] = {NP_STR("GET"), NP_STR("HEAD")},
                  put[] = {NP_STR("PUT")}, headers[] = {NP_STR("x-amz-*"), NP_STR("Range")};
    struct s3_CORSRule rules[] = {
        {.AllowedOrigins = {origins, 2, true},
         .AllowedMethods = {put, 1, true},
         .AllowedHeaders = {headers, 2, true}},
        {.AllowedOrigins = {any, 1, true}, .AllowedMethods = {get, 2, true}},
    };
    const struct s3_CORSConfiguration c = {.CORSRules = {rules, 2, true}};
    const struct {
        const char *origin, *method, *headers;
        int rule; /* -1: none */
    } asked[] = {
        {"https://www.example.com", "PUT", NULL, 0},
        {"https://example.com", "PUT", NULL, -1},
        {"http://a.test", "PUT", "X-Amz-Date, range", 0},
        {"http://a.test", "PUT", "x-amz-date,authorization", -1},
        {"http://A.test", "PUT", NULL, -1},
        {"http://other.test", "GET", NULL, 1},
        {"http://other.test", "GET", "Range", -1},
        {"http://other.test", "DELETE", NULL, -1},
    };
    NP_EACH (q, asked) {
        const struct s3_CORSRule *r =
            s3_cors_match(&c, np_str_of(q->origin), np_str_of(q->method), np_str_of(q->headers));
        NP_CHECK((r == NULL ? -1 : (int)(r - rules)) == q->rule, "%s %s", q->origin, q->method);
    }
    NP_CHECK(!s3_cors_any_origin(&rules[0]) && s3_cors_any_origin(&rules[1]));
    NP_CHECK(s3_cors_match(NULL, NP_STR("x"), NP_STR("GET"), NP_STR_NULL) == NULL);
    NP_CHECK(s3_cors_check(&c, NULL) == 0);
    struct np_err err;
    get[1] = NP_STR("PATCH");
    NP_CHECK(s3_cors_check(&c, &err) == NP_EINVAL);
    NP_CHECK_STR(np_err_text(&err), NP_STR("Found unsupported HTTP method in CORS config. "
                                           "Unsupported method is PATCH"));
    get[1] = NP_STR("HEAD");
    origins[0] = NP_STR("http://*.*.com");
    NP_CHECK(s3_cors_check(&c, &err) == NP_EINVAL);
}

/* --- websites --- */

static void check_redirect(const struct s3_WebsiteConfiguration *c, const char *key, int status,
                           int want, const char *location)
{
    NP_AUTO_ARENA a = np_arena_new();
    const struct s3_RoutingRule *r = s3_website_rule(c, np_str_of(key), status);
    struct s3_redirect to = {0};
    if (r != NULL)
        s3_website_redirect(a, r, NP_STR("http"), NP_STR("h:80"), np_str_of(key), &to);
    NP_CHECK(to.status == want, "%s %d: status %d", key, status, to.status);
    NP_CHECK_STR(to.location, np_str_of(location));
}

NP_TEST(s3_website_routing)
{
    struct s3_Condition docs = {.KeyPrefixEquals = NP_STR("docs/")},
                        missing = {.HttpErrorCodeReturnedEquals = NP_STR("404")},
                        both = {.KeyPrefixEquals = NP_STR("img/"),
                                .HttpErrorCodeReturnedEquals = NP_STR("403")};
    struct s3_Redirect to_documents = {.ReplaceKeyPrefixWith = NP_STR("documents/")},
                       to_host = {.HostName = NP_STR("other.test"),
                                  .Protocol = NP_STR("https"),
                                  .HttpRedirectCode = NP_STR("302")},
                       to_key = {.ReplaceKeyWith = NP_STR("not found.html")};
    struct s3_RoutingRule rules[] = {
        {.Condition = &docs, .Redirect = &to_documents},
        {.Condition = &both, .Redirect = &to_host},
        {.Condition = &missing, .Redirect = &to_key},
    };
    struct s3_IndexDocument index = {.Suffix = NP_STR("index.html")};
    struct s3_WebsiteConfiguration c = {.IndexDocument = &index, .RoutingRules = {rules, 3, true}};
    NP_CHECK(s3_website_check(&c, NULL) == 0);
    check_redirect(&c, "docs/a b.html", 0, 301, "http://h:80/documents/a%20b.html");
    check_redirect(&c, "docs", 0, 0, NULL);
    check_redirect(&c, "docs/x", 404, 301, "http://h:80/not%20found.html");
    check_redirect(&c, "img/x.png", 403, 302, "https://other.test/img/x.png");
    check_redirect(&c, "img/x.png", 0, 0, NULL);
    check_redirect(&c, "img/x.png", 404, 301, "http://h:80/not%20found.html");
}

NP_TEST(s3_website_checks)
{
    struct np_err err;
    struct s3_IndexDocument index = {.Suffix = NP_STR("index.html")};
    struct s3_RedirectAllRequestsTo all = {.HostName = NP_STR("x.test")};
    struct s3_Redirect redirect = {.HttpRedirectCode = NP_STR("301")};
    struct s3_RoutingRule rules[51];
    for (size_t i = 0; i < NP_LEN(rules); i++)
        rules[i] = (struct s3_RoutingRule){.Redirect = &redirect};
    struct s3_WebsiteConfiguration c = {0};
    NP_CHECK(s3_website_check(&c, &err) == NP_EINVAL, "no index document");
    c.IndexDocument = &index;
    NP_CHECK(s3_website_check(&c, &err) == 0);
    index.Suffix = NP_STR("a/index.html");
    NP_CHECK(s3_website_check(&c, &err) == NP_EINVAL, "a slash");
    index.Suffix = NP_STR("index.html");
    c.RoutingRules = (struct s3_RoutingRules){rules, 50, true};
    NP_CHECK(s3_website_check(&c, &err) == 0, "fifty rules");
    c.RoutingRules.n = 51;
    NP_CHECK(s3_website_check(&c, &err) == NP_E2BIG, "one more");
    c.RoutingRules.n = 1;
    redirect.HttpRedirectCode = NP_STR("300");
    NP_CHECK(s3_website_check(&c, &err) == NP_EINVAL, "300");
    redirect = (struct s3_Redirect){0};
    NP_CHECK(s3_website_check(&c, &err) == NP_EPROTO, "leads nowhere");
    redirect =
        (struct s3_Redirect){.ReplaceKeyWith = NP_STR("a"), .ReplaceKeyPrefixWith = NP_STR("b")};
    NP_CHECK(s3_website_check(&c, &err) == NP_EINVAL, "both");
    c.RedirectAllRequestsTo = &all;
    NP_CHECK(s3_website_check(&c, &err) == NP_EINVAL, "all and some");
    c = (struct s3_WebsiteConfiguration){.RedirectAllRequestsTo = &all};
    NP_CHECK(s3_website_check(&c, &err) == 0);
}
