/* SPDX-License-Identifier: Apache-2.0 */
/* spec.c - the table of key specs: usages, algorithms, sizes. */
#include "services/kms/kms_int.h"

static const char *const rsa_usages[] = {"ENCRYPT_DECRYPT", "SIGN_VERIFY", NULL};
static const char *const ec_usages[] = {"SIGN_VERIFY", "KEY_AGREEMENT", NULL};
static const char *const sign_usage[] = {"SIGN_VERIFY", NULL};
static const char *const mac_usage[] = {"GENERATE_VERIFY_MAC", NULL};
static const char *const rsa_encryption[] = {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", NULL};
static const char *const rsa_signing[] = {"RSASSA_PKCS1_V1_5_SHA_256",
                                          "RSASSA_PKCS1_V1_5_SHA_384",
                                          "RSASSA_PKCS1_V1_5_SHA_512",
                                          "RSASSA_PSS_SHA_256",
                                          "RSASSA_PSS_SHA_384",
                                          "RSASSA_PSS_SHA_512",
                                          NULL};
static const char *const ecdh[] = {"ECDH", NULL};
static const char *const symmetric_usage[] = {"ENCRYPT_DECRYPT", NULL};
static const char *const symmetric_encryption[] = {"SYMMETRIC_DEFAULT", NULL};
static const char *const ecdsa_256[] = {"ECDSA_SHA_256", NULL};
static const char *const ecdsa_384[] = {"ECDSA_SHA_384", NULL};
static const char *const ecdsa_512[] = {"ECDSA_SHA_512", NULL};
static const char *const eddsa[] = {"ED25519_SHA_512", NULL};
static const char *const hmac_224[] = {"HMAC_SHA_224", NULL};
static const char *const hmac_256[] = {"HMAC_SHA_256", NULL};
static const char *const hmac_384[] = {"HMAC_SHA_384", NULL};
static const char *const hmac_512[] = {"HMAC_SHA_512", NULL};

#define HMAC_SPEC(n, bytes, longest)                                                               \
    {                                                                                              \
        .name = "HMAC_" #n, .kind = KMS_HMAC, .min_bytes = (bytes), .max_bytes = (longest),        \
        .usages = mac_usage, .usage_required = true, .mac = hmac_##n                               \
    }
#define RSA_SPEC(n)                                                                                \
    {                                                                                              \
        .name = "RSA_" #n, .kind = KMS_RSA, .bits = n, .usages = rsa_usages,                       \
        .usage_required = true, .encryption = rsa_encryption, .signing = rsa_signing               \
    }
#define EC_SPEC(name_, curve_, usages_, signing_, agreement_)                                      \
    {                                                                                              \
        .name = (name_), .kind = KMS_EC, .curve = (curve_), .usages = (usages_),                   \
        .usage_required = true, .signing = (signing_), .agreement = (agreement_)                   \
    }

static const struct kms_spec specs[] = {
    {.name = "SYMMETRIC_DEFAULT",
     .kind = KMS_SYMMETRIC,
     .min_bytes = 32,
     .max_bytes = 32,
     .usages = symmetric_usage,
     .encryption = symmetric_encryption},
    HMAC_SPEC(224, 28, 64),
    HMAC_SPEC(256, 32, 64),
    HMAC_SPEC(384, 48, 128),
    HMAC_SPEC(512, 64, 128),
    RSA_SPEC(2048),
    RSA_SPEC(3072),
    RSA_SPEC(4096),
    EC_SPEC("ECC_NIST_P256", "P-256", ec_usages, ecdsa_256, ecdh),
    EC_SPEC("ECC_NIST_P384", "P-384", ec_usages, ecdsa_384, ecdh),
    EC_SPEC("ECC_NIST_P521", "P-521", ec_usages, ecdsa_512, ecdh),
    EC_SPEC("ECC_SECG_P256K1", "secp256k1", sign_usage, ecdsa_256, NULL),
    EC_SPEC("ECC_NIST_EDWARDS25519", "ED25519", sign_usage, eddsa, NULL),
};

const struct kms_spec *kms_spec_find(struct np_str name)
{
    NP_EACH (s, specs)
        if (np_str_eq(name, np_str_of(s->name)))
            return s;
    return NULL;
}

bool kms_spec_has(const char *const *list, struct np_str what)
{
    for (; list != NULL && *list != NULL; list++)
        if (np_str_eq(np_str_of(*list), what))
            return true;
    return false;
}
