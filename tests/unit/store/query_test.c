/* SPDX-License-Identifier: Apache-2.0 */
/* query_test.c - statements: parameters, columns, snapshots. */
#include "test.h"

#include <pthread.h>

#include "base/auto.h"
#include "store/store_util.h"

NP_TEST(letters_bind_what_they_say)
{
    NP_SQL(sql, "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, typeof(?2), typeof(?1)");
    NP_AUTO_ARENA a = np_arena_new();
    struct np_store *s = tt_open();
    struct np_opt_int some = {.set = true, .v = 5}, none = {0};
    struct np_q *q = np_q(np_store_reader(s, NP_DB_STATE), NULL, &sql, "sbiIIdnss", NP_STR("tx\0t"),
                          NP_STR("bl\0b"), INT64_MIN, some, none, 1.5, NP_STR_NULL, NP_STR(""));
    NP_CHECK(np_row(q));
    struct np_str text = np_col_str(q, 0, a);
    NP_CHECK_STR(text, NP_STR("tx\0t"));
    NP_CHECK_STR(np_col_peek(q, 1), NP_STR("bl\0b"));
    NP_CHECK(np_col_int(q, 2) == INT64_MIN);
    NP_CHECK(np_col_opt_int(q, 3).set && np_col_opt_int(q, 3).v == 5);
    NP_CHECK(!np_col_opt_int(q, 4).set && np_col_null(q, 4));
    NP_CHECK(np_col_double(q, 5) == 1.5);
    NP_CHECK(np_col_null(q, 6));
    NP_CHECK(np_col_peek(q, 7).p == NULL, "an absent text is NULL");
    NP_CHECK(np_col_peek(q, 8).p != NULL && np_col_peek(q, 8).n == 0, "an empty text is empty");
    NP_CHECK_STR(np_col_peek(q, 9), NP_STR("blob"));
    NP_CHECK_STR(np_col_peek(q, 10), NP_STR("text"));
    NP_CHECK(!np_row(q));
    NP_CHECK(!np_row(q), "stays at the end");
    NP_CHECK(np_q_end(q, NULL) == 0);
    np_store_close(s);
}

NP_TEST(named_parameters_come_from_the_scope_wherever_they_stand)
{
    NP_SQL(names_first, "SELECT :account, ':region' AS \":now\", ?2, :region /* :x ? */, :now, ?1, "
                        ":account -- ?9\n");
    NP_SQL(only_names, "SELECT :now || :region");
    struct np_store *s = tt_open();
    struct np_dbc *c = np_store_reader(s, NP_DB_STATE);
    struct np_q *q = np_q(c, &tt_scope, &names_first, "si", NP_STR("one"), INT64_C(2));
    NP_CHECK(np_row(q));
    NP_CHECK_STR(np_col_peek(q, 0), NP_STR("111122223333"));
    NP_CHECK_STR(np_col_peek(q, 1), NP_STR(":region"));
    NP_CHECK(np_col_int(q, 2) == 2);
    NP_CHECK_STR(np_col_peek(q, 3), NP_STR("us-east-1"));
    NP_CHECK(np_col_int(q, 4) == 1000);
    NP_CHECK_STR(np_col_peek(q, 5), NP_STR("one"));
    NP_CHECK_STR(np_col_peek(q, 6), NP_STR("111122223333"));
    NP_CHECK(np_q_end(q, NULL) == 0);
    q = np_q(c, &tt_scope, &only_names, "");
    NP_CHECK(np_row(q));
    NP_CHECK_STR(np_col_peek(q, 0), NP_STR("1000us-east-1"));
    NP_CHECK(np_q_end(q, NULL) == 0);
    np_store_close(s);
}

NP_SQL(
    count_to_sql,
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ?1) SELECT x FROM c");

static int64_t nested_sum(struct np_dbc *c, int64_t n)
{
    int64_t sum = 0;
    struct np_q *q = np_q(c, NULL, &count_to_sql, "i", n);
    while (np_row(q))
        sum += np_col_int(q, 0) + (n > 1 ? nested_sum(c, n - 1) : 0);
    NP_CHECK(np_q_end(q, NULL) == 0);
    return sum;
}

NP_TEST(a_statement_may_run_inside_itself)
{
    struct np_store *s = tt_open();
    /* f(1) = 1, f(2) = 3 + 2 f(1), f(3) = 6 + 3 f(2), f(4) = 10 + 4 f(3) */
    NP_CHECK(nested_sum(np_store_reader(s, NP_DB_STATE), 4) == 94);
    np_store_close(s);
}

NP_TEST(errors_are_said_at_the_end)
{
    NP_SQL(wrong, "SELECT 1 FROM nowhere");
    NP_SQL(overflow, "SELECT abs(?1)");
    NP_SQL(write, "DELETE FROM item");
    struct np_err err = {0};
    struct np_store *s = tt_open();
    struct np_dbc *c = np_store_reader(s, NP_DB_STATE);
    for (int twice = 0; twice < 2; twice++) {
        struct np_q *q = np_q(c, NULL, &wrong, "");
        NP_CHECK(!np_row(q));
        NP_CHECK(np_q_end(q, &err) == NP_EIO);
        NP_CHECK(strstr(err.text, "no such table: nowhere") != NULL, "%s", err.text);
        q = np_q(c, NULL, &overflow, "i", INT64_MIN);
        NP_CHECK(!np_row(q) && !np_row(q));
        NP_CHECK(np_q_end(q, &err) == NP_EIO);
        q = np_q(c, NULL, &overflow, "i", INT64_C(-3));
        NP_CHECK(np_row(q) && np_col_int(q, 0) == 3, "it works again");
        NP_CHECK(np_q_end(q, &err) == 0);
    }
    struct np_q *q = np_q(c, NULL, &write, "");
    NP_CHECK(!np_row(q));
    NP_CHECK(np_q_end(q, &err) == NP_EACCES, "a reader cannot write");
    np_store_close(s);
}

NP_TEST(a_read_transaction_sees_one_commit)
{
    struct np_store *s = tt_open_started();
    struct np_dbc *c = np_store_reader(s, NP_DB_STATE), *snap = NULL;
    NP_SQL(get, "SELECT v FROM item WHERE name = 'a'");
    NP_CHECK(tt_put_now(s, "a", 1, NULL) == 0);
    NP_CHECK(np_reader_open(s, NP_DB_STATE, &snap, NULL) == 0);
    NP_CHECK(np_read_begin(c, NULL) == 0);
    NP_CHECK(tt_value(s, "a") == 1);
    NP_CHECK(tt_put_now(s, "a", 2, NULL) == 0);
    NP_CHECK(tt_value(s, "a") == 1, "still inside");
    np_read_end(c);
    NP_CHECK(tt_value(s, "a") == 2);
    struct np_q *q = np_q(snap, NULL, &get, "");
    NP_CHECK(np_row(q) && np_col_int(q, 0) == 1, "the snapshot is of when it was opened");
    NP_CHECK(np_q_end(q, NULL) == 0);
    np_reader_close(snap);
    NP_CHECK(np_reader_open(s, NP_DB_STATE, &snap, NULL) == 0);
    q = np_q(snap, NULL, &get, "");
    NP_CHECK(np_row(q) && np_col_int(q, 0) == 2, "a kept connection takes a new one");
    NP_CHECK(np_q_end(q, NULL) == 0);
    np_reader_close(snap);
    np_store_close(s);
}

static void *own_reader(void *arg)
{
    struct np_store *s = arg;
    NP_CHECK(tt_value(s, "a") == 7);
    return np_store_reader(s, NP_DB_STATE);
}

NP_TEST(each_thread_has_its_reader)
{
    struct np_store *s = tt_open_started();
    NP_CHECK(tt_put_now(s, "a", 7, NULL) == 0);
    pthread_t t;
    void *theirs = NULL;
    NP_CHECK(pthread_create(&t, NULL, own_reader, s) == 0);
    pthread_join(t, &theirs);
    NP_CHECK(theirs != np_store_reader(s, NP_DB_STATE));
    NP_CHECK(np_store_reader(s, NP_DB_STATE) == np_store_reader(s, NP_DB_STATE));
    NP_CHECK(np_store_reader(s, NP_DB_S3) != np_store_reader(s, NP_DB_STATE));
    np_store_close(s);
}
