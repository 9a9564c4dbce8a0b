/* SPDX-License-Identifier: Apache-2.0 */
/* userdata.c - user data taken apart into scripts and configurations, as cloud-init does. */
#include "guest/guest.h"

#include <zlib.h>

#include "base/arena.h"

#define PLAIN_MAX (4u << 20)
#define DEPTH_MAX 4

struct work {
    struct np_arena *a;
    struct part *parts;
    int n;
    const char *why;
};

static struct np_str gunzip(struct np_arena *a, struct np_str data)
{
    struct np_buf b;
    unsigned char bytes[16384];
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)data.p, .avail_in = (unsigned)data.n};
    int rc = inflateInit2(&z, 16 + MAX_WBITS);
    np_buf_init(&b, a, PLAIN_MAX);
    while (rc == Z_OK) {
        z.next_out = bytes;
        z.avail_out = sizeof(bytes);
        rc = inflate(&z, Z_NO_FLUSH);
        np_buf_add(&b, bytes, sizeof(bytes) - z.avail_out);
        if (!np_buf_ok(&b) || (rc == Z_OK && z.avail_in == 0 && z.avail_out != 0))
            break;
    }
    inflateEnd(&z);
    return rc == Z_STREAM_END && np_buf_ok(&b) ? np_buf_str(&b) : NP_STR_NULL;
}

static struct np_str without_blanks(struct np_arena *a, struct np_str s)
{
    struct np_buf b;
    np_buf_init(&b, a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\n' && s.p[i] != '\r' && s.p[i] != ' ' && s.p[i] != '\t')
            np_buf_char(&b, s.p[i]);
    return np_buf_str(&b);
}

static struct np_str unquoted_printable(struct np_arena *a, struct np_str s)
{
    struct np_buf b;
    char c;
    np_buf_init(&b, a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '=') {
            np_buf_char(&b, s.p[i]);
        } else if (np_str_starts(np_str_sub(s, i, 3), NP_STR("=\r\n"))) {
            i += 2;
        } else if (np_str_starts(np_str_sub(s, i, 2), NP_STR("=\n"))) {
            i += 1;
        } else if (i + 2 < s.n && np_unhex(&c, np_str_sub(s, i + 1, 2))) {
            np_buf_char(&b, c);
            i += 2;
        } else {
            np_buf_char(&b, '=');
        }
    }
    return np_buf_str(&b);
}

static bool is_gzip(struct np_str s)
{
    return s.n > 2 && s.p[0] == '\x1f' && s.p[1] == '\x8b';
}

static bool is_mime(struct np_str s)
{
    return np_str_starts(s, NP_STR("Content-Type: multipart/")) ||
           np_str_starts(s, NP_STR("MIME-Version:")) || np_str_starts(s, NP_STR("From "));
}

static void add(struct work *w, enum part_kind kind, struct np_str name, struct np_str body,
                const char *what)
{
    if (w->n == PARTS_MAX) {
        w->why = "more than 64 parts";
        return;
    }
    if (name.n == 0)
        name = np_str_printf(w->a, "part-%03d", w->n + 1);
    w->parts[w->n++] = (struct part){kind, name, body, what};
}

/* By its first line. */
static void add_plain(struct work *w, struct np_str name, struct np_str body)
{
    static const struct {
        const char *begin;
        enum part_kind kind;
        const char *what;
    } kinds[] = {
        {"#!", PART_SCRIPT, NULL},
        {"#cloud-config-archive", PART_UNKNOWN, "#cloud-config-archive"},
        {"#cloud-config", PART_CONFIG, NULL},
        {"#cloud-boothook", PART_BOOTHOOK, NULL},
        {"#include", PART_UNKNOWN, "#include"},
        {"#part-handler", PART_UNKNOWN, "#part-handler"},
        {"#upstart-job", PART_UNKNOWN, "#upstart-job"},
        {"## template: jinja", PART_UNKNOWN, "a jinja template"},
    };
    NP_EACH (k, kinds)
        if (np_str_starts(body, np_str_of(k->begin))) {
            add(w, k->kind, name, body, k->what);
            return;
        }
    if (np_str_trim(body).n > 0)
        add(w, PART_UNKNOWN, name, body, "text that begins with neither #! nor #cloud-config");
}

/* --- MIME --- */

struct headers {
    struct np_str type, boundary, encoding, name;
};

/* attachment; filename="x" */
static struct np_str parameter(struct np_arena *a, struct np_str value, const char *name)
{
    struct np_str lower = np_str_lower(a, value);
    ptrdiff_t at = np_str_find(lower, np_str_printf(a, "%s=", name));
    if (at < 0)
        return NP_STR_NULL;
    struct np_str rest = np_str_sub(value, (size_t)at + strlen(name) + 1, value.n), out, unused;
    if (rest.n > 0 && rest.p[0] == '"') {
        np_str_cut(np_str_sub(rest, 1, rest.n), '"', &out, &unused);
        return out;
    }
    np_str_cut(rest, ';', &out, &unused);
    return np_str_trim(out);
}

static void take_header(struct np_arena *a, struct np_str line, struct headers *h)
{
    struct np_str name, value, unused;
    if (!np_str_cut(line, ':', &name, &value))
        return;
    name = np_str_lower(a, np_str_trim(name));
    value = np_str_trim(value);
    if (np_str_is(name, "content-type")) {
        np_str_cut(value, ';', &h->type, &unused);
        h->type = np_str_lower(a, np_str_trim(h->type));
        h->boundary = parameter(a, value, "boundary");
        if (h->name.n == 0)
            h->name = parameter(a, value, "name");
    } else if (np_str_is(name, "content-transfer-encoding")) {
        h->encoding = np_str_lower(a, value);
    } else if (np_str_is(name, "content-disposition")) {
        h->name = parameter(a, value, "filename");
    }
}

/* The body behind the blank line; folded lines are joined. */
static struct np_str take_headers(struct np_arena *a, struct np_str text, struct headers *h)
{
    struct np_str line, whole = NP_STR_NULL;
    while (np_str_split(&text, '\n', &line)) {
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        if (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t')) {
            whole = np_str_cat(a, whole, line);
            continue;
        }
        take_header(a, whole, h);
        whole = line;
        if (line.n == 0)
            break;
    }
    take_header(a, whole, h);
    return text.p != NULL ? text : NP_STR("");
}

static void take(struct work *w, struct np_str name, struct np_str text, int depth);
static void take_mime(struct work *w, struct np_str text, int depth);

static void take_part(struct work *w, struct np_str text, int depth)
{
    struct headers h = {0};
    struct np_str body = take_headers(w->a, text, &h);
    if (np_str_starts(h.type, NP_STR("multipart/"))) {
        take_mime(w, text, depth);
        return;
    }
    if (np_str_is(h.encoding, "base64"))
        body = np_unbase64(w->a, without_blanks(w->a, body));
    else if (np_str_is(h.encoding, "quoted-printable"))
        body = unquoted_printable(w->a, body);
    if (body.p == NULL) {
        w->why = "a part that says base64 and is not";
        return;
    }
    if (is_gzip(body))
        take(w, h.name, body, depth);
    else if (np_str_is(h.type, "text/x-shellscript"))
        add(w, PART_SCRIPT, h.name, body, NULL);
    else if (np_str_is(h.type, "text/cloud-config"))
        add(w, PART_CONFIG, h.name, body, NULL);
    else if (np_str_is(h.type, "text/cloud-boothook"))
        add(w, PART_BOOTHOOK, h.name, body, NULL);
    else
        add_plain(w, h.name, body);
}

/* Where the next line "--boundary" begins, from `from` on; text.n: nowhere. *end: behind it. */
static size_t find_boundary(struct np_str text, struct np_str mark, size_t from, size_t *end)
{
    while (from < text.n) {
        ptrdiff_t at = np_str_find(np_str_sub(text, from, text.n), mark);
        if (at < 0)
            break;
        size_t begin = from + (size_t)at;
        if (begin == 0 || text.p[begin - 1] == '\n') {
            *end = begin + mark.n;
            return begin;
        }
        from = begin + 1;
    }
    *end = text.n;
    return text.n;
}

static size_t behind_line(struct np_str text, size_t at)
{
    ptrdiff_t n = np_str_chr(np_str_sub(text, at, text.n), '\n');
    return n < 0 ? text.n : at + (size_t)n + 1;
}

static void take_mime(struct work *w, struct np_str text, int depth)
{
    struct headers h = {0};
    struct np_str body = take_headers(w->a, text, &h);
    size_t end, begin;
    if (h.boundary.n == 0 || depth > DEPTH_MAX) {
        w->why = "MIME without a boundary, or too deep";
        return;
    }
    struct np_str mark = np_str_printf(w->a, "--%.*s", NP_FMT(h.boundary));
    find_boundary(body, mark, 0, &end);
    while (end < body.n && w->why == NULL &&
           !np_str_starts(np_str_sub(body, end, 2), NP_STR("--"))) {
        begin = behind_line(body, end);
        size_t next = find_boundary(body, mark, begin, &end);
        size_t last = next > begin && next <= body.n && body.p[next - 1] == '\n' ? next - 1 : next;
        take_part(w, np_str_sub(body, begin, last - begin), depth + 1);
    }
}

/* --- all of it --- */

static void take(struct work *w, struct np_str name, struct np_str text, int depth)
{
    if (depth > DEPTH_MAX) {
        w->why = "packed too often";
        return;
    }
    if (is_gzip(text)) {
        struct np_str plain = gunzip(w->a, text);
        if (plain.p == NULL)
            w->why = "gzip that is damaged or too large";
        else
            take(w, name, plain, depth + 1);
        return;
    }
    if (is_mime(text)) {
        take_mime(w, text, depth + 1);
        return;
    }
    /* Twice encoded by whoever launched it. */
    struct np_str packed = np_unbase64(w->a, without_blanks(w->a, text));
    if (packed.n > 2 && (is_gzip(packed) || is_mime(packed) || packed.p[0] == '#')) {
        take(w, name, packed, depth + 1);
        return;
    }
    add_plain(w, name, text);
}

int userdata_parts(struct np_arena *a, struct np_str data, struct part parts[PARTS_MAX],
                   const char **why)
{
    struct work w = {.a = a, .parts = parts};
    if (data.n == 0)
        return 0;
    take(&w, NP_STR_NULL, data, 0);
    *why = w.why;
    return w.why != NULL ? -1 : w.n;
}
