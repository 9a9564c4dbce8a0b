/* SPDX-License-Identifier: Apache-2.0 */
/* page_test.c - page tokens come back as they went out, and only where they belong. */
#include "test.h"

#include "aws/core.h"
#include "aws/limits.h"
#include "aws/page.h"
#include "aws/req.h"
#include "base/enc.h"

static struct np_core core = {.root_key = "0123456789abcdef0123456789abcde"};
static const struct np_service service = {.name = "s3"};
static const struct np_codec_op list_codec = {.name = "List"};
static const struct np_op list = {.codec = &list_codec};

static struct np_req request(void)
{
    return (struct np_req){
        .arena = np_arena_new(),
        .core = &core,
        .svc = &service,
        .op = &list,
        .account = NP_STR("111122223333"),
        .region = NP_STR("us-east-1"),
    };
}

static struct np_str run_of(const struct np_req *rq, size_t n)
{
    char *p = np_alloc(rq->arena, n);
    memset(p, 'k', n);
    return np_str_n(p, n);
}

NP_TEST(a_token_says_its_position)
{
    struct np_req rq = request(), other = rq;
    other.region = NP_STR("eu-west-1");
    struct np_str at;
    struct np_str token = np_page_token(&rq, 7, NP_STR("photos/1"));
    NP_CHECK(np_page_position(&rq, 7, token, &at) == 0, "its own");
    NP_CHECK_STR(at, NP_STR("photos/1"));
    NP_CHECK(np_page_position(&rq, 8, token, &at) == NP_EINVAL, "another filter");
    NP_CHECK(np_page_position(&other, 7, token, &at) == NP_EINVAL, "another region");
    np_arena_free(rq.arena);
}

NP_TEST(a_position_is_at_most_so_long)
{
    struct np_req rq = request();
    struct np_str at, most = run_of(&rq, NP_PAGE_POSITION_MAX);
    struct np_str token = np_page_token(&rq, 0, most);
    NP_CHECK(np_page_position(&rq, 0, token, &at) == 0, "the longest");
    NP_CHECK(np_str_eq(at, most), "%zu bytes", at.n);
    struct np_str raw = np_unbase64url(rq.arena, token);
    struct np_str longer = np_base64url(rq.arena, np_str_cat(rq.arena, raw, NP_STR("k")));
    NP_CHECK(np_page_position(&rq, 0, longer, &at) == NP_EINVAL, "one more");
    np_arena_free(rq.arena);
}

/* What a MAC over nothing but the token's head would let in. */
NP_TEST(a_long_tail_does_not_fit_the_mac_of_nothing)
{
    struct np_req rq = request();
    struct np_str at, raw = np_unbase64url(rq.arena, np_page_token(&rq, 0, NP_STR("")));
    struct np_str forged = np_str_cat(rq.arena, raw, run_of(&rq, 64 * 1024));
    NP_CHECK(np_page_position(&rq, 0, np_base64url(rq.arena, forged), &at) == NP_EINVAL, "forged");
    np_arena_free(rq.arena);
}
