/* SPDX-License-Identifier: Apache-2.0 */
/* notify.h - a system call of a guest that is answered by a process of the agent's (notify.c), and
 * what mount.c does of it. */
#pragma once

#include "host/volume/volume_int.h"

#define NP_NOTIFY_TEXT     4096
#define NP_NOTIFY_DEVICES  64
#define NP_NOTIFY_NOT_OURS 255 /* in place of an errno: the kernel shall answer */

/* Whose notifications this process answers. */
struct np_notify_guest {
    struct np_volumes *v;
    np_volume_id id;
    uint64_t base;
    int notify;
    int mnt; /* mount namespace of who mounted last; -1: nobody */
};

struct np_notify_ask {
    struct np_notify_guest *g;
    uint64_t id;
    pid_t pid;
    char source[NP_NOTIFY_TEXT], target[NP_NOTIFY_TEXT], type[16], options[NP_NOTIFY_TEXT];
    unsigned long flags;
    int mnt, root, cwd, user;         /* the caller's */
    int dev;                          /* the guest's */
    dev_t devices[NP_NOTIFY_DEVICES]; /* that the instance has */
    int dirs[NP_NOTIFY_DEVICES];      /* of views: the volume's folder; else -1 */
    unsigned places[NP_NOTIFY_DEVICES];
    size_t n_devices;
};

/* Of the process that asks; -1. */
int np_notify_open(pid_t pid, const char *name, int flags);
/* 0, an errno, or NP_NOTIFY_NOT_OURS. The ask's texts and places are there. */
int np_notify_mount(struct np_notify_ask *k);
int np_notify_umount(struct np_notify_ask *k);
