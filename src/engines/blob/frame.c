/* SPDX-License-Identifier: Apache-2.0 */
/* frame.c - the format on disk: keys of a blob, its header, its frames, and sealed small bodies. */
#include <endian.h>

#include "engines/blob/blob_int.h"

static const char magic[8] = {'N', 'P', 'B', 'L', 'O', 'B', '\r', '\n'};
#define VERSION 1

static uint64_t xxh3(const void *p, size_t n)
{
    uint64_t v;
    np_digest_once(NP_XXHASH3, np_str_n(p, n), &v);
    return v;
}

static uint32_t flags_of(const struct np_blobs *s, const uint8_t *sse_key)
{
    if (sse_key != NULL)
        return NP_BLOB_ENCRYPTED | NP_BLOB_SSE;
    return s->encrypted ? NP_BLOB_ENCRYPTED : 0;
}

/* --- keys ----------------------------------------------------------------------------------- */

/* What every key of the blob comes from. */
struct root {
    uint8_t k[32];
};

static void root_derive(const uint8_t store_key[32], uint64_t id, uint32_t flags,
                        const uint8_t *sse_key, const void *salt, size_t n_salt, struct root *out)
{
    struct {
        uint64_t id;
        uint32_t flags, zero;
        uint8_t salt[32];
        uint8_t sse_key[32];
    } in = {htole64(id), htole32(flags), 0, {0}, {0}};
    np_assert(n_salt <= sizeof(in.salt));
    memcpy(in.salt, salt, n_salt);
    if (sse_key != NULL)
        memcpy(in.sse_key, sse_key, sizeof(in.sse_key));
    np_hmac_sha256(np_str_n(store_key, 32), np_str_n(&in, sizeof(in)), out->k);
    np_wipe(&in, sizeof(in));
}

/* One derived value a purpose: the first byte tells them apart. */
static void root_expand(const struct root *r, char purpose, const void *p, size_t n,
                        uint8_t out[32])
{
    char in[1 + sizeof(struct np_blob_header)];
    np_assert(n < sizeof(in));
    in[0] = purpose;
    if (n != 0)
        memcpy(in + 1, p, n);
    np_hmac_sha256(np_str_n(r->k, sizeof(r->k)), np_str_n(in, 1 + n), out);
}

static void key_of_root(const struct root *r, struct np_blob_key *key)
{
    key->encrypted = true;
    root_expand(r, 'k', NULL, 0, key->aead);
}

static void key_plain(uint64_t id, const uint8_t salt[32], struct np_blob_key *key)
{
    uint64_t in[5] = {id};
    memcpy(in + 1, salt, 32);
    key->encrypted = false;
    key->mask = xxh3(in, sizeof(in));
}

void np_blob_key_derive(const struct np_blobs *s, uint64_t id, const uint8_t *sse_key,
                        const uint8_t salt[32], struct np_blob_key *key)
{
    uint32_t flags = flags_of(s, sse_key);
    if (!(flags & NP_BLOB_ENCRYPTED)) {
        key_plain(id, salt, key);
        return;
    }
    struct root r;
    root_derive(s->frame_key, id, flags, sse_key, salt, 32, &r);
    key_of_root(&r, key);
    np_wipe(&r, sizeof(r));
}

/* --- the header ----------------------------------------------------------------------------- */

static void header_mac(const struct root *r, const struct np_blob_header *h, uint8_t mac[32])
{
    struct np_blob_header bare = *h;
    memset(bare.mac, 0, sizeof(bare.mac));
    memset(bare.sum, 0, sizeof(bare.sum));
    root_expand(r, 'm', &bare, sizeof(bare), mac);
}

static void header_sum(const struct np_blob_header *h, uint8_t sum[8])
{
    np_digest_once(NP_XXHASH3, np_str_n(h, offsetof(struct np_blob_header, sum)), sum);
}

void np_blob_header_make(const struct np_blobs *s, uint64_t id, const uint8_t *sse_key,
                         const uint8_t salt[32], uint64_t size_bytes, struct np_blob_header *out)
{
    uint32_t flags = flags_of(s, sse_key);
    struct np_blob_header h = {
        .version = htole32(VERSION),
        .flags = htole32(flags),
        .id = htole64(id),
        .size_bytes = htole64(size_bytes),
    };
    memcpy(h.magic, magic, sizeof(magic));
    memcpy(h.salt, salt, sizeof(h.salt));
    if (flags & NP_BLOB_ENCRYPTED) {
        struct root r;
        uint8_t check[32];
        root_derive(s->frame_key, id, flags, sse_key, salt, 32, &r);
        if (sse_key != NULL) {
            root_expand(&r, 'c', NULL, 0, check);
            memcpy(h.sse_check, check, sizeof(h.sse_check));
        }
        header_mac(&r, &h, h.mac);
        np_wipe(&r, sizeof(r));
    }
    header_sum(&h, h.sum);
    *out = h;
}

static int check_mac(const struct root *r, const struct np_blob_header *h, bool sse)
{
    uint8_t want[32];
    if (sse) {
        root_expand(r, 'c', NULL, 0, want);
        if (!np_ct_eq(np_str_n(want, sizeof(h->sse_check)),
                      np_str_n(h->sse_check, sizeof(h->sse_check))))
            return NP_EACCES;
    }
    header_mac(r, h, want);
    return np_ct_eq(np_str_n(want, 32), np_str_n(h->mac, 32)) ? 0 : NP_ECORRUPT;
}

int np_blob_header_check(const struct np_blobs *s, uint64_t id, const uint8_t *sse_key,
                         const struct np_blob_header *h, struct np_blob_key *key)
{
    uint8_t sum[8];
    header_sum(h, sum);
    uint32_t has = le32toh(h->flags), want = flags_of(s, sse_key);
    if (memcmp(h->magic, magic, sizeof(magic)) != 0 || memcmp(h->sum, sum, sizeof(sum)) != 0 ||
        le32toh(h->version) != VERSION || le64toh(h->id) != id)
        return NP_ECORRUPT;
    if ((has ^ want) & NP_BLOB_SSE)
        return NP_EACCES;
    if (has != want)
        return NP_ECORRUPT;
    if (!(want & NP_BLOB_ENCRYPTED)) {
        key_plain(id, h->salt, key);
        return 0;
    }
    struct root r;
    root_derive(s->frame_key, id, want, sse_key, h->salt, 32, &r);
    int rc = check_mac(&r, h, sse_key != NULL);
    if (rc == 0)
        key_of_root(&r, key);
    np_wipe(&r, sizeof(r));
    return rc;
}

/* --- frames ---------------------------------------------------------------------------------- */

/* A frame's place is in its nonce, or mixed into its checksum: elsewhere it does not verify. Where
 * the frames end is in the header, which has a MAC. */
static void frame_nonce(uint64_t frame, uint8_t nonce[NP_AEAD_NONCE])
{
    uint64_t le = htole64(frame);
    memset(nonce, 0, NP_AEAD_NONCE);
    memcpy(nonce, &le, sizeof(le));
}

static void plain_tag(uint64_t mask, uint64_t frame, const void *p, size_t n,
                      uint8_t tag[NP_BLOB_TAG])
{
    uint64_t mix = (mask ^ frame) * UINT64_C(0x9e3779b97f4a7c15);
    uint64_t sum = xxh3(p, n) ^ mix ^ (mix >> 29);
    memset(tag, 0, NP_BLOB_TAG);
    memcpy(tag, &sum, sizeof(sum));
}

void np_blob_frame_seal(const struct np_blob_key *key, struct np_aead *aead, uint64_t frame,
                        const void *in, size_t n, void *out)
{
    if (!key->encrypted) {
        memcpy(out, in, n);
        plain_tag(key->mask, frame, in, n, (uint8_t *)out + n);
        return;
    }
    uint8_t nonce[NP_AEAD_NONCE];
    frame_nonce(frame, nonce);
    np_aead_seal(aead, nonce, NP_STR(""), in, n, out);
}

bool np_blob_frame_open(const struct np_blob_key *key, struct np_aead *aead, uint64_t frame,
                        const void *in, size_t n, void *out)
{
    if (!key->encrypted) {
        uint8_t tag[NP_BLOB_TAG];
        plain_tag(key->mask, frame, in, n, tag);
        return memcmp(tag, (const char *)in + n, NP_BLOB_TAG) == 0;
    }
    uint8_t nonce[NP_AEAD_NONCE];
    frame_nonce(frame, nonce);
    return np_aead_open(aead, nonce, NP_STR(""), in, n + NP_BLOB_TAG, out);
}

/* --- small bodies ----------------------------------------------------------------------------- */

/* Before the bytes; the tag follows them. Authenticated with the id. */
struct seal {
    uint8_t nonce[NP_AEAD_NONCE];
    uint8_t flags;
    uint8_t check[15]; /* of the caller's key; zero without one */
};
_Static_assert(sizeof(struct seal) + NP_BLOB_TAG == NP_BLOB_SEAL, "the header promises this size");

struct seal_ad {
    uint64_t id;
    struct seal seal;
    uint8_t zero[4];
};

static struct np_aead *seal_take(struct np_blobs *s)
{
    struct np_aead *c = NULL;
    pthread_mutex_lock(&s->lock);
    if (s->locked.n_seals > 0)
        c = s->locked.seals[--s->locked.n_seals];
    pthread_mutex_unlock(&s->lock);
    return c != NULL ? c : np_aead_new(s->seal_key);
}

static void seal_give(struct np_blobs *s, struct np_aead *c)
{
    pthread_mutex_lock(&s->lock);
    bool keep = s->locked.n_seals < NP_LEN(s->locked.seals);
    if (keep)
        s->locked.seals[s->locked.n_seals++] = c;
    pthread_mutex_unlock(&s->lock);
    if (!keep)
        np_aead_free(c);
}

/* The key schedule of a body under a caller's key, and the check of that key. */
static struct np_aead *sse_aead(struct np_blobs *s, uint64_t id, const uint8_t *sse_key,
                                const struct seal *h, uint8_t check[15])
{
    struct root r;
    uint8_t k[32];
    root_derive(s->seal_key, id, h->flags, sse_key, h->nonce, sizeof(h->nonce), &r);
    root_expand(&r, 'c', NULL, 0, k);
    memcpy(check, k, 15);
    root_expand(&r, 'k', NULL, 0, k);
    struct np_aead *c = np_aead_new(k);
    np_wipe(&r, sizeof(r));
    np_wipe(k, sizeof(k));
    return c;
}

static void seal_plain_tag(uint64_t id, const struct seal *h, const void *p, size_t n,
                           uint8_t tag[NP_BLOB_TAG])
{
    struct seal_ad ad = {.id = id, .seal = *h};
    plain_tag(xxh3(&ad, sizeof(ad)), n, p, n, tag);
}

void np_blob_seal(struct np_blobs *s, uint64_t id, const uint8_t *sse_key, struct np_str in,
                  void *out)
{
    struct seal h = {.flags = (uint8_t)flags_of(s, sse_key)};
    char *body = (char *)out + sizeof(h);
    if (!(h.flags & NP_BLOB_ENCRYPTED)) {
        memcpy(out, &h, sizeof(h));
        if (in.n != 0)
            memmove(body, in.p, in.n);
        seal_plain_tag(id, &h, body, in.n, (uint8_t *)body + in.n);
        return;
    }
    np_random(h.nonce, sizeof(h.nonce));
    struct np_aead *c = sse_key != NULL ? sse_aead(s, id, sse_key, &h, h.check) : seal_take(s);
    struct seal_ad ad = {.id = htole64(id), .seal = h};
    np_aead_seal(c, h.nonce, np_str_n(&ad, sizeof(ad)), in.p, in.n, body);
    memcpy(out, &h, sizeof(h));
    if (sse_key != NULL)
        np_aead_free(c);
    else
        seal_give(s, c);
}

static int unseal_sse(struct np_blobs *s, uint64_t id, const uint8_t *sse_key, const struct seal *h,
                      struct np_aead **out)
{
    uint8_t check[15];
    struct np_aead *c = sse_aead(s, id, sse_key, h, check);
    if (np_ct_eq(np_str_n(check, 15), np_str_n(h->check, 15))) {
        *out = c;
        return 0;
    }
    np_aead_free(c);
    return NP_EACCES;
}

/* The check is there exactly with a caller's key: a damaged flag is not taken for a wrong key. */
static int seal_flags_check(const struct seal *h, uint32_t want)
{
    static const uint8_t none[sizeof(h->check)];
    bool sse = memcmp(h->check, none, sizeof(none)) != 0;
    if (sse != ((h->flags & NP_BLOB_SSE) != 0))
        return NP_ECORRUPT;
    if ((h->flags ^ want) & NP_BLOB_SSE)
        return NP_EACCES;
    return h->flags == want ? 0 : NP_ECORRUPT;
}

int np_blob_unseal(struct np_blobs *s, uint64_t id, const uint8_t *sse_key, struct np_str in,
                   void *out)
{
    struct seal h;
    uint32_t want = flags_of(s, sse_key);
    if (in.n < NP_BLOB_SEAL)
        return NP_ECORRUPT;
    memcpy(&h, in.p, sizeof(h));
    const char *body = in.p + sizeof(h);
    size_t n = in.n - NP_BLOB_SEAL;
    int rc = seal_flags_check(&h, want);
    if (rc != 0)
        return rc;
    if (!(want & NP_BLOB_ENCRYPTED)) {
        uint8_t tag[NP_BLOB_TAG];
        seal_plain_tag(id, &h, body, n, tag);
        if (memcmp(tag, body + n, NP_BLOB_TAG) != 0)
            return NP_ECORRUPT;
        memmove(out, body, n);
        return 0;
    }
    struct np_aead *c;
    if (sse_key == NULL)
        c = seal_take(s);
    else if ((rc = unseal_sse(s, id, sse_key, &h, &c)) != 0)
        return rc;
    struct seal_ad ad = {.id = htole64(id), .seal = h};
    if (!np_aead_open(c, h.nonce, np_str_n(&ad, sizeof(ad)), body, n + NP_BLOB_TAG, out))
        rc = NP_ECORRUPT;
    if (sse_key != NULL)
        np_aead_free(c);
    else
        seal_give(s, c);
    return rc;
}
