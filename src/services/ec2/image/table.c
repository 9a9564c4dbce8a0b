/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - the text of the table, and what its rows come to on this host. */
#include "services/ec2/image/table.h"

#include "base/digest.h"
#include "base/enc.h"
#include "base/timefmt.h"

/* --- text --- */

static bool take_number(struct np_str v, int64_t *out)
{
    return np_str_i64(v, out) && *out > 0 && *out <= 65536;
}

static bool take_runs(struct ec2_table_row *r, struct np_str v)
{
    struct np_str name;
    r->n_runs = 0;
    while (np_str_split(&v, ',', &name)) {
        name = np_str_trim(name);
        bool ok = np_str_is(name, NP_IMAGE_BUILTIN) || np_image_name_ok(name);
        if (!ok || r->n_runs == EC2_TABLE_RUNS_MAX)
            return false;
        r->runs[r->n_runs++] = name;
    }
    return r->n_runs > 0;
}

static bool is_account(struct np_str v)
{
    uint64_t n;
    return v.n == 12 && np_str_u64(v, &n);
}

static bool user_ok(struct np_str v)
{
    for (size_t i = 0; i < v.n; i++)
        if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= '0' && v.p[i] <= '9') ||
              v.p[i] == '-'))
            return false;
    return v.n > 0 && v.n <= 31 && v.p[0] != '-';
}

static bool take(struct ec2_table_row *r, struct np_str key, struct np_str v)
{
    const struct {
        const char *key;
        struct np_str *to;
    } texts[] = {{"name", &r->name}, {"alias", &r->alias}, {"what", &r->what}};
    NP_EACH (t, texts)
        if (np_str_eq(key, np_str_of(t->key))) {
            *t->to = v;
            return v.n > 0 && v.n <= 128;
        }
    if (np_str_is(key, "owner")) {
        r->owner = v;
        return is_account(v);
    }
    if (np_str_is(key, "user")) {
        r->user = v;
        return user_ok(v);
    }
    if (np_str_is(key, "device")) {
        r->device = v;
        return np_str_starts(v, NP_STR("/dev/")) && v.n > 5 && v.n <= 32;
    }
    if (np_str_is(key, "imds")) {
        r->imds = v;
        return np_str_is(v, "v2.0");
    }
    if (np_str_is(key, "gib"))
        return take_number(v, &r->gib);
    if (np_str_is(key, "created"))
        return np_time_parse_iso(v, &r->created_ms);
    if (np_str_is(key, "deprecated"))
        return np_time_parse_iso(v, &r->deprecated_ms);
    return np_str_is(key, "runs") && take_runs(r, v);
}

static bool is_whole(const struct ec2_table_row *r)
{
    return r->name.n > 0 && r->owner.n > 0 && r->n_runs > 0;
}

static struct ec2_table_row fresh(struct np_str words)
{
    struct np_str arch = np_str_sub(words, (size_t)(np_str_rchr(words, ' ') + 1), words.n);
    return (struct ec2_table_row){.words = words,
                                  .arch = arch,
                                  .alias = NP_STR(""),
                                  .user = NP_STR("ec2-user"),
                                  .device = NP_STR("/dev/xvda"),
                                  .what = words,
                                  .imds = NP_STR(""),
                                  .folder = NP_STR(""),
                                  .really = NP_STR(""),
                                  .gib = 8};
}

/* False: the line is none. */
static bool take_line(struct np_str line, struct ec2_table_row *v, size_t *n)
{
    struct np_str key, value;
    if (line.n == 0 || line.p[0] == '#')
        return true;
    if (line.p[0] == '[') {
        struct np_str words = np_str_sub(line, 1, line.n - 2);
        if (!np_str_ends(line, NP_STR("]")) || line.n < 3 || words.n > 64 ||
            *n == EC2_TABLE_ROWS_MAX || (*n > 0 && !is_whole(&v[*n - 1])))
            return false;
        v[(*n)++] = fresh(words);
        return np_str_is(v[*n - 1].arch, "x86_64") || np_str_is(v[*n - 1].arch, "arm64");
    }
    return *n > 0 && np_str_cut(line, '=', &key, &value) &&
           take(&v[*n - 1], np_str_trim(key), np_str_trim(value));
}

int ec2_images_parse(struct np_str text, struct np_arena *a, struct ec2_table_row **out, size_t *n,
                     struct np_err *err)
{
    struct ec2_table_row *v = np_new_array(a, struct ec2_table_row, EC2_TABLE_ROWS_MAX);
    size_t count = 0, number = 0;
    struct np_str line, left = np_str_dup(a, text);
    if (text.n > EC2_TABLE_BYTES_MAX || !np_utf8_ok(text))
        return np_err(err, NP_EINVAL, "the table of images is no text of at most %d bytes",
                      EC2_TABLE_BYTES_MAX);
    while (np_str_split(&left, '\n', &line)) {
        number++;
        if (!take_line(np_str_trim(line), v, &count))
            return np_err(err, NP_EINVAL, "line %zu of the table of images is wrong", number);
    }
    if (count > 0 && !is_whole(&v[count - 1]))
        return np_err(err, NP_EINVAL, "the last image of the table lacks name, owner or runs");
    *out = v;
    *n = count;
    return 0;
}

/* --- with what is there --- */

static const struct np_image *find(const struct np_image *v, size_t n, struct np_str name)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(v[i].name, name))
            return &v[i];
    return NULL;
}

static struct ec2_table_row copy_row(struct np_arena *a, const struct ec2_table_row *r)
{
    struct ec2_table_row c = *r;
    c.words = np_str_dup(a, r->words);
    c.name = np_str_dup(a, r->name);
    c.owner = np_str_dup(a, r->owner);
    c.alias = np_str_dup(a, r->alias);
    c.user = np_str_dup(a, r->user);
    c.device = np_str_dup(a, r->device);
    c.what = np_str_dup(a, r->what);
    c.arch = np_str_dup(a, r->arch);
    c.imds = np_str_dup(a, r->imds);
    for (size_t i = 0; i < r->n_runs; i++)
        c.runs[i] = np_str_dup(a, r->runs[i]);
    return c;
}

static void settle(struct ec2_image_table *t, struct ec2_table_row *r, struct np_str host_os)
{
    bool native = np_str_eq(r->arch, np_image_host_arch());
    r->folder = NP_STR("");
    r->really = native ? NP_STR("none of what it may run is there")
                       : NP_STR("its programs do not run on this host");
    for (size_t i = 0; native && i < r->n_runs; i++) {
        const struct np_image *image = find(t->images, t->n_images, r->runs[i]);
        if (image != NULL && !np_str_eq(image->arch, r->arch))
            continue;
        if (image == NULL && !np_str_is(r->runs[i], NP_IMAGE_BUILTIN))
            continue;
        r->folder = r->runs[i];
        r->can_run = true;
        r->really = image != NULL
                        ? np_str_printf(t->arena, "%.*s (image %.*s)", NP_FMT(image->os),
                                        NP_FMT(image->name))
                        : np_str_printf(t->arena, "%.*s, this host's own /usr", NP_FMT(host_os));
        return;
    }
}

static struct ec2_table_row imported_row(struct np_arena *a, const struct np_image *i,
                                         struct np_str account)
{
    struct ec2_table_row r = fresh(np_str_printf(a, "import %.*s", NP_FMT(i->name)));
    r.name = i->name;
    r.owner = account;
    r.user = i->user;
    r.arch = i->arch.n > 0 ? i->arch : np_image_host_arch();
    r.what = np_str_printf(a, "Imported of %.*s", NP_FMT(i->source));
    r.created_ms = i->made_ms;
    r.runs[0] = i->name;
    r.n_runs = 1;
    return r;
}

struct ec2_image_table *ec2_images_make(const struct ec2_table_row *rows, size_t n,
                                        const struct np_image *images, size_t n_images,
                                        struct np_str host_os, struct np_str account)
{
    struct np_arena *a = np_arena_new();
    struct ec2_image_table *t = np_new(a, struct ec2_image_table);
    struct np_image *copies = np_new_array(a, struct np_image, n_images + 1);
    t->arena = a;
    t->images = copies;
    t->n_images = n_images;
    t->v = np_new_array(a, struct ec2_table_row, n + n_images + 1);
    for (size_t i = 0; i < n_images; i++)
        copies[i] = (struct np_image){.name = np_str_dup(a, images[i].name),
                                      .os = np_str_dup(a, images[i].os),
                                      .arch = np_str_dup(a, images[i].arch),
                                      .user = np_str_dup(a, images[i].user),
                                      .source = np_str_dup(a, images[i].source),
                                      .bytes = images[i].bytes,
                                      .made_ms = images[i].made_ms};
    struct np_str os = np_str_dup(a, host_os);
    for (size_t i = 0; i < n; i++)
        t->v[t->n++] = copy_row(a, &rows[i]);
    for (size_t i = 0; i < n_images; i++)
        t->v[t->n++] = imported_row(a, &copies[i], np_str_dup(a, account));
    for (size_t i = 0; i < t->n; i++)
        settle(t, &t->v[i], os);
    return t;
}

void ec2_images_free(void *p)
{
    struct ec2_image_table *t = p;
    if (t != NULL)
        np_arena_free(t->arena);
}

struct np_str ec2_images_id(struct np_arena *a, struct np_str region, struct np_str words)
{
    uint8_t sum[32];
    char *id = np_alloc(a, 21);
    np_digest_once(NP_SHA256, np_str_printf(a, "image %.*s %.*s", NP_FMT(region), NP_FMT(words)),
                   sum);
    memcpy(id, "ami-0", 5);
    np_hex(id + 5, sum, 8);
    return np_str_n(id, 21);
}
