/* SPDX-License-Identifier: Apache-2.0 */
/* http2_client.c - a scripted client of HTTP/2. */
#include "http/http2_client.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#define FRAME_HEAD 9

static void put_u32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (char)(v >> (24 - 8 * i));
}

static uint32_t get_u32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

/* --- sending --- */

void h2_frame(struct np_buf *b, uint8_t type, uint8_t flags, uint32_t id, struct np_str payload)
{
    char head[FRAME_HEAD] = {(char)(payload.n >> 16), (char)(payload.n >> 8), (char)payload.n,
                             (char)type, (char)flags};
    put_u32(head + 5, id);
    np_buf_add(b, head, sizeof(head));
    np_buf_str_add(b, payload);
}

void h2_send_frame(struct h2 *c, uint8_t type, uint8_t flags, uint32_t id, struct np_str payload)
{
    struct np_buf b;
    np_buf_init(&b, c->f->arena, (size_t)1 << 20);
    h2_frame(&b, type, flags, id, payload);
    fx_send(c->f, c->fd, np_buf_str(&b));
}

void h2_send_u32(struct h2 *c, uint8_t type, uint32_t id, uint32_t value)
{
    char payload[4];
    put_u32(payload, value);
    h2_send_frame(c, type, 0, id, np_str_n(payload, 4));
}

/* An integer with a prefix of 7 bits (RFC 7541, 5.1). */
static void add_text(struct np_buf *b, struct np_str s)
{
    size_t n = s.n;
    if (n < 127) {
        np_buf_char(b, (char)n);
    } else {
        np_buf_char(b, 127);
        for (n -= 127; n >= 128; n /= 128)
            np_buf_char(b, (char)(n % 128 + 128));
        np_buf_char(b, (char)n);
    }
    np_buf_str_add(b, s);
}

void h2_add_field(struct np_buf *b, struct np_str name, struct np_str value)
{
    np_buf_char(b, 0x10); /* never indexed */
    add_text(b, name);
    add_text(b, value);
}

struct np_str h2_block(struct fixture *f, const char *lines)
{
    struct np_buf b;
    struct np_str rest = np_str_of(lines), line;
    np_buf_init(&b, f->arena, (size_t)1 << 20);
    while (np_str_split(&rest, '\n', &line)) {
        ptrdiff_t at = np_str_find(line, NP_STR(": "));
        NP_CHECK(at >= 0, "\"%.*s\" is no line of a test", NP_FMT(line));
        h2_add_field(&b, np_str_sub(line, 0, (size_t)at), np_str_sub(line, (size_t)at + 2, line.n));
    }
    return np_buf_str(&b);
}

void h2_send_block(struct h2 *c, uint32_t id, uint8_t flags, struct np_str block)
{
    uint8_t type = NGHTTP2_HEADERS;
    do {
        struct np_str part = np_str_sub(block, 0, 16384);
        block = np_str_sub(block, part.n, block.n);
        h2_send_frame(c, type, flags | (block.n == 0 ? NGHTTP2_FLAG_END_HEADERS : 0), id, part);
        type = NGHTTP2_CONTINUATION;
        flags = 0;
    } while (block.n > 0);
}

void h2_request(struct h2 *c, uint32_t id, uint8_t flags, const char *method, const char *path,
                const char *more_lines)
{
    struct np_str lines = np_str_printf(
        c->f->arena, ":method: %s\n:scheme: http\n:authority: a\n:path: %s%s%s", method, path,
        more_lines != NULL ? "\n" : "", more_lines != NULL ? more_lines : "");
    h2_send_block(c, id, flags, h2_block(c->f, np_str_z(c->f->arena, lines)));
}

void h2_get(struct h2 *c, uint32_t id)
{
    h2_request(c, id, NGHTTP2_FLAG_END_STREAM, "GET", "/", NULL);
}

/* --- receiving --- */

static void log_block(struct h2 *c, uint32_t id, uint8_t flags, struct np_str block)
{
    struct np_str status = NP_STR("trailers");
    const uint8_t *p = (const uint8_t *)block.p;
    size_t left = block.n;
    int what = 0;
    while (!(what & NGHTTP2_HD_INFLATE_FINAL)) {
        nghttp2_nv nv;
        ssize_t n = nghttp2_hd_inflate_hd2(c->inflater, &nv, &what, p, left, 1);
        NP_CHECK(n >= 0, "HPACK: %s", nghttp2_strerror((int)n));
        p += n;
        left -= (size_t)n;
        if (!(what & NGHTTP2_HD_INFLATE_EMIT))
            continue;
        struct np_str name = np_str_n(nv.name, nv.namelen), value = np_str_n(nv.value, nv.valuelen);
        if (np_str_is(name, ":status"))
            status = np_str_dup(c->f->arena, value);
        else
            np_buf_printf(&c->fields, "%.*s=%.*s ", NP_FMT(name), NP_FMT(value));
    }
    nghttp2_hd_inflate_end_headers(c->inflater);
    np_buf_printf(&c->log, "H%u:%.*s%s ", id, NP_FMT(status),
                  flags & NGHTTP2_FLAG_END_STREAM ? ",end" : "");
}

static void log_frame(struct h2 *c, uint8_t type, uint8_t flags, uint32_t id, struct np_str p)
{
    switch (type) {
    case NGHTTP2_HEADERS:
        NP_CHECK(flags & NGHTTP2_FLAG_END_HEADERS);
        log_block(c, id, flags, p);
        return;
    case NGHTTP2_DATA:
        np_buf_str_add(&c->body, p);
        np_buf_printf(&c->log, "D%u:%zu%s ", id, p.n,
                      flags & NGHTTP2_FLAG_END_STREAM ? ",end" : "");
        return;
    case NGHTTP2_RST_STREAM:
        np_buf_printf(&c->log, "R%u:%u ", id, get_u32(p.p));
        return;
    case NGHTTP2_GOAWAY:
        np_buf_printf(&c->log, "G:%u ", get_u32(p.p + 4));
        return;
    case NGHTTP2_WINDOW_UPDATE:
        np_buf_printf(&c->log, "W%u:%u ", id, get_u32(p.p));
        return;
    case NGHTTP2_SETTINGS:
        np_buf_printf(&c->log, "%s", flags & NGHTTP2_FLAG_ACK ? "" : "S ");
        return;
    case NGHTTP2_PING:
        np_buf_printf(&c->log, "P:%s ", flags & NGHTTP2_FLAG_ACK ? "ack" : "");
        return;
    default:
        np_buf_printf(&c->log, "?%u ", type);
    }
}

/* False when the next frame is not whole. */
static bool parse(struct h2 *c)
{
    struct np_str all = np_buf_str(&c->in);
    if (all.n < FRAME_HEAD)
        return false;
    const unsigned char *h = (const unsigned char *)all.p;
    size_t n = (size_t)h[0] << 16 | (size_t)h[1] << 8 | h[2];
    if (all.n < FRAME_HEAD + n)
        return false;
    log_frame(c, h[3], h[4], get_u32(all.p + 5), np_str_sub(all, FRAME_HEAD, n));
    struct np_str rest = np_str_dup(c->f->arena, np_str_sub(all, FRAME_HEAD + n, all.n));
    np_buf_clear(&c->in);
    np_buf_str_add(&c->in, rest);
    return true;
}

void h2_turns(struct h2 *c, int n)
{
    char chunk[65536];
    while (n-- > 0) {
        ssize_t got = c->closed ? 0 : recv(c->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
        c->closed |= got == 0 || (got < 0 && errno != EAGAIN);
        if (got > 0)
            np_buf_add(&c->in, chunk, (size_t)got);
        while (parse(c))
            ;
        np_loop_turn(c->f->loop, got > 0 ? 0 : 1);
    }
}

void h2_until(struct h2 *c, const char *text)
{
    int left = 20000;
    while (np_str_find(np_buf_str(&c->log), np_str_of(text)) < 0 && !c->closed && --left > 0)
        h2_turns(c, 1);
    NP_CHECK(np_str_find(np_buf_str(&c->log), np_str_of(text)) >= 0, "no \"%s\" in \"%.*s\"", text,
             NP_FMT(np_buf_str(&c->log)));
}

void h2_until_closed(struct h2 *c)
{
    int left = 20000;
    while (!c->closed && --left > 0)
        h2_turns(c, 1);
    NP_CHECK(c->closed, "still open after \"%.*s\"", NP_FMT(np_buf_str(&c->log)));
}

void h2_open(struct h2 *c, struct fixture *f)
{
    *c = (struct h2){.f = f};
    NP_CHECK(nghttp2_hd_inflate_new(&c->inflater) == 0);
    struct np_buf *bufs[] = {&c->in, &c->log, &c->fields, &c->body};
    NP_EACH (b, bufs)
        np_buf_init(*b, f->arena, (size_t)64 << 20);
    static const int on = 1;
    c->fd = fx_connect(f);
    /* Small frames follow each other without an answer between. */
    NP_CHECK(setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
    FX_SEND(f, c->fd, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    h2_send_frame(c, NGHTTP2_SETTINGS, 0, 0, NP_STR(""));
    h2_until(c, "S W0:");
    h2_send_frame(c, NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0, NP_STR(""));
    np_buf_clear(&c->log);
}

void h2_leave(struct h2 *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->closed = true;
}

void h2_close(struct h2 *c)
{
    h2_leave(c);
    nghttp2_hd_inflate_del(c->inflater);
}
