/* SPDX-License-Identifier: Apache-2.0 */
/* err_test.c - errors and log lines. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/log.h"

NP_TEST(errors_carry_code_and_text)
{
    struct np_err err;
    NP_CHECK(np_err(&err, NP_ENOENT, "no %s", "file") == NP_ENOENT && err.code == NP_ENOENT);
    NP_CHECK_STR(np_err_text(&err), NP_STR("no file"));
    NP_CHECK(np_err_prefix(&err, "opening %d", 7) == NP_ENOENT);
    NP_CHECK_STR(np_err_text(&err), NP_STR("opening 7: no file"));
    np_err_extra(&err, "Name", NP_STR("x"));
    NP_CHECK(err.n_extra == 1);
    NP_CHECK(np_err(&err, NP_EIO, "again: %s", err.text) == NP_EIO && err.n_extra == 0);
    NP_CHECK_STR(np_err_text(&err), NP_STR("again: opening 7: no file"));
    NP_CHECK(np_err_errno(&err, EACCES, "%s", "/x") == NP_EACCES);
    NP_CHECK_STR(np_err_text(&err), NP_STR("/x: Permission denied"));
    NP_CHECK(np_err_errno(&err, ENOSPC, "w") == NP_ENOSPC);
    NP_CHECK(np_err_errno(&err, 99999, "w") == NP_EIO);
    NP_CHECK(strcmp(np_code_name(NP_EFAULT), "NP_EFAULT") == 0);
    NP_CHECK(strcmp(np_code_name(-999), "NP_E?") == 0);
}

NP_TEST(err_may_be_null)
{
    NP_CHECK(np_err(NULL, NP_EINVAL, "x") == NP_EINVAL);
    NP_CHECK(np_err_errno(NULL, ENOENT, "x") == NP_ENOENT);
    np_err_extra(NULL, "a", NP_STR("b"));
    NP_CHECK(np_err_prefix(NULL, "x") < 0);
}

NP_TEST(long_error_text_is_cut_between_characters)
{
    struct np_err err;
    char text[1200];
    for (size_t i = 0; i + 2 < sizeof(text); i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    np_err(&err, NP_EIO, "%.1198s", text);
    NP_CHECK(err.n == 510 && np_utf8_ok(np_err_text(&err)));
    np_err(&err, NP_EIO, "x%.1180s", text);
    NP_CHECK(err.n == 511 && np_utf8_ok(np_err_text(&err)));
    np_err_prefix(&err, "%.1000s", text);
    NP_CHECK(err.n == 510 && np_utf8_ok(np_err_text(&err)));
}

NP_TEST(log_lines)
{
    char path[300], text[6000];
    snprintf(path, sizeof(path), "%s/log", np_test_dir());
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    np_log_init(NP_INFO, fd);
    NP_CHECK(!np_log_on(NP_DEBUG) && np_log_on(NP_ERROR));
    np_log(NP_DEBUG, "base.never", "a=1");
    np_log(NP_WARN, "base.test", "a=%d b=%s", 1, "x\ny");
    np_log(NP_INFO, "base.bare", "%s", "");
    np_log(NP_INFO, "base.long", "%05000d", 1);
    np_log_init(NP_WARN, STDERR_FILENO);
    ssize_t n = pread(fd, text, sizeof(text), 0);
    close(fd);
    NP_CHECK(n > 0);
    struct np_str rest = np_str_n(text, (size_t)n), line;
    NP_CHECK(np_str_split(&rest, '\n', &line));
    NP_CHECK_STR(np_str_sub(line, 24, SIZE_MAX), NP_STR(" WARN base.test a=1 b=x?y"));
    NP_CHECK(line.p[10] == 'T' && line.p[23] == 'Z');
    NP_CHECK(np_str_split(&rest, '\n', &line));
    NP_CHECK_STR(np_str_sub(line, 24, SIZE_MAX), NP_STR(" INFO base.bare"));
    NP_CHECK(np_str_split(&rest, '\n', &line) && line.n == 4095 && rest.n == 0);
}

NP_TEST(log_values_are_quoted)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK_STR(np_log_quote(a, NP_STR("plain=/x")), NP_STR("plain=/x"));
    NP_CHECK_STR(np_log_quote(a, NP_STR("")), NP_STR("\"\""));
    NP_CHECK_STR(np_log_quote(a, NP_STR("a b\n\"\\")), NP_STR("\"a b\\x0a\\\"\\\\\""));
    NP_CHECK_STR(np_log_quote(a, NP_STR("\xc3\xa4")), NP_STR("\xc3\xa4"));
    NP_CHECK_STR(np_log_quote(a, NP_STR("\xff")), NP_STR("\"\\xff\""));
}
