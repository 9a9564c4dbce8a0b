/* SPDX-License-Identifier: Apache-2.0 */
/* ec2_text_fuzz.c - texts of EC2: blocks and addresses, and, with a line feed in it, a filter's
 * pattern and a value. */
#include "fuzz.h"

#include "base/auto.h"
#include "services/ec2/vpc/cidr.h"
#include "services/ec2/filter.h"

static void blocks(struct np_arena *a, struct np_str text)
{
    struct ec2_cidr c, again;
    struct np_str six, once_more;
    uint32_t ip;
    if (ec2_cidr_parse(text, &c)) {
        struct ec2_cidr net = ec2_cidr_network(c);
        np_assert(c.bits <= 32 && ec2_cidr_is_network(net) && ec2_cidr_has(net, c));
        np_assert(ec2_cidr_parse(ec2_cidr_text(a, c), &again));
        np_assert(again.addr == c.addr && again.bits == c.bits);
        np_assert(ec2_cidr_first(c) <= c.addr && c.addr <= ec2_cidr_last(c));
    }
    if (ec2_cidr6_ok(a, text, &six))
        np_assert(ec2_cidr6_ok(a, six, &once_more) && np_str_eq(six, once_more));
    if (ec2_ip_parse(text, &ip))
        np_assert(np_str_eq(ec2_ip_text(a, ip), text));
}

static void ids(struct np_str text)
{
    const struct ec2_kind *k = ec2_kind_of(text);
    np_assert(k == NULL || np_str_starts(text, np_str_of(k->prefix)));
    if (k != NULL && ec2_id_ok(k, text))
        np_assert(text.n == strlen(k->prefix) + 17 || text.n == strlen(k->prefix) + 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str text = np_str_n(data, size), pattern, value;
    blocks(a, text);
    ids(text);
    if (size <= 1024 && np_str_cut(text, '\n', &pattern, &value) && ec2_filter_text(pattern, value))
        np_assert(value.n != 0 || pattern.n == 0 || np_str_chr(pattern, '*') >= 0);
    return 0;
}
