/* SPDX-License-Identifier: Apache-2.0 */
/* compute.h - machines and their disks: what should be, against what the host runs.
 *
 * Told what should be it acts until that is so, through a driver (driver.h: the agent's
 * namespaces). Level-triggered: the same may be set again at any time, and nothing is done when
 * nothing differs. After a restart of the region everything is set anew, and what runs is adopted:
 * an instance of the same boot goes on untouched. What nobody has set until np_compute_settled() is
 * left alone; after it, what nobody wants is stopped and removed.
 *
 * An instance is started when its volumes are ready and attached and `may_start` says so; one that
 * has ended stays ended until another boot is set. What fails is tried again with growing pauses,
 * and told as `reason` meanwhile.
 *
 * Threads: everything on the loop it was made for, but np_compute_observe() and
 * np_compute_each(), which any thread may call. Callbacks come from the loop, never from inside a
 * call. Texts in specs are copied; those in callbacks are valid for the call.
 * Errors: what cannot be had now is told by the callbacks, not by return values.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct np_compute;
struct np_compute_driver;
struct np_jobs;
struct np_loop;

/* --- instances --- */

struct np_instance_spec {
    struct np_str id;    /* "i-0123456789abcdef0" */
    struct np_str image; /* folder of the image below <data>/images, or "builtin" */
    uint32_t slot;       /* which range of user ids; no two instances have the same */
    uint64_t boot;       /* another number: stopped, then started again (start, reboot) */
    uint32_t milli_cpus, memory_mib;
    struct np_str hostname; /* "ip-10-0-1-5.ec2.internal" */
    struct np_str user;     /* who gets the keys: "ec2-user" */
    struct np_str root;     /* volume of its root file system, set by np_compute_volume_set() */
    struct np_str vpc;      /* for may_start and the system check */
};

enum np_instance_phase {
    NP_INSTANCE_PENDING,  /* waits for its volumes, its network, or a next try */
    NP_INSTANCE_RUNNING,  /* its init runs */
    NP_INSTANCE_STOPPING, /* asked to end */
    NP_INSTANCE_ENDED,    /* of this boot; `end` says how */
};

enum np_instance_end {
    NP_END_NONE,     /* it has not ended */
    NP_END_ASKED,    /* np_compute_stop() */
    NP_END_SHUTDOWN, /* the guest halted */
    NP_END_REBOOT, /* the guest asks to be rebooted: set the next boot (the agent's guests are begun
                    * again by their keeper, and do not end so) */
    NP_END_LOST,   /* init died or was killed; of the host's, too, when it went down */
};

enum np_check {
    NP_CHECK_NONE,         /* not running */
    NP_CHECK_INITIALIZING, /* runs, has not been answered yet */
    NP_CHECK_OK,
    NP_CHECK_IMPAIRED,
    NP_CHECK_UNKNOWN, /* the agent is not there to be asked */
};

enum np_user_data {
    NP_USER_DATA_UNKNOWN, /* init has not said */
    NP_USER_DATA_NONE,
    NP_USER_DATA_RUNNING,
    NP_USER_DATA_DONE,
    NP_USER_DATA_FAILED,
};

/* Counters since this boot; -1: this host cannot tell. */
struct np_instance_usage {
    int64_t cpu_ns, memory_bytes, oom_kills;
    int64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
    int64_t read_bytes, write_bytes, read_ops, write_ops;
};

struct np_instance_now {
    struct np_str id;
    uint64_t boot;
    enum np_instance_phase phase;
    enum np_instance_end end;
    int exit_code, signal; /* of init; -1: not known */
    struct np_str reason;  /* why it does not start; empty: nothing is wrong */
    enum np_check instance_check, system_check;
    int64_t impaired_ms; /* region clock: since when a check is impaired; 0: none is */
    int64_t started_ms;  /* region clock: since when it runs, as seen here; 0: it does not */
    enum np_user_data user_data;
    int user_data_code;             /* of FAILED: exit status; -1: it could not be run */
    struct np_instance_usage usage; /* as of usage_ms */
    int64_t usage_ms;               /* region clock; 0: not gathered yet */
};

/* --- volumes and snapshots --- */

struct np_volume_spec {
    struct np_str id;              /* "vol-…", "snap-…" */
    uint32_t size_mib;             /* greater than before: grown */
    struct np_str snapshot, image; /* what it is made of; at most one; both empty: blank */
    bool encrypted;
};

enum np_volume_phase { NP_VOLUME_MAKING, NP_VOLUME_READY, NP_VOLUME_FAILED };

struct np_volume_now {
    struct np_str id;
    bool snapshot;
    enum np_volume_phase phase;
    uint32_t size_mib;
    uint64_t used_bytes;
    struct np_str instance, device; /* what it is attached to; empty: nothing */
    struct np_str reason;
};

/* Takes a copy of the key; NULL: there is none now (`err` says why), asked again later. */
typedef void np_compute_key_fn(void *x, const uint8_t key[64], const struct np_err *err);

struct np_compute_opts {
    struct np_loop *loop;
    struct np_jobs *jobs;
    const struct np_compute_driver *driver; /* NULL: the agent's namespaces */
    struct np_str data_dir;
    uint32_t check_ms, stop_ms; /* the period of checks, the time to end; 0: as in limits.h */
    void *arg;
    /* Any change of what is told. `now` is the whole. */
    void (*instance_changed)(void *arg, const struct np_instance_now *now);
    /* now->phase and so on; `gone`: removed as asked, only id is told. */
    void (*volume_changed)(void *arg, const struct np_volume_now *now, bool gone);
    void (*instance_gone)(void *arg, struct np_str id); /* removed as asked */
    /* Once a minute for each that runs, and for np_compute_usage(). May be NULL. */
    void (*usage)(void *arg, const struct np_instance_now *now);
    /* The key of an encrypted volume or snapshot: `done` is called once, never from inside, not
     * after np_compute_free(); may be NULL where nothing is encrypted. */
    void (*key)(void *arg, struct np_str id, np_compute_key_fn *done, void *x);
    /* Is its network there (its links are told to the agent)? NULL: always. When that changes call
     * np_compute_look(). Also the link's part of the system check. */
    bool (*may_start)(void *arg, struct np_str instance, struct np_str vpc);
};

struct np_compute *np_compute_new(const struct np_compute_opts *o);
void np_compute_start(struct np_compute *c); /* connects; before it everything is only noted */
void np_compute_free(struct np_compute *c);  /* leaves what runs; NULL is fine */

/* Compares again soon; cheap. */
void np_compute_look(struct np_compute *c);
/* All that should be has been set: from here on what nobody wants goes. Instances and volumes (with
 * snapshots) are told apart, as they have different owners. */
void np_compute_settled(struct np_compute *c);
void np_compute_volumes_settled(struct np_compute *c);
/* Is the agent there? */
bool np_compute_ready(const struct np_compute *c);
/* Any thread: can instances run? 0; NP_ECLOSED: nobody to ask just now; NP_ENOTSUP: not on this
 * host, and why. */
int np_compute_able(struct np_compute *c, struct np_err *why);

void np_compute_set(struct np_compute *c, const struct np_instance_spec *spec);
/* It should not run, and what it left stays (console). force: killed at once, without time to end.
 */
void np_compute_stop(struct np_compute *c, struct np_str id, bool force);
/* It should not be: stopped if it runs, then removed with what it left, not its volumes. */
void np_compute_remove(struct np_compute *c, struct np_str id, bool force);

/* Gathers figures now; told by `usage`. */
void np_compute_usage(struct np_compute *c);

/* Any thread. NP_ENOENT: it is not known. */
int np_compute_observe(struct np_compute *c, struct np_arena *a, struct np_str id,
                       struct np_instance_now *out);
/* Any thread: all, in the order of their ids. */
size_t np_compute_each(struct np_compute *c, struct np_arena *a, struct np_instance_now **out);

enum np_instance_door { NP_DOOR_CONTROL, NP_DOOR_CONSOLE };
/* rc 0: fd is the callee's. NP_ENOENT: it does not run (or has no console yet). */
typedef void np_compute_opened_fn(void *x, int rc, int fd, const struct np_err *err);
void np_compute_open(struct np_compute *c, struct np_str id, enum np_instance_door door,
                     np_compute_opened_fn *done, void *x);
/* The last bytes of its console (NP_COMPUTE_CONSOLE_MAX). Empty when there is none. */
typedef void np_compute_console_fn(void *x, int rc, struct np_str text, const struct np_err *err);
void np_compute_console(struct np_compute *c, struct np_str id, np_compute_console_fn *done,
                        void *x);

void np_compute_volume_set(struct np_compute *c, const struct np_volume_spec *spec);
/* Detached by force if it must, then deleted. */
void np_compute_volume_remove(struct np_compute *c, struct np_str id);
/* Also of an instance that does not run: its next start has it. The root volume is attached like
 * any other. device: "sda1", "xvda", "sdf". */
void np_compute_volume_attach(struct np_compute *c, struct np_str id, struct np_str instance,
                              struct np_str device);
void np_compute_volume_detach(struct np_compute *c, struct np_str id, bool force);

/* A copy of volume or snapshot `of`, as it is when it is made; made once. encrypted: it needs a key
 * of its own, being encrypted while `of` is not; what is made of an encrypted one has its key. */
void np_compute_snapshot_set(struct np_compute *c, struct np_str id, struct np_str of,
                             bool encrypted);
void np_compute_snapshot_remove(struct np_compute *c, struct np_str id);
/* Any thread, as np_compute_observe(); of snapshots, too. */
int np_compute_volume_observe(struct np_compute *c, struct np_arena *a, struct np_str id,
                              struct np_volume_now *out);
