/* SPDX-License-Identifier: Apache-2.0 */
/* compute_test.c - the engine against a driver in memory, which does what it is asked, fails, goes
 * away and comes back as the test says. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "engines/compute/driver.h"
#include "engines/compute/limits.h"
#include "io/job.h"
#include "io/loop.h"
#include "test.h"

#define N 4

/* What the host has. */
struct box {
    char id[64];
    struct np_driver_machine m;
    bool there;
};
struct crate {
    char id[64], to[64], dev[64];
    struct np_volume_now v;
    bool there;
};

static struct world {
    struct np_loop *loop;
    struct np_compute *c;
    struct np_driver_events e;
    void *arg;
    bool away, refuses, stubborn; /* a stubborn guest ends by force alone */
    bool broken;                  /* a guest that is taken, and then cannot run */
    bool slow;                    /* an attached volume is not there before finish_attaching() */
    bool network, no_key;
    int ensures, stops, forces, attaches, keys, opens;
    uint8_t last_key;
    struct box boxes[N];
    struct crate crates[N];
    /* answers that are due */
    struct {
        np_driver_done_fn *done;
        void *x;
        int rc;
    } due[64];
    size_t n_due;
    struct np_defer defer;
    int guest_fd; /* the guest's end of the last door */
    /* told */
    struct np_instance_now now;
    char reason[256];
    int told, gone, disk_gone, usages;
    int silent; /* told without a reason while it could not run */
    struct np_volume_now disk;
} w;

static void *fake_make(const struct np_compute_opts *o, const struct np_driver_events *e, void *arg)
{
    w.e = *e;
    w.arg = arg;
    return &w;
}

static bool fake_ready(const void *d)
{
    return !w.away;
}

static void answer_due(void *arg)
{
    size_t n = w.n_due;
    struct np_err err;
    __typeof__(w.due) due;
    memcpy(due, w.due, sizeof(due));
    w.n_due = 0;
    np_err(&err, NP_EINVAL, "it does not want to");
    for (size_t i = 0; i < n; i++)
        due[i].done(due[i].x, due[i].rc, &err);
}

static int later(np_driver_done_fn *done, void *x)
{
    if (w.away)
        return NP_ECLOSED;
    if (w.n_due == 0)
        np_defer(w.loop, &w.defer, answer_due, NULL);
    w.due[w.n_due].done = done;
    w.due[w.n_due].x = x;
    w.due[w.n_due++].rc = w.refuses ? NP_EINVAL : 0;
    return 0;
}

/* Listings answer at once from the engine's point of view: the next turn. */
static struct {
    np_driver_machines_fn *fn;
    void *x;
    struct np_defer defer;
} listing;
static struct {
    np_driver_disks_fn *fn;
    void *x;
    struct np_defer defer;
} disk_listing;

static void list_now(void *arg)
{
    struct np_driver_machine v[N];
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        if (w.boxes[i].there)
            v[n++] = w.boxes[i].m;
    listing.fn(listing.x, 0, v, n, NULL);
    for (size_t i = 0; i < N; i++)
        if (w.boxes[i].there && w.boxes[i].m.phase == NP_MACHINE_STARTING) {
            w.boxes[i].m.phase = NP_MACHINE_ENDED;
            w.boxes[i].m.reason = NP_STR("it cannot run");
        }
}

static int fake_list(void *d, bool usage, np_driver_machines_fn *fn, void *x)
{
    if (w.away)
        return NP_ECLOSED;
    listing.fn = fn;
    listing.x = x;
    np_defer(w.loop, &listing.defer, list_now, NULL);
    return 0;
}

static int by_id(const void *a, const void *b)
{
    return np_str_cmp(((const struct np_volume_now *)a)->id, ((const struct np_volume_now *)b)->id);
}

static void list_disks_now(void *arg)
{
    struct np_volume_now v[N];
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        if (w.crates[i].there)
            v[n++] = w.crates[i].v;
    qsort(v, n, sizeof(*v), by_id);
    disk_listing.fn(disk_listing.x, 0, v, n, NULL);
}

static int fake_disks(void *d, np_driver_disks_fn *fn, void *x)
{
    if (w.away)
        return NP_ECLOSED;
    disk_listing.fn = fn;
    disk_listing.x = x;
    np_defer(w.loop, &disk_listing.defer, list_disks_now, NULL);
    return 0;
}

static void fake_free(void *d)
{
    np_defer_cancel(&w.defer);
    np_defer_cancel(&listing.defer);
    np_defer_cancel(&disk_listing.defer);
    w.n_due = 0;
}

static struct box *box_of(struct np_str id, bool make)
{
    struct box *free_one = NULL;
    for (size_t i = N; i-- > 0;) {
        if (w.boxes[i].there && np_str_eq(np_str_of(w.boxes[i].id), id))
            return &w.boxes[i];
        if (!w.boxes[i].there)
            free_one = &w.boxes[i];
    }
    if (!make)
        return NULL;
    snprintf(free_one->id, sizeof(free_one->id), "%.*s", NP_FMT(id));
    free_one->m = (struct np_driver_machine){
        .id = np_str_of(free_one->id), .exit_code = -1, .signal = -1, .reason = NP_STR("")};
    free_one->there = true;
    return free_one;
}

static struct crate *crate_of(struct np_str id, bool make)
{
    struct crate *free_one = NULL;
    for (size_t i = N; i-- > 0;) {
        if (w.crates[i].there && np_str_eq(np_str_of(w.crates[i].id), id))
            return &w.crates[i];
        if (!w.crates[i].there)
            free_one = &w.crates[i];
    }
    if (!make)
        return NULL;
    snprintf(free_one->id, sizeof(free_one->id), "%.*s", NP_FMT(id));
    free_one->to[0] = free_one->dev[0] = 0;
    free_one->v = (struct np_volume_now){.id = np_str_of(free_one->id),
                                         .phase = NP_VOLUME_READY,
                                         .instance = NP_STR(""),
                                         .device = NP_STR(""),
                                         .reason = NP_STR("")};
    free_one->there = true;
    return free_one;
}

static int fake_ensure(void *d, const struct np_instance_spec *s, const struct np_driver_disk *v,
                       size_t n, np_driver_done_fn *done, void *x)
{
    w.ensures++;
    if (!w.refuses && !w.away) {
        struct box *b = box_of(s->id, true);
        b->m.phase = w.broken ? NP_MACHINE_STARTING : NP_MACHINE_RUNNING;
        b->m.reason = NP_STR("");
        b->m.boot = s->boot;
        b->m.exit_code = b->m.signal = -1;
    }
    return later(done, x);
}

static void end_box(struct np_str id, int code, int signo)
{
    struct box *b = box_of(id, false);
    b->m.phase = NP_MACHINE_ENDED;
    b->m.exit_code = code;
    b->m.signal = signo;
}

static int fake_stop(void *d, struct np_str id, bool force, np_driver_done_fn *done, void *x)
{
    w.stops++;
    w.forces += force;
    struct box *b = box_of(id, false);
    if (b != NULL && (force || !w.stubborn))
        end_box(id, -1, force ? SIGKILL : SIGINT);
    else if (b != NULL)
        b->m.phase = NP_MACHINE_STOPPING;
    return later(done, x);
}

static int fake_remove(void *d, struct np_str id, np_driver_done_fn *done, void *x)
{
    struct box *b = box_of(id, false);
    if (b != NULL)
        b->there = false;
    return later(done, x);
}

static int fake_open(void *d, struct np_str id, enum np_instance_door door,
                     np_compute_opened_fn *done, void *x)
{
    w.opens++;
    int pair[2];
    if (w.away || box_of(id, false) == NULL)
        return NP_ECLOSED;
    if (w.guest_fd >= 0)
        close(w.guest_fd);
    NP_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    w.guest_fd = pair[0];
    done(x, 0, pair[1], NULL);
    return 0;
}

static int fake_ping(int fd)
{
    return send(fd, "?", 1, MSG_NOSIGNAL) == 1 ? 0 : NP_EIO;
}

static int fake_pong(struct np_str line, struct np_driver_pong *out)
{
    *out = (struct np_driver_pong){np_str_is(line, "failed 7") ? NP_USER_DATA_FAILED
                                                               : NP_USER_DATA_DONE,
                                   np_str_is(line, "failed 7") ? 7 : 0};
    return np_str_is(line, "noise") ? NP_EPROTO : 0;
}

static int fake_disk_ensure(void *d, const struct np_volume_spec *s, const uint8_t *key,
                            np_driver_done_fn *done, void *x)
{
    if (key != NULL)
        w.last_key = key[0];
    if (!w.refuses && !w.away)
        crate_of(s->id, true)->v.size_mib = s->size_mib;
    return later(done, x);
}

static int fake_disk_remove(void *d, struct np_str id, np_driver_done_fn *done, void *x)
{
    crate_of(id, false)->there = false;
    return later(done, x);
}

static int fake_attach(void *d, struct np_str id, struct np_str instance, struct np_str device,
                       const uint8_t *key, np_driver_done_fn *done, void *x)
{
    struct crate *k = crate_of(id, false);
    w.attaches++;
    snprintf(k->to, sizeof(k->to), "%.*s", NP_FMT(instance));
    if (!w.slow)
        k->v.instance = np_str_of(k->to);
    return later(done, x);
}

static void finish_attaching(void)
{
    for (size_t i = 0; i < N; i++)
        if (w.crates[i].there)
            w.crates[i].v.instance = np_str_of(w.crates[i].to);
    w.e.changed(w.arg);
}

static int fake_detach(void *d, struct np_str id, bool force, np_driver_done_fn *done, void *x)
{
    crate_of(id, false)->v.instance = NP_STR("");
    return later(done, x);
}

static int fake_snapshot(void *d, struct np_str id, struct np_str of, const uint8_t *key,
                         np_driver_done_fn *done, void *x)
{
    crate_of(id, true)->v.snapshot = true;
    return later(done, x);
}

static const struct np_compute_driver fake = {
    .name = "fake",
    .make = fake_make,
    .free = fake_free,
    .ready = fake_ready,
    .list = fake_list,
    .ensure = fake_ensure,
    .stop = fake_stop,
    .remove = fake_remove,
    .open = fake_open,
    .ping = fake_ping,
    .pong = fake_pong,
    .disks = fake_disks,
    .disk_ensure = fake_disk_ensure,
    .disk_remove = fake_disk_remove,
    .disk_attach = fake_attach,
    .disk_detach = fake_detach,
    .snapshot_ensure = fake_snapshot,
    .snapshot_remove = fake_disk_remove,
};

/* --- what is told --- */

static void instance_changed(void *arg, const struct np_instance_now *now)
{
    w.now = *now;
    snprintf(w.reason, sizeof(w.reason), "%.*s", NP_FMT(now->reason));
    w.told++;
    w.silent += w.ensures > 1 && w.broken && now->reason.n == 0;
}

static void volume_changed(void *arg, const struct np_volume_now *now, bool gone)
{
    w.disk = *now;
    w.disk_gone += gone;
}

static void instance_gone(void *arg, struct np_str id)
{
    w.gone++;
}

static void usage(void *arg, const struct np_instance_now *now)
{
    w.usages++;
}

static struct {
    np_compute_key_fn *done;
    void *x;
    struct np_defer defer;
} asked;

static void give_key(void *arg)
{
    uint8_t key[64] = {0x5a};
    struct np_err err;
    np_err(&err, NP_EACCES, "the key is disabled");
    asked.done(asked.x, w.no_key ? NULL : key, &err);
}

static void key(void *arg, struct np_str id, np_compute_key_fn *done, void *x)
{
    asked.done = done;
    asked.x = x;
    w.keys++;
    np_defer(w.loop, &asked.defer, give_key, NULL);
}

static bool may_start(void *arg, struct np_str instance, struct np_str vpc)
{
    return w.network;
}

static void engine_begin(void)
{
    const struct np_compute_opts o = {.loop = w.loop,
                                      .driver = &fake,
                                      .check_ms = 40,
                                      .stop_ms = 30,
                                      .instance_changed = instance_changed,
                                      .volume_changed = volume_changed,
                                      .instance_gone = instance_gone,
                                      .usage = usage,
                                      .key = key,
                                      .may_start = may_start};
    w.c = np_compute_new(&o);
    np_compute_start(w.c);
}

static void begin(void)
{
    memset(&w, 0, sizeof(w));
    w.guest_fd = -1;
    w.network = true;
    NP_CHECK(np_loop_new(&w.loop, NULL) == 0);
    engine_begin();
}

static void end(void)
{
    np_compute_free(w.c);
    np_defer_cancel(&asked.defer);
    np_loop_free(w.loop);
    if (w.guest_fd >= 0)
        close(w.guest_fd);
}

/* Turns until it is so; a failure ends after ten seconds. */
#define UNTIL(cond)                                                                                \
    do {                                                                                           \
        uint64_t since = np_now_ms(w.loop);                                                        \
        while (!(cond) && np_now_ms(w.loop) - since < 10000)                                       \
            np_loop_turn(w.loop, 10);                                                              \
        NP_CHECK(cond);                                                                            \
    } while (0)

static void turns(int n)
{
    while (n-- > 0)
        np_loop_turn(w.loop, 0);
}

static const struct np_instance_spec one = {.id = {"i-1", 3},
                                            .image = {"builtin", 7},
                                            .boot = 1,
                                            .milli_cpus = 1000,
                                            .memory_mib = 512,
                                            .hostname = {"h", 1},
                                            .user = {"ec2-user", 8},
                                            .root = {"vol-1", 5},
                                            .vpc = {"vpc-1", 5}};

static void want_root(bool encrypted)
{
    np_compute_volume_set(w.c, &(struct np_volume_spec){.id = NP_STR("vol-1"),
                                                        .size_mib = 8,
                                                        .image = NP_STR("builtin"),
                                                        .encrypted = encrypted});
    np_compute_volume_attach(w.c, NP_STR("vol-1"), one.id, NP_STR("xvda"));
}

static void run_one(void)
{
    want_root(false);
    np_compute_set(w.c, &one);
    w.e.ready(w.arg, NP_STR_NULL);
    UNTIL(w.now.phase == NP_INSTANCE_RUNNING);
}

NP_TEST(says_whether_instances_can_run)
{
    struct np_err why = {0};
    begin();
    NP_CHECK(np_compute_able(w.c, &why) == NP_ECLOSED);
    w.e.ready(w.arg, NP_STR("there is no runtime"));
    NP_CHECK(np_compute_able(w.c, &why) == NP_ENOTSUP);
    NP_CHECK_STR(np_err_text(&why), NP_STR("there is no runtime"));
    w.e.ready(w.arg, NP_STR_NULL);
    NP_CHECK(np_compute_able(w.c, &why) == 0);
    end();
}

NP_TEST(runs_after_its_volume)
{
    begin();
    np_compute_set(w.c, &one);
    w.e.ready(w.arg, NP_STR_NULL);
    UNTIL(w.told > 0);
    NP_CHECK(w.now.phase == NP_INSTANCE_PENDING && w.ensures == 0);
    NP_CHECK_STR(np_str_of(w.reason), NP_STR("it has no root volume"));
    want_root(true);
    UNTIL(w.now.phase == NP_INSTANCE_RUNNING);
    NP_CHECK(w.ensures == 1 && w.attaches == 1);
    NP_CHECK(w.last_key == 0x5a && w.keys == 2, "made and attached by its key: %d", w.keys);
    np_compute_set(w.c, &one);
    want_root(true);
    w.e.changed(w.arg);
    turns(20);
    NP_CHECK(w.ensures == 1 && w.attaches == 1, "the same again does nothing");
    end();
}

NP_TEST(a_new_volume_is_asked_for_at_once)
{
    begin();
    w.e.ready(w.arg, NP_STR_NULL);
    turns(20);
    want_root(false);
    NP_CHECK(w.crates[0].there, "not only after another listing");
    turns(20);
    NP_CHECK(w.attaches == 1);
    end();
}

NP_TEST(what_takes_a_while_is_asked_for_once)
{
    begin();
    w.slow = true;
    want_root(false);
    np_compute_set(w.c, &one);
    w.e.ready(w.arg, NP_STR_NULL);
    UNTIL(w.attaches == 1);
    turns(100);
    NP_CHECK(w.attaches == 1, "asked %d times", w.attaches);
    finish_attaching();
    turns(20);
    NP_CHECK(w.now.phase == NP_INSTANCE_RUNNING, "the next step follows the word");
    end();
}

NP_TEST(waits_for_a_key)
{
    begin();
    w.no_key = true;
    want_root(true);
    w.e.ready(w.arg, NP_STR_NULL);
    UNTIL(w.keys >= 2);
    NP_CHECK(!w.crates[0].there);
    w.no_key = false;
    UNTIL(w.crates[0].there && w.attaches == 1);
    end();
}

NP_TEST(waits_for_its_network)
{
    begin();
    w.network = false;
    want_root(false);
    np_compute_set(w.c, &one);
    w.e.ready(w.arg, NP_STR_NULL);
    UNTIL(np_str_is(np_str_of(w.reason), "its network is not ready"));
    w.network = true;
    np_compute_look(w.c);
    UNTIL(w.now.phase == NP_INSTANCE_RUNNING);
    NP_CHECK(w.now.system_check == NP_CHECK_OK);
    w.network = false;
    np_compute_look(w.c);
    UNTIL(w.now.system_check == NP_CHECK_IMPAIRED);
    NP_CHECK(w.now.impaired_ms != 0);
    end();
}

NP_TEST(adopts_what_runs)
{
    begin();
    run_one();
    np_compute_free(w.c);
    memset(&w.now, 0, sizeof(w.now));
    engine_begin();
    w.e.ready(w.arg, NP_STR_NULL);
    turns(20); /* nothing was told yet: nothing is touched */
    NP_CHECK(w.boxes[0].m.phase == NP_MACHINE_RUNNING && w.stops == 0);
    want_root(false);
    np_compute_set(w.c, &one);
    UNTIL(w.now.phase == NP_INSTANCE_RUNNING);
    np_compute_settled(w.c);
    turns(20);
    NP_CHECK(w.ensures == 1 && w.stops == 0 && w.attaches == 1);
    end();
}

NP_TEST(what_nobody_wants_goes)
{
    begin();
    run_one();
    np_compute_free(w.c);
    engine_begin();
    w.e.ready(w.arg, NP_STR_NULL);
    np_compute_settled(w.c);
    UNTIL(!w.boxes[0].there);
    NP_CHECK(w.gone == 0 && w.crates[0].there, "volumes have another owner");
    np_compute_volumes_settled(w.c);
    UNTIL(!w.crates[0].there);
    end();
}

NP_TEST(next_boot)
{
    begin();
    run_one();
    struct np_instance_spec next = one;
    next.boot = 2;
    np_compute_set(w.c, &next);
    UNTIL(w.now.phase == NP_INSTANCE_RUNNING && w.now.boot == 2 && w.boxes[0].m.boot == 2);
    NP_CHECK(w.ensures == 2 && w.stops == 1 && w.forces == 0);
    end();
}

NP_TEST(ends)
{
    static const struct {
        int code, signo;
        enum np_instance_end is;
    } cases[] = {{0, -1, NP_END_SHUTDOWN},    {-1, SIGINT, NP_END_SHUTDOWN},
                 {-1, SIGHUP, NP_END_REBOOT}, {-1, SIGKILL, NP_END_LOST},
                 {-1, -1, NP_END_LOST},       {3, -1, NP_END_LOST}};
    NP_EACH (t, cases) {
        begin();
        run_one();
        end_box(one.id, t->code, t->signo);
        w.e.changed(w.arg);
        UNTIL(w.now.phase == NP_INSTANCE_ENDED);
        NP_CHECK(w.now.end == t->is, "code %d signal %d: %d", t->code, t->signo, w.now.end);
        NP_CHECK(w.now.exit_code == t->code && w.now.signal == t->signo);
        turns(20);
        NP_CHECK(w.ensures == 1, "it stays ended");
        end();
    }
}

NP_TEST(stop_and_remove)
{
    begin();
    run_one();
    np_compute_stop(w.c, one.id, false);
    UNTIL(w.now.phase == NP_INSTANCE_ENDED);
    NP_CHECK(w.now.end == NP_END_ASKED && w.boxes[0].there && w.now.started_ms == 0);
    np_compute_remove(w.c, one.id, false);
    UNTIL(w.gone == 1);
    NP_CHECK(!w.boxes[0].there && w.stops == 1);
    np_compute_volume_remove(w.c, NP_STR("vol-1"));
    UNTIL(w.disk_gone == 1);
    NP_CHECK(!w.crates[0].there);
    end();
}

NP_TEST(a_guest_that_does_not_end_is_made_to)
{
    begin();
    run_one();
    w.stubborn = true;
    np_compute_stop(w.c, one.id, false);
    UNTIL(w.now.phase == NP_INSTANCE_STOPPING);
    NP_CHECK(w.forces == 0);
    UNTIL(w.now.phase == NP_INSTANCE_ENDED);
    NP_CHECK(w.forces == 1);
    end();
}

NP_TEST(what_fails_is_tried_again)
{
    begin();
    want_root(false);
    w.e.ready(w.arg, NP_STR_NULL);
    UNTIL(w.attaches == 1);
    w.refuses = true;
    np_compute_set(w.c, &one);
    UNTIL(w.ensures >= 2);
    NP_CHECK_STR(np_str_of(w.reason), NP_STR("it does not want to"));
    NP_CHECK(w.now.phase == NP_INSTANCE_PENDING);
    w.refuses = false;
    UNTIL(w.now.phase == NP_INSTANCE_RUNNING);
    NP_CHECK_STR(np_str_of(w.reason), NP_STR(""));
    end();
}

NP_TEST(what_is_taken_and_then_fails_is_tried_again_ever_more_seldom)
{
    begin();
    want_root(false);
    w.e.ready(w.arg, NP_STR_NULL);
    UNTIL(w.attaches == 1);
    w.broken = true;
    uint64_t begun = np_now_ms(w.loop);
    np_compute_set(w.c, &one);
    UNTIL(w.ensures == 4);
    NP_CHECK(np_now_ms(w.loop) - begun >= NP_COMPUTE_PAUSE_MIN_MS * (1 + 2 + 4));
    NP_CHECK_STR(np_str_of(w.reason), NP_STR("it cannot run"));
    NP_CHECK(w.silent == 0, "why is told also while it is tried again");
    w.broken = false;
    UNTIL(w.now.phase == NP_INSTANCE_RUNNING);
    NP_CHECK_STR(np_str_of(w.reason), NP_STR(""));
    end();
}

NP_TEST(the_driver_goes_away)
{
    begin();
    run_one();
    w.away = true;
    UNTIL(w.now.system_check == NP_CHECK_UNKNOWN && w.now.instance_check == NP_CHECK_UNKNOWN);
    NP_CHECK(!np_compute_ready(w.c));
    w.away = false;
    w.e.ready(w.arg, NP_STR_NULL);
    UNTIL(w.now.system_check == NP_CHECK_OK);
    NP_CHECK(w.ensures == 1);
    end();
}

/* Answers the question that is waiting, if there is one. */
static void guest_answers(const char *what)
{
    char q[8];
    if (w.guest_fd >= 0 && recv(w.guest_fd, q, sizeof(q), MSG_DONTWAIT) > 0)
        send(w.guest_fd, what, strlen(what), MSG_NOSIGNAL); /* the engine may have hung up */
}

NP_TEST(instance_check)
{
    begin();
    run_one();
    NP_CHECK(w.now.instance_check == NP_CHECK_INITIALIZING);
    UNTIL((guest_answers("done"), w.now.instance_check == NP_CHECK_OK));
    NP_CHECK(w.now.user_data == NP_USER_DATA_DONE);
    uint64_t silent = np_now_ms(w.loop);
    int before = w.opens;
    UNTIL(w.now.instance_check == NP_CHECK_IMPAIRED);
    NP_CHECK(w.opens - before <= 2, "one without an answer is enough; the next is asked at once");
    NP_CHECK(np_now_ms(w.loop) - silent >= 20, "it had time to answer");
    NP_CHECK(w.now.impaired_ms != 0 && w.now.phase == NP_INSTANCE_RUNNING);
    UNTIL((guest_answers("failed 7"), w.now.instance_check == NP_CHECK_OK));
    NP_CHECK(w.now.user_data == NP_USER_DATA_FAILED && w.now.user_data_code == 7);
    NP_CHECK(w.now.impaired_ms == 0);
    UNTIL((guest_answers("noise"), w.now.instance_check == NP_CHECK_IMPAIRED));
    end();
}

NP_TEST(observed_from_elsewhere)
{
    struct np_arena *a = np_arena_new();
    struct np_instance_now now, *all;
    struct np_volume_now disk;
    begin();
    run_one();
    NP_CHECK(np_compute_observe(w.c, a, one.id, &now) == 0 && now.phase == NP_INSTANCE_RUNNING);
    NP_CHECK(np_compute_observe(w.c, a, NP_STR("i-2"), &now) == NP_ENOENT);
    NP_CHECK(np_compute_each(w.c, a, &all) == 1);
    NP_CHECK_STR(all[0].id, one.id);
    NP_CHECK(np_compute_volume_observe(w.c, a, NP_STR("vol-1"), &disk) == 0);
    NP_CHECK_STR(disk.instance, one.id);
    np_compute_usage(w.c);
    UNTIL(w.usages == 1);
    end();
    np_arena_free(a);
}

NP_TEST(snapshots_and_detaching)
{
    begin();
    run_one();
    np_compute_snapshot_set(w.c, NP_STR("snap-1"), NP_STR("vol-1"), false);
    UNTIL(w.crates[1].there && w.crates[1].v.snapshot);
    np_compute_volume_detach(w.c, NP_STR("vol-1"), false);
    UNTIL(w.crates[0].v.instance.n == 0);
    np_compute_volume_set(w.c, &(struct np_volume_spec){.id = NP_STR("vol-1"), .size_mib = 16});
    UNTIL(w.crates[0].v.size_mib == 16);
    np_compute_snapshot_remove(w.c, NP_STR("snap-1"));
    UNTIL(!w.crates[1].there);
    end();
}
