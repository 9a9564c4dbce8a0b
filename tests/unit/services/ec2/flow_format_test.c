/* SPDX-License-Identifier: Apache-2.0 */
/* flow_format_test.c - formats of flow logs, and where they go. */
#include "test.h"

#include "base/auto.h"
#include "services/ec2/flow/format.h"
#include "services/ec2/flow/log.h"

NP_TEST(fields_in_their_order)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ec2_flow_format f;
    NP_CHECK(ec2_flow_format_parse(a, np_str_of(ec2_flow_default_format), &f, NULL) == 0);
    NP_CHECK(f.n == 14 && f.v[0] == EC2_FLOW_VERSION && f.v[13] == EC2_FLOW_LOG_STATUS);
    NP_CHECK(ec2_flow_format_parse(a, NP_STR("${end}  ${start}"), &f, NULL) == 0 && f.n == 2 &&
             f.v[0] == EC2_FLOW_END);
    NP_CHECK(strcmp(ec2_flow_field_name(f.v[1]), "start") == 0);
}

NP_TEST(what_is_no_format)
{
    static const char *const bad[] = {"",        " ",   "start",       "${start",
                                      "$start}", "${}", "${nonsense}", "${start}${end}"};
    NP_EACH (b, bad) {
        NP_AUTO_ARENA a = np_arena_new();
        struct ec2_flow_format f;
        NP_CHECK(ec2_flow_format_parse(a, np_str_of(*b), &f, NULL) != 0, "%s", *b);
    }
}

NP_TEST(destinations)
{
    struct np_str bucket, prefix;
    NP_CHECK(ec2_flow_destination(NP_STR("arn:aws:s3:::b"), &bucket, &prefix) &&
             np_str_is(bucket, "b") && prefix.n == 0);
    NP_CHECK(ec2_flow_destination(NP_STR("arn:aws:s3:::b/x/y//"), &bucket, &prefix) &&
             np_str_is(bucket, "b") && np_str_is(prefix, "x/y"));
    NP_CHECK(!ec2_flow_destination(NP_STR("arn:aws:sqs:us-east-1:1:q"), &bucket, &prefix));
    NP_CHECK(!ec2_flow_destination(NP_STR("b"), &bucket, &prefix));
}
