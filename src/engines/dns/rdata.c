/* SPDX-License-Identifier: Apache-2.0 */
/* rdata.c - data of records from text to the wire. */
#include <arpa/inet.h>

#include "base/arena.h"
#include "base/enc.h"
#include "engines/dns/rdata_int.h"
#include "engines/dns/wire.h"

#define TAG_MAX 15 /* of CAA */

static const struct rdata_type types[] = {
    {NP_DNS_A, "A", "4"},           {NP_DNS_AAAA, "AAAA", "6"},
    {NP_DNS_CAA, "CAA", "bgv"},     {NP_DNS_CNAME, "CNAME", "n"},
    {NP_DNS_DS, "DS", "sbbx"},      {NP_DNS_HTTPS, "HTTPS", "snp"},
    {NP_DNS_MX, "MX", "sn"},        {NP_DNS_NAPTR, "NAPTR", "ssqqqn"},
    {NP_DNS_NS, "NS", "n"},         {NP_DNS_PTR, "PTR", "n"},
    {NP_DNS_SOA, "SOA", "nnlllll"}, {NP_DNS_SPF, "SPF", "t"},
    {NP_DNS_SRV, "SRV", "sssn"},    {NP_DNS_SSHFP, "SSHFP", "bbx"},
    {NP_DNS_SVCB, "SVCB", "snp"},   {NP_DNS_TLSA, "TLSA", "bbbx"},
    {NP_DNS_TXT, "TXT", "t"},
};

const struct rdata_type *rdata_type_of(uint16_t type)
{
    NP_EACH (t, types)
        if (t->type == type)
            return t;
    return NULL;
}

bool np_dns_type_of(struct np_str text, uint16_t *type)
{
    NP_EACH (t, types)
        if (np_str_eq(text, np_str_of(t->name))) {
            *type = t->type;
            return true;
        }
    return false;
}

struct np_str np_dns_type_text(uint16_t type, struct np_arena *a)
{
    const struct rdata_type *t = rdata_type_of(type);
    return t != NULL ? np_str_of(t->name) : np_str_printf(a, "TYPE%u", type);
}

/* --- words --- */

bool rdata_word(struct rdata_reader *r, struct np_str *word)
{
    struct np_str s = np_str_trim(r->rest);
    if (s.n == 0)
        return false;
    bool quoted = s.p[0] == '"';
    size_t i = quoted;
    while (i < s.n && (quoted ? s.p[i] != '"' : s.p[i] != ' ' && s.p[i] != '\t'))
        i += s.p[i] == '\\' ? 2 : 1;
    i = i + quoted < s.n ? i + quoted : s.n;
    *word = np_str_sub(s, 0, i);
    r->rest = np_str_sub(s, i, s.n);
    return true;
}

static bool is_quoted(struct np_str word)
{
    return word.n >= 2 && word.p[0] == '"' && word.p[word.n - 1] == '"';
}

int rdata_bytes(struct rdata_reader *r, struct np_str word, struct np_buf *out)
{
    if (is_quoted(word))
        word = np_str_sub(word, 1, word.n - 2);
    for (size_t i = 0; i < word.n;) {
        uint8_t byte;
        size_t used = np_dns_unescape(word, i, &byte);
        if (used == 0)
            return np_err(r->err, NP_EINVAL,
                          "UnsupportedCharacter (Value contains unsupported characters)");
        np_buf_char(out, (char)byte);
        i += used;
    }
    return 0;
}

static int missing(struct rdata_reader *r, const struct rdata_type *t)
{
    static const char *const numbers[] = {"Zero", "One",  "Two", "Three",
                                          "Four", "Five", "Six", "Seven"};
    size_t n = strlen(t->fields);
    return np_err(r->err, NP_EINVAL, "%sRRDATANot%sFields (%s record doesn't have %zu field%s)",
                  t->name, numbers[n], t->name, n, n == 1 ? "" : "s");
}

/* --- fields --- */

static int read_address(struct rdata_reader *r, struct np_str word, int family, struct np_buf *out)
{
    uint8_t bytes[16];
    const char *z = np_str_z(r->arena, word);
    bool whole = memchr(word.p, '\0', word.n) == NULL;
    if (whole && inet_pton(family, z, bytes) == 1) {
        np_buf_add(out, bytes, family == AF_INET ? 4 : 16);
        return 0;
    }
    if (family == AF_INET)
        return np_err(r->err, NP_EINVAL,
                      "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)");
    return np_err(r->err, NP_EINVAL,
                  "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)");
}

static int read_name(struct rdata_reader *r, struct np_str word, struct np_buf *out)
{
    struct np_str name;
    int rc = np_dns_name_as_is(word, r->arena, &name, r->err);
    if (rc < 0)
        return rc;
    np_buf_str_add(out, name);
    return 0;
}

static int read_number(struct rdata_reader *r, struct np_str word, unsigned bytes,
                       struct np_buf *out)
{
    uint64_t v;
    if (!np_str_u64(word, &v) || v >> (8 * bytes) != 0)
        return np_err(r->err, NP_EINVAL, "%sRRDATAIllegalNumber ('%.*s' is no number of 0 to %llu)",
                      r->type, NP_FMT(word), (1ULL << (8 * bytes)) - 1);
    for (unsigned i = bytes; i-- > 0;)
        np_buf_char(out, (char)(v >> (8 * i)));
    return 0;
}

/* AWS: texts are in quotes, and longer ones are several. */
static int read_text(struct rdata_reader *r, struct np_str word, struct np_buf *out)
{
    if (!is_quoted(word))
        return np_err(r->err, NP_EINVAL,
                      "InvalidCharacterString (Value should be enclosed in quotation marks)");
    size_t at = out->n;
    np_buf_char(out, 0);
    int rc = rdata_bytes(r, word, out);
    if (rc < 0)
        return rc;
    if (out->n - at - 1 > 255)
        return np_err(r->err, NP_EINVAL, "CharacterStringTooLong (Value is too long)");
    out->p[at] = (char)(out->n - at - 1);
    return 0;
}

static int read_texts(struct rdata_reader *r, struct np_str word, struct np_buf *out)
{
    do {
        int rc = read_text(r, word, out);
        if (rc < 0)
            return rc;
    } while (rdata_word(r, &word));
    return 0;
}

static int read_tag(struct rdata_reader *r, struct np_str word, struct np_buf *out)
{
    bool ok = word.n >= 1 && word.n <= TAG_MAX;
    for (size_t i = 0; ok && i < word.n; i++) {
        char c = word.p[i];
        ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    if (!ok)
        return np_err(r->err, NP_EINVAL,
                      "CAARRDATAIllegalTag (CAA tag is not 1 to %d letters and digits)", TAG_MAX);
    np_buf_char(out, (char)word.n);
    np_buf_str_add(out, word);
    return 0;
}

static int read_value(struct rdata_reader *r, struct np_str word, struct np_buf *out)
{
    if (!is_quoted(word))
        return np_err(r->err, NP_EINVAL,
                      "InvalidCharacterString (Value should be enclosed in quotation marks)");
    return rdata_bytes(r, word, out);
}

/* Hex digits, blanks among them. */
static int read_hex(struct rdata_reader *r, struct np_str word, struct np_buf *out)
{
    struct np_buf digits;
    np_buf_init(&digits, r->arena, NP_DNS_MESSAGE_MAX);
    do {
        np_buf_str_add(&digits, word);
    } while (rdata_word(r, &word));
    struct np_str hex = np_buf_str(&digits);
    uint8_t byte = 0;
    bool ok = hex.n != 0 && hex.n % 2 == 0;
    for (size_t i = 0; ok && i < hex.n; i++) {
        char c = hex.p[i], l = (char)(c | 0x20);
        ok = (c >= '0' && c <= '9') || (l >= 'a' && l <= 'f');
        byte = (uint8_t)(byte << 4 | (c <= '9' ? c - '0' : l - 'a' + 10));
        if (i % 2 == 1)
            np_buf_char(out, (char)byte);
    }
    return ok ? 0
              : np_err(r->err, NP_EINVAL,
                       "%sRRDATAIllegalHex (%s record has no hex digits in pairs)", r->type,
                       r->type);
}

static int read_field(struct rdata_reader *r, char kind, struct np_str word, struct np_buf *out)
{
    switch (kind) {
    case '4':
        return read_address(r, word, AF_INET, out);
    case '6':
        return read_address(r, word, AF_INET6, out);
    case 'n':
        return read_name(r, word, out);
    case 'b':
        return read_number(r, word, 1, out);
    case 's':
        return read_number(r, word, 2, out);
    case 'l':
        return read_number(r, word, 4, out);
    case 'q':
        return read_text(r, word, out);
    case 't':
        return read_texts(r, word, out);
    case 'g':
        return read_tag(r, word, out);
    case 'v':
        return read_value(r, word, out);
    default:
        return read_hex(r, word, out);
    }
}

static int read_fields(struct rdata_reader *r, const struct rdata_type *t, struct np_buf *out)
{
    for (const char *kind = t->fields; *kind != '\0'; kind++) {
        struct np_str word;
        if (*kind == 'p')
            return svcb_params_of(r, out);
        if (!rdata_word(r, &word))
            return missing(r, t);
        int rc = read_field(r, *kind, word, out);
        if (rc < 0)
            return rc;
    }
    return np_str_trim(r->rest).n == 0 ? 0 : missing(r, t);
}

/* A digest of a known kind has its length: resolvers take a message with another for broken. */
static const struct {
    uint16_t type;
    uint8_t kind_at, kind, digest_n; /* the digest follows its kind */
} digests[] = {
    {NP_DNS_DS, 3, 1, 20},    {NP_DNS_DS, 3, 2, 32},    {NP_DNS_DS, 3, 4, 48},
    {NP_DNS_SSHFP, 1, 1, 20}, {NP_DNS_SSHFP, 1, 2, 32},
};

static int check_digest(const struct rdata_type *t, struct np_str rdata, struct np_err *err)
{
    NP_EACH (d, digests)
        if (d->type == t->type && (uint8_t)rdata.p[d->kind_at] == d->kind &&
            rdata.n != d->kind_at + 1u + d->digest_n)
            return np_err(err, NP_EINVAL,
                          "%sRRDATAIllegalDigest (%s digest of type %u doesn't have %u bytes)",
                          t->name, t->name, d->kind, d->digest_n);
    return 0;
}

int np_dns_rdata_of(uint16_t type, struct np_str text, struct np_arena *a, struct np_str *rdata,
                    struct np_err *err)
{
    const struct rdata_type *t = rdata_type_of(type);
    if (t == NULL)
        return np_err(err, NP_EINVAL, "UnsupportedType (no zone has records of type %u)", type);
    struct rdata_reader r = {.rest = text, .arena = a, .type = t->name, .value = text, .err = err};
    struct np_buf out;
    np_buf_init(&out, a, NP_DNS_MESSAGE_MAX);
    int rc = read_fields(&r, t, &out);
    if (rc < 0)
        return rc;
    if (!np_buf_ok(&out))
        return np_err(err, NP_EINVAL, "RRDATATooLong (Value is too long)");
    rc = check_digest(t, np_buf_str(&out), err);
    if (rc == 0)
        *rdata = np_buf_str(&out);
    return rc;
}
