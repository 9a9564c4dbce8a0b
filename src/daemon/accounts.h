/* SPDX-License-Identifier: Apache-2.0 */
/* accounts.h - the accounts that a region has from its start, and the file with their root keys. */
#pragma once

#include "aws/core.h"
#include "daemon/config.h"

/* Makes the first account and its root key, if they are not there. The store is started. Blocks. */
int np_accounts_open(struct np_core *core, const struct np_settings *settings, struct np_err *err);
/* Makes a further one (absent id: a free number); its key goes to the file too. Blocks. */
int np_accounts_create(struct np_core *core, struct np_arena *a, struct np_str id,
                       struct np_str *account, struct np_err *err);
