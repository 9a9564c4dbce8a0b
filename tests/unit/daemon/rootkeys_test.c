/* SPDX-License-Identifier: Apache-2.0 */
/* rootkeys_test.c - the credentials file of the root keys. */
#include "test.h"

#include <sys/stat.h>

#include "base/auto.h"
#include "daemon/rootkeys.h"
#include "io/file.h"

NP_TEST(keys_are_kept_by_account_and_replaced)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str dir = np_str_of(np_test_dir());
    struct np_rootkey one = {NP_STR("000000000000"), NP_STR("AKIA1"), NP_STR("s3cr=t")}, got;
    struct np_rootkey two = {NP_STR("111122223333"), NP_STR("AKIA2"), NP_STR("x/+")};
    NP_CHECK(np_rootkey_find(dir, NP_STR_NULL, a, &got, NULL) == NP_ENOENT, "no file");
    NP_CHECK(np_rootkey_put(dir, &one, NULL) == 0 && np_rootkey_put(dir, &two, NULL) == 0);
    NP_CHECK(np_rootkey_find(dir, NP_STR_NULL, a, &got, NULL) == 0);
    NP_CHECK_STR(got.secret, NP_STR("s3cr=t"));
    NP_CHECK(np_rootkey_find(dir, two.account, a, &got, NULL) == 0);
    NP_CHECK_STR(got.id, two.id);
    one.id = NP_STR("AKIA3");
    NP_CHECK(np_rootkey_put(dir, &one, NULL) == 0 &&
             np_rootkey_find(dir, one.account, a, &got, NULL) == 0);
    NP_CHECK_STR(got.id, one.id);
    NP_CHECK(np_rootkey_find(dir, two.account, a, &got, NULL) == 0, "the other is still there");
    NP_CHECK(np_rootkey_find(dir, NP_STR("999999999999"), a, &got, NULL) == NP_ENOENT);
    struct stat st;
    NP_CHECK(stat(np_str_z(a, np_str_printf(a, "%.*s/root-keys", NP_FMT(dir))), &st) == 0 &&
             (st.st_mode & 0777) == 0600);
}
