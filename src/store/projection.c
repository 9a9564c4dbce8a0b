/* SPDX-License-Identifier: Apache-2.0 */
/* projection.c - tells what was committed to those who keep a picture of it. */
#include "store/store_int.h"

void np_store_project(struct np_store *s, const struct np_projection *p)
{
    np_assert(s->magic == NP_STORE_MAGIC && !s->started && s->n_projections < NP_STORE_PROJECTIONS);
    np_assert(p->name != NULL && p->kinds != NULL && p->changed != NULL);
    s->projections[s->n_projections++] = *p;
}

int np_projections_build(struct np_store *s, struct np_err *err)
{
    for (size_t i = 0; i < s->n_projections; i++) {
        const struct np_projection *p = &s->projections[i];
        struct np_dbc *c = s->file[p->db].c;
        int rc = p->build != NULL ? np_read_begin(c, err) : 0;
        if (p->build == NULL)
            continue;
        if (rc == 0) {
            rc = p->build(p->arg, c, err);
            np_read_end(c);
        }
        if (rc != 0) {
            np_err_prefix(err, "building the projection %s", p->name);
            return rc;
        }
    }
    return 0;
}

void np_notice(struct np_txn *t, const char *kind, struct np_str account, struct np_str key)
{
    np_assert(t->magic == NP_TXN_MAGIC);
    struct np_file *f = t->file;
    struct np_notice_item *n = np_new(f->arena, struct np_notice_item);
    n->kind = kind;
    n->account = np_str_dup(f->arena, account);
    n->key = np_str_dup(f->arena, key);
    *f->notices_end = n;
    f->notices_end = &n->next;
}

static void deliver(struct np_file *f, const struct np_notice_item *n)
{
    struct np_store *s = f->store;
    for (size_t i = 0; i < s->n_projections; i++) {
        const struct np_projection *p = &s->projections[i];
        if (p->db == f->db && np_str_starts(np_str_of(n->kind), np_str_of(p->kinds)))
            p->changed(p->arg, f->c, n->kind, n->account, n->key);
    }
}

void np_projections_deliver(struct np_file *f)
{
    struct np_err err = {0};
    if (f->notices != NULL && f->store->started) { /* before: they are built from the whole */
        if (np_read_begin(f->c, &err) != 0)
            np_die(__FILE__, __LINE__, "reading after a commit: %s", err.text);
        for (const struct np_notice_item *n = f->notices; n != NULL; n = n->next)
            deliver(f, n);
        np_read_end(f->c);
    }
    f->notices = NULL;
    f->notices_end = &f->notices;
    atomic_store_explicit(&f->commit_no, f->last_no, memory_order_release);
}
