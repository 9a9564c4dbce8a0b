/* SPDX-License-Identifier: Apache-2.0 */
/* server_test.c - the server of one loop, asked over sockets: by hand, and by other people's tools.
 */
#include "dns_test.h"

#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/enc.h"
#include "engines/dns/server.h"
#include "engines/dns/signer_int.h"
#include "io/file.h"

struct served {
    struct rig r;
    struct np_loop *loop;
    struct np_dns_server *server;
    pthread_t thread;
    struct np_addr at;
};

static void *run_loop(void *arg)
{
    np_loop_run(((struct served *)arg)->loop);
    return NULL;
}

static void served_init(struct served *s, const char *at, const struct np_dns_server_opts *o)
{
    rig_init(&s->r);
    np_dns_free(s->r.dns);
    s->r.opts.random = NULL;
    s->r.dns = np_dns_new(&s->r.opts);
    rig_example(&s->r);
    NP_CHECK(np_addr_parse(np_str_of(at), &s->at, NULL) == 0 && np_loop_new(&s->loop, NULL) == 0);
    struct np_err err = {0};
    int rc = np_dns_server_new(s->loop, s->r.dns, &s->at, o, &s->server, &err);
    NP_CHECK(rc == 0, "%.*s", (int)err.n, err.text);
    np_addr_set_port(&s->at, np_addr_port(np_dns_server_addr(s->server)));
    NP_CHECK(np_addr_port(&s->at) != 0);
    np_rcu_offline(); /* this thread waits from now on */
    NP_CHECK(pthread_create(&s->thread, NULL, run_loop, s) == 0);
}

static void served_fini(struct served *s)
{
    np_loop_stop(s->loop);
    pthread_join(s->thread, NULL);
    np_rcu_online();
    np_dns_server_free(s->server);
    np_loop_free(s->loop);
    rig_fini(&s->r);
}

static int open_to(const struct np_addr *at, int type)
{
    const struct timeval patience = {.tv_sec = 60};
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    NP_CHECK(fd >= 0 && connect(fd, &at->u.sa, at->len) == 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

static void read_all(int fd, void *p, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t got = recv(fd, (char *)p + at, n - at, 0);
        NP_CHECK(got > 0);
        at += (size_t)got;
    }
}

/* One answer over TCP into r->out. */
static void read_answer(struct served *s, int fd)
{
    uint8_t length[2];
    read_all(fd, length, 2);
    s->r.out_n = dns_get16(length);
    read_all(fd, s->r.out, s->r.out_n);
}

static size_t frame(struct served *s, const char *name, uint16_t id, uint8_t *p)
{
    size_t n = rig_question(&s->r, name, "A", 0, p + 2);
    dns_put16(p, (uint16_t)n);
    dns_put16(p + 2, id);
    return n + 2;
}

static bool is_closed(int fd)
{
    char c;
    return recv(fd, &c, 1, 0) <= 0;
}

#define WWW "NOERROR aa\nwww.example.com. 300 A 192.0.2.1\n" RIG_NS

NP_TEST(dns_server_over_udp_and_tcp)
{
    struct served s;
    uint8_t query[512];
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){0});
    int udp = open_to(&s.at, SOCK_DGRAM), tcp = open_to(&s.at, SOCK_STREAM);
    size_t n = rig_question(&s.r, "www.example.com", "A", 0, query);
    NP_CHECK(send(udp, query, n, 0) == (ssize_t)n);
    s.r.out_n = (size_t)recv(udp, s.r.out, sizeof(s.r.out), 0);
    NP_CHECK_STR(rig_text(&s.r), NP_STR(WWW));
    n = frame(&s, "www.example.com", 7, query);
    NP_CHECK(send(tcp, query, n, 0) == (ssize_t)n);
    read_answer(&s, tcp);
    NP_CHECK_STR(rig_text(&s.r), NP_STR(WWW));
    /* A change is seen by the next query. */
    rig_begin(&s.r);
    rig_put(&s.r, "Z1", "www.example.com", "A", "192.0.2.2");
    rig_commit(&s.r);
    NP_CHECK(send(tcp, query, n, 0) == (ssize_t)n);
    read_answer(&s, tcp);
    NP_CHECK(np_str_find(rig_text(&s.r), NP_STR("192.0.2.2")) > 0);
    struct np_dns_counts counts = np_dns_server_counts(s.server);
    NP_CHECK(counts.udp == 1 && counts.tcp == 2 && counts.dropped == 0);
    close(udp);
    close(tcp);
    served_fini(&s);
}

NP_TEST(dns_server_answers_many_packets_at_once)
{
    enum { PACKETS = 150 };
    struct served s;
    uint8_t query[512];
    bool seen[PACKETS] = {0};
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){0});
    int udp = open_to(&s.at, SOCK_DGRAM);
    size_t n = rig_question(&s.r, "www.example.com", "A", 0, query);
    for (unsigned i = 0; i < PACKETS; i++) {
        dns_put16(query, (uint16_t)i);
        NP_CHECK(send(udp, query, n, 0) == (ssize_t)n);
        NP_CHECK(send(udp, "junk", 4, 0) == 4); /* between them, and nothing comes of it */
    }
    for (unsigned i = 0; i < PACKETS; i++) {
        NP_CHECK(recv(udp, s.r.out, sizeof(s.r.out), 0) > DNS_HEADER);
        unsigned id = dns_get16(s.r.out);
        NP_CHECK(id < PACKETS && !seen[id]);
        seen[id] = true;
    }
    close(udp);
    served_fini(&s);
}

NP_TEST(dns_server_replies_from_the_address_that_was_asked)
{
    struct served s;
    uint8_t query[512];
    served_init(&s, "0.0.0.0:0", &(struct np_dns_server_opts){0});
    struct np_addr at;
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.2:0"), &at, NULL) == 0);
    np_addr_set_port(&at, np_addr_port(&s.at));
    int udp = open_to(&at, SOCK_DGRAM); /* connected: another source would not be read */
    size_t n = rig_question(&s.r, "www.example.com", "A", 0, query);
    NP_CHECK(send(udp, query, n, 0) == (ssize_t)n);
    NP_CHECK(recv(udp, s.r.out, sizeof(s.r.out), 0) > DNS_HEADER);
    close(udp);
    served_fini(&s);
}

NP_TEST(dns_server_takes_frames_in_any_pieces)
{
    struct served s;
    uint8_t all[64 * 60];
    size_t n = 0;
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){0});
    int tcp = open_to(&s.at, SOCK_STREAM);
    for (unsigned i = 0; i < 3; i++)
        n += frame(&s, "www.example.com", (uint16_t)i, all + n);
    for (size_t i = 0; i < n; i++)
        NP_CHECK(send(tcp, all + i, 1, 0) == 1);
    for (unsigned i = 0; i < 3; i++) {
        read_answer(&s, tcp);
        NP_CHECK(dns_get16(s.r.out) == i);
    }
    n = 0;
    for (unsigned i = 0; i < 60; i++)
        n += frame(&s, "www.example.com", (uint16_t)i, all + n);
    NP_CHECK(send(tcp, all, n, 0) == (ssize_t)n);
    shutdown(tcp, SHUT_WR); /* what it asked for comes all the same */
    for (unsigned i = 0; i < 60; i++) {
        read_answer(&s, tcp);
        NP_CHECK(dns_get16(s.r.out) == i);
    }
    NP_CHECK(is_closed(tcp));
    close(tcp);
    served_fini(&s);
}

NP_TEST(dns_server_closes_on_what_is_no_query)
{
    static const struct {
        const char *bytes;
        size_t n;
    } cases[] = {{"\0\0", 2},
                 {"\0\4junk", 6},
                 {"\0\14\0\0\200\0\0\0\0\0\0\0\0\0", 14},
                 {"\10\1", 2}}; /* NP_DNS_QUERY_MAX + 1 bytes to come */
    struct served s;
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){0});
    NP_EACH (c, cases) {
        int tcp = open_to(&s.at, SOCK_STREAM);
        NP_CHECK(send(tcp, c->bytes, c->n, 0) == (ssize_t)c->n);
        NP_CHECK(is_closed(tcp));
        close(tcp);
    }
    served_fini(&s);
}

NP_TEST(dns_server_reads_queries_up_to_their_limit)
{
    struct served s;
    uint8_t query[2 + NP_DNS_QUERY_MAX + 1] = {0};
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){0});
    /* One option that is not known fills it. */
    size_t n = rig_question(&s.r, "www.example.com", "A", RIG_EDNS, query + 2);
    dns_put16(query + 2 + n - 2, (uint16_t)(NP_DNS_QUERY_MAX - n));
    dns_put16(query + 2 + n, 0xff00);
    dns_put16(query + 2 + n + 2, (uint16_t)(NP_DNS_QUERY_MAX - n - 4));
    dns_put16(query, NP_DNS_QUERY_MAX);
    int tcp = open_to(&s.at, SOCK_STREAM), udp = open_to(&s.at, SOCK_DGRAM);
    NP_CHECK(send(tcp, query, 2 + NP_DNS_QUERY_MAX, 0) == 2 + NP_DNS_QUERY_MAX);
    read_answer(&s, tcp);
    NP_CHECK(dns_get16(s.r.out + 6) == 1);
    /* Over UDP one byte more is not even looked at: what comes back is of the second. */
    NP_CHECK(send(udp, query + 2, NP_DNS_QUERY_MAX + 1, 0) == NP_DNS_QUERY_MAX + 1);
    query[2] = 77;
    NP_CHECK(send(udp, query + 2, NP_DNS_QUERY_MAX, 0) == NP_DNS_QUERY_MAX);
    NP_CHECK(recv(udp, s.r.out, sizeof(s.r.out), 0) > DNS_HEADER && s.r.out[0] == 77);
    close(tcp);
    close(udp);
    served_fini(&s);
}

NP_TEST(dns_server_keeps_only_so_many_connections)
{
    struct served s;
    uint8_t query[512];
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){.max_connections = 3});
    int fd[4];
    size_t n = frame(&s, "www.example.com", 1, query);
    for (unsigned i = 0; i < 3; i++) {
        fd[i] = open_to(&s.at, SOCK_STREAM);
        NP_CHECK(send(fd[i], query, n, 0) == (ssize_t)n);
        read_answer(&s, fd[i]);
    }
    NP_CHECK(send(fd[0], query, n, 0) == (ssize_t)n); /* the second is the idlest now */
    read_answer(&s, fd[0]);
    fd[3] = open_to(&s.at, SOCK_STREAM);
    NP_CHECK(send(fd[3], query, n, 0) == (ssize_t)n);
    read_answer(&s, fd[3]);
    NP_CHECK(is_closed(fd[1]));
    for (unsigned i = 0; i < 4; i += i == 0 ? 2 : 1) {
        NP_CHECK(send(fd[i], query, n, 0) == (ssize_t)n);
        read_answer(&s, fd[i]);
    }
    for (unsigned i = 0; i < 4; i++)
        close(fd[i]);
    served_fini(&s);
}

NP_TEST(dns_server_closes_idle_connections)
{
    struct served s;
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){.idle_ms = 20});
    int quiet = open_to(&s.at, SOCK_STREAM), drip = open_to(&s.at, SOCK_STREAM);
    NP_CHECK(send(drip, "\0", 1, 0) == 1); /* bytes that are no whole query do not count */
    NP_CHECK(is_closed(quiet) && is_closed(drip));
    close(quiet);
    close(drip);
    served_fini(&s);
}

struct reader {
    int fd;
    size_t answers;
};

static void *read_slowly(void *arg)
{
    struct reader *r = arg;
    uint8_t length[2], answer[512];
    for (size_t i = 0; i < r->answers; i++) {
        read_all(r->fd, length, 2);
        read_all(r->fd, answer, dns_get16(length));
    }
    return NULL;
}

NP_TEST(dns_server_waits_for_who_does_not_take_answers)
{
    struct served s;
    uint8_t query[512];
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){0});
    int tcp = open_to(&s.at, SOCK_STREAM);
    size_t n = frame(&s, "www.example.com", 1, query);
    struct reader r = {.fd = tcp};
    /* Until the server reads no more, its buffers being full of answers. */
    ssize_t sent;
    size_t bytes = 0;
    do {
        sent = send(tcp, query, n, MSG_DONTWAIT);
        bytes += sent > 0 ? (size_t)sent : 0;
    } while (sent == (ssize_t)n && bytes < (64u << 20));
    NP_CHECK(bytes < (64u << 20));
    r.answers = bytes / n;
    pthread_t thread;
    NP_CHECK(pthread_create(&thread, NULL, read_slowly, &r) == 0);
    pthread_join(thread, NULL);
    NP_CHECK(np_dns_server_counts(s.server).tcp == r.answers);
    close(tcp);
    served_fini(&s);
}

/* --- other people's tools --- */

/* What the program prints; NULL: it is not installed. */
static const char *run_tool(struct rig *r, const char *const *argv)
{
    char path[256];
    extern char **environ;
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;
    snprintf(path, sizeof(path), "%s/tool.out", np_test_dir());
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    int rc = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (rc != 0)
        return NULL;
    NP_CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 127);
    struct np_str text;
    NP_CHECK(np_file_read(r->arena, np_str_of(path), 1 << 20, &text, NULL) == 0);
    return np_str_z(r->arena, text);
}

static const char *port_of(struct served *s)
{
    struct np_str port = np_str_printf(s->r.arena, "%u", np_addr_port(&s->at));
    return np_str_z(s->r.arena, port);
}

NP_TEST(dns_server_asked_by_kdig_and_dig)
{
    struct served s;
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){0});
    rig_begin(&s.r);
    rig_put(&s.r, "Z1", "all.example.com", "TXT", "\"one\" \"two\"");
    rig_put(&s.r, "Z1", "all.example.com", "CAA", "0 issue \"ca.example.net\"");
    rig_put(&s.r, "Z1", "all.example.com", "HTTPS", "1 . alpn=\"h2,h3\" port=8443");
    rig_put(&s.r, "Z1", "all.example.com", "NAPTR", "1 2 \"U\" \"E\" \"!^.*$!a!\" r.example.com");
    rig_put(&s.r, "Z1", "all.example.com", "TLSA", "3 1 1 ABCD");
    rig_put(&s.r, "Z1", "all.example.com", "SSHFP", "1 3 ABCD");
    rig_commit(&s.r);
    static const struct {
        const char *type, *want;
    } cases[] = {
        {"TXT", "\"one\" \"two\"\n"},
        {"CAA", "0 issue \"ca.example.net\"\n"},
        {"HTTPS", "1 . alpn=\"h2,h3\" port=8443\n"},
        {"NAPTR", "1 2 \"U\" \"E\" \"!^.*$!a!\" r.example.com.\n"},
        {"TLSA", "3 1 1 ABCD\n"},
        {"SSHFP", "1 3 ABCD\n"},
    };
    NP_EACH (c, cases)
        for (int tcp = 0; tcp < 2; tcp++) {
            const char *const dig[] = {"dig",
                                       "@127.0.0.1",
                                       "-p",
                                       port_of(&s),
                                       tcp ? "+tcp" : "+notcp",
                                       "+short",
                                       "+subnet=198.51.100.0/24",
                                       "all.example.com",
                                       c->type,
                                       NULL};
            const char *const kdig[] = {
                "kdig",  "@127.0.0.1",      "-p",    port_of(&s), tcp ? "+tcp" : "+notcp", "+short",
                "+nsid", "all.example.com", c->type, NULL};
            const char *got = run_tool(&s.r, dig);
            if (got != NULL)
                NP_CHECK(strcmp(got, c->want) == 0, "dig %s: %s", c->type, got);
            got = run_tool(&s.r, kdig);
            if (got != NULL && strcmp(c->type, "HTTPS") != 0) /* which it shows in its own way */
                NP_CHECK(strncmp(got, c->want, strlen(c->want) - 1) == 0, "kdig %s: %s", c->type,
                         got);
        }
    served_fini(&s);
}

/* A key that signs the zone alone, as the anchor of trust. */
static struct np_str sign_zone(struct served *s)
{
    struct rig *r = &s->r;
    uint8_t secret[NP_DNS_PRIVATE_KEY], public_key[NP_DNS_PUBLIC_KEY];
    uint8_t signature[NP_DNS_SIGNATURE];
    int64_t now = (int64_t)time(NULL);
    struct np_dns_signer *signer;
    np_dns_key_new(secret, public_key);
    struct np_str zone = rig_name(r, "example.com");
    struct np_str keys[] = {np_dns_dnskey(r->arena, NP_DNS_FLAGS_KSK, public_key),
                            np_dns_dnskey(r->arena, NP_DNS_FLAGS_ZSK, public_key)};
    struct np_dns_signer_opts o = {.zone = zone, .zsk_private = secret, .dnskey_ttl = 3600};
    struct np_dns_sig_spec spec = {.zone = zone,
                                   .name = zone,
                                   .type = NP_DNS_DNSKEY,
                                   .ttl = 3600,
                                   .dnskey = keys[0],
                                   .from_s = now - 3600,
                                   .to_s = now + 3600};
    NP_CHECK(np_dns_signer_new(&o, &signer, NULL) == 0);
    dns_sign(signer, NULL, np_dns_to_sign(r->arena, &spec, keys, 2), signature);
    np_dns_signer_unref(signer);
    struct np_str rrsig = np_dns_rrsig(r->arena, &spec, signature);
    o.dnskeys = keys;
    o.n_dnskeys = 2;
    o.dnskey_rrsigs = &rrsig;
    o.n_dnskey_rrsigs = 1;
    NP_CHECK(np_dns_signer_new(&o, &signer, NULL) == 0);
    np_dns_zone_put(r->change,
                    &(struct np_dns_zone){.id = NP_STR("Z1"), .name = zone, .signer = signer});
    np_dns_signer_unref(signer);
    return np_base64(r->arena, np_str_n(public_key, sizeof(public_key)));
}

NP_TEST(dns_server_asked_by_a_validator)
{
    static const struct {
        const char *name, *type, *want;
    } cases[] = {
        {"www.example.com", "A", "; fully validated\nwww.example.com.\t300\tIN\tA\t192.0.2.1\n"},
        {"alias.example.com", "A", "; fully validated\nalias.example.com."},
        {"x.wild.example.com", "MX", "; fully validated\nx.wild.example.com."},
        {"no.example.com", "A", "; negative response, fully validated\n"},
        {"www.example.com", "AAAA", "; negative response, fully validated\n"},
        {"example.com", "SOA", "; fully validated\nexample.com."},
    };
    struct served s;
    served_init(&s, "127.0.0.1:0", &(struct np_dns_server_opts){0});
    rig_begin(&s.r);
    rig_put(&s.r, "Z1", "alias.example.com", "CNAME", "WWW.example.com");
    rig_put(&s.r, "Z1", "*.wild.example.com", "MX", "10 Mail.Example.com\n5 a.example.com");
    struct np_str key = sign_zone(&s);
    rig_commit(&s.r);
    struct np_str anchor = np_str_printf(
        s.r.arena, "trust-anchors { \"example.com.\" static-key 257 3 13 \"%.*s\"; };\n",
        NP_FMT(key));
    char path[256];
    snprintf(path, sizeof(path), "%s/anchor", np_test_dir());
    NP_CHECK(np_file_write(np_str_of(path), anchor, 0600, NULL) == 0);
    NP_EACH (c, cases) {
        const char *const delv[] = {"delv", "@127.0.0.1",        "-p",    port_of(&s), "-a",
                                    path,   "+root=example.com", c->name, c->type,     NULL};
        const char *got = run_tool(&s.r, delv);
        if (got != NULL)
            NP_CHECK(strstr(got, c->want) != NULL, "%s %s: %s", c->name, c->type, got);
    }
    served_fini(&s);
}
