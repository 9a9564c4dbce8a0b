/* SPDX-License-Identifier: Apache-2.0 */
/* job.h - a small pool of threads for what blocks: file sync, hashing of large bodies, files.
 *
 * The job is embedded in the caller's object. `work` runs on a pool thread and touches only what
 * the job owns; `done` runs on the loop that submitted it. Jobs of one loop start in order but may
 * end in any order. A job cannot be cancelled: the object lives until `done`.
 */
#pragma once

#include "io/loop.h"

struct np_jobs;

struct np_job {
    struct np_msg msg;
    struct np_loop *loop;
    struct np_job *next;
    void (*work)(struct np_job *j);
    void (*done)(struct np_job *j);
};

/* How much stack each thread has that is started from now on, in this process. Under
 * ThreadSanitizer it stays libc's: its own storage of a thread would take all of it. */
void np_threads_stack(size_t bytes);

/* Up to `threads` (at most 64) threads; they start when needed. */
int np_jobs_new(unsigned threads, struct np_jobs **out, struct np_err *err);
void np_jobs_free(struct np_jobs *p); /* waits for running jobs */
void np_job_submit(struct np_jobs *p, struct np_loop *loop, struct np_job *j,
                   void (*work)(struct np_job *j), void (*done)(struct np_job *j));
