/* SPDX-License-Identifier: Apache-2.0 */
/* http_response_fuzz.c - heads of responses: a cut changes nothing. The first two bytes choose the
 * cut and the method that was asked with. */
#include "fuzz.h"

#include <stdlib.h>

#include "http/limits.h"
#include "http/parse.h"

static struct np_http_field fields[NP_HTTP_FIELDS_MAX];
static const struct np_http_limits limits = {.head_bytes = 2000, .fields = 20, .target_bytes = 300};

NP_FUZZ(p, n)
{
    if (n < 2)
        return 0;
    const char *text = (const char *)p + 2;
    n -= 2;
    bool to_head = p[0] & 0x80;
    size_t cut = ((size_t)p[0] << 8 | p[1]) % (n + 1), used = 0, part_used = 0;
    struct np_http_head h = {0}, part_h = {0};
    char *piece = malloc(cut > 0 ? cut : 1);
    np_assert(piece != NULL);
    memcpy(piece, text, cut);

    int part = np_http_parse_response(piece, cut, &limits, to_head, fields, &part_h, &part_used);
    int whole = np_http_parse_response(text, n, &limits, to_head, fields, &h, &used);
    if (part == NP_EAGAIN)
        np_assert(whole != 0 || used > cut);
    else
        np_assert(part == whole && part_used == used && part_h.framing == h.framing);
    if (whole == 0) {
        np_assert(h.status >= 100 && h.status <= 999 && used <= n);
        np_assert(h.framing != NP_BODY_UNTIL_CLOSE || !h.keep_alive);
    }
    free(piece);
    return 0;
}
