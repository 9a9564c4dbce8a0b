/* SPDX-License-Identifier: Apache-2.0 */
/* agent_msg_test.c - messages between region and agent: what goes in comes out, nothing else does.
 */
#include "test.h"

#include "base/auto.h"
#include "host/agent_int.h"

static struct np_str packet_of(struct np_arena *a, struct np_agent_head h, bool reply,
                               const void *value)
{
    struct np_buf b;
    np_buf_init(&b, a, NP_AGENT_MESSAGE_MAX);
    np_agent_put(&b, &h, reply, value);
    NP_CHECK(np_buf_ok(&b));
    return np_buf_str(&b);
}

static const struct np_agent_head ensure = {
    .version = NP_AGENT_VERSION, .verb = NP_AGENT_ENSURE_PROCESS, .number = 7};

NP_TEST(a_request_comes_out_as_it_went_in)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_agent_head h;
    void *value;
    struct agent_EnsureProcessRequest rq = {.Id = NP_STR("web-1"), .Kind = NP_STR("probe")};
    NP_CHECK(np_agent_get(packet_of(a, ensure, false, &rq), false, a, &h, &value, NULL) == 0);
    const struct agent_EnsureProcessRequest *got = value;
    NP_CHECK(h.number == 7 && h.verb == NP_AGENT_ENSURE_PROCESS);
    NP_CHECK_STR(got->Id, NP_STR("web-1"));
    NP_CHECK_STR(got->Kind, NP_STR("probe"));
}

NP_TEST(ids_and_kinds_are_of_the_model)
{
    static const struct {
        const char *id, *kind, *why;
    } bad[] = {
        {"../etc", "probe", "an id is no path"},
        {"", "probe", "an empty id"},
        {"Web", "probe", "capitals"},
        {"-rf", "probe", "begins with a hyphen"},
        {"web", "shell", "no such kind"},
        {"a/b", "probe", "a slash"},
        {"0123456789012345678901234567890123456789012345678901234567890123", "probe",
         "64 characters"},
    };
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, bad) {
        struct np_agent_head h;
        void *value;
        struct agent_EnsureProcessRequest rq = {.Id = np_str_of(c->id), .Kind = np_str_of(c->kind)};
        NP_CHECK(np_agent_get(packet_of(a, ensure, false, &rq), false, a, &h, &value, NULL) ==
                     NP_EPROTO,
                 "%s", c->why);
    }
}

NP_TEST(heads_are_checked)
{
    static const struct {
        struct np_agent_head h;
        bool reply;
        const char *why;
    } bad[] = {
        {{.version = 9, .verb = NP_AGENT_DOCTOR, .number = 1}, false, "another version"},
        {{.version = NP_AGENT_VERSION, .verb = 0, .number = 1}, false, "no verb"},
        {{.version = NP_AGENT_VERSION, .verb = NP_AGENT_VERBS, .number = 1},
         false,
         "a verb too many"},
        {{.version = NP_AGENT_VERSION,
          .verb = NP_AGENT_DOCTOR,
          .number = 1,
          .flags = NP_AGENT_LONG},
         false,
         "a flag of the wire"},
        {{.version = NP_AGENT_VERSION, .verb = NP_AGENT_DOCTOR, .number = 1, .code = -1},
         false,
         "a request's code"},
        {{.version = NP_AGENT_VERSION, .verb = NP_AGENT_DOCTOR, .number = 1, .code = 1},
         true,
         "a positive code"},
        {{.version = NP_AGENT_VERSION, .verb = NP_AGENT_CHANGED},
         false,
         "only the agent says changed"},
    };
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, bad) {
        struct np_agent_head h;
        void *value;
        NP_CHECK(np_agent_get(np_str_n(&c->h, sizeof(c->h)), c->reply, a, &h, &value, NULL) ==
                     NP_EPROTO,
                 "%s", c->why);
    }
    struct np_agent_head h;
    void *value;
    NP_CHECK(np_agent_get(np_str_n(&ensure, sizeof(ensure) - 1), false, a, &h, &value, NULL) ==
                 NP_EPROTO,
             "cut");
    char *big = np_alloc(a, NP_AGENT_LONG_MAX + 1);
    memcpy(big, &ensure, sizeof(ensure));
    NP_CHECK(np_agent_get(np_str_n(big, NP_AGENT_LONG_MAX + 1), false, a, &h, &value, NULL) ==
                 NP_EPROTO,
             "long");
}

NP_TEST(a_failure_carries_code_and_text)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_err why = {0};
    struct np_buf b;
    struct np_agent_head h;
    void *value;
    np_err(&why, NP_E2BIG, "too many");
    np_buf_init(&b, a, NP_AGENT_MESSAGE_MAX);
    np_agent_put_failure(&b, &ensure, &why);
    NP_CHECK(np_agent_get(np_buf_str(&b), true, a, &h, &value, NULL) == 0);
    NP_CHECK(h.code == NP_E2BIG && h.number == ensure.number);
    NP_CHECK_STR(((const struct agent_Failure *)value)->Message, NP_STR("too many"));
}

NP_TEST(the_agent_wants_a_greeting_of_its_version_first)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_agent g = {0};
    struct np_agent_ask q = {.arena = a, .fd = -1};
    struct np_buf reply;
    bool greeted = false;
    struct np_agent_head h = {.version = NP_AGENT_VERSION, .verb = NP_AGENT_DOCTOR, .number = 1};
    np_buf_init(&reply, a, NP_AGENT_MESSAGE_MAX);
    NP_CHECK(np_processes_open(np_str_of(np_test_dir()), &g.processes, NULL) == 0);
    struct agent_DoctorRequest nothing;
    NP_CHECK(!np_agent_answer(&g, &q, packet_of(a, h, false, &nothing), &greeted, &reply),
             "before Hello");
    h.verb = NP_AGENT_HELLO;
    struct agent_HelloRequest hello = {.Version = {true, NP_AGENT_VERSION + 1}};
    NP_CHECK(np_agent_answer(&g, &q, packet_of(a, h, false, &hello), &greeted, &reply) && !greeted,
             "another version");
    hello.Version.v = NP_AGENT_VERSION;
    NP_CHECK(np_agent_answer(&g, &q, packet_of(a, h, false, &hello), &greeted, &reply) && greeted);
    h.verb = NP_AGENT_DOCTOR;
    np_buf_clear(&reply);
    NP_CHECK(np_agent_answer(&g, &q, packet_of(a, h, false, &nothing), &greeted, &reply),
             "after Hello");
    void *value;
    NP_CHECK(np_agent_get(np_buf_str(&reply), true, a, &h, &value, NULL) == 0);
    NP_CHECK(((const struct agent_DoctorReply *)value)->Findings.n == 3);
    np_processes_free(g.processes);
}
