/* SPDX-License-Identifier: Apache-2.0 */
/* nfmsg.h - messages of netfilter's sockets: packets that the firewall tells of (nflog),
 * connections that ended (conntrack). Pure functions; what does not read as such is left out.
 * Private to this folder and its tests.
 */
#pragma once

#include <netinet/in.h>

#include "base/str.h"

struct vnet_tuple {
    struct in_addr from, to; /* as they are in packets */
    uint16_t from_port, to_port;
};

struct vnet_packet {
    struct np_str eni_id; /* in the message */
    bool accept, egress;
    struct vnet_tuple tuple;
    uint8_t protocol, tcp_flags;
    uint32_t bytes; /* of the packet, with its IP header */
};
/* Every packet of what one recv() gave, in order. */
void vnet_read_packets(const void *p, size_t n,
                       void (*each)(void *arg, const struct vnet_packet *x), void *arg);

struct vnet_ended {
    struct vnet_tuple there, back; /* a packet of the one who began, and one of the other */
    uint8_t protocol;
    uint64_t packets[2], bytes[2]; /* there, back */
    int64_t start_s, end_s;        /* wall clock; 0: not told */
};
void vnet_read_ended(const void *p, size_t n, void (*each)(void *arg, const struct vnet_ended *x),
                     void *arg);
