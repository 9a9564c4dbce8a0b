/* SPDX-License-Identifier: Apache-2.0 */
/* image_table_test.c - the table of public images: its text, and what its rows come to. */
#include "base/arena.h"
#include "base/buf.h"
#include "services/ec2/image/table.h"
#include "test.h"

extern const char ec2_images_conf[];

#define ONE                                                                                        \
    "[debian-12 x86_64]\nname = debian\nowner = 136693071363\nuser = admin\n"                      \
    "runs = debian-12, builtin\n"

NP_TEST(built_in_table_is_good)
{
    struct np_arena *a = np_arena_new();
    struct ec2_table_row *rows;
    struct np_err err = {0};
    size_t n = 0;
    NP_CHECK(ec2_images_parse(np_str_of(ec2_images_conf), a, &rows, &n, &err) == 0, "%.*s",
             NP_FMT(np_err_text(&err)));
    NP_CHECK(n > 15);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            NP_CHECK(!np_str_eq(rows[i].words, rows[k].words) &&
                         !np_str_eq(rows[i].name, rows[k].name),
                     "%.*s is there twice", NP_FMT(rows[i].words));
    np_arena_free(a);
}

NP_TEST(table_lines)
{
    static const struct {
        const char *text;
        bool ok;
        const char *why;
    } cases[] = {
        {ONE, true, "a whole one"},
        {"# x\n\n" ONE, true, "comments and empty lines"},
        {"", true, "nothing"},
        {ONE "colour = red\n", false, "an unknown key"},
        {"name = x\n", false, "a key without an image"},
        {"[x86_64]\n" ONE, false, "one that is not whole"},
        {"[a sparc]\nname = a\nowner = 136693071363\nruns = builtin\n", false, "an architecture"},
        {ONE "owner = 12\n", false, "no account"},
        {ONE "runs = ../x\n", false, "a path"},
        {ONE "runs =\n", false, "nothing to run"},
        {ONE "user = root; rm\n", false, "no user"},
        {ONE "device = xvda\n", false, "no device"},
        {ONE "gib = 0\n", false, "no size"},
        {ONE "created = yesterday\n", false, "no time"},
        {ONE "imds = v1.0\n", false, "only v2.0 can be asked for"},
        {"[debian-12 x86_64\n", false, "a bracket"},
    };
    struct np_arena *a = np_arena_new();
    struct ec2_table_row *rows;
    struct np_err err;
    size_t n;
    NP_EACH (c, cases)
        NP_CHECK((ec2_images_parse(np_str_of(c->text), a, &rows, &n, &err) == 0) == c->ok, "%s",
                 c->why);
    np_arena_free(a);
}

NP_TEST(table_has_a_limit)
{
    struct np_arena *a = np_arena_new();
    struct ec2_table_row *rows;
    struct np_err err;
    size_t n = 0;
    struct np_buf b;
    np_buf_init(&b, a, 1 << 20);
    for (size_t i = 0; i < EC2_TABLE_ROWS_MAX; i++)
        np_buf_printf(&b, "[a%zu x86_64]\nname = n%zu\nowner = 136693071363\nruns = builtin\n", i,
                      i);
    NP_CHECK(ec2_images_parse(np_buf_str(&b), a, &rows, &n, &err) == 0 && n == EC2_TABLE_ROWS_MAX);
    np_buf_lit(&b, ONE);
    NP_CHECK(ec2_images_parse(np_buf_str(&b), a, &rows, &n, &err) == NP_EINVAL);
    np_arena_free(a);
}

static struct ec2_image_table *with(const struct np_image *images, size_t n_images)
{
    struct np_arena *a = np_arena_new();
    struct ec2_table_row *rows;
    struct np_err err;
    size_t n;
    NP_CHECK(ec2_images_parse(NP_STR(ONE), a, &rows, &n, &err) == 0);
    rows[0].arch = np_image_host_arch();
    struct ec2_image_table *t =
        ec2_images_make(rows, n, images, n_images, NP_STR("Host Linux 1"), NP_STR("111122223333"));
    np_arena_free(a);
    return t;
}

NP_TEST(the_first_that_is_there_runs)
{
    struct np_image images[] = {{.name = NP_STR("debian-12"),
                                 .os = NP_STR("Debian 12"),
                                 .arch = np_image_host_arch(),
                                 .user = NP_STR("admin"),
                                 .source = NP_STR("a.tar")}};
    struct ec2_image_table *t = with(NULL, 0);
    NP_CHECK_STR(t->v[0].folder, NP_STR("builtin"));
    NP_CHECK_STR(t->v[0].really, NP_STR("Host Linux 1, this host's own /usr"));
    ec2_images_free(t);
    t = with(images, 1);
    NP_CHECK_STR(t->v[0].folder, NP_STR("debian-12"));
    NP_CHECK(t->n == 2);
    NP_CHECK_STR(t->v[1].owner, NP_STR("111122223333"));
    NP_CHECK_STR(t->v[1].words, NP_STR("import debian-12"));
    ec2_images_free(t);
    images[0].arch = NP_STR("other");
    t = with(images, 1);
    NP_CHECK_STR(t->v[0].folder, NP_STR("builtin"));
    NP_CHECK(!t->v[1].can_run);
    ec2_images_free(t);
}
