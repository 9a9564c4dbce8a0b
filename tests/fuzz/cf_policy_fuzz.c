/* SPDX-License-Identifier: Apache-2.0 */
/* cf_policy_fuzz.c - policies of signed URLs and cookies. The first byte chooses: the JSON, the
 * Base64 of URLs, or both as a viewer sends them. */
#include "fuzz.h"

#include "base/auto.h"
#include "services/cloudfront/signed_policy.h"

static void policy(struct np_arena *a, struct np_str s)
{
    struct cloudfront_signed_policy p;
    if (cloudfront_signed_policy_parse(a, s, &p) != 0)
        return;
    np_assert(p.before_s > 0 && p.after_s >= 0);
    /* Nobody is let in after the end or before the beginning. */
    const struct np_str url = NP_STR("https://d1.cloudfront.net/a?b");
    np_assert(!cloudfront_signed_policy_allows(&p, url, NP_STR("192.0.2.1"), p.before_s));
    if (p.after_s > 0)
        np_assert(!cloudfront_signed_policy_allows(&p, url, NP_STR("192.0.2.1"), p.after_s - 1));
    cloudfront_signed_policy_allows(&p, url, NP_STR("2001:db8::1"), p.before_s - 1);
}

static void coded(struct np_arena *a, struct np_str s)
{
    struct np_str raw = cloudfront_unsafe(a, s);
    np_assert(raw.p == NULL || raw.n <= s.n);
}

static void whole(struct np_arena *a, struct np_str s)
{
    struct np_str raw = cloudfront_unsafe(a, s);
    if (raw.p != NULL)
        policy(a, raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const kinds[])(struct np_arena *a, struct np_str s) = {policy, coded, whole};
    if (n == 0 || data[0] < '0' || data[0] >= '0' + NP_LEN(kinds))
        return 0;
    NP_AUTO_ARENA a = np_arena_new();
    kinds[data[0] - '0'](a, np_str_n(data + 1, n - 1));
    return 0;
}
