/* SPDX-License-Identifier: Apache-2.0 */
/* agent.c - a greeting and one question to the agent, blocking. */
#include "cli/agent.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/agent_msg.h"
#include "io/net.h"

#define TIMEOUT_MS 5000
#define ANSWER_MS  30000 /* the first trials of a boot load the kernel's modules */
#define RETRY_MS   10

static int ask(struct cli *c, int fd, enum np_agent_verb verb, const void *in, void **out)
{
    static uint64_t number;
    struct np_agent_head h = {.version = NP_AGENT_VERSION,
                              .verb = (uint8_t)verb,
                              .number = ++number},
                         back;
    struct np_buf b;
    np_buf_init(&b, c->arena, NP_AGENT_MESSAGE_MAX);
    np_agent_put(&b, &h, false, in);
    char *packet = np_alloc(c->arena, NP_AGENT_MESSAGE_MAX);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (send(fd, b.p, b.n, MSG_NOSIGNAL) != (ssize_t)b.n || poll(&p, 1, ANSWER_MS) != 1)
        return np_err(&c->err, NP_ETIMEDOUT, "the agent does not answer");
    ssize_t n = recv(fd, packet, NP_AGENT_MESSAGE_MAX, 0);
    int rc =
        np_agent_get(np_str_n(packet, n > 0 ? (size_t)n : 0), true, c->arena, &back, out, &c->err);
    if (rc == 0 && (back.code != 0 || back.number != h.number))
        rc = np_err(&c->err, NP_EPROTO, "the agent refuses");
    return rc;
}

/* It starts behind the region, which may serve since a moment only. */
static int dial(struct cli *c, int *fd)
{
    struct np_str path = cli_in_data(c, "agent.sock");
    int rc = np_dial_unix(path, fd, &c->err);
    for (int ms = 0; rc != 0 && ms < TIMEOUT_MS && cli_pid(c) != 0; ms += RETRY_MS) {
        poll(NULL, 0, RETRY_MS);
        rc = np_dial_unix(path, fd, &c->err);
    }
    return rc;
}

int cli_agent_doctor(struct cli *c, struct agent_FindingList *out)
{
    static const struct agent_HelloRequest hello = {.Version = {true, NP_AGENT_VERSION}};
    static const struct agent_DoctorRequest nothing;
    NP_AUTO_FD fd = -1;
    void *reply;
    int rc = dial(c, &fd);
    if (rc == 0)
        rc = ask(c, fd, NP_AGENT_HELLO, &hello, &reply);
    if (rc == 0)
        rc = ask(c, fd, NP_AGENT_DOCTOR, &nothing, &reply);
    if (rc == 0)
        *out = ((const struct agent_DoctorReply *)reply)->Findings;
    return rc;
}
