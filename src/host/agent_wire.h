/* SPDX-License-Identifier: Apache-2.0 */
/* agent_wire.h - whole messages and their descriptors over the agent's socket.
 *
 * A message up to NP_AGENT_MESSAGE_MAX is one packet. Of a longer one the packet has the head
 * alone, with NP_AGENT_LONG, and the body is the first descriptor: a sealed memory file.
 */
#pragma once

#include "base/err.h"
#include "host/limits.h"

/* Bytes as np_agent_get() wants them, in the arena; descriptors close-on-exec, the caller's. */
struct np_agent_packet {
    struct np_str bytes;
    int fds[NP_AGENT_FDS_MAX];
    size_t n_fds;
};

/* Sends one message; the descriptors stay the caller's. NP_EAGAIN: the other side does not read;
 * NP_E2BIG: longer than NP_AGENT_LONG_MAX. Does not wait. */
int np_agent_send(int sock, struct np_str message, const int *fds, size_t n_fds);
/* Takes one. NP_EAGAIN: there is none; NP_ECLOSED; NP_EPROTO: it is no message. Does not wait. */
int np_agent_recv(int sock, struct np_arena *a, struct np_agent_packet *out);
/* Closes what is left of them; those taken are -1. */
void np_agent_close_fds(int *fds, size_t n);

/* A sealed memory file of these bytes, its offset at the start; for secrets too. -1 and errno. */
int np_sealed_file(const void *p, size_t n);
/* Bytes of a file that somebody else sealed; NP_EPROTO: it is not, or longer than max_bytes. */
int np_sealed_read(int fd, struct np_arena *a, size_t max_bytes, struct np_str *out);
