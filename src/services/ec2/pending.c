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
