/* SPDX-License-Identifier: Apache-2.0 */
/* replies.c - replies that a worker keeps, to send again while the file they were read from is the
 * same: whoever waits for a change asks the same question over and over.
 *
 * Only operations with NP_OP_STEADY take part. Who asks is checked and recorded as ever; what is
 * saved are the rows and their encoding. A reply is kept when its question comes a second time, so
 * that questions that come once cost no copy.
 */
#include "aws/req_int.h"

#include "base/arena.h"
#include "base/map.h"

struct np_reply_kept {
    size_t n_key, n_body, id_at;
    int status;
    const char *content_type;
    char bytes[]; /* key, body */
};

struct slot {
    uint64_t hash, stamp; /* of the last question that fell here; the file's stamp at the time */
    struct np_reply_kept *kept;
};

struct np_replies {
    size_t bytes;
    struct slot slots[NP_REPLIES_SLOTS];
};

static size_t size_of(const struct np_reply_kept *k)
{
    return sizeof(*k) + k->n_key + k->n_body;
}

static void drop(struct np_replies *all, struct slot *s)
{
    if (s->kept != NULL)
        all->bytes -= size_of(s->kept);
    np_free(s->kept);
    *s = (struct slot){0};
}

void np_replies_free(struct np_worker *w)
{
    for (size_t i = 0; w->replies != NULL && i < NP_REPLIES_SLOTS; i++)
        drop(w->replies, &w->replies->slots[i]);
    np_free(w->replies);
    w->replies = NULL;
}

size_t np_replies_bytes(const struct np_worker *w)
{
    return w->replies != NULL ? w->replies->bytes : 0;
}

/* All that a steady reply depends on, but for the file. Absent: none of these protocols, whose
 * whole input is the document or the query, or too long. */
static struct np_str key_of(const struct np_req *rq)
{
    const struct np_str parts[] = {np_str_of(rq->svc->name),
                                   np_str_of(rq->op->codec->name),
                                   rq->account,
                                   rq->region,
                                   rq->wire.query,
                                   rq->wire.body};
    if (rq->proto == NP_PROTO_REST_JSON || rq->proto == NP_PROTO_REST_XML)
        return NP_STR_NULL;
    size_t n = sizeof(rq->proto);
    NP_EACH (p, parts)
        n += sizeof(p->n) + p->n;
    if (n > NP_REPLIES_KEY_MAX)
        return NP_STR_NULL;
    struct np_buf b;
    np_buf_init(&b, rq->arena, n);
    np_buf_grow(&b, n);
    np_buf_add(&b, &rq->proto, sizeof(rq->proto));
    NP_EACH (p, parts) {
        np_buf_add(&b, &p->n, sizeof(p->n));
        np_buf_str_add(&b, *p);
    }
    return np_buf_str(&b);
}

static struct slot *slot_of(struct np_worker *w, uint64_t hash)
{
    if (w->replies == NULL)
        w->replies = np_heap_new(struct np_replies);
    return &w->replies->slots[hash % NP_REPLIES_SLOTS];
}

bool np_replies_find(struct np_req *rq)
{
    struct np_req_state *st = rq->state;
    if ((rq->op->flags & NP_OP_STEADY) == 0 || st->call != NULL)
        return false;
    struct np_str key = key_of(rq);
    uint64_t stamp = np_store_stamp(rq->core->store, rq->svc->model->db);
    if (key.p == NULL || stamp % 2 != 0)
        return false;
    uint64_t hash = np_hash(key);
    struct slot *s = slot_of(st->worker, hash);
    if (s->hash != hash || s->stamp != stamp) {
        drop(st->worker->replies, s);
        *s = (struct slot){.hash = hash, .stamp = stamp};
        return false;
    }
    if (s->kept == NULL) {
        st->keep = (struct np_reply_keep){key, hash, stamp};
        return false;
    }
    if (!np_str_eq(np_str_n(s->kept->bytes, s->kept->n_key), key))
        return false;
    st->kept = s->kept;
    return true;
}

void np_replies_take(struct np_req *rq, struct np_wire_reply *r)
{
    struct np_reply_kept *k = rq->state->kept;
    r->fields = NULL;
    r->n_fields = r->cap_fields = 0;
    char *body = k->bytes + k->n_key;
    if (k->id_at != 0)
        memcpy(body + k->id_at, rq->request_id.p, rq->request_id.n);
    /* Not copied: what the socket does not take at once, http/ copies before this callback ends. */
    r->body = (struct np_buf){.p = body, .n = k->n_body, .cap = k->n_body, .max_bytes = k->n_body};
    r->status = k->status;
    r->content_type = k->content_type;
}

void np_replies_keep(struct np_req *rq, const struct np_wire_reply *r)
{
    const struct np_reply_keep *keep = &rq->state->keep;
    struct np_str body = np_buf_str(&r->body);
    if (keep->key.p == NULL || body.n > NP_REPLIES_BODY_MAX || r->n_fields != 0 ||
        rq->state->n_fields != 0 || rq->state->status != 0)
        return;
    struct np_replies *all = rq->state->worker->replies;
    struct slot *s = slot_of(rq->state->worker, keep->hash);
    if (s->hash != keep->hash || s->stamp != keep->stamp || s->kept != NULL)
        return; /* it waited, and another question took the place */
    size_t n = sizeof(*s->kept) + keep->key.n + body.n;
    for (size_t i = 0; all->bytes + n > NP_REPLIES_BYTES_MAX && i < NP_REPLIES_SLOTS; i++)
        if (&all->slots[i] != s)
            drop(all, &all->slots[i]);
    s->kept = np_heap_alloc(n);
    *s->kept = (struct np_reply_kept){keep->key.n, body.n, r->id_at, r->status, r->content_type};
    memcpy(s->kept->bytes, keep->key.p, keep->key.n);
    memcpy(s->kept->bytes + keep->key.n, body.p, body.n);
    all->bytes += n;
}
