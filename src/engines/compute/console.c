/* SPDX-License-Identifier: Apache-2.0 */
/* console.c - doors of an instance for others, and the end of what it wrote to its console. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engines/compute/compute_int.h"
#include "io/job.h"

/* An answer that comes late although it is known now. */
struct refusal {
    struct np_defer defer;
    np_compute_opened_fn *done;
    void *x;
    int rc;
};

static void refuse(void *arg)
{
    struct refusal *r = arg;
    struct np_err err;
    np_err(&err, r->rc, "the host's agent is not there");
    r->done(r->x, r->rc, -1, &err);
    np_free(r);
}

void np_compute_open(struct np_compute *c, struct np_str id, enum np_instance_door door,
                     np_compute_opened_fn *done, void *x)
{
    int rc = c->d != NULL ? c->driver->open(c->d, id, door, done, x) : NP_ECLOSED;
    if (rc == 0)
        return;
    struct refusal *r = np_heap_new(struct refusal);
    *r = (struct refusal){.done = done, .x = x, .rc = rc};
    np_defer(c->o.loop, &r->defer, refuse, r);
}

struct reading {
    struct np_job job;
    struct np_compute *c;
    np_compute_console_fn *done;
    void *x;
    int fd, rc;
    struct np_err err;
    size_t n;
    char text[NP_COMPUTE_CONSOLE_MAX];
};

static void read_end(struct np_job *j)
{
    struct reading *r = NP_CONTAINER(j, struct reading, job);
    struct stat st;
    if (fstat(r->fd, &st) != 0) {
        r->rc = np_err_errno(&r->err, errno, "cannot read the console");
        return;
    }
    off_t from = st.st_size > NP_COMPUTE_CONSOLE_MAX ? st.st_size - NP_COMPUTE_CONSOLE_MAX : 0;
    ssize_t n = pread(r->fd, r->text, sizeof(r->text), from);
    if (n < 0)
        r->rc = np_err_errno(&r->err, errno, "cannot read the console");
    else
        r->n = (size_t)n;
}

static void told(struct np_job *j)
{
    struct reading *r = NP_CONTAINER(j, struct reading, job);
    close(r->fd);
    r->done(r->x, r->rc, np_str_n(r->text, r->n), &r->err);
    np_free(r);
}

static void console_opened(void *x, int rc, int fd, const struct np_err *err)
{
    struct reading *r = x;
    if (rc != 0) {
        bool none = rc == NP_ENOENT;
        r->done(r->x, none ? 0 : rc, NP_STR(""), err);
        np_free(r);
        return;
    }
    r->fd = fd;
    np_job_submit(r->c->o.jobs, r->c->o.loop, &r->job, read_end, told);
}

void np_compute_console(struct np_compute *c, struct np_str id, np_compute_console_fn *done,
                        void *x)
{
    struct reading *r = np_heap_new(struct reading);
    r->c = c;
    r->done = done;
    r->x = x;
    np_compute_open(c, id, NP_DOOR_CONSOLE, console_opened, r);
}
