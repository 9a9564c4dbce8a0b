/* SPDX-License-Identifier: Apache-2.0 */
/* svcb.c - the parameters of SVCB and HTTPS records (RFC 9460): pairs in the order of their keys.
 */
#include <arpa/inet.h>

#include "base/arena.h"
#include "base/enc.h"
#include "engines/dns/rdata_int.h"
#include "engines/dns/wire.h"

#define PARAMS_MAX 64
#define KEY_LAST   65534 /* 65535 stands for no key */
#define VALUE_MAX  UINT16_MAX

enum key { MANDATORY, ALPN, NO_DEFAULT_ALPN, PORT, IPV4HINT, ECH, IPV6HINT, DOHPATH };

static const char *const keys[] = {"mandatory", "alpn", "no-default-alpn", "port",
                                   "ipv4hint",  "ech",  "ipv6hint",        "dohpath"};

struct param {
    uint16_t key;
    struct np_str value;
};

static int wrong(struct rdata_reader *r, const char *what, struct np_str where)
{
    return np_err(r->err, NP_EINVAL, "%sRRDATAIllegalParameter (%s: '%.*s')", r->type, what,
                  NP_FMT(where));
}

static bool key_of(struct np_str text, uint16_t *key)
{
    for (size_t i = 0; i < NP_LEN(keys); i++)
        if (np_str_eq(text, np_str_of(keys[i]))) {
            *key = (uint16_t)i;
            return true;
        }
    uint64_t n;
    if (!np_str_starts(text, NP_STR("key")) || !np_str_u64(np_str_sub(text, 3, text.n), &n) ||
        n > KEY_LAST || (text.n > 4 && text.p[3] == '0'))
        return false;
    *key = (uint16_t)n;
    return true;
}

static void put_key(struct np_buf *out, uint16_t key)
{
    if (key < NP_LEN(keys))
        np_buf_str_add(out, np_str_of(keys[key]));
    else
        np_buf_printf(out, "key%u", key);
}

/* The next item of a list with commas; "\," in the value (so "\\," in the record) is a comma. */
static bool next_item(struct np_str *rest, struct np_buf *item)
{
    if (rest->p == NULL)
        return false;
    np_buf_clear(item);
    size_t i = 0;
    for (; i < rest->n && rest->p[i] != ','; i++) {
        if (rest->p[i] == '\\' && i + 1 < rest->n)
            i++;
        np_buf_char(item, rest->p[i]);
    }
    *rest = i < rest->n ? np_str_sub(*rest, i + 1, rest->n) : NP_STR_NULL;
    return true;
}

static bool put_alpn(struct np_str item, struct np_buf *out)
{
    if (item.n == 0 || item.n > 255)
        return false;
    np_buf_char(out, (char)item.n);
    np_buf_str_add(out, item);
    return true;
}

static bool put_address(struct np_arena *a, struct np_str item, int family, struct np_buf *out)
{
    uint8_t bytes[16];
    if (memchr(item.p, '\0', item.n) != NULL || inet_pton(family, np_str_z(a, item), bytes) != 1)
        return false;
    np_buf_add(out, bytes, family == AF_INET ? 4 : 16);
    return true;
}

static bool put_key_item(struct np_str item, struct np_buf *out)
{
    uint16_t key;
    if (!key_of(item, &key) || key == MANDATORY)
        return false;
    np_buf_char(out, (char)(key >> 8));
    np_buf_char(out, (char)key);
    return true;
}

static int by_key(const void *x, const void *y)
{
    return memcmp(x, y, 2);
}

static bool put_list(struct np_arena *a, uint16_t key, struct np_str value, struct np_buf *out)
{
    struct np_buf item;
    np_buf_init(&item, a, VALUE_MAX);
    while (next_item(&value, &item)) {
        struct np_str s = np_buf_str(&item);
        bool ok = key == ALPN        ? put_alpn(s, out)
                  : key == MANDATORY ? put_key_item(s, out)
                                     : put_address(a, s, key == IPV4HINT ? AF_INET : AF_INET6, out);
        if (!ok)
            return false;
    }
    if (key == MANDATORY) {
        qsort(out->p, out->n / 2, 2, by_key);
        for (size_t i = 2; i < out->n; i += 2)
            if (memcmp(out->p + i, out->p + i - 2, 2) == 0)
                return false;
    }
    return true;
}

/* Value (absent: none was given) to its form on the wire. */
static bool put_value(struct np_arena *a, uint16_t key, struct np_str value, struct np_buf *out)
{
    uint64_t port;
    switch (key) {
    case NO_DEFAULT_ALPN:
        return value.p == NULL;
    case PORT:
        if (value.p == NULL || !np_str_u64(value, &port) || port > UINT16_MAX)
            return false;
        np_buf_char(out, (char)(port >> 8));
        np_buf_char(out, (char)port);
        return true;
    case MANDATORY:
    case ALPN:
    case IPV4HINT:
    case IPV6HINT:
        return value.n != 0 && put_list(a, key, value, out);
    case ECH: {
        struct np_str bytes = value.n != 0 ? np_unbase64(a, value) : NP_STR_NULL;
        np_buf_str_add(out, bytes);
        return bytes.n != 0;
    }
    default:
        np_buf_str_add(out, value);
        return true;
    }
}

/* "key", "key=value" or key="value with blanks". */
static int read_param(struct rdata_reader *r, struct param *p)
{
    struct np_str s = np_str_trim(r->rest), key, word;
    size_t i = 0;
    while (i < s.n && s.p[i] != '=' && s.p[i] != ' ' && s.p[i] != '\t')
        i++;
    key = np_str_sub(s, 0, i);
    bool has_value = i < s.n && s.p[i] == '=';
    r->rest = np_str_sub(s, i + has_value, s.n);
    if (!key_of(key, &p->key))
        return wrong(r, "no such key", key);
    struct np_str value = NP_STR_NULL;
    struct np_buf plain, out;
    np_buf_init(&plain, r->arena, VALUE_MAX);
    np_buf_init(&out, r->arena, VALUE_MAX);
    bool blank = r->rest.n == 0 || r->rest.p[0] == ' ' || r->rest.p[0] == '\t';
    if (has_value && !blank && rdata_word(r, &word)) {
        int rc = rdata_bytes(r, word, &plain);
        if (rc < 0)
            return rc;
    }
    if (has_value)
        value = np_buf_str(&plain);
    if (!put_value(r->arena, p->key, value, &out) || !np_buf_ok(&out))
        return wrong(r, "no value of that key", key);
    p->value = np_buf_str(&out);
    return 0;
}

static int by_number(const void *x, const void *y)
{
    return ((const struct param *)x)->key - ((const struct param *)y)->key;
}

static bool has_key(const struct param *v, size_t n, uint16_t key)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].key == key)
            return true;
    return false;
}

/* Keys once; what is mandatory is there; no-default-alpn with alpn. */
static int check(struct rdata_reader *r, const struct param *v, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (v[i].key == v[i - 1].key)
            return wrong(r, "a key twice", r->value);
    for (size_t i = 0; n > 0 && v[0].key == MANDATORY && i < v[0].value.n; i += 2)
        if (!has_key(v, n, dns_get16((const uint8_t *)v[0].value.p + i)))
            return wrong(r, "a mandatory key is missing", r->value);
    if (has_key(v, n, NO_DEFAULT_ALPN) && !has_key(v, n, ALPN))
        return wrong(r, "no-default-alpn without alpn", r->value);
    return 0;
}

int svcb_params_of(struct rdata_reader *r, struct np_buf *out)
{
    struct param v[PARAMS_MAX];
    size_t n = 0;
    while (np_str_trim(r->rest).n != 0) {
        if (n == PARAMS_MAX)
            return wrong(r, "too many parameters", r->value);
        int rc = read_param(r, &v[n++]);
        if (rc < 0)
            return rc;
    }
    /* Priority 0 is an alias, which has none of them. */
    if (n != 0 && out->p[0] == 0 && out->p[1] == 0)
        return wrong(r, "parameters with priority 0", r->value);
    qsort(v, n, sizeof(v[0]), by_number);
    int rc = check(r, v, n);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++) {
        uint8_t head[4];
        dns_put16(head, v[i].key);
        dns_put16(head + 2, (uint16_t)v[i].value.n);
        np_buf_add(out, head, sizeof(head));
        np_buf_str_add(out, v[i].value);
    }
    return 0;
}

/* --- back to text --- */

static void put_item_text(struct np_buf *out, struct np_str item)
{
    for (size_t i = 0; i < item.n; i++) {
        if (item.p[i] == ',' || item.p[i] == '\\')
            np_buf_char(out, '\\');
        np_buf_char(out, item.p[i]);
    }
}

/* A list of items of `step` bytes, or (0) of texts with their length. */
static bool list_text(struct np_str value, uint16_t key, size_t step, struct np_buf *out)
{
    const uint8_t *p = (const uint8_t *)value.p, *end = p + value.n;
    char text[INET6_ADDRSTRLEN];
    for (bool first = true; p < end; first = false) {
        size_t n = step != 0 ? step : *p;
        if (step == 0)
            p++;
        if (n == 0 || (size_t)(end - p) < n)
            return false;
        if (!first)
            np_buf_char(out, ',');
        if (key == ALPN)
            put_item_text(out, np_str_n(p, n));
        else if (key == MANDATORY)
            put_key(out, dns_get16(p));
        else
            np_buf_str_add(
                out, np_str_of(inet_ntop(n == 4 ? AF_INET : AF_INET6, p, text, sizeof(text))));
        p += n;
    }
    return value.n != 0;
}

static bool value_text(uint16_t key, struct np_str value, struct np_buf *out, struct np_arena *a)
{
    switch (key) {
    case NO_DEFAULT_ALPN:
        return value.n == 0;
    case PORT:
        if (value.n == 2)
            np_buf_u64(out, dns_get16((const uint8_t *)value.p));
        return value.n == 2;
    case MANDATORY:
        return list_text(value, key, 2, out);
    case ALPN:
        return list_text(value, key, 0, out);
    case IPV4HINT:
        return list_text(value, key, 4, out);
    case IPV6HINT:
        return list_text(value, key, 16, out);
    case ECH:
        np_buf_str_add(out, np_base64(a, value));
        return value.n != 0;
    default:
        np_buf_str_add(out, value);
        return true;
    }
}

bool svcb_params_text(struct np_str params, struct np_buf *out, struct np_arena *a)
{
    const uint8_t *p = (const uint8_t *)params.p, *end = p + params.n;
    struct np_buf value;
    np_buf_init(&value, a, 4 * VALUE_MAX);
    for (int last = -1; p < end;) {
        if (end - p < 4 || end - p - 4 < dns_get16(p + 2) || dns_get16(p) <= last)
            return false;
        if (last >= 0)
            np_buf_char(out, ' ');
        last = dns_get16(p);
        size_t n = dns_get16(p + 2);
        put_key(out, (uint16_t)last);
        np_buf_clear(&value);
        if (!value_text((uint16_t)last, np_str_n(p + 4, n), &value, a))
            return false;
        if (last != NO_DEFAULT_ALPN && !(n == 0 && last > DOHPATH)) {
            np_buf_char(out, '=');
            rdata_put_quoted(out, np_buf_str(&value));
        }
        p += 4 + n;
    }
    return true;
}
