/* SPDX-License-Identifier: Apache-2.0 */
/* filter_test.c - wildcards of filters; ids and kinds. */
#include "test.h"

#include "base/auto.h"
#include "services/ec2/filter.h"

static const struct {
    const char *pattern, *value;
    bool fits;
} wildcards[] = {
    {"", "", true},
    {"", "a", false},
    {"a", "a", true},
    {"a", "A", false},
    {"*", "", true},
    {"*", "anything", true},
    {"a*", "abc", true},
    {"*c", "abc", true},
    {"a*c", "abbc", true},
    {"a*c", "abcd", false},
    {"?", "", false},
    {"?", "a", true},
    {"a?c", "abc", true},
    {"a?c", "abbc", false},
    {"a\\*c", "a*c", true},
    {"a\\*c", "abc", false},
    {"a\\?c", "a?c", true},
    {"a\\?c", "abc", false},
    {"a\\\\c", "a\\c", true},
    {"**a**", "xax", true},
    {"*a*b*c*", "xaxbxcx", true},
    {"*a*b*", "xbxa", false},
    {"ends\\", "ends\\", true},
    {"*aab", "aaaab", true},
};

NP_TEST(filter_wildcards)
{
    NP_EACH (c, wildcards)
        NP_CHECK(ec2_filter_text(np_str_of(c->pattern), np_str_of(c->value)) == c->fits, "%s on %s",
                 c->pattern, c->value);
}

static const struct {
    const char *id;
    int kind; /* -1: none */
    bool ok;
} ids[] = {
    {"vpc-0123456789abcdef0", EC2_KIND_VPC, true},
    {"vpc-01234567", EC2_KIND_VPC, true},
    {"vpc-0123456789abcdef", EC2_KIND_VPC, false},
    {"vpc-0123456789ABCDEF0", EC2_KIND_VPC, false},
    {"vpce-0123456789abcdef0", EC2_KIND_ENDPOINT, true},
    {"sgr-0123456789abcdef0", EC2_KIND_GROUP_RULE, true},
    {"i-0123456789abcdef0", EC2_KIND_INSTANCE, true},
    {"igw-0123456789abcdef0", EC2_KIND_INTERNET_GATEWAY, true},
    {"eni-perm-0123456789abcdef0", EC2_KIND_PERMISSION, true},
    {"eni-0123456789abcdef0", EC2_KIND_INTERFACE, true},
    {"nothing", -1, false},
};

NP_TEST(ids_and_kinds)
{
    NP_EACH (c, ids) {
        const struct ec2_kind *k = ec2_kind_of(np_str_of(c->id));
        NP_CHECK((k == NULL ? -1 : (int)k->id) == c->kind, "%s", c->id);
        if (k != NULL)
            NP_CHECK(ec2_id_ok(k, np_str_of(c->id)) == c->ok, "%s", c->id);
    }
}

NP_TEST(faults_of_ids)
{
    struct np_err err = {0};
    ec2_not_found(&err, EC2_KIND_VPC, NP_STR("vpc-1"));
    NP_CHECK(np_str_is(np_err_text(&err), "The vpc ID 'vpc-1' does not exist"), "%.*s", (int)err.n,
             err.text);
    ec2_not_found(&err, EC2_KIND_INSTANCE, NP_STR("x"));
    NP_CHECK(np_str_is(np_err_text(&err), "Invalid id: \"x\" (expecting \"i-...\")"), "%.*s",
             (int)err.n, err.text);
}
