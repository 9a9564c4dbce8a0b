/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile.h - keeps running what the table host_process says, through the agent.
 *
 * It compares what should be (rows) with what is (ListProcesses) and acts until they agree: after a
 * change of a row, a greeting, an ended process, and every half minute. A process that ends again
 * and again is started with growing pauses. It may be killed at any instruction: the next one
 * compares again.
 * Threads: np_process_want() in apply; the rest on the loop it was made for.
 */
#pragma once

#include "host/client.h"
#include "store/store.h"

struct np_reconciler;

extern const struct np_migration np_host_migrations[];
extern const size_t np_host_migrations_n;

/* Before np_store_start(). data_dir is borrowed. */
struct np_reconciler *np_reconciler_new(struct np_store *s, struct np_loop *l,
                                        struct np_str data_dir);
/* On the loop, after np_store_start(). */
void np_reconciler_start(struct np_reconciler *r);
/* On that loop, or when it no longer runs; before the loop is freed. Leaves what runs. */
void np_reconciler_stop(struct np_reconciler *r);
void np_reconciler_free(struct np_reconciler *r); /* after np_store_close() */

/* NP_EEXIST: the id is taken. */
int np_process_want(struct np_txn *t, struct np_str id, struct np_str kind, struct np_err *err);
int np_process_unwant(struct np_txn *t, struct np_str id, struct np_err *err); /* NP_ENOENT */

/* What the last comparison saw, as JSON: {"agent":…,"processes":[…],"agreed":true}. Any thread. */
struct np_str np_reconciler_text(struct np_reconciler *r, struct np_arena *a);
