/* SPDX-License-Identifier: Apache-2.0 */
/* traffic.c - what a guest's links have carried, out of /proc. */
#include "host/instance/traffic.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"

/* "  eth0: bytes packets errs drop fifo frame compressed multicast bytes packets …" */
static void add_link(struct np_str line, struct agent_InstanceState *out)
{
    struct np_opt_int *const to[] = {
        [0] = &out->RxBytes, [1] = &out->RxPackets, [8] = &out->TxBytes, [9] = &out->TxPackets};
    struct np_str name, rest, word;
    uint64_t v;
    size_t i = 0;
    if (!np_str_cut(line, ':', &name, &rest) || np_str_is(np_str_trim(name), "lo"))
        return;
    while (i < NP_LEN(to) && np_str_split(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (to[i] != NULL && np_str_u64(word, &v))
            *to[i] = (struct np_opt_int){true, to[i]->v + (int64_t)v};
        i++;
    }
}

void np_traffic_add(pid_t pid, struct agent_InstanceState *out)
{
    char path[64], text[8192];
    struct np_str line;
    snprintf(path, sizeof(path), "/proc/%d/net/dev", (int)pid);
    NP_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
    struct np_str rest = np_str_n(text, n > 0 ? (size_t)n : 0);
    if (n > 0)
        out->RxBytes.set = out->RxPackets.set = out->TxBytes.set = out->TxPackets.set = true;
    while (np_str_split(&rest, '\n', &line))
        add_link(line, out);
}
