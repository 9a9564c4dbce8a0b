/* SPDX-License-Identifier: Apache-2.0 */
/* function.h - CloudFront Functions: rows, what refers to them, events, the engine's calls. */
#pragma once

#include "codec/json.h"
#include "engines/edge/edge.h"
#include "engines/edgefn/edgefn.h"
#include "services/cloudfront/cloudfront_int.h"

#define CLOUDFRONT_FUNCTION "function" /* in rows of cloudfront_use, and in notices */

/* --- function.c --- */
struct cloudfront_function {
    struct np_str name, stage, etag, code;
    int64_t created_ms, modified_ms;
    struct cloudfront_FunctionConfig *config;
};
/* stage absent: DEVELOPMENT. With NoSuchFunctionExists. */
int cloudfront_function_find(struct np_req *rq, struct np_str name, struct np_str stage,
                             struct cloudfront_function *out, struct np_err *err);
int cloudfront_function_summary(struct np_req *rq, const struct cloudfront_function *f,
                                struct cloudfront_FunctionSummary **out, struct np_err *err);
struct np_edgefn_code *cloudfront_function_code(const struct cloudfront_function *f);
/* UnsupportedOperation where the program that runs functions is not installed. */
int cloudfront_functions_served(const struct np_core *core, const char *operation,
                                struct np_err *err);

/* --- function_use.c: functions of cache behaviours --- */
int cloudfront_functions_check(const struct cloudfront_FunctionAssociations *f, struct np_err *err);
/* In apply: they are there and published; the distribution uses them. */
int cloudfront_functions_use(struct np_txn *t, struct np_str user,
                             const struct cloudfront_FunctionAssociations *f, struct np_err *err);
/* The code of that event type, a reference of the caller's; NULL: none. */
int cloudfront_functions_code(struct np_dbc *c, const struct np_scope *scope, struct np_arena *a,
                              const struct cloudfront_FunctionAssociations *f, const char *event,
                              struct np_edgefn_code **out, struct np_err *err);

/* --- function_event.c: between requests and event objects --- */
struct np_str cloudfront_event_write(const struct np_edge_event *e);
/* A function answered an event with that: NP_EINVAL and why, if it may not. The event's type is
 * what its context says. */
int cloudfront_event_check(const struct np_json *event, const struct np_json *answer,
                           struct np_err *err);
/* It is a response, not a request. */
bool cloudfront_event_is_response(const struct np_json *answer);
/* --- function_apply.c: after the check: what the event becomes --- */
void cloudfront_event_apply(struct np_edge_event *e, const struct np_json *event,
                            const struct np_json *answer);
/* Names that functions neither see nor add; those that they see and leave alone. */
bool cloudfront_field_hidden(struct np_str name);
bool cloudfront_field_read_only(struct np_str name, bool response);
/* The same value, members in any order. */
bool cloudfront_json_same(const struct np_json *a, const struct np_json *b);

/* --- function_call.c: np_edge_hooks.call --- */
void cloudfront_function_call(void *arg, const void *function, struct np_edge_worker *w,
                              struct np_edge_event *e, void (*done)(void *x, int rc), void *x);
