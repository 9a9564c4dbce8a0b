/* SPDX-License-Identifier: Apache-2.0 */
/* outbox.h - durable intent: rows written with the change that caused them, delivered at least
 * once.
 *
 * A row is leased while it is delivered; a lease does not outlive the process. Failure puts it off
 * with exponential backoff (1 s doubling to 5 min, jittered) until the kind's deadline, then it is
 * dropped and logged. event_id lets the receiver deduplicate. Order is kept per (kind, group) when
 * group is present; other rows are independent.
 */
#pragma once

#include "store/store.h"

/* In apply: adds a row in the transaction's file. due_ms 0: now. */
int np_outbox_add(struct np_txn *t, const char *kind, struct np_str group, struct np_str payload,
                  int64_t due_ms, struct np_err *err);

struct np_delivery {
    const char *kind;
    int64_t id;
    struct np_str event_id; /* stable across retries */
    struct np_str account, region, group, payload;
    unsigned attempt; /* from 1 */
    int64_t created_ms;
    struct np_loop *loop;
    struct np_arena *arena; /* until done */
};
struct np_outbox_kind {
    const char *kind;
    enum np_db db;
    /* Delivers on a worker's loop; calls np_delivery_done() now or later. */
    void (*deliver)(void *arg, struct np_delivery *d);
    void *arg;
    uint64_t deadline_ms;  /* since creation; 0: forever */
    unsigned max_parallel; /* 0: 8 */
};
void np_outbox_kind(struct np_store *s, const struct np_outbox_kind *k); /* before start */
/* 0: delivered, the row goes. NP_EAGAIN and others: retried. NP_EINVAL: never deliverable, dropped
 * and logged. `apply` (may be NULL) runs in the transaction that removes the row: effects and
 * removal are one. It does not run when the row is put off or dropped at its deadline; if it fails
 * the row is put off. It may run twice. On the delivery's loop; d is gone afterwards. */
void np_delivery_done(struct np_delivery *d, int rc,
                      int (*apply)(struct np_txn *t, void *arg, struct np_err *err), void *arg);
/* Starts delivering on that loop. */
void np_outbox_start(struct np_store *s, struct np_loop *l);
/* On that loop's thread, or when it no longer runs; before the loop is freed. Deliveries under way
 * may still end until np_store_close(). */
void np_outbox_stop(struct np_store *s);
/* Looks for due rows at once: after the region clock was moved (which it notices by itself within a
 * quarter of a second). */
void np_outbox_wake(struct np_store *s);
size_t np_outbox_pending(struct np_store *s, enum np_db db); /* for tests and status */
