/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_test.c - what is promised in a transaction is delivered: order, retries, deadlines,
 * limits. */
#include "test.h"

#include "base/auto.h"
#include "io/clock.h"
#include "io/loop.h"
#include "store/store_int.h"
#include "store/store_util.h"

struct env {
    struct np_loop *l;
    struct np_store *s;
    char text[4000]; /* "payload#attempt " of each delivery */
    size_t n;
    unsigned count, open, most_open;
    int answer[64]; /* of the n-th delivery; 0 */
    bool hold;      /* leave them open */
    struct np_delivery *held[64];
    unsigned n_held;
    int (*apply)(struct np_txn *t, void *arg, struct np_err *err);
    char first_event[64];
};

static void deliver(void *arg, struct np_delivery *d)
{
    struct env *e = arg;
    e->n += (size_t)snprintf(e->text + e->n, sizeof(e->text) - e->n, "%.*s#%u ", NP_FMT(d->payload),
                             d->attempt);
    if (e->count == 0)
        snprintf(e->first_event, sizeof(e->first_event), "%.*s", NP_FMT(d->event_id));
    unsigned i = e->count++;
    if (e->hold) {
        e->held[e->n_held++] = d;
        if (e->n_held > e->most_open)
            e->most_open = e->n_held;
        return;
    }
    np_delivery_done(d, i < 64 ? e->answer[i] : 0, e->apply, e);
}

static struct env *env_open(struct env *e, const struct np_outbox_kind *more)
{
    struct np_outbox_kind k = {.kind = "k", .db = NP_DB_STATE};
    if (more != NULL)
        k = *more;
    k.deliver = deliver;
    k.arg = e;
    if (e->l == NULL)
        NP_CHECK(np_loop_new(&e->l, NULL) == 0);
    e->s = tt_open();
    np_outbox_kind(e->s, &k);
    NP_CHECK(np_store_start(e->s, NULL) == 0);
    return e;
}

static void env_start(struct env *e)
{
    np_outbox_start(e->s, e->l);
}

static void env_close(struct env *e)
{
    np_outbox_stop(e->s);
    np_store_close(e->s);
    e->s = NULL;
    np_loop_turn(e->l, 0);
}

static void env_end(struct env *e)
{
    env_close(e);
    np_loop_free(e->l);
}

struct add {
    const char *kind, *group, *payload;
    int64_t due_ms;
};

static int add_apply(struct np_txn *t, void *arg, struct np_err *err)
{
    const struct add *a = arg;
    return np_outbox_add(t, a->kind != NULL ? a->kind : "k", np_str_of(a->group),
                         np_str_of(a->payload), a->due_ms, err);
}

static void add(struct env *e, struct add a)
{
    struct np_err err = {0};
    struct np_scope scope = tt_scope;
    scope.now_ms = np_clock_region_ms();
    NP_CHECK(np_store_write_now(e->s, NP_DB_STATE, &scope, add_apply, &a, &err) == 0, "%s",
             err.text);
}

static void until_pending(struct env *e, size_t n)
{
    while (np_outbox_pending(e->s, NP_DB_STATE) != n)
        np_loop_turn(e->l, -1);
}

static void until_count(struct env *e, unsigned n)
{
    while (e->count < n)
        np_loop_turn(e->l, -1);
}

/* Lets pass what a put-off row waits for. */
static void advance(struct env *e, int64_t ms)
{
    np_clock_region_advance(ms);
    np_outbox_wake(e->s);
}

NP_TEST(rows_are_delivered_once_and_go)
{
    struct env e = {0};
    env_open(&e, NULL);
    add(&e, (struct add){.payload = "before"});
    env_start(&e);
    until_pending(&e, 0);
    add(&e, (struct add){.payload = "after"});
    until_pending(&e, 0);
    NP_CHECK_STR(np_str_of(e.text), NP_STR("before#1 after#1 "));
    NP_CHECK(strlen(e.first_event) == 36 && e.first_event[14] == '4', "%s", e.first_event);
    env_end(&e);
}

NP_TEST(a_rolled_back_row_was_never_there)
{
    struct env e = {0};
    env_open(&e, NULL);
    env_start(&e);
    struct add too_big = {.payload = "x"};
    NP_AUTO_HEAP char *big = np_heap_alloc(NP_OUTBOX_PAYLOAD_MAX + 2);
    memset(big, 'x', NP_OUTBOX_PAYLOAD_MAX + 1);
    too_big.payload = big;
    NP_CHECK(np_store_write_now(e.s, NP_DB_STATE, &tt_scope, add_apply, &too_big, NULL) ==
             NP_E2BIG);
    add(&e, (struct add){.payload = "y"});
    until_pending(&e, 0);
    NP_CHECK_STR(np_str_of(e.text), NP_STR("y#1 "));
    env_end(&e);
}

NP_TEST(a_failed_delivery_is_put_off_and_holds_its_group_only)
{
    struct env e = {.answer = {NP_EAGAIN, 0, NP_ETIMEDOUT}};
    env_open(&e, &(struct np_outbox_kind){.kind = "k", .db = NP_DB_STATE, .max_parallel = 1});
    add(&e, (struct add){.payload = "a1", .group = "a"});
    add(&e, (struct add){.payload = "a2", .group = "a"});
    add(&e, (struct add){.payload = "b1", .group = "b"});
    add(&e, (struct add){.payload = "free"});
    env_start(&e);
    until_pending(&e, 3); /* a1 fails, b1 goes, free fails */
    until_count(&e, 3);
    NP_CHECK_STR(np_str_of(e.text), NP_STR("a1#1 b1#1 free#1 "));
    e.n = 0;
    advance(&e, 1000);
    until_pending(&e, 0);
    NP_CHECK(strstr(e.text, "a1#2 ") != NULL && strstr(e.text, "free#2 ") != NULL, "%s", e.text);
    NP_CHECK(strstr(e.text, "a1#2 ") < strstr(e.text, "a2#1 "), "%s", e.text);
    env_end(&e);
}

NP_TEST(backoff_doubles_up_to_five_minutes)
{
    struct env e = {0};
    NP_SQL(due, "SELECT due_ms FROM np_outbox");
    for (int i = 0; i < 12; i++)
        e.answer[i] = NP_EIO;
    env_open(&e, NULL);
    add(&e, (struct add){.payload = "x"});
    env_start(&e);
    int64_t want = 1000;
    for (unsigned i = 1; i <= 12; i++) {
        int64_t from = np_clock_region_ms();
        NP_SQL(attempts, "SELECT attempts FROM np_outbox");
        while (tt_int(e.s, NP_DB_STATE, &attempts) != i)
            np_loop_turn(e.l, -1);
        int64_t wait = tt_int(e.s, NP_DB_STATE, &due) - from;
        NP_CHECK(wait > want * 3 / 4 - 500 && wait <= want + 500, "attempt %u waits %lld ms", i,
                 (long long)wait);
        advance(&e, want);
        want = want * 2 < 300000 ? want * 2 : 300000;
    }
    until_pending(&e, 0);
    NP_CHECK(e.count == 13);
    env_end(&e);
}

NP_TEST(after_its_deadline_a_row_is_dropped)
{
    struct env e = {.answer = {NP_EIO, NP_EIO, NP_EIO, NP_EIO, NP_EIO}};
    env_open(&e, &(struct np_outbox_kind){.kind = "k", .db = NP_DB_STATE, .deadline_ms = 2500});
    add(&e, (struct add){.payload = "x", .group = "g"});
    add(&e, (struct add){.payload = "y", .group = "g"});
    e.answer[3] = 0;
    env_start(&e);
    until_count(&e, 1);
    until_pending(&e, 2);
    for (int i = 0; i < 4 && np_outbox_pending(e.s, NP_DB_STATE) == 2; i++) {
        unsigned before = e.count;
        advance(&e, 1000);
        until_count(&e, before + 1);
        np_loop_turn(e.l, -1);
    }
    until_pending(&e, 0);
    NP_CHECK(strncmp(e.text, "x#1 x#2 x#3 y#", 14) == 0, "%s", e.text);
    env_end(&e);
}

NP_TEST(an_undeliverable_row_is_dropped_at_once)
{
    struct env e = {.answer = {NP_EINVAL}};
    env_open(&e, NULL);
    add(&e, (struct add){.payload = "x", .group = "g"});
    add(&e, (struct add){.payload = "y", .group = "g"});
    env_start(&e);
    until_pending(&e, 0);
    NP_CHECK_STR(np_str_of(e.text), NP_STR("x#1 y#1 "));
    env_end(&e);
}

NP_TEST(a_row_waits_until_it_is_due)
{
    struct env e = {0};
    env_open(&e, NULL);
    env_start(&e);
    add(&e, (struct add){.payload = "later", .due_ms = np_clock_region_ms() + 3600000});
    add(&e, (struct add){.payload = "now"});
    until_pending(&e, 1);
    NP_CHECK_STR(np_str_of(e.text), NP_STR("now#1 "));
    advance(&e, 3599000);
    for (int i = 0; i < 5; i++)
        np_loop_turn(e.l, 0);
    NP_CHECK(e.count == 1);
    np_clock_region_advance(1000); /* no wake: it looks by itself */
    until_pending(&e, 0);
    NP_CHECK_STR(np_str_of(e.text), NP_STR("now#1 later#1 "));
    env_end(&e);
}

NP_TEST(no_more_than_the_limit_are_under_way)
{
    struct env e = {.hold = true};
    env_open(&e, &(struct np_outbox_kind){.kind = "k", .db = NP_DB_STATE, .max_parallel = 3});
    for (int i = 0; i < 10; i++)
        add(&e, (struct add){.payload = "p"});
    env_start(&e);
    until_count(&e, 3);
    for (int i = 0; i < 5; i++)
        np_loop_turn(e.l, 0);
    NP_CHECK(e.count == 3);
    while (e.n_held > 0) {
        struct np_delivery *d = e.held[--e.n_held];
        size_t before = np_outbox_pending(e.s, NP_DB_STATE);
        np_delivery_done(d, 0, NULL, NULL);
        until_pending(&e, before - 1);
        for (int i = 0; i < 3; i++)
            np_loop_turn(e.l, 0);
    }
    NP_CHECK(e.count == 10 && e.most_open == 3);
    env_end(&e);
}

NP_TEST(what_was_under_way_at_a_stop_comes_again)
{
    struct env e = {.hold = true};
    char event[64];
    env_open(&e, NULL);
    add(&e, (struct add){.payload = "x"});
    env_start(&e);
    until_count(&e, 1);
    snprintf(event, sizeof(event), "%s", e.first_event);
    env_close(&e);
    e.hold = false;
    e.count = 0;
    env_open(&e, NULL);
    env_start(&e);
    until_pending(&e, 0);
    NP_CHECK_STR(np_str_of(e.first_event), np_str_of(event));
    NP_CHECK_STR(np_str_of(e.text), NP_STR("x#1 x#1 "));
    env_end(&e);
}

NP_SQL(effect_sql, "INSERT INTO item (account, region, name, v, made) VALUES (:account, :region, "
                   "'effect', 1, :now)");

static int effect(struct np_txn *t, void *arg, struct np_err *err)
{
    struct env *e = arg;
    int rc = np_exec(t, &effect_sql, err, "");
    return rc == 0 && e->count == 1 ? np_err(err, NP_EFAULT, "not yet") : rc;
}

NP_TEST(the_effect_and_the_removal_are_one)
{
    struct env e = {.apply = effect};
    env_open(&e, NULL);
    add(&e, (struct add){.payload = "x"});
    env_start(&e);
    until_count(&e, 1);
    NP_SQL(attempts, "SELECT attempts FROM np_outbox");
    while (tt_int(e.s, NP_DB_STATE, &attempts) != 1)
        np_loop_turn(e.l, -1);
    NP_CHECK(tt_value(e.s, "effect") == -1, "both undone");
    advance(&e, 1000);
    until_pending(&e, 0);
    NP_CHECK(tt_value(e.s, "effect") == 1);
    env_end(&e);
}

NP_TEST(kinds_have_their_own_queues)
{
    struct env e = {0}, other = {.hold = true};
    NP_CHECK(np_loop_new(&e.l, NULL) == 0);
    e.s = tt_open();
    np_outbox_kind(e.s, &(struct np_outbox_kind){
                            .kind = "k", .db = NP_DB_STATE, .deliver = deliver, .arg = &e});
    np_outbox_kind(e.s, &(struct np_outbox_kind){
                            .kind = "o", .db = NP_DB_STATE, .deliver = deliver, .arg = &other});
    NP_CHECK(np_store_start(e.s, NULL) == 0);
    add(&e, (struct add){.kind = "o", .payload = "o1", .group = "g"});
    add(&e, (struct add){.kind = "nobody", .payload = "stays"});
    add(&e, (struct add){.kind = "k", .payload = "k1", .group = "g"});
    env_start(&e);
    until_pending(&e, 2);
    NP_CHECK_STR(np_str_of(e.text), NP_STR("k1#1 "));
    NP_CHECK_STR(np_str_of(other.text), NP_STR("o1#1 "));
    np_delivery_done(other.held[0], 0, NULL, NULL);
    until_pending(&e, 1);
    env_end(&e);
}
