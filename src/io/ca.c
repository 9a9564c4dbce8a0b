/* SPDX-License-Identifier: Apache-2.0 */
/* ca.c - the region's certificate authority: its key on disk, leaf certificates in memory.
 *
 * All leaves share one key, made anew in each process: only the CA's signature tells them apart.
 * Reading the files takes milliseconds, which a start does not wait for: who comes first reads
 * them.
 */
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/map.h"
#include "io/ca.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/tls_int.h"

#define DAY_MS          86400000ll
#define CA_DAYS         3653
#define LEAF_DAYS       90
#define LEAF_USE_DAYS   60 /* then a new one is made */
#define LEAVES_MAX      4096
#define PEM_MAX         65536
#define COMMON_NAME_MAX 64 /* of X.520 */
#define DEFAULT_NAMES   "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1"

struct leaf {
    X509 *cert;
    int64_t made_ms;
};

struct np_ca {
    atomic_uint refs;
    struct np_arena *arena;
    struct np_str dir;
    atomic_bool loaded; /* what follows is there, and stays as it is */
    X509 *cert;
    EVP_PKEY *key, *leaf_key;
    struct np_str pem;
    pthread_mutex_t lock; /* of loading, too */
    struct {
        struct np_map *leaves; /* by name; the default leaf under the empty one */
    } locked;
};

int np_err_openssl(struct np_err *err, int code, const char *what)
{
    unsigned long e = ERR_get_error();
    const char *reason = ERR_reason_error_string(e);
    ERR_clear_error();
    return np_err(err, code, "%s: %s", what, reason != NULL ? reason : "no reason given");
}

/* --- certificates --- */

struct cert_opts {
    struct np_str common_name;                          /* absent, or at most 64 bytes */
    bool organization;                                  /* named in the subject */
    const char *basic, *usage, *extended_usage, *names; /* extensions; NULL: none */
    int64_t from_ms, to_ms;
    EVP_PKEY *subject_key;
    X509 *issuer; /* NULL: signs itself */
    EVP_PKEY *issuer_key;
};

static bool set_serial(X509 *x)
{
    uint8_t bytes[16];
    np_random(bytes, sizeof(bytes));
    bytes[0] &= 0x7f; /* positive */
    bytes[0] |= 0x40; /* and of full length */
    BIGNUM *n = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool ok = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
    BN_free(n);
    return ok;
}

static bool set_times(X509 *x, int64_t from_ms, int64_t to_ms)
{
    return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(from_ms / 1000)) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(to_ms / 1000)) != NULL;
}

static void days_from_now(struct cert_opts *o, int days)
{
    int64_t now_ms = np_clock_wall_ms();
    o->from_ms = now_ms - DAY_MS; /* clocks of guests may be behind */
    o->to_ms = now_ms + days * DAY_MS;
}

static bool add_to_name(X509_NAME *name, const char *field, struct np_str text)
{
    return text.n == 0 ||
           X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)text.p,
                                      (int)text.n, -1, 0);
}

static bool set_subject(X509 *x, const struct cert_opts *o)
{
    X509_NAME *name = X509_get_subject_name(x);
    return (!o->organization || add_to_name(name, "O", NP_STR("Nephele"))) &&
           add_to_name(name, "CN", o->common_name);
}

static bool add_extension(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
    if (value == NULL)
        return true;
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
    bool ok = e != NULL && X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    return ok;
}

static bool fill(X509 *x, const struct cert_opts *o)
{
    X509 *issuer = o->issuer != NULL ? o->issuer : x;
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    /* The key comes before the extensions that hash it. */
    return X509_set_version(x, X509_VERSION_3) && set_serial(x) &&
           set_times(x, o->from_ms, o->to_ms) && set_subject(x, o) &&
           X509_set_issuer_name(x, X509_get_subject_name(issuer)) &&
           X509_set_pubkey(x, o->subject_key) &&
           add_extension(x, &ctx, NID_basic_constraints, o->basic) &&
           add_extension(x, &ctx, NID_key_usage, o->usage) &&
           add_extension(x, &ctx, NID_ext_key_usage, o->extended_usage) &&
           add_extension(x, &ctx, NID_subject_key_identifier, "hash") &&
           add_extension(x, &ctx, NID_authority_key_identifier,
                         o->issuer != NULL ? "keyid" : NULL) &&
           add_extension(x, &ctx, NID_subject_alt_name, o->names) &&
           X509_sign(x, o->issuer_key, EVP_sha256()) > 0;
}

static X509 *new_cert(const struct cert_opts *o)
{
    X509 *x = X509_new();
    if (x != NULL && fill(x, o))
        return x;
    X509_free(x);
    return NULL;
}

/* --- the CA's files --- */

static struct np_str bio_str(struct np_arena *a, BIO *b)
{
    char *p;
    long n = BIO_get_mem_data(b, &p);
    return np_str_dup(a, np_str_n(p, n > 0 ? (size_t)n : 0));
}

/* Absent: it could not be written. What comes is a secret. */
static struct np_str key_pem_of(struct np_arena *a, EVP_PKEY *key)
{
    BIO *b = BIO_new(BIO_s_secmem());
    struct np_str pem = NP_STR_NULL;
    if (b != NULL && PEM_write_bio_PKCS8PrivateKey(b, key, NULL, NULL, 0, NULL, NULL))
        pem = bio_str(a, b);
    BIO_free(b);
    return pem;
}

static struct np_str cert_pem_of(struct np_arena *a, X509 *cert)
{
    BIO *b = BIO_new(BIO_s_mem());
    struct np_str pem = NP_STR_NULL;
    if (b != NULL && PEM_write_bio_X509(b, cert))
        pem = bio_str(a, b);
    BIO_free(b);
    return pem;
}

/* *pem holds a secret. */
static int make_key(struct np_arena *a, EVP_PKEY **out, struct np_str *pem, struct np_err *err)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    *pem = key != NULL ? key_pem_of(a, key) : NP_STR_NULL;
    if (pem->p == NULL) {
        EVP_PKEY_free(key);
        return np_err_openssl(err, NP_EIO, "cannot make a key");
    }
    *out = key;
    return 0;
}

static int load_key(struct np_str path, struct np_str pem, EVP_PKEY **out, struct np_err *err)
{
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
    BIO_free(b);
    np_wipe((void *)(uintptr_t)pem.p, pem.n);
    if (key == NULL) {
        ERR_clear_error();
        return np_err(err, NP_ECORRUPT, "%.*s holds no key", NP_FMT(path));
    }
    *out = key;
    return 0;
}

static int make_cert(struct np_ca *ca, struct np_arena *a, struct np_str *pem, struct np_err *err)
{
    uint32_t number;
    np_random(&number, sizeof(number));
    /* Several regions of one machine are told apart in a trust store. */
    struct cert_opts o = {
        .common_name = np_str_printf(a, "Nephele region CA %08x", number),
        .organization = true,
        .basic = "critical,CA:TRUE,pathlen:0",
        .usage = "critical,keyCertSign,cRLSign",
        .subject_key = ca->key,
        .issuer_key = ca->key,
    };
    days_from_now(&o, CA_DAYS);
    ca->cert = new_cert(&o);
    *pem = ca->cert != NULL ? cert_pem_of(a, ca->cert) : NP_STR_NULL;
    return pem->p != NULL ? 0 : np_err_openssl(err, NP_EIO, "cannot make a certificate");
}

static int load_cert(struct np_ca *ca, struct np_str path, struct np_str pem, struct np_err *err)
{
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    ca->cert = PEM_read_bio_X509(b, NULL, NULL, NULL);
    BIO_free(b);
    if (ca->cert != NULL && X509_check_private_key(ca->cert, ca->key) == 1)
        return 0;
    ERR_clear_error();
    return np_err(err, NP_ECORRUPT, "%.*s is not the certificate of the key beside it",
                  NP_FMT(path));
}

static int keep_pem(struct np_ca *ca, struct np_arena *a, struct np_err *err)
{
    struct np_str pem = cert_pem_of(a, ca->cert);
    if (pem.p == NULL)
        return np_err_openssl(err, NP_EIO, "cannot write the certificate");
    char *copy = np_heap_alloc(pem.n);
    memcpy(copy, pem.p, pem.n);
    ca->pem = np_str_n(copy, pem.n);
    return 0;
}

/* The key is written before the certificate: a crash between leaves a key, and a certificate is
 * made for it at the next start. A certificate without its key may be trusted already: we stop. */
static int open_files(struct np_ca *ca, struct np_arena *a, struct np_str dir, struct np_err *err)
{
    struct np_str key_path = np_str_printf(a, "%.*s/ca.key", NP_FMT(dir));
    struct np_str cert_path = np_str_printf(a, "%.*s/ca.pem", NP_FMT(dir));
    struct np_str key_pem = NP_STR_NULL, cert_pem = NP_STR_NULL;
    int key_rc = np_file_read(a, key_path, PEM_MAX, &key_pem, err);
    if (key_rc != 0 && key_rc != NP_ENOENT)
        return key_rc;
    int cert_rc = np_file_read(a, cert_path, PEM_MAX, &cert_pem, err);
    if (cert_rc != 0 && cert_rc != NP_ENOENT)
        return cert_rc;
    if (key_rc != 0 && cert_rc == 0)
        return np_err(err, NP_ECORRUPT, "%.*s is there, but its key %.*s is not", NP_FMT(cert_path),
                      NP_FMT(key_path));
    int rc = key_rc == 0 ? load_key(key_path, key_pem, &ca->key, err)
                         : make_key(a, &ca->key, &key_pem, err);
    if (rc == 0)
        rc = cert_rc == 0 ? load_cert(ca, cert_path, cert_pem, err)
                          : make_cert(ca, a, &cert_pem, err);
    const struct np_file_new both[] = {{key_path, key_pem, 0600}, {cert_path, cert_pem, 0644}};
    if (rc == 0 && cert_rc != 0)
        rc = key_rc != 0 ? np_files_write(both, 2, err) : np_files_write(&both[1], 1, err);
    np_wipe((void *)(uintptr_t)key_pem.p, key_pem.n);
    return rc;
}

struct np_ca *np_ca_new(struct np_str dir)
{
    struct np_ca *ca = np_heap_new(struct np_ca);
    ca->refs = 1;
    ca->arena = np_arena_new();
    ca->dir = np_str_dup(ca->arena, dir);
    pthread_mutex_init(&ca->lock, NULL);
    ca->locked.leaves = np_map_new();
    return ca;
}

static void unload(struct np_ca *ca)
{
    X509_free(ca->cert);
    EVP_PKEY_free(ca->key);
    EVP_PKEY_free(ca->leaf_key);
    np_free((void *)(uintptr_t)ca->pem.p);
    ca->cert = NULL;
    ca->key = ca->leaf_key = NULL;
    ca->pem = NP_STR_NULL;
}

static int load(struct np_ca *ca, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_err why = {0}; /* absent files write an error that is none */
    int rc = open_files(ca, a, ca->dir, &why);
    if (rc == 0)
        rc = keep_pem(ca, a, &why);
    if (rc == 0 && (ca->leaf_key = EVP_EC_gen("P-256")) == NULL)
        rc = np_err_openssl(&why, NP_EIO, "cannot make a key");
    if (rc == 0)
        return 0;
    unload(ca);
    return np_err(err, rc, "%.*s", NP_FMT(np_err_text(&why)));
}

int np_ca_load(struct np_ca *ca, struct np_err *err)
{
    if (atomic_load_explicit(&ca->loaded, memory_order_acquire))
        return 0;
    pthread_mutex_lock(&ca->lock);
    int rc = atomic_load(&ca->loaded) ? 0 : load(ca, err);
    if (rc == 0)
        atomic_store_explicit(&ca->loaded, true, memory_order_release);
    pthread_mutex_unlock(&ca->lock);
    return rc;
}

static void free_leaf(void *p)
{
    struct leaf *leaf = p;
    X509_free(leaf->cert);
    np_free(leaf);
}

struct np_ca *np_ca_ref(struct np_ca *ca)
{
    atomic_fetch_add(&ca->refs, 1);
    return ca;
}

void np_ca_free(struct np_ca *ca)
{
    if (ca == NULL || atomic_fetch_sub(&ca->refs, 1) > 1)
        return;
    np_map_free(ca->locked.leaves, free_leaf);
    pthread_mutex_destroy(&ca->lock);
    unload(ca);
    np_arena_free(ca->arena);
    np_free(ca);
}

struct np_str np_ca_pem(struct np_ca *ca)
{
    np_ca_load(ca, NULL);
    return ca->pem;
}

X509 *np_ca_cert(struct np_ca *ca)
{
    np_ca_load(ca, NULL);
    return ca->cert;
}

/* --- leaves --- */

static X509 *make_leaf(struct np_ca *ca, struct np_str name)
{
    char names[300] = DEFAULT_NAMES;
    if (name.n != 0)
        snprintf(names, sizeof(names), "DNS:%.*s", NP_FMT(name));
    struct cert_opts o = {
        .common_name = name.n == 0                 ? NP_STR("localhost")
                       : name.n <= COMMON_NAME_MAX ? name
                                                   : NP_STR_NULL,
        .organization = true,
        .basic = "critical,CA:FALSE",
        .usage = "critical,digitalSignature",
        .extended_usage = "serverAuth",
        .names = names,
        .subject_key = ca->leaf_key,
        .issuer = ca->cert,
        .issuer_key = ca->key,
    };
    days_from_now(&o, LEAF_DAYS);
    return new_cert(&o);
}

/* With the lock held. */
static struct leaf *find_or_make(struct np_ca *ca, struct np_str name)
{
    int64_t now = np_clock_wall_ms();
    struct leaf *leaf = np_map_get(ca->locked.leaves, name);
    if (leaf != NULL && now - leaf->made_ms < LEAF_USE_DAYS * DAY_MS)
        return leaf;
    X509 *cert = make_leaf(ca, name);
    if (cert == NULL)
        return NULL;
    /* Full: start again. What is in use comes back at once, names made up by a scanner do not. */
    if (np_map_count(ca->locked.leaves) >= LEAVES_MAX) {
        np_map_free(ca->locked.leaves, free_leaf);
        ca->locked.leaves = np_map_new();
    }
    leaf = np_heap_new(struct leaf);
    *leaf = (struct leaf){cert, now};
    struct leaf *old = np_map_put(ca->locked.leaves, name, leaf);
    if (old != NULL)
        free_leaf(old);
    return leaf;
}

X509 *np_ca_leaf(struct np_ca *ca, struct np_str name, EVP_PKEY **key)
{
    if (np_ca_load(ca, NULL) != 0)
        return NULL;
    pthread_mutex_lock(&ca->lock);
    struct leaf *leaf = find_or_make(ca, name.p != NULL ? name : NP_STR(""));
    X509 *cert = leaf != NULL ? leaf->cert : NULL;
    if (cert != NULL)
        X509_up_ref(cert);
    pthread_mutex_unlock(&ca->lock);
    if (cert == NULL)
        return NULL;
    EVP_PKEY_up_ref(ca->leaf_key);
    *key = ca->leaf_key;
    return cert;
}

/* --- certificates that others keep --- */

static EVP_PKEY *generate(enum np_ca_key kind)
{
    switch (kind) {
    case NP_CA_RSA_2048:
        return EVP_RSA_gen(2048);
    case NP_CA_EC_P256:
        return EVP_EC_gen("P-256");
    case NP_CA_EC_P384:
        return EVP_EC_gen("P-384");
    }
    return NULL;
}

/* What could be more than a name where extensions are written as text. */
static bool name_is_plain(struct np_str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_' || (c == '*' && i == 0);
        if (!ok)
            return false;
    }
    return name.n != 0;
}

static int names_of(const struct np_ca_request *rq, struct np_arena *a, const char **out,
                    struct np_err *err)
{
    struct np_buf b;
    np_buf_init(&b, a, rq->n_names * 260 + 1);
    for (size_t i = 0; i < rq->n_names; i++) {
        if (!name_is_plain(rq->names[i]))
            return np_err(err, NP_EINVAL, "'%.*s' is no host name", NP_FMT(rq->names[i]));
        np_buf_printf(&b, "%sDNS:%.*s", i > 0 ? "," : "", NP_FMT(rq->names[i]));
    }
    *out = np_str_z(a, np_buf_str(&b));
    return rq->n_names != 0 && np_buf_ok(&b) ? 0 : np_err(err, NP_EINVAL, "no names, or too long");
}

int np_ca_issue(struct np_ca *ca, const struct np_ca_request *rq, struct np_arena *a,
                struct np_ca_issued *out, struct np_err *err)
{
    const char *names = NULL;
    int rc = np_ca_load(ca, err);
    if (rc == 0)
        rc = names_of(rq, a, &names, err);
    if (rc != 0)
        return rc;
    EVP_PKEY *key = generate(rq->key);
    struct cert_opts o = {
        .common_name = rq->names[0].n <= COMMON_NAME_MAX ? rq->names[0] : NP_STR_NULL,
        .basic = "critical,CA:FALSE",
        /* Of RSA alone: old clients have the session's secret encrypted by it. */
        .usage = rq->key == NP_CA_RSA_2048 ? "critical,digitalSignature,keyEncipherment"
                                           : "critical,digitalSignature",
        .extended_usage = "serverAuth",
        .names = names,
        .from_ms = rq->from_ms,
        .to_ms = rq->to_ms,
        .subject_key = key,
        .issuer = ca->cert,
        .issuer_key = ca->key,
    };
    X509 *cert = key != NULL ? new_cert(&o) : NULL;
    struct np_ca_issued made = {.chain = np_str_dup(a, ca->pem)};
    if (cert != NULL) {
        made.cert = cert_pem_of(a, cert);
        made.key = key_pem_of(a, key);
    }
    X509_free(cert);
    EVP_PKEY_free(key);
    if (made.cert.p == NULL || made.key.p == NULL)
        return np_err_openssl(err, NP_EIO, "cannot make a certificate");
    *out = made;
    return 0;
}

/* --- documents --- */

static bool sign_raw(EVP_PKEY *key, struct np_str document, struct np_arena *a, struct np_str *out)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    size_t n = 0;
    const unsigned char *p = (const unsigned char *)document.p;
    bool ok = c != NULL && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(c, NULL, &n, p, document.n) == 1;
    unsigned char *room = ok ? np_alloc(a, n) : NULL;
    ok = ok && EVP_DigestSign(c, room, &n, p, document.n) == 1;
    EVP_MD_CTX_free(c);
    *out = np_str_n(room, n);
    return ok;
}

static bool sign_cms(struct np_ca *ca, struct np_str document, struct np_arena *a,
                     struct np_str *out)
{
    BIO *in = BIO_new_mem_buf(document.p, (int)document.n);
    CMS_ContentInfo *cms = in != NULL ? CMS_sign(ca->cert, ca->key, NULL, in, CMS_BINARY) : NULL;
    int n = cms != NULL ? i2d_CMS_ContentInfo(cms, NULL) : -1;
    unsigned char *room = n > 0 ? np_alloc(a, (size_t)n) : NULL, *at = room;
    bool ok = n > 0 && i2d_CMS_ContentInfo(cms, &at) == n;
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    *out = np_str_n(room, ok ? (size_t)n : 0);
    return ok;
}

int np_ca_sign(struct np_ca *ca, struct np_str document, struct np_arena *a,
               struct np_str *signature, struct np_str *cms, struct np_err *err)
{
    if (!atomic_load_explicit(&ca->loaded, memory_order_acquire))
        return np_err(err, NP_EAGAIN, "the region's authority is not loaded yet");
    if (!sign_raw(ca->key, document, a, signature) || !sign_cms(ca, document, a, cms))
        return np_err_openssl(err, NP_EIO, "cannot sign");
    return 0;
}
