/* SPDX-License-Identifier: Apache-2.0 */
/* flow.h - records of flows: what packets an interface let pass or dropped, gathered over a window
 * of time.
 *
 * A row is one direction of a flow at one interface. What is dropped is counted packet by packet;
 * what is accepted is known by its first packet, and by the counters that the kernel tells when the
 * connection ends: those of a long one stand in the window in which it ends, from its begin on.
 */
#pragma once

#include <netinet/in.h>

#include "base/str.h"

struct np_vnet_flow {
    struct np_str eni_id;
    struct in_addr from, to; /* as the interface saw them */
    uint16_t from_port, to_port;
    uint8_t protocol, tcp_flags; /* of all packets that were seen themselves */
    bool accept, egress;         /* egress: out of the interface */
    uint64_t packets, bytes;
    int64_t start_s, end_s; /* region clock, seconds */
};

/* Of one log, in the order of interfaces. An interface without rows had no traffic. */
struct np_vnet_window {
    struct np_str vpc_id, log_id;
    int64_t start_s, end_s;
    const struct np_vnet_flow *rows;
    size_t n_rows;
    const struct np_str *enis; /* all that the log is about */
    size_t n_enis;
    bool skipped; /* there was more than could be counted */
};
