/* SPDX-License-Identifier: Apache-2.0 */
/* Policies of signed URLs: read, and held against requests. */
#include "test.h"

#include "base/auto.h"
#include "services/cloudfront/signed_policy.h"

#define UNTIL                       "\"DateLessThan\":{\"AWS:EpochTime\":2000}"
#define POLICY(resource, condition) "{\"Statement\":[{" resource "\"Condition\":{" condition "}}]}"
#define ON(url)                     "\"Resource\":\"" url "\","

NP_TEST(cloudfront_signed_policies_allow)
{
    static const struct {
        const char *policy, *url, *ip;
        int64_t now_s;
        bool ok;
        const char *why;
    } cases[] = {
        {POLICY(ON("https://d/a"), UNTIL), "https://d/a", "192.0.2.1", 1999, true, "in time"},
        {POLICY(ON("https://d/a"), UNTIL), "https://d/a", "192.0.2.1", 2000, false, "over"},
        {POLICY(ON("https://d/a"), UNTIL), "http://d/a", "192.0.2.1", 1, false, "another scheme"},
        {POLICY(ON("http*://d/*"), UNTIL), "http://d/a/b?c", "192.0.2.1", 1, true, "any below"},
        {POLICY(ON("https://d/?"), UNTIL), "https://d/ab", "192.0.2.1", 1, false, "one character"},
        {POLICY("", UNTIL), "https://x/y", "192.0.2.1", 1, true, "no resource is every URL"},
        {POLICY("", UNTIL ",\"DateGreaterThan\":{\"AWS:EpochTime\":1000}"), "", "192.0.2.1", 999,
         false, "too early"},
        {POLICY("", UNTIL ",\"DateGreaterThan\":{\"AWS:EpochTime\":1000}"), "", "192.0.2.1", 1000,
         true, "from then on"},
        {POLICY("", UNTIL ",\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.0/24\"}"), "", "192.0.2.255",
         1, true, "within"},
        {POLICY("", UNTIL ",\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.0/24\"}"), "", "192.0.3.0", 1,
         false, "outside"},
        {POLICY("", UNTIL ",\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.7\"}"), "", "192.0.2.8", 1,
         false, "one address"},
        {POLICY("", UNTIL ",\"IpAddress\":{\"AWS:SourceIp\":\"0.0.0.0/0\"}"), "", "2001:db8::1", 1,
         true, "everybody"},
        {POLICY("", UNTIL ",\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.0/24\"}"), "", "2001:db8::1",
         1, false, "an IPv6 address is not in an IPv4 network"},
    };
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct cloudfront_signed_policy p;
        NP_CHECK(cloudfront_signed_policy_parse(a, np_str_of(c->policy), &p) == 0, "%s", c->policy);
        NP_CHECK(cloudfront_signed_policy_allows(&p, np_str_of(c->url), np_str_of(c->ip),
                                                 c->now_s) == c->ok,
                 "%s", c->why);
    }
}

NP_TEST(cloudfront_signed_policies_malformed)
{
    static const char *const bad[] = {
        "",
        "{}",
        "{\"Statement\":[]}",
        "{\"Statement\":{}}",
        POLICY(ON("a"), ""),
        POLICY(ON("a") ON("b"), UNTIL),
        POLICY("\"Resource\":1,", UNTIL),
        POLICY("\"Effect\":\"Allow\",", UNTIL),
        POLICY("", "\"DateLessThan\":{\"AWS:EpochTime\":-1}"),
        POLICY("", "\"DateLessThan\":{\"AWS:EpochTime\":\"2000\"}"),
        POLICY("", UNTIL ",\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.0/33\"}"),
        POLICY("", UNTIL ",\"IpAddress\":{\"AWS:SourceIp\":\"host\"}"),
        POLICY("", UNTIL ",\"Bool\":{\"a\":\"b\"}"),
        "{\"Statement\":[{\"Condition\":{" UNTIL "}},{\"Condition\":{" UNTIL "}}]}",
    };
    NP_EACH (b, bad) {
        NP_AUTO_ARENA a = np_arena_new();
        struct cloudfront_signed_policy p;
        NP_CHECK(cloudfront_signed_policy_parse(a, np_str_of(*b), &p) == NP_EINVAL, "%s", *b);
    }
}

NP_TEST(cloudfront_signed_text)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(np_str_is(cloudfront_unsafe(a, NP_STR("YQ__")), "a"), "padding");
    NP_CHECK(cloudfront_unsafe(a, NP_STR("-~-~")).n == 3, "the two other characters");
    NP_CHECK(cloudfront_unsafe(a, NP_STR("Y")).p == NULL, "no Base64");
    NP_CHECK(np_str_is(cloudfront_canned(a, NP_STR("https://d/a"), NP_STR("7")),
                       "{\"Statement\":[{\"Resource\":\"https://d/a\",\"Condition\":{"
                       "\"DateLessThan\":{\"AWS:EpochTime\":7}}}]}"),
             "a canned policy, byte for byte");
}
