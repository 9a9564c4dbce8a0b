/* SPDX-License-Identifier: Apache-2.0 */
/* workers_test.c - several loops, each on a thread of its own, before one cache. */
#include "engines/edge/rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define WORKERS 3
#define VIEWERS 30

/* A worker on its own thread, with a port of its own. */
struct thread {
    pthread_t id;
    struct rig *r;
    struct np_loop *loop;
    struct np_addr addr;
    atomic_bool ready, ends, ended;
};

static void *work(void *arg)
{
    struct thread *t = arg;
    struct np_edge_worker *w;
    struct np_http_server *s;
    struct np_addr any;
    int fd;
    NP_CHECK(np_loop_new(&t->loop, NULL) == 0);
    NP_CHECK(np_edge_worker_new(t->r->edge, t->loop, &w, NULL) == 0);
    NP_CHECK(np_addr_parse(NP_STR("127.0.0.1:0"), &any, NULL) == 0);
    NP_CHECK(np_listen_tcp(&any, false, &fd, NULL) == 0 && np_local_addr(fd, &t->addr) == 0);
    NP_CHECK(np_http_server_new(t->loop, fd, NULL, &np_http_default_config, &np_edge_handlers, w,
                                &s, NULL) == 0);
    t->ready = true;
    while (!t->ends)
        np_loop_turn(t->loop, 1);
    np_http_server_free(s);
    np_edge_worker_free(w);
    while (np_loop_is_owed(t->loop))
        np_loop_turn(t->loop, 1);
    t->ended = true;
    return NULL;
}

static void threads_start(struct rig *r, struct thread *t)
{
    for (int i = 0; i < WORKERS; i++) {
        t[i] = (struct thread){.r = r};
        NP_CHECK(pthread_create(&t[i].id, NULL, work, &t[i]) == 0);
        FX_UNTIL(&r->f, t[i].ready);
    }
}

/* A job's thread may still be about to wake a loop whose message has run: loops go after them. */
static void all_end(struct rig *r, struct thread *t)
{
    for (int i = 0; i < WORKERS; i++)
        t[i].ends = true;
    for (int i = 0; i < WORKERS; i++)
        pthread_join(t[i].id, NULL);
    rig_fini(r);
    for (int i = 0; i < WORKERS; i++)
        np_loop_free(t[i].loop);
}

static int ask(struct rig *r, struct thread *t, const char *path)
{
    r->v.addr = t->addr;
    return rig_send(r, "GET", path, NULL);
}

static void hold(struct rig *r, struct np_http_x *x)
{
    r->held[r->n_held++] = x;
}

NP_TEST(viewers_of_all_workers_share_a_fetch)
{
    struct rig r;
    struct thread t[WORKERS];
    int v[VIEWERS];
    rig_init(&r);
    r.opts.hooks.log = NULL; /* it counts for one thread */
    rig_start(&r);
    threads_start(&r, t);
    r.on_origin = hold;
    struct np_str all = fx_pattern(&r.f, (size_t)1 << 20);
    for (int i = 0; i < VIEWERS; i++)
        v[i] = ask(&r, &t[i % WORKERS], "/a");
    FX_UNTIL(&r.f, r.n_held == 1);
    np_http_respond(r.held[0], 200, NULL, 0, (int64_t)all.n);
    np_http_write(r.held[0], np_str_sub(all, 0, 300000));
    fx_turns(&r.f, 50);
    np_http_write(r.held[0], np_str_sub(all, 300000, all.n));
    np_http_end(r.held[0]);
    for (int i = 0; i < VIEWERS; i++) {
        struct reply y = rig_reply(&r, v[i]);
        NP_CHECK(!y.cut && np_str_eq(y.body, all), "%d: %zu bytes", i, y.body.n);
    }
    NP_CHECK(RIG_ASKED(&r) == 1);
    CHECK_CACHE(rig_reply(&r, ask(&r, &t[1], "/a")), "Hit");
    struct np_str pattern = NP_STR("/*");
    np_edge_invalidate(r.edge, NP_STR("E1"), &pattern, 1);
    r.on_origin = NULL;
    CHECK_CACHE(rig_reply(&r, ask(&r, &t[0], "/a")), "Miss");
    CHECK_CACHE(rig_reply(&r, ask(&r, &t[1], "/a")), "Hit");
    CHECK_CACHE(rig_reply(&r, ask(&r, &t[2], "/a")), "Hit");
    all_end(&r, t);
}

NP_TEST(a_private_response_goes_to_one_worker_only)
{
    struct rig r;
    struct thread t[WORKERS];
    int v[VIEWERS];
    rig_init(&r);
    r.opts.hooks.log = NULL; /* it counts for one thread */
    rig_start(&r);
    threads_start(&r, t);
    r.answer.fields = "Cache-Control: private";
    r.on_origin = hold;
    for (int i = 0; i < VIEWERS; i++)
        v[i] = ask(&r, &t[i % WORKERS], "/a");
    for (int i = 0; i < VIEWERS; i++) {
        FX_UNTIL(&r.f, r.n_held > (size_t)i);
        rig_answer(&r, r.held[i], &r.answer);
    }
    for (int i = 0; i < VIEWERS; i++)
        NP_CHECK_STR(rig_reply(&r, v[i]).body, NP_STR("hello"));
    NP_CHECK(RIG_ASKED(&r) == VIEWERS);
    all_end(&r, t);
}

NP_TEST(a_worker_that_ends_cuts_what_it_fetches)
{
    struct rig r;
    struct thread t[WORKERS];
    rig_init(&r);
    r.opts.hooks.log = NULL; /* it counts for one thread */
    rig_start(&r);
    threads_start(&r, t);
    rig_reply(&r, ask(&r, &t[1], "/warm"));
    r.on_origin = hold;
    int first = ask(&r, &t[0], "/a");
    FX_UNTIL(&r.f, r.n_held == 1);
    int second = ask(&r, &t[1], "/a");
    /* Hits of the same worker, one after the other: by then it has seen what came before. */
    for (int i = 0; i < 3; i++)
        CHECK_CACHE(rig_reply(&r, ask(&r, &t[1], "/warm")), "Hit");
    t[0].ends = true;
    FX_UNTIL(&r.f, t[0].ended);
    struct reply y = rig_reply(&r, second);
    NP_CHECK(y.status == 502, "%d", y.status);
    close(first);
    all_end(&r, t);
}

/* The body tells its path. */
static void answer_path(struct rig *r, struct np_http_x *x)
{
    struct np_str path = np_http_head(x)->path;
    struct np_buf b;
    np_buf_init(&b, np_http_arena(x), 300000);
    size_t n = path.p[path.n - 1] % 3 == 0 ? 60000 : 700;
    while (b.n < n)
        np_buf_str_add(&b, path);
    struct rig_answer a = {.status = 200,
                           .length = path.p[path.n - 1] % 2 == 0 ? -1 : -2,
                           .body = np_buf_str(&b),
                           .fields = path.p[path.n - 1] == '7' ? "Cache-Control: private"
                                                               : "Cache-Control: max-age=60"};
    rig_answer(r, x, &a);
}

static bool tells(struct np_str body, struct np_str path)
{
    bool ok = body.n >= 700 && body.n % path.n == 0;
    for (size_t i = 0; i < body.n && ok; i += path.n)
        ok = np_str_eq(np_str_sub(body, i, path.n), path);
    return ok;
}

NP_TEST(a_storm)
{
    struct rig r;
    struct thread t[WORKERS];
    int v[VIEWERS];
    struct np_str path[VIEWERS];
    rig_init(&r);
    r.opts.hooks.log = NULL;
    r.opts.memory_bytes = 200000; /* much less than there is */
    r.opts.dir = np_str_of(np_test_dir());
    r.opts.disk_bytes = 500000;
    rig_start(&r);
    threads_start(&r, t);
    r.on_origin = answer_path;
    unsigned draw = 1;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < VIEWERS; i++) {
            draw = draw * 1103515245 + 12345;
            path[i] = np_str_printf(r.f.arena, "/p/%u", draw >> 16 & 31);
            v[i] = ask(&r, &t[i % WORKERS], np_str_z(r.f.arena, path[i]));
            if (i == round % VIEWERS) {
                np_edge_invalidate(r.edge, NP_STR("E1"), &path[i], 1);
                rig_put(&r);
            }
            if (i % 11 == 0) { /* some leave */
                close(v[i]);
                v[i] = -1;
            }
        }
        for (int i = 0; i < VIEWERS; i++) {
            if (v[i] < 0)
                continue;
            struct reply y = rig_reply(&r, v[i]);
            NP_CHECK(y.status == 200 && !y.cut && tells(y.body, path[i]), "%.*s: %d, %zu bytes",
                     NP_FMT(path[i]), y.status, y.body.n);
        }
    }
    all_end(&r, t);
}
