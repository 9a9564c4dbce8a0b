/* SPDX-License-Identifier: Apache-2.0 */
/* frame.c - messages between region and worker. */
#include "engines/edgefn/frame.h"

#include "base/err.h"
#include "engines/edgefn/limits.h"

#define NUMBERS (NP_EDGEFN_HEAD_BYTES / sizeof(uint32_t))

void np_edgefn_frame_put(struct np_buf *b, const struct np_edgefn_frame *f)
{
    uint32_t head[NUMBERS] = {f->type, f->number, f->value};
    for (size_t i = 0; i < NP_EDGEFN_TEXTS; i++)
        head[3 + i] = (uint32_t)f->text[i].n;
    np_buf_add(b, head, sizeof(head));
    for (size_t i = 0; i < NP_EDGEFN_TEXTS; i++)
        np_buf_str_add(b, f->text[i]);
}

int np_edgefn_frame_get(struct np_str bytes, struct np_edgefn_frame *out, size_t *used)
{
    uint32_t head[NUMBERS];
    if (bytes.n < sizeof(head))
        return NP_EAGAIN;
    memcpy(head, bytes.p, sizeof(head));
    size_t total = sizeof(head);
    for (size_t i = 0; i < NP_EDGEFN_TEXTS; i++) {
        if (head[3 + i] > NP_EDGEFN_TEXT_MAX)
            return NP_EPROTO;
        total += head[3 + i];
    }
    if (head[0] == 0 || head[0] >= NP_EDGEFN_TYPES)
        return NP_EPROTO;
    if (bytes.n < total)
        return NP_EAGAIN;
    *out = (struct np_edgefn_frame){.type = head[0], .number = head[1], .value = head[2]};
    const char *p = bytes.p + sizeof(head);
    for (size_t i = 0; i < NP_EDGEFN_TEXTS; p += head[3 + i++])
        out->text[i] = np_str_n(p, head[3 + i]);
    *used = total;
    return 0;
}
