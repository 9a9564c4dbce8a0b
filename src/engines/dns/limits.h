/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what a client or a zone can make grow. */
#pragma once

#define NP_DNS_UDP_MIN     512 /* without EDNS, and the least that EDNS can ask for */
#define NP_DNS_UDP_MAX     1232 /* however much EDNS asks for: no fragments, little to amplify with */
#define NP_DNS_MESSAGE_MAX 65535
#define NP_DNS_QUERY_MAX   2048 /* a longer one is none of ours */
#define NP_DNS_CHAIN_MAX   16   /* CNAMEs followed in one answer */
#define NP_DNS_ALIAS_DEPTH 16   /* aliases of aliases */
/* Record sets whose health one answer looks at: trees of aliases can be deeper than is worth it,
 * and what is beyond counts as healthy. */
#define NP_DNS_HEALTH_BUDGET  512
#define NP_DNS_GROUP_MAX      512 /* sets of one name and type that are chosen from */
#define NP_DNS_MULTIVALUE_MAX 8
#define NP_DNS_KNOWN_NAMES    48   /* places in a message that later names can point at */
#define NP_DNS_ADDITIONAL_MAX 16   /* record sets */
#define NP_DNS_SIGS_MAX       4096 /* signatures that a thread remembers */

#define NP_DNS_ELSEWHERE_MAX                                                                       \
    256 /* questions of a resolver that others are being asked; then SERVFAIL */

#define NP_DNS_UDP_BATCH           32
#define NP_DNS_UDP_TURN            16 /* batches before others have their turn */
#define NP_DNS_TCP_CONNECTIONS_MAX 1000
#define NP_DNS_TCP_IDLE_MS         10000
#define NP_DNS_TCP_OUT_MAX                                                                         \
    (64 << 10) /* bytes of answers that wait for a client; no more is read then */
