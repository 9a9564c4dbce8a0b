/* mini/ops.h - prototypes of the handlers. Generated from models/mini.smithy. */
#pragma once

#include "gen/mini/types.h"

struct np_req;
struct np_txn;
struct np_err;
struct np_service_model;

extern const struct np_service_model mini_model;

int mini_GetItem(struct np_req *rq, const struct mini_GetItemRequest *in, struct mini_GetItemOutput *out, struct np_err *err);
int mini_ListItems(struct np_req *rq, const struct mini_ListItemsRequest *in, struct mini_ListItemsOutput *out, struct np_err *err);
int mini_Ping(struct np_req *rq, const struct mini_PingInput *in, struct mini_PingOutput *out, struct np_err *err);
int mini_PutItem_begin(struct np_req *rq, const struct mini_PutItemRequest *in, struct np_err *err);
int mini_PutItem_apply(struct np_txn *txn, const struct mini_PutItemRequest *in, struct mini_PutItemOutput *out, struct np_err *err);
int mini_PutItem_reply(struct np_req *rq, const struct mini_PutItemRequest *in, struct mini_PutItemOutput *out, struct np_err *err);
int mini_Sweep_begin(struct np_req *rq, const struct mini_SweepInput *in, struct np_err *err);
int mini_Sweep_apply(struct np_txn *txn, const struct mini_SweepInput *in, struct mini_Node *out, struct np_err *err);
int mini_Sweep_reply(struct np_req *rq, const struct mini_SweepInput *in, struct mini_Node *out, struct np_err *err);
