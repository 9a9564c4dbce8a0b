/* SPDX-License-Identifier: Apache-2.0 */
/* name_test.c - names of certificates, and the records that prove them. */
#include "test.h"

#include "aws/core.h"
#include "base/auto.h"
#include "services/acm/name.h"

NP_TEST(acm_names_are_lower_case_and_plain)
{
    static const struct {
        const char *in, *out;
    } names[] = {
        {"Www.Example.COM", "www.example.com"},
        {"*.Example.com", "*.example.com"},
        {"xn--xyz-abc.com", "xn--xyz-abc.com"},
        {"abc--example.com", "abc--example.com"},
        {"ab--example.com", NULL},
        {"www.xn--.com", NULL},
    };
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (n, names) {
        struct np_str got = acm_name(a, np_str_of(n->in));
        NP_CHECK((got.p == NULL) == (n->out == NULL), "%s", n->in);
        if (n->out != NULL)
            NP_CHECK_STR(got, np_str_of(n->out));
    }
}

NP_TEST(acm_records_are_of_account_and_name)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_core core = {.root_key = {1}}, other = {.root_key = {2}};
    struct np_str ann = NP_STR("111122223333"), bob = NP_STR("444455556666");
    struct acm_record one = acm_record(&core, a, ann, NP_STR("example.com"));
    NP_CHECK(np_str_ends(one.name, NP_STR(".example.com.")) && one.name.p[0] == '_');
    NP_CHECK(one.name.n == 33 + sizeof(".example.com.") - 1);
    NP_CHECK(np_str_ends(one.value, NP_STR(".acm-validations.aws.")) && one.value.p[0] == '_');

    struct acm_record again = acm_record(&core, a, ann, NP_STR("*.example.com"));
    NP_CHECK_STR(again.name, one.name);
    NP_CHECK_STR(again.value, one.value);
    again = acm_record(&core, a, bob, NP_STR("example.com"));
    NP_CHECK(!np_str_eq(again.name, one.name) && !np_str_eq(again.value, one.value));
    again = acm_record(&core, a, ann, NP_STR("www.example.com"));
    NP_CHECK(!np_str_starts(again.name, np_str_sub(one.name, 0, 33)));
    again = acm_record(&other, a, ann, NP_STR("example.com"));
    NP_CHECK(!np_str_eq(again.name, one.name), "another region's records prove nothing here");
}
