/* SPDX-License-Identifier: Apache-2.0 */
/* driver.h - how machines and disks are really made: one file a way, behind a table of functions.
 *
 * driver_agent.c: guests in namespaces, by the host's agent. A driver keeps no truth: it is asked,
 * and lists what is. Every call may be repeated.
 *
 * Threads: the engine's loop. A call returns 0, and `done` comes once and never from inside it; or
 * it returns NP_ECLOSED (not connected) or NP_EAGAIN (too much waits), and `done` does not come.
 * Texts given are copied or used up within the call; those told are valid for the callback.
 */
#pragma once

#include "engines/compute/compute.h"

struct np_driver_machine {
    struct np_str id;
    enum { NP_MACHINE_STARTING, NP_MACHINE_RUNNING, NP_MACHINE_STOPPING, NP_MACHINE_ENDED } phase;
    uint64_t boot;
    int exit_code, signal; /* -1: not known */
    struct np_str reason;  /* why it could not start */
    struct np_instance_usage usage;
};

struct np_driver_disk {
    struct np_str volume, device;
};

/* What a machine says of itself by its control door. */
struct np_driver_pong {
    enum np_user_data user_data;
    int user_data_code;
};

struct np_driver_events {
    /* From now on it can be asked; also after it was away. unable: why machines cannot run at all;
     * absent: they can. */
    void (*ready)(void *arg, struct np_str unable);
    void (*changed)(void *arg); /* what it would list has changed */
};

typedef void np_driver_done_fn(void *x, int rc, const struct np_err *err);
/* Sorted by id, each once. */
typedef void np_driver_machines_fn(void *x, int rc, const struct np_driver_machine *v, size_t n,
                                   const struct np_err *err);
typedef void np_driver_disks_fn(void *x, int rc, const struct np_volume_now *v, size_t n,
                                const struct np_err *err);
typedef void np_driver_pong_fn(void *x, int rc, const struct np_driver_pong *pong);

struct np_compute_driver {
    const char *name;
    void *(*make)(const struct np_compute_opts *o, const struct np_driver_events *e, void *arg);
    void (*free)(void *d); /* no callback after it */
    bool (*ready)(const void *d);

    int (*list)(void *d, bool usage, np_driver_machines_fn *done, void *x);
    int (*ensure)(void *d, const struct np_instance_spec *spec, const struct np_driver_disk *disks,
                  size_t n_disks, np_driver_done_fn *done, void *x);
    int (*stop)(void *d, struct np_str id, bool force, np_driver_done_fn *done, void *x);
    int (*remove)(void *d, struct np_str id, np_driver_done_fn *done, void *x);
    int (*open)(void *d, struct np_str id, enum np_instance_door door, np_compute_opened_fn *done,
                void *x);
    /* A question by the open control door `fd`, which stays the caller's: sent, and its answer
     * taken apart; NP_EPROTO: it is none. */
    int (*ping)(int fd);
    int (*pong)(struct np_str line, struct np_driver_pong *out);

    int (*disks)(void *d, np_driver_disks_fn *done, void *x);
    /* key: 64 bytes, or NULL: it is not encrypted. */
    int (*disk_ensure)(void *d, const struct np_volume_spec *spec, const uint8_t *key,
                       np_driver_done_fn *done, void *x);
    int (*disk_remove)(void *d, struct np_str id, np_driver_done_fn *done, void *x);
    int (*disk_attach)(void *d, struct np_str id, struct np_str instance, struct np_str device,
                       const uint8_t *key, np_driver_done_fn *done, void *x);
    int (*disk_detach)(void *d, struct np_str id, bool force, np_driver_done_fn *done, void *x);
    int (*snapshot_ensure)(void *d, struct np_str id, struct np_str of, const uint8_t *key,
                           np_driver_done_fn *done, void *x);
    int (*snapshot_remove)(void *d, struct np_str id, np_driver_done_fn *done, void *x);
};

extern const struct np_compute_driver np_compute_agent;
