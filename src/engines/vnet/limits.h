/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what guests can make grow in the network engine, at most. */
#pragma once

#define NP_VNET_WATCHERS_MAX 8    /* np_vnet_on_change() */
#define NP_VNET_STOCK        16   /* unbound sockets of one network that wait to be used */
#define NP_VNET_STOCK_LOW    4    /* fewer: more are made */
#define NP_VNET_DIALS_MAX    1024 /* that wait for a socket, of one network */
#define NP_VNET_RETRY_MIN_MS 100
#define NP_VNET_RETRY_MAX_MS 5000
#define NP_VNET_ACCEPT_BATCH 64
#define NP_VNET_BACKLOG      1024

#define NP_VNET_RELAY_PORT 15001 /* where the internet diverts to what stands nowhere in it */

/* The relay. */
#define NP_RELAY_PAIRS_MAX    4096 /* TCP connections of a worker; more are reset */
#define NP_RELAY_PIPE_BYTES   (1 << 20)
#define NP_RELAY_IDLE_MS      UINT64_C(900000)
#define NP_RELAY_DIAL_MS      UINT64_C(10000)
#define NP_RELAY_SESSIONS_MAX 1024 /* of UDP: pairs of addresses; the idlest goes for a new one */
#define NP_RELAY_UDP_IDLE_MS  UINT64_C(60000)
#define NP_RELAY_DATAGRAM_MAX 65535

/* Flow logs: kinds of flows that the windows of a VPC count apart, connections whose begin is
 * remembered; what is more is told as skipped. */
#define NP_FLOW_KINDS_MAX 32768
#define NP_FLOW_READ_MAX  65536
#define NP_FLOW_READ_TURN 64 /* messages before others have their turn */
