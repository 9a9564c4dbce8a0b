/* SPDX-License-Identifier: Apache-2.0 */
/* sign_test.c - DNSSEC: keys, what is signed, answers with their signatures, denials. */
#include "dns_test.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/enc.h"
#include "engines/dns/signer_int.h"

/* The example of RFC 6605, 6.1. */
#define RFC_PRIVATE "GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ="
#define RFC_PUBLIC                                                                                 \
    "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA=="
#define RFC_SIGNATURE                                                                              \
    "qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw=="
#define RFC_DS "d9600d02b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17"

static struct np_str unbase64(struct np_arena *a, const char *text)
{
    return np_unbase64(a, np_str_of(text));
}

static struct np_dns_signer *signer_of(struct np_str zone, const uint8_t *secret,
                                       const struct np_str *dnskeys, size_t n_dnskeys,
                                       const struct np_str *sigs, size_t n_sigs)
{
    struct np_dns_signer *s;
    struct np_dns_signer_opts o = {.zone = zone,
                                   .zsk_private = secret,
                                   .dnskeys = dnskeys,
                                   .n_dnskeys = n_dnskeys,
                                   .dnskey_rrsigs = sigs,
                                   .n_dnskey_rrsigs = n_sigs,
                                   .dnskey_ttl = 3600};
    NP_CHECK(np_dns_signer_new(&o, &s, NULL) == 0);
    return s;
}

static bool verifies(EVP_PKEY *key, struct np_str text, const uint8_t signature[NP_DNS_SIGNATURE])
{
    unsigned char *der = NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    ECDSA_SIG_set0(sig, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL));
    int n = i2d_ECDSA_SIG(sig, &der);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestVerify(ctx, der, (size_t)n, (const unsigned char *)text.p, text.n) == 1;
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);
    ECDSA_SIG_free(sig);
    return ok;
}

NP_TEST(dnssec_known_answers)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str zone, www = {0}, secret = unbase64(a, RFC_PRIVATE);
    NP_CHECK(np_dns_name_of(NP_STR("example.net"), a, &zone, NULL) == 0 &&
             np_dns_name_of(NP_STR("www.example.net"), a, &www, NULL) == 0);
    struct np_dns_signer *s = signer_of(zone, (const uint8_t *)secret.p, NULL, 0, NULL, 0);
    struct np_str public_key = unbase64(a, RFC_PUBLIC);
    NP_CHECK_STR(np_str_sub(s->zsk_dnskey, 4, 64), public_key);
    struct np_str dnskey = np_dns_dnskey(a, NP_DNS_FLAGS_KSK, (const uint8_t *)public_key.p);
    NP_CHECK(np_dns_key_tag(dnskey) == 55648);
    NP_CHECK_STR(np_hex_str(a, np_dns_ds(a, zone, dnskey)), NP_STR(RFC_DS));
    struct np_dns_sig_spec spec = {.zone = zone,
                                   .name = www,
                                   .type = NP_DNS_A,
                                   .ttl = 3600,
                                   .dnskey = dnskey,
                                   .from_s = 1281607479,
                                   .to_s = 1284026679};
    struct np_str rdata = NP_STR("\300\0\2\1");
    struct np_str text = np_dns_to_sign(a, &spec, &rdata, 1);
    struct np_str signature = unbase64(a, RFC_SIGNATURE);
    NP_CHECK(verifies(s->zsk, text, (const uint8_t *)signature.p));
    struct np_str rrsig = np_dns_rrsig(a, &spec, (const uint8_t *)signature.p);
    NP_CHECK(np_str_starts(text, np_str_sub(rrsig, 0, rrsig.n - NP_DNS_SIGNATURE)));
    np_dns_signer_unref(s);
}

NP_TEST(dnssec_keys_in_other_forms)
{
    uint8_t secret[NP_DNS_PRIVATE_KEY], public_key[NP_DNS_PUBLIC_KEY], got[NP_DNS_PUBLIC_KEY];
    np_dns_key_new(secret, public_key);
    struct np_dns_signer *s = signer_of(NP_STR("\0"), secret, NULL, 0, NULL, 0);
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(s->zsk, &der);
    NP_CHECK(np_dns_public_of_der(np_str_n(der, (size_t)n), got, NULL) == 0 &&
             memcmp(got, public_key, sizeof(got)) == 0);
    struct np_err err = {0};
    NP_CHECK(np_dns_public_of_der(np_str_n(der, (size_t)n - 1), got, &err) == NP_EINVAL);
    OPENSSL_free(der);
    EVP_PKEY *other = EVP_EC_gen("secp384r1");
    der = NULL;
    n = i2d_PUBKEY(other, &der);
    NP_CHECK(np_dns_public_of_der(np_str_n(der, (size_t)n), got, &err) == NP_EINVAL);
    OPENSSL_free(der);
    EVP_PKEY_free(other);
    NP_CHECK(np_dns_signature_of_der(NP_STR("0\6\2\1\1\2\1\2"), got, NULL) == 0 && got[31] == 1 &&
             got[63] == 2);
    NP_CHECK(np_dns_signature_of_der(NP_STR("0\6\2\1\1\2\1"), got, &err) == NP_EINVAL);
    np_dns_signer_unref(s);
    uint8_t zero[NP_DNS_PRIVATE_KEY] = {0};
    NP_CHECK(
        np_dns_signer_new(&(struct np_dns_signer_opts){.zone = NP_STR("\0"), .zsk_private = zero},
                          &s, &err) == NP_EINVAL);
}

/* --- answers --- */

struct signed_zone {
    struct rig r;
    struct np_dns_signer *signer, *ksk;
};

static void signed_init(struct signed_zone *z)
{
    struct rig *r = &z->r;
    uint8_t secret[2][NP_DNS_PRIVATE_KEY], public_key[2][NP_DNS_PUBLIC_KEY];
    rig_init(r);
    rig_example(r);
    struct np_str zone = rig_name(r, "example.com");
    for (int i = 0; i < 2; i++)
        np_dns_key_new(secret[i], public_key[i]);
    struct np_str dnskeys[] = {np_dns_dnskey(r->arena, NP_DNS_FLAGS_KSK, public_key[0]),
                               np_dns_dnskey(r->arena, NP_DNS_FLAGS_ZSK, public_key[1])};
    z->ksk = signer_of(zone, secret[0], NULL, 0, NULL, 0);
    struct np_dns_sig_spec spec = {.zone = zone,
                                   .name = zone,
                                   .type = NP_DNS_DNSKEY,
                                   .ttl = 3600,
                                   .dnskey = dnskeys[0],
                                   .from_s = r->ctx.now_s - 3600,
                                   .to_s = r->ctx.now_s + 86400};
    uint8_t signature[NP_DNS_SIGNATURE];
    dns_sign(z->ksk, NULL, np_dns_to_sign(r->arena, &spec, dnskeys, 2), signature);
    struct np_str rrsig = np_dns_rrsig(r->arena, &spec, signature);
    z->signer = signer_of(zone, secret[1], dnskeys, 2, &rrsig, 1);
    rig_begin(r);
    np_dns_zone_put(r->change,
                    &(struct np_dns_zone){.id = NP_STR("Z1"), .name = zone, .signer = z->signer});
    rig_remove(r, "Z1", "example.com", "NS", NULL);
    rig_commit(r);
}

static void signed_fini(struct signed_zone *z)
{
    np_dns_signer_unref(z->signer);
    np_dns_signer_unref(z->ksk);
    rig_fini(&z->r);
}

struct rr {
    struct np_str name, rdata;
    uint16_t type;
    uint32_t ttl;
};

static size_t read_all(struct rig *r, struct rr *v, size_t most)
{
    size_t at = DNS_HEADER + np_dns_name_len(r->out + DNS_HEADER, r->out_n) + 4, n = 0;
    size_t total = dns_get16(r->out + 6) + dns_get16(r->out + 8);
    for (; n < total && n < most; n++) {
        uint8_t name[NP_DNS_NAME_MAX + 1], lower[NP_DNS_NAME_MAX + 1];
        size_t name_n;
        at += dns_name_read(r->out, r->out_n, at, name, &name_n);
        np_dns_lower_copy(lower, name, name_n);
        uint16_t type = dns_get16(r->out + at);
        size_t len = dns_get16(r->out + at + 8);
        v[n] = (struct rr){np_str_dup(r->arena, np_str_n(lower, name_n)),
                           rig_rdata(r, type, at + 10, len), type, dns_get32(r->out + at + 4)};
        at += 10 + len;
    }
    return n;
}

static int by_rdata(const void *x, const void *y)
{
    return np_str_cmp(((const struct rr *)x)->rdata, ((const struct rr *)y)->rdata);
}

/* RFC 4034, 3.1.8.1, built anew of the message; names in data are in lower case in these tests. */
static bool holds(struct signed_zone *z, const struct rr *sig, const struct rr *v, size_t n)
{
    struct np_buf b;
    np_buf_init(&b, z->r.arena, 1 << 20);
    const uint8_t *p = (const uint8_t *)sig->rdata.p;
    np_buf_str_add(&b, np_str_sub(sig->rdata, 0, sig->rdata.n - NP_DNS_SIGNATURE));
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].type != dns_get16(p) || !np_str_eq(v[i].name, sig->name))
            continue;
        uint8_t fixed[10];
        dns_put16(fixed, v[i].type);
        dns_put16(fixed + 2, DNS_CLASS_IN);
        dns_put32(fixed + 4, dns_get32(p + 4));
        dns_put16(fixed + 8, (uint16_t)v[i].rdata.n);
        np_buf_str_add(&b, v[i].name);
        np_buf_add(&b, fixed, sizeof(fixed));
        np_buf_str_add(&b, v[i].rdata);
        NP_CHECK(v[i].ttl == dns_get32(p + 4));
        found++;
    }
    struct np_dns_signer *by = dns_get16(p) == NP_DNS_DNSKEY ? z->ksk : z->signer;
    NP_CHECK(dns_get32(p + 8) > z->r.ctx.now_s && dns_get32(p + 12) < z->r.ctx.now_s);
    return found > 0 && verifies(by->zsk, np_buf_str(&b), p + sig->rdata.n - NP_DNS_SIGNATURE);
}

/* The answer, after each signature in it was checked, and each set has one. */
static struct np_str ask(struct signed_zone *z, const char *name, const char *type)
{
    static struct rr v[2000];
    struct np_str text = rig_ask(&z->r, name, type, RIG_DNSSEC | RIG_TCP);
    size_t n = read_all(&z->r, v, NP_LEN(v));
    qsort(v, n, sizeof(v[0]), by_rdata);
    for (size_t i = 0; i < n; i++) {
        bool is_signed = v[i].type == NP_DNS_RRSIG;
        if (is_signed)
            NP_CHECK(holds(z, &v[i], v, n), "%s %s: %.*s", name, type, NP_FMT(text));
        for (size_t k = 0; k < n && !is_signed; k++)
            is_signed = v[k].type == NP_DNS_RRSIG && np_str_eq(v[k].name, v[i].name) &&
                        dns_get16((const uint8_t *)v[k].rdata.p) == v[i].type;
        NP_CHECK(is_signed || v[i].type == NP_DNS_NS, "%s %s: %.*s", name, type, NP_FMT(text));
    }
    ptrdiff_t opt = np_str_find(text, NP_STR("++\n"));
    return np_str_sub(text, 0, opt >= 0 ? (size_t)opt : text.n);
}

#define SIGNED_SOA RIG_SOA "example.com. 60 RRSIG SOA\n"

NP_TEST(dnssec_answers_are_signed_as_they_are_given)
{
    struct signed_zone z;
    signed_init(&z);
    rig_begin(&z.r);
    rig_put(&z.r, "Z1", "multi.example.com", "A", "192.0.2.9\n192.0.2.10\n192.0.2.1");
    rig_put(&z.r, "Z1", "example.com", "MX", "10 MAIL.example.com");
    rig_put(&z.r, "Z1", "c.example.com", "CNAME", "www.example.com");
    rig_put(&z.r, "Z1", "*.w.example.com", "TXT", "\"wild\"");
    rig_commit(&z.r);
    NP_CHECK_STR(rig_ask(&z.r, "www.example.com", "A", 0),
                 NP_STR("NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n"));
    NP_CHECK_STR(ask(&z, "wWw.example.com", "A"),
                 NP_STR("NOERROR aa\nwWw.example.com. 300 A 192.0.2.1\n"
                        "wWw.example.com. 300 RRSIG A\n"));
    ask(&z, "multi.example.com", "A");
    NP_CHECK_STR(ask(&z, "c.example.com", "A"),
                 NP_STR("NOERROR aa\nc.example.com. 300 CNAME www.example.com.\n"
                        "c.example.com. 300 RRSIG CNAME\nwww.example.com. 300 A 192.0.2.1\n"
                        "www.example.com. 300 RRSIG A\n"));
    /* Of a wildcard the name itself is signed: nothing has to be proven beside it. */
    NP_CHECK_STR(ask(&z, "x.w.example.com", "TXT"),
                 NP_STR("NOERROR aa\nx.w.example.com. 300 TXT \"wild\"\n"
                        "x.w.example.com. 300 RRSIG TXT\n"));
    struct np_str keys = ask(&z, "example.com", "DNSKEY");
    NP_CHECK(dns_get16(z.r.out + 6) == 3, "%.*s", NP_FMT(keys));
    rig_ask(&z.r, "example.com", "DNSKEY", 0);
    NP_CHECK(dns_get16(z.r.out + 6) == 2);
    signed_fini(&z);
}

NP_TEST(dnssec_signed_data_has_its_names_in_lower_case)
{
    struct signed_zone z;
    signed_init(&z);
    struct np_str zone = rig_name(&z.r, "example.com"), upper, lower = {0};
    NP_CHECK(np_dns_rdata_of(NP_DNS_MX, NP_STR("10 MAIL.a"), z.r.arena, &upper, NULL) == 0 &&
             np_dns_rdata_of(NP_DNS_MX, NP_STR("10 mail.a"), z.r.arena, &lower, NULL) == 0);
    struct np_dns_sig_spec spec = {
        .zone = zone, .name = zone, .type = NP_DNS_MX, .dnskey = z.signer->zsk_dnskey};
    NP_CHECK_STR(np_dns_to_sign(z.r.arena, &spec, &upper, 1),
                 np_dns_to_sign(z.r.arena, &spec, &lower, 1));
    spec.type = NP_DNS_NAPTR;
    NP_CHECK(np_dns_rdata_of(NP_DNS_NAPTR, NP_STR("1 2 \"U\" \"E\" \"!a!\" Repl.A"), z.r.arena,
                             &upper, NULL) == 0);
    NP_CHECK(np_str_ends(np_dns_to_sign(z.r.arena, &spec, &upper, 1), NP_STR("\4repl\1a\0")));
    /* Records that are the same stand once. */
    struct np_str twice[] = {lower, lower};
    spec.type = NP_DNS_MX;
    NP_CHECK_STR(np_dns_to_sign(z.r.arena, &spec, twice, 2),
                 np_dns_to_sign(z.r.arena, &spec, &lower, 1));
    signed_fini(&z);
}

NP_TEST(dnssec_denials_say_no_such_type)
{
    struct signed_zone z;
    signed_init(&z);
    rig_begin(&z.r);
    rig_put(&z.r, "Z1", "www.example.com", "CAA", "0 issue \";\"");
    rig_put(&z.r, "Z1", "a.ent.example.com", "A", "192.0.2.1");
    rig_commit(&z.r);
    NP_CHECK_STR(rig_ask(&z.r, "no.example.com", "A", 0), NP_STR("NXDOMAIN aa\n" RIG_SOA));
    NP_CHECK_STR(ask(&z, "no.example.com", "A"),
                 NP_STR("NOERROR aa\n" SIGNED_SOA
                        "no.example.com. 60 TYPE47 \\000.no.example.com. RRSIG NSEC\n"
                        "no.example.com. 60 RRSIG TYPE47\n"));
    NP_CHECK_STR(ask(&z, "www.example.com", "AAAA"),
                 NP_STR("NOERROR aa\n" SIGNED_SOA
                        "www.example.com. 60 TYPE47 \\000.www.example.com. A RRSIG NSEC CAA\n"
                        "www.example.com. 60 RRSIG TYPE47\n"));
    NP_CHECK_STR(ask(&z, "ent.example.com", "A"),
                 NP_STR("NOERROR aa\n" SIGNED_SOA
                        "ent.example.com. 60 TYPE47 \\000.ent.example.com. RRSIG NSEC\n"
                        "ent.example.com. 60 RRSIG TYPE47\n"));
    NP_CHECK_STR(ask(&z, "example.com", "TXT"),
                 NP_STR("NOERROR aa\n" SIGNED_SOA
                        "example.com. 60 TYPE47 \\000.example.com. SOA RRSIG NSEC DNSKEY\n"
                        "example.com. 60 RRSIG TYPE47\n"));
    NP_CHECK_STR(ask(&z, "www.example.com", "NSEC"),
                 NP_STR("NOERROR aa\n"
                        "www.example.com. 60 TYPE47 \\000.www.example.com. A RRSIG NSEC CAA\n"
                        "www.example.com. 60 RRSIG TYPE47\n"));
    signed_fini(&z);
}

NP_TEST(dnssec_delegations_with_and_without_ds)
{
    struct signed_zone z;
    signed_init(&z);
    rig_begin(&z.r);
    rig_put(&z.r, "Z1", "safe.example.com", "NS", "ns.example.org");
    rig_put(&z.r, "Z1", "safe.example.com", "DS", "1 13 3 00");
    rig_put(&z.r, "Z1", "open.example.com", "NS", "ns.example.org");
    rig_put(&z.r, "Z1", "open.example.com", "TXT", "\"hidden\"");
    rig_commit(&z.r);
    NP_CHECK_STR(ask(&z, "x.safe.example.com", "A"),
                 NP_STR("NOERROR\n--\nsafe.example.com. 300 NS ns.example.org.\n"
                        "safe.example.com. 300 DS 1 13 3 00\nsafe.example.com. 300 RRSIG DS\n"));
    NP_CHECK_STR(ask(&z, "open.example.com", "TXT"),
                 NP_STR("NOERROR\n--\nopen.example.com. 300 NS ns.example.org.\n"
                        "open.example.com. 60 TYPE47 \\000.open.example.com. NS RRSIG NSEC\n"
                        "open.example.com. 60 RRSIG TYPE47\n"));
    NP_CHECK_STR(ask(&z, "safe.example.com", "DS"),
                 NP_STR("NOERROR aa\nsafe.example.com. 300 DS 1 13 3 00\n"
                        "safe.example.com. 300 RRSIG DS\n"));
    NP_CHECK_STR(ask(&z, "open.example.com", "DS"),
                 NP_STR("NOERROR aa\n" SIGNED_SOA
                        "open.example.com. 60 TYPE47 \\000.open.example.com. NS RRSIG NSEC\n"
                        "open.example.com. 60 RRSIG TYPE47\n"));
    signed_fini(&z);
}

NP_TEST(dnssec_many_records_of_one_set)
{
    struct signed_zone z;
    struct np_buf values;
    signed_init(&z);
    rig_begin(&z.r);
    for (int i = 0; i < 3; i++) {
        char id[] = {(char)('a' + i), 0};
        np_buf_init(&values, z.r.arena, 1 << 16);
        for (int k = 0; k < 400; k++)
            np_buf_printf(&values, "%s10.%d.%d.%d", k > 0 ? "\n" : "", i, k >> 8, k & 255);
        np_buf_char(&values, '\0');
        rig_put_set(&z.r, "Z1", "many.example.com", "A", values.p,
                    (struct np_dns_rrset){.set_id = np_str_of(id), .policy = NP_DNS_MULTIVALUE});
    }
    rig_commit(&z.r);
    ask(&z, "many.example.com", "A");
    NP_CHECK(dns_get16(z.r.out + 6) == 1201);
    signed_fini(&z);
}

NP_TEST(dnssec_ds_is_the_parents)
{
    struct signed_zone z;
    signed_init(&z);
    rig_begin(&z.r);
    rig_put(&z.r, "Z1", "sub.example.com", "NS", "ns.example.org");
    rig_put(&z.r, "Z1", "sub.example.com", "DS", "1 13 3 00");
    rig_zone(&z.r, "Z2", "sub.example.com", NULL);
    rig_put(&z.r, "Z2", "sub.example.com", "SOA", "a. b. 1 2 3 4 5");
    rig_commit(&z.r);
    NP_CHECK_STR(ask(&z, "sub.example.com", "DS"),
                 NP_STR("NOERROR aa\nsub.example.com. 300 DS 1 13 3 00\n"
                        "sub.example.com. 300 RRSIG DS\n"));
    NP_CHECK_STR(rig_ask(&z.r, "sub.example.com", "SOA", 0),
                 NP_STR("NOERROR aa\nsub.example.com. 300 SOA a. b. 1 2 3 4 5\n"));
    rig_begin(&z.r);
    np_dns_zone_remove(z.r.change, NP_STR("Z1"));
    rig_commit(&z.r);
    NP_CHECK_STR(rig_ask(&z.r, "sub.example.com", "DS", 0),
                 NP_STR("NOERROR aa\n--\nsub.example.com. 5 SOA a. b. 1 2 3 4 5\n"));
    signed_fini(&z);
}

NP_TEST(dnssec_the_name_behind_the_longest)
{
    struct signed_zone z;
    struct np_buf b;
    signed_init(&z);
    np_buf_init(&b, z.r.arena, 1000);
    for (int i = 0; i < 3; i++) /* 3 * 64 + 50 + 13 bytes: 255 */
        np_buf_printf(&b, "%063d.", i);
    np_buf_printf(&b, "%048dZ.example.com", 0);
    np_buf_char(&b, '\0');
    struct np_str got = ask(&z, b.p, "A");
    NP_CHECK(np_str_find(got, NP_STR("0001.")) > 0);
    struct np_str next = np_str_printf(z.r.arena, " %062d1.%063d.", 0, 1);
    NP_CHECK(np_str_find(got, next) > 0, "%.*s", NP_FMT(got));
    signed_fini(&z);
}

NP_TEST(dnssec_signatures_are_remembered)
{
    struct signed_zone z;
    uint8_t first[512];
    signed_init(&z);
    z.r.ctx.sigs = np_dns_sigs_new();
    ask(&z, "www.example.com", "A");
    size_t n = z.r.out_n;
    memcpy(first, z.r.out, n);
    ask(&z, "www.example.com", "A");
    NP_CHECK(z.r.out_n == n && memcmp(first, z.r.out, n) == 0);
    z.r.ctx.now_s += 3600; /* another validity */
    ask(&z, "www.example.com", "A");
    NP_CHECK(memcmp(first, z.r.out, n) != 0);
    np_dns_sigs_free(z.r.ctx.sigs);
    signed_fini(&z);
}
