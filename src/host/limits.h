/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what the other side of the agent's socket can make grow. */
#pragma once

#define NP_AGENT_MESSAGE_MAX 65536       /* bytes of a packet */
#define NP_AGENT_LONG_MAX    (16u << 20) /* bytes of a message, which goes in a memory file */
#define NP_AGENT_FDS_MAX     64          /* descriptors with a message */
#define NP_AGENT_CLIENTS_MAX 16          /* connections; over it the newest is closed */
#define NP_AGENT_PENDING_MAX 1024        /* calls of a client that wait for a reply */
#define NP_PROCESSES_MAX     256 /* of an agent, running or ended; over it EnsureProcess is refused */
#define NP_PROCESS_ID_MAX    63

/* Of one network, over which EnsureNetwork is refused. */
#define NP_NET_BLOCKS_MAX     64
#define NP_NET_SUBNETS_MAX    512
#define NP_NET_TABLES_MAX     512
#define NP_NET_ROUTES_MAX     1000 /* of a table */
#define NP_NET_GROUPS_MAX     2500
#define NP_NET_RULES_MAX      4000 /* of a group and direction, of a list of control */
#define NP_NET_INTERFACES_MAX 5000
#define NP_NET_ADDRESSES_MAX  64 /* of an interface */
#define NP_NET_PEERS_MAX      128
#define NP_NET_NATS_MAX       512
#define NP_NET_NAT_ADDRESSES  8         /* of each */
#define NP_NETS_MAX           512       /* networks of an agent */
#define NP_SOCKETS_MAX        32        /* sockets of one MakeSockets */
#define NP_INSTANCE_SLOTS     16384     /* ranges of user ids; slots are 0 … this - 1 */
#define NP_INSTANCES_MAX      1024      /* of an agent, also ended; over it they are refused */
#define NP_INSTANCE_STOP_MS   30000     /* a guest's time to end in order */
#define NP_CONSOLE_MAX        (1 << 20) /* bytes of a console's file; over it the older half goes */
