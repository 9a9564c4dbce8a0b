/* SPDX-License-Identifier: Apache-2.0 */
/* ec2_imds_fuzz.c - what a guest sends to the metadata service: a path, a token, a time; one a
 * line. */
#include "fuzz.h"

#include "base/auto.h"
#include "services/ec2/imds/token.h"
#include "services/ec2/imds/tree.h"

static struct np_str subnet_block(void *arg, struct np_str subnet)
{
    return NP_STR("10.0.0.0/24");
}

static size_t vpc_blocks(void *arg, struct np_str vpc, struct np_str *out, size_t room)
{
    return 0;
}

NP_FUZZ(p, n)
{
    static const uint8_t key[32] = {7};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str left = np_str_n(p, n), path = NP_STR(""), token = NP_STR(""), ttl = NP_STR(""),
                  text;
    struct ec2_Instance i = {.InstanceId = NP_STR("i-1"), .KeyName = NP_STR("k")};
    struct ec2_imds_facts f = {.i = &i,
                               .public_key = NP_STR("ssh-rsa AAAA"),
                               .region = NP_STR("us-east-1"),
                               .subnet_block = subnet_block,
                               .vpc_blocks = vpc_blocks};
    struct ec2_imds_tree t;
    np_str_split(&left, '\n', &path);
    np_str_split(&left, '\n', &token);
    np_str_split(&left, '\n', &ttl);
    ec2_imds_tree(&f, a, &t);
    ec2_imds_answer(&t, path, &text);
    np_assert(ec2_imds_token_left(a, key, i.InstanceId, token, 0) == 0); /* nobody guesses a MAC */
    int64_t s = ec2_imds_ttl(ttl);
    np_assert(s >= 0 && s <= EC2_IMDS_TOKEN_TTL);
    return 0;
}
