/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - distributions, checked and copied; which behaviour a path gets. */
#include "base/arena.h"
#include "base/auto.h"
#include "engines/edge/edge_int.h"
#include "io/rcu.h"

void edge_shared_ref(struct edge_shared *s)
{
    __atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
}

void edge_shared_unref(struct edge_shared *s)
{
    if (__atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    edge_inval_fini(&s->inval);
    np_free(s);
}

void edge_dist_ref(struct edge_dist *d)
{
    __atomic_add_fetch(&d->refs, 1, __ATOMIC_RELAXED);
}

void edge_dist_unref(void *dist)
{
    struct edge_dist *d = dist;
    if (d == NULL || __atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (d->o.owner_free != NULL)
        d->o.owner_free(d->o.owner);
    edge_shared_unref(d->shared);
    np_arena_free(d->arena);
}

/* --- copies --- */

static const struct np_str *copy_strs(struct np_arena *a, const struct np_str *v, size_t n)
{
    struct np_str *out = np_new_array(a, struct np_str, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = np_str_dup(a, v[i]);
    return out;
}

static void copy_set(struct np_arena *a, struct np_edge_set *s)
{
    s->names = copy_strs(a, s->names, s->n);
}

static const struct np_edge_response_policy *copy_policy(struct np_arena *a,
                                                         const struct np_edge_response_policy *p)
{
    if (p == NULL)
        return NULL;
    struct np_edge_response_policy *out = np_new(a, struct np_edge_response_policy);
    *out = *p;
    out->cors.origins = copy_strs(a, p->cors.origins, p->cors.n_origins);
    out->cors.allow_methods = np_str_dup(a, p->cors.allow_methods);
    out->cors.allow_headers = np_str_dup(a, p->cors.allow_headers);
    out->cors.expose_headers = np_str_dup(a, p->cors.expose_headers);
    struct np_edge_header_set *headers =
        np_new_array(a, struct np_edge_header_set, p->n_headers + 1);
    for (size_t i = 0; i < p->n_headers; i++)
        headers[i] =
            (struct np_edge_header_set){np_str_dup(a, p->headers[i].name),
                                        np_str_dup(a, p->headers[i].value), p->headers[i].override};
    out->headers = headers;
    out->remove = copy_strs(a, p->remove, p->n_remove);
    return out;
}

static void copy_behavior(struct np_arena *a, struct np_edge_behavior *b)
{
    b->pattern = np_str_dup(a, b->pattern);
    b->target = np_str_dup(a, b->target);
    copy_set(a, &b->forward.key_query);
    copy_set(a, &b->forward.key_headers);
    copy_set(a, &b->forward.key_cookies);
    copy_set(a, &b->forward.query);
    copy_set(a, &b->forward.headers);
    copy_set(a, &b->forward.cookies);
    b->response = copy_policy(a, b->response);
}

static void copy_origin(struct np_arena *a, struct np_edge_origin *o)
{
    struct np_http_field *custom = np_new_array(a, struct np_http_field, o->n_custom + 1);
    for (size_t i = 0; i < o->n_custom; i++)
        custom[i] = (struct np_http_field){np_str_dup(a, o->custom[i].name),
                                           np_str_dup(a, o->custom[i].value)};
    o->id = np_str_dup(a, o->id);
    o->host = np_str_dup(a, o->host);
    o->path = o->path.p != NULL ? np_str_dup(a, o->path) : NP_STR("");
    o->custom = custom;
    o->attempts = o->attempts == 0 ? 1 : o->attempts;
}

static void copy_group(struct np_arena *a, struct np_edge_group *g)
{
    int *statuses = np_new_array(a, int, g->n_statuses + 1);
    for (size_t i = 0; i < g->n_statuses; i++)
        statuses[i] = g->statuses[i];
    g->id = np_str_dup(a, g->id);
    g->primary = np_str_dup(a, g->primary);
    g->secondary = np_str_dup(a, g->secondary);
    g->statuses = statuses;
}

static void *copy_array(struct np_arena *a, const void *v, size_t n, size_t size)
{
    void *out = np_alloc(a, n * size + 1);
    if (n > 0)
        memcpy(out, v, n * size);
    return out;
}

static void copy_opts(struct np_arena *a, const struct np_edge_dist_opts *o,
                      struct np_edge_dist_opts *out)
{
    *out = *o;
    out->id = np_str_dup(a, o->id);
    out->name = np_str_dup(a, o->name);
    out->hosts = copy_strs(a, o->hosts, o->n_hosts);
    out->default_root_object = np_str_dup(a, o->default_root_object);
    out->geo.countries = copy_strs(a, o->geo.countries, o->geo.n);
    struct np_edge_origin *origins = copy_array(a, o->origins, o->n_origins, sizeof(*origins));
    struct np_edge_group *groups = copy_array(a, o->groups, o->n_groups, sizeof(*groups));
    struct np_edge_behavior *behaviors =
        copy_array(a, o->behaviors, o->n_behaviors, sizeof(*behaviors));
    struct np_edge_error *errors = copy_array(a, o->errors, o->n_errors, sizeof(*errors));
    for (size_t i = 0; i < o->n_origins; i++)
        copy_origin(a, &origins[i]);
    for (size_t i = 0; i < o->n_groups; i++)
        copy_group(a, &groups[i]);
    for (size_t i = 0; i < o->n_behaviors; i++)
        copy_behavior(a, &behaviors[i]);
    for (size_t i = 0; i < o->n_errors; i++)
        errors[i].page = np_str_dup(a, errors[i].page);
    out->origins = origins;
    out->groups = groups;
    out->behaviors = behaviors;
    out->errors = errors;
}

/* --- checks --- */

static int check_opts(const struct np_edge_dist_opts *o, struct np_err *err)
{
    if (o->id.n == 0 || np_str_chr(o->id, '\n') >= 0 || np_str_chr(o->id, ' ') >= 0)
        return np_err(err, NP_EINVAL, "'%.*s' is no id of a distribution", NP_FMT(o->id));
    if (o->n_behaviors == 0 || o->n_behaviors > NP_EDGE_BEHAVIORS_MAX)
        return np_err(err, NP_EINVAL, "%zu behaviours, up to %d are possible", o->n_behaviors,
                      NP_EDGE_BEHAVIORS_MAX);
    if (o->n_origins == 0 || o->n_origins > NP_EDGE_ORIGINS_MAX ||
        o->n_groups > NP_EDGE_ORIGINS_MAX)
        return np_err(err, NP_EINVAL, "%zu origins and %zu groups, up to %d are possible",
                      o->n_origins, o->n_groups, NP_EDGE_ORIGINS_MAX);
    if (o->n_hosts > NP_EDGE_HOSTS_MAX)
        return np_err(err, NP_EINVAL, "%zu hosts, up to %d are possible", o->n_hosts,
                      NP_EDGE_HOSTS_MAX);
    for (size_t i = 0; i < o->n_behaviors; i++) {
        const struct np_edge_behavior *b = &o->behaviors[i];
        if (b->min_ttl_s < 0 || b->max_ttl_s < b->min_ttl_s || b->default_ttl_s < b->min_ttl_s)
            return np_err(err, NP_EINVAL, "the TTLs of '%.*s' are not in order",
                          NP_FMT(b->pattern));
    }
    return 0;
}

static const struct np_edge_origin *find_origin(const struct edge_dist *d, struct np_str id)
{
    for (size_t i = 0; i < d->o.n_origins; i++)
        if (np_str_eq(d->o.origins[i].id, id))
            return &d->o.origins[i];
    return NULL;
}

static void find_target(const struct edge_dist *d, struct edge_behavior *b)
{
    b->origin = find_origin(d, b->o->target);
    for (size_t i = 0; i < d->o.n_groups && b->origin == NULL; i++) {
        const struct np_edge_group *g = &d->o.groups[i];
        if (!np_str_eq(g->id, b->o->target))
            continue;
        b->group = g;
        b->origin = find_origin(d, g->primary);
        b->second = find_origin(d, g->secondary);
    }
}

static bool names_host(const struct np_edge_set *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (np_str_ieq(s->names[i], NP_STR("Host")))
            return s->how != NP_EDGE_EXCEPT;
    return s->how == NP_EDGE_ALL || s->how == NP_EDGE_EXCEPT;
}

static int compile_behavior(struct edge_dist *d, const struct np_edge_behavior *o,
                            struct edge_behavior *b, struct np_err *err)
{
    const struct np_edge_forwarding *fw = &o->forward;
    b->o = o;
    b->any = np_str_is(o->pattern, "*") || np_str_is(o->pattern, "/*");
    b->pattern = o->pattern;
    if (!np_str_starts(o->pattern, NP_STR("/")) && !np_str_starts(o->pattern, NP_STR("*")))
        b->pattern = np_str_printf(d->arena, "/%.*s", NP_FMT(o->pattern));
    find_target(d, b);
    if (b->origin == NULL || (b->group != NULL && b->second == NULL))
        return np_err(err, NP_EINVAL, "'%.*s' is no origin or group of this distribution",
                      NP_FMT(o->target));
    b->caches = o->max_ttl_s > 0 && fw->key_headers.how != NP_EDGE_ALL;
    b->key_is_path = fw->key_headers.how == NP_EDGE_NONE && fw->key_cookies.how == NP_EDGE_NONE;
    b->forwards_host = names_host(&fw->key_headers) || names_host(&fw->headers);
    return 0;
}

int edge_dist_compile(const struct np_edge_dist_opts *o, struct edge_shared *shared,
                      struct edge_dist **out, struct np_err *err)
{
    int rc = check_opts(o, err);
    if (rc != 0)
        return rc;
    struct np_arena *a = np_arena_new();
    struct edge_dist *d = np_new(a, struct edge_dist);
    d->refs = 1;
    d->arena = a;
    copy_opts(a, o, &d->o);
    d->behaviors = np_new_array(a, struct edge_behavior, o->n_behaviors);
    for (size_t i = 0; i < o->n_behaviors && rc == 0; i++)
        rc = compile_behavior(d, &d->o.behaviors[i], &d->behaviors[i], err);
    if (rc != 0) {
        np_arena_free(a);
        return rc;
    }
    d->shared = shared;
    edge_shared_ref(shared);
    *out = d;
    return 0;
}

/* --- paths --- */

static bool matches(const struct edge_behavior *b, struct np_str path)
{
    return b->any || np_str_glob(b->pattern, path, false);
}

static size_t index_of(const struct edge_dist *d, struct np_str path)
{
    size_t last = d->o.n_behaviors - 1;
    for (size_t i = 0; i < last; i++)
        if (matches(&d->behaviors[i], path))
            return i;
    return last;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_unreserved(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/* Escapes of plain characters undone; to at most path.n bytes. */
static size_t unescape(struct np_str path, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        if (c == '%' && i + 2 < path.n) {
            int hi = hex_digit(path.p[i + 1]), lo = hex_digit(path.p[i + 2]);
            if (hi >= 0 && lo >= 0 && is_unreserved(hi * 16 + lo)) {
                c = (char)(hi * 16 + lo);
                i += 2;
            }
        }
        out[n++] = c;
    }
    return n;
}

/* Segments "." and "..", and empty ones, taken away. */
static struct np_str remove_dots(struct np_arena *a, struct np_str path)
{
    char *out = np_alloc_raw(a, path.n + 1);
    size_t n = 0;
    struct np_str rest = np_str_sub(path, 1, path.n), one;
    bool ends = path.n == 0 || path.p[path.n - 1] == '/';
    while (np_str_split(&rest, '/', &one)) {
        bool up = np_str_is(one, "..");
        if (rest.n == 0 && (up || np_str_is(one, ".")))
            ends = true;
        if (up)
            while (n > 0 && out[--n] != '/')
                ;
        if (one.n == 0 || up || np_str_is(one, "."))
            continue;
        out[n++] = '/';
        memcpy(out + n, one.p, one.n);
        n += one.n;
    }
    if (ends || n == 0)
        out[n++] = '/';
    return np_str_n(out, n);
}

static bool is_plain(struct np_str path)
{
    return np_str_chr(path, '%') < 0 && np_str_find(path, NP_STR("/.")) < 0 &&
           np_str_find(path, NP_STR("//")) < 0;
}

/* AWS: a path that means another one than it says gets the default behaviour, so that nobody walks
 * around a stricter one (tests/unit/engines/edge/key_test.c: disguised_paths). */
const struct edge_behavior *edge_dist_match(const struct edge_dist *d, struct np_str path)
{
    size_t last = d->o.n_behaviors - 1;
    if (last == 0)
        return &d->behaviors[0];
    size_t i = index_of(d, path);
    if (!is_plain(path)) {
        NP_AUTO_ARENA a = np_arena_new();
        char *plain = np_alloc_raw(a, path.n + 1);
        struct np_str meant = remove_dots(a, np_str_n(plain, unescape(path, plain)));
        if (index_of(d, meant) != i)
            i = last;
    }
    return &d->behaviors[i];
}

const struct np_edge_error *edge_dist_error(const struct edge_dist *d, int status)
{
    for (size_t i = 0; i < d->o.n_errors; i++)
        if (d->o.errors[i].status == status)
            return &d->o.errors[i];
    return NULL;
}
