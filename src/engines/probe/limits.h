/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - how long a probe waits, and how much it reads: Route 53's figures. */
#pragma once

#define NP_PROBE_SEARCH_BYTES 5120 /* of a body, in which the text has to be */

#define NP_PROBE_TCP_MS     10000 /* to connect */
#define NP_PROBE_CONNECT_MS 4000  /* of HTTP: to connect, TLS included */
#define NP_PROBE_HEAD_MS    2000  /* then to a status */
#define NP_PROBE_BODY_MS    2000  /* then to the text */

#define NP_CHECKS_REGIONS_MAX     64
#define NP_CHECKS_TICK_MS         250 /* the region's clock may jump: look again at least so often */
#define NP_CHECKS_HEALTHY_PERCENT 18  /* a check is healthy when more of its probers say so */
