/* SPDX-License-Identifier: Apache-2.0 */
/* agent_message_fuzz.c - what a region or an agent of bad will could send. The first byte says
 * which side reads. What is accepted comes back when it is written again; verbs that change nothing
 * are answered too. */
#include "fuzz.h"

#include <stdlib.h>

#include "base/auto.h"
#include "host/agent_int.h"
#include "host/net/firewall.h"

static void written_again(struct np_arena *a, const struct np_agent_head *h, bool reply,
                          const void *value)
{
    struct np_agent_head back;
    struct np_buf b;
    void *again;
    if (h->code != 0) /* a Failure: only its own writer makes one */
        return;
    np_buf_init(&b, a, NP_AGENT_LONG_MAX);
    np_agent_put(&b, h, reply, value);
    np_assert(np_buf_ok(&b));
    np_assert(np_agent_get(np_buf_str(&b), reply, a, &back, &again, NULL) == 0);
    np_assert(memcmp(&back, h, sizeof(back)) == 0 && (again != NULL) == (value != NULL));
}

static struct np_agent *the_agent(void)
{
    static struct np_agent g;
    if (g.processes == NULL) {
        static char dir[] = "/tmp/nephele-fuzz-XXXXXX";
        struct np_err err;
        np_assert(mkdtemp(dir) != NULL &&
                  np_processes_open(np_str_of(dir), &g.processes, &err) == 0);
        char run[sizeof(dir) + 4];
        snprintf(run, sizeof(run), "%s/run", dir);
        rmdir(run); /* the descriptor stays, the folder does not */
        rmdir(dir);
    }
    return &g;
}

static void answered(struct np_arena *a, struct np_str packet)
{
    struct np_agent_head h, reply;
    struct np_buf b;
    void *value;
    bool greeted = true;
    struct np_agent_ask q = {.arena = a, .fd = -1};
    np_buf_init(&b, a, NP_AGENT_LONG_MAX);
    if (np_agent_answer(the_agent(), &q, packet, &greeted, &b)) {
        memcpy(&h, packet.p, sizeof(h));
        np_assert(np_agent_get(np_buf_str(&b), true, a, &reply, &value, NULL) == 0);
        np_assert(reply.number == h.number && reply.verb == h.verb);
    }
}

/* A network that passes the checks becomes rules; the same network, no other ones. */
static void made_rules_of(struct np_arena *a, const void *value)
{
    struct np_plan plan;
    struct np_buf text;
    if (np_plan_make(a, value, &plan, NULL) != 0)
        return;
    struct np_ruleset *one = np_firewall(&plan), *again = np_firewall(&plan);
    np_buf_init(&text, a, 64 << 20);
    np_ruleset_diff(one, again, &text);
    np_assert(text.n == 0);
    np_ruleset_diff(NULL, one, &text);
    np_assert(np_buf_ok(&text) && memchr(text.p, 0, text.n) == NULL);
    np_ruleset_free(one);
    np_ruleset_free(again);
}

NP_FUZZ(p, n)
{
    if (n == 0)
        return 0;
    NP_AUTO_ARENA a = np_arena_new();
    bool reply = p[0] & 1;
    struct np_str packet = np_str_n(p + 1, n - 1);
    struct np_agent_head h;
    struct np_err err = {0};
    void *value;
    if (np_agent_get(packet, reply, a, &h, &value, &err) != 0)
        return 0;
    written_again(a, &h, reply, value);
    if (!reply && h.verb == NP_AGENT_ENSURE_NETWORK)
        made_rules_of(a, value);
    if (!reply && h.verb != NP_AGENT_ENSURE_PROCESS)
        answered(a, packet);
    return 0;
}
