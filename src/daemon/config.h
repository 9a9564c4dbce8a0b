/* SPDX-License-Identifier: Apache-2.0 */
/* config.h - what the command line and the environment say.
 *
 * One table holds every setting; `--flag VALUE`, `--flag=VALUE` and NEPHELE_FLAG are the same, the
 * command line wins. An unknown flag or NEPHELE_ variable is an error: a typing error must not
 * start a region that is other than meant.
 */
#pragma once

#include "aws/core.h"
#include "base/log.h"

struct np_settings {
    struct np_config core;
    struct np_str root_key_id,
        root_secret;                     /* of the environment; absent: made at the first start */
    const struct np_store_image *images; /* of new databases; NULL: migrations make them */
    enum np_level log_level;
    bool default_data; /* the data directory was not named: its parents are made if need be */
};

/* Who takes which settings: a bit each. */
enum np_settings_for { NP_FOR_REGION = 1, NP_FOR_CLIENT = 2 };

/* Reads the environment, then argv[0..argc). A flag of `own` (names without "--", NULL-terminated;
 * may be NULL) and words without "--" are left in argv, which is moved together: *argc is how many.
 */
int np_settings_read(struct np_arena *a, enum np_settings_for who, const char *const *own,
                     int *argc, char **argv, char *const *environ_, struct np_settings *out,
                     struct np_err *err);
/* A line for each flag of `who`. */
struct np_str np_settings_help(struct np_arena *a, enum np_settings_for who);
