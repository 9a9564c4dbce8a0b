/* SPDX-License-Identifier: Apache-2.0 */
/* password.c - GetRandomPassword. */
#include "services/secretsmanager/password.h"

#include "base/digest.h"
#include "services/secretsmanager/secretsmanager_int.h"

#define LENGTH_DEFAULT 32

/* --- numbers by chance, without favour --- */

struct dice {
    uint8_t bytes[256];
    size_t left;
};

static uint32_t draw(struct dice *d)
{
    if (d->left < 2) {
        np_random(d->bytes, sizeof(d->bytes));
        d->left = sizeof(d->bytes);
    }
    d->left -= 2;
    return (uint32_t)d->bytes[d->left] << 8 | d->bytes[d->left + 1];
}

/* 0 … n - 1; what would favour the first is drawn again. n is at most 65536. */
static uint32_t below(struct dice *d, uint32_t n)
{
    uint32_t even = 65536 / n * n, v;
    do {
        v = draw(d);
    } while (v >= even);
    return v % n;
}

/* --- the kinds of characters --- */

struct kind {
    char v[40];
    size_t n;
};

static const char *const characters[] = {
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    " ",
};

/* Those that are left when the excluded ones are taken out; a kind without any is no kind. */
static size_t kinds_of(const struct secretsmanager_password *p, struct kind out[5])
{
    const bool wanted[] = {!p->no_lower, !p->no_upper, !p->no_numbers, !p->no_punctuation,
                           p->space};
    size_t n = 0;
    for (size_t i = 0; i < NP_LEN(characters); i++) {
        out[n].n = 0;
        for (const char *c = characters[i]; wanted[i] && *c != '\0'; c++)
            if (np_str_chr(p->exclude, *c) < 0)
                out[n].v[out[n].n++] = *c;
        n += out[n].n != 0;
    }
    return n;
}

int secretsmanager_password_make(const struct secretsmanager_password *p, char *out)
{
    struct kind kinds[5 + 1];
    struct dice d = {.left = 0};
    char all[128];
    size_t n_all = 0, n = kinds_of(p, kinds), fixed = p->each ? n : 0;
    if (n == 0)
        return NP_EINVAL;
    if (fixed > p->length)
        return NP_E2BIG;
    for (size_t i = 0; i < n; i++) {
        memcpy(all + n_all, kinds[i].v, kinds[i].n);
        n_all += kinds[i].n;
    }
    for (size_t i = 0; i < p->length; i++)
        out[i] = i < fixed ? kinds[i].v[below(&d, (uint32_t)kinds[i].n)]
                           : all[below(&d, (uint32_t)n_all)];
    for (size_t i = p->length; fixed != 0 && i > 1; i--) {
        size_t j = below(&d, (uint32_t)i);
        char c = out[i - 1];
        out[i - 1] = out[j];
        out[j] = c;
    }
    np_wipe(&d, sizeof(d));
    return 0;
}

int secretsmanager_GetRandomPassword(struct np_req *rq,
                                     const struct secretsmanager_GetRandomPasswordRequest *in,
                                     struct secretsmanager_GetRandomPasswordResponse *out,
                                     struct np_err *err)
{
    const struct secretsmanager_password p = {
        .length = in->PasswordLength.set ? (size_t)in->PasswordLength.v : LENGTH_DEFAULT,
        .exclude = in->ExcludeCharacters,
        .no_numbers = in->ExcludeNumbers.v,
        .no_punctuation = in->ExcludePunctuation.v,
        .no_upper = in->ExcludeUppercase.v,
        .no_lower = in->ExcludeLowercase.v,
        .space = in->IncludeSpace.v,
        .each = !in->RequireEachIncludedType.set || in->RequireEachIncludedType.v,
    };
    char *text = np_alloc(rq->arena, p.length);
    int rc = secretsmanager_password_make(&p, text);
    if (rc == NP_EINVAL)
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "No character is left for the password: exclude fewer.");
    if (rc == NP_E2BIG)
        return np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                        "Password length is too short based on the required types.");
    out->RandomPassword = np_str_n(text, p.length);
    return rc;
}
