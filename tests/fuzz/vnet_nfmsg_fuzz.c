/* SPDX-License-Identifier: Apache-2.0 */
/* vnet_nfmsg_fuzz.c - what netfilter's sockets could say. The first byte chooses the reader; what
 * is read is counted, and lies within the message. */
#include "fuzz.h"

#include "base/arena.h"
#include "base/assert.h"
#include "engines/vnet/nfmsg.h"

struct seen {
    const uint8_t *p;
    size_t n, each;
};

static void on_packet(void *arg, const struct vnet_packet *x)
{
    struct seen *s = arg;
    const uint8_t *id = (const uint8_t *)x->eni_id.p;
    np_assert(x->eni_id.n > 0 && x->eni_id.n <= 63 && id >= s->p &&
              id + x->eni_id.n <= s->p + s->n);
    s->each++;
}

static void on_ended(void *arg, const struct vnet_ended *x)
{
    struct seen *s = arg;
    np_assert(x->packets[0] == x->packets[0]);
    s->each++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct seen s = {data + 1, size - 1, 0};
    if (data[0] & 1)
        vnet_read_packets(s.p, s.n, on_packet, &s);
    else
        vnet_read_ended(s.p, s.n, on_ended, &s);
    np_assert(s.each <= s.n / 20);
    return 0;
}
