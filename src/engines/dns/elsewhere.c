/* SPDX-License-Identifier: Apache-2.0 */
/* elsewhere.c - a resolver's questions that only others can answer: kept until they have, then
 * answered in the words of the one who asked. */
#include "engines/dns/server_int.h"

#include "base/arena.h"
#include "base/auto.h"
#include "engines/dns/rdata.h"

static void reply(struct dns_wait *w, struct np_str message)
{
    if (w->tcp && w->conn != NULL)
        dns_tcp_send(w->conn, message);
    else if (!w->tcp)
        dns_udp_send(w->server, &w->from, message);
}

/* What is known here already, with that rcode. */
static void reply_part(struct dns_wait *w, unsigned rcode)
{
    w->part[3] = (uint8_t)((w->part[3] & 0xf0) | rcode);
    reply(w, np_str_n(w->part, w->part_n));
}

/* The bytes that one who asked by UDP takes. */
static size_t limit_of(const struct dns_wait *w)
{
    struct dns_query q;
    enum dns_rcode rcode;
    if (w->tcp)
        return NP_DNS_MESSAGE_MAX;
    if (dns_query_parse(w->query, w->query_n, &q, &rcode) != 0 || !q.edns ||
        q.udp_bytes < NP_DNS_UDP_MIN)
        return NP_DNS_UDP_MIN;
    return q.udp_bytes < NP_DNS_UDP_MAX ? q.udp_bytes : NP_DNS_UDP_MAX;
}

/* Its head and question, in the letters that they were sent in. */
static bool copy_question(const struct dns_wait *w, uint8_t *p, size_t n)
{
    struct dns_query ours;
    enum dns_rcode rcode;
    uint8_t name[NP_DNS_NAME_MAX + 1], lower[NP_DNS_NAME_MAX + 1];
    size_t name_n, step;
    if (n < DNS_HEADER || dns_query_parse(w->query, w->query_n, &ours, &rcode) != 0)
        return false;
    step = dns_name_read(p, n, DNS_HEADER, name, &name_n);
    np_dns_lower_copy(lower, name, step != 0 ? name_n : 0);
    if (dns_get16(p + 4) != 1 || step + 4u != ours.question_n || n < DNS_HEADER + step + 4 ||
        dns_get16(p + DNS_HEADER + step) != ours.type || name_n != ours.name_n ||
        memcmp(lower, ours.name, ours.name_n) != 0)
        return false;
    memcpy(p + DNS_HEADER, w->query + DNS_HEADER, ours.question_n);
    dns_put16(p, ours.id);
    p[2] = (uint8_t)((p[2] & ~(DNS_AA >> 8)) | (ours.flags >> 8 & (DNS_RD >> 8)));
    p[3] |= DNS_RA;
    return true;
}

/* The question's own answer, as it came. */
static void reply_whole(struct dns_wait *w, struct np_str message)
{
    NP_AUTO_HEAP uint8_t *p = np_heap_alloc(message.n + 1);
    memcpy(p, message.p, message.n);
    if (!copy_question(w, p, message.n)) {
        reply_part(w, DNS_SERVFAIL);
        return;
    }
    if (message.n <= limit_of(w)) {
        reply(w, np_str_n(p, message.n));
        return;
    }
    w->part[2] |= DNS_TC >> 8;
    reply_part(w, DNS_NOERROR);
}

/* Addresses at the end of a message's CNAMEs go behind those that led to it. */
static void reply_joined(struct dns_wait *w, struct np_str message)
{
    const uint8_t *p = (const uint8_t *)message.p;
    size_t at = DNS_HEADER, name_n, n = w->part_n, count = dns_get16(w->part + 6);
    uint8_t name[NP_DNS_NAME_MAX + 1];
    if (message.n < DNS_HEADER)
        return reply_part(w, DNS_SERVFAIL);
    at += dns_name_read(p, message.n, at, name, &name_n) + 4;
    for (unsigned i = dns_get16(p + 6); i > 0 && at < message.n; i--) {
        size_t step = dns_name_read(p, message.n, at, name, &name_n);
        if (step == 0 || message.n - at < step + 10)
            break;
        const uint8_t *rr = p + at + step;
        size_t rdata_n = dns_get16(rr + 8), size = w->missed.name_n + 10u + rdata_n;
        if (message.n - at - step - 10 < rdata_n)
            break;
        at += step + 10 + rdata_n;
        if (dns_get16(rr) != w->missed.type || w->missed.type != NP_DNS_A ||
            n + size > sizeof(w->part) || n + size > limit_of(w))
            continue;
        memcpy(w->part + n, w->missed.name, w->missed.name_n);
        memcpy(w->part + n + w->missed.name_n, rr, 10 + rdata_n);
        n += size;
        count++;
    }
    dns_put16(w->part + 6, (uint16_t)count);
    w->part_n = n;
    reply_part(w, DNS_NOERROR);
}

static void answered(void *x, int rc, struct np_str message)
{
    struct dns_wait *w = x;
    if (w->server != NULL) {
        np_list_remove(&w->node);
        w->server->n_waits--;
        if (rc == NP_ENOENT)
            reply_part(w, DNS_NXDOMAIN);
        else if (rc != 0)
            reply_part(w, DNS_SERVFAIL);
        else if (message.n == 0)
            reply_part(w, DNS_NOERROR);
        else if (dns_get16(w->part + 6) != 0)
            reply_joined(w, message);
        else
            reply_whole(w, message);
    }
    np_free(w);
}

/* The answers so far, without what stands behind them: more may follow. */
static size_t answers_only(uint8_t *p, size_t n)
{
    uint8_t name[NP_DNS_NAME_MAX + 1];
    size_t name_n, at = DNS_HEADER + dns_name_read(p, n, DNS_HEADER, name, &name_n) + 4;
    for (unsigned i = dns_get16(p + 6); i > 0; i--) {
        at += dns_name_read(p, n, at, name, &name_n);
        at += 10u + dns_get16(p + at + 8);
    }
    memset(p + 8, 0, 4);
    return at;
}

/* What a host's resolver could read otherwise than we do is not asked. */
static bool is_plain(struct np_str name)
{
    return name.n > 1 && np_str_chr(name, '\\') < 0;
}

struct dns_wait *dns_ask_elsewhere(struct np_dns_server *s, const struct np_addr *from, bool tcp,
                                   const struct np_dns_missed *missed, struct np_str query,
                                   struct np_str part)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str name = np_dns_name_text(np_str_n(missed->name, missed->name_n), a);
    if (s->n_waits >= NP_DNS_ELSEWHERE_MAX || query.n > NP_DNS_QUERY_MAX ||
        part.n > NP_DNS_UDP_MAX || !is_plain(name))
        return NULL;
    name.n--;
    struct dns_wait *w = np_heap_new(struct dns_wait);
    *w = (struct dns_wait){.server = s, .tcp = tcp, .from = *from, .missed = *missed};
    w->query_n = query.n;
    memcpy(w->query, query.p, query.n);
    memcpy(w->part, part.p, part.n);
    w->part_n = answers_only(w->part, part.n);
    np_list_append(&s->waits, &w->node);
    s->n_waits++;
    s->opts.elsewhere(s->opts.arg, s->loop, name, missed->type, answered, w);
    return w;
}

void dns_waits_end(struct np_dns_server *s)
{
    for (struct np_node *n; (n = np_list_pop(&s->waits)) != NULL;) {
        struct dns_wait *w = NP_CONTAINER(n, struct dns_wait, node);
        w->server = NULL;
        w->conn = NULL;
    }
}
