/* SPDX-License-Identifier: Apache-2.0 */
/* sign.c - DNSSEC in an answer: signatures made as it is put together, and denials that name
 * nothing but what was asked for (compact denial of existence, RFC 9824 without its NXNAME). */
#include "base/assert.h"
#include "base/auto.h"
#include "engines/dns/ask.h"
#include "engines/dns/rdata.h"
#include "engines/dns/signer_int.h"

#define HOUR_S      3600
#define VALID_S     (26 * HOUR_S)
#define TO_SIGN_MAX (1 << 24)
#define WINDOW      34 /* of a type bitmap: number, length, 256 bits */
#define WINDOWS     2  /* types below 512 */

/* Of this hour: the same signature serves until the next. */
static struct np_dns_sig_spec spec_of(const struct dns_ask *ask, struct np_str owner, uint16_t type,
                                      uint32_t ttl)
{
    const struct np_dns_signer *signer = ask->zone->info->signer;
    int64_t hour = ask->ctx->now_s - ask->ctx->now_s % HOUR_S;
    return (struct np_dns_sig_spec){
        .zone = ask->zone->info->name,
        .name = owner,
        .type = type,
        .ttl = ttl,
        .dnskey = signer->zsk_dnskey,
        .from_s = hour - HOUR_S,
        .to_s = hour - HOUR_S + VALID_S,
    };
}

void dns_put_signature(struct dns_ask *ask, enum dns_section s, const struct dns_owner *owner,
                       uint16_t type, uint32_t ttl, const struct np_strs *rdata)
{
    const struct np_dns_signer *signer = ask->zone->info->signer;
    if (ask->out.full || signer == NULL)
        return;
    struct np_dns_sig_spec spec = spec_of(ask, owner->name, type, ttl);
    uint8_t sig[DNS_HEADER + 8 + NP_DNS_NAME_MAX + NP_DNS_SIGNATURE];
    size_t head = dns_sig_head(&spec);
    np_assert(head + NP_DNS_SIGNATURE <= sizeof(sig));
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, TO_SIGN_MAX);
    dns_to_sign(&b, &spec, rdata->v, rdata->n);
    memcpy(sig, b.p, head);
    dns_sign(signer, ask->ctx->sigs, np_buf_str(&b), sig + head);
    dns_put_rr(&ask->out, s, owner, NP_DNS_RRSIG, ttl, np_str_n(sig, head + NP_DNS_SIGNATURE));
}

/* The name right behind this one: \000 below it, or, if that were too long, its first label with
 * one more at the end (RFC 4471). */
static size_t next_name(struct np_str name, uint8_t out[NP_DNS_NAME_MAX + 2])
{
    if (name.n + 2 <= NP_DNS_NAME_MAX) {
        out[0] = 1;
        out[1] = 0;
        memcpy(out + 2, name.p, name.n);
        return name.n + 2;
    }
    memcpy(out, name.p, name.n);
    size_t label = out[0];
    while (label > 1 && out[label] == 0xff)
        label--;
    /* Upper case is not there in canonical order. */
    out[label] = out[label] == 'A' - 1 ? 'Z' + 1 : (uint8_t)(out[label] + 1);
    size_t cut = out[0] - label;
    memmove(out + label + 1, out + label + 1 + cut, name.n - label - 1 - cut);
    out[0] = (uint8_t)label;
    return name.n - cut;
}

static void set_type(uint8_t bits[WINDOWS][32], uint16_t type)
{
    if (type < WINDOWS * 256)
        bits[type >> 8][(type & 255) / 8] |= (uint8_t)(0x80 >> (type & 7));
}

static void clear_type(uint8_t bits[WINDOWS][32], uint16_t type)
{
    if (type < WINDOWS * 256)
        bits[type >> 8][(type & 255) / 8] &= (uint8_t) ~(0x80 >> (type & 7));
}

static size_t put_bitmap(uint8_t bits[WINDOWS][32], uint8_t *out)
{
    size_t n = 0;
    for (unsigned w = 0; w < WINDOWS; w++) {
        uint8_t len = 32;
        while (len > 0 && bits[w][len - 1] == 0)
            len--;
        if (len == 0)
            continue;
        out[n] = (uint8_t)w;
        out[n + 1] = len;
        memcpy(out + n + 2, bits[w], len);
        n += len + 2u;
    }
    return n;
}

/* What is denied is not among them: an alias may lead to nothing, a policy to no record. */
static void types_of(const struct dns_ask *ask, const struct dns_item *item,
                     uint8_t bits[WINDOWS][32])
{
    bool cut = item != NULL && (item->flags & DNS_ITEM_CUT);
    for (unsigned i = 0; item != NULL && i < item->n; i++) {
        uint16_t type = dns_sets(item)[i].type;
        if (!cut || type == NP_DNS_NS || type == NP_DNS_DS)
            set_type(bits, type);
    }
    if (item != NULL && item->name_n == ask->zone->info->name.n)
        set_type(bits, NP_DNS_DNSKEY);
    if (!cut || ask->query->type == NP_DNS_DS)
        clear_type(bits, ask->query->type);
    clear_type(bits, NP_DNS_CNAME);
    set_type(bits, NP_DNS_RRSIG);
    set_type(bits, NP_DNS_NSEC);
}

void dns_put_nsec(struct dns_ask *ask, enum dns_section s, const struct dns_owner *owner,
                  const struct dns_item *item, uint32_t ttl)
{
    uint8_t bits[WINDOWS][32] = {{0}};
    uint8_t rdata[NP_DNS_NAME_MAX + 2 + WINDOWS * WINDOW];
    types_of(ask, item, bits);
    size_t n = next_name(owner->name, rdata);
    n += put_bitmap(bits, rdata + n);
    struct np_str one = np_str_n(rdata, n);
    dns_put_rr(&ask->out, s, owner, NP_DNS_NSEC, ttl, one);
    dns_put_signature(ask, s, owner, NP_DNS_NSEC, ttl, &(struct np_strs){&one, 1, true});
}

bool dns_put_dnskeys(struct dns_ask *ask)
{
    const struct np_dns_signer *signer = ask->zone->info->signer;
    if (signer == NULL)
        return false;
    const struct dns_owner owner = {ask->zone->info->name, DNS_HEADER};
    for (size_t i = 0; i < signer->n_dnskeys; i++)
        dns_put_rr(&ask->out, DNS_ANSWER, &owner, NP_DNS_DNSKEY, signer->dnskey_ttl,
                   signer->dnskeys[i]);
    for (size_t i = 0; ask->sign && i < signer->n_dnskey_rrsigs; i++)
        dns_put_rr(&ask->out, DNS_ANSWER, &owner, NP_DNS_RRSIG, signer->dnskey_ttl,
                   signer->dnskey_rrsigs[i]);
    return true;
}
