/* SPDX-License-Identifier: Apache-2.0 */
/* config_test.c - flags and variables, and what is none. */
#include "test.h"

#include "base/auto.h"
#include "daemon/config.h"

static int read_line(struct np_arena *a, const char *const *words, char *const *env,
                     struct np_settings *s, struct np_err *err)
{
    char *argv[16];
    int argc = 0;
    for (; words[argc] != NULL; argc++)
        argv[argc] = np_str_z(a, np_str_of(words[argc]));
    int rc = np_settings_read(a, NP_FOR_REGION, NULL, &argc, argv, env, s, err);
    return rc == 0 && argc != 0 ? NP_EINVAL : rc;
}

static char *no_env[] = {(char[]){"PATH=/bin"}, NULL};

NP_TEST(flags_win_over_variables)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *env[] = {(char[]){"NEPHELE_LISTEN=127.0.0.1:1"}, (char[]){"NEPHELE_AT_REST=none"},
                   (char[]){"NEPHELE_EGRESS=10.0.0.0/8,fd00::/8:443"}, NULL};
    struct np_settings s;
    struct np_err err = {0};
    const char *const line[] = {"--listen", "127.0.0.1:2", "--dev", "--data=/d", NULL};
    NP_CHECK(read_line(a, line, env, &s, &err) == 0, "%s", err.text);
    NP_CHECK_STR(s.core.listen, NP_STR("127.0.0.1:2"));
    NP_CHECK_STR(s.core.data_dir, NP_STR("/d"));
    NP_CHECK(!s.core.at_rest && s.core.dev && s.core.egress.n == 2);
    const char *const other[] = {"--egress=192.0.2.0/24", NULL};
    NP_CHECK(read_line(a, other, env, &s, &err) == 0 && s.core.egress.n == 1,
             "a list is replaced, not mixed");
}

NP_TEST(what_is_no_setting_is_refused)
{
    static const char *const bad[][3] = {
        {"--bogus"},
        {"--dns=localhost:53"},
        {"--listen=localhost:1"},
        {"--listen"},
        {"--workers=0"},
        {"--account=12"},
        {"--iam=maybe"},
        {"--at-rest="},
        {"--dev=yes"},
        {"-v"},
        {"--egress=10.0.0/8"},
        {"--client-address=x"},
        {"--log=loud"},
        {"word"},
    };
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (line, bad) {
        struct np_settings s;
        NP_CHECK(read_line(a, *line, no_env, &s, NULL) == NP_EINVAL, "%s", (*line)[0]);
    }
    static const char *const nothing[] = {NULL};
    char *unknown[] = {(char[]){"NEPHELE_LISTN=127.0.0.1:1"}, NULL};
    char *half[] = {(char[]){"NEPHELE_ROOT_ACCESS_KEY_ID=AKIA"}, NULL};
    struct np_settings s;
    NP_CHECK(read_line(a, nothing, unknown, &s, NULL) == NP_EINVAL);
    NP_CHECK(read_line(a, nothing, half, &s, NULL) == NP_EINVAL, "a key without its secret");
}

NP_TEST(values_are_read_as_they_are_meant)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_settings s;
    struct np_err err = {0};
    static const char *const line[] = {"--data=/x y",
                                       "--iam=soft",
                                       "--hosts=Example.com,b",
                                       "--client-address=fd00::1",
                                       "--regions=eu-west-1",
                                       "--workers=3",
                                       NULL};
    NP_CHECK(read_line(a, line, no_env, &s, &err) == 0, "%s", err.text);
    NP_CHECK(s.core.iam_soft && s.core.workers == 3 && s.core.suffixes.n == 2 && !s.default_data);
    NP_CHECK_STR(s.core.suffixes.v[0], NP_STR("example.com"));
    NP_CHECK_STR(s.core.data_dir, NP_STR("/x y"));
    NP_CHECK_STR(s.core.client_address, NP_STR("fd00::1"));
}
