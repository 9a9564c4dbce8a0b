/* SPDX-License-Identifier: Apache-2.0 */
/* pages.c - the table as it is read from the data directory, and the page by which
 * `nephele image` says that it changed, or asks whether an image may go. */
#include "base/auto.h"
#include "base/log.h"
#include "io/file.h"
#include "io/job.h"
#include "io/rcu.h"
#include "services/ec2/ec2_int.h"
#include "services/ec2/image/image_int.h"

extern const char ec2_images_conf[];

struct images {
    struct np_core *core;
    struct ec2_image_table *table; /* of RCU */
};

static struct images *images_of(const struct np_core *core)
{
    return np_core_state(core, "ec2.images");
}

const struct ec2_image_table *ec2_image_table(const struct np_core *core)
{
    return np_rcu_get(&images_of(core)->table);
}

/* --- reading --- */

/* The operator's table, if there is one that can be read. */
static int read_rows(const struct np_core *core, struct np_arena *a, struct ec2_table_row **rows,
                     size_t *n, struct np_err *err)
{
    struct np_str text,
        path = np_str_printf(a, "%.*s/images/catalogue", NP_FMT(core->config.data_dir));
    int rc = np_file_read(a, path, EC2_TABLE_BYTES_MAX, &text, err);
    if (rc == 0)
        rc = ec2_images_parse(text, a, rows, n, err);
    if (rc == 0)
        return 0;
    if (rc != NP_ENOENT)
        np_log(NP_ERROR, "ec2.images.catalogue", "file=%.*s reason=\"%.*s\"", NP_FMT(path),
               NP_FMT(np_err_text(err)));
    return ec2_images_parse(np_str_of(ec2_images_conf), a, rows, n, err);
}

/* Blocks: files. */
static int read_table(const struct np_core *core, struct ec2_image_table **out, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct ec2_table_row *rows;
    struct np_image *images;
    size_t n = 0, n_images = 0;
    int rc = read_rows(core, a, &rows, &n, err);
    if (rc == 0)
        rc = np_images_list(core->config.data_dir, a, &images, &n_images, err);
    if (rc == 0)
        *out =
            ec2_images_make(rows, n, images, n_images, np_image_host_os(a), core->config.account);
    return rc;
}

/* --- the page --- */

struct reading {
    struct np_job job;
    struct np_req *rq;
    struct ec2_image_table *table;
    int rc;
    struct np_err err;
};

static void answer(struct np_req *rq, int status, struct np_str text)
{
    const struct np_http_field field = {NP_STR("Content-Type"), NP_STR("text/plain")};
    np_req_send(rq, status, &field, 1, text);
}

static void read_it(struct np_job *j)
{
    struct reading *r = NP_CONTAINER(j, struct reading, job);
    r->rc = read_table(r->rq->core, &r->table, &r->err);
}

static void have_it(struct np_job *j)
{
    struct reading *r = NP_CONTAINER(j, struct reading, job);
    struct np_req *rq = r->rq;
    struct images *all = images_of(rq->core);
    if (r->rc == 0) {
        struct ec2_image_table *old = __atomic_exchange_n(&all->table, r->table, __ATOMIC_ACQ_REL);
        np_rcu_retire(old, ec2_images_free);
    }
    answer(rq, r->rc == 0 ? 200 : 500,
           r->rc == 0 ? NP_STR("read\n") : np_str_dup(rq->arena, np_err_text(&r->err)));
}

struct using
{
    struct np_str folder;
    struct np_arena *arena;
    struct np_str by; /* absent: nobody */
};

static int uses(void *arg, const struct ec2_item *it)
{
    struct using *u = arg;
    struct np_str folder = ec2_image_folder_of(it);
    if (np_str_eq(folder, u->folder) && u->by.p == NULL)
        u->by = np_str_dup(u->arena, it->id);
    return u->by.p != NULL;
}

static void look_at(void *arg, const struct ec2_view *v)
{
    ec2_each(v, EC2_KIND_IMAGE, uses, arg);
    ec2_each(v, EC2_KIND_INSTANCE, uses, arg);
}

static void images_page(struct np_req *rq)
{
    struct np_str key, name;
    if (rq->wire.query.n > 0 && np_str_cut(rq->wire.query, '=', &key, &name) &&
        np_str_is(key, "remove")) {
        struct using u = {.folder = name, .arena = rq->arena};
        ec2_each_view(rq->core, look_at, &u);
        if (u.by.p == NULL)
            answer(rq, 200, NP_STR("nobody\n"));
        else
            answer(rq, 409,
                   np_str_printf(rq->arena, "%.*s needs it; --force removes it nevertheless\n",
                                 NP_FMT(u.by)));
        return;
    }
    struct reading *r = np_new(rq->arena, struct reading);
    r->rq = rq;
    np_job_submit(rq->core->jobs, rq->loop, &r->job, read_it, have_it);
}

/* --- life --- */

int ec2_images_init(struct np_core *core, struct np_err *err)
{
    static const struct np_page page = {
        .method = "POST", .path = "/_nephele/images", .writes = true, .serve = images_page};
    struct images *all = np_heap_new(struct images);
    all->core = core;
    int rc = read_table(core, &all->table, err); /* the loops do not run yet */
    if (rc != 0) {
        np_free(all);
        return rc;
    }
    np_core_set_state(core, "ec2.images", all);
    np_page_add(core, &page);
    return 0;
}

void ec2_images_fini(struct np_core *core)
{
    struct images *all = images_of(core);
    if (all == NULL)
        return;
    ec2_images_free(all->table);
    np_free(all);
}
