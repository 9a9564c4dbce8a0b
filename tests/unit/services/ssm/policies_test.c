/* SPDX-License-Identifier: Apache-2.0 */
/* policies_test.c - the policies of a parameter. */
#include "test.h"

#include "aws/fault.h"
#include "base/auto.h"
#include "gen/ssm/types.h"
#include "services/ssm/policies.h"

#define EXPIRES(when)                                                                              \
    "{\"Type\":\"Expiration\",\"Version\":\"1.0\",\"Attributes\":{\"Timestamp\":\"" when "\"}}"
#define NOW INT64_C(1700000000000) /* 2023-11-14 */

static const struct {
    const char *json;
    size_t n;
    const struct np_fault_def *fault; /* NULL: taken */
} cases[] = {
    {"[]", 0, NULL},
    {"[" EXPIRES("2030-12-02T21:34:33.000Z") "]", 1, NULL},
    {"[ " EXPIRES("2030-12-02T21:34:33Z") " ]", 1, NULL},
    {EXPIRES("2030-12-02T21:34:33.000Z"), 0, &NP_ValidationException},
    {"", 0, &NP_ValidationException},
    {"[", 0, &NP_ValidationException},
    {"[1]", 0, &SSM_InvalidPolicyTypeException},
    {"[{}]", 0, &SSM_InvalidPolicyTypeException},
    {"[{\"Type\":\"Deletion\"}]", 0, &SSM_InvalidPolicyTypeException},
    {"[{\"Type\":\"NoChangeNotification\",\"Version\":\"1.0\",\"Attributes\":{\"After\":\"20\","
     "\"Unit\":\"Days\"}}]",
     0, &SSM_InvalidPolicyTypeException},
    {"[{\"Type\":\"ExpirationNotification\"}]", 0, &SSM_InvalidPolicyTypeException},
    {"[{\"Type\":\"Expiration\",\"Version\":\"1.0\"}]", 0, &SSM_InvalidPolicyAttributeException},
    {"[{\"Type\":\"Expiration\",\"Attributes\":{\"Timestamp\":\"2030-12-02T21:34:33Z\"}}]", 0,
     &SSM_InvalidPolicyAttributeException},
    {"[" EXPIRES("tomorrow") "]", 0, &SSM_InvalidPolicyAttributeException},
    {"[" EXPIRES("2020-12-02T21:34:33.000Z") "]", 0, &SSM_InvalidPolicyAttributeException},
    {"[" EXPIRES("2030-12-02T21:34:33Z") "," EXPIRES("2031-12-02T21:34:33Z") "]", 0,
     &SSM_IncompatiblePolicyException},
    {"[1,1,1,1,1,1,1,1,1,1,1]", 0, &SSM_PoliciesLimitExceededException},
};

NP_TEST(policies)
{
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct ssm_policies p = {0};
        struct np_err err = {0};
        int rc = ssm_policies_parse(a, np_str_of(c->json), NOW, &p, &err);
        NP_CHECK((rc == 0) == (c->fault == NULL), "%s", c->json);
        NP_CHECK(p.n == c->n && err.fault == c->fault, "%s: %.*s", c->json, (int)err.n, err.text);
    }
}

NP_TEST(an_expiration_says_when)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ssm_policies p;
    struct np_err err;
    struct np_str json = NP_STR("[ " EXPIRES("2030-12-02T21:34:33.250Z") "]");
    NP_CHECK(ssm_policies_parse(a, json, NOW, &p, &err) == 0);
    NP_CHECK(p.expires_ms.set && p.expires_ms.v == INT64_C(1922477673250));
    NP_CHECK_STR(p.v[0].type, NP_STR("Expiration"));
    NP_CHECK_STR(p.v[0].text, NP_STR(EXPIRES("2030-12-02T21:34:33.250Z")));
}
