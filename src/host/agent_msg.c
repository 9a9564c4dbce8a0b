/* SPDX-License-Identifier: Apache-2.0 */
/* agent_msg.c - messages between region and agent, by the tables of models/agent.smithy. */
#include "host/agent_msg.h"

#include "base/arena.h"
#include "codec/codec.h"

static const struct np_codec_op *const ops[NP_AGENT_VERBS] = {
    [NP_AGENT_HELLO] = &agent_Hello_op,
    [NP_AGENT_ENSURE_PROCESS] = &agent_EnsureProcess_op,
    [NP_AGENT_STOP_PROCESS] = &agent_StopProcess_op,
    [NP_AGENT_LIST_PROCESSES] = &agent_ListProcesses_op,
    [NP_AGENT_DOCTOR] = &agent_Doctor_op,
    [NP_AGENT_ENSURE_NETWORK] = &agent_EnsureNetwork_op,
    [NP_AGENT_REMOVE_NETWORK] = &agent_RemoveNetwork_op,
    [NP_AGENT_LIST_NETWORKS] = &agent_ListNetworks_op,
    [NP_AGENT_ENSURE_INTERNET] = &agent_EnsureInternet_op,
    [NP_AGENT_MAKE_SOCKETS] = &agent_MakeSockets_op,
    [NP_AGENT_ENSURE_INSTANCE] = &agent_EnsureInstance_op,
    [NP_AGENT_STOP_INSTANCE] = &agent_StopInstance_op,
    [NP_AGENT_REMOVE_INSTANCE] = &agent_RemoveInstance_op,
    [NP_AGENT_LIST_INSTANCES] = &agent_ListInstances_op,
    [NP_AGENT_OPEN_INSTANCE] = &agent_OpenInstance_op,
    [NP_AGENT_ENSURE_VOLUME] = &agent_EnsureVolume_op,
    [NP_AGENT_REMOVE_VOLUME] = &agent_RemoveVolume_op,
    [NP_AGENT_ATTACH_VOLUME] = &agent_AttachVolume_op,
    [NP_AGENT_DETACH_VOLUME] = &agent_DetachVolume_op,
    [NP_AGENT_ENSURE_SNAPSHOT] = &agent_EnsureSnapshot_op,
    [NP_AGENT_REMOVE_SNAPSHOT] = &agent_RemoveSnapshot_op,
    [NP_AGENT_LIST_VOLUMES] = &agent_ListVolumes_op,
};

const struct np_shape *np_agent_shape(unsigned verb, bool reply)
{
    if (verb >= NP_AGENT_VERBS || ops[verb] == NULL)
        return NULL;
    return reply ? ops[verb]->out : ops[verb]->in;
}

void np_agent_put(struct np_buf *b, const struct np_agent_head *h, bool reply, const void *value)
{
    const struct np_shape *shape = np_agent_shape(h->verb, reply);
    np_buf_add(b, h, sizeof(*h));
    if (value != NULL && shape != NULL)
        np_cbor_put(shape, value, b);
}

void np_agent_put_failure(struct np_buf *b, const struct np_agent_head *request,
                          const struct np_err *why)
{
    struct np_agent_head h = *request;
    h.code = (int16_t)why->code;
    struct agent_Failure f = {.Message = np_err_text(why)};
    np_buf_add(b, &h, sizeof(h));
    np_cbor_put(&agent_Failure_shape, &f, b);
}

static int check_head(const struct np_agent_head *h, bool reply, struct np_err *err)
{
    if (h->version != NP_AGENT_VERSION)
        return np_err(err, NP_EPROTO,
                      "the other side speaks version %u of the agent's protocol, not %d",
                      h->version, NP_AGENT_VERSION);
    if (h->verb == 0 || h->verb >= NP_AGENT_VERBS || h->flags != 0)
        return np_err(err, NP_EPROTO, "no message of the agent's protocol");
    if (reply ? h->code > 0 : h->code != 0 || h->verb == NP_AGENT_CHANGED)
        return np_err(err, NP_EPROTO, "a message with a code that it cannot have");
    return 0;
}

int np_agent_get(struct np_str packet, bool reply, struct np_arena *a, struct np_agent_head *h,
                 void **value, struct np_err *err)
{
    struct np_agent_head head;
    if (packet.n < sizeof(head) || packet.n > NP_AGENT_LONG_MAX)
        return np_err(err, NP_EPROTO, "a message of %zu bytes", packet.n);
    memcpy(&head, packet.p, sizeof(head));
    int rc = check_head(&head, reply, err);
    if (rc != 0)
        return rc;
    *h = head;
    *value = NULL;
    const struct np_shape *shape =
        head.code != 0 ? &agent_Failure_shape : np_agent_shape(head.verb, reply);
    struct np_str body = np_str_sub(packet, sizeof(head), packet.n);
    if (shape == NULL)
        return body.n == 0 ? 0 : np_err(err, NP_EPROTO, "a body where none belongs");
    void *out = np_alloc(a, shape->size != 0 ? shape->size : 1);
    if (np_cbor_get(shape, body, a, out, err) != 0)
        return np_err(err, NP_EPROTO, "a body that is no %s", shape->name);
    struct np_invalid why;
    if (np_validate(shape, out, a, &why) != 0)
        return np_err(err, NP_EPROTO, "%s: %.*s is not as the model has it", shape->name,
                      NP_FMT(why.path));
    *value = out;
    return 0;
}
