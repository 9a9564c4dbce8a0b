/* SPDX-License-Identifier: Apache-2.0 */
/* read.c - the files: the operator's networks, and those of tor-geoipdb. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/auto.h"
#include "engines/geo/geo_int.h"

#define NO_LINE 255

struct lines {
    FILE *f;
    const char *path;
    unsigned number;
    char text[GEO_LINE_MAX + 2];
};

static void close_lines(struct lines *l)
{
    if (l->f != NULL)
        fclose(l->f);
}
#define AUTO_LINES __attribute__((cleanup(close_lines))) struct lines

/* False with 0 in *rc: the file is not there. */
static bool open_lines(struct lines *l, const char *path, int *rc, struct np_err *err)
{
    *l = (struct lines){.f = fopen(path, "re"), .path = path};
    *rc = 0;
    if (l->f == NULL && errno != ENOENT)
        *rc = np_err_errno(err, errno, "cannot read %s", path);
    return l->f != NULL;
}

/* 1: a line; 0: the end; or an error. */
static int next_line(struct lines *l, struct np_str *line, struct np_err *err)
{
    if (fgets(l->text, sizeof(l->text), l->f) == NULL)
        return ferror(l->f) ? np_err(err, NP_EIO, "cannot read %s", l->path) : 0;
    l->number++;
    size_t n = strlen(l->text);
    if (n > GEO_LINE_MAX && l->text[n - 1] != '\n')
        return np_err(err, NP_EINVAL, "%s line %u: longer than %d bytes", l->path, l->number,
                      GEO_LINE_MAX);
    *line = np_str_n(l->text, n);
    return 1;
}

/* --- addresses --- */

static bool ip_of(struct np_str text, geo_ip *ip, bool *v4)
{
    char z[INET6_ADDRSTRLEN];
    uint8_t bytes[16];
    if (text.n == 0 || text.n >= sizeof(z))
        return false;
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    *v4 = memchr(z, ':', text.n) == NULL;
    if (inet_pton(*v4 ? AF_INET : AF_INET6, z, bytes) != 1)
        return false;
    *ip = 0;
    for (unsigned i = 0; i < (*v4 ? 4u : 16u); i++)
        *ip = *ip << 8 | bytes[i];
    if (*v4)
        *ip |= GEO_V4;
    return true;
}

static int network_of(struct np_str text, struct geo_own *out, struct np_err *err)
{
    struct np_str ip, length;
    uint64_t bits;
    bool v4;
    if (!np_str_cut(text, '/', &ip, &length)) {
        ip = text;
        length = NP_STR_NULL;
    }
    if (!ip_of(ip, &out->first, &v4))
        return np_err(err, NP_EINVAL, "'%.*s' is no address", NP_FMT(ip));
    uint64_t most = v4 ? 32 : 128;
    if (length.p == NULL)
        bits = most;
    else if (!np_str_u64(length, &bits) || bits > most)
        return np_err(err, NP_EINVAL, "'%.*s' is no length of a network", NP_FMT(length));
    out->bits = (uint8_t)(bits + (v4 ? 96 : 0));
    if (out->first & geo_below(out->bits))
        return np_err(err, NP_EINVAL, "bits of '%.*s' are set behind its length", NP_FMT(text));
    return 0;
}

/* --- the operator's file --- */

static int place_of(struct np_str text, struct geo_own *out, struct np_err *err)
{
    struct np_str country = text, subdivision = NP_STR("");
    if (np_str_is(text, "-"))
        return 0;
    if (np_str_starts(text, NP_STR("continent:"))) {
        struct np_str continent = np_str_sub(text, 10, text.n);
        if (!np_geo_continent_ok(continent))
            return np_err(err, NP_EINVAL, "'%.*s' is no continent", NP_FMT(continent));
        memcpy(out->continent, continent.p, 2);
        return 0;
    }
    np_str_cut(text, '-', &country, &subdivision);
    const char *continent = np_geo_continent_of(country);
    if (continent == NULL)
        return np_err(err, NP_EINVAL, "'%.*s' is no country", NP_FMT(country));
    if (subdivision.n > 3 || (subdivision.n == 0 && country.n != text.n))
        return np_err(err, NP_EINVAL, "'%.*s' is no subdivision", NP_FMT(text));
    memcpy(out->continent, continent, 2);
    memcpy(out->country, country.p, 2);
    if (subdivision.n != 0)
        memcpy(out->subdivision, subdivision.p, subdivision.n);
    return 0;
}

int geo_own_line(struct np_str line, struct geo_own *out, struct np_err *err)
{
    struct np_str network, place;
    *out = (struct geo_own){.bits = NO_LINE, .parent = -1};
    ptrdiff_t hash = np_str_chr(line, '#');
    line = np_str_trim(hash >= 0 ? np_str_sub(line, 0, (size_t)hash) : line);
    if (line.n == 0)
        return 0;
    size_t at = 0;
    while (at < line.n && line.p[at] != ' ' && line.p[at] != '\t')
        at++;
    network = np_str_sub(line, 0, at);
    place = np_str_trim(np_str_sub(line, at, line.n));
    if (place.n == 0)
        return np_err(err, NP_EINVAL, "a network stands before its place, like '192.0.2.0/24 DE'");
    int rc = network_of(network, out, err);
    return rc < 0 ? rc : place_of(place, out, err);
}

static int by_first(const void *x, const void *y)
{
    const struct geo_own *a = x, *b = y;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return a->bits - b->bits;
}

static int join_own(struct geo_table *t, const char *path, struct np_err *err)
{
    if (t->n_own != 0)
        qsort(t->own, t->n_own, sizeof(t->own[0]), by_first);
    int32_t around = -1;
    for (size_t i = 0; i < t->n_own; i++) {
        struct geo_own *o = &t->own[i];
        if (i > 0 && by_first(o, o - 1) == 0)
            return np_err(err, NP_EINVAL, "%s: a network stands in it twice", path);
        while (around >= 0 && (t->own[around].first | geo_below(t->own[around].bits)) < o->first)
            around = t->own[around].parent;
        o->parent = around;
        around = (int32_t)i;
    }
    return 0;
}

int geo_read_own(struct geo_table *t, const char *path, struct np_err *err)
{
    AUTO_LINES l;
    struct np_str line;
    size_t room = 0;
    int rc;
    if (!open_lines(&l, path, &rc, err))
        return rc;
    while ((rc = next_line(&l, &line, err)) > 0) {
        if (t->n_own == room) {
            room = room * 2 + 64;
            t->own = np_heap_realloc(t->own, room * sizeof(t->own[0]));
        }
        if (t->n_own == GEO_OWN_MAX)
            return np_err(err, NP_E2BIG, "%s: more than %d networks", path, GEO_OWN_MAX);
        rc = geo_own_line(line, &t->own[t->n_own], err);
        if (rc < 0) {
            np_err_prefix(err, "%s line %u", path, l.number);
            return rc;
        }
        t->n_own += t->own[t->n_own].bits != NO_LINE;
    }
    return rc < 0 ? rc : join_own(t, path, err);
}

/* --- tor-geoipdb: first,last,country --- */

static uint16_t code_of(struct np_str country)
{
    if (country.n != 2 || country.p[0] < 'A' || country.p[0] > 'Z' || country.p[1] < 'A' ||
        country.p[1] > 'Z')
        return 0;
    return (uint16_t)((country.p[0] - 'A') * 26 + country.p[1] - 'A' + 1);
}

/* A table on its way, of either kind: where the last range ended, and its place. */
struct growing {
    size_t n, room;
    uint64_t next; /* behind the last range */
    bool at_end;   /* it went up to the last address */
};

static void add4(struct geo_table *t, struct growing *g, uint64_t from, uint16_t place)
{
    if (g->n > 0 && t->place4[g->n - 1] == place)
        return;
    if (g->n == g->room) {
        g->room = g->room * 2 + 1024;
        t->from4 = np_heap_realloc(t->from4, g->room * sizeof(t->from4[0]));
        t->place4 = np_heap_realloc(t->place4, g->room * sizeof(t->place4[0]));
    }
    t->from4[g->n] = (uint32_t)from;
    t->place4[g->n++] = place;
}

static void add6(struct geo_table *t, struct growing *g, uint64_t from, uint16_t place)
{
    if (g->n > 0 && t->place6[g->n - 1] == place)
        return;
    if (g->n == g->room) {
        g->room = g->room * 2 + 1024;
        t->from6 = np_heap_realloc(t->from6, g->room * sizeof(t->from6[0]));
        t->place6 = np_heap_realloc(t->place6, g->room * sizeof(t->place6[0]));
    }
    t->from6[g->n] = from;
    t->place6[g->n++] = place;
}

typedef void add_fn(struct geo_table *t, struct growing *g, uint64_t from, uint16_t place);

/* What is between two ranges is not known. */
static bool add_range(struct geo_table *t, struct growing *g, add_fn *add, uint64_t from,
                      uint64_t to, uint16_t place)
{
    if (g->at_end || from > to)
        return false;
    if (from < g->next) /* the same first 64 bits as the range before */
        from = g->next;
    if (from > to)
        return true;
    if (g->n > 0 && from != g->next)
        add(t, g, g->next, 0);
    add(t, g, from, place);
    g->next = to + 1;
    g->at_end = to == UINT64_MAX;
    return true;
}

static bool split_line(struct np_str line, struct np_str *first, struct np_str *last,
                       struct np_str *country)
{
    struct np_str rest;
    return np_str_cut(np_str_trim(line), ',', first, &rest) && np_str_cut(rest, ',', last, country);
}

static int bad_line(const struct lines *l, struct np_err *err)
{
    return np_err(err, NP_EINVAL, "%s line %u: no range of addresses behind those before it",
                  l->path, l->number);
}

int geo_read_v4(struct geo_table *t, const char *path, struct np_err *err)
{
    AUTO_LINES l;
    struct np_str line, first, last, country;
    struct growing g = {0};
    uint64_t from, to;
    int rc;
    if (!open_lines(&l, path, &rc, err))
        return rc;
    while ((rc = next_line(&l, &line, err)) > 0) {
        if (line.p[0] == '#' || line.p[0] == '\n')
            continue;
        if (!split_line(line, &first, &last, &country) || !np_str_u64(first, &from) ||
            !np_str_u64(last, &to) || to > UINT32_MAX || from < g.next ||
            !add_range(t, &g, add4, from, to, code_of(country)))
            return bad_line(&l, err);
    }
    if (g.n > 0 && g.next <= UINT32_MAX)
        add4(t, &g, g.next, 0);
    t->n4 = g.n;
    if (g.n == 0)
        return rc;
    t->from4 = np_heap_realloc(t->from4, g.n * sizeof(t->from4[0]));
    t->place4 = np_heap_realloc(t->place4, g.n * sizeof(t->place4[0]));
    return rc;
}

int geo_read_v6(struct geo_table *t, const char *path, struct np_err *err)
{
    AUTO_LINES l;
    struct np_str line, first, last, country;
    struct growing g = {0};
    geo_ip from, to;
    bool v4;
    int rc;
    if (!open_lines(&l, path, &rc, err))
        return rc;
    while ((rc = next_line(&l, &line, err)) > 0) {
        if (line.p[0] == '#' || line.p[0] == '\n')
            continue;
        if (!split_line(line, &first, &last, &country) || !ip_of(first, &from, &v4) || v4 ||
            !ip_of(last, &to, &v4) || v4 || from > to ||
            !add_range(t, &g, add6, (uint64_t)(from >> 64), (uint64_t)(to >> 64), code_of(country)))
            return bad_line(&l, err);
    }
    if (g.n > 0 && !g.at_end)
        add6(t, &g, g.next, 0);
    t->n6 = g.n;
    if (g.n == 0)
        return rc;
    t->from6 = np_heap_realloc(t->from6, g.n * sizeof(t->from6[0]));
    t->place6 = np_heap_realloc(t->place6, g.n * sizeof(t->place6[0]));
    return rc;
}
