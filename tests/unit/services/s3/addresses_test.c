/* SPDX-License-Identifier: Apache-2.0 */
/* addresses_test.c - names of S3 that are answered with an address, and the zones of aliases. */
#include "test.h"

#include <arpa/inet.h>

#include "aws/core.h"
#include "aws/core_int.h"
#include "aws/names.h"
#include "services/s3/bucket_int.h"

static const struct {
    const char *name, *zone;
    bool ok;
} cases[] = {
    {"s3.amazonaws.com", NULL, true},
    {"b.s3.amazonaws.com", NULL, true},
    {"s3.eu-west-1.amazonaws.com", NULL, true},
    {"a.b.s3.eu-west-1.amazonaws.com", NULL, true},
    {"s3.dualstack.eu-west-1.amazonaws.com", NULL, true},
    {"s3-eu-west-1.amazonaws.com", NULL, true},
    {"b.s3-website-us-east-1.amazonaws.com", "Z3AQBSTGFYJSTF", true},
    {"www.example.com.s3-website.eu-central-1.amazonaws.com", "Z21DNDUVLTQW6Q", true},
    {"s3-website-us-east-1.amazonaws.com", "Z3AQBSTGFYJSTF", true}, /* what an alias names */
    {"s3-website.eu-central-1.amazonaws.com", "Z21DNDUVLTQW6Q", true},
    {"s3-website.amazonaws.com", NULL, false},
    {"s3.xx-east-1.amazonaws.com", NULL, false},
    {"s3-website-xx.amazonaws.com", NULL, false},
    {"s3-control.us-east-1.amazonaws.com", NULL, false},
    {"s3.localhost", NULL, false},
    {"b.s3.us-east-1.amazonaws.com.evil.example", NULL, false},
    {"amazonaws.com", NULL, false},
    {"example.com", NULL, false},
};

NP_TEST(names_of_s3_are_at_the_gateway)
{
    struct np_core core = {0};
    np_core_init(&core);
    s3_addresses_init(&core);
    NP_EACH (c, cases) {
        struct np_name_addrs got = {0};
        int rc = np_name_find(&core, np_str_of(c->name), NP_STR_NULL, &got);
        NP_CHECK((rc == 0) == c->ok, "%s: %d", c->name, rc);
        if (rc == 0)
            NP_CHECK(got.n == 1 && np_str_eq(got.zone_id, np_str_of(c->zone)), "%s: %.*s", c->name,
                     NP_FMT(got.zone_id));
    }
    np_core_fini(&core);
}

static void check_glob(void *x, struct np_str glob)
{
    struct np_str name = *(struct np_str *)x;
    if (np_str_glob(glob, name, false))
        *(struct np_str *)x = NP_STR_NULL;
}

NP_TEST(globs_match_what_is_found)
{
    struct np_core core = {0};
    np_core_init(&core);
    s3_addresses_init(&core);
    NP_EACH (c, cases) {
        struct np_str name = np_str_of(c->name);
        np_name_globs(&core, check_glob, &name);
        NP_CHECK(!c->ok || name.p == NULL, "%s", c->name);
    }
    np_core_fini(&core);
}
