/* SPDX-License-Identifier: Apache-2.0 */
/* tls_policy.c - AWS's security policies: which versions and ciphers a name takes.
 *
 * Another service's policies are more rows. What OpenSSL was built without (SSLv3, RC4, triple DES
 * in Debian) stays in the rows as AWS has it and is left out of handshakes; docs/limits.md says so.
 */
#include "io/tls_int.h"

#define SUITES_AES "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"
#define SUITES_ALL NP_TLS_SUITES

/* CloudFront's lists in its order of preference: each policy takes away from the one before. */
#define CF_ECDHE(sig)                                                                              \
    "ECDHE-" sig "-AES128-GCM-SHA256:ECDHE-" sig "-AES256-GCM-SHA384:"                             \
    "ECDHE-" sig "-CHACHA20-POLY1305:"
#define CF_ECDHE_CBC(sig)                                                                          \
    "ECDHE-" sig "-AES128-GCM-SHA256:ECDHE-" sig "-AES128-SHA256:"                                 \
    "ECDHE-" sig "-AES256-GCM-SHA384:ECDHE-" sig "-CHACHA20-POLY1305:ECDHE-" sig "-AES256-SHA384:"
#define CF_ECDHE_SHA1(sig)                                                                         \
    "ECDHE-" sig "-AES128-GCM-SHA256:ECDHE-" sig "-AES128-SHA256:ECDHE-" sig "-AES128-SHA:"        \
    "ECDHE-" sig "-AES256-GCM-SHA384:ECDHE-" sig "-CHACHA20-POLY1305:"                             \
    "ECDHE-" sig "-AES256-SHA384:ECDHE-" sig "-AES256-SHA:"
#define CF_RSA      "AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256"
#define CF_RSA_SHA1 CF_RSA ":AES256-SHA:AES128-SHA"

#define CF_2016 CF_ECDHE_SHA1("ECDSA") CF_ECDHE_SHA1("RSA") CF_RSA_SHA1
#define CF_2018 CF_ECDHE_CBC("ECDSA") CF_ECDHE_CBC("RSA") CF_RSA
#define CF_2019 CF_ECDHE_CBC("ECDSA") CF_ECDHE_CBC("RSA")
#define CF_2021 CF_ECDHE("ECDSA") CF_ECDHE("RSA")
#define CF_2025                                                                                    \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"                                 \
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"

static const struct np_tls_policy policies[] = {
    {"SSLv3", TLS1_VERSION, CF_2016 ":DES-CBC3-SHA:RC4-MD5", SUITES_ALL, true},
    {"TLSv1", TLS1_VERSION, CF_2016 ":DES-CBC3-SHA", SUITES_ALL, true},
    {"TLSv1_2016", TLS1_VERSION, CF_2016, SUITES_ALL, true},
    {"TLSv1.1_2016", TLS1_1_VERSION, CF_2016, SUITES_ALL, true},
    {"TLSv1.2_2018", TLS1_2_VERSION, CF_2018, SUITES_ALL, false},
    {"TLSv1.2_2019", TLS1_2_VERSION, CF_2019, SUITES_ALL, false},
    {"TLSv1.2_2021", TLS1_2_VERSION, CF_2021, SUITES_ALL, false},
    {"TLSv1.2_2025", TLS1_2_VERSION, CF_2025, SUITES_ALL, false},
    {"TLSv1.3_2025", TLS1_3_VERSION, CF_2025, SUITES_AES, false},
};
#define N_POLICIES (sizeof(policies) / sizeof(policies[0]))
_Static_assert(N_POLICIES <= NP_TLS_POLICIES_MAX, "a server has no room for one context each");

const struct np_tls_policy *np_tls_policy_find(struct np_str name)
{
    for (size_t i = 0; i < N_POLICIES; i++)
        if (np_str_eq(name, np_str_of(policies[i].name)))
            return &policies[i];
    return NULL;
}

size_t np_tls_policy_index(const struct np_tls_policy *p)
{
    return (size_t)(p - policies);
}

int np_tls_policy_ok(struct np_str name)
{
    return np_tls_policy_find(name) != NULL ? 0 : NP_ENOENT;
}
