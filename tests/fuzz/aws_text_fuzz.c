/* SPDX-License-Identifier: Apache-2.0 */
/* aws_text_fuzz.c - names that requests carry: URLs, ARNs, hosts, buckets, accounts, sealed tokens.
 * The first byte chooses. Parts lie in the text they come from, and together they are all of it. */
#include "fuzz.h"

#include "aws/arn.h"
#include "aws/browser.h"
#include "aws/core.h"
#include "aws/fetch.h"
#include "aws/identity.h"
#include "base/auto.h"
#include "services/s3/bucket_int.h"
#include "services/s3/host.h"
#include "services/sts/sts_int.h"

static const struct np_core core = {
    .config = {.suffixes = {(struct np_str[]){{"cloud.test", 10}}, 1, true}}};

static bool within(struct np_str part, struct np_str text)
{
    return part.n == 0 || (part.p >= text.p && part.p + part.n <= text.p + text.n);
}

static void url(struct np_arena *a, struct np_str s)
{
    struct np_url u;
    (void)a;
    if (!np_url_parse(s, &u))
        return;
    np_assert(u.port != 0 && u.host.n != 0 && u.target.p[0] == '/');
    np_assert(within(u.host, u.authority) && within(u.authority, s));
    np_assert(np_str_is(u.target, "/") || np_str_ends(s, u.target));
}

static void arn(struct np_arena *a, struct np_str s)
{
    struct np_arn x;
    if (!np_arn_parse(s, &x))
        return;
    np_assert(np_str_eq(np_str_printf(a, "arn:%.*s:%.*s:%.*s:%.*s:%.*s", NP_FMT(x.partition),
                                      NP_FMT(x.service), NP_FMT(x.region), NP_FMT(x.account),
                                      NP_FMT(x.resource)),
                        s));
}

static void host(struct np_arena *a, struct np_str s)
{
    struct s3_host h;
    (void)a;
    s3_host_parse(&core, s, &h);
    np_assert(within(np_host_name(s), s) && within(h.bucket, s) && within(h.region, s));
    np_assert(h.bucket.p == NULL || (h.bucket.n != 0 && h.kind != S3_HOST_OTHER));
    np_assert(h.region.p == NULL || np_region_ok(&core, h.region));
    np_assert(h.kind != S3_HOST_WEBSITE || h.bucket.n != 0);
}

static void bucket(struct np_arena *a, struct np_str s)
{
    struct np_str key, name = s3_path_bucket(s, &key);
    (void)a;
    np_assert(within(name, s) && within(key, s) && (key.p == NULL || name.p != NULL));
    if (s3_bucket_name_ok(s))
        np_assert(s.n >= 3 && s.n <= 63 && np_utf8_ok(s) && np_str_chr(s, '/') < 0);
}

static void account(struct np_arena *a, struct np_str s)
{
    struct np_str of = s3_account_of(a, s);
    if (of.p != NULL)
        np_assert(np_str_ieq(s3_canonical_id(a, of), s));
}

/* Nobody outside makes one. */
static void sealed(struct np_arena *a, struct np_str s)
{
    struct sts_session session;
    np_assert(sts_token_open(&core, s, a, &session) == NP_EINVAL);
    np_assert(np_decode_denial(&core, a, NP_STR("111122223333"), s).p == NULL);
}

static void (*const readers[])(struct np_arena *a, struct np_str s) = {url,    arn,     host,
                                                                       bucket, account, sealed};

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    if (n == 0)
        return 0;
    readers[p[0] % NP_LEN(readers)](a, np_str_n(p + 1, n - 1));
    return 0;
}
