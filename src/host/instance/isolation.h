/* SPDX-License-Identifier: Apache-2.0 */
/* isolation.h - how guests are kept apart on this host, found by trying. */
#pragma once

#include "base/err.h"

#define NP_ISOLATION_BASE (1u << 20) /* first id of slot 0 */
#define NP_ISOLATION_IDS  65536u

enum np_isolation_mode {
    NP_ISOLATION_NONE,   /* instances cannot run here */
    NP_ISOLATION_RANGE,  /* each its own user namespace and range of ids */
    NP_ISOLATION_WEAK,   /* root without them: fewer capabilities */
    NP_ISOLATION_SHARED, /* below the agent's user namespace, all with the same subordinate ids */
    NP_ISOLATION_ONE,    /* below the agent's user namespace, which has one id */
};

struct np_isolation {
    enum np_isolation_mode mode;
    uint32_t ids;        /* a guest's */
    const char *runtime; /* path of the OCI runtime; NULL: none */
    struct np_err why;   /* of NONE, and why nothing better */
};

/* `user`: the agent lives in a user namespace. Makes children, some ms. */
void np_isolation_find(bool user, const char *data_dir, struct np_isolation *out);
/* The guest's id 0 where the agent is. */
uint32_t np_isolation_base(const struct np_isolation *i, uint32_t slot);
/* A user namespace of that mapping, for mounts that are mapped by it. -1 and errno. */
int np_isolation_userns(uint32_t base, uint32_t ids);
/* Maps the ids of a detached mount. */
int np_isolation_map(int mount_fd, int userns, bool recursive);
