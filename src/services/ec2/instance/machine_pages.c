/* SPDX-License-Identifier: Apache-2.0 */
/* machine_pages.c - pages for `nephele status`, `exec`, `ssh` and `console`: for who runs the
 * region, who has shown the data directory's token. They are a console cable: no policy is asked.
 */
#include "aws/network.h"
#include "base/auto.h"
#include "codec/json.h"
#include "engines/compute/compute.h"
#include "engines/compute/talk.h"
#include "services/ec2/ec2_int.h"
#include "services/ec2/instance/instance.h"
#include "services/ec2/instance/machine_pages.h"

#define LIST_MAX (8u << 20)

static void answer(struct np_req *rq, int status, const char *type, struct np_str text)
{
    const struct np_http_field f[] = {{NP_STR("Content-Type"), np_str_of(type)},
                                      {NP_STR("Cache-Control"), NP_STR("no-store")}};
    np_req_send(rq, status, f, NP_LEN(f), text);
}

/* Of ?instance=NAME: an id, or a name or address that the network knows. False: answered. */
static bool find(struct np_req *rq, struct np_str *id)
{
    struct np_str key, value;
    struct np_inside at;
    struct np_err err;
    if (!np_str_cut(rq->wire.query, '=', &key, &value) || !np_str_is(key, "instance") ||
        value.n == 0) {
        answer(rq, 400, "text/plain", NP_STR("instance=NAME\n"));
        return false;
    }
    if (ec2_compute(rq->core) == NULL) {
        answer(rq, 503, "text/plain", NP_STR("no instances run here\n"));
        return false;
    }
    *id = value;
    if (np_str_starts(value, NP_STR("i-")) && ec2_see_any(rq->core, value) != NULL)
        return true;
    int rc = np_network_find(rq->core, value, NP_STR_NULL, &at, &err);
    if (rc == 0 && at.instance_id.n > 0) {
        *id = np_str_dup(rq->arena, at.instance_id);
        return true;
    }
    answer(rq, 404, "text/plain",
           np_str_printf(rq->arena, "there is no instance %.*s\n", NP_FMT(value)));
    return false;
}

/* --- the list --- */

static const char *const phases[] = {"pending", "running", "stopping", "ended"};
static const char *const checks[] = {"none", "initializing", "ok", "impaired", "unknown"};
static const char *const user_data[] = {"unknown", "none", "running", "done", "failed"};

static void add_one(struct np_req *rq, struct np_buf *b, const struct np_instance_now *n)
{
    const struct ec2_item *it = ec2_see_any(rq->core, n->id);
    const struct ec2_InstanceOwn *own =
        it != NULL && it->kind->id == EC2_KIND_INSTANCE ? it->own : NULL;
    np_buf_printf(b,
                  "%s{\"id\":\"%.*s\",\"phase\":\"%s\",\"instance_check\":\"%s\","
                  "\"system_check\":\"%s\",\"user_data\":\"%s\",\"user_data_exit\":%d,\"user\":",
                  b->n > 1 ? "," : "", NP_FMT(n->id), phases[n->phase], checks[n->instance_check],
                  checks[n->system_check], user_data[n->user_data], n->user_data_code);
    np_json_quote(b, own != NULL && own->User.p != NULL ? own->User : NP_STR(""));
    np_buf_lit(b, ",\"reason\":");
    np_json_quote(b, n->reason);
    np_buf_char(b, '}');
}

static void list_page(struct np_req *rq)
{
    struct np_compute *c = ec2_compute(rq->core);
    struct np_instance_now *v = NULL;
    struct np_buf b;
    size_t n = c != NULL ? np_compute_each(c, rq->arena, &v) : 0;
    np_buf_init(&b, rq->arena, LIST_MAX);
    np_buf_char(&b, '[');
    for (size_t i = 0; i < n; i++)
        add_one(rq, &b, &v[i]);
    np_buf_lit(&b, "]\n");
    answer(rq, 200, "application/json", np_buf_str(&b));
}

/* --- the console: asked on the engine's loop, answered on the request's --- */

struct asking {
    struct np_msg msg;
    struct np_req *rq;
    struct np_str id, text;
    int rc;
    struct np_err err;
};

static void have_console(struct np_msg *m)
{
    struct asking *k = NP_CONTAINER(m, struct asking, msg);
    np_loop_owe(k->rq->loop, -1);
    if (k->rc == 0)
        answer(k->rq, 200, "text/plain", k->text);
    else
        answer(k->rq, 503, "text/plain", np_err_text(&k->err));
}

static void read_console(void *x, int rc, struct np_str text, const struct np_err *err)
{
    struct asking *k = x;
    k->rc = rc;
    if (rc == 0)
        k->text = np_str_dup(k->rq->arena, text); /* nobody else touches it meanwhile */
    else
        k->err = *err;
    k->msg.fn = have_console;
    np_loop_post(k->rq->loop, &k->msg);
}

static void ask_console(struct np_msg *m)
{
    struct asking *k = NP_CONTAINER(m, struct asking, msg);
    np_compute_console(ec2_compute(k->rq->core), k->id, read_console, k);
}

static void console_page(struct np_req *rq)
{
    struct np_str id;
    if (!find(rq, &id))
        return;
    struct asking *k = np_new(rq->arena, struct asking);
    k->rq = rq;
    k->id = id;
    k->msg.fn = ask_console;
    np_loop_owe(rq->loop, 1);
    np_loop_post(np_core_loop(rq->core, 0), &k->msg);
}

/* --- exec --- */

static void talk_page(struct np_req *rq)
{
    char room[64];
    struct np_str id;
    if (!find(rq, &id))
        return;
    size_t n = id.n < sizeof(room) ? id.n : sizeof(room);
    memcpy(room, id.p, n); /* the request goes before its exchange */
    struct np_talk_to to = {.compute = ec2_compute(rq->core), .id = np_str_n(room, n)};
    np_req_hand(rq, &np_talk_handlers, &to);
}

void ec2_machine_pages(struct np_core *core)
{
    static const struct np_page pages[] = {
        {"GET", "/_nephele/instances", true, list_page},
        {"GET", "/_nephele/console", true, console_page},
        {"GET", "/_nephele/talk", true, talk_page},
    };
    NP_EACH (p, pages)
        np_page_add(core, p);
}
