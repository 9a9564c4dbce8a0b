/* SPDX-License-Identifier: Apache-2.0 */
/* pool_int.h - the pool's insides: pool.c (addresses and who has them) and pool_listen.c (ports,
 * listeners, connections), and what the daemon calls.
 *
 * Order: np_pool_open() before services, np_pool_project() before the store starts,
 * np_pool_listen() when services have started and before other workers run. On each worker's thread
 * np_pool_drain() and, when its loop has ended, np_pool_end(); np_pool_close() last.
 */
#pragma once

#include <pthread.h>

#include "aws/limits.h"
#include "aws/pool.h"
#include "base/list.h"
#include "base/str.h"
#include "io/loop.h"

#define NP_POOL_REGION "nephele" /* whose slot 0 is */

struct np_arena;
struct np_http_server;

/* Locks a /20: the one that this data directory had, else a free one, which it then has. Without
 * any the region still serves at its gateway. */
int np_pool_open(struct np_core *core, struct np_err *err);
void np_pool_project(struct np_core *core);
/* What cannot be listened on is logged: it stops no start. */
int np_pool_listen(struct np_core *core, struct np_err *err);
/* A connection that came another way, to an address of the pool and a port: its service's. Takes
 * fd; false: nobody serves that, fd is the caller's. On the worker's thread. */
bool np_pool_adopt(struct np_core *core, size_t worker, struct in_addr addr, uint16_t port, int fd);
/* done: nobody is connected any more, and nobody can connect. */
void np_pool_drain(struct np_core *core, size_t worker, void (*done)(void *arg), void *arg);
void np_pool_end(struct np_core *core, size_t worker);
void np_pool_close(struct np_core *core);

/* --- shared by the two --- */

/* To whose service an address belongs: an index of np_pool.locked.names; 0 is nobody. */
typedef uint8_t np_pool_owner;

struct np_pool_entry { /* of a port number that services serve */
    uint16_t number;
    uint16_t bound; /* listened on: `number`, or what stands for it; 0: nothing */
    uint16_t kept;  /* what stood for it before; 0: nothing yet */
    bool whole;     /* by the device lo, all addresses at once */
};

struct np_pool_worker {
    struct np_pool *pool;
    size_t index;
    struct np_loop *loop;
    struct np_http_server *servers[NP_POOL_SERVICES_MAX]; /* as np_pool.services */
    bool ended;
    size_t draining; /* servers that still have connections, and one for the call itself */
    struct np_defer drained_later;
    void (*drained)(void *arg);
    void *drained_arg;
};

struct np_pool {
    uint32_t magic;
    struct np_core *core;
    uint32_t base; /* of the /20, host byte order; 0: there is none */
    int block_fd, lo_fd;
    struct np_pool_service services[NP_POOL_SERVICES_MAX];
    np_pool_owner served_by[NP_POOL_SERVICES_MAX]; /* the owner's index of services[i].what */
    size_t n_services;
    struct np_pool_entry ports[NP_POOL_PORTS_MAX];
    size_t n_ports;
    /* Read by every loop, one byte at a time. */
    np_pool_owner owner[NP_POOL_SLOTS];
    uint8_t missing[NP_POOL_SLOTS]; /* a bit for each of `ports` that could not be listened on */
    struct np_pool_worker *workers;
    size_t n_workers;
    pthread_mutex_t mutex;
    struct {
        char names[NP_POOL_OWNERS_MAX][NP_POOL_NAME_MAX]; /* of services; from 1 */
        size_t n_names;
        bool listening;
        struct np_node listeners; /* of all workers */
    } locked;
};
#define NP_POOL_MAGIC 0x6e70706cu

/* Slot of an address; false: it is not of the pool. */
bool np_pool_slot(const struct np_pool *p, struct in_addr addr, uint32_t *slot);
np_pool_owner np_pool_owner_of(const struct np_pool *p, uint32_t slot);
struct np_pool_entry *np_pool_entry(struct np_pool *p,
                                    uint16_t number); /* NULL: nobody serves it */
/* The slot was given to somebody, or back. With the mutex. */
void np_pool_changed(struct np_pool *p, uint32_t slot, np_pool_owner now);
/* Which port stands for which, into the data directory. */
int np_pool_keep(struct np_pool *p, struct np_err *err);
