/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - nephele-edge-js: runs viewer functions for the region, which starts it with a socket as
 * descriptor 3 and nothing else.
 */
#include "edgejs/edgejs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKET     3
#define READ_BYTES 65536

/* Read by the address sanitizer where it is built in. What the engine frees is nobody's to watch,
 * and freed memory that is kept back would count as a function's. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1:thread_local_quarantine_size_kb=16:detect_leaks=0";
}

_Noreturn static void cannot_start(const char *what)
{
    dprintf(STDERR_FILENO, "nephele-edge-js: %s\n", what);
    _exit(NP_EDGEFN_EXIT_START);
}

static void send_frame(struct np_buf *out, const struct np_edgefn_frame *f)
{
    np_buf_clear(out);
    np_edgefn_frame_put(out, f);
    for (size_t at = 0; at < out->n;) {
        ssize_t n = send(SOCKET, out->p + at, out->n - at, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(0); /* the region is gone */
        at += (size_t)n;
    }
}

static int64_t number_of(struct np_str text)
{
    int64_t v = 0;
    for (size_t i = 0; i < text.n && i < 18 && text.p[i] >= '0' && text.p[i] <= '9'; i++)
        v = v * 10 + (text.p[i] - '0');
    return v;
}

struct server {
    struct np_buf in, out;
    struct edgejs_result result;
    bool loaded[NP_EDGEFN_SLOTS];
};

static void take(struct server *s, const struct np_edgefn_frame *f)
{
    if (f->type == NP_EDGEFN_LOAD && f->number < NP_EDGEFN_SLOTS &&
        (f->value == NP_EDGEFN_JS_1_0 || f->value == NP_EDGEFN_JS_2_0)) {
        edgejs_load(f->number, (enum np_edgefn_runtime)f->value, f->text[0]);
        s->loaded[f->number] = true;
        return;
    }
    if (f->type != NP_EDGEFN_CALL || f->value >= NP_EDGEFN_SLOTS || !s->loaded[f->value])
        _exit(NP_EDGEFN_EXIT_PROTO);
    edgejs_call(f->value, f->text[0], number_of(f->text[1]), &s->result);
    send_frame(&s->out, &(struct np_edgefn_frame){
                            .type = s->result.type,
                            .number = f->number,
                            .value = s->result.cpu_us,
                            .text = {np_buf_str(&s->result.text), np_buf_str(&s->result.logs)},
                        });
}

static void take_all(struct server *s)
{
    struct np_edgefn_frame f;
    size_t at = 0, used;
    int rc;
    while ((rc = np_edgefn_frame_get(np_str_n(s->in.p + at, s->in.n - at), &f, &used)) == 0) {
        take(s, &f);
        at += used;
    }
    if (rc != NP_EAGAIN)
        _exit(NP_EDGEFN_EXIT_PROTO);
    np_buf_drop(&s->in, at);
}

/* Adds what has come; waits for it only after a rest. */
static void read_some(struct server *s)
{
    static char bytes[READ_BYTES];
    ssize_t n = recv(SOCKET, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
        edgejs_rest();
        n = recv(SOCKET, bytes, sizeof(bytes), 0);
    }
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0)
        _exit(0);
    np_buf_add(&s->in, bytes, (size_t)n);
}

int main(void)
{
    struct server s = {0};
    np_buf_init(&s.in, NULL,
                NP_EDGEFN_HEAD_BYTES + NP_EDGEFN_TEXTS * NP_EDGEFN_TEXT_MAX + READ_BYTES);
    np_buf_init(&s.out, NULL, NP_EDGEFN_HEAD_BYTES + NP_EDGEFN_TEXTS * NP_EDGEFN_TEXT_MAX);
    np_buf_init(&s.result.text, NULL, NP_EDGEFN_TEXT_MAX);
    np_buf_init(&s.result.logs, NULL, NP_EDGEFN_TEXT_MAX);
    if (edgejs_guard_init() != 0 || edgejs_init() != 0)
        cannot_start("the engine does not start");
    edgejs_guard_settle();
    if (edgejs_sandbox() != 0)
        cannot_start("the sandbox is not to be had");
    send_frame(&s.out,
               &(struct np_edgefn_frame){.type = NP_EDGEFN_READY, .value = NP_EDGEFN_VERSION});
    for (;;) {
        read_some(&s);
        take_all(&s);
    }
}
