/* SPDX-License-Identifier: Apache-2.0 */
/* absent.c - what VPCs and subnets have of security: weak, until its files are there. */
#include "services/ec2/acl.h"
#include "services/ec2/endpoint.h"
#include "services/ec2/eni.h"
#include "services/ec2/prefixlist.h"
#include "services/ec2/sg.h"
#include "services/ec2/vpc_int.h"

#define WEAK __attribute__((weak))

WEAK int ec2_sg_default(struct np_txn *t, struct np_str vpc, struct np_str *id, struct np_err *err)
{
    return 0;
}
WEAK int ec2_sg_drop_default(struct np_txn *t, struct np_str vpc, struct np_err *err)
{
    return 0;
}
WEAK size_t ec2_sg_count_own(struct np_txn *t, struct np_str vpc)
{
    return 0;
}
WEAK int ec2_acl_default(struct np_txn *t, struct np_str vpc, struct np_str *id, struct np_err *err)
{
    return 0;
}
WEAK int ec2_acl_drop_default(struct np_txn *t, struct np_str vpc, struct np_err *err)
{
    return 0;
}
WEAK size_t ec2_acl_count_own(struct np_txn *t, struct np_str vpc)
{
    return 0;
}
WEAK int ec2_acl_add_subnet(struct np_txn *t, struct np_str vpc, struct np_str subnet,
                            struct np_err *err)
{
    return 0;
}
WEAK int ec2_acl_drop_subnet(struct np_txn *t, struct np_str subnet, struct np_err *err)
{
    return 0;
}
WEAK size_t ec2_vpce_count(struct np_txn *t, struct np_str vpc)
{
    return 0;
}
WEAK int ec2_vpce_drop_table(struct np_txn *t, struct np_str table, struct np_err *err)
{
    return 0;
}
WEAK size_t ec2_eni_free_addresses(const struct ec2_view *view, const struct ec2_item *subnet)
{
    return ((size_t)1 << (32 - ec2_subnet_block(subnet).bits)) - 5;
}
WEAK int ec2_pl_check(struct np_txn *t, struct np_str id, size_t *weight, bool *own,
                      struct np_err *err)
{
    return ec2_not_found(err, EC2_KIND_PREFIX_LIST, id);
}
WEAK int ec2_eni_create(struct np_txn *t, const struct ec2_eni_opts *o, struct ec2_item **out,
                        struct np_err *err)
{
    return ec2_not_found(err, EC2_KIND_SUBNET, o->subnet);
}
WEAK int ec2_eni_drop(struct np_txn *t, struct ec2_item *eni, struct np_err *err)
{
    return 0;
}
WEAK int ec2_eni_assign(struct np_txn *t, struct ec2_item *eni, const struct np_str *given,
                        size_t n, size_t more, struct np_err *err)
{
    return 0;
}
WEAK int ec2_eni_unassign(struct np_txn *t, struct ec2_item *eni, const struct np_str *addresses,
                          size_t n, struct np_err *err)
{
    return 0;
}
