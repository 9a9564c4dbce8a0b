/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c - heads of requests and responses (RFC 9112), strictly.
 *
 * One pass from left to right over at most limits->head_bytes. Every refusal is decided by the
 * bytes up to its place: a head refused in part is refused whole with the same status, so it does
 * not matter how the network cuts it.
 */
#include "http/parse.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/scan.h"
#include "http/limits.h"

const struct np_http_limits np_http_default_limits = {
    .head_bytes = NP_HTTP_HEAD_MAX,
    .fields = NP_HTTP_FIELDS_MAX,
    .target_bytes = NP_HTTP_TARGET_MAX,
};

struct parser {
    const char *p, *end;
    int status; /* of a refusal */
    struct np_http_head h;
    unsigned n_hosts;
    bool chunked;
    struct np_str content_length, connection_upgrade;
    bool close, stay, wants_upgrade, names_upgrade;
};

static int refuse(struct parser *s, int status)
{
    s->status = status;
    return status == 431 || status == 414 ? NP_E2BIG : NP_EPROTO;
}

/* Bytes of a token beside letters, digits and '-' (RFC 9110, 5.6.2). */
static bool is_rare_token_byte(unsigned char c)
{
    switch (c) {
    case '!':
    case '#':
    case '$':
    case '%':
    case '&':
    case '\'':
    case '*':
    case '+':
    case '.':
    case '^':
    case '_':
    case '`':
    case '|':
    case '~':
        return true;
    default:
        return false;
    }
}

static size_t scan_token(const char *p, size_t n)
{
    size_t i = np_scan_word(p, n);
    while (i < n &&
           (np_byte_is_word((unsigned char)p[i]) || is_rare_token_byte((unsigned char)p[i])))
        i++;
    return i;
}

bool np_http_is_token(struct np_str s)
{
    return s.n > 0 && scan_token(s.p, s.n) == s.n;
}

/* `lower` has only bytes with bit 0x20 set; the name is a token, so that '\r' is no '-'. */
static inline bool name_is(struct np_str name, const char *lower)
{
    for (size_t i = 0; i < name.n; i++)
        if ((name.p[i] | 0x20) != lower[i])
            return false;
    return true;
}

static bool next_in_list(struct np_str *rest, struct np_str *word)
{
    while (np_str_split(rest, ',', word)) {
        *word = np_str_trim(*word);
        if (word->n > 0)
            return true;
    }
    return false;
}

bool np_http_list_has(struct np_str list, struct np_str word)
{
    struct np_str w;
    while (next_in_list(&list, &w))
        if (np_str_ieq(w, word))
            return true;
    return false;
}

/* --- fields that decide about the message itself --- */

static bool is_reg_name_byte(unsigned char c)
{
    return np_byte_is_word(c) || c == '.' || c == '_' || c == '~' || c == '%' || c == '!' ||
           c == '$' || c == '&' || c == '\'' || c == '(' || c == ')' || c == '*' || c == '+' ||
           c == ';' || c == '=';
}

/* host [":" port] (RFC 3986, 3.2.2); the host may be empty, a literal address stands in []. */
static bool authority_ok(struct np_str a, bool needs_port)
{
    size_t i = 0;
    if (a.n > 0 && a.p[0] == '[') {
        for (i = 1; i < a.n && a.p[i] != ']'; i++)
            if (!is_reg_name_byte((unsigned char)a.p[i]) && a.p[i] != ':')
                return false;
        if (i == a.n || i == 1)
            return false;
        i++;
    } else {
        while (i < a.n && is_reg_name_byte((unsigned char)a.p[i]))
            i++;
    }
    if (i == a.n)
        return !needs_port;
    if (a.p[i] != ':' || (needs_port && (i == 0 || i + 1 == a.n)) || a.n - i > 6)
        return false;
    for (i++; i < a.n; i++)
        if (a.p[i] < '0' || a.p[i] > '9')
            return false;
    return true;
}

static int note_content_length(struct parser *s, struct np_str value)
{
    uint64_t v = 0;
    if (value.n == 0)
        return refuse(s, 400);
    for (size_t i = 0; i < value.n; i++) {
        unsigned d = (unsigned char)value.p[i] - (unsigned)'0';
        if (d > 9 || np_mul_overflows(v, (uint64_t)10, &v) || np_add_overflows(v, (uint64_t)d, &v))
            return refuse(s, 400);
    }
    if ((s->content_length.p != NULL && s->h.content_length != v) || s->chunked)
        return refuse(s, 400);
    s->content_length = value;
    s->h.content_length = v;
    return 0;
}

static int note_transfer_encoding(struct parser *s, struct np_str value)
{
    if (s->chunked || s->content_length.p != NULL || s->h.minor == 0)
        return refuse(s, 400);
    struct np_str coding;
    while (next_in_list(&value, &coding)) {
        if (!np_str_ieq(coding, NP_STR("chunked")))
            return refuse(s, 501);
        if (s->chunked)
            return refuse(s, 400);
        s->chunked = true;
    }
    return s->chunked ? 0 : refuse(s, 400);
}

static void note_connection(struct parser *s, struct np_str value)
{
    struct np_str word;
    while (next_in_list(&value, &word)) {
        s->close |= np_str_ieq(word, NP_STR("close"));
        s->stay |= np_str_ieq(word, NP_STR("keep-alive"));
        s->wants_upgrade |= np_str_ieq(word, NP_STR("upgrade"));
    }
}

static int note_host(struct parser *s, struct np_str value)
{
    if (++s->n_hosts > 1 || !authority_ok(value, false))
        return refuse(s, 400);
    if (s->h.host.p == NULL) /* an absolute or authority target goes before it */
        s->h.host = value;
    return 0;
}

/* By length first: most fields are told apart without a comparison. */
static int note_field(struct parser *s, const struct np_http_field *f, bool request)
{
    switch (f->name.n) {
    case 4:
        if (request && name_is(f->name, "host"))
            return note_host(s, f->value);
        return 0;
    case 6:
        if (request && name_is(f->name, "expect"))
            s->h.expect_continue |= np_str_ieq(f->value, NP_STR("100-continue"));
        return 0;
    case 7:
        if (name_is(f->name, "upgrade"))
            s->names_upgrade = true;
        return 0;
    case 10:
        if (name_is(f->name, "connection"))
            note_connection(s, f->value);
        return 0;
    case 14:
        if (name_is(f->name, "content-length"))
            return note_content_length(s, f->value);
        return 0;
    case 17:
        if (name_is(f->name, "transfer-encoding"))
            return note_transfer_encoding(s, f->value);
        return 0;
    default:
        return 0;
    }
}

/* --- lines --- */

/* CR LF at p. */
static inline int take_crlf(struct parser *s)
{
    if (s->p == s->end)
        return NP_EAGAIN;
    if (s->p[0] != '\r')
        return refuse(s, 400);
    if (s->end - s->p < 2)
        return NP_EAGAIN;
    if (s->p[1] != '\n')
        return refuse(s, 400);
    s->p += 2;
    return 0;
}

static inline int take_field(struct parser *s, struct np_http_field *f)
{
    const char *p = s->p;
    size_t n = scan_token(p, (size_t)(s->end - p));
    if (p + n == s->end)
        return NP_EAGAIN;
    if (n == 0 || p[n] != ':') /* also obs-fold and a blank before the colon */
        return refuse(s, 400);
    f->name = (struct np_str){p, n};
    p += n + 1;
    while (p < s->end && (*p == ' ' || *p == '\t'))
        p++;
    const char *v = p;
    p += np_scan_text(p, (size_t)(s->end - p));
    s->p = p;
    int rc = take_crlf(s);
    if (rc < 0)
        return rc;
    while (p > v && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    f->value = (struct np_str){v, (size_t)(p - v)};
    return 0;
}

static int take_fields(struct parser *s, size_t max, struct np_http_field *fields, bool request)
{
    size_t n = 0;
    s->h.fields = fields;
    for (;;) {
        if (s->p < s->end && *s->p == '\r')
            break;
        struct np_http_field f;
        int rc = take_field(s, &f);
        if (rc < 0)
            return rc;
        if (n == max)
            return refuse(s, 431);
        fields[n++] = f;
        rc = note_field(s, &f, request);
        if (rc < 0)
            return rc;
    }
    s->h.n_fields = n;
    return take_crlf(s);
}

int np_http_parse_fields(struct np_str lines, size_t max, struct np_http_field *fields,
                         size_t *n_fields)
{
    struct parser s = {.p = lines.p, .end = lines.p + lines.n};
    size_t n = 0;
    while (s.p < s.end) {
        struct np_http_field f;
        if (take_field(&s, &f) < 0)
            return NP_EPROTO;
        if (n == max)
            return NP_E2BIG;
        fields[n++] = f;
    }
    *n_fields = n;
    return 0;
}

/* "HTTP/1.x"; checked byte by byte so that nonsense is refused without waiting for more. */
static int take_version(struct parser *s)
{
    static const char pattern[8] = "HTTP/0.0";
    size_t n = (size_t)(s->end - s->p);
    for (size_t i = 0; i < 8; i++) {
        if (i == n)
            return NP_EAGAIN;
        unsigned char c = (unsigned char)s->p[i];
        if (pattern[i] == '0' ? c < '0' || c > '9' : c != (unsigned char)pattern[i])
            return refuse(s, 400);
    }
    if (s->p[5] != '1')
        return refuse(s, 505);
    s->h.major = 1;
    s->h.minor = (unsigned)(s->p[7] - '0');
    s->p += 8;
    return 0;
}

/* --- request --- */

static void cut_query(struct np_http_head *h, struct np_str path_and_query)
{
    const char *q = memchr(path_and_query.p, '?', path_and_query.n);
    h->path = path_and_query;
    if (q == NULL)
        return;
    h->path.n = (size_t)(q - path_and_query.p);
    h->query = (struct np_str){q + 1, path_and_query.n - h->path.n - 1};
}

static int note_absolute(struct parser *s)
{
    struct np_str t = s->h.target;
    size_t scheme = np_str_istarts(t, NP_STR("http://"))    ? 7
                    : np_str_istarts(t, NP_STR("https://")) ? 8
                                                            : 0;
    if (scheme == 0)
        return refuse(s, 400);
    size_t i = scheme;
    while (i < t.n && t.p[i] != '/' && t.p[i] != '?')
        i++;
    s->h.host = np_str_sub(t, scheme, i - scheme);
    if (s->h.host.n == 0 || s->h.host.p[0] == ':' || !authority_ok(s->h.host, false))
        return refuse(s, 400);
    s->h.absolute = true;
    cut_query(&s->h, np_str_sub(t, i, t.n - i));
    if (s->h.path.n == 0)
        s->h.path = NP_STR("/");
    return 0;
}

static int note_target(struct parser *s)
{
    struct np_http_head *h = &s->h;
    if (np_str_is(h->method, "CONNECT")) {
        if (!authority_ok(h->target, true))
            return refuse(s, 400);
        h->host = h->target;
        h->path = NP_STR("");
        return 0;
    }
    if (h->target.p[0] == '/') {
        cut_query(h, h->target);
        return 0;
    }
    if (np_str_is(h->target, "*") && np_str_is(h->method, "OPTIONS")) {
        h->path = h->target;
        return 0;
    }
    return note_absolute(s);
}

static int take_request_line(struct parser *s, const struct np_http_limits *limits)
{
    /* One empty line before a request is left over from clumsy clients (RFC 9112, 2.2). */
    if (s->p < s->end && *s->p == '\r') {
        int rc = take_crlf(s);
        if (rc < 0)
            return rc;
    }
    size_t n = scan_token(s->p, (size_t)(s->end - s->p));
    if (s->p + n == s->end)
        return NP_EAGAIN;
    if (n == 0 || s->p[n] != ' ')
        return refuse(s, 400);
    s->h.method = (struct np_str){s->p, n};
    s->p += n + 1;

    n = np_scan_url(s->p, (size_t)(s->end - s->p));
    if (n > limits->target_bytes)
        return refuse(s, 414);
    if (s->p + n == s->end)
        return NP_EAGAIN;
    if (n == 0 || s->p[n] != ' ')
        return refuse(s, 400);
    s->h.target = (struct np_str){s->p, n};
    s->p += n + 1;
    int rc = note_target(s);
    if (rc == 0)
        rc = take_version(s);
    return rc < 0 ? rc : take_crlf(s);
}

static void settle_connection(struct parser *s)
{
    s->h.keep_alive = !s->close && (s->h.minor > 0 || s->stay);
    s->h.upgrade = s->h.minor > 0 && s->wants_upgrade && s->names_upgrade;
}

static int settle_request(struct parser *s)
{
    if (s->n_hosts == 0 && s->h.minor > 0)
        return refuse(s, 400);
    if (s->chunked)
        s->h.framing = NP_BODY_CHUNKED;
    else if (s->content_length.p != NULL)
        s->h.framing = NP_BODY_LENGTH;
    s->h.expect_continue &= s->h.minor > 0;
    settle_connection(s);
    return 0;
}

/* What is not complete within the limit never will be. */
static int result(struct parser *s, int rc, const char *p, size_t n, size_t limit,
                  struct np_http_head *out, size_t *used)
{
    if (rc == NP_EAGAIN && n >= limit)
        return refuse(s, 431);
    if (rc < 0)
        return rc;
    *out = s->h;
    *used = (size_t)(s->p - p);
    return 0;
}

int np_http_parse_request(const char *p, size_t n, const struct np_http_limits *limits,
                          struct np_http_field *fields, struct np_http_head *out, size_t *used,
                          int *status)
{
    size_t window = n < limits->head_bytes ? n : limits->head_bytes;
    struct parser s = {.p = p, .end = p + window};
    int rc = take_request_line(&s, limits);
    if (rc == 0)
        rc = take_fields(&s, limits->fields, fields, true);
    if (rc == 0)
        rc = settle_request(&s);
    rc = result(&s, rc, p, n, limits->head_bytes, out, used);
    if (rc == NP_EPROTO || rc == NP_E2BIG)
        *status = s.status;
    return rc;
}

/* --- response --- */

static int take_status_line(struct parser *s)
{
    int rc = take_version(s);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < 4; i++, s->p++) {
        if (s->p == s->end)
            return NP_EAGAIN;
        char c = *s->p;
        if (i == 0 ? c != ' ' : c < (i == 1 ? '1' : '0') || c > '9')
            return refuse(s, 400);
        if (i > 0)
            s->h.status = s->h.status * 10 + (c - '0');
    }
    if (s->p == s->end)
        return NP_EAGAIN;
    s->h.reason = NP_STR("");
    if (*s->p == ' ') { /* some servers leave it out together with the reason */
        s->p++;
        size_t n = np_scan_text(s->p, (size_t)(s->end - s->p));
        s->h.reason = (struct np_str){s->p, n};
        s->p += n;
    }
    return take_crlf(s);
}

static void settle_response(struct parser *s, bool to_head_request)
{
    struct np_http_head *h = &s->h;
    settle_connection(s);
    if (to_head_request || h->status < 200 || h->status == 204 || h->status == 304) {
        h->framing = NP_BODY_NONE;
        return;
    }
    if (s->chunked) {
        h->framing = NP_BODY_CHUNKED;
    } else if (s->content_length.p != NULL) {
        h->framing = NP_BODY_LENGTH;
    } else {
        h->framing = NP_BODY_UNTIL_CLOSE;
        h->keep_alive = false;
    }
}

int np_http_parse_response(const char *p, size_t n, const struct np_http_limits *limits,
                           bool to_head_request, struct np_http_field *fields,
                           struct np_http_head *out, size_t *used)
{
    size_t window = n < limits->head_bytes ? n : limits->head_bytes;
    struct parser s = {.p = p, .end = p + window};
    int rc = take_status_line(&s);
    if (rc == 0)
        rc = take_fields(&s, limits->fields, fields, false);
    if (rc == 0)
        settle_response(&s, to_head_request);
    return result(&s, rc, p, n, limits->head_bytes, out, used);
}

/* --- HTTP/2 --- */

static bool is_lower_token(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return false;
    return np_http_is_token(s);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool np_http2_value_ok(struct np_str v)
{
    return np_scan_text(v.p, v.n) == v.n &&
           (v.n == 0 || !(is_blank(v.p[0]) || is_blank(v.p[v.n - 1])));
}

bool np_http2_field_ok(const struct np_http_field *f)
{
    return is_lower_token(f->name) && np_http2_value_ok(f->value);
}

/* What is about the connection has no place in HTTP/2: a hop that speaks HTTP/1 would take it for
 * its own framing (RFC 9113, 8.2.2). */
static bool is_of_connection(const struct np_http_field *f)
{
    switch (f->name.n) {
    case 2:
        return np_str_is(f->name, "te") && !np_str_ieq(f->value, NP_STR("trailers"));
    case 7:
        return np_str_is(f->name, "upgrade");
    case 10:
        return np_str_is(f->name, "connection") || np_str_is(f->name, "keep-alive");
    case 16:
        return np_str_is(f->name, "proxy-connection");
    case 17:
        return np_str_is(f->name, "transfer-encoding");
    default:
        return false;
    }
}

static int note_fields_of_http2(struct parser *s, struct np_http_field *fields, size_t n,
                                bool request)
{
    for (size_t i = 0; i < n; i++) {
        if (!np_http2_field_ok(&fields[i]) || is_of_connection(&fields[i]))
            return refuse(s, 400);
        int rc = note_field(s, &fields[i], request);
        if (rc < 0)
            return rc;
    }
    s->h.major = 2;
    s->h.fields = fields;
    s->h.n_fields = n;
    s->h.keep_alive = true;
    return 0;
}

static int note_pseudo(struct parser *s, const struct np_http_pseudo *p,
                       const struct np_http_limits *limits)
{
    if (np_str_is(p->method, "CONNECT"))
        return refuse(s, 405);
    if (!np_http_is_token(p->method) || p->path.n == 0 ||
        !(np_str_is(p->scheme, "http") || np_str_is(p->scheme, "https")))
        return refuse(s, 400);
    if (p->path.n > limits->target_bytes)
        return refuse(s, 414);
    if (np_scan_url(p->path.p, p->path.n) != p->path.n)
        return refuse(s, 400);
    s->h.method = p->method;
    s->h.target = p->path;
    if (p->path.p[0] != '/' && p->path.n != 1) /* an absolute form: :authority says that here */
        return refuse(s, 400);
    if (p->authority.p != NULL && (p->authority.n == 0 || !authority_ok(p->authority, false)))
        return refuse(s, 400);
    s->h.host = p->authority;
    return note_target(s);
}

/* note_host() keeps the first: a Host field beside :authority has to say the same. */
static bool hosts_agree(const struct parser *s, const struct np_http_pseudo *p)
{
    if (s->n_hosts == 0 || p->authority.p == NULL)
        return s->h.host.p != NULL;
    struct np_str host = np_http_field(&s->h, NP_STR("host"));
    return np_str_ieq(host, p->authority);
}

int np_http_head_of_http2(const struct np_http_pseudo *p, struct np_http_field *fields, size_t n,
                          const struct np_http_limits *limits, bool has_body,
                          struct np_http_head *out, int *status)
{
    struct parser s = {0};
    int rc = note_pseudo(&s, p, limits);
    if (rc == 0)
        rc = note_fields_of_http2(&s, fields, n, true);
    if (rc == 0 && (!hosts_agree(&s, p) ||
                    (!has_body && s.content_length.p != NULL && s.h.content_length != 0)))
        rc = refuse(&s, 400);
    if (rc != 0) {
        *status = s.status;
        return rc;
    }
    s.h.framing = s.content_length.p != NULL ? NP_BODY_LENGTH
                  : has_body                 ? NP_BODY_CHUNKED
                                             : NP_BODY_NONE;
    *out = s.h;
    return 0;
}

int np_http_response_of_http2(struct np_str status, struct np_http_field *fields, size_t n,
                              bool to_head_request, bool has_body, struct np_http_head *out)
{
    struct parser s = {0};
    uint64_t code;
    if (status.n != 3 || !np_str_u64(status, &code) || code < 100)
        return NP_EPROTO;
    s.h.status = (int)code;
    s.h.reason = NP_STR("");
    if (note_fields_of_http2(&s, fields, n, false) < 0)
        return NP_EPROTO;
    settle_response(&s, to_head_request);
    s.h.keep_alive = true;
    if (s.h.framing == NP_BODY_UNTIL_CLOSE)
        s.h.framing = has_body ? NP_BODY_CHUNKED : NP_BODY_NONE;
    *out = s.h;
    return 0;
}

struct np_str np_http_field(const struct np_http_head *h, struct np_str name)
{
    for (size_t i = 0; i < h->n_fields; i++)
        if (h->fields[i].name.n == name.n && np_str_ieq(h->fields[i].name, name))
            return h->fields[i].value;
    return NP_STR_NULL;
}

/* Text that is not in the head (a literal "/") stays where it is. */
static void rebase(struct np_str *s, const char *from, size_t n, const char *to)
{
    if (s->p >= from && s->p <= from + n)
        s->p = to + (s->p - from);
}

void np_http_head_copy(struct np_arena *a, const struct np_http_head *h, const char *from, size_t n,
                       struct np_http_head *out)
{
    char *to = np_alloc(a, n);
    memcpy(to, from, n);
    *out = *h;
    struct np_str *texts[] = {&out->method, &out->target, &out->path,
                              &out->query,  &out->host,   &out->reason};
    NP_EACH (t, texts)
        rebase(*t, from, n, to);
    out->fields = np_new_array(a, struct np_http_field, h->n_fields);
    for (size_t i = 0; i < h->n_fields; i++) {
        out->fields[i] = h->fields[i];
        out->fields[i].name.p = to + (h->fields[i].name.p - from);
        out->fields[i].value.p = to + (h->fields[i].value.p - from);
    }
}
