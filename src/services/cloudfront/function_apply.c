/* SPDX-License-Identifier: Apache-2.0 */
/* function_apply.c - what a request or response becomes by a function's answer. What the function
 * left alone stays as it came, to the byte. */
#include "services/cloudfront/function.h"

#include "base/arena.h"
#include "base/enc.h"

struct fields {
    struct np_arena *a;
    struct np_http_field *v;
    size_t n;
};

static void add(struct fields *f, struct np_str name, struct np_str value)
{
    f->v = np_array_grow(f->a, f->v, f->n, sizeof(*f->v));
    f->v[f->n++] = (struct np_http_field){name, value};
}

/* "example-header-name" goes out as "Example-Header-Name". */
static struct np_str capitals(struct np_arena *a, struct np_str name)
{
    struct np_str out = np_str_dup(a, name);
    char *p = (char *)(uintptr_t)out.p;
    for (size_t i = 0; i < out.n; i++)
        if ((i == 0 || p[i - 1] == '-') && p[i] >= 'a' && p[i] <= 'z')
            p[i] = (char)(p[i] - 'a' + 'A');
    return out;
}

/* AWS: where multiValue was changed, it is what counts; else `value` is the first of them
 * (tests/unit/services/cloudfront/function_test.c: several_values). */
typedef void each_fn(struct fields *f, struct np_str name, const struct np_json *value);

static void each_value(struct fields *f, struct np_str name, const struct np_json *was,
                       const struct np_json *now, each_fn *fn)
{
    const struct np_json *many = np_json_member(now, NP_STR("multiValue"));
    bool changed = !cloudfront_json_same(np_json_member(was, NP_STR("multiValue")), many);
    if (many == NULL) {
        fn(f, name, now);
        return;
    }
    for (const struct np_json *m = many->child; m != NULL; m = m->next)
        fn(f, name, m == many->child && !changed ? now : m);
}

static void header(struct fields *f, struct np_str name, const struct np_json *value)
{
    add(f, name, np_json_str(value, NP_STR("value")));
}

static void set_cookie(struct fields *f, struct np_str name, const struct np_json *value)
{
    struct np_str attributes = np_json_str(value, NP_STR("attributes"));
    struct np_str v = np_json_str(value, NP_STR("value"));
    add(f, NP_STR("Set-Cookie"),
        np_str_printf(f->a, "%.*s=%.*s%s%.*s", NP_FMT(name), NP_FMT(v),
                      attributes.n != 0 ? "; " : "", NP_FMT(attributes)));
}

/* The edge writes these itself, by the body that goes out. */
static bool framing(struct np_str name)
{
    return np_str_ieq(name, NP_STR("Content-Length")) ||
           np_str_ieq(name, NP_STR("Transfer-Encoding"));
}

/* Headers: those that were there in their order, then new ones. */
static void merge_headers(struct fields *out, const struct np_http_field *v, size_t n,
                          const struct np_json *was, const struct np_json *now, bool response)
{
    struct np_str cookie = response ? NP_STR("Set-Cookie") : NP_STR("Cookie");
    for (size_t i = 0; i < n; i++) {
        struct np_str key = np_str_lower(out->a, v[i].name);
        const struct np_json *before = np_json_member(was, key), *after = np_json_member(now, key);
        if (np_str_ieq(v[i].name, cookie))
            continue;
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && !np_str_ieq(v[k].name, v[i].name);
        if (cloudfront_field_hidden(v[i].name) || now == NULL || (response && framing(key)) ||
            cloudfront_json_same(before, after))
            add(out, v[i].name, v[i].value);
        else if (first && after != NULL)
            each_value(out, v[i].name, before, after, header);
    }
    for (const struct np_json *m = now != NULL ? now->child : NULL; m != NULL; m = m->next)
        if (np_json_member(was, m->key) == NULL && !(response && framing(m->key)))
            each_value(out, capitals(out->a, m->key), NULL, m, header);
}

static void keep_cookies(struct fields *out, const struct np_http_field *v, size_t n,
                         struct np_str name)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_ieq(v[i].name, name))
            add(out, v[i].name, v[i].value);
}

/* name=value pairs of a group in one text. */
static struct np_str join(struct np_arena *a, const struct np_json *was, const struct np_json *now,
                          const char *separator)
{
    struct np_buf b;
    struct fields pairs = {.a = a};
    np_buf_init(&b, a, 2 * NP_EDGEFN_EVENT_MAX);
    for (const struct np_json *m = now->child; m != NULL; m = m->next)
        each_value(&pairs, m->key, np_json_member(was, m->key), m, header);
    for (size_t i = 0; i < pairs.n; i++)
        np_buf_printf(&b, "%s%.*s=%.*s", i == 0 ? "" : separator, NP_FMT(pairs.v[i].name),
                      NP_FMT(pairs.v[i].value));
    return np_buf_str(&b);
}

static void request_cookies(struct fields *out, const struct np_edge_event *e,
                            const struct np_json *was, const struct np_json *now)
{
    if (now == NULL || cloudfront_json_same(was, now))
        keep_cookies(out, e->fields, e->n_fields, NP_STR("Cookie"));
    else if (now->n != 0)
        add(out, NP_STR("Cookie"), join(out->a, was, now, "; "));
}

static void response_cookies(struct fields *out, const struct np_edge_event *e,
                             const struct np_json *was, const struct np_json *now)
{
    if (now == NULL || (was != NULL && cloudfront_json_same(was, now))) {
        keep_cookies(out, e->response_fields, e->n_response_fields, NP_STR("Set-Cookie"));
        return;
    }
    for (const struct np_json *m = now->child; m != NULL; m = m->next)
        each_value(out, m->key, np_json_member(was, m->key), m, set_cookie);
}

static void apply_request(struct np_edge_event *e, const struct np_json *was,
                          const struct np_json *now)
{
    const struct np_json *query = np_json_member(now, NP_STR("querystring"));
    const struct np_json *old_query = np_json_member(was, NP_STR("querystring"));
    struct np_str uri = np_json_str(now, NP_STR("uri"));
    struct fields out = {.a = e->arena};
    if (!np_str_eq(uri, np_json_str(was, NP_STR("uri"))))
        e->path = uri;
    if (query != NULL && !cloudfront_json_same(old_query, query))
        e->query = query->n != 0 ? join(e->arena, old_query, query, "&") : NP_STR_NULL;
    merge_headers(&out, e->fields, e->n_fields, np_json_member(was, NP_STR("headers")),
                  np_json_member(now, NP_STR("headers")), false);
    request_cookies(&out, e, np_json_member(was, NP_STR("cookies")),
                    np_json_member(now, NP_STR("cookies")));
    e->fields = out.v;
    e->n_fields = out.n;
}

static void apply_body(struct np_edge_event *e, const struct np_json *body)
{
    if (body == NULL)
        return;
    struct np_str data = body->type == NP_J_STRING ? body->s : np_json_str(body, NP_STR("data"));
    e->body = np_str_is(np_json_str(body, NP_STR("encoding")), "base64")
                  ? np_unbase64(e->arena, data)
                  : data;
}

/* `was` NULL: the function's own response. */
static void apply_response(struct np_edge_event *e, const struct np_json *was,
                           const struct np_json *now)
{
    struct fields out = {.a = e->arena};
    merge_headers(&out, e->response_fields, e->n_response_fields,
                  np_json_member(was, NP_STR("headers")), np_json_member(now, NP_STR("headers")),
                  true);
    response_cookies(&out, e, np_json_member(was, NP_STR("cookies")),
                     np_json_member(now, NP_STR("cookies")));
    e->status = (int)np_json_member(now, NP_STR("statusCode"))->i;
    e->response_fields = out.v;
    e->n_response_fields = out.n;
    apply_body(e, np_json_member(now, NP_STR("body")));
}

void cloudfront_event_apply(struct np_edge_event *e, const struct np_json *event,
                            const struct np_json *answer)
{
    const struct np_json *response = np_json_member(event, NP_STR("response"));
    if (e->status != 0)
        apply_response(e, response, answer);
    else if (cloudfront_event_is_response(answer))
        apply_response(e, NULL, answer);
    else
        apply_request(e, np_json_member(event, NP_STR("request")), answer);
}
