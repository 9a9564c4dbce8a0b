/* SPDX-License-Identifier: Apache-2.0 */
/* job.c - the pool: a queue under a mutex, threads that start when none is idle. */
#include "io/job.h"

#include <pthread.h>
#include <signal.h>

#include "base/arena.h"

#define THREADS_MAX 64

#if defined(__SANITIZE_THREAD__)
#define STACK_IS_LIBCS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define STACK_IS_LIBCS 1
#endif
#endif

void np_threads_stack(size_t bytes)
{
#ifdef STACK_IS_LIBCS
    (void)bytes;
#else
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, bytes);
    pthread_setattr_default_np(&attr);
    pthread_attr_destroy(&attr);
#endif
}

struct np_jobs {
    unsigned threads_max;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct {
        struct np_job *first, **last;
        unsigned idle, n_threads;
        size_t waiting; /* jobs in the queue */
        bool ending;
        pthread_t threads[THREADS_MAX];
    } locked;
};

int np_jobs_new(unsigned threads, struct np_jobs **out, struct np_err *err)
{
    if (threads == 0 || threads > THREADS_MAX)
        return np_err(err, NP_EINVAL, "a pool has 1 to %d threads, not %u", THREADS_MAX, threads);
    struct np_jobs *p = np_heap_new(struct np_jobs);
    p->threads_max = threads;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    p->locked.last = &p->locked.first;
    *out = p;
    return 0;
}

static void finished(struct np_msg *m)
{
    struct np_job *j = NP_CONTAINER(m, struct np_job, msg);
    struct np_loop *loop = j->loop; /* done may free j */
    j->done(j);
    np_loop_owe(loop, -1);
}

/* With the lock held; NULL when the pool ends and nothing is left. */
static struct np_job *take(struct np_jobs *p)
{
    while (p->locked.first == NULL) {
        if (p->locked.ending)
            return NULL;
        p->locked.idle++;
        pthread_cond_wait(&p->changed, &p->lock);
        p->locked.idle--;
    }
    struct np_job *j = p->locked.first;
    p->locked.first = j->next;
    if (p->locked.first == NULL)
        p->locked.last = &p->locked.first;
    p->locked.waiting--;
    return j;
}

static void *serve(void *arg)
{
    struct np_jobs *p = arg;
    pthread_setname_np(pthread_self(), "np-job");
    pthread_mutex_lock(&p->lock);
    for (struct np_job *j; (j = take(p)) != NULL;) {
        pthread_mutex_unlock(&p->lock);
        j->work(j);
        j->msg.fn = finished;
        np_loop_post(j->loop, &j->msg);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* With the lock held. Signals belong to the loops: pool threads block them all. */
static void start_thread(struct np_jobs *p)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(&p->locked.threads[p->locked.n_threads], NULL, serve, p);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc == 0)
        p->locked.n_threads++;
    /* Fewer threads are slower; none would leave jobs lying for ever. */
    np_assert(p->locked.n_threads > 0);
}

void np_job_submit(struct np_jobs *p, struct np_loop *loop, struct np_job *j,
                   void (*work)(struct np_job *j), void (*done)(struct np_job *j))
{
    j->loop = loop;
    j->next = NULL;
    j->work = work;
    j->done = done;
    np_loop_owe(loop, 1);
    pthread_mutex_lock(&p->lock);
    np_assert(!p->locked.ending);
    *p->locked.last = j;
    p->locked.last = &j->next;
    p->locked.waiting++;
    bool more = p->locked.waiting > p->locked.idle && p->locked.n_threads < p->threads_max;
    if (more)
        start_thread(p);
    pthread_mutex_unlock(&p->lock);
    if (!more)
        pthread_cond_signal(&p->changed);
}

void np_jobs_free(struct np_jobs *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->locked.ending = true;
    pthread_mutex_unlock(&p->lock);
    pthread_cond_broadcast(&p->changed);
    /* No more submits, so that n_threads is stable. */
    for (unsigned i = 0; i < p->locked.n_threads; i++)
        pthread_join(p->locked.threads[i], NULL);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    np_free(p);
}
