/* SPDX-License-Identifier: Apache-2.0 */
/* store_util.h - a store in the test's directory with a small schema, and one-line reads and
 * writes. */
#pragma once

#include "base/arena.h"
#include "store/store.h"

struct np_loop;

extern const struct np_scope tt_scope; /* account 111122223333, us-east-1, now 1000 */

/* Component "t": item(account, region, name, v) in state, and parent/child with foreign keys;
 * part(id, v) in s3. */
extern const struct np_migration tt_migrations[];
#define TT_MIGRATIONS 2

int tt_try_open(struct np_store **out, struct np_err *err);
struct np_store *tt_open(void); /* not started; no_sync */
struct np_store *tt_open_started(void);
struct np_store *tt_open_with(const struct np_migration *m, size_t n);
int tt_try_open_with(const struct np_migration *m, size_t n, struct np_store **out,
                     struct np_err *err);
struct np_store_opts tt_opts(const struct np_migration *const *lists, const size_t *n);

int64_t tt_int(struct np_store *s, enum np_db db,
               const struct np_sql *sql); /* first column, -1: no row */

/* A write that puts item `name` = v, or fails with `fail` after having put it. */
struct tt_put {
    struct np_write w;
    struct np_err err;
    const char *name;
    int64_t v;
    int fail;
    int (*more)(struct np_txn *t, struct tt_put *p, struct np_err *err);
    int done;  /* how often; 0: not yet */
    int order; /* of done among all */
    unsigned applied;
    uint64_t commit_no;
    int rc;
};
void tt_put(struct np_store *s, struct np_loop *l, struct tt_put *p, const char *name, int64_t v);
void tt_wait(struct np_loop *l, const struct tt_put *p, size_t n); /* until all are done */
int64_t tt_value(struct np_store *s, const char *name);            /* -1: none */
int tt_put_now(struct np_store *s, const char *name, int64_t v, struct np_err *err);
