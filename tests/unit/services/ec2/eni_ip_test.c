/* SPDX-License-Identifier: Apache-2.0 */
/* eni_ip_test.c - which addresses of a subnet may be given. */
#include "test.h"

#include "services/ec2/interface/eni_ip.h"

static const struct {
    const char *block, *first, *last; /* NULL: none */
} blocks[] = {
    {"10.0.0.0/24", "10.0.0.4", "10.0.0.254"},
    {"10.0.0.0/28", "10.0.0.4", "10.0.0.14"},
    {"10.0.0.16/28", "10.0.0.20", "10.0.0.30"},
    {"10.0.0.0/16", "10.0.0.4", "10.0.255.254"},
    {"255.255.255.240/28", "255.255.255.244", "255.255.255.254"},
    {"10.0.0.0/29", "10.0.0.4", "10.0.0.6"},
    {"10.0.0.0/30", NULL, NULL},
    {"10.0.0.0/32", NULL, NULL},
};

NP_TEST(addresses_that_may_be_given)
{
    NP_EACH (b, blocks) {
        struct ec2_cidr c;
        uint32_t first = 0, last = 0, want;
        NP_CHECK(ec2_cidr_parse(np_str_of(b->block), &c));
        NP_CHECK(ec2_ip_usable(c, &first, &last) == (b->first != NULL), "%s", b->block);
        if (b->first == NULL)
            continue;
        NP_CHECK(ec2_ip_parse(np_str_of(b->first), &want) && want == first, "%s", b->block);
        NP_CHECK(ec2_ip_parse(np_str_of(b->last), &want) && want == last, "%s", b->block);
    }
}
