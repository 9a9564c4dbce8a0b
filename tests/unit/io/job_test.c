/* SPDX-License-Identifier: Apache-2.0 */
/* job_test.c - jobs leave the loop and come back to it. */
#include "test.h"

#include <pthread.h>

#include "io/job.h"

struct sum {
    struct np_job job;
    pthread_t loop_thread;
    int in, out;
    int *done;
};

static void square(struct np_job *j)
{
    struct sum *s = NP_CONTAINER(j, struct sum, job);
    NP_CHECK(!pthread_equal(pthread_self(), s->loop_thread));
    s->out = s->in * s->in;
}

static void squared(struct np_job *j)
{
    struct sum *s = NP_CONTAINER(j, struct sum, job);
    NP_CHECK(pthread_equal(pthread_self(), s->loop_thread));
    ++*s->done;
}

NP_TEST(every_job_is_done_on_its_loop)
{
    enum { N = 500 };
    struct np_loop *l;
    struct np_jobs *p;
    NP_CHECK(np_loop_new(&l, NULL) == 0 && np_jobs_new(3, &p, NULL) == 0);
    static struct sum s[N];
    int done = 0;
    for (int i = 0; i < N; i++) {
        s[i] = (struct sum){.loop_thread = pthread_self(), .in = i, .done = &done};
        np_job_submit(p, l, &s[i].job, square, squared);
    }
    NP_CHECK(done == 0);
    while (done < N)
        np_loop_turn(l, -1);
    for (int i = 0; i < N; i++)
        NP_CHECK(s[i].out == i * i);
    np_jobs_free(p);
    np_loop_free(l);
}

NP_TEST(freeing_the_pool_finishes_what_was_submitted)
{
    struct np_loop *l;
    struct np_jobs *p;
    NP_CHECK(np_loop_new(&l, NULL) == 0 && np_jobs_new(1, &p, NULL) == 0);
    int done = 0;
    struct sum s[5];
    for (int i = 0; i < 5; i++) {
        s[i] = (struct sum){.loop_thread = pthread_self(), .in = i, .done = &done};
        np_job_submit(p, l, &s[i].job, square, squared);
    }
    np_jobs_free(p);
    NP_CHECK(np_loop_is_owed(l));
    np_loop_turn(l, 0);
    NP_CHECK(done == 5 && !np_loop_is_owed(l));
    np_loop_free(l);
}

NP_TEST(pool_wants_a_sane_size)
{
    struct np_jobs *p;
    NP_CHECK(np_jobs_new(0, &p, NULL) == NP_EINVAL);
    NP_CHECK(np_jobs_new(65, &p, NULL) == NP_EINVAL);
}
