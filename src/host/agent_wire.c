/* SPDX-License-Identifier: Apache-2.0 */
/* agent_wire.c - packets, sealed memory files and descriptors. */
#include "host/agent_wire.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/agent_msg.h"
#include "io/child.h"
#include "io/file.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

void np_agent_close_fds(int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
        fds[i] = -1;
    }
}

int np_sealed_file(const void *p, size_t n)
{
    NP_AUTO_FD fd = memfd_create("nephele-message", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || np_write_all(fd, p, n, NULL) != 0 || lseek(fd, 0, SEEK_SET) != 0 ||
        fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) != 0)
        return -1;
    return np_fd_take(&fd);
}

int np_sealed_read(int fd, struct np_arena *a, size_t max_bytes, struct np_str *out)
{
    struct stat st;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) != 0 || st.st_size < 0 ||
        (uint64_t)st.st_size > max_bytes)
        return NP_EPROTO;
    size_t size = (size_t)st.st_size;
    char *p = np_alloc_raw(a, size != 0 ? size : 1);
    for (size_t at = 0; at < size;) {
        ssize_t n = pread(fd, p + at, size - at, (off_t)at);
        if (n <= 0)
            return NP_EPROTO;
        at += (size_t)n;
    }
    *out = np_str_n(p, size);
    return 0;
}

static int send_packet(int sock, const void *p, size_t n, const int *fds, size_t n_fds)
{
    ssize_t sent = np_sendfds(sock, p, n, fds, n_fds);
    if (sent < 0)
        return (int)sent;
    return (size_t)sent == n ? 0 : NP_EAGAIN;
}

static int send_long(int sock, struct np_str message, const int *fds, size_t n_fds)
{
    struct np_agent_head h;
    int all[NP_AGENT_FDS_MAX];
    if (n_fds >= NP_AGENT_FDS_MAX)
        return NP_E2BIG;
    memcpy(&h, message.p, sizeof(h));
    h.flags |= NP_AGENT_LONG;
    NP_AUTO_FD body = np_sealed_file(message.p + sizeof(h), message.n - sizeof(h));
    if (body < 0)
        return NP_ENOSPC;
    all[0] = body;
    for (size_t i = 0; i < n_fds; i++)
        all[i + 1] = fds[i];
    return send_packet(sock, &h, sizeof(h), all, n_fds + 1);
}

int np_agent_send(int sock, struct np_str message, const int *fds, size_t n_fds)
{
    if (message.n > NP_AGENT_LONG_MAX || n_fds > NP_AGENT_FDS_MAX)
        return NP_E2BIG;
    if (message.n > NP_AGENT_MESSAGE_MAX)
        return send_long(sock, message, fds, n_fds);
    return send_packet(sock, message.p, message.n, fds, n_fds);
}

/* The body of a long message out of its file, as if it had come in the packet. */
static int join(struct np_arena *a, struct np_agent_packet *k)
{
    struct np_agent_head h;
    struct np_str body;
    memcpy(&h, k->bytes.p, sizeof(h));
    if ((h.flags & NP_AGENT_LONG) == 0)
        return 0;
    if (k->bytes.n != sizeof(h) || k->n_fds == 0 ||
        np_sealed_read(k->fds[0], a, NP_AGENT_LONG_MAX - sizeof(h), &body) != 0)
        return NP_EPROTO;
    close(k->fds[0]);
    k->n_fds--;
    memmove(k->fds, k->fds + 1, k->n_fds * sizeof(k->fds[0]));
    h.flags &= ~NP_AGENT_LONG;
    char *whole = np_alloc_raw(a, sizeof(h) + body.n);
    memcpy(whole, &h, sizeof(h));
    memcpy(whole + sizeof(h), body.p, body.n);
    k->bytes = np_str_n(whole, sizeof(h) + body.n);
    return 0;
}

int np_agent_recv(int sock, struct np_arena *a, struct np_agent_packet *out)
{
    char packet[NP_AGENT_MESSAGE_MAX];
    struct np_agent_packet k = {.n_fds = NP_AGENT_FDS_MAX};
    ssize_t n = np_recvfds(sock, packet, sizeof(packet), k.fds, &k.n_fds);
    if (n < 0)
        return (int)n;
    char *bytes = np_alloc_raw(a, (size_t)n);
    memcpy(bytes, packet, (size_t)n);
    k.bytes = np_str_n(bytes, (size_t)n);
    int rc = k.bytes.n < sizeof(struct np_agent_head) ? NP_EPROTO : join(a, &k);
    if (rc != 0)
        np_agent_close_fds(k.fds, k.n_fds);
    else
        *out = k;
    return rc;
}
