/* SPDX-License-Identifier: Apache-2.0 */
/* absent.c - what interfaces ask of instances: weak, until their files are there. */
#include "services/ec2/ec2_int.h"
#include "services/ec2/instance.h"

#define WEAK __attribute__((weak))

WEAK int ec2_instance_get(struct np_txn *t, struct np_str id, bool stopped_ok,
                          struct ec2_item **out, struct np_err *err)
{
    return ec2_not_found(err, EC2_KIND_INSTANCE, id);
}
WEAK int64_t ec2_instance_interfaces_max(const struct ec2_item *instance)
{
    return 2;
}
