/* SPDX-License-Identifier: Apache-2.0 */
/* accounts.c - accounts at the start and by `nephele account create`. */
#include "daemon/accounts.h"

#include "base/auto.h"
#include "daemon/rootkeys.h"
#include "services/iam/iam.h"

static int ensure(struct np_core *core, struct np_arena *a, struct np_str account, struct np_str id,
                  struct np_str secret, struct np_err *err)
{
    struct np_rootkey key = {.account = account}, kept;
    int rc = iam_account_ensure(core, a, account, id, secret, &key.id, &key.secret, err);
    if (rc != 0)
        return rc;
    if (np_rootkey_find(core->config.data_dir, account, a, &kept, NULL) == 0 &&
        np_str_eq(kept.id, key.id) && np_str_eq(kept.secret, key.secret))
        return 0;
    return np_rootkey_put(core->config.data_dir, &key, err);
}

int np_accounts_open(struct np_core *core, const struct np_settings *settings, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    bool given = settings->root_key_id.n != 0;
    return ensure(core, a, core->config.account, given ? settings->root_key_id : NP_STR_NULL,
                  given ? settings->root_secret : NP_STR_NULL, err);
}

int np_accounts_create(struct np_core *core, struct np_arena *a, struct np_str id,
                       struct np_str *account, struct np_err *err)
{
    *account = id.n != 0 ? id : iam_account_new_id(core, a);
    if (np_account_exists(core, *account))
        return np_err(err, NP_EEXIST, "the account %.*s is there already", NP_FMT(*account));
    return ensure(core, a, *account, NP_STR_NULL, NP_STR_NULL, err);
}
