/* SPDX-License-Identifier: Apache-2.0 */
/* agent_serve.c - the agent alone on a data directory, for drills of what it makes. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/agent.h"

int main(int argc, char **argv)
{
    struct np_err err = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: agent-serve DATA-DIR\n");
        return 2;
    }
    struct np_agent_opts o = {
        .data_dir = np_str_of(argv[1]), .client_uid = getuid(), .client_gid = getgid()};
    if (np_agent_run(&o, &err) == 0)
        return 0;
    fprintf(stderr, "agent-serve: %.*s\n", NP_FMT(np_err_text(&err)));
    return 1;
}
