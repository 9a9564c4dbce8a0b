/* SPDX-License-Identifier: Apache-2.0 */
/* edgefn.c - the queue of calls, and what becomes of them when a worker ends. */
#include "engines/edgefn/edgefn.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/edgefn/edgefn_int.h"

struct np_edgefn_code {
    uint64_t id; /* never used again */
    uint32_t refs;
    enum np_edgefn_runtime runtime;
    size_t n;
    char text[];
};

struct call {
    struct np_msg msg;
    struct np_node node; /* of f->waiting or f->ahead */
    struct np_edgefn *f;
    struct np_loop *loop;
    struct np_edgefn_code *code;
    uint32_t number;
    bool again; /* a worker has ended under it before */
    int64_t now_ms;
    np_edgefn_done_fn *done;
    void *arg;
    struct np_edgefn_result result;
    struct np_buf texts; /* of the event, then of the result */
};

struct np_edgefn {
    struct np_loop *home;
    char *program;
    struct np_edgefn_worker worker;
    bool ready; /* the worker has said so */
    struct np_node waiting, ahead;
    size_t n_waiting, n_ahead;
    uint32_t last_number;
    uint64_t retry_ms; /* no start before */
    struct {
        uint64_t id; /* of the code; 0: none */
        uint64_t used;
    } slots[NP_EDGEFN_SLOTS];
    uint64_t clock; /* of slots */
};

/* --- codes --- */

struct np_edgefn_code *np_edgefn_code_new(enum np_edgefn_runtime runtime, struct np_str text)
{
    static uint64_t last;
    struct np_edgefn_code *c = np_heap_alloc(sizeof(*c) + text.n);
    c->id = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    c->refs = 1;
    c->runtime = runtime;
    c->n = text.n;
    if (text.n != 0)
        memcpy(c->text, text.p, text.n);
    return c;
}

struct np_edgefn_code *np_edgefn_code_ref(struct np_edgefn_code *c)
{
    __atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
    return c;
}

void np_edgefn_code_unref(struct np_edgefn_code *c)
{
    if (c != NULL && __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) == 0)
        np_free(c);
}

/* --- answers --- */

static void free_call(struct call *c)
{
    np_loop_owe(c->loop, -1);
    np_edgefn_code_unref(c->code);
    np_buf_fini(&c->texts);
    np_free(c);
}

static void deliver(struct np_msg *m)
{
    struct call *c = NP_CONTAINER(m, struct call, msg);
    c->done(c->arg, &c->result);
    free_call(c);
}

/* The result with texts of its own, on its way to who asked. The call is in no list. */
static void answer(struct call *c, struct np_edgefn_result r)
{
    struct np_str *const texts[] = {&r.value, &r.error, &r.logs};
    np_buf_clear(&c->texts);
    NP_EACH (t, texts)
        np_buf_str_add(&c->texts, **t);
    const char *p = np_buf_str(&c->texts).p;
    NP_EACH (t, texts) {
        if ((*t)->p != NULL)
            (*t)->p = p;
        p += (*t)->n;
    }
    uint64_t percent = r.cpu_us * 100 / NP_EDGEFN_CPU_US;
    r.utilization = percent < 100 ? (unsigned)percent : 100;
    c->result = r;
    c->msg.fn = deliver;
    np_loop_post(c->loop, &c->msg);
}

__attribute__((format(printf, 3, 4))) static void
fail(struct call *c, enum np_edgefn_outcome outcome, const char *fmt, ...)
{
    char text[600];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    size_t length = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    bool stopped = outcome == NP_EDGEFN_TIME || outcome == NP_EDGEFN_MEMORY;
    answer(c, (struct np_edgefn_result){.outcome = outcome,
                                        .error = np_str_n(text, length),
                                        .logs = NP_STR("[]"),
                                        .cpu_us = stopped ? NP_EDGEFN_CPU_US : 0});
}

static struct call *first(struct np_node *list)
{
    return np_list_empty(list) ? NULL : NP_CONTAINER(list->next, struct call, node);
}

static struct call *take(struct np_node *list, size_t *n)
{
    struct call *c = first(list);
    if (c != NULL) {
        np_list_remove(&c->node);
        --*n;
    }
    return c;
}

/* --- the worker's answers --- */

#define TOO_LONG "the function took longer than it may"
#define TOO_MUCH "the function used more memory than it may"

static int on_result(struct np_edgefn *f, const struct np_edgefn_frame *m)
{
    struct call *c = first(&f->ahead);
    if (c == NULL || c->number != m->number)
        return NP_EPROTO; /* it answers in order */
    take(&f->ahead, &f->n_ahead);
    struct np_edgefn_result r = {.logs = m->text[1], .cpu_us = m->value};
    if (m->type == NP_EDGEFN_DONE) {
        r.value = m->text[0].n != 0 ? m->text[0] : NP_STR_NULL;
    } else {
        bool time = m->type == NP_EDGEFN_TIMED_OUT;
        r.outcome = time ? NP_EDGEFN_TIME : NP_EDGEFN_THREW;
        r.error = time ? NP_STR(TOO_LONG) : m->text[0];
    }
    answer(c, r);
    return 0;
}

static void pump(struct np_edgefn *f);

static int on_frame(struct np_edgefn_worker *w, const struct np_edgefn_frame *m)
{
    struct np_edgefn *f = NP_CONTAINER(w, struct np_edgefn, worker);
    int rc = NP_EPROTO;
    if (m->type == NP_EDGEFN_READY && !f->ready && m->value == NP_EDGEFN_VERSION) {
        f->ready = true;
        rc = 0;
    } else if (m->type > NP_EDGEFN_READY && f->ready) {
        rc = on_result(f, m);
    }
    if (rc == 0)
        pump(f);
    return rc;
}

/* --- its end --- */

static void fail_waiting(struct np_edgefn *f, const char *why)
{
    for (struct call *c; (c = take(&f->waiting, &f->n_waiting)) != NULL;)
        fail(c, NP_EDGEFN_LOST, "%s", why);
}

/* The call that was running: how it ended, or that it is to run once more. */
static bool ended_by(struct call *c, const struct np_edgefn_worker *w, int status)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (w->gone_quiet || code == NP_EDGEFN_EXIT_TIME)
        fail(c, NP_EDGEFN_TIME, TOO_LONG);
    else if (code == NP_EDGEFN_EXIT_MEMORY)
        fail(c, NP_EDGEFN_MEMORY, TOO_MUCH);
    else if (c->again)
        fail(c, NP_EDGEFN_LOST, "the worker of viewer functions ended twice under this call");
    else
        return false;
    return true;
}

static void on_ended(struct np_edgefn_worker *w, int status)
{
    struct np_edgefn *f = NP_CONTAINER(w, struct np_edgefn, worker);
    bool started = f->ready;
    f->ready = false;
    memset(f->slots, 0, sizeof(f->slots));
    struct call *running = started ? take(&f->ahead, &f->n_ahead) : NULL;
    if (running != NULL && ended_by(running, w, status))
        running = NULL;
    /* What had been written ahead was not begun: in its order, before what waits. */
    while (!np_list_empty(&f->ahead)) {
        struct np_node *last = f->ahead.prev;
        np_list_remove(last);
        np_list_prepend(&f->waiting, last);
        f->n_waiting++, f->n_ahead--;
    }
    if (running != NULL) {
        running->again = true;
        np_list_prepend(&f->waiting, &running->node);
        f->n_waiting++;
    }
    if (!started) {
        f->retry_ms = np_now_ms(f->home) + NP_EDGEFN_RETRY_MS;
        fail_waiting(f, "the worker of viewer functions does not start");
    }
    pump(f);
}

/* --- to the worker --- */

/* The slot that holds the code, or the one used least. */
static uint32_t slot_of(struct np_edgefn *f, const struct np_edgefn_code *c, bool *loaded)
{
    uint32_t at = 0;
    *loaded = true;
    for (uint32_t i = 0; i < NP_EDGEFN_SLOTS; i++) {
        if (f->slots[i].id == c->id)
            return i;
        if (f->slots[i].used < f->slots[at].used)
            at = i;
    }
    *loaded = false;
    return at;
}

static void write_call(struct np_edgefn *f, struct call *c)
{
    bool loaded;
    struct np_buf *out = &f->worker.out;
    uint32_t slot = slot_of(f, c->code, &loaded);
    if (!loaded)
        np_edgefn_frame_put(out, &(struct np_edgefn_frame){
                                     .type = NP_EDGEFN_LOAD,
                                     .number = slot,
                                     .value = c->code->runtime,
                                     .text = {np_str_n(c->code->text, c->code->n)},
                                 });
    f->slots[slot].id = c->code->id;
    f->slots[slot].used = ++f->clock;
    char clock[24];
    int n = snprintf(clock, sizeof(clock), "%lld", (long long)c->now_ms);
    c->number = ++f->last_number;
    np_edgefn_frame_put(out, &(struct np_edgefn_frame){
                                 .type = NP_EDGEFN_CALL,
                                 .number = c->number,
                                 .value = slot,
                                 .text = {np_buf_str(&c->texts), np_str_n(clock, (size_t)n)},
                             });
}

static int start(struct np_edgefn *f)
{
    struct np_err err = {0};
    if (np_edgefn_worker_runs(&f->worker))
        return 0;
    if (np_now_ms(f->home) < f->retry_ms) {
        fail_waiting(f, "the worker of viewer functions does not start");
        return NP_EAGAIN;
    }
    int rc = np_edgefn_worker_start(&f->worker, np_str_of(f->program), &err);
    if (rc == 0)
        return 0;
    f->retry_ms = np_now_ms(f->home) + NP_EDGEFN_RETRY_MS;
    fail_waiting(f, err.text);
    return rc;
}

static void pump(struct np_edgefn *f)
{
    if (f->n_waiting != 0 && start(f) != 0)
        return;
    bool wrote = false;
    while (f->n_ahead < NP_EDGEFN_AHEAD && f->n_waiting != 0) {
        struct call *c = take(&f->waiting, &f->n_waiting);
        np_list_append(&f->ahead, &c->node);
        f->n_ahead++;
        write_call(f, c);
        wrote = true;
    }
    if (wrote)
        np_edgefn_worker_flush(&f->worker);
    if (np_edgefn_worker_runs(&f->worker) && f->ready)
        np_edgefn_worker_expect(&f->worker, f->n_ahead != 0);
}

static void arrive(struct np_msg *m)
{
    struct call *c = NP_CONTAINER(m, struct call, msg);
    struct np_edgefn *f = c->f;
    if (f->n_waiting + f->n_ahead >= NP_EDGEFN_QUEUE_MAX) {
        fail(c, NP_EDGEFN_BUSY, "too many calls of viewer functions wait");
        return;
    }
    np_list_append(&f->waiting, &c->node);
    f->n_waiting++;
    pump(f);
}

/* --- the outside --- */

bool np_edgefn_installed(struct np_str program)
{
    NP_AUTO_ARENA a = np_arena_new();
    return program.n != 0 && access(np_str_z(a, program), X_OK) == 0;
}

struct np_edgefn *np_edgefn_new(struct np_loop *home, struct np_str program)
{
    struct np_edgefn *f = np_heap_new(struct np_edgefn);
    f->home = home;
    f->program = np_heap_alloc(program.n + 1);
    memcpy(f->program, program.p, program.n);
    np_list_init(&f->waiting);
    np_list_init(&f->ahead);
    np_edgefn_worker_init(&f->worker, home);
    f->worker.frame = on_frame;
    f->worker.ended = on_ended;
    return f;
}

void np_edgefn_free(struct np_edgefn *f)
{
    if (f == NULL)
        return;
    for (struct call *c; (c = take(&f->waiting, &f->n_waiting)) != NULL;)
        free_call(c);
    for (struct call *c; (c = take(&f->ahead, &f->n_ahead)) != NULL;)
        free_call(c);
    np_edgefn_worker_fini(&f->worker);
    np_free(f->program);
    np_free(f);
}

void np_edgefn_call(struct np_edgefn *f, struct np_loop *loop, struct np_edgefn_code *code,
                    struct np_str event, int64_t now_ms, np_edgefn_done_fn *done, void *arg)
{
    struct call *c = np_heap_new(struct call);
    *c = (struct call){.f = f,
                       .loop = loop,
                       .code = np_edgefn_code_ref(code),
                       .now_ms = now_ms,
                       .done = done,
                       .arg = arg};
    np_loop_owe(loop, 1);
    np_buf_init(&c->texts, NULL, NP_EDGEFN_TEXTS * NP_EDGEFN_TEXT_MAX);
    if (event.n > NP_EDGEFN_EVENT_MAX || code->n > NP_EDGEFN_TEXT_MAX) {
        fail(c, NP_EDGEFN_BUSY, "the event is larger than %zu bytes", NP_EDGEFN_EVENT_MAX);
        return;
    }
    np_buf_str_add(&c->texts, event);
    c->msg.fn = arrive;
    np_loop_post(f->home, &c->msg);
}

int np_edgefn_pid(const struct np_edgefn *f)
{
    return (int)f->worker.child.pid;
}
