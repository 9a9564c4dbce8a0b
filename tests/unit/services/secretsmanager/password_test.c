/* SPDX-License-Identifier: Apache-2.0 */
/* password_test.c - passwords by chance hold what they must and nothing else. */
#include "test.h"

#include <ctype.h>

#include "services/secretsmanager/password.h"

static size_t count(const char *p, size_t n, int (*is)(int c))
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += is((unsigned char)p[i]) != 0;
    return found;
}

NP_TEST(passwords_have_one_of_each_kind)
{
    const struct secretsmanager_password p = {.length = 5, .space = true, .each = true};
    for (int round = 0; round < 500; round++) {
        char out[5];
        NP_CHECK(secretsmanager_password_make(&p, out) == 0);
        NP_CHECK(count(out, 5, islower) == 1 && count(out, 5, isupper) == 1);
        NP_CHECK(count(out, 5, isdigit) == 1 && count(out, 5, ispunct) == 1);
        NP_CHECK(memchr(out, ' ', 5) != NULL);
    }
}

NP_TEST(passwords_leave_out_what_is_excluded)
{
    struct secretsmanager_password p = {
        .length = 4000, .exclude = NP_STR("abc\"\\\xc3\xa4"), .no_upper = true, .each = true};
    char out[4000];
    NP_CHECK(secretsmanager_password_make(&p, out) == 0);
    NP_CHECK(count(out, sizeof(out), isupper) == 0 && count(out, sizeof(out), ispunct) > 0);
    for (size_t i = 0; i < sizeof(out); i++)
        NP_CHECK(memchr("abc\"\\ ", out[i], 6) == NULL);
    p.no_punctuation = p.no_numbers = true;
    NP_CHECK(secretsmanager_password_make(&p, out) == 0);
    NP_CHECK(count(out, sizeof(out), islower) == sizeof(out));
    p.no_lower = true;
    NP_CHECK(secretsmanager_password_make(&p, out) == NP_EINVAL);
}

NP_TEST(passwords_of_fewer_characters_than_kinds_are_refused)
{
    struct secretsmanager_password p = {.length = 3, .each = true};
    char out[3];
    NP_CHECK(secretsmanager_password_make(&p, out) == NP_E2BIG);
    p.each = false;
    NP_CHECK(secretsmanager_password_make(&p, out) == 0);
}

/* Ten digits, 200,000 times: each is within 5 percent of a tenth; a plain modulo of a byte would
 * give the first six 4 percent more, one of a small buffer far more. */
NP_TEST(passwords_favour_no_character)
{
    const struct secretsmanager_password p = {
        .length = 4000, .no_lower = true, .no_upper = true, .no_punctuation = true, .each = true};
    char out[4000];
    size_t seen[10] = {0};
    for (int round = 0; round < 50; round++) {
        NP_CHECK(secretsmanager_password_make(&p, out) == 0);
        for (size_t i = 0; i < sizeof(out); i++)
            seen[out[i] - '0']++;
    }
    for (size_t i = 0; i < 10; i++)
        NP_CHECK(seen[i] > 19000 && seen[i] < 21000, "digit %zu: %zu", i, seen[i]);
}
