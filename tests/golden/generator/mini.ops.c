/* mini/ops.c - the operations and their handlers. Generated from models/mini.smithy. */
#include "aws/service.h"
#include "gen/mini/ops.h"

/* begin and reply may be left out. */
#pragma weak mini_PutItem_begin
#pragma weak mini_PutItem_reply
#pragma weak mini_Sweep_begin
#pragma weak mini_Sweep_reply

static const struct np_op ops[] = {
    {.codec = &mini_GetItem_op, .read = (np_read_fn *)mini_GetItem, .flags = NP_OP_READ | NP_OP_DATA | NP_OP_STREAM_OUT},
    {.codec = &mini_ListItems_op, .read = (np_read_fn *)mini_ListItems, .flags = NP_OP_READ | NP_OP_HEAVY | NP_OP_SECRET},
    {.codec = &mini_Ping_op, .read = (np_read_fn *)mini_Ping, .flags = NP_OP_READ},
    {.codec = &mini_PutItem_op, .begin = (np_begin_fn *)mini_PutItem_begin, .apply = (np_apply_fn *)mini_PutItem_apply, .reply = (np_reply_fn *)mini_PutItem_reply, .flags = NP_OP_SECRET, .body_limit = 65536},
    {.codec = &mini_Sweep_op, .begin = (np_begin_fn *)mini_Sweep_begin, .apply = (np_apply_fn *)mini_Sweep_apply, .reply = (np_reply_fn *)mini_Sweep_reply, .flags = NP_OP_SECRET},
};

const struct np_service_model mini_model = {
    .codec = &mini_codec,
    .ops = ops,
    .n_ops = sizeof(ops) / sizeof(ops[0]),
    .db = NP_DB_S3,
};
