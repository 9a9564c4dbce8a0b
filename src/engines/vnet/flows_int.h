/* SPDX-License-Identifier: Apache-2.0 */
/* flows_int.h - counting flows (tally.c) apart from the sockets that tell of them (flows.c).
 * Private to this folder and its tests.
 */
#pragma once

#include "engines/vnet/flow.h"
#include "engines/vnet/nfmsg.h"
#include "engines/vnet/vnet_int.h"

struct vnet_tally; /* of one VPC: a table for each of its logs */

struct vnet_tally *vnet_tally_new(void);
void vnet_tally_free(struct vnet_tally *t);
/* The logs and interfaces that there are from now on; n stays while it is the newest. A log that is
 * gone has a last window. */
void vnet_tally_set(struct vnet_tally *t, const struct vnet_net *n, int64_t now_s,
                    void (*window)(void *arg, const struct np_vnet_window *w), void *arg);
void vnet_tally_packet(struct vnet_tally *t, const struct vnet_packet *x, int64_t now_s);
void vnet_tally_ended(struct vnet_tally *t, const struct vnet_ended *x, int64_t now_s);
void vnet_tally_lost(struct vnet_tally *t); /* something was not told */
/* Windows that are over by now. */
void vnet_tally_turn(struct vnet_tally *t, int64_t now_s,
                     void (*window)(void *arg, const struct np_vnet_window *w), void *arg);
