/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile_int.h - shared by reconcile.c and settle.c; loop 0. */
#pragma once

#include "io/loop.h"
#include "services/ec2/instance/instance_int.h"

struct ec2_machines {
    struct np_core *core;
    struct np_loop *loop;
    struct np_compute *compute;
    struct np_map *by_id;
    struct np_timer sweep;
};

struct machine {
    struct ec2_machines *ms;
    char id[64];
    bool gone;    /* the engine has removed it */
    bool writing; /* a change of its row is under way */
    /* It did not start, or ended by itself: since when, and how often it was begun again. */
    uint64_t trouble_ms; /* monotonic; 0: none */
    uint64_t trouble_boot;
    unsigned recovered;
};

struct machine *ec2_machine(struct ec2_machines *ms, struct np_str id);
/* Compares its row with what runs. */
void ec2_machine_look(struct machine *m);
/* --- settle.c --- */
/* Writes what has become of it, if the row does not say so yet. */
void ec2_machine_settle(struct machine *m, const struct ec2_item *it);
/* A terminated one is no longer shown: its row goes. */
void ec2_machine_drop(struct ec2_machines *ms, const struct ec2_item *it);
