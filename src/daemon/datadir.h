/* SPDX-License-Identifier: Apache-2.0 */
/* datadir.h - the data directory: its lock, and the small files that are no database.
 *
 *   lock         held by the supervisor; its pid     region.lock  held by the region
 *   master.key   keyring: see keyring.h              token        of state-changing /_nephele calls
 *   endpoint     "127.0.0.1:4566" while it serves    pool         which addresses outside it has
 *   dns          "127.0.0.1:5300" while it serves    places       the operator's table of networks
 *   region       "us-east-1" while it serves: its first
 *   tls/ state.db s3.db blobs/ audit/
 *
 * Folders are 0700, files 0600. All calls may block.
 */
#pragma once

#include "daemon/config.h"
#include "daemon/keyring.h"

/* Makes the folder if need be (with its parents when it is the default one) and checks that nobody
 * else may enter it. */
int np_datadir_open(const struct np_settings *s, struct np_err *err);
/* Why a start failed: of NP_ENOSPC err also says whose disk is full, of NP_EACCES whose the folder
 * is, and what to do about it. */
void np_datadir_explain(struct np_str dir, struct np_err *err);
/* Has the folder's disk no room to begin in? */
bool np_datadir_is_full(struct np_str dir);
bool np_datadir_has_region(struct np_str dir); /* something was stored */
/* For the life of the process. NP_EBUSY says who holds it. */
int np_datadir_lock(struct np_str dir, const char *name, int *fd, struct np_err *err);
/* Pid of the holder of a lock; 0: nobody. */
pid_t np_datadir_holder(struct np_str dir, const char *name);
/* Reads the root key; makes keys in a new directory, and the token where there is none. */
int np_datadir_secrets(struct np_str dir, uint8_t root[NP_ROOT_KEY], struct np_err *err);
/* Where it serves: the gateway's address is in the file "endpoint", the DNS server's in "dns", the
 * name of the first region in "region". Absent text removes the file. */
int np_datadir_set_address(struct np_str dir, const char *name, struct np_str address,
                           struct np_err *err);
struct np_str np_datadir_address(struct np_str dir, const char *name,
                                 struct np_arena *a); /* absent: nothing serves */
