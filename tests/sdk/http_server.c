/* SPDX-License-Identifier: Apache-2.0 */
/* http_server.c - the HTTP server with nothing on top, for foreign clients and for figures.
 *
 * http-server DIR [--h2c] [--policy NAME] [NAME=POLICY=FILE …]: the CA is in DIR; each further
 * argument is a name of the store, with its policy (may be empty) and a file of certificate, chain
 * and key. Prints the port; ends when its standard input does.
 *
 * /N and /stream/N are N bytes at once and lent in pieces, /echo the request's body, /trailers has
 * a trailer section, /facts says how the request came.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"
#include "http/server.h"
#include "io/file.h"
#include "io/net.h"
#include "io/tls.h"

#define PIECE     ((size_t)65536)
#define FILES_MAX ((size_t)1 << 20)

static char bytes[PIECE];

static void reply(struct np_http_x *x, int status, struct np_str body)
{
    static const struct np_http_field type = {NP_STR("Content-Type"), NP_STR("text/plain")};
    np_http_reply(x, status, &type, 1, body);
}

/* --- what it serves --- */

struct stream {
    struct np_http_x *x;
    uint64_t left;
};

static void nothing(void *arg)
{
    (void)arg;
}

static void go_on(void *arg)
{
    struct stream *s = arg;
    int rc = 0;
    while (s->left > 0 && rc == 0) {
        size_t n = s->left < PIECE ? (size_t)s->left : PIECE;
        s->left -= n;
        rc = np_http_write_ref(s->x, np_str_n(bytes, n), nothing, NULL);
    }
    if (s->left == 0)
        np_http_end(s->x);
}

static void stream(struct np_http_x *x, uint64_t n)
{
    struct stream *s = np_new(np_http_arena(x), struct stream);
    *s = (struct stream){x, n};
    np_http_respond(x, 200, NULL, 0, (int64_t)n);
    np_http_on_drain(x, go_on, s);
    go_on(s);
}

static void drained(void *arg)
{
    np_http_read_resume(arg);
}

static void on_body(void *arg, int rc, struct np_str data, bool end)
{
    struct np_http_x *x = arg;
    if (rc != 0)
        np_http_abort(x);
    else if (end)
        np_http_end(x);
    else if (np_http_write(x, data) == NP_EAGAIN)
        np_http_read_pause(x);
}

static void echo(struct np_http_x *x)
{
    np_http_read(x, on_body, x);
    np_http_respond(x, 200, NULL, 0, -1);
    np_http_on_drain(x, drained, x);
}

static void trailers(struct np_http_x *x)
{
    static const struct np_http_field sum = {NP_STR("X-Sum"), NP_STR("42")};
    np_http_respond(x, 200, NULL, 0, -1);
    np_http_write(x, NP_STR("body\n"));
    np_http_end_with(x, &sum, 1);
}

static void facts(struct np_http_x *x)
{
    const struct np_http_head *h = np_http_head(x);
    const struct np_stream *s = np_http_stream(x);
    struct np_str text =
        np_str_printf(np_http_arena(x),
                      "http=%u host=%.*s sni=%.*s alpn=%.*s version=%.*s cipher=%.*s resumed=%d\n",
                      h->major, NP_FMT(h->host), NP_FMT(np_stream_sni(s)),
                      NP_FMT(np_stream_alpn(s)), NP_FMT(np_stream_tls_version(s)),
                      NP_FMT(np_stream_tls_cipher(s)), np_stream_tls_resumed(s));
    reply(x, 200, text);
}

static void on_request(void *arg, struct np_http_x *x)
{
    struct np_str path = np_http_head(x)->path;
    uint64_t n;
    (void)arg;
    if (np_str_u64(np_str_sub(path, 1, path.n), &n) && n <= PIECE)
        reply(x, 200, np_str_n(bytes, (size_t)n));
    else if (np_str_starts(path, NP_STR("/stream/")) && np_str_u64(np_str_sub(path, 8, path.n), &n))
        stream(x, n);
    else if (np_str_is(path, "/echo"))
        echo(x);
    else if (np_str_is(path, "/trailers"))
        trailers(x);
    else if (np_str_is(path, "/facts"))
        facts(x);
    else
        reply(x, 404, NP_STR("no such path\n"));
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    (void)arg, (void)x, (void)complete;
}

/* --- setting up --- */

struct program {
    struct np_loop *loop;
    struct np_arena *arena;
    struct np_tls_store *store;
    struct np_tls_server_opts tls;
    struct np_http_config config;
    struct np_watch stdin_watch;
};

static void must(int rc, const struct np_err *err)
{
    if (rc == 0)
        return;
    fprintf(stderr, "http-server: %.*s\n", NP_FMT(np_err_text(err)));
    _exit(1);
}

static void on_stdin(struct np_watch *w, unsigned events)
{
    struct program *p = NP_CONTAINER(w, struct program, stdin_watch);
    char c;
    (void)events;
    if (read(w->fd, &c, 1) != 1)
        np_loop_stop(p->loop);
}

static void add_name(struct program *p, struct np_str arg)
{
    struct np_err err = {0};
    struct np_str name, policy, file = {0}, rest, pem;
    struct np_tls_cert *cert = NULL;
    if (!np_str_cut(arg, '=', &name, &rest) || !np_str_cut(rest, '=', &policy, &file))
        must(np_err(&err, NP_EINVAL, "'%.*s' is no NAME=POLICY=FILE", NP_FMT(arg)), &err);
    must(np_file_read(p->arena, file, FILES_MAX, &pem, &err), &err);
    must(np_tls_cert_new(pem, NP_STR_NULL, pem, &cert, &err), &err);
    must(np_tls_store_put(p->store, name, cert, policy.n > 0 ? np_str_z(p->arena, policy) : NULL,
                          &err),
         &err);
    np_tls_cert_unref(cert);
}

static void take_args(struct program *p, int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        struct np_str arg = np_str_of(argv[i]);
        if (np_str_is(arg, "--h2c"))
            p->config.h2c = true;
        else if (np_str_is(arg, "--policy") && i + 1 < argc)
            p->tls.policy = argv[++i];
        else
            add_name(p, arg);
    }
}

int main(int argc, char **argv)
{
    static const struct np_http_handlers handlers = {on_request, on_gone};
    struct program p = {.config = np_http_default_config, .store = np_tls_store_new()};
    struct np_err err = {0};
    struct np_http_server *server;
    struct np_tls *tls;
    struct np_addr at;
    int fd;
    np_assert(argc > 1);
    memset(bytes, 'x', sizeof(bytes));
    p.arena = np_arena_new();
    p.config.server = NP_STR("http-server");
    take_args(&p, argc, argv);
    p.tls.ca = np_ca_new(np_str_of(argv[1]));
    p.tls.store = p.store;
    p.tls.h2 = true;
    must(np_ca_load(p.tls.ca, &err), &err);
    must(np_tls_server_new(&p.tls, &tls, &err), &err);
    must(np_loop_new(&p.loop, &err), &err);
    must(np_addr_parse(NP_STR("127.0.0.1:0"), &at, &err), &err);
    must(np_listen_tcp(&at, false, &fd, &err), &err);
    np_local_addr(fd, &at);
    must(np_http_server_new(p.loop, fd, tls, &p.config, &handlers, &p, &server, &err), &err);
    must(np_watch_add(p.loop, &p.stdin_watch, STDIN_FILENO, NP_READABLE, on_stdin, &err), &err);
    printf("%u\n", np_addr_port(&at));
    fflush(stdout);
    np_loop_run(p.loop);
    np_watch_del(&p.stdin_watch);
    np_http_server_free(server);
    np_loop_free(p.loop);
    np_tls_free(tls);
    np_tls_store_free(p.store);
    np_ca_free(p.tls.ca);
    np_arena_free(p.arena);
    return 0;
}
