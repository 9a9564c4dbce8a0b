/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - JSON trees and JSON text. */
#include "codec/json.h"

#include <math.h>

#include "base/arena.h"
#include "base/scan.h"
#include "codec/json_read.h"

int np_json_parse(struct np_arena *a, struct np_str text, struct np_json **out, struct np_err *err)
{
    struct np_json_reader r;
    struct np_json *root = np_new(a, struct np_json);
    int rc = np_jr_init(&r, a, text, err);
    if (rc == 0)
        rc = np_jr_tree(&r, root);
    if (rc == 0)
        rc = np_jr_end(&r);
    if (rc == 0)
        *out = root;
    return rc;
}

const struct np_json *np_json_member(const struct np_json *object, struct np_str key)
{
    if (object == NULL || object->type != NP_J_OBJECT)
        return NULL;
    for (const struct np_json *j = object->child; j != NULL; j = j->next)
        if (np_str_eq(j->key, key))
            return j;
    return NULL;
}

struct np_str np_json_str(const struct np_json *object, struct np_str key)
{
    const struct np_json *j = np_json_member(object, key);
    return j != NULL && j->type == NP_J_STRING ? j->s : NP_STR_NULL;
}

static void quote_byte(struct np_buf *b, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = c != '\0' ? strchr(from, c) : NULL;
    if (at == NULL) {
        np_buf_printf(b, "\\u%04x", c);
        return;
    }
    np_buf_char(b, '\\');
    np_buf_char(b, to[at - from]);
}

/* Keys and headers may hold any bytes; a reply must still be JSON. */
static void quote_bytes(struct np_buf *b, struct np_str s)
{
    bool utf8 = np_utf8_ok(s);
    size_t from = 0, i = 0;
    while (i < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        size_t len = utf8 || c < 0x80 ? 1 : np_utf8_len(np_str_sub(s, i, s.n));
        if (len != 0 && c >= 0x20 && c != '"' && c != '\\') {
            i += len;
            continue;
        }
        np_buf_add(b, s.p + from, i - from);
        if (len == 0)
            np_buf_lit(b, "\xEF\xBF\xBD");
        else
            quote_byte(b, c);
        from = ++i;
    }
    np_buf_add(b, s.p + from, s.n - from);
}

void np_json_quote(struct np_buf *b, struct np_str s)
{
    size_t plain = np_scan_json(s.p, s.n);
    np_buf_char(b, '"');
    np_buf_add(b, s.p, plain);
    if (plain < s.n)
        quote_bytes(b, np_str_sub(s, plain, s.n));
    np_buf_char(b, '"');
}

void np_json_number(struct np_buf *b, double d)
{
    char text[40];
    double back;
    int n = 0;
    if (isnan(d) || isinf(d)) { /* AWS: JSON has no such numbers; the protocols send strings */
        np_json_quote(b, isnan(d) ? NP_STR("NaN")
                         : d > 0  ? NP_STR("Infinity")
                                  : NP_STR("-Infinity"));
        return;
    }
    if (d == trunc(d) && fabs(d) < 1e15 && !(d == 0 && signbit(d))) {
        np_buf_i64(b, (int64_t)d);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(text, sizeof(text), "%.*g", digits, d);
        if (np_str_double(np_str_n(text, (size_t)n), &back) && back == d)
            break;
    }
    np_buf_add(b, text, (size_t)n);
}

static void write_members(const struct np_json *j, struct np_buf *b)
{
    bool object = j->type == NP_J_OBJECT;
    np_buf_char(b, object ? '{' : '[');
    for (const struct np_json *m = j->child; m != NULL; m = m->next) {
        if (m != j->child)
            np_buf_char(b, ',');
        if (object) {
            np_json_quote(b, m->key);
            np_buf_char(b, ':');
        }
        np_json_write(m, b);
    }
    np_buf_char(b, object ? '}' : ']');
}

void np_json_write(const struct np_json *j, struct np_buf *b)
{
    switch (j->type) {
    case NP_J_NULL:
        np_buf_lit(b, "null");
        break;
    case NP_J_BOOL:
        np_buf_str_add(b, j->b ? NP_STR("true") : NP_STR("false"));
        break;
    case NP_J_INT:
        np_buf_i64(b, j->i);
        break;
    case NP_J_DOUBLE:
        np_json_number(b, j->d);
        break;
    case NP_J_STRING:
        np_json_quote(b, j->s);
        break;
    case NP_J_ARRAY:
    case NP_J_OBJECT:
        write_members(j, b);
        break;
    }
}
