/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c - the JSON reader (RFC 8259). */
#include "codec/json_read.h"

#include "base/arena.h"
#include "codec/limits.h"

int np_jr_fail(struct np_json_reader *r, const char *what)
{
    return np_err(r->err, NP_EPROTO, "JSON: %s at byte %zu", what, (size_t)(r->p - r->start));
}

int np_jr_init(struct np_json_reader *r, struct np_arena *a, struct np_str text, struct np_err *err)
{
    *r = (struct np_json_reader){.start = text.p,
                                 .p = text.p,
                                 .end = text.p + text.n,
                                 .arena = a,
                                 .err = err,
                                 .nodes_left = NP_JSON_NODES_MAX};
    if (text.p == NULL)
        r->start = r->p = r->end = "";
    if (!np_utf8_ok(text))
        return np_err(err, NP_EPROTO, "JSON: the text is not UTF-8");
    return 0;
}

static inline void blanks(struct np_json_reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
        r->p++;
}

int np_jr_end(struct np_json_reader *r)
{
    blanks(r);
    return r->p == r->end ? 0 : np_jr_fail(r, "unexpected text after the value");
}

int np_jr_peek(struct np_json_reader *r, enum np_json_type *type)
{
    blanks(r);
    if (r->p == r->end)
        return np_jr_fail(r, "unexpected end");
    switch (*r->p) {
    case '"':
        *type = NP_J_STRING;
        return 0;
    case '{':
        *type = NP_J_OBJECT;
        return 0;
    case '[':
        *type = NP_J_ARRAY;
        return 0;
    case 't':
    case 'f':
        *type = NP_J_BOOL;
        return 0;
    case 'n':
        *type = NP_J_NULL;
        return 0;
    default:
        break;
    }
    if (*r->p != '-' && (*r->p < '0' || *r->p > '9'))
        return np_jr_fail(r, "unexpected character");
    *type = NP_J_DOUBLE;
    return 0;
}

/* Bytes before the next quote, backslash or control byte, eight at a time. */
static const char *plain_run(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    while (end - p >= 8) {
        uint64_t w, quote, slash;
        memcpy(&w, p, 8);
        quote = w ^ (ones * '"');
        slash = w ^ (ones * '\\');
        if ((((w - ones * 0x20) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) &
             ~(w & high) & high) != 0)
            break; /* perhaps one of them; the loop below looks closely */
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

static int hex4(struct np_json_reader *r, unsigned *out)
{
    unsigned v = 0;
    if (r->end - r->p < 4)
        return np_jr_fail(r, "unexpected end");
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)r->p[i];
        unsigned lower = c | 0x20;
        if (c >= '0' && c <= '9')
            v = v << 4 | (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            v = v << 4 | (lower - 'a' + 10);
        else
            return np_jr_fail(r, "a \\u escape needs four hex digits");
    }
    r->p += 4;
    *out = v;
    return 0;
}

static size_t utf8_put(char *out, unsigned c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* After "\u". A lone half of a surrogate pair is no text. */
static int escape_unicode(struct np_json_reader *r, char **out)
{
    unsigned c, low;
    int rc = hex4(r, &c);
    if (rc != 0)
        return rc;
    if (c >= 0xDC00 && c <= 0xDFFF)
        return np_jr_fail(r, "half a surrogate pair");
    if (c >= 0xD800 && c <= 0xDBFF) {
        if (r->end - r->p < 6 || r->p[0] != '\\' || r->p[1] != 'u')
            return np_jr_fail(r, "half a surrogate pair");
        r->p += 2;
        if ((rc = hex4(r, &low)) != 0)
            return rc;
        if (low < 0xDC00 || low > 0xDFFF)
            return np_jr_fail(r, "half a surrogate pair");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    *out += utf8_put(*out, c);
    return 0;
}

static int escape(struct np_json_reader *r, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (r->end - r->p < 2)
        return np_jr_fail(r, "unexpected end in a string");
    char c = r->p[1];
    r->p += 2;
    if (c == 'u')
        return escape_unicode(r, out);
    const char *at = c != '\0' ? strchr(from, c) : NULL;
    if (at == NULL)
        return np_jr_fail(r, "unknown escape");
    *(*out)++ = to[at - from];
    return 0;
}

/* Where the string that starts at p (after its quote) ends; end if it does not. Escapes only
 * shrink, so the distance bounds the room for the decoded text. */
static const char *string_end(const char *p, const char *end)
{
    while (p < end && *p != '"') {
        p = plain_run(p, end);
        if (p < end && *p != '"')
            p += end - p > 1 ? 2 : 1;
    }
    return p;
}

int np_jr_string(struct np_json_reader *r, struct np_str *out)
{
    const char *from = r->p + 1;
    const char *run = plain_run(from, r->end);
    if (run < r->end && *run == '"') {
        *out = np_str_n(from, (size_t)(run - from));
        r->p = run + 1;
        return 0;
    }
    char *text = np_alloc(r->arena, (size_t)(string_end(run, r->end) - from) + 1), *to = text;
    for (r->p = from;; r->p = run) {
        run = plain_run(r->p, r->end);
        memcpy(to, r->p, (size_t)(run - r->p));
        to += run - r->p;
        r->p = run;
        if (run == r->end)
            return np_jr_fail(r, "unexpected end in a string");
        if (*run == '"')
            break;
        if (*run != '\\')
            return np_jr_fail(r, "a control character in a string");
        int rc = escape(r, &to);
        if (rc != 0)
            return rc;
        run = r->p;
    }
    r->p++;
    *out = np_str_n(text, (size_t)(to - text));
    return 0;
}

static const char *digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* Moves over the number; *integer: neither fraction nor exponent. */
static int number_span(struct np_json_reader *r, struct np_str *raw, bool *integer)
{
    const char *p = r->p, *end = r->end, *from;
    p += *p == '-';
    from = p;
    p = digits(p, end);
    if (p == from || (*from == '0' && p - from > 1))
        return np_jr_fail(r, "malformed number");
    *integer = true;
    if (p < end && *p == '.') {
        *integer = false;
        from = ++p;
        if ((p = digits(p, end)) == from)
            return np_jr_fail(r, "malformed number");
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        *integer = false;
        p++;
        p += p < end && (*p == '+' || *p == '-');
        from = p;
        if ((p = digits(p, end)) == from)
            return np_jr_fail(r, "malformed number");
    }
    *raw = np_str_n(r->p, (size_t)(p - r->p));
    r->p = p;
    return 0;
}

int np_jr_number(struct np_json_reader *r, struct np_json *out)
{
    struct np_str raw;
    bool integer = false;
    int rc = number_span(r, &raw, &integer);
    if (rc != 0)
        return rc;
    out->s = raw;
    if (integer && np_str_i64(raw, &out->i) && (out->i != 0 || raw.p[0] != '-')) {
        out->type = NP_J_INT;
        out->d = (double)out->i;
        return 0;
    }
    out->type = NP_J_DOUBLE;
    if (!np_str_double(raw, &out->d) || __builtin_isinf(out->d))
        return np_jr_fail(r, "the number is out of range");
    return 0;
}

int np_jr_word(struct np_json_reader *r, bool *out)
{
    static const struct np_str words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    NP_EACH (w, words) {
        if ((size_t)(r->end - r->p) < w->n || memcmp(r->p, w->p, w->n) != 0)
            continue;
        r->p += w->n;
        *out = w == words;
        return 0;
    }
    return np_jr_fail(r, "unknown word");
}

int np_jr_enter(struct np_json_reader *r)
{
    if (++r->depth > NP_JSON_DEPTH_MAX)
        return np_jr_fail(r, "nested too deep");
    r->p++;
    return 0;
}

/* Moves to the next value or over the closing character. */
static int next(struct np_json_reader *r, char close, bool *first)
{
    blanks(r);
    if (r->p == r->end)
        return np_jr_fail(r, "unexpected end");
    if (*r->p == close) {
        r->p++;
        r->depth--;
        return 0;
    }
    if (!*first) {
        if (*r->p != ',')
            return np_jr_fail(r, "a comma or an end was expected");
        r->p++;
        blanks(r);
        if (r->p < r->end && *r->p == close)
            return np_jr_fail(r, "a comma before the end");
    }
    *first = false;
    return 1;
}

int np_jr_item(struct np_json_reader *r, bool *first)
{
    return next(r, ']', first);
}

int np_jr_key(struct np_json_reader *r, bool *first, struct np_str *key)
{
    int rc = next(r, '}', first);
    if (rc <= 0)
        return rc;
    if (r->p == r->end || *r->p != '"')
        return np_jr_fail(r, "a key was expected");
    if ((rc = np_jr_string(r, key)) != 0)
        return rc;
    blanks(r);
    if (r->p == r->end || *r->p != ':')
        return np_jr_fail(r, "a colon was expected");
    r->p++;
    return 1;
}

static int skip_members(struct np_json_reader *r, bool object)
{
    struct np_str key;
    bool first = true;
    int rc = np_jr_enter(r);
    while (rc == 0 && (rc = object ? np_jr_key(r, &first, &key) : np_jr_item(r, &first)) == 1)
        rc = np_jr_skip(r);
    return rc;
}

int np_jr_skip(struct np_json_reader *r)
{
    enum np_json_type type;
    struct np_str text;
    struct np_json number;
    bool word;
    int rc = np_jr_peek(r, &type);
    if (rc != 0)
        return rc;
    switch (type) {
    case NP_J_STRING:
        return np_jr_string(r, &text);
    case NP_J_INT:
    case NP_J_DOUBLE:
        return np_jr_number(r, &number);
    case NP_J_BOOL:
    case NP_J_NULL:
        return np_jr_word(r, &word);
    case NP_J_ARRAY:
    case NP_J_OBJECT:
        return skip_members(r, type == NP_J_OBJECT);
    }
    return NP_EPROTO;
}

static int tree_members(struct np_json_reader *r, struct np_json *out)
{
    struct np_json **tail = &out->child;
    struct np_str key = NP_STR_NULL;
    bool first = true, object = out->type == NP_J_OBJECT;
    int rc = np_jr_enter(r);
    while (rc == 0 && (rc = object ? np_jr_key(r, &first, &key) : np_jr_item(r, &first)) == 1) {
        struct np_json *j = np_new(r->arena, struct np_json);
        rc = np_jr_tree(r, j);
        j->key = key;
        *tail = j;
        tail = &j->next;
        out->n++;
    }
    return rc;
}

int np_jr_tree(struct np_json_reader *r, struct np_json *out)
{
    int rc = np_jr_peek(r, &out->type);
    if (rc != 0)
        return rc;
    if (r->nodes_left-- == 0)
        return np_jr_fail(r, "too many values");
    switch (out->type) {
    case NP_J_STRING:
        return np_jr_string(r, &out->s);
    case NP_J_INT:
    case NP_J_DOUBLE:
        return np_jr_number(r, out);
    case NP_J_BOOL:
    case NP_J_NULL:
        return np_jr_word(r, &out->b);
    case NP_J_ARRAY:
    case NP_J_OBJECT:
        return tree_members(r, out);
    }
    return NP_EPROTO;
}
