/* SPDX-License-Identifier: Apache-2.0 */
/* rdata_text.c - data of records from the wire to text. */
#include <arpa/inet.h>

#include "base/arena.h"
#include "engines/dns/rdata_int.h"
#include "engines/dns/wire.h"

#define TEXT_MAX (5 * NP_DNS_MESSAGE_MAX) /* every byte escaped */

struct source {
    const uint8_t *p;
    size_t n;
    struct np_buf *out;
    struct np_arena *arena;
};

void rdata_put_quoted(struct np_buf *out, struct np_str bytes)
{
    np_buf_char(out, '"');
    for (size_t i = 0; i < bytes.n; i++) {
        uint8_t c = (uint8_t)bytes.p[i];
        if (c == '"' || c == '\\')
            np_buf_char(out, '\\');
        if (c >= 0x20 && c < 0x7f)
            np_buf_char(out, (char)c);
        else
            np_buf_printf(out, "\\%03o", c);
    }
    np_buf_char(out, '"');
}

static const uint8_t *take(struct source *s, size_t n)
{
    const uint8_t *p = s->p;
    if (s->n < n)
        return NULL;
    s->p += n;
    s->n -= n;
    return p;
}

static bool put_address(struct source *s, int family)
{
    char text[INET6_ADDRSTRLEN];
    const uint8_t *p = take(s, family == AF_INET ? 4 : 16);
    if (p == NULL || inet_ntop(family, p, text, sizeof(text)) == NULL)
        return false;
    np_buf_str_add(s->out, np_str_of(text));
    return true;
}

/* As it came: a value's case and most of its bytes are kept. */
static bool put_name(struct source *s)
{
    size_t n = np_dns_name_len(s->p, s->n);
    const uint8_t *p = n != 0 ? take(s, n) : NULL;
    if (p == NULL)
        return false;
    if (*p == 0)
        np_buf_char(s->out, '.');
    for (; *p != 0; p += *p + 1) {
        for (size_t i = 1; i <= *p; i++) {
            uint8_t c = p[i];
            if (c > ' ' && c < 0x7f && c != '.' && c != '\\' && c != '"')
                np_buf_char(s->out, (char)c);
            else
                np_buf_printf(s->out, "\\%03o", c);
        }
        np_buf_char(s->out, '.');
    }
    return true;
}

static bool put_number(struct source *s, unsigned bytes)
{
    const uint8_t *p = take(s, bytes);
    uint32_t v = 0;
    for (unsigned i = 0; p != NULL && i < bytes; i++)
        v = v << 8 | p[i];
    np_buf_u64(s->out, v);
    return p != NULL;
}

static bool take_short(struct source *s, struct np_str *out)
{
    const uint8_t *n = take(s, 1), *p = n != NULL ? take(s, *n) : NULL;
    if (p == NULL)
        return false;
    *out = np_str_n(p, *n);
    return true;
}

static bool put_texts(struct source *s, bool all)
{
    struct np_str text;
    bool first = true;
    do {
        if (!take_short(s, &text))
            return false;
        if (!first)
            np_buf_char(s->out, ' ');
        rdata_put_quoted(s->out, text);
        first = false;
    } while (all && s->n > 0);
    return true;
}

static bool put_tag(struct source *s)
{
    struct np_str tag;
    if (!take_short(s, &tag) || tag.n == 0)
        return false;
    for (size_t i = 0; i < tag.n; i++) {
        char l = (char)(tag.p[i] | 0x20);
        if (!(l >= 'a' && l <= 'z') && !(tag.p[i] >= '0' && tag.p[i] <= '9'))
            return false;
    }
    np_buf_str_add(s->out, tag);
    return true;
}

static bool put_hex(struct source *s)
{
    bool any = s->n > 0;
    for (; s->n > 0; s->p++, s->n--)
        np_buf_printf(s->out, "%02X", *s->p);
    return any;
}

static bool put_field(struct source *s, char kind)
{
    struct np_str all = np_str_n(s->p, s->n);
    switch (kind) {
    case '4':
        return put_address(s, AF_INET);
    case '6':
        return put_address(s, AF_INET6);
    case 'n':
        return put_name(s);
    case 'b':
        return put_number(s, 1);
    case 's':
        return put_number(s, 2);
    case 'l':
        return put_number(s, 4);
    case 'q':
        return put_texts(s, false);
    case 't':
        return put_texts(s, true);
    case 'g':
        return put_tag(s);
    case 'v':
        rdata_put_quoted(s->out, all);
        return take(s, s->n) != NULL;
    case 'p':
        return svcb_params_text(all, s->out, s->arena) && take(s, s->n) != NULL;
    default:
        return put_hex(s);
    }
}

static bool put_fields(struct source *s, const char *fields)
{
    for (const char *kind = fields; *kind != '\0'; kind++) {
        if (kind != fields && !(*kind == 'p' && s->n == 0))
            np_buf_char(s->out, ' ');
        if (!put_field(s, *kind))
            return false;
    }
    return s->n == 0;
}

struct np_str np_dns_rdata_text(uint16_t type, struct np_str rdata, struct np_arena *a)
{
    const struct rdata_type *t = rdata_type_of(type);
    struct np_buf out;
    np_buf_init(&out, a, TEXT_MAX);
    struct source s = {(const uint8_t *)(rdata.p != NULL ? rdata.p : ""), rdata.n, &out, a};
    if (t != NULL && put_fields(&s, t->fields))
        return np_buf_str(&out);
    np_buf_clear(&out);
    np_buf_printf(&out, "\\# %zu", rdata.n);
    for (size_t i = 0; i < rdata.n; i++)
        np_buf_printf(&out, i == 0 ? " %02X" : "%02X", (uint8_t)rdata.p[i]);
    return np_buf_str(&out);
}
