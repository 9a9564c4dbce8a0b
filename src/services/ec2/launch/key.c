/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - SSH keys: OpenSSL's keys as ssh writes them, and back. */
#include "services/ec2/launch/key.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/assert.h"
#include "base/enc.h"

#define RSA_BITS_MIN 1024
#define RSA_BITS_MAX 16384
#define ED25519_SIZE 32

static void pkey_gone(EVP_PKEY **k)
{
    EVP_PKEY_free(*k);
}
#define AUTO_PKEY __attribute__((cleanup(pkey_gone))) EVP_PKEY

/* --- the wire form of SSH (RFC 4251): lengths of four bytes in front --- */

static void put_u32(struct np_buf *b, uint32_t v)
{
    const unsigned char bytes[4] = {v >> 24, v >> 16, v >> 8, v};
    np_buf_add(b, bytes, 4);
}

static void put_text(struct np_buf *b, struct np_str s)
{
    put_u32(b, (uint32_t)s.n);
    np_buf_str_add(b, s);
}

/* Without leading zeros, but one where the first bit is set. */
static void put_number(struct np_buf *b, const BIGNUM *v)
{
    unsigned char bytes[RSA_BITS_MAX / 8 + 1] = {0};
    int n = BN_num_bytes(v);
    BN_bn2bin(v, bytes + 1);
    bool high = n > 0 && (bytes[1] & 0x80) != 0;
    put_text(b, np_str_n(bytes + (high ? 0 : 1), (size_t)n + (high ? 1 : 0)));
}

static bool take_text(struct np_str *rest, struct np_str *out)
{
    const unsigned char *p = (const unsigned char *)rest->p;
    if (rest->n < 4)
        return false;
    uint32_t n = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    if (n > rest->n - 4)
        return false;
    *out = np_str_sub(*rest, 4, n);
    *rest = np_str_sub(*rest, 4 + (size_t)n, rest->n);
    return true;
}

/* --- a key's public half --- */

static bool is_rsa(const EVP_PKEY *k)
{
    return EVP_PKEY_is_a(k, "RSA") == 1;
}

static struct np_str raw_public(EVP_PKEY *k, struct np_arena *a)
{
    unsigned char *raw = np_alloc(a, ED25519_SIZE);
    size_t n = ED25519_SIZE;
    np_assert(EVP_PKEY_get_raw_public_key(k, raw, &n) == 1 && n == ED25519_SIZE);
    return np_str_n(raw, n);
}

static struct np_str wire_public(EVP_PKEY *k, struct np_arena *a)
{
    BIGNUM *e = NULL, *n = NULL;
    struct np_buf b;
    np_buf_init(&b, a, 8192);
    if (!is_rsa(k)) {
        put_text(&b, NP_STR("ssh-ed25519"));
        put_text(&b, raw_public(k, a));
        return np_buf_str(&b);
    }
    np_assert(EVP_PKEY_get_bn_param(k, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
              EVP_PKEY_get_bn_param(k, OSSL_PKEY_PARAM_RSA_N, &n) == 1);
    put_text(&b, NP_STR("ssh-rsa"));
    put_number(&b, e);
    put_number(&b, n);
    BN_free(e);
    BN_free(n);
    return np_buf_str(&b);
}

static struct np_str colons(struct np_arena *a, const unsigned char *bytes, size_t n)
{
    struct np_buf b;
    np_buf_init(&b, a, 256);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, "%s%02x", i == 0 ? "" : ":", bytes[i]);
    return np_buf_str(&b);
}

/* AWS: a made RSA key is told by SHA-1 of its private half (PKCS #8, DER), an imported one by MD5
 * of its public half (DER), ED25519 always by SHA-256 of the public half as ssh has it
 * (tests/sdk/test_ec2_keys.py). */
static struct np_str fingerprint(EVP_PKEY *k, struct np_arena *a, bool made)
{
    unsigned char *der = NULL, hash[NP_DIGEST_MAX];
    if (!is_rsa(k)) {
        np_digest_once(NP_SHA256, wire_public(k, a), hash);
        return np_base64(a, np_str_n(hash, 32));
    }
    PKCS8_PRIV_KEY_INFO *p8 = made ? EVP_PKEY2PKCS8(k) : NULL;
    int n = made ? i2d_PKCS8_PRIV_KEY_INFO(p8, &der) : i2d_PUBKEY(k, &der);
    np_assert(n > 0);
    np_digest_once(made ? NP_SHA1 : NP_MD5, np_str_n(der, (size_t)n), hash);
    OPENSSL_clear_free(der, (size_t)n);
    PKCS8_PRIV_KEY_INFO_free(p8);
    return colons(a, hash, made ? 20 : 16);
}

static void describe(EVP_PKEY *k, struct np_arena *a, bool made, struct ec2_key *out)
{
    out->type = is_rsa(k) ? NP_STR("rsa") : NP_STR("ed25519");
    out->public_line = np_str_printf(a, "ssh-%.*s %.*s", NP_FMT(out->type),
                                     NP_FMT(np_base64(a, wire_public(k, a))));
    out->fingerprint = fingerprint(k, a, made);
}

/* --- making --- */

/* As openssl writes an RSA key that ssh reads: "BEGIN RSA PRIVATE KEY". */
static struct np_str rsa_private(EVP_PKEY *k, struct np_arena *a)
{
    char *text;
    struct np_str out = NP_STR_NULL;
    BIO *b = BIO_new(BIO_s_secmem());
    if (b != NULL && PEM_write_bio_PrivateKey_traditional(b, k, NULL, NULL, 0, NULL, NULL) == 1) {
        long n = BIO_get_mem_data(b, &text);
        /* AWS: without a newline at its end (tests/sdk/test_ec2_keys.py). */
        out = np_str_dup(a, np_str_trim(np_str_n(text, (size_t)n)));
    }
    BIO_free(b);
    return out;
}

static void armour(struct np_buf *b, struct np_str base64)
{
    np_buf_lit(b, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    for (size_t i = 0; i < base64.n; i += 70) {
        np_buf_str_add(b, np_str_sub(base64, i, 70));
        np_buf_char(b, '\n');
    }
    np_buf_lit(b, "-----END OPENSSH PRIVATE KEY-----");
}

/* The form of ssh's own file of keys (PROTOCOL.key of OpenSSH), without a passphrase. */
static struct np_str ed25519_private(EVP_PKEY *k, struct np_arena *a)
{
    unsigned char seed[ED25519_SIZE];
    size_t n = sizeof(seed);
    uint32_t check;
    struct np_buf in, file, text;
    np_assert(EVP_PKEY_get_raw_private_key(k, seed, &n) == 1 && n == ED25519_SIZE);
    np_random(&check, sizeof(check));
    np_buf_init(&in, a, 1024);
    put_u32(&in, check);
    put_u32(&in, check);
    put_text(&in, NP_STR("ssh-ed25519"));
    put_text(&in, raw_public(k, a));
    put_u32(&in, 2 * ED25519_SIZE);
    np_buf_add(&in, seed, sizeof(seed));
    np_buf_str_add(&in, raw_public(k, a));
    put_text(&in, NP_STR(""));
    for (char pad = 1; in.n % 8 != 0; pad++)
        np_buf_char(&in, pad);
    OPENSSL_cleanse(seed, sizeof(seed));
    np_buf_init(&file, a, 2048);
    np_buf_add(&file, "openssh-key-v1", 15);
    put_text(&file, NP_STR("none"));
    put_text(&file, NP_STR("none"));
    put_text(&file, NP_STR(""));
    put_u32(&file, 1);
    put_text(&file, wire_public(k, a));
    put_text(&file, np_buf_str(&in));
    np_buf_init(&text, a, 4096);
    armour(&text, np_base64(a, np_buf_str(&file)));
    return np_buf_str(&text);
}

int ec2_key_make(struct np_arena *a, struct np_str type, struct ec2_key *out, struct np_err *err)
{
    bool rsa = np_str_is(type, "rsa");
    AUTO_PKEY *k = rsa ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
                       : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (k == NULL)
        return np_err(err, NP_EIO, "no key of type %.*s could be made", NP_FMT(type));
    *out = (struct ec2_key){0};
    describe(k, a, true, out);
    out->material = rsa ? rsa_private(k, a) : ed25519_private(k, a);
    np_assert(out->material.p != NULL);
    return 0;
}

/* --- reading --- */

static EVP_PKEY *rsa_of(struct np_str e, struct np_str n)
{
    EVP_PKEY *k = NULL;
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *be = BN_bin2bn((const unsigned char *)e.p, (int)e.n, NULL);
    BIGNUM *bn = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);
    OSSL_PARAM *params = NULL;
    if (bld != NULL && be != NULL && bn != NULL &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn) == 1 &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, be) == 1)
        params = OSSL_PARAM_BLD_to_param(bld);
    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) <= 0 ||
        EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_PUBLIC_KEY, params) <= 0)
        k = NULL;
    OSSL_PARAM_free(params);
    BN_free(be);
    BN_free(bn);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_BLD_free(bld);
    return k;
}

/* From the wire form; NULL: it is none, or has more behind it. */
static EVP_PKEY *of_wire(struct np_str wire)
{
    struct np_str name, x, y;
    if (!take_text(&wire, &name) || !take_text(&wire, &x))
        return NULL;
    if (np_str_is(name, "ssh-ed25519") && x.n == ED25519_SIZE && wire.n == 0)
        return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.p, x.n);
    if (!np_str_is(name, "ssh-rsa") || !take_text(&wire, &y) || wire.n != 0)
        return NULL;
    if (x.n == 0 || x.n > 9 || y.n > RSA_BITS_MAX / 8 + 1)
        return NULL;
    return rsa_of(x, y);
}

/* Base64 between lines that begin with '-' or are heads ("Comment: x", going on after '\'). */
static struct np_str unarmoured(struct np_arena *a, struct np_str text)
{
    struct np_buf b;
    struct np_str line;
    bool more = false;
    np_buf_init(&b, a, EC2_KEY_TEXT_MAX);
    while (text.n != 0 && np_str_split(&text, '\n', &line)) {
        line = np_str_trim(line);
        bool head = more || np_str_chr(line, ':') >= 0;
        more = head && np_str_ends(line, NP_STR("\\"));
        if (!head && !np_str_starts(line, NP_STR("-")))
            np_buf_str_add(&b, line);
    }
    return np_unbase64(a, np_buf_str(&b));
}

static EVP_PKEY *of_der(struct np_str der)
{
    const unsigned char *p = (const unsigned char *)der.p, *end = p + der.n;
    EVP_PKEY *k = d2i_PUBKEY(NULL, &p, (long)der.n);
    if (k == NULL || p == end)
        return k;
    EVP_PKEY_free(k);
    return NULL;
}

static EVP_PKEY *of_text(struct np_arena *a, struct np_str text)
{
    struct np_str line = np_str_trim(text), name, rest, base64, comment;
    if (np_str_starts(line, NP_STR("ssh-"))) {
        np_str_cut(line, ' ', &name, &rest);
        np_str_cut(np_str_trim(rest), ' ', &base64, &comment);
        struct np_str wire = np_unbase64(a, np_str_trim(base64));
        struct np_str again = wire, inside;
        if (wire.p == NULL || !take_text(&again, &inside) || !np_str_eq(inside, name))
            return NULL;
        return of_wire(wire);
    }
    struct np_str bytes = unarmoured(a, line);
    if (bytes.p == NULL)
        return NULL;
    return np_str_starts(line, NP_STR("---- BEGIN SSH2")) ? of_wire(bytes) : of_der(bytes);
}

int ec2_key_read(struct np_arena *a, struct np_str text, struct ec2_key *out, struct np_err *err)
{
    if (text.n > EC2_KEY_TEXT_MAX)
        return np_err(err, NP_EINVAL, "a public key has at most %d bytes", EC2_KEY_TEXT_MAX);
    AUTO_PKEY *k = of_text(a, text);
    if (k == NULL)
        return np_err(err, NP_EINVAL, "Key is not in valid OpenSSH public key format");
    if (is_rsa(k) ? EVP_PKEY_get_bits(k) < RSA_BITS_MIN || EVP_PKEY_get_bits(k) > RSA_BITS_MAX
                  : EVP_PKEY_is_a(k, "ED25519") != 1)
        return np_err(err, NP_EINVAL, "Keys are RSA of %d to %d bits, or ED25519", RSA_BITS_MIN,
                      RSA_BITS_MAX);
    *out = (struct ec2_key){0};
    describe(k, a, false, out);
    return 0;
}
