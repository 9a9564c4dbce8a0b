/* SPDX-License-Identifier: Apache-2.0 */
/* random.c - secrets: drawn from the kernel, compared in constant time, wiped. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/assert.h"
#include "base/digest.h"

void np_random(void *p, size_t n)
{
    unsigned char *at = p;
    while (n > 0) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0 && errno != EINTR)
            np_die(__FILE__, __LINE__, "getrandom: %s", strerrordesc_np(errno));
        if (got <= 0)
            continue;
        at += got;
        n -= (size_t)got;
    }
}

bool np_ct_eq(struct np_str a, struct np_str b)
{
    if (a.n != b.n)
        return false;
    const volatile unsigned char *x = (const volatile unsigned char *)a.p;
    const volatile unsigned char *y = (const volatile unsigned char *)b.p;
    unsigned char differ = 0;
    for (size_t i = 0; i < a.n; i++)
        differ |= x[i] ^ y[i];
    return differ == 0;
}

void np_wipe(void *p, size_t n)
{
    explicit_bzero(p, n);
}
