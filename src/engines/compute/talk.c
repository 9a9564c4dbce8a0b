/* SPDX-License-Identifier: Apache-2.0 */
/* talk.c - packets of a control door as frames of a stream, both ways. */
#include "engines/compute/talk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "engines/compute/compute_int.h"
#include "guest/control.h"
#include "io/stream.h"

#define HEAD      sizeof(uint32_t)
#define FRAME_MAX (HEAD + NP_GUEST_MESSAGE_MAX)

/* --- relaying --- */

struct talks {
    struct np_node all;
    size_t n;
};

struct talk {
    struct np_node node;
    struct talks *of;
    struct np_stream *stream;
    struct np_watch watch; /* of the door */
    struct np_defer ending;
    bool guest_ended, over;
    size_t up_n, down_at, down_n;
    char up[FRAME_MAX], down[FRAME_MAX];
};

static void talk_free(struct talk *t)
{
    np_defer_cancel(&t->ending);
    int fd = t->watch.fd;
    np_watch_del(&t->watch);
    close(fd);
    np_stream_close(t->stream);
    np_list_remove(&t->node);
    t->of->n--;
    np_free(t);
}

static void *talks_new(struct np_loop *l)
{
    struct talks *all = np_heap_new(struct talks);
    np_list_init(&all->all);
    return all;
}

static void talks_free(void *p)
{
    struct talks *all = p;
    while (!np_list_empty(&all->all))
        talk_free(NP_CONTAINER(all->all.next, struct talk, node));
    np_free(all);
}

static struct talks *talks_of(struct np_loop *l)
{
    static const char key;
    return np_loop_local(l, &key, talks_new, talks_free);
}

/* Length of the whole frame at the front; 0: it is not whole yet; SIZE_MAX: it cannot be. */
static size_t frame_at(const char *p, size_t n)
{
    uint32_t length;
    if (n < HEAD)
        return 0;
    memcpy(&length, p, HEAD);
    length = ntohl(length);
    if (length < sizeof(struct np_guest_head) || length > NP_GUEST_MESSAGE_MAX)
        return SIZE_MAX;
    return n >= HEAD + length ? HEAD + length : 0;
}

/* 1: something was moved; 0: nothing can be just now; -1: it is over. */
static int move_up(struct talk *t)
{
    size_t frame = frame_at(t->up, t->up_n);
    if (frame == SIZE_MAX)
        return -1;
    if (frame > 0) {
        ssize_t n = send(t->watch.fd, t->up + HEAD, frame - HEAD, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
        /* A guest that has hung up may have said how it ended before: that is still to be read. */
        memmove(t->up, t->up + frame, t->up_n - frame);
        t->up_n -= frame;
        return 1;
    }
    ssize_t n = np_stream_read(t->stream, t->up + t->up_n, sizeof(t->up) - t->up_n);
    if (n <= 0)
        return n == NP_EAGAIN ? 0 : -1; /* who hangs up has left: the guest is told by our end */
    t->up_n += (size_t)n;
    return 1;
}

static int flush_down(struct talk *t)
{
    struct iovec v = {t->down + t->down_at, t->down_n - t->down_at};
    ssize_t n = np_stream_writev(t->stream, &v, 1);
    if (n < 0)
        return n == NP_EAGAIN ? 0 : -1;
    t->down_at += (size_t)n;
    return 1;
}

static int move_down(struct talk *t)
{
    if (t->down_at < t->down_n)
        return flush_down(t);
    if (t->guest_ended)
        return -1;
    ssize_t n = recv(t->watch.fd, t->down + HEAD, NP_GUEST_MESSAGE_MAX, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n <= 0) {
        t->guest_ended = true;
        return -1;
    }
    uint32_t length = htonl((uint32_t)n);
    memcpy(t->down, &length, HEAD);
    t->down_at = 0;
    t->down_n = HEAD + (size_t)n;
    return 1;
}

static void end(void *arg)
{
    talk_free(arg);
}

static void pump(struct talk *t)
{
    int up = 1, down = 1;
    while (!t->over && (up > 0 || down > 0)) {
        up = move_up(t);
        down = move_down(t);
        t->over = up < 0 || down < 0;
    }
    if (t->over)
        np_defer(t->watch.loop != NULL ? t->watch.loop : np_loop_current(), &t->ending, end, t);
}

static void on_stream(void *arg, unsigned events)
{
    pump(arg);
}

static void on_door(struct np_watch *w, unsigned events)
{
    pump(NP_CONTAINER(w, struct talk, watch));
}

static void relay(struct np_loop *l, struct np_stream *stream, int fd, struct np_str unread)
{
    struct talk *t = np_heap_new(struct talk);
    t->of = talks_of(l);
    t->of->n++;
    np_list_append(&t->of->all, &t->node);
    t->stream = stream;
    memcpy(t->up, unread.p, unread.n);
    t->up_n = unread.n;
    np_stream_set_fn(stream, on_stream, t);
    if (np_watch_add(l, &t->watch, fd, NP_READABLE | NP_WRITABLE, on_door, NULL) != 0) {
        t->watch.fd = fd;
        t->over = true;
    }
    pump(t);
}

/* --- the exchange, until its door is open --- */

struct knock {
    struct np_compute *compute;
    struct np_http_x *x; /* NULL: the client left */
    struct np_loop *loop;
    struct np_msg msg;
    char id[NP_COMPUTE_ID_MAX + 1];
    int rc, fd;
    struct np_err err;
};

static void refuse(struct np_http_x *x, int status, struct np_str why)
{
    np_http_set_user(x, NULL);
    np_http_reply(x, status, NULL, 0, why);
}

static void upgrade(struct knock *k)
{
    static const struct np_http_field fields[] = {
        {{"Upgrade", 7}, {NP_TALK_UPGRADE, sizeof(NP_TALK_UPGRADE) - 1}},
        {{"Connection", 10}, {"Upgrade", 7}}};
    NP_AUTO_BUF unread;
    np_buf_init(&unread, NULL, FRAME_MAX);
    np_http_set_user(k->x, NULL);
    np_http_respond(k->x, 101, fields, NP_LEN(fields), 0);
    struct np_stream *stream = np_http_take_stream(k->x, &unread);
    if (stream != NULL && np_buf_ok(&unread)) {
        relay(k->loop, stream, k->fd, np_buf_str(&unread));
        return;
    }
    np_stream_close(stream);
    close(k->fd);
}

/* Back on the exchange's loop. */
static void is_open(struct np_msg *m)
{
    struct knock *k = NP_CONTAINER(m, struct knock, msg);
    np_loop_owe(k->loop, -1);
    if (k->rc != 0 && k->x != NULL)
        refuse(k->x, k->rc == NP_ENOENT ? 404 : 503, np_err_text(&k->err));
    else if (k->rc == 0 && k->x != NULL)
        upgrade(k);
    else if (k->rc == 0)
        close(k->fd);
    np_free(k);
}

static void opened(void *x, int rc, int fd, const struct np_err *err)
{
    struct knock *k = x;
    k->rc = rc;
    k->fd = fd;
    if (rc != 0)
        k->err = *err;
    k->msg.fn = is_open;
    np_loop_post(k->loop, &k->msg);
}

/* On the engine's loop. */
static void open_it(struct np_msg *m)
{
    struct knock *k = NP_CONTAINER(m, struct knock, msg);
    np_compute_open(k->compute, np_str_of(k->id), NP_DOOR_CONTROL, opened, k);
}

static void on_request(void *arg, struct np_http_x *x)
{
    const struct np_talk_to *to = arg;
    struct np_loop *l = np_http_loop(x);
    struct np_str wish = np_http_field(np_http_head(x), NP_STR("Upgrade"));
    if (!np_str_ieq(wish, NP_STR(NP_TALK_UPGRADE))) {
        refuse(x, 426, NP_STR("this needs Upgrade: " NP_TALK_UPGRADE ", as `nephele exec` has it"));
        return;
    }
    if (talks_of(l)->n >= NP_TALKS_MAX) {
        refuse(x, 503, NP_STR("too many programs speak with instances"));
        return;
    }
    struct knock *k = np_heap_new(struct knock);
    k->compute = to->compute;
    k->x = x;
    k->loop = l;
    compute_text(k->id, sizeof(k->id), to->id);
    np_http_set_user(x, k);
    k->msg.fn = open_it;
    np_loop_owe(l, 1);
    np_loop_post(to->compute->o.loop, &k->msg);
}

static void on_gone(void *arg, struct np_http_x *x, bool complete)
{
    struct knock *k = np_http_user(x);
    if (k != NULL)
        k->x = NULL;
}

const struct np_http_handlers np_talk_handlers = {.request = on_request, .gone = on_gone};
