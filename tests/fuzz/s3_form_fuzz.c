/* SPDX-License-Identifier: Apache-2.0 */
/* s3_form_fuzz.c - forms of uploads: in pieces as whole, and the policy in their first field. The
 * first byte is the size of the pieces. */
#include "fuzz.h"

#include "base/arena.h"
#include "base/auto.h"
#include "services/s3/post_policy.h"

#define HEAD_MAX 4096

static void add(void *arg, struct np_str piece)
{
    np_buf_str_add(arg, piece);
}

static int feed(struct np_form_data *f, struct np_str body, size_t piece, struct np_buf *file)
{
    int rc = 0;
    while (body.n != 0 && rc >= 0) {
        struct np_str data = np_str_sub(body, 0, piece);
        size_t used = 0;
        body = np_str_sub(body, data.n, body.n);
        if (rc == 0) {
            rc = np_form_data_head(f, data, &used);
            np_assert(used <= data.n);
        }
        if (rc == 1)
            np_form_data_file(f, np_str_sub(data, used, data.n), add, file);
    }
    return rc;
}

static void policy(struct np_arena *a, const struct np_form_data *f)
{
    struct s3_post_terms t = {.bucket = NP_STR("bucket"), .now_ms = 1000};
    uint64_t least = 0, most = 5;
    struct np_err err = {0};
    t.fields = np_form_data_fields(f, &t.n);
    if (s3_post_policy_check(a, t.fields[0].value, &t, &least, &most, &err) == 0)
        np_assert(most <= 5);
    else
        np_assert(err.n != 0);
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str type = NP_STR("multipart/form-data; boundary=b");
    struct np_buf whole, pieces;
    if (n < 2)
        return 0;
    np_buf_init(&whole, a, n + 16);
    np_buf_init(&pieces, a, n + 16);
    struct np_str body = np_str_n(p + 1, n - 1);
    struct np_form_data *f = np_form_data_new(a, type, HEAD_MAX),
                        *g = np_form_data_new(a, type, HEAD_MAX);
    int rc = feed(f, body, body.n, &whole);
    np_assert(feed(g, body, (size_t)p[0] + 1, &pieces) == rc);
    np_assert(np_str_eq(np_buf_str(&whole), np_buf_str(&pieces)));
    np_assert(np_form_data_whole(f) == np_form_data_whole(g));
    if (rc == 1)
        policy(a, f);
    return 0;
}
