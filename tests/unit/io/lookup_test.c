/* SPDX-License-Identifier: Apache-2.0 */
/* lookup_test.c - records by the host's resolver, of a server that the test is. */
#include "test.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/buf.h"
#include "io/lookup.h"
#include "io/net.h"

/* --- messages --- */

static void put16(struct np_buf *b, unsigned v)
{
    np_buf_char(b, (char)(v >> 8));
    np_buf_char(b, (char)v);
}

static void put_name(struct np_buf *b, const char *name)
{
    struct np_str rest = np_str_of(name), label;
    while (np_str_split(&rest, '.', &label)) {
        np_buf_char(b, (char)label.n);
        np_buf_str_add(b, label);
    }
    np_buf_char(b, 0);
}

/* The head of an answer, up to the first record. */
static void begin(struct np_buf *b, unsigned id, unsigned rcode, const char *name, unsigned type,
                  unsigned answers)
{
    put16(b, id);
    put16(b, 0x8180 | rcode);
    put16(b, 1);
    put16(b, answers);
    put16(b, 0);
    put16(b, 0);
    put_name(b, name);
    put16(b, type);
    put16(b, 1);
}

static void put_record(struct np_buf *b, unsigned type, struct np_str rdata)
{
    put16(b, 0xc00c); /* the name that was asked for */
    put16(b, type);
    put16(b, 1);
    put16(b, 0);
    put16(b, 60);
    put16(b, (unsigned)rdata.n);
    np_buf_str_add(b, rdata);
}

NP_TEST(lookup_reads_records_as_text)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    struct np_strs out;
    struct np_err err = {0};
    np_buf_init(&b, a, 4096);
    begin(&b, 1, 0, "a.example", 257, 3);
    put_record(&b, 257, NP_STR("\0\5issueamazon.com"));
    put_record(&b, 257, NP_STR("\200\5issuea\"\\\1b"));
    put_record(&b, 5, NP_STR("\1b\300\016"));
    NP_CHECK(np_lookup_read(np_buf_str(&b), "CAA", a, &out, &err) == 0, "%s", err.text);
    NP_CHECK(out.n == 2);
    NP_CHECK_STR(out.v[0], NP_STR("0 issue \"amazon.com\""));
    NP_CHECK_STR(out.v[1], NP_STR("128 issue \"a\\\"\\\\\\001b\""));
    NP_CHECK(np_lookup_read(np_buf_str(&b), "CNAME", a, &out, &err) == 0 && out.n == 1);
    NP_CHECK_STR(out.v[0], NP_STR("b.example"));

    np_buf_clear(&b);
    begin(&b, 1, 0, "a.example", 257, 1);
    put_record(&b, 257, NP_STR("\0\11issue"));
    NP_CHECK(np_lookup_read(np_buf_str(&b), "CAA", a, &out, &err) == NP_EPROTO, "a long tag");
    NP_CHECK(np_lookup_read(NP_STR("none"), "CAA", a, &out, &err) == NP_EPROTO);
}

NP_TEST(lookup_takes_so_many_records)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    struct np_strs out;
    np_buf_init(&b, a, 1 << 16);
    begin(&b, 1, 0, "a.example", 257, NP_LOOKUP_RECORDS_MAX + 1);
    for (int i = 0; i <= NP_LOOKUP_RECORDS_MAX; i++)
        put_record(&b, 257, NP_STR("\0\5issuex"));
    NP_CHECK(np_lookup_read(np_buf_str(&b), "CAA", a, &out, NULL) == 0);
    NP_CHECK(out.n == NP_LOOKUP_RECORDS_MAX);
}

/* --- a server --- */

struct server {
    int fd;
    unsigned rcode;
    pthread_t thread;
};

/* One question, one answer: of a.example a CNAME. */
static void *serve(void *arg)
{
    struct server *s = arg;
    unsigned char q[512];
    struct sockaddr_in from;
    socklen_t len = sizeof(from);
    ssize_t n = recvfrom(s->fd, q, sizeof(q), 0, (struct sockaddr *)&from, &len);
    if (n < 12)
        return NULL;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    np_buf_init(&b, a, 512);
    begin(&b, (unsigned)(q[0] << 8 | q[1]), s->rcode, "a.example", 5, s->rcode == 0);
    if (s->rcode == 0)
        put_record(&b, 5, NP_STR("\1b\300\016"));
    sendto(s->fd, b.p, b.n, 0, (struct sockaddr *)&from, len);
    return NULL;
}

static int ask(unsigned rcode, struct np_arena *a, struct np_strs *out)
{
    struct server s = {.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), .rcode = rcode};
    struct np_addr at;
    struct np_err err = {0};
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &at, &err) == 0);
    NP_CHECK(bind(s.fd, &at.u.sa, at.len) == 0 && np_local_addr(s.fd, &at) == 0);
    NP_CHECK(pthread_create(&s.thread, NULL, serve, &s) == 0);
    int rc = np_lookup(NP_STR("a.example"), "CNAME", &at, a, out, &err);
    pthread_join(s.thread, NULL);
    close(s.fd);
    return rc;
}

NP_TEST(lookup_asks_a_server)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_strs out;
    NP_CHECK(ask(0, a, &out) == 0 && out.n == 1);
    NP_CHECK_STR(out.v[0], NP_STR("b.example"));
    NP_CHECK(ask(3, a, &out) == 0 && out.n == 0, "no such name");
}
