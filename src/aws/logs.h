/* SPDX-License-Identifier: Apache-2.0 */
/* logs.h - lines that a service writes about its resources, gathered and delivered as files.
 *
 * A line is gathered on its worker, written to np_log_lines within a second, and delivered with the
 * others of its source about `deliver_ms` later (region clock) by the outbox. Lines leave the table
 * in the transaction that removes the outbox's row, and a delivery that is repeated has the same
 * event id, so that it can write the same file again.
 * As on AWS it is best effort: a line that is not written yet is lost with the process.
 *
 * Threads: np_logs_new() in a service's init; lines on any worker's loop; deliver() and what
 * belongs to its parcel on the outbox's loop.
 */
#pragma once

#include "aws/call.h"
#include "base/buf.h"
#include "store/outbox.h"

struct np_logs;

struct np_parcel {
    struct np_delivery *d;
    struct np_core *core;
    struct np_str account, source;
    struct np_str lines; /* may be empty; lives until the parcel is done */
    int64_t last_seq;
    struct np_str file; /* what is left to send */
    struct np_call_stream stream;
};

struct np_logs_kind {
    const char *kind; /* of the outbox: "s3.log" */
    enum np_db db;    /* where lines wait */
    uint64_t deliver_ms;
    /* Sends the lines, or drops them when nobody wants them any more: np_parcel_send() or
     * np_parcel_done(), now or later. */
    void (*deliver)(void *arg, struct np_parcel *p);
    void *arg;
};
struct np_logs *np_logs_new(struct np_core *core, const struct np_logs_kind *k);
void np_logs_free(struct np_logs *l); /* in fini; NULL is fine */

/* Where a line is appended, with its end; then np_logs_end(), on the same loop without anything
 * between. A line that does not fit is dropped whole. */
struct np_buf *np_logs_begin(struct np_logs *l, struct np_loop *loop, struct np_str account,
                             struct np_str source);
void np_logs_end(struct np_logs *l, struct np_loop *loop);

/* head and lines, gzipped. */
struct np_str np_logs_pack(struct np_arena *a, struct np_str head, struct np_str lines);

/* 0: the lines go; else they are tried again later. p is gone. */
void np_parcel_done(struct np_parcel *p, int rc);
/* One streamed call of another service that takes `file`; then the parcel is done. `in` and `file`
 * live in p->d->arena. */
void np_parcel_send(struct np_parcel *p, const struct np_service_model *model,
                    const char *operation, const struct np_caller *caller, const void *in,
                    struct np_str file);
