/* SPDX-License-Identifier: Apache-2.0 */
/* function_event.c - event objects of viewer functions, and what a function may answer.
 *
 * AWS: the structure of events (tests/sdk/test_cloudfront_functions.py). */
#include "services/cloudfront/function.h"

#include "base/auto.h"
#include "base/enc.h"

/* --- fields that are not the function's --- */

static bool named(struct np_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct np_str one = np_str_of(list[i]);
        bool prefix = one.p[one.n - 1] == '*';
        if (prefix ? np_str_istarts(name, np_str_sub(one, 0, one.n - 1)) : np_str_ieq(name, one))
            return true;
    }
    return false;
}

bool cloudfront_field_hidden(struct np_str name)
{
    static const char *const hidden[] = {
        "Connection",
        "Expect",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Trailer",
        "Upgrade",
        "X-Accel-Buffering",
        "X-Accel-Charset",
        "X-Accel-Limit-Rate",
        "X-Accel-Redirect",
        "X-Amz-Cf-*",
        "X-Amzn-Auth",
        "X-Amzn-Cf-Billing",
        "X-Amzn-Cf-Id",
        "X-Amzn-Cf-Xff",
        "X-Amzn-Errortype",
        "X-Amzn-Fle-Profile",
        "X-Amzn-Header-Count",
        "X-Amzn-Header-Order",
        "X-Amzn-Lambda-Integration-Tag",
        "X-Amzn-RequestId",
        "X-Cache",
        "X-Edge-*",
        "X-Forwarded-Proto",
        "X-Real-IP",
    };
    return named(name, hidden, NP_LEN(hidden));
}

bool cloudfront_field_read_only(struct np_str name, bool response)
{
    static const char *const request_only[] = {"Content-Length", "Host", "Transfer-Encoding",
                                               "Via"};
    static const char *const response_only[] = {"Warning", "Via"};
    return response ? named(name, response_only, NP_LEN(response_only))
                    : named(name, request_only, NP_LEN(request_only));
}

/* --- writing --- */

struct entry {
    struct np_str name, value, attributes; /* attributes absent: none */
    bool written;
};
struct entries {
    struct np_arena *a;
    struct entry *v;
    size_t n;
};

/* A request's bytes need not be UTF-8: then each is taken for the character of that number. */
static void quote(struct np_buf *b, struct np_arena *a, struct np_str s)
{
    if (np_utf8_ok(s)) {
        np_json_quote(b, s.p != NULL ? s : NP_STR(""));
        return;
    }
    char *p = np_alloc(a, 2 * s.n), *at = p;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x80) {
            *at++ = (char)(0xc0 | c >> 6);
            c = 0x80 | (c & 0x3f);
        }
        *at++ = (char)c;
    }
    np_json_quote(b, np_str_n(p, (size_t)(at - p)));
}

static void add_entry(struct entries *l, struct np_str name, struct np_str value,
                      struct np_str attributes)
{
    l->v = np_array_grow(l->a, l->v, l->n, sizeof(*l->v));
    l->v[l->n++] = (struct entry){name, value, attributes, false};
}

static void write_value(struct np_buf *b, struct np_arena *a, const struct entry *e)
{
    np_buf_lit(b, "\"value\":");
    quote(b, a, e->value);
    if (e->attributes.p != NULL) {
        np_buf_lit(b, ",\"attributes\":");
        quote(b, a, e->attributes);
    }
}

/* The entries of one name: the first, and all of them where there are several. */
static void write_group(struct np_buf *b, struct entries *l, size_t first)
{
    size_t n = 0;
    quote(b, l->a, l->v[first].name);
    np_buf_lit(b, ":{");
    write_value(b, l->a, &l->v[first]);
    for (size_t i = first; i < l->n; i++) {
        if (!np_str_eq(l->v[i].name, l->v[first].name))
            continue;
        l->v[i].written = true;
        n++;
    }
    for (size_t i = first, k = 0; n > 1 && k < n; i++) {
        if (!np_str_eq(l->v[i].name, l->v[first].name))
            continue;
        np_buf_printf(b, "%s", k++ == 0 ? ",\"multiValue\":[{" : ",{");
        write_value(b, l->a, &l->v[i]);
        np_buf_printf(b, "%s", k == n ? "}]" : "}");
    }
    np_buf_char(b, '}');
}

static void write_entries(struct np_buf *b, const char *name, struct entries *l)
{
    bool first = true;
    np_buf_printf(b, ",\"%s\":{", name);
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].written)
            continue;
        if (!first)
            np_buf_char(b, ',');
        first = false;
        write_group(b, l, i);
    }
    np_buf_char(b, '}');
}

static void add_pairs(struct entries *l, struct np_str text, char separator)
{
    struct np_str one, name, value;
    while (np_str_split(&text, separator, &one)) {
        one = np_str_trim(one);
        if (one.n == 0)
            continue;
        if (!np_str_cut(one, '=', &name, &value))
            value = NP_STR("");
        add_entry(l, name, value, NP_STR_NULL);
    }
}

static void add_set_cookie(struct entries *l, struct np_str text)
{
    struct np_str pair, attributes, name, value;
    np_str_cut(text, ';', &pair, &attributes);
    if (!np_str_cut(pair, '=', &name, &value))
        value = NP_STR("");
    add_entry(l, np_str_trim(name), np_str_trim(value),
              attributes.p != NULL ? np_str_trim(attributes) : NP_STR_NULL);
}

static void write_fields(struct np_buf *b, struct np_arena *a, const struct np_http_field *v,
                         size_t n, bool response)
{
    struct entries headers = {.a = a}, cookies = {.a = a};
    struct np_str cookie = response ? NP_STR("Set-Cookie") : NP_STR("Cookie");
    for (size_t i = 0; i < n; i++) {
        if (cloudfront_field_hidden(v[i].name))
            continue;
        if (!np_str_ieq(v[i].name, cookie))
            add_entry(&headers, np_str_lower(a, v[i].name), v[i].value, NP_STR_NULL);
        else if (response)
            add_set_cookie(&cookies, v[i].value);
        else
            add_pairs(&cookies, v[i].value, ';');
    }
    write_entries(b, "headers", &headers);
    write_entries(b, "cookies", &cookies);
}

static void member(struct np_buf *b, struct np_arena *a, const char *lead, struct np_str value)
{
    np_buf_str_add(b, np_str_of(lead));
    quote(b, a, value);
}

struct np_str cloudfront_event_write(const struct np_edge_event *e)
{
    struct np_buf b;
    struct np_arena *a = e->arena;
    struct entries query = {.a = a};
    np_buf_init(&b, a, 2 * NP_EDGEFN_EVENT_MAX); /* what is larger is refused by the call */
    member(&b, a, "{\"version\":\"1.0\",\"context\":{\"distributionDomainName\":", e->dist_name);
    member(&b, a, ",\"distributionId\":", e->dist_id);
    np_buf_printf(&b, ",\"eventType\":\"viewer-%s\"", e->status != 0 ? "response" : "request");
    member(&b, a, ",\"requestId\":", e->request_id);
    member(&b, a, "},\"viewer\":{\"ip\":", e->client_ip);
    member(&b, a, "},\"request\":{\"method\":", e->method);
    member(&b, a, ",\"uri\":", e->path);
    add_pairs(&query, e->query, '&');
    write_entries(&b, "querystring", &query);
    write_fields(&b, a, e->fields, e->n_fields, false);
    np_buf_char(&b, '}');
    if (e->status != 0) {
        np_buf_printf(&b, ",\"response\":{\"statusCode\":%d", e->status);
        member(&b, a, ",\"statusDescription\":", np_str_of(np_http_reason(e->status)));
        write_fields(&b, a, e->response_fields, e->n_response_fields, true);
        np_buf_char(&b, '}');
    }
    np_buf_char(&b, '}');
    return np_buf_str(&b);
}

/* --- comparing --- */

bool cloudfront_json_same(const struct np_json *a, const struct np_json *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->type != b->type || a->n != b->n)
        return false;
    if (a->type == NP_J_OBJECT) {
        for (const struct np_json *m = a->child; m != NULL; m = m->next)
            if (!cloudfront_json_same(m, np_json_member(b, m->key)))
                return false;
        return true;
    }
    if (a->type == NP_J_ARRAY) {
        const struct np_json *y = b->child;
        for (const struct np_json *x = a->child; x != NULL; x = x->next, y = y->next)
            if (!cloudfront_json_same(x, y))
                return false;
        return true;
    }
    return a->type == NP_J_BOOL ? a->b == b->b : np_str_eq(a->s, b->s);
}

/* --- checking --- */

static bool string(const struct np_json *j)
{
    return j != NULL && j->type == NP_J_STRING;
}

/* {"value": "…"}, or {"multiValue": [{"value": "…"}, …]} */
static int check_value(const char *of, const struct np_json *j, struct np_err *err)
{
    const struct np_json *many = np_json_member(j, NP_STR("multiValue"));
    const struct np_json *attributes = np_json_member(j, NP_STR("attributes"));
    if (j->type != NP_J_OBJECT || (many == NULL && !string(np_json_member(j, NP_STR("value")))))
        return np_err(err, NP_EINVAL, "%s['%.*s'] must be an object with a string as its value", of,
                      NP_FMT(j->key));
    if (attributes != NULL && attributes->type != NP_J_STRING)
        return np_err(err, NP_EINVAL, "%s['%.*s'].attributes must be a string", of, NP_FMT(j->key));
    if (many == NULL)
        return 0;
    bool ok = many->type == NP_J_ARRAY && many->n != 0;
    for (const struct np_json *m = many->child; ok && m != NULL; m = m->next)
        ok = string(np_json_member(m, NP_STR("value")));
    return ok ? 0
              : np_err(err, NP_EINVAL, "%s['%.*s'].multiValue must be an array of values", of,
                       NP_FMT(j->key));
}

static int check_group(const char *of, const struct np_json *j, struct np_err *err)
{
    if (j != NULL && j->type != NP_J_OBJECT)
        return np_err(err, NP_EINVAL, "%s must be an object", of);
    for (const struct np_json *m = j != NULL ? j->child : NULL; m != NULL; m = m->next) {
        int rc = check_value(of, m, err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static bool lower_token(struct np_str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= 'A' && name.p[i] <= 'Z')
            return false;
    return cloudfront_token_ok(name);
}

/* `was`: what the event had; NULL: the response is the function's own. */
static int check_headers(const struct np_json *was, const struct np_json *now, bool response,
                         struct np_err *err)
{
    int rc = check_group("headers", now, err);
    for (const struct np_json *m = now != NULL ? now->child : NULL; rc == 0 && m != NULL;
         m = m->next) {
        if (!lower_token(m->key))
            rc = np_err(err, NP_EINVAL, "the header name '%.*s' must be in lower case",
                        NP_FMT(m->key));
        else if (cloudfront_field_hidden(m->key) || np_str_is(m->key, "cookie") ||
                 np_str_is(m->key, "set-cookie"))
            rc = np_err(err, NP_EINVAL, "the header '%.*s' is not allowed", NP_FMT(m->key));
        else if (cloudfront_field_read_only(m->key, response) &&
                 !cloudfront_json_same(np_json_member(was, m->key), m))
            rc = np_err(err, NP_EINVAL, "the header '%.*s' is read-only", NP_FMT(m->key));
    }
    for (const struct np_json *m = was != NULL && now != NULL ? was->child : NULL;
         rc == 0 && m != NULL; m = m->next)
        if (cloudfront_field_read_only(m->key, response) && np_json_member(now, m->key) == NULL)
            rc = np_err(err, NP_EINVAL, "the header '%.*s' is read-only", NP_FMT(m->key));
    return rc;
}

static int check_body(const struct np_json *body, struct np_err *err)
{
    if (body == NULL || body->type == NP_J_STRING)
        return 0;
    struct np_str encoding = np_json_str(body, NP_STR("encoding"));
    struct np_str data = np_json_str(body, NP_STR("data"));
    bool base64 = np_str_is(encoding, "base64");
    if (data.p == NULL || (!base64 && !np_str_is(encoding, "text")))
        return np_err(err, NP_EINVAL,
                      "body must be a string, or an object with an encoding (text or base64) and "
                      "data");
    NP_AUTO_ARENA a = np_arena_new();
    if (base64 && np_unbase64(a, data).p == NULL)
        return np_err(err, NP_EINVAL, "body.data is not valid base64");
    return 0;
}

static int check_request(const struct np_json *was, const struct np_json *now, struct np_err *err)
{
    struct np_str uri = np_json_str(now, NP_STR("uri"));
    if (!np_str_eq(np_json_str(now, NP_STR("method")), np_json_str(was, NP_STR("method"))))
        return np_err(err, NP_EINVAL, "request.method is read-only");
    if (uri.n == 0 || uri.p[0] != '/' || uri.n >= CLOUDFRONT_FUNCTION_URI_MAX)
        return np_err(err, NP_EINVAL, "request.uri must begin with '/' and have less than %d bytes",
                      CLOUDFRONT_FUNCTION_URI_MAX);
    int rc = check_group("querystring", np_json_member(now, NP_STR("querystring")), err);
    if (rc == 0)
        rc = check_group("cookies", np_json_member(now, NP_STR("cookies")), err);
    return rc == 0 ? check_headers(np_json_member(was, NP_STR("headers")),
                                   np_json_member(now, NP_STR("headers")), false, err)
                   : rc;
}

static int check_response(const struct np_json *was, const struct np_json *now, struct np_err *err)
{
    const struct np_json *status = np_json_member(now, NP_STR("statusCode"));
    if (status == NULL || status->type != NP_J_INT || status->i < 200 || status->i > 599)
        return np_err(err, NP_EINVAL, "response.statusCode must be a number from 200 to 599");
    int rc = check_group("cookies", np_json_member(now, NP_STR("cookies")), err);
    if (rc == 0)
        rc = check_headers(np_json_member(was, NP_STR("headers")),
                           np_json_member(now, NP_STR("headers")), true, err);
    return rc == 0 ? check_body(np_json_member(now, NP_STR("body")), err) : rc;
}

bool cloudfront_event_is_response(const struct np_json *answer)
{
    return np_json_member(answer, NP_STR("statusCode")) != NULL;
}

int cloudfront_event_check(const struct np_json *event, const struct np_json *answer,
                           struct np_err *err)
{
    struct np_str type = np_json_str(np_json_member(event, NP_STR("context")), NP_STR("eventType"));
    if (answer->type != NP_J_OBJECT)
        return np_err(err, NP_EINVAL, "the function must return a request or a response");
    if (np_str_is(type, "viewer-response"))
        return check_response(np_json_member(event, NP_STR("response")), answer, err);
    if (cloudfront_event_is_response(answer))
        return check_response(NULL, answer, err);
    return check_request(np_json_member(event, NP_STR("request")), answer, err);
}
