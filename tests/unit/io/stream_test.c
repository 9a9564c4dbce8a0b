/* SPDX-License-Identifier: Apache-2.0 */
/* stream_test.c - streams over loopback and socketpairs, plain and TLS. */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "io/file.h"
#include "io/stream.h"
#include "io/tls_int.h"

/* --- two ends --- */

struct end {
    struct np_stream *s;
    struct np_str to_send;
    size_t sent;
    int file; /* if not -1: sent after to_send, file_n bytes of it */
    off_t file_off;
    size_t file_n;
    bool shutdown_after; /* when all is sent */
    bool close_on_event;
    struct np_buf got;
    bool eof, up;
    int rc; /* of the first failed call */
    unsigned events;
    int writables;
};

static void end_init(struct end *e)
{
    *e = (struct end){.file = -1};
    np_buf_init(&e->got, NULL, 64u << 20);
}

static void end_fini(struct end *e)
{
    np_stream_close(e->s);
    np_buf_fini(&e->got);
}

static void end_read(struct end *e)
{
    char buf[5000];
    ssize_t n;
    while (!e->eof && (n = np_stream_read(e->s, buf, sizeof(buf))) != NP_EAGAIN) {
        if (n < 0) {
            e->rc = (int)n;
            return;
        }
        e->eof = n == 0;
        np_buf_add(&e->got, buf, (size_t)n);
    }
}

/* The next write: the text in two pieces, a short and a long one, then the file. */
static ssize_t end_write_some(struct end *e)
{
    size_t left = e->to_send.n - e->sent;
    if (left == 0)
        return np_stream_sendfile(e->s, e->file, &e->file_off, e->file_n - (size_t)e->file_off);
    char *p = (char *)(uintptr_t)e->to_send.p + e->sent;
    size_t first = left < 100 ? left : 100;
    struct iovec iov[] = {{p, first}, {p, 0}, {p + first, left - first}};
    ssize_t n = np_stream_writev(e->s, iov, 3);
    if (n > 0)
        e->sent += (size_t)n;
    return n;
}

static bool end_all_sent(const struct end *e)
{
    return e->sent == e->to_send.n && (e->file < 0 || (size_t)e->file_off == e->file_n);
}

static void end_write(struct end *e)
{
    while (!end_all_sent(e)) {
        ssize_t n = end_write_some(e);
        if (n == NP_EAGAIN)
            return;
        if (n < 0) {
            e->rc = (int)n;
            return;
        }
    }
    if (e->shutdown_after)
        np_stream_shutdown(e->s);
}

static void on_end(void *arg, unsigned events)
{
    struct end *e = arg;
    e->events |= events;
    if (e->close_on_event) {
        np_stream_close(e->s);
        e->s = NULL;
        return;
    }
    if (events & NP_WRITABLE) {
        e->up = true;
        e->writables++;
        end_write(e);
    }
    if (e->rc == 0 && events & NP_READABLE)
        end_read(e);
}

/* --- the set --- */

struct set {
    struct np_loop *l;
    struct np_ca *ca;
    struct np_tls *server, *client;
    struct end a, b; /* a connects, b accepts */
    int raw[2];      /* with relay(): the far ends of the socketpairs */
};

static void set_init(struct set *t, bool tls)
{
    *t = (struct set){.raw = {-1, -1}};
    signal(SIGPIPE, SIG_IGN); /* as main() does: sendfile() has no flag for it */
    struct np_err err = {0};
    NP_CHECK(np_loop_new(&t->l, &err) == 0);
    end_init(&t->a);
    end_init(&t->b);
    if (!tls)
        return;
    t->ca = np_ca_new(np_str_of(np_test_dir()));
    NP_CHECK(np_ca_load(t->ca, &err) == 0, "%s", err.text);
    NP_CHECK(np_tls_server_new(&(struct np_tls_server_opts){.ca = t->ca}, &t->server, &err) == 0,
             "%s", err.text);
    NP_CHECK(np_tls_client(t->ca, false, &t->client, &err) == 0, "%s", err.text);
}

static void set_fini(struct set *t)
{
    end_fini(&t->a);
    end_fini(&t->b);
    np_tls_free(t->server);
    np_tls_free(t->client);
    np_ca_free(t->ca);
    np_loop_free(t->l);
    for (int i = 0; i < 2; i++) {
        if (t->raw[i] >= 0)
            close(t->raw[i]);
    }
}

static void start_a(struct set *t, int fd, struct np_tls *client, struct np_str name)
{
    struct np_err err = {0};
    NP_CHECK(np_stream_connect(t->l, fd, client, name, on_end, &t->a, &t->a.s, &err) == 0, "%s",
             err.text);
}

static void start_b(struct set *t, int fd)
{
    struct np_err err = {0};
    NP_CHECK(np_stream_accept(t->l, fd, t->server, on_end, &t->b, &t->b.s, &err) == 0, "%s",
             err.text);
}

/* Connects a to b over loopback. */
static void join(struct set *t, struct np_tls *client, struct np_str name)
{
    struct np_addr at;
    NP_AUTO_FD fd = -1;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &at, NULL) == 0);
    NP_CHECK(np_listen_tcp(&at, false, &fd, NULL) == 0 && np_local_addr(fd, &at) == 0);
    struct np_str rule = NP_STR("127.0.0.0/8");
    struct np_strs rules = {&rule, 1, true};
    struct np_egress *e;
    int to = -1;
    NP_CHECK(np_egress_new(&rules, &e, NULL) == 0 && np_dial(e, "test", &at, &to, NULL) == 0);
    np_egress_free(e);
    start_a(t, to, client, name);
    int from = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    NP_CHECK(from >= 0, "loopback connects at once");
    start_b(t, from);
}

/* a and b on two socketpairs; the test carries the bytes between raw[0] and raw[1]. */
static void join_by_hand(struct set *t, struct np_tls *client, struct np_str name)
{
    int p[2], q[2];
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, p) == 0);
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, q) == 0);
    t->raw[0] = p[1];
    t->raw[1] = q[1];
    start_a(t, p[0], client, name);
    start_b(t, q[0]);
}

/* Carries at most n bytes from one raw end to the other. */
static ssize_t carry(int from, int to, size_t n)
{
    char buf[1000];
    ssize_t got = read(from, buf, n < sizeof(buf) ? n : sizeof(buf));
    if (got > 0)
        NP_CHECK(write(to, buf, (size_t)got) == got);
    return got;
}

#define TURN_UNTIL(t, cond)                                                                        \
    do {                                                                                           \
        np_loop_turn((t)->l, 5000);                                                                \
    } while (!(cond))

static struct np_str pattern(struct np_arena *a, size_t n)
{
    char *p = np_alloc(a, n);
    uint64_t x = 1;
    for (size_t i = 0; i < n; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        p[i] = (char)(x >> 56);
    }
    p[0] = 'x'; /* not the first byte of TLS */
    return np_str_n(p, n);
}

static int pattern_file(struct np_arena *a, struct np_str bytes)
{
    struct np_str path = np_str_printf(a, "%s/pattern", np_test_dir());
    NP_CHECK(np_file_write(path, bytes, 0600, NULL) == 0);
    int fd = open(np_str_z(a, path), O_RDONLY | O_CLOEXEC);
    NP_CHECK(fd >= 0);
    return fd;
}

/* --- the same for both transports --- */

static void check_both_ways(bool tls)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct set t;
    set_init(&t, tls);
    join(&t, t.client, NP_STR("localhost"));
    t.a.to_send = NP_STR("hello");
    t.b.to_send = NP_STR("and back");
    TURN_UNTIL(&t, t.b.got.n == 5);
    NP_CHECK(!(t.b.events & NP_WRITABLE), "nobody waited for it");
    NP_CHECK_STR(np_buf_str(&t.b.got), NP_STR("hello"));
    NP_CHECK(np_stream_is_tls(t.a.s) == tls && np_stream_is_tls(t.b.s) == tls);
    end_write(&t.b);
    TURN_UNTIL(&t, t.a.got.n == 8);
    NP_CHECK_STR(np_buf_str(&t.a.got), NP_STR("and back"));
    NP_CHECK(np_addr_is_loopback(np_stream_peer(t.b.s)));
    NP_CHECK_STR(np_addr_text(a, np_stream_peer(t.a.s)), np_addr_text(a, np_stream_local(t.b.s)));
    NP_CHECK_STR(np_addr_text(a, np_stream_peer(t.b.s)), np_addr_text(a, np_stream_local(t.a.s)));
    if (tls)
        NP_CHECK_STR(np_stream_sni(t.b.s), NP_STR("localhost"));
    else
        NP_CHECK(np_stream_sni(t.b.s).p == NULL);
    NP_CHECK(np_stream_error(t.a.s, NULL) == 0);
    set_fini(&t);
}

NP_TEST(plain_bytes_go_both_ways)
{
    check_both_ways(false);
}
NP_TEST(tls_bytes_go_both_ways)
{
    check_both_ways(true);
}

/* More than the socket takes, so that writes wait; then one end ends and still receives. */
static void check_much_and_half_close(bool tls, int max_version, uint8_t fragment)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct set t;
    set_init(&t, tls);
    if (tls) {
        NP_CHECK(SSL_CTX_set_max_proto_version(t.client->ctx, max_version) == 1);
        NP_CHECK(SSL_CTX_set_tlsext_max_fragment_length(t.client->ctx, fragment) == 1);
    }
    struct np_str much = pattern(a, 9000001);
    join(&t, t.client, NP_STR("localhost"));
    t.a.to_send = much;
    t.a.shutdown_after = true;
    TURN_UNTIL(&t, t.b.eof || t.b.rc != 0);
    NP_CHECK(t.b.rc == 0 && t.a.rc == 0);
    NP_CHECK(np_str_eq(np_buf_str(&t.b.got), much));
    NP_CHECK(t.a.writables > 1, "it had to wait at least once");
    t.b.to_send = NP_STR("reply to a half-closed peer");
    t.b.shutdown_after = true;
    end_write(&t.b);
    TURN_UNTIL(&t, t.a.eof || t.a.rc != 0);
    NP_CHECK(t.a.rc == 0);
    NP_CHECK_STR(np_buf_str(&t.a.got), NP_STR("reply to a half-closed peer"));
    set_fini(&t);
}

NP_TEST(plain_much_data_then_half_close)
{
    check_much_and_half_close(false, 0, 0);
}
NP_TEST(tls_much_data_then_half_close)
{
    check_much_and_half_close(true, TLS1_3_VERSION, TLSEXT_max_fragment_length_DISABLED);
}
NP_TEST(tls_1_2_much_data_then_half_close)
{
    check_much_and_half_close(true, TLS1_2_VERSION, TLSEXT_max_fragment_length_DISABLED);
}
NP_TEST(tls_with_small_records_much_data_then_half_close)
{
    check_much_and_half_close(true, TLS1_3_VERSION, TLSEXT_max_fragment_length_1024);
}

/* All of it may arrive together, with the end of the handshake even. */
static void check_end_is_told(bool tls)
{
    struct set t;
    set_init(&t, tls);
    join(&t, t.client, NP_STR("localhost"));
    t.a.to_send = NP_STR("the only question");
    t.a.shutdown_after = true;
    TURN_UNTIL(&t, t.b.eof);
    NP_CHECK(t.b.events & NP_READ_CLOSED && t.b.rc == 0);
    NP_CHECK_STR(np_buf_str(&t.b.got), t.a.to_send);
    set_fini(&t);
}

NP_TEST(plain_end_of_the_peer_is_told)
{
    check_end_is_told(false);
}
NP_TEST(tls_end_of_the_peer_is_told)
{
    check_end_is_told(true);
}

static void check_sendfile(bool tls)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct set t;
    set_init(&t, tls);
    struct np_str bytes = pattern(a, 6000007);
    NP_AUTO_FD fd = pattern_file(a, bytes);
    join(&t, t.client, NP_STR("localhost"));
    t.a.to_send = NP_STR("head:");
    t.a.file = fd;
    t.a.file_n = bytes.n;
    t.a.shutdown_after = true;
    TURN_UNTIL(&t, t.b.eof || t.b.rc != 0 || t.a.rc != 0);
    NP_CHECK(t.b.rc == 0 && t.a.rc == 0);
    NP_CHECK(t.b.got.n == bytes.n + 5);
    NP_CHECK(np_str_eq(np_str_sub(np_buf_str(&t.b.got), 5, bytes.n), bytes));
    set_fini(&t);
}

NP_TEST(plain_sendfile)
{
    check_sendfile(false);
}
NP_TEST(tls_sendfile)
{
    check_sendfile(true);
}

static void check_short_file(bool tls)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct set t;
    set_init(&t, tls);
    NP_AUTO_FD fd = pattern_file(a, NP_STR("short"));
    join(&t, t.client, NP_STR("localhost"));
    t.a.file = fd;
    t.a.file_n = 6;
    TURN_UNTIL(&t, t.a.rc != 0);
    NP_CHECK(t.a.rc == NP_EIO && t.a.file_off == 5);
    struct np_err err = {0};
    NP_CHECK(np_stream_error(t.a.s, &err) == NP_EIO && err.n > 0);
    set_fini(&t);
}

NP_TEST(plain_sendfile_of_a_file_that_is_too_short)
{
    check_short_file(false);
}
NP_TEST(tls_sendfile_of_a_file_that_is_too_short)
{
    check_short_file(true);
}

static void check_close_in_callback(bool tls)
{
    struct set t;
    set_init(&t, tls);
    join(&t, t.client, NP_STR("localhost"));
    t.b.close_on_event = true;
    t.a.to_send = NP_STR("x");
    TURN_UNTIL(&t, t.b.s == NULL);
    TURN_UNTIL(&t, t.a.eof || t.a.rc != 0);
    NP_CHECK(t.a.rc == NP_ECLOSED || (!tls && t.a.eof));
    set_fini(&t);
}

NP_TEST(plain_stream_may_be_closed_from_its_callback)
{
    check_close_in_callback(false);
}
NP_TEST(tls_stream_may_be_closed_from_its_callback)
{
    check_close_in_callback(true);
}

/* Every state of the handshake is left and entered again at every byte. */
static void check_one_byte_at_a_time(bool tls)
{
    struct set t;
    set_init(&t, true);
    join_by_hand(&t, tls ? t.client : NULL, NP_STR("localhost"));
    t.a.to_send = NP_STR("question");
    t.a.shutdown_after = true;
    t.b.to_send = NP_STR("answer");
    while (t.b.got.n < 8) {
        ssize_t there = carry(t.raw[0], t.raw[1], 1), back = carry(t.raw[1], t.raw[0], 1);
        np_loop_turn(t.l, there > 0 || back > 0 ? 0 : 5000);
    }
    NP_CHECK_STR(np_buf_str(&t.b.got), NP_STR("question"));
    NP_CHECK(np_stream_is_tls(t.b.s) == tls);
    end_write(&t.b);
    while (t.a.got.n < 6) {
        carry(t.raw[1], t.raw[0], 1);
        np_loop_turn(t.l, 0);
    }
    NP_CHECK_STR(np_buf_str(&t.a.got), NP_STR("answer"));
    NP_CHECK(t.a.rc == 0 && t.b.rc == 0);
    set_fini(&t);
}

NP_TEST(tls_survives_one_byte_at_a_time)
{
    check_one_byte_at_a_time(true);
}
NP_TEST(plain_on_a_tls_port_survives_one_byte_at_a_time)
{
    check_one_byte_at_a_time(false);
}

/* --- what only one of them has --- */

NP_TEST(first_byte_tells_plain_from_tls)
{
    struct set t;
    set_init(&t, true);
    join(&t, NULL, NP_STR_NULL); /* a plain client of a server with TLS */
    t.a.to_send = NP_STR("GET / HTTP/1.1\r\n\r\n");
    TURN_UNTIL(&t, t.b.got.n != 0);
    NP_CHECK_STR(np_buf_str(&t.b.got), t.a.to_send);
    NP_CHECK(!np_stream_is_tls(t.b.s) && np_stream_sni(t.b.s).p == NULL);
    int fd = np_stream_take_fd(t.b.s);
    NP_CHECK(fd >= 0);
    np_stream_close(t.b.s);
    t.b.s = NULL;
    NP_CHECK(write(fd, "still open", 10) == 10);
    close(fd);
    TURN_UNTIL(&t, t.a.eof);
    NP_CHECK_STR(np_buf_str(&t.a.got), NP_STR("still open"));
    set_fini(&t);
}

NP_TEST(garbage_after_the_tls_byte_is_a_broken_protocol)
{
    struct set t;
    set_init(&t, true);
    join(&t, NULL, NP_STR_NULL);
    t.a.to_send = NP_STR("\x16 is how TLS begins, but this is no TLS at all");
    TURN_UNTIL(&t, t.b.rc != 0);
    NP_CHECK(t.b.rc == NP_EPROTO && t.b.got.n == 0);
    struct iovec iov = {"x", 1};
    NP_CHECK(np_stream_writev(t.b.s, &iov, 1) == NP_EPROTO, "it stays broken");
    set_fini(&t);
}

NP_TEST(tls_end_without_close_notify_is_no_end_of_stream)
{
    struct set t;
    set_init(&t, true);
    join(&t, t.client, NP_STR("localhost"));
    t.a.to_send = NP_STR("half of the story");
    TURN_UNTIL(&t, t.b.got.n == t.a.to_send.n);
    NP_CHECK(np_stream_take_fd(t.b.s) == NP_ENOTSUP);
    np_stream_close(t.a.s);
    t.a.s = NULL;
    TURN_UNTIL(&t, t.b.eof || t.b.rc != 0);
    NP_CHECK(!t.b.eof && t.b.rc == NP_ECLOSED);
    set_fini(&t);
}

NP_TEST(refused_connection_is_told_by_hangup)
{
    struct set t;
    set_init(&t, false);
    struct np_addr at;
    NP_AUTO_FD fd = -1;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &at, NULL) == 0);
    NP_CHECK(np_listen_tcp(&at, false, &fd, NULL) == 0 && np_local_addr(fd, &at) == 0);
    close(np_fd_take(&fd));
    struct np_str rule = NP_STR("127.0.0.0/8");
    struct np_strs rules = {&rule, 1, true};
    struct np_egress *e;
    int to = -1;
    NP_CHECK(np_egress_new(&rules, &e, NULL) == 0);
    if (np_dial(e, "test", &at, &to, NULL) == 0) {
        start_a(&t, to, NULL, NP_STR_NULL);
        struct iovec iov = {"x", 1};
        NP_CHECK(np_stream_writev(t.a.s, &iov, 1) == NP_EAGAIN, "not connected yet");
        TURN_UNTIL(&t, t.a.events != 0);
        NP_CHECK(t.a.events & NP_HANGUP && !t.a.up && t.a.rc == NP_ECLOSED);
        struct np_err err = {0};
        NP_CHECK(np_stream_error(t.a.s, &err) == NP_ECLOSED);
        NP_CHECK_STR(np_err_text(&err), NP_STR("Connection refused"));
    }
    np_egress_free(e);
    set_fini(&t);
}

static bool only_good(void *arg, struct np_str name)
{
    ++*(int *)arg;
    return np_str_is(name, "good.example");
}

static const struct {
    const char *name;
    bool ok;
    const char *sni, *why;
} names[] = {
    {"good.example", true, "good.example", "a leaf is made for it"},
    {"GOOD.example", true, "GOOD.example", "names have no case"},
    {"bad.example", false, "bad.example", "it gets the default leaf, which has other names"},
    {"127.0.0.1", true, NULL, "an address is no SNI; the default leaf has it"},
    {"::1", true, NULL, "likewise"},
    {"127.0.0.2", false, NULL, "not in the default leaf"},
    {"localhost", true, "localhost", "the default leaf has it"},
    {"a.localhost", true, "a.localhost", "a name below gets its own without asking"},
};

NP_TEST(leaf_follows_the_server_name)
{
    NP_EACH (c, names) {
        bool below = np_str_ends(np_str_of(c->name), NP_STR(".localhost"));
        struct set t;
        int asked = 0;
        set_init(&t, true);
        np_tls_free(t.server);
        const struct np_tls_server_opts o = {.ca = t.ca, .name_ok = only_good, .arg = &asked};
        NP_CHECK(np_tls_server_new(&o, &t.server, NULL) == 0);
        join(&t, t.client, np_str_of(c->name));
        t.a.to_send = NP_STR("x");
        TURN_UNTIL(&t, t.b.got.n == 1 || t.a.rc != 0);
        NP_CHECK((t.a.rc == 0) == c->ok, "%s: %s", c->name, c->why);
        NP_CHECK(asked == (c->sni != NULL && !below), "%s", c->name);
        struct np_err err = {0};
        np_stream_error(t.a.s, &err);
        if (c->ok)
            NP_CHECK_STR(np_stream_sni(t.b.s), np_str_of(c->sni));
        else
            NP_CHECK(np_str_find(np_err_text(&err), NP_STR("does not verify")) > 0, "%s", err.text);
        set_fini(&t);
    }
}

NP_TEST(client_that_does_not_trust_the_ca_refuses)
{
    struct set t;
    set_init(&t, true);
    np_tls_free(t.client);
    NP_CHECK(np_tls_client(NULL, false, &t.client, NULL) == 0);
    join(&t, t.client, NP_STR("localhost"));
    t.a.to_send = NP_STR("secret");
    TURN_UNTIL(&t, t.a.rc != 0 && t.b.rc != 0);
    NP_CHECK(t.a.rc == NP_EPROTO && t.a.events & NP_HANGUP && !t.a.up);
    NP_CHECK(t.b.got.n == 0);
    set_fini(&t);
}

NP_TEST(tls_1_1_is_refused)
{
    struct set t;
    set_init(&t, true);
    SSL_CTX *ctx = t.client->ctx;
    SSL_CTX_set_security_level(ctx, 0);
    NP_CHECK(SSL_CTX_set_min_proto_version(ctx, TLS1_1_VERSION) == 1);
    NP_CHECK(SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION) == 1);
    join(&t, t.client, NP_STR("localhost"));
    TURN_UNTIL(&t, t.b.rc != 0);
    NP_CHECK(t.b.rc == NP_EPROTO || t.b.rc == NP_ECLOSED);
    NP_CHECK(!t.a.up);
    set_fini(&t);
}

NP_TEST(tls_client_needs_a_name_to_verify)
{
    struct set t;
    set_init(&t, true);
    int p[2];
    NP_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p) == 0);
    NP_CHECK(np_stream_connect(t.l, p[0], t.client, NP_STR_NULL, on_end, &t.a, &t.a.s, NULL) ==
             NP_EINVAL);
    char c;
    NP_CHECK(read(p[1], &c, 1) == 0, "the descriptor was taken and closed");
    close(p[1]);
    set_fini(&t);
}
