/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - how often is looked, how long is waited, how much is read. */
#pragma once

#define NP_COMPUTE_LOOK_MS      30000 /* when all agrees */
#define NP_COMPUTE_PAUSE_MIN_MS 100   /* before what failed is tried again; doubles */
#define NP_COMPUTE_PAUSE_MAX_MS 30000
#define NP_COMPUTE_STOP_MS      20000 /* that a guest has to end by itself */
#define NP_COMPUTE_DISK_MS      1000  /* before what the host works at is asked for again */
#define NP_COMPUTE_CHECK_MS     5000  /* the period of status checks */
#define NP_COMPUTE_CHECK_NEW_MS 500   /* the period until its user data has ended */
#define NP_COMPUTE_USAGE_MS     60000
#define NP_COMPUTE_CONSOLE_MAX  (64 * 1024) /* bytes of a console that are read */
#define NP_COMPUTE_REASON_MAX   256         /* bytes; longer ones are cut */
#define NP_COMPUTE_ID_MAX       63
#define NP_COMPUTE_PONG_MAX     256 /* bytes of an answer to a ping */
