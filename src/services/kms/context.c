/* SPDX-License-Identifier: Apache-2.0 */
/* context.c - encryption contexts in their canonical form: the pairs sorted by key, each text after
 * its length in four bytes. */
#include <stdlib.h>

#include "services/kms/kms_int.h"

static int by_key(const void *x, const void *y)
{
    const struct kms_EncryptionContextType_entry *a = x, *b = y;
    return np_str_cmp(a->key, b->key);
}

static void add(struct np_buf *b, struct np_str s)
{
    uint8_t n[4] = {(uint8_t)(s.n >> 24), (uint8_t)(s.n >> 16), (uint8_t)(s.n >> 8), (uint8_t)s.n};
    np_buf_add(b, n, sizeof(n));
    np_buf_str_add(b, s);
}

int kms_context(struct np_arena *a, const struct kms_EncryptionContextType *in, struct np_str *out,
                struct np_err *err)
{
    size_t size = 0;
    *out = NP_STR("");
    for (size_t i = 0; i < in->n; i++)
        size += in->v[i].key.n + in->v[i].value.n;
    if (size > KMS_CONTEXT_MAX || in->n > KMS_CONTEXT_PAIRS_MAX)
        return np_fault(err, &NP_ValidationException,
                        "The encryption context is longer than %d bytes.", KMS_CONTEXT_MAX);
    if (in->n == 0)
        return 0;
    struct kms_EncryptionContextType_entry *sorted = np_alloc_array(a, in->n, sizeof(*sorted));
    memcpy(sorted, in->v, in->n * sizeof(*sorted));
    if (in->n > 1)
        qsort(sorted, in->n, sizeof(*sorted), by_key);
    struct np_buf b;
    np_buf_init(&b, a, KMS_CONTEXT_MAX + KMS_CONTEXT_PAIRS_MAX * 8);
    for (size_t i = 0; i < in->n; i++) {
        add(&b, sorted[i].key);
        add(&b, sorted[i].value);
    }
    *out = np_buf_str(&b);
    return 0;
}

/* Takes a text off the front of our own canonical bytes. */
static bool take(struct np_str *rest, struct np_str *out)
{
    if (rest->n < 4)
        return false;
    const uint8_t *p = (const uint8_t *)rest->p;
    size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (n > rest->n - 4)
        return false;
    *out = np_str_n(rest->p + 4, n);
    *rest = np_str_n(rest->p + 4 + n, rest->n - 4 - n);
    return true;
}

bool kms_context_has(struct np_str whole, struct np_str part)
{
    struct np_str key, value, have, its;
    while (take(&part, &key) && take(&part, &value)) {
        bool found = false;
        for (struct np_str rest = whole; !found && take(&rest, &have) && take(&rest, &its);)
            found = np_str_eq(have, key) && np_str_eq(its, value);
        if (!found)
            return false;
    }
    return true;
}

void kms_context_out(struct np_arena *a, struct np_str canonical,
                     struct kms_EncryptionContextType *out)
{
    struct kms_EncryptionContextType_entry e;
    while (take(&canonical, &e.key) && take(&canonical, &e.value))
        KMS_PUSH(a, out, e);
}
