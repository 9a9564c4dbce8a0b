/* SPDX-License-Identifier: Apache-2.0 */
/* wipe.c - base/ has it by a library that a static program does without. */
#include <string.h>

#include "base/digest.h"

void np_wipe(void *p, size_t n)
{
    explicit_bzero(p, n);
}
