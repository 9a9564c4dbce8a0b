/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of access logs: the fields of the head, none of which can end a field. */
#include "test.h"

#include "base/auto.h"
#include "services/cloudfront/log_text.h"

static size_t count(struct np_str s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

NP_TEST(cloudfront_log_lines)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_buf b;
    const struct np_edge_record r = {
        .dist_name = NP_STR("d1.cloudfront.net"),
        .pop = NP_STR("NEP1-C1"),
        .end_ms = 1700000000123,
        .taken_us = 1234567,
        .client_ip = NP_STR("192.0.2.1"),
        .client_port = 4711,
        .method = NP_STR("GET"),
        .host = NP_STR("www.example.com"),
        .path = NP_STR("/a%20b"),
        .user_agent = NP_STR("one\ttwo \"three\""),
        .major = 1,
        .minor = 1,
        .status = 200,
        .result = NP_EDGE_R_HIT,
        .response_result = NP_EDGE_R_HIT,
        .content_length = -1,
        .range_begin = -1,
        .range_end = -1,
    };
    np_buf_init(&b, a, 64 * 1024);
    cloudfront_log_line(&b, &r);
    struct np_str line = np_buf_str(&b), head = np_str_of(cloudfront_log_head);
    head = np_str_sub(head, (size_t)np_str_find(head, NP_STR("#Fields: ")) + 9, head.n);
    NP_CHECK(np_str_starts(line, NP_STR("2023-11-14\t22:13:20\tNEP1-C1\t0\t192.0.2.1\tGET\t"
                                        "d1.cloudfront.net\t/a%20b\t200\t-\t"
                                        "one%09two%20%22three%22\t-\t-\tHit\t")),
             "%.*s", NP_FMT(line));
    NP_CHECK(count(line, '\t') == count(head, ' ') && count(line, '\n') == 1,
             "a field for each name of the head");
}
