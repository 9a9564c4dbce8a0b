/* mini/stubs.h - calls of the operations by other services. Generated from models/mini.smithy. */
#pragma once

#include "aws/call.h"
#include "gen/mini/types.h"

extern const struct np_service_model mini_model;

static inline void mini_GetItem_call(struct np_core *core, struct np_loop *l, const struct np_caller *caller, const struct mini_GetItemRequest *in, const struct np_call_stream *stream, void (*done)(void *arg, int rc, const struct mini_GetItemOutput *out, const struct np_err *err), void *arg)
{
    np_call(core, l, &mini_model, "GetItem", caller, in, stream, (void (*)(void *, int, const void *, const struct np_err *))done, arg);
}
static inline void mini_ListItems_call(struct np_core *core, struct np_loop *l, const struct np_caller *caller, const struct mini_ListItemsRequest *in, const struct np_call_stream *stream, void (*done)(void *arg, int rc, const struct mini_ListItemsOutput *out, const struct np_err *err), void *arg)
{
    np_call(core, l, &mini_model, "ListItems", caller, in, stream, (void (*)(void *, int, const void *, const struct np_err *))done, arg);
}
static inline void mini_Ping_call(struct np_core *core, struct np_loop *l, const struct np_caller *caller, const struct mini_PingInput *in, const struct np_call_stream *stream, void (*done)(void *arg, int rc, const struct mini_PingOutput *out, const struct np_err *err), void *arg)
{
    np_call(core, l, &mini_model, "Ping", caller, in, stream, (void (*)(void *, int, const void *, const struct np_err *))done, arg);
}
static inline void mini_PutItem_call(struct np_core *core, struct np_loop *l, const struct np_caller *caller, const struct mini_PutItemRequest *in, const struct np_call_stream *stream, void (*done)(void *arg, int rc, const struct mini_PutItemOutput *out, const struct np_err *err), void *arg)
{
    np_call(core, l, &mini_model, "PutItem", caller, in, stream, (void (*)(void *, int, const void *, const struct np_err *))done, arg);
}
static inline void mini_Sweep_call(struct np_core *core, struct np_loop *l, const struct np_caller *caller, const struct mini_SweepInput *in, const struct np_call_stream *stream, void (*done)(void *arg, int rc, const struct mini_Node *out, const struct np_err *err), void *arg)
{
    np_call(core, l, &mini_model, "Sweep", caller, in, stream, (void (*)(void *, int, const void *, const struct np_err *))done, arg);
}
