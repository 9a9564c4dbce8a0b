/* SPDX-License-Identifier: Apache-2.0 */
/* udpsessions.h - sessions of UDP: found by a key, ended when they are idle, or the idlest when
 * there are too many (NP_RELAY_SESSIONS_MAX, NP_RELAY_UDP_IDLE_MS). All on one loop.
 */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "io/loop.h"

struct vnet_udp_sessions;

struct vnet_udp_session { /* first in the owner's struct */
    struct np_node node;
    struct vnet_udp_sessions *all;
    struct np_str key; /* bytes are the owner's */
    uint64_t since_ms;
};

struct vnet_udp_sessions {
    struct np_loop *loop;
    void (*end)(struct vnet_udp_session *s); /* calls vnet_udp_session_remove() and frees it */
    struct np_timer idle;
    struct np_node by_age; /* the idlest first */
    struct np_map *by_key; /* NULL: it has ended */
    size_t n;
};

void vnet_udp_sessions_begin(struct vnet_udp_sessions *all, struct np_loop *l,
                             void (*end)(struct vnet_udp_session *s));
void vnet_udp_sessions_end(struct vnet_udp_sessions *all); /* each of them, too */
/* NULL: there is none, also when all have ended. */
void *vnet_udp_session_find(const struct vnet_udp_sessions *all, struct np_str key);
void vnet_udp_session_add(struct vnet_udp_sessions *all, struct vnet_udp_session *s,
                          struct np_str key);
void vnet_udp_session_used(struct vnet_udp_session *s);
void vnet_udp_session_remove(struct vnet_udp_session *s);
