/* SPDX-License-Identifier: Apache-2.0 */
/* encode.c - compression of whole objects. */
#include "engines/edge/encode.h"

#include <brotli/encode.h>
#include <libdeflate.h>

#include "base/arena.h"
#include "engines/edge/fetch.h"
#include "engines/edge/key.h"
#include "io/job.h"

#define GZIP_LEVEL     6
#define BROTLI_QUALITY 5
#define BROTLI_WINDOW  22

bool edge_encode_type_ok(struct np_str type)
{
    static const char *const types[] = {
        "application/dash+xml",
        "application/eot",
        "application/font",
        "application/font-sfnt",
        "application/javascript",
        "application/json",
        "application/opentype",
        "application/otf",
        "application/pdf",
        "application/pkcs7-mime",
        "application/protobuf",
        "application/rss+xml",
        "application/truetype",
        "application/ttf",
        "application/vnd.apple.mpegurl",
        "application/vnd.mapbox-vector-tile",
        "application/vnd.ms-fontobject",
        "application/wasm",
        "application/xhtml+xml",
        "application/xml",
        "application/x-font-opentype",
        "application/x-font-truetype",
        "application/x-font-ttf",
        "application/x-httpd-cgi",
        "application/x-javascript",
        "application/x-mpegurl",
        "application/x-opentype",
        "application/x-otf",
        "application/x-perl",
        "application/x-ttf",
        "font/eot",
        "font/opentype",
        "font/otf",
        "font/ttf",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/js",
        "text/plain",
        "text/richtext",
        "text/tab-separated-values",
        "text/xml",
        "text/x-component",
        "text/x-java-source",
        "text/x-script",
        "vnd.apple.mpegurl",
    };
    struct np_str name, params;
    np_str_cut(type, ';', &name, &params);
    name = np_str_trim(name);
    NP_EACH (t, types)
        if (np_str_ieq(name, np_str_of(*t)))
            return true;
    return false;
}

enum edge_coding edge_encode_choose(const struct edge_fill *f, const struct edge_object *o)
{
    bool status_ok = o->status == 200 || o->status == 403 || o->status == 404;
    if (!f->b->o->compress || !status_ok || f->is_head || f->is_range || o->content_length < 0 ||
        (uint64_t)o->content_length < NP_EDGE_COMPRESS_MIN ||
        (uint64_t)o->content_length > NP_EDGE_COMPRESS_MAX)
        return EDGE_IDENTITY;
    if (edge_object_field(o, NP_STR("Content-Encoding")).p != NULL ||
        !edge_encode_type_ok(edge_object_field(o, NP_STR("Content-Type"))))
        return EDGE_IDENTITY;
    struct np_str wanted = edge_field_of(f->fields, f->n_fields, NP_STR("Accept-Encoding"));
    if (edge_list_has(wanted, NP_STR("br")))
        return EDGE_BROTLI;
    return edge_list_has(wanted, NP_STR("gzip")) ? EDGE_GZIP : EDGE_IDENTITY;
}

struct edge_encode {
    struct np_job job;
    struct edge_fill *fill;
    struct edge_body *body;
    struct edge_slab *slab;
    enum edge_coding coding;
    struct edge_chunk *out;
};

static void join(const struct edge_body *b, char *to)
{
    for (size_t i = 0; i < b->n_chunks; i++) {
        memcpy(to, b->chunks[i]->data, b->chunks[i]->n);
        to += b->chunks[i]->n;
    }
}

/* Bytes written, 0: no room. */
static size_t code(enum edge_coding coding, const char *in, size_t n, char *out, size_t room)
{
    if (coding == EDGE_BROTLI) {
        size_t used = room;
        bool ok = BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_WINDOW, BROTLI_MODE_TEXT, n,
                                        (const uint8_t *)in, &used, (uint8_t *)out);
        return ok ? used : 0;
    }
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL);
    if (c == NULL)
        return 0;
    size_t used = libdeflate_gzip_compress(c, in, n, out, room);
    libdeflate_free_compressor(c);
    return used;
}

static void work(struct np_job *j)
{
    struct edge_encode *e = NP_CONTAINER(j, struct edge_encode, job);
    size_t n = (size_t)e->body->n;
    char *in = np_heap_realloc(NULL, n * 2);
    join(e->body, in);
    /* Room for as much as it was: what does not become smaller stays as it is. */
    size_t used = code(e->coding, in, n, in + n, n - 1);
    if (used > 0) {
        e->out = edge_chunk_new(used, e->slab);
        memcpy(e->out->data, in + n, used);
        e->out->n = (uint32_t)used;
    }
    np_free(in);
}

static void done(struct np_job *j)
{
    struct edge_encode *e = NP_CONTAINER(j, struct edge_encode, job);
    struct edge_fill *f = e->fill;
    if (f->over && e->out != NULL)
        edge_chunk_unref(e->out);
    else
        edge_fetch_encoded(f, e->out);
    edge_body_unref(e->body);
    np_free(e);
    edge_fill_unref(f);
}

void edge_encode_start(struct edge_fill *f)
{
    struct edge_encode *e = np_heap_new(struct edge_encode);
    e->fill = f;
    edge_fill_ref(f);
    e->body = f->locked.object->body;
    edge_body_ref(e->body);
    e->coding = f->coding;
    e->slab = &f->w->edge->slab;
    np_job_submit(f->w->edge->o.jobs, f->w->loop, &e->job, work, done);
}
