/* SPDX-License-Identifier: Apache-2.0 */
/* function_test.c - TestFunction: a function run with an event of the caller's. */
#include "services/cloudfront/function.h"

#include "base/arena.h"

/* AWS: tests/sdk/test_cloudfront_functions.py. */
#define COULD_NOT_RUN                                                                              \
    "The CloudFront function associated with the CloudFront distribution is invalid or could not " \
    "run. "

struct testing {
    struct np_req *rq;
    struct np_json *event;
    struct cloudfront_TestResult *result;
};

static int read_event(struct np_req *rq, struct np_str text, struct np_json **out,
                      struct np_err *err)
{
    struct np_err why = {0};
    if (np_json_parse(rq->arena, text, out, &why) != 0)
        return cloudfront_invalid_argument(err, "The event object is no JSON: %.*s",
                                           NP_FMT(np_err_text(&why)));
    const struct np_json *context = np_json_member(*out, NP_STR("context"));
    struct np_str type = np_json_str(context, NP_STR("eventType"));
    if ((*out)->type != NP_J_OBJECT || np_json_member(*out, NP_STR("request")) == NULL ||
        (!np_str_is(type, "viewer-request") && !np_str_is(type, "viewer-response")))
        return cloudfront_invalid_argument(
            err, "The event object must have a request, and a context with the eventType "
                 "viewer-request or viewer-response.");
    return 0;
}

static struct np_strs lines_of(struct np_arena *a, struct np_str logs)
{
    struct np_json *list;
    struct np_strs out = {.set = true};
    if (np_json_parse(a, np_str_dup(a, logs), &list, NULL) != 0)
        return out;
    out.v = np_new_array(a, struct np_str, list->n + 1);
    for (const struct np_json *line = list->child; line != NULL; line = line->next)
        if (line->type == NP_J_STRING)
            out.v[out.n++] = line->s;
    return out;
}

/* {"request": …} or {"response": …} */
static int show(struct testing *t, struct np_str value, struct np_str *out, struct np_err *err)
{
    struct np_arena *a = t->rq->arena;
    struct np_json *answer;
    value = value.p != NULL ? np_str_dup(a, value) : NP_STR("null");
    int rc = np_json_parse(a, value, &answer, err);
    if (rc == 0)
        rc = cloudfront_event_check(t->event, answer, err);
    if (rc == 0)
        *out = np_str_printf(a, "{\"%s\":%.*s}",
                             cloudfront_event_is_response(answer) ? "response" : "request",
                             NP_FMT(value));
    return rc;
}

static void ended(void *arg, const struct np_edgefn_result *r)
{
    struct testing *t = arg;
    struct np_req *rq = t->rq;
    struct np_err why = {0};
    if (r->outcome == NP_EDGEFN_BUSY || r->outcome == NP_EDGEFN_LOST) {
        np_req_done(rq,
                    np_fault(&rq->err, &CLOUDFRONT_TestFunctionFailed, "%.*s", NP_FMT(r->error)));
        return;
    }
    t->result->FunctionExecutionLogs = lines_of(rq->arena, r->logs);
    t->result->ComputeUtilization = np_str_printf(rq->arena, "%u", r->utilization);
    t->result->FunctionErrorMessage = t->result->FunctionOutput = NP_STR("");
    if (r->outcome != NP_EDGEFN_OK)
        t->result->FunctionErrorMessage =
            np_str_printf(rq->arena, COULD_NOT_RUN "%.*s", NP_FMT(r->error));
    else if (show(t, r->value, &t->result->FunctionOutput, &why) != 0)
        t->result->FunctionErrorMessage =
            np_str_printf(rq->arena, "The CloudFront function returned an invalid value: %.*s",
                          NP_FMT(np_err_text(&why)));
    np_req_done(rq, 0);
}

int cloudfront_TestFunction(struct np_req *rq, const struct cloudfront_TestFunctionRequest *in,
                            struct cloudfront_TestFunctionResult *out, struct np_err *err)
{
    struct cloudfront_function f;
    struct testing *t = np_new(rq->arena, struct testing);
    int rc = cloudfront_functions_served(rq->core, "TestFunction", err);
    if (rc == 0)
        rc = cloudfront_function_find(rq, in->Name, in->Stage, &f, err);
    if (rc == 0)
        rc = cloudfront_if_match(in->IfMatch, f.etag, err);
    /* AWS: TestFunction knows no PreconditionFailed. */
    if (rc == NP_EFAULT && err->fault == &CLOUDFRONT_PreconditionFailed)
        rc = np_fault(err, &CLOUDFRONT_InvalidIfMatchVersion,
                      "The If-Match version is missing or not valid for the resource.");
    if (rc == 0)
        rc = read_event(rq, in->EventObject, &t->event, err);
    if (rc != 0)
        return rc;
    t->rq = rq;
    t->result = out->TestResult = np_new(rq->arena, struct cloudfront_TestResult);
    rc = cloudfront_function_summary(rq, &f, &t->result->FunctionSummary, err);
    if (rc != 0)
        return rc;
    struct np_edgefn_code *code = cloudfront_function_code(&f);
    np_edgefn_call(cloudfront_state(rq->core)->functions, rq->loop, code, in->EventObject,
                   np_region_ms(rq->loop), ended, t);
    np_edgefn_code_unref(code);
    return NP_LATER;
}
