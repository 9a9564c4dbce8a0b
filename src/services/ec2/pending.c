/* SPDX-License-Identifier: Apache-2.0 */
/* pending.c - operations whose handlers are not written yet: refused. Weak: a handler takes its
 * place. */
#include "aws/fault.h"
#include "gen/ec2/ops.h"

#define PENDING(name, on, op, input, output)                                                       \
    __attribute__((weak)) int name(struct np_##on *x, const struct input *in, struct output *out,  \
                                   struct np_err *err)                                             \
    {                                                                                              \
        return np_fault(err, &EC2_UnsupportedOperation, #op " is not served");                     \
    }

PENDING(ec2_CopyImage_apply, txn, CopyImage, ec2_CopyImageRequest, ec2_CopyImageResult)
PENDING(ec2_CreateImage_apply, txn, CreateImage, ec2_CreateImageRequest, ec2_CreateImageResult)
PENDING(ec2_DeregisterImage_apply, txn, DeregisterImage, ec2_DeregisterImageRequest,
        ec2_DeregisterImageResult)
PENDING(ec2_RegisterImage_apply, txn, RegisterImage, ec2_RegisterImageRequest,
        ec2_RegisterImageResult)
