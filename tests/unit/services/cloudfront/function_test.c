/* SPDX-License-Identifier: Apache-2.0 */
/* function_test.c - requests and responses as event objects of functions, and back. */
#include "test.h"

#include <stdio.h>

#include "base/auto.h"
#include "services/cloudfront/function.h"

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        {name, sizeof(name) - 1},                                                                  \
        {                                                                                          \
            value, sizeof(value) - 1                                                               \
        }                                                                                          \
    }

static struct np_edge_event request_event(struct np_arena *a)
{
    static struct np_http_field fields[] = {
        FIELD("Host", "d1.cloudfront.net"), FIELD("Accept", "a"),    FIELD("accept", "b"),
        FIELD("Cookie", "one=1; two=2"),    FIELD("X-Real-IP", "9"), FIELD("X-Raw", "\xe4"),
    };
    return (struct np_edge_event){
        .arena = a,
        .method = NP_STR("GET"),
        .path = NP_STR("/a%20b"),
        .query = NP_STR("q=1&q=2&r"),
        .fields = fields,
        .n_fields = NP_LEN(fields),
        .client_ip = NP_STR("198.51.100.11"),
        .request_id = NP_STR("id"),
        .dist_id = NP_STR("E1"),
        .dist_name = NP_STR("d1.cloudfront.net"),
    };
}

static struct np_edge_event response_event(struct np_arena *a)
{
    static struct np_http_field fields[] = {
        FIELD("Content-Type", "text/plain"),
        FIELD("Via", "1.1 x"),
        FIELD("X-Cache", "Miss"),
        FIELD("Set-Cookie", "one=1; Secure; Path=/"),
        FIELD("Set-Cookie", "one=2"),
        FIELD("Content-Length", "5"),
    };
    struct np_edge_event e = request_event(a);
    e.status = 200;
    e.response_fields = fields;
    e.n_response_fields = NP_LEN(fields);
    return e;
}

#define REQUEST                                                                                    \
    "\"request\":{\"method\":\"GET\",\"uri\":\"/a%20b\",\"querystring\":{\"q\":{\"value\":\"1\","  \
    "\"multiValue\":[{\"value\":\"1\"},{\"value\":\"2\"}]},\"r\":{\"value\":\"\"}},"               \
    "\"headers\":{\"host\":{\"value\":\"d1.cloudfront.net\"},\"accept\":{\"value\":\"a\","         \
    "\"multiValue\":[{\"value\":\"a\"},{\"value\":\"b\"}]},\"x-raw\":{\"value\":\"\xc3\xa4\"}},"   \
    "\"cookies\":{\"one\":{\"value\":\"1\"},\"two\":{\"value\":\"2\"}}}"
#define EVENT(type)                                                                                \
    "{\"version\":\"1.0\",\"context\":{\"distributionDomainName\":\"d1.cloudfront.net\","          \
    "\"distributionId\":\"E1\",\"eventType\":\"" type "\",\"requestId\":\"id\"},"                  \
    "\"viewer\":{\"ip\":\"198.51.100.11\"}," REQUEST

NP_TEST(a_request_as_an_event)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_edge_event e = request_event(a);
    NP_CHECK_STR(cloudfront_event_write(&e), NP_STR(EVENT("viewer-request") "}"));
}

NP_TEST(a_response_as_an_event)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_edge_event e = response_event(a);
    NP_CHECK_STR(
        cloudfront_event_write(&e),
        NP_STR(EVENT(
            "viewer-response") ",\"response\":{\"statusCode\":200,"
                               "\"statusDescription\":\"OK\",\"headers\":{\"content-type\":{"
                               "\"value\":"
                               "\"text/plain\"},\"via\":{\"value\":\"1.1 x\"},\"content-length\":{"
                               "\"value\":\"5\"}},\"cookies\":{\"one\":{\"value\":\"1\","
                               "\"attributes\":"
                               "\"Secure; Path=/\",\"multiValue\":[{\"value\":\"1\",\"attributes\":"
                               "\"Secure; Path=/\"},{\"value\":\"2\"}]}}}}"));
}

/* The fields as "Name: value|…". */
static struct np_str lines(struct np_arena *a, const struct np_http_field *v, size_t n)
{
    struct np_buf b;
    np_buf_init(&b, a, 10000);
    for (size_t i = 0; i < n; i++)
        np_buf_printf(&b, "%s%.*s: %.*s", i == 0 ? "" : "|", NP_FMT(v[i].name), NP_FMT(v[i].value));
    return np_buf_str(&b);
}

static int answer(struct np_edge_event *e, const char *text, struct np_err *err)
{
    struct np_json *event, *json;
    NP_CHECK(np_json_parse(e->arena, cloudfront_event_write(e), &event, err) == 0);
    NP_CHECK(np_json_parse(e->arena, np_str_of(text), &json, err) == 0, "%s: %s", text, err->text);
    int rc = cloudfront_event_check(event, json, err);
    if (rc == 0)
        cloudfront_event_apply(e, event, json);
    return rc;
}

#define HEAD "{\"method\":\"GET\",\"uri\":\"/ab\""
#define HOST "\"host\":{\"value\":\"d1.cloudfront.net\"}"
#define RAW  ",\"x-raw\":{\"value\":\"\xc3\xa4\"}"

NP_TEST(several_values)
{
    static const struct {
        const char *headers, *want, *why;
    } cases[] = {
        {"\"accept\":{\"value\":\"a\",\"multiValue\":[{\"value\":\"a\"},{\"value\":\"b\"}]}",
         "Accept: a|accept: b|", "as it was"},
        {"\"accept\":{\"value\":\"c\",\"multiValue\":[{\"value\":\"a\"},{\"value\":\"b\"}]}",
         "Accept: c|Accept: b|", "the value is the first of them"},
        {"\"accept\":{\"value\":\"c\",\"multiValue\":[{\"value\":\"b\"}]}", "Accept: b|",
         "of a multiValue that was changed the value is ignored"},
        {"\"accept\":{\"value\":\"c\"}", "Accept: c|", "one instead of two"},
        {"\"x-none\":{\"value\":\"\"}", "", "taken away"},
    };
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_edge_event e = request_event(a);
        struct np_err err = {0};
        char text[1000], want[1000];
        bool added = strstr(c->headers, "x-none") != NULL;
        snprintf(text, sizeof(text), HEAD ",\"headers\":{" HOST RAW ",%s}}", c->headers);
        snprintf(want, sizeof(want), "Host: d1.cloudfront.net|%sX-Real-IP: 9|X-Raw: \xe4|%s%s",
                 c->want, added ? "X-None: |" : "", "Cookie: one=1; two=2");
        NP_CHECK(answer(&e, text, &err) == 0, "%s: %s", c->why, err.text);
        NP_CHECK_STR(lines(a, e.fields, e.n_fields), np_str_of(want));
    }
}

NP_TEST(queries_and_cookies)
{
    static const struct {
        const char *more, *query, *cookie;
    } cases[] = {
        {"", "q=1&q=2&r", "one=1; two=2"},
        {",\"querystring\":{\"r\":{\"value\":\"\"},\"q\":{\"value\":\"1\",\"multiValue\":[{"
         "\"value\":\"1\"},{\"value\":\"2\"}]}}",
         "q=1&q=2&r", "one=1; two=2"}, /* in another order, it is what it was */
        {",\"querystring\":{\"q\":{\"value\":\"3\"}},\"cookies\":{\"one\":{\"value\":\"9\"}}",
         "q=3", "one=9"},
        {",\"querystring\":{},\"cookies\":{}", NULL, NULL},
    };
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_edge_event e = request_event(a);
        struct np_err err = {0};
        char text[1000];
        snprintf(text, sizeof(text), HEAD "%s}", c->more);
        NP_CHECK(answer(&e, text, &err) == 0, "%s: %s", c->more, err.text);
        NP_CHECK((c->query == NULL) == (e.query.p == NULL));
        NP_CHECK_STR(e.query, np_str_of(c->query));
        struct np_str cookie = NP_STR_NULL;
        for (size_t i = 0; i < e.n_fields; i++)
            if (np_str_is(e.fields[i].name, "Cookie"))
                cookie = e.fields[i].value;
        NP_CHECK_STR(cookie, np_str_of(c->cookie));
    }
}

NP_TEST(a_response_of_the_functions_own)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_edge_event e = request_event(a);
    struct np_err err = {0};
    NP_CHECK(answer(&e,
                    "{\"statusCode\":302,\"headers\":{\"x-my-name\":{\"value\":\"1\"},"
                    "\"content-length\":{\"value\":\"99\"}},\"cookies\":{\"c\":{\"value\":\"1\","
                    "\"attributes\":\"Secure\"}},\"body\":{\"encoding\":\"base64\",\"data\":"
                    "\"aGk=\"}}",
                    &err) == 0,
             "%s", err.text);
    NP_CHECK(e.status == 302);
    NP_CHECK_STR(e.body, NP_STR("hi"));
    NP_CHECK_STR(lines(a, e.response_fields, e.n_response_fields),
                 NP_STR("X-My-Name: 1|Set-Cookie: c=1; Secure"));
}

NP_TEST(a_response_changed)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_edge_event e = response_event(a);
    struct np_err err = {0};
    NP_CHECK(answer(&e,
                    "{\"statusCode\":201,\"headers\":{\"via\":{\"value\":\"1.1 x\"},"
                    "\"x-new\":{\"value\":\"1\"}},\"cookies\":{\"one\":{\"value\":\"5\"}}}",
                    &err) == 0,
             "%s", err.text);
    NP_CHECK(e.status == 201 && e.body.p == NULL);
    NP_CHECK_STR(lines(a, e.response_fields, e.n_response_fields),
                 NP_STR("Via: 1.1 x|X-Cache: Miss|Content-Length: 5|X-New: 1|Set-Cookie: one=5"));
}

NP_TEST(answers_that_are_refused)
{
    static const char *const requests[] = {
        "null",
        "[]",
        "{}",
        "{\"method\":\"PUT\",\"uri\":\"/\"}",
        "{\"method\":\"GET\",\"uri\":\"x\"}",
        "{\"method\":\"GET\",\"uri\":5}",
        HEAD ",\"querystring\":\"a=1\"}",
        HEAD ",\"querystring\":{\"a\":{}}}",
        HEAD ",\"cookies\":{\"a\":{\"multiValue\":[]}}}",
        HEAD ",\"headers\":{" HOST ",\"a\":{\"value\":1}}}",
        HEAD ",\"headers\":{" HOST ",\"a b\":{\"value\":\"1\"}}}",
        HEAD ",\"headers\":{" HOST ",\"cookie\":{\"value\":\"1\"}}}",
        HEAD ",\"headers\":{" HOST ",\"via\":{\"value\":\"1\"}}}",
        HEAD ",\"headers\":{" HOST ",\"x-amz-cf-id\":{\"value\":\"1\"}}}",
        HEAD ",\"headers\":{}}",
        "{\"statusCode\":199}",
        "{\"statusCode\":600}",
        "{\"statusCode\":200.5}",
        "{\"statusCode\":200,\"body\":5}",
        "{\"statusCode\":200,\"body\":{\"encoding\":\"gzip\",\"data\":\"\"}}",
        "{\"statusCode\":200,\"headers\":{\"via\":{\"value\":\"1\"}}}",
    };
    static const char *const responses[] = {
        HEAD "}",
        "{\"statusCode\":200,\"headers\":{}}", /* takes Via away */
        ("{\"statusCode\":200,\"headers\":{\"via\":{\"value\":\"1.1 x\"},\"warning\":{\"value\":"
         "\"1\"}}}"),
    };
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (text, requests) {
        struct np_edge_event e = request_event(a);
        struct np_err err = {0};
        NP_CHECK(answer(&e, *text, &err) == NP_EINVAL && err.n != 0, "%s", *text);
    }
    NP_EACH (text, responses) {
        struct np_edge_event e = response_event(a);
        struct np_err err = {0};
        NP_CHECK(answer(&e, *text, &err) == NP_EINVAL && err.n != 0, "%s", *text);
    }
}

NP_TEST(a_path_of_the_longest_and_one_more)
{
    NP_AUTO_ARENA a = np_arena_new();
    for (int more = 0; more < 2; more++) {
        struct np_edge_event e = request_event(a);
        struct np_err err = {0};
        struct np_buf b;
        np_buf_init(&b, a, 20000);
        np_buf_printf(&b, "{\"method\":\"GET\",\"uri\":\"/%0*d\"}",
                      CLOUDFRONT_FUNCTION_URI_MAX - 2 + more, 0);
        np_buf_char(&b, 0);
        NP_CHECK(answer(&e, b.p, &err) == (more == 0 ? 0 : NP_EINVAL));
    }
}
