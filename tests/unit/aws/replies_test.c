/* SPDX-License-Identifier: Apache-2.0 */
/* replies_test.c - which replies are kept, for how long, and how many. */
#include "test.h"

#include "aws/req_int.h"
#include "base/arena.h"
#include "store/store_util.h"

static const struct np_codec_op codec_op = {.name = "ListThings"};
static const struct np_op steady = {.codec = &codec_op, .flags = NP_OP_READ | NP_OP_STEADY};
static const struct np_op plain = {.codec = &codec_op, .flags = NP_OP_READ};
static const struct np_service_model model = {.db = NP_DB_STATE};
static const struct np_service service = {.name = "things", .model = &model};

struct env {
    struct np_core core;
    struct np_worker w;
    struct np_req rq;
    struct np_req_state st;
};

static void env_new(struct env *e)
{
    *e = (struct env){.core.store = tt_open_started()};
}

static void env_end(struct env *e)
{
    np_replies_free(&e->w);
    np_store_close(e->core.store);
}

/* A question with that document; true if its reply is here. */
static bool ask(struct env *e, const struct np_op *op, struct np_str body)
{
    e->st = (struct np_req_state){.worker = &e->w};
    e->rq = (struct np_req){.arena = np_arena_new(),
                            .core = &e->core,
                            .state = &e->st,
                            .svc = &service,
                            .op = op,
                            .proto = NP_PROTO_QUERY,
                            .account = NP_STR("111122223333"),
                            .region = NP_STR("us-east-1"),
                            .request_id = NP_STR("22222222")};
    e->rq.wire.body = body;
    return np_replies_find(&e->rq);
}

/* The answer to it, which says 11111111 for the id. */
static void answer(struct env *e, struct np_str body)
{
    struct np_wire_reply r = {.status = 200, .content_type = "text/xml", .id_at = 4};
    np_buf_init(&r.body, e->rq.arena, body.n);
    np_buf_str_add(&r.body, body);
    np_replies_keep(&e->rq, &r);
}

static void done(struct env *e)
{
    np_arena_free(e->rq.arena);
}

static void ask_and_answer(struct env *e, struct np_str question, struct np_str reply, int times)
{
    for (int i = 0; i < times; i++) {
        if (!ask(e, &steady, question))
            answer(e, reply);
        done(e);
    }
}

static bool is_kept(struct env *e, struct np_str question)
{
    bool found = ask(e, &steady, question);
    done(e);
    return found;
}

#define REPLY NP_STR("<id>11111111</id>")

NP_TEST(a_reply_is_kept_when_its_question_comes_again)
{
    struct env e;
    env_new(&e);
    ask_and_answer(&e, NP_STR("a"), REPLY, 1);
    NP_CHECK(np_replies_bytes(&e.w) == 0, "what is asked once costs nothing");
    NP_CHECK(!is_kept(&e, NP_STR("a")));
    ask_and_answer(&e, NP_STR("a"), REPLY, 1);
    NP_CHECK(ask(&e, &steady, NP_STR("a")));
    struct np_wire_reply r;
    np_replies_take(&e.rq, &r);
    NP_CHECK_STR(np_buf_str(&r.body), NP_STR("<id>22222222</id>"));
    NP_CHECK(r.status == 200 && strcmp(r.content_type, "text/xml") == 0 && r.n_fields == 0);
    done(&e);
    NP_CHECK(!is_kept(&e, NP_STR("b")), "another question");
    NP_CHECK(!ask(&e, &plain, NP_STR("a")), "no steady operation");
    done(&e);
    env_end(&e);
}

NP_TEST(no_reply_outlives_a_commit)
{
    struct env e;
    struct np_err err;
    env_new(&e);
    ask_and_answer(&e, NP_STR("a"), REPLY, 2);
    NP_CHECK(is_kept(&e, NP_STR("a")));
    NP_CHECK(tt_put_now(e.core.store, "x", 1, &err) == 0);
    NP_CHECK(!is_kept(&e, NP_STR("a")));
    NP_CHECK(np_replies_bytes(&e.w) == 0);

    /* A commit between the question and its answer: nobody knows which rows that one saw. */
    NP_CHECK(!ask(&e, &steady, NP_STR("a")));
    NP_CHECK(tt_put_now(e.core.store, "x", 2, &err) == 0);
    answer(&e, REPLY);
    done(&e);
    NP_CHECK(!is_kept(&e, NP_STR("a")));
    env_end(&e);
}

NP_TEST(a_reply_with_a_head_of_its_own_is_not_kept)
{
    struct env e;
    env_new(&e);
    ask_and_answer(&e, NP_STR("a"), REPLY, 1);
    NP_CHECK(!ask(&e, &steady, NP_STR("a")));
    e.st.n_fields = 1;
    answer(&e, REPLY);
    done(&e);
    NP_CHECK(!is_kept(&e, NP_STR("a")));
    env_end(&e);
}

static struct np_str long_text(struct np_arena *a, size_t n)
{
    char *p = np_alloc(a, n);
    memset(p, 'x', n);
    return np_str_n(p, n);
}

NP_TEST(long_questions_and_replies_are_not_kept)
{
    struct env e;
    struct np_arena *a = np_arena_new();
    env_new(&e);
    struct np_str most = long_text(a, NP_REPLIES_BODY_MAX);
    ask_and_answer(&e, NP_STR("a"), most, 2);
    NP_CHECK(is_kept(&e, NP_STR("a")));
    ask_and_answer(&e, NP_STR("b"), long_text(a, NP_REPLIES_BODY_MAX + 1), 2);
    NP_CHECK(!is_kept(&e, NP_STR("b")));

    size_t others = sizeof(enum np_protocol) + 6 * sizeof(size_t) + strlen("things") +
                    strlen("ListThings") + strlen("111122223333") + strlen("us-east-1");
    struct np_str question = long_text(a, NP_REPLIES_KEY_MAX - others + 1);
    ask_and_answer(&e, np_str_sub(question, 0, question.n - 1), REPLY, 2);
    NP_CHECK(is_kept(&e, np_str_sub(question, 0, question.n - 1)));
    ask_and_answer(&e, question, REPLY, 2);
    NP_CHECK(!is_kept(&e, question));
    np_arena_free(a);
    env_end(&e);
}

NP_TEST(all_kept_replies_have_a_limit_together)
{
    struct env e;
    struct np_arena *a = np_arena_new();
    env_new(&e);
    struct np_str reply = long_text(a, NP_REPLIES_BODY_MAX);
    for (int i = 0; i < 500; i++) {
        struct np_str question = np_str_printf(a, "question %d", i);
        ask_and_answer(&e, question, i % 2 == 0 ? reply : REPLY, 2);
        NP_CHECK(is_kept(&e, question), "the newest");
        NP_CHECK(np_replies_bytes(&e.w) <= NP_REPLIES_BYTES_MAX);
    }
    np_arena_free(a);
    env_end(&e);
}
