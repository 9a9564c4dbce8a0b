/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - what tells objects apart.
 *
 * Lines: kind, location and distribution; URL; codings; then fields and cookies with their names.
 * No part can hold a line break (the parser refuses them), so no two requests that differ make one
 * key. The path is taken as it came: "/a/../b" is not "/b", to the origin neither.
 */
#include "engines/edge/key.h"

#include <stdlib.h>

#include "base/arena.h"

bool edge_set_has(const struct np_edge_set *s, struct np_str name, bool ignore_case)
{
    bool named = false;
    if (s->how == NP_EDGE_ALL || s->how == NP_EDGE_NONE)
        return s->how == NP_EDGE_ALL;
    for (size_t i = 0; i < s->n && !named; i++)
        named = ignore_case ? np_str_ieq(s->names[i], name) : np_str_eq(s->names[i], name);
    return named == (s->how == NP_EDGE_SOME);
}

static bool is_listed(const struct np_strs *list, struct np_str name)
{
    for (size_t i = 0; list != NULL && i < list->n; i++)
        if (np_str_eq(list->v[i], name))
            return true;
    return false;
}

/* --- query --- */

static bool takes_all(const struct np_edge_set *s)
{
    return s != NULL && s->how == NP_EDGE_ALL;
}

static bool takes(const struct np_edge_set *s, const struct np_edge_set *more, struct np_str name)
{
    return edge_set_has(s, name, false) || (more != NULL && edge_set_has(more, name, false));
}

struct np_str edge_query_choose(struct np_edge_request *rq, const struct np_edge_set *s,
                                const struct np_edge_set *more)
{
    struct np_str rest = rq->query, one, name, value;
    if (rest.p == NULL || (s->how == NP_EDGE_NONE && (more == NULL || more->how == NP_EDGE_NONE)))
        return NP_STR_NULL;
    if ((takes_all(s) || takes_all(more)) && rq->strip_query == NULL)
        return rest;
    struct np_buf b;
    np_buf_init(&b, rq->arena, rest.n + 1);
    while (np_str_split(&rest, '&', &one)) {
        np_str_cut(one, '=', &name, &value);
        if (!takes(s, more, name) || is_listed(rq->strip_query, name))
            continue;
        if (b.n > 0)
            np_buf_char(&b, '&');
        np_buf_str_add(&b, one);
    }
    return b.n > 0 ? np_buf_str(&b) : NP_STR_NULL;
}

/* --- cookies --- */

static int by_name(const void *a, const void *b)
{
    const struct edge_cookie *x = *(const struct edge_cookie *const *)a;
    const struct edge_cookie *y = *(const struct edge_cookie *const *)b;
    int c = np_str_cmp(x->name, y->name);
    return c != 0 ? c : np_str_cmp(x->text, y->text);
}

struct np_str edge_cookies_choose(struct np_edge_request *rq, const struct np_edge_set *s,
                                  const struct np_edge_set *more, bool sorted)
{
    if (s->how == NP_EDGE_NONE && (more == NULL || more->how == NP_EDGE_NONE))
        return NP_STR_NULL;
    size_t n, n_chosen = 0;
    struct edge_cookie *all = edge_request_cookies(rq, &n);
    if (n == 0)
        return NP_STR_NULL;
    const struct edge_cookie **chosen = np_new_array(rq->arena, const struct edge_cookie *, n);
    for (size_t i = 0; i < n; i++)
        if (takes(s, more, all[i].name) && !is_listed(rq->strip_cookies, all[i].name))
            chosen[n_chosen++] = &all[i];
    if (n_chosen == 0)
        return NP_STR_NULL;
    if (sorted)
        qsort(chosen, n_chosen, sizeof(*chosen), by_name);
    struct np_buf b;
    np_buf_init(&b, rq->arena, NP_EDGE_REQUEST_MAX * 2);
    for (size_t i = 0; i < n_chosen; i++) {
        if (i > 0)
            np_buf_lit(&b, "; ");
        np_buf_str_add(&b, chosen[i]->text);
    }
    return np_buf_str(&b);
}

/* --- codings --- */

/* "gzip;q=0" asks for anything but that. */
static bool is_refused(struct np_str params)
{
    ptrdiff_t at = np_str_find(params, NP_STR("q="));
    if (at < 0)
        return false;
    struct np_str q = np_str_trim(np_str_sub(params, (size_t)at + 2, params.n));
    for (size_t i = 0; i < q.n; i++)
        if (q.p[i] != '0' && q.p[i] != '.')
            return false;
    return q.n > 0;
}

struct np_str edge_coding_of(const struct np_edge_request *rq)
{
    const struct np_edge_forwarding *fw = &rq->b->o->forward;
    struct np_str rest = NP_STR(""), one, name, params;
    bool gzip = false, br = false;
    if ((!fw->key_gzip && !fw->key_brotli) || rq->is_http10)
        return rest;
    rest = edge_field_of(rq->fields, rq->n_fields, NP_STR("Accept-Encoding"));
    while (np_str_split(&rest, ',', &one)) {
        np_str_cut(one, ';', &name, &params);
        name = np_str_trim(name);
        if (is_refused(params))
            continue;
        gzip |= fw->key_gzip && np_str_ieq(name, NP_STR("gzip"));
        br |= fw->key_brotli && np_str_ieq(name, NP_STR("br"));
    }
    if (gzip && br)
        return NP_STR("br,gzip");
    return gzip ? NP_STR("gzip") : br ? NP_STR("br") : NP_STR("");
}

/* --- the key --- */

static char kind_of(const struct np_edge_request *rq)
{
    return rq->is_head ? 'H' : rq->method == NP_EDGE_OPTIONS ? 'O' : 'G';
}

static void add_field(struct np_buf *b, struct np_edge_request *rq, struct np_str name)
{
    const struct np_edge_hooks *h = &rq->w->edge->o.hooks;
    bool is_made = np_str_istarts(name, rq->w->edge->o.names.made_prefix);
    if (is_made) {
        struct np_str v = h->generated != NULL ? h->generated(h->arg, rq, name) : NP_STR_NULL;
        if (v.p != NULL)
            np_buf_printf(b, "h%.*s:%.*s\n", NP_FMT(name), NP_FMT(v));
        return;
    }
    for (size_t i = 0; i < rq->n_fields; i++)
        if (np_str_ieq(rq->fields[i].name, name))
            np_buf_printf(b, "h%.*s:%.*s\n", NP_FMT(name), NP_FMT(rq->fields[i].value));
}

static void add_fields_and_cookies(struct np_buf *b, struct np_edge_request *rq)
{
    const struct np_edge_forwarding *fw = &rq->b->o->forward;
    for (size_t i = 0; fw->key_headers.how == NP_EDGE_SOME && i < fw->key_headers.n; i++)
        add_field(b, rq, fw->key_headers.names[i]);
    struct np_str cookies = edge_cookies_choose(rq, &fw->key_cookies, NULL, true);
    if (cookies.p != NULL)
        np_buf_printf(b, "c%.*s\n", NP_FMT(cookies));
}

static void add_range(struct np_buf *b, const struct edge_range *r)
{
    if (r->is_suffix)
        np_buf_printf(b, "r-%llu", (unsigned long long)r->begin);
    else if (r->has_end)
        np_buf_printf(b, "r%llu-%llu", (unsigned long long)r->begin, (unsigned long long)r->end);
    else
        np_buf_printf(b, "r%llu-", (unsigned long long)r->begin);
}

bool edge_key_make(struct np_edge_request *rq, bool with_range)
{
    struct np_buf b;
    char head[2] = {kind_of(rq), (char)(rq->location + 1)};
    np_buf_init(&b, rq->arena, NP_EDGE_KEY_MAX);
    np_buf_grow(&b, 2 + rq->dist->o.id.n + rq->path.n + rq->query.n + 32);
    /* A line break as a location's byte would do no harm: the first two bytes are no text. */
    np_buf_add(&b, head, 2);
    np_buf_str_add(&b, rq->dist->o.id);
    np_buf_char(&b, '\n');
    np_buf_str_add(&b, rq->path);
    struct np_str query = edge_query_choose(rq, &rq->b->o->forward.key_query, NULL);
    if (query.p != NULL) {
        np_buf_char(&b, '?');
        np_buf_str_add(&b, query);
    }
    np_buf_char(&b, '\n');
    np_buf_str_add(&b, edge_coding_of(rq));
    np_buf_char(&b, '\n');
    if (!rq->b->key_is_path)
        add_fields_and_cookies(&b, rq);
    rq->whole_n = b.n;
    if (with_range)
        add_range(&b, &rq->range);
    rq->key = (struct edge_key){np_buf_str(&b), np_hash(np_buf_str(&b))};
    return np_buf_ok(&b);
}

struct edge_key edge_key_of_kind(struct np_arena *a, const struct edge_key *k, size_t n, char kind)
{
    char *p = np_alloc_raw(a, n);
    memcpy(p, k->text.p, n);
    p[0] = kind;
    struct np_str text = np_str_n(p, n);
    return (struct edge_key){text, np_hash(text)};
}

struct np_str edge_key_url(struct np_str key)
{
    struct np_str rest = np_str_sub(key, 2, key.n), url = NP_STR("");
    ptrdiff_t at = np_str_chr(rest, '\n');
    if (at >= 0)
        rest = np_str_sub(rest, (size_t)at + 1, rest.n);
    np_str_split(&rest, '\n', &url);
    return url;
}
