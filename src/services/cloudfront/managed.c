/* SPDX-License-Identifier: Apache-2.0 */
/* managed.c - the policies of managed.def as items, made at start. */
#include "services/cloudfront/cloudfront_int.h"

#include "base/assert.h"

static const struct {
    enum cloudfront_kind_id kind;
    const char *id, *members;
} managed[] = {
#define MANAGED(kind, id, members) {kind, id, members},
#include "services/cloudfront/managed.def"
#undef MANAGED
};

#define MADE_MS 1593561600000 /* 2020-07-01, when AWS's first ones were made */

struct cloudfront_managed {
    struct np_arena *arena;
    struct cloudfront_item *items[CLOUDFRONT_KINDS];
    size_t n[CLOUDFRONT_KINDS];
};

/* They never change: their version is made of the id. */
static struct np_str etag_of(struct np_arena *a, struct np_str id)
{
    char *p = np_alloc(a, 14);
    size_t n = 0;
    p[n++] = 'E';
    for (size_t i = 0; n < 14; i++)
        if (id.p[i] != '-')
            p[n++] = (char)(id.p[i] >= 'a' ? id.p[i] - 'a' + 'A' : id.p[i]);
    return np_str_n(p, n);
}

static void add(struct cloudfront_managed *m, enum cloudfront_kind_id k, struct np_str id,
                const char *members)
{
    const struct np_shape *shape = cloudfront_kinds[k].config;
    void *config = np_alloc(m->arena, shape->size);
    struct np_str doc = np_str_printf(m->arena, "<%s>%s</%s>", shape->name, members, shape->name);
    struct np_err err;
    struct np_buf b;
    if (np_xml_get(shape, doc, m->arena, config, &err) != 0)
        np_die(__FILE__, __LINE__, "managed policy %.*s: %.*s", NP_FMT(id),
               NP_FMT(np_err_text(&err)));
    np_buf_init(&b, m->arena, CLOUDFRONT_CONFIG_BYTES_MAX);
    np_cbor_put(shape, config, &b);
    const size_t at = cloudfront_kinds[k].name_at - 1;
    m->items[k][m->n[k]++] = (struct cloudfront_item){
        .id = id,
        .name = *(const struct np_str *)(const void *)((const char *)config + at),
        .etag = etag_of(m->arena, id),
        .created_ms = MADE_MS,
        .modified_ms = MADE_MS,
        .config = np_buf_str(&b),
        .managed = true,
    };
}

struct cloudfront_managed *cloudfront_managed_new(void)
{
    struct cloudfront_managed *m = np_heap_new(struct cloudfront_managed);
    m->arena = np_arena_new();
    for (int k = 0; k < CLOUDFRONT_KINDS; k++)
        m->items[k] = np_new_array(m->arena, struct cloudfront_item, NP_LEN(managed));
    NP_EACH (p, managed)
        add(m, p->kind, np_str_of(p->id), p->members);
    return m;
}

void cloudfront_managed_free(struct cloudfront_managed *m)
{
    if (m == NULL)
        return;
    np_arena_free(m->arena);
    np_free(m);
}

size_t cloudfront_managed_list(const struct np_core *core, enum cloudfront_kind_id k,
                               const struct cloudfront_item **out)
{
    const struct cloudfront_managed *m = cloudfront_state(core)->managed;
    *out = m->items[k];
    return m->n[k];
}
