/* SPDX-License-Identifier: Apache-2.0 */
/* absent_machines.c - what instances have of images and disks: weak, until their files are there.
 */
#include "engines/compute/compute.h"
#include "services/ec2/ebs.h"
#include "services/ec2/ec2_int.h"
#include "services/ec2/image.h"

#define WEAK __attribute__((weak))

WEAK int ec2_image_find(struct np_req *rq, struct np_str ami, struct ec2_image *out,
                        struct np_err *err)
{
    return ec2_not_found(err, EC2_KIND_IMAGE, ami);
}
WEAK int ec2_image_check(struct np_txn *t, struct np_str ami, bool is_item, struct np_err *err)
{
    return 0;
}
WEAK int ec2_image_launched(struct np_txn *t, struct np_str ami, struct np_err *err)
{
    return 0;
}
WEAK int ec2_ebs_prepare(struct np_req *rq, struct ec2_ebs_want *want, size_t n,
                         int (*done)(struct np_req *rq, void *arg, int rc), void *arg,
                         struct np_err *err)
{
    return done(rq, arg, 0);
}
WEAK int ec2_ebs_launch(struct np_txn *t, const struct ec2_ebs_want *want, struct np_str zone,
                        struct np_str instance, const struct ec2_TagSpecificationList *tags,
                        struct np_err *err)
{
    return 0;
}
WEAK int ec2_ebs_end_instance(struct np_txn *t, struct np_str instance, struct np_err *err)
{
    return 0;
}
WEAK int ec2_ebs_set_delete_on_termination(struct np_txn *t, struct np_str instance,
                                           struct np_str device, bool on, struct np_err *err)
{
    return np_fault(err, &EC2_InvalidInstanceAttributeValue, "No device is attached at %.*s",
                    NP_FMT(device));
}
WEAK void ec2_ebs_view_instance(const struct ec2_view *view, struct np_str instance,
                                struct np_arena *a, struct ec2_ebs_list *out)
{
    *out = (struct ec2_ebs_list){0};
}
WEAK void ec2_ebs_start(struct np_core *core, struct np_compute *c)
{
    np_compute_volumes_settled(c);
}
WEAK void ec2_ebs_stop(struct np_core *core)
{
}
WEAK void ec2_ebs_volume_changed(void *core, const struct np_volume_now *now, bool gone)
{
}
WEAK void ec2_ebs_key(void *core, struct np_str id,
                      void (*done)(void *x, const uint8_t key[64], const struct np_err *err),
                      void *x)
{
    done(x, NULL, NULL);
}
