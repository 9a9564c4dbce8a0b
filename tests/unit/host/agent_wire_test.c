/* SPDX-License-Identifier: Apache-2.0 */
/* agent_wire_test.c - messages over a socket: short ones in a packet, long ones in a sealed file.
 */
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/agent_msg.h"
#include "host/agent_wire.h"
#include "io/child.h"

static void make_pair(int ends[2])
{
    NP_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
}

static struct np_str message_of(struct np_arena *a, size_t n)
{
    char *p = np_alloc(a, n);
    struct np_agent_head h = {.version = NP_AGENT_VERSION, .verb = NP_AGENT_DOCTOR, .number = 3};
    for (size_t i = sizeof(h); i < n; i++)
        p[i] = (char)(i * 7);
    memcpy(p, &h, sizeof(h));
    return np_str_n(p, n);
}

NP_TEST(messages_of_all_lengths_arrive_whole)
{
    static const size_t sizes[] = {sizeof(struct np_agent_head), 100, NP_AGENT_MESSAGE_MAX,
                                   NP_AGENT_MESSAGE_MAX + 1, NP_AGENT_LONG_MAX};
    int ends[2];
    make_pair(ends);
    NP_EACH (size, sizes) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_agent_packet k;
        struct np_str m = message_of(a, *size);
        NP_CHECK(np_agent_send(ends[0], m, ends, 1) == 0, "%zu bytes", *size);
        NP_CHECK(np_agent_recv(ends[1], a, &k) == 0 && np_str_eq(k.bytes, m), "%zu bytes", *size);
        NP_CHECK(k.n_fds == 1, "the file of the body is none of its descriptors");
        np_agent_close_fds(k.fds, k.n_fds);
    }
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(np_agent_send(ends[0], message_of(a, NP_AGENT_LONG_MAX + 1), NULL, 0) == NP_E2BIG);
    close(ends[0]);
    close(ends[1]);
}

NP_TEST(a_body_that_can_still_change_is_refused)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_agent_head h = {
        .version = NP_AGENT_VERSION, .verb = NP_AGENT_DOCTOR, .number = 1, .flags = NP_AGENT_LONG};
    NP_AUTO_FD open_file = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    NP_AUTO_FD half = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    NP_AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
    NP_CHECK(fcntl(half, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
    const int files[] = {open_file, half, null};
    struct np_agent_packet k;
    int ends[2];
    make_pair(ends);
    NP_EACH (fd, files) {
        NP_CHECK(np_sendfds(ends[0], &h, sizeof(h), fd, 1) == sizeof(h));
        NP_CHECK(np_agent_recv(ends[1], a, &k) == NP_EPROTO);
    }
    NP_CHECK(np_sendfds(ends[0], &h, sizeof(h), NULL, 0) == sizeof(h));
    NP_CHECK(np_agent_recv(ends[1], a, &k) == NP_EPROTO, "long, but no file");
    NP_CHECK(np_sendfds(ends[0], &h, sizeof(h) - 1, NULL, 0) > 0);
    NP_CHECK(np_agent_recv(ends[1], a, &k) == NP_EPROTO, "half a head");
    close(ends[0]);
    NP_CHECK(np_agent_recv(ends[1], a, &k) == NP_ECLOSED);
    close(ends[1]);
}

NP_TEST(descriptors_go_along_up_to_their_maximum)
{
    NP_AUTO_ARENA a = np_arena_new();
    int ends[2], fds[NP_AGENT_FDS_MAX + 1];
    struct np_agent_packet k;
    make_pair(ends);
    NP_EACH (fd, fds)
        *fd = ends[0];
    struct np_str small = message_of(a, 32), large = message_of(a, NP_AGENT_MESSAGE_MAX + 1);
    NP_CHECK(np_agent_send(ends[0], small, fds, NP_AGENT_FDS_MAX + 1) == NP_E2BIG);
    NP_CHECK(np_agent_send(ends[0], large, fds, NP_AGENT_FDS_MAX) == NP_E2BIG, "one is the body's");
    NP_CHECK(np_agent_send(ends[0], small, fds, NP_AGENT_FDS_MAX) == 0);
    NP_CHECK(np_agent_recv(ends[1], a, &k) == 0 && k.n_fds == NP_AGENT_FDS_MAX);
    np_agent_close_fds(k.fds, k.n_fds);
    NP_CHECK(k.fds[0] == -1);
    close(ends[0]);
    close(ends[1]);
}
