/* SPDX-License-Identifier: Apache-2.0 */
/* form_data_test.c - multipart/form-data in pieces of every size. */
#include "test.h"

#include "base/arena.h"
#include "base/auto.h"
#include "codec/form_data.h"
#include "codec/limits.h"

static void add(void *arg, struct np_str piece)
{
    np_buf_str_add(arg, piece);
}

/* Feeds `body` in pieces; the result of the head, and the file's bytes. */
static int feed(struct np_form_data *f, struct np_str body, size_t piece, struct np_buf *file)
{
    int rc = 0;
    for (size_t at = 0; at < body.n;) {
        struct np_str data = np_str_sub(body, at, piece);
        at += data.n;
        if (rc == 1) {
            np_form_data_file(f, data, add, file);
            continue;
        }
        size_t used = 0;
        rc = np_form_data_head(f, data, &used);
        if (rc < 0)
            return rc;
        if (rc == 1)
            np_form_data_file(f, np_str_sub(data, used, data.n), add, file);
    }
    return rc;
}

static const char whole[] =
    "--b\r\n"
    "Content-Disposition: form-data; name=\"key\"\r\n\r\n"
    "a\r\n--\r\nz\r\n--b\r\n"
    "content-disposition: form-data; name=empty\r\n\r\n"
    "\r\n--b\r\n"
    "Content-Disposition: form-data; filename=\"C:\\d\\\"q\\\".txt\"; name=\"file\"\r\n"
    "Content-Type: text/plain\r\n\r\n"
    "\r\n--\r\r\n-\r\n--a\r\n\r\n--b--\r\nnothing of the form\r\n--b";

NP_TEST(pieces_of_every_size)
{
    for (size_t piece = 1; piece <= sizeof(whole); piece++) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_form_data *f =
            np_form_data_new(a, NP_STR("multipart/form-data; charset=utf-8; boundary=b"), 1000);
        struct np_buf file;
        size_t n = 0;
        np_buf_init(&file, a, 1000);
        NP_CHECK(f != NULL);
        NP_CHECK(feed(f, np_str_of(whole), piece, &file) == 1, "pieces of %zu", piece);
        const struct np_form_field *fields = np_form_data_fields(f, &n);
        NP_CHECK(n == 3, "%zu fields", n);
        NP_CHECK_STR(fields[0].name, NP_STR("key"));
        NP_CHECK_STR(fields[0].value, NP_STR("a\r\n--\r\nz"));
        NP_CHECK_STR(fields[1].name, NP_STR("empty"));
        NP_CHECK(fields[1].value.p != NULL && fields[1].value.n == 0);
        NP_CHECK_STR(fields[2].file_name, NP_STR("C:\\d\"q\".txt"));
        NP_CHECK_STR(np_buf_str(&file), NP_STR("\r\n--\r\r\n-\r\n--a\r\n"));
        NP_CHECK(np_form_data_whole(f));
    }
}

NP_TEST(content_types_that_are_no_form)
{
    static const char *const types[] = {
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=b",
        ("multipart/form-data; boundary="
         "01234567890123456789012345678901234567890123456789012345678901234567890"),
    };
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (t, types)
        NP_CHECK(np_form_data_new(a, np_str_of(*t), 100) == NULL, "%s", *t);
    NP_CHECK(np_form_data_new(a, NP_STR("Multipart/Form-Data;boundary=\"b;c\""), 100) != NULL);
}

NP_TEST(forms_that_are_refused)
{
    static const struct {
        const char *body;
        int rc;
    } cases[] = {
        {"--b--\r\n", NP_ENOENT},
        {"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--b--", NP_ENOENT},
        {"--b\r\n\r\nno name\r\n--b", NP_EPROTO},
        {"--b\r\nContent-Disposition: form-data\r\n\r\nv\r\n--b", NP_EPROTO},
        {"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nv", 0},
        {"no boundary", 0},
    };
    NP_EACH (c, cases) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_form_data *f =
            np_form_data_new(a, NP_STR("multipart/form-data; boundary=b"), 1000);
        NP_CHECK(feed(f, np_str_of(c->body), 1000, NULL) == c->rc, "%s", c->body);
    }
}

/* The part before the file may be so long, and not a byte longer. */
NP_TEST(head_has_a_limit)
{
    static const char head[] = "--b\r\nContent-Disposition: form-data; name=file\r\n\r\n";
    for (size_t less = 0; less < 2; less++) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_form_data *f =
            np_form_data_new(a, NP_STR("multipart/form-data; boundary=b"), sizeof(head) - 1 - less);
        NP_CHECK(feed(f, np_str_of(head), 1, NULL) == (less == 0 ? 1 : NP_E2BIG));
    }
}

NP_TEST(fields_have_a_limit)
{
    for (int more = 0; more < 2; more++) {
        NP_AUTO_ARENA a = np_arena_new();
        struct np_buf body;
        np_buf_init(&body, a, 1 << 20);
        for (int i = 0; i < NP_FORM_DATA_FIELDS_MAX - 1 + more; i++)
            np_buf_lit(&body, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n");
        np_buf_lit(&body, "--b\r\nContent-Disposition: form-data; name=file\r\n\r\n");
        struct np_form_data *f =
            np_form_data_new(a, NP_STR("multipart/form-data; boundary=b"), 1 << 20);
        NP_CHECK(feed(f, np_buf_str(&body), 1 << 20, NULL) == (more == 0 ? 1 : NP_E2BIG));
    }
}
