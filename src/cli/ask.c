/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - a request to the gateway, blocking. */
#include "cli/ask.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/auto.h"
#include "daemon/datadir.h"
#include "http/http.h"
#include "io/file.h"
#include "io/net.h"

#define ANSWER_MAX (4u << 20)
#define TIMEOUT_MS 10000
#define HEAD_MAX   65536

struct np_str cli_gateway(struct cli *c)
{
    struct np_str at = np_datadir_address(c->settings.core.data_dir, "endpoint", c->arena), port;
    if (np_str_starts(at, NP_STR("0.0.0.0:"))) {
        np_str_cut(at, ':', &at, &port);
        return np_str_printf(c->arena, "127.0.0.1:%.*s", NP_FMT(port));
    }
    if (np_str_starts(at, NP_STR("[::]:")))
        return np_str_printf(c->arena, "[::1]:%.*s", NP_FMT(np_str_sub(at, 5, at.n)));
    return at;
}

static int wait_for(int fd, short events, struct np_err *err)
{
    struct pollfd p = {.fd = fd, .events = events};
    int n;
    while ((n = poll(&p, 1, TIMEOUT_MS)) < 0 && errno == EINTR)
        ;
    return n > 0 ? 0 : np_err(err, NP_ETIMEDOUT, "the region does not answer");
}

/* The egress rule that allows the gateway and nothing else. */
static int dial(struct cli *c, struct np_str at, int *fd)
{
    struct np_addr to;
    struct np_egress *e = NULL;
    int rc = np_addr_parse(at, &to, &c->err);
    if (rc != 0)
        return rc;
    bool v6 = to.u.sa.sa_family == AF_INET6;
    struct np_str ip = np_addr_ip_text(c->arena, &to);
    struct np_str rule =
        np_str_printf(c->arena, v6 ? "[%.*s]/128:%u" : "%.*s/32:%u", NP_FMT(ip), np_addr_port(&to));
    rc = np_egress_new(&(struct np_strs){.v = &rule, .n = 1, .set = true}, &e, &c->err);
    if (rc == 0)
        rc = np_dial(e, "cli", &to, fd, &c->err);
    np_egress_free(e);
    return rc != 0 ? rc : wait_for(*fd, POLLOUT, &c->err);
}

static int exchange(struct cli *c, int fd, struct np_str request, struct np_buf *answer)
{
    int rc = np_write_all(fd, request.p, request.n, &c->err);
    while (rc == 0) {
        char part[16384];
        ssize_t n = read(fd, part, sizeof(part));
        if (n == 0)
            return 0;
        if (n > 0)
            np_buf_add(answer, part, (size_t)n);
        else if (errno == EAGAIN)
            rc = wait_for(fd, POLLIN, &c->err);
        else
            rc = np_err_errno(&c->err, errno, "the region hung up");
    }
    return rc;
}

int cli_dial(struct cli *c, struct np_str *at, int *fd)
{
    *at = cli_gateway(c);
    if (at->p == NULL)
        return np_err(&c->err, NP_ENOENT, "no region runs on %.*s",
                      NP_FMT(c->settings.core.data_dir));
    return dial(c, *at, fd);
}

int cli_ask(struct cli *c, const char *method, struct np_str path, struct np_str *body)
{
    NP_AUTO_FD fd = -1;
    struct np_str at, token = NP_STR_NULL;
    int rc = cli_dial(c, &at, &fd);
    if (rc == 0)
        rc = np_file_read(c->arena, cli_in_data(c, "token"), 256, &token, &c->err);
    if (rc != 0)
        return rc;
    struct np_str request = np_str_printf(
        c->arena,
        "%s %.*s HTTP/1.1\r\nHost: %.*s\r\nX-Nephele-Token: %.*s\r\n%sConnection: close\r\n\r\n",
        method, NP_FMT(path), NP_FMT(at), NP_FMT(np_str_trim(token)),
        *method == 'P' ? "Content-Length: 0\r\n" : "");
    struct np_buf answer;
    np_buf_init(&answer, c->arena, ANSWER_MAX);
    rc = exchange(c, fd, request, &answer);
    if (rc != 0)
        return rc;
    struct np_http_field *fields =
        np_new_array(c->arena, struct np_http_field, np_http_default_limits.fields);
    struct np_http_head head = {0};
    size_t used = 0;
    rc = np_http_parse_response(answer.p, answer.n, &np_http_default_limits, false, fields, &head,
                                &used);
    if (rc != 0)
        return np_err(&c->err, rc, "what answers at %.*s is no region", NP_FMT(at));
    *body = np_str_sub(np_buf_str(&answer), used, answer.n);
    return head.status;
}

/* --- upgrades --- */

static int read_head(struct cli *c, int fd, struct np_buf *got, struct np_http_head *head,
                     size_t *used)
{
    struct np_http_field *fields =
        np_new_array(c->arena, struct np_http_field, np_http_default_limits.fields);
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char part[4096];
        if (poll(&p, 1, -1) < 0 && errno != EINTR)
            return np_err_errno(&c->err, errno, "the region hung up");
        ssize_t n = read(fd, part, sizeof(part));
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0)
            return np_err(&c->err, NP_ECLOSED, "the region hung up");
        np_buf_add(got, part, (size_t)n);
        if (!np_buf_ok(got))
            return np_err(&c->err, NP_EPROTO, "the region's answer is too long");
        int rc = np_http_parse_response(got->p, got->n, &np_http_default_limits, false, fields,
                                        head, used);
        if (rc != NP_EAGAIN)
            return rc != 0 ? np_err(&c->err, rc, "what answers is no region") : 0;
    }
}

int cli_upgrade(struct cli *c, struct np_str path, const char *protocol, int *fd,
                struct np_str *first)
{
    struct np_str at, token;
    struct np_http_head head = {0};
    struct np_buf got;
    size_t used = 0;
    int rc = cli_dial(c, &at, fd);
    if (rc == 0)
        rc = np_file_read(c->arena, cli_in_data(c, "token"), 256, &token, &c->err);
    if (rc != 0)
        return rc;
    struct np_str text = np_str_printf(
        c->arena,
        "GET %.*s HTTP/1.1\r\nHost: %.*s\r\nX-Nephele-Token: %.*s\r\nConnection: Upgrade\r\n"
        "Upgrade: %s\r\n\r\n",
        NP_FMT(path), NP_FMT(at), NP_FMT(np_str_trim(token)), protocol);
    np_buf_init(&got, c->arena, HEAD_MAX);
    rc = np_write_all(*fd, text.p, text.n, &c->err);
    if (rc == 0)
        rc = read_head(c, *fd, &got, &head, &used);
    if (rc != 0)
        return rc;
    *first = np_str_sub(np_buf_str(&got), used, got.n);
    return head.status;
}
