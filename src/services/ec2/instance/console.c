/* SPDX-License-Identifier: Apache-2.0 */
/* console.c - what an instance wrote to its console, and what instances do not have. */
#include "base/enc.h"
#include "engines/compute/compute.h"
#include "services/ec2/instance/instance_int.h"

/* The engine's loop is the first worker's; the request's may be another: a message there and one
 * back. */
struct asking {
    struct np_msg msg;
    struct np_req *rq;
    struct np_str text;
    int64_t at_ms;
};

static void answer(struct np_msg *m)
{
    struct asking *x = NP_CONTAINER(m, struct asking, msg);
    struct ec2_GetConsoleOutputResult *out = x->rq->out;
    if (x->text.p != NULL) {
        out->Output = np_base64(x->rq->arena, x->text);
        out->Timestamp = EC2_INT(x->at_ms);
    }
    np_req_done(x->rq, 0);
}

static void told(void *arg, int rc, struct np_str text, const struct np_err *err)
{
    struct asking *x = arg;
    if (rc == 0 && text.n != 0)
        x->text = np_str_dup(x->rq->arena, text);
    x->msg.fn = answer;
    np_loop_post(x->rq->loop, &x->msg);
}

static void ask(struct np_msg *m)
{
    struct asking *x = NP_CONTAINER(m, struct asking, msg);
    const struct ec2_GetConsoleOutputRequest *in = x->rq->in;
    np_compute_console(ec2_compute(x->rq->core), in->InstanceId, told, x);
}

int ec2_GetConsoleOutput(struct np_req *rq, const struct ec2_GetConsoleOutputRequest *in,
                         struct ec2_GetConsoleOutputResult *out, struct np_err *err)
{
    const struct ec2_item *it;
    int rc = ec2_instance_see(rq, in->InstanceId, &it, err);
    if (rc != 0)
        return rc;
    out->InstanceId = it->id;
    if (ec2_compute(rq->core) == NULL || ec2_instance_state(it) == EC2_TERMINATED)
        return 0;
    struct asking *x = np_new(rq->arena, struct asking);
    x->rq = rq;
    x->at_ms = rq->now_ms;
    x->msg.fn = ask;
    np_loop_post(np_core_loop(rq->core, 0), &x->msg);
    return NP_LATER;
}

/* AWS: of Linux it is empty (tests/sdk/test_ec2_instances.py). */
int ec2_GetPasswordData(struct np_req *rq, const struct ec2_GetPasswordDataRequest *in,
                        struct ec2_GetPasswordDataResult *out, struct np_err *err)
{
    const struct ec2_item *it;
    int rc = ec2_instance_see(rq, in->InstanceId, &it, err);
    if (rc != 0)
        return rc;
    out->InstanceId = it->id;
    out->PasswordData = NP_STR("");
    out->Timestamp = EC2_SEEN(Instance, it)->LaunchTime;
    return 0;
}

/* AWS: what has not booted by UEFI has none; data sources of images ask for it. */
int ec2_GetInstanceUefiData(struct np_req *rq, const struct ec2_GetInstanceUefiDataRequest *in,
                            struct ec2_GetInstanceUefiDataResult *out, struct np_err *err)
{
    const struct ec2_item *it;
    int rc = ec2_instance_see(rq, in->InstanceId, &it, err);
    if (rc != 0)
        return rc;
    return np_fault(err, &EC2_UnsupportedOperation,
                    "The instance '%.*s' has no UEFI variable store: instances of this region boot "
                    "without firmware.",
                    NP_FMT(it->id));
}
