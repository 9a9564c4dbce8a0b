/* SPDX-License-Identifier: Apache-2.0 */
/* signer.c - public keys of key groups. */
#include "services/cloudfront/signer.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/arena.h"
#include "services/cloudfront/limits.h"

struct cloudfront_signer {
    unsigned refs;
    EVP_PKEY *key;
};

static bool key_ok(EVP_PKEY *key)
{
    char group[32] = "";
    if (EVP_PKEY_is_a(key, "RSA"))
        return EVP_PKEY_get_bits(key) == 2048;
    return EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) &&
           strcmp(group, "prime256v1") == 0;
}

struct cloudfront_signer *cloudfront_signer_new(struct np_str pem)
{
    if (pem.n == 0 || pem.n > CLOUDFRONT_ENCODED_KEY_MAX)
        return NULL;
    BIO *in = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *key = in != NULL ? PEM_read_bio_PUBKEY(in, NULL, NULL, NULL) : NULL;
    BIO_free(in);
    if (key == NULL || !key_ok(key)) {
        EVP_PKEY_free(key);
        return NULL;
    }
    struct cloudfront_signer *s = np_heap_new(struct cloudfront_signer);
    s->refs = 1;
    s->key = key;
    return s;
}

struct cloudfront_signer *cloudfront_signer_ref(struct cloudfront_signer *s)
{
    __atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
    return s;
}

void cloudfront_signer_unref(struct cloudfront_signer *s)
{
    if (s == NULL || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    EVP_PKEY_free(s->key);
    np_free(s);
}

bool cloudfront_signer_verify(const struct cloudfront_signer *s, bool sha256, struct np_str text,
                              struct np_str signature)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool ok =
        c != NULL &&
        EVP_DigestVerifyInit(c, NULL, sha256 ? EVP_sha256() : EVP_sha1(), NULL, s->key) == 1 &&
        EVP_DigestVerify(c, (const unsigned char *)signature.p, signature.n,
                         (const unsigned char *)text.p, text.n) == 1;
    EVP_MD_CTX_free(c);
    return ok;
}
