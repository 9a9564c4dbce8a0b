/* SPDX-License-Identifier: Apache-2.0 */
/* ids.c - ids in AWS's forms, from getrandom. */
#include "aws/ids.h"

#include <pthread.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/digest.h"
#include "base/enc.h"

static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* An id is a name, no secret: its bytes come out of a store that a thread fills from the kernel now
 * and then, and are given out once. Secrets are drawn by themselves, and leave nothing behind. */
#define STORE_BYTES 1024

static __thread struct {
    uint8_t bytes[STORE_BYTES];
    size_t left;
} store;

/* A child of fork() must not give out what its parent does. */
static void forget(void)
{
    store.left = 0;
}

static void forget_in_children(void)
{
    pthread_atfork(NULL, NULL, forget);
}

static void name_bytes(void *out, size_t n)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (n > store.left) {
        pthread_once(&once, forget_in_children);
        np_random(store.bytes, STORE_BYTES);
        store.left = STORE_BYTES;
    }
    store.left -= n;
    memcpy(out, store.bytes + store.left, n);
}

#define DIGITS_MAX 64

static struct np_str from_alphabet(struct np_arena *a, struct np_str prefix, const char *digits,
                                   unsigned mask, size_t n, void (*draw)(void *out, size_t n))
{
    uint8_t raw[DIGITS_MAX];
    np_assert(n <= DIGITS_MAX);
    char *p = np_alloc(a, prefix.n + n);
    memcpy(p, prefix.p, prefix.n);
    draw(raw, n);
    for (size_t i = 0; i < n; i++)
        p[prefix.n + i] = digits[raw[i] & mask];
    np_wipe(raw, n);
    return np_str_n(p, prefix.n + n);
}

struct np_str np_id_unique(struct np_arena *a, const char *prefix)
{
    return from_alphabet(a, np_str_of(prefix), base32_digits, 31, 17, name_bytes);
}

struct np_str np_id_base32(struct np_arena *a, size_t n)
{
    return from_alphabet(a, NP_STR(""), base32_digits, 31, n, np_random);
}

struct np_str np_id_secret_key(struct np_arena *a)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return from_alphabet(a, NP_STR(""), digits, 63, 40, np_random);
}

struct np_str np_id_uuid(struct np_arena *a)
{
    uint8_t raw[16];
    name_bytes(raw, sizeof(raw));
    raw[6] = (uint8_t)((raw[6] & 0x0f) | 0x40);
    raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80);
    char hex[32];
    np_hex(hex, raw, sizeof(raw));
    char *p = np_alloc(a, 36);
    static const size_t starts[] = {0, 8, 12, 16, 20, 32};
    size_t n = 0;
    for (size_t i = 0; i + 1 < NP_LEN(starts); i++) {
        if (i > 0)
            p[n++] = '-';
        memcpy(p + n, hex + starts[i], starts[i + 1] - starts[i]);
        n += starts[i + 1] - starts[i];
    }
    return np_str_n(p, n);
}

struct np_str np_id_request_s3(struct np_arena *a)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    return from_alphabet(a, NP_STR(""), digits, 31, 16, name_bytes);
}

struct np_str np_id_host_s3(struct np_arena *a)
{
    uint8_t raw[56];
    name_bytes(raw, sizeof(raw));
    return np_base64(a, np_str_n(raw, sizeof(raw)));
}

struct np_str np_id_hex(struct np_arena *a, const char *prefix, size_t digits)
{
    return from_alphabet(a, np_str_of(prefix), "0123456789abcdef", 15, digits, name_bytes);
}

struct np_str np_id_version(struct np_arena *a)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
    return from_alphabet(a, NP_STR(""), digits, 63, 32, name_bytes);
}
