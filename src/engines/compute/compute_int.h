/* SPDX-License-Identifier: Apache-2.0 */
/* compute_int.h - what the files of the engine share. Everything is the loop's; what other threads
 * read (the `now` of machines and disks, the maps' shapes) is written under the lock. */
#pragma once

#include <pthread.h>

#include "base/map.h"
#include "engines/compute/driver.h"
#include "engines/compute/limits.h"
#include "io/loop.h"

/* When the next try may be; pauses grow until something goes well. */
struct retry {
    uint64_t due_ms, pause_ms;
};

enum want {
    WANT_NOTHING, /* nobody has said anything: it was only seen */
    WANT_IT,      /* of an instance: that it runs */
    WANT_STOPPED,
    WANT_GONE,
};

struct check {
    struct np_watch watch;
    int fd;                      /* -1: no question is under way */
    bool opening;                /* the door is being opened */
    bool unanswered;             /* the last question is */
    uint64_t begun_ms, asked_ms; /* 0: never */
    char line[NP_COMPUTE_PONG_MAX];
    size_t n;
};

struct machine {
    struct np_compute *c;
    struct np_instance_spec spec; /* texts in `arena`; of what was only seen just the id */
    struct np_arena *arena;
    enum want want;
    bool force, busy, seen;
    bool stop_sent, force_sent;
    uint64_t stop_ms; /* since when it is being stopped */
    bool tried;       /* the driver took a start, of which is not known yet how it went */
    struct retry retry;
    struct check check;
    struct np_instance_now now;
    char id[NP_COMPUTE_ID_MAX + 1], reason[NP_COMPUTE_REASON_MAX];
};

struct disk {
    struct np_compute *c;
    struct np_volume_spec spec; /* texts in `arena` */
    struct np_arena *arena;
    enum want want;
    bool is_snapshot, busy, seen, force_detach;
    bool there;       /* the host has it */
    struct np_str of; /* snapshots: what it is a copy of */
    char to[NP_COMPUTE_ID_MAX + 1], device[NP_COMPUTE_ID_MAX + 1]; /* attach to; "": nothing */
    struct key_ask *asking;
    struct retry retry;
    struct np_volume_now now;
    char id[NP_COMPUTE_ID_MAX + 1], now_to[NP_COMPUTE_ID_MAX + 1],
        now_device[NP_COMPUTE_ID_MAX + 1], reason[NP_COMPUTE_REASON_MAX];
};

struct np_compute {
    struct np_compute_opts o;
    const struct np_compute_driver *driver;
    void *d; /* NULL: not started */
    struct np_defer look;
    bool look_due, looking, look_again, settled, disks_settled;
    bool listed; /* the driver's disks, since it was ready */
    struct np_timer timer, checks, figures;
    uint64_t next_ms; /* when this comparison wants the next one */
    struct np_map *machines, *disks;
    struct np_node openings; /* doors that are asked for, of checks */
    pthread_mutex_t lock;
    bool met;                           /* the driver has been ready once; under the lock, as is */
    char unable[NP_COMPUTE_REASON_MAX]; /* why machines cannot run; "": they can */
};

/* compute.c */
uint64_t compute_now(const struct np_compute *c);
/* May it be tried now? If not the next comparison is set for when it may. */
bool compute_may_try(struct np_compute *c, const struct retry *r);
void compute_failed(struct np_compute *c, struct retry *r);
void compute_again_in(struct np_compute *c, uint64_t ms);
void compute_text(char *to, size_t size, struct np_str text);

/* machine.c */
struct machine *machine_of(struct np_compute *c, struct np_str id); /* made if it must be */
void machine_free(void *m);
void machine_tell(struct machine *m, struct np_instance_now *n);
/* The listing: every machine is compared with what the driver says of it. */
void machines_compare(struct np_compute *c, const struct np_driver_machine *v, size_t n);
void machines_usage(struct np_compute *c, const struct np_driver_machine *v, size_t n);

/* disk.c */
struct disk *disk_of(struct np_compute *c, struct np_str id);
void disk_free(void *d);
void disks_compare(struct np_compute *c, const struct np_volume_now *v, size_t n);
/* Has the instance all that it should have? `why` is set when not. */
bool disks_attached(struct np_compute *c, struct np_str instance, struct np_str root,
                    struct np_str *why);
/* What it should have. */
size_t disks_of(struct np_compute *c, struct np_arena *a, struct np_str instance,
                struct np_driver_disk **out);

/* check.c */
void check_begin(struct machine *m); /* it runs, in a new boot or adopted */
void check_end(struct machine *m);
void checks_start(struct np_compute *c);
void checks_free(struct np_compute *c); /* no door opens any more */
void check_soon(struct np_compute *c);  /* a new machine runs: not only at the next round */
