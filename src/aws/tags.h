/* SPDX-License-Identifier: Apache-2.0 */
/* tags.h - tags of resources, one table for all services of a file, keyed by (account, ARN). */
#pragma once

#include "aws/identity.h"
#include "store/store.h"

#define NP_TAGS_MAX      50
#define NP_TAG_KEY_MAX   128
#define NP_TAG_VALUE_MAX 256

enum np_tag_problem {
    NP_TAG_OK,
    NP_TAG_TOO_MANY,
    NP_TAG_KEY_LENGTH,
    NP_TAG_VALUE_LENGTH,
    NP_TAG_RESERVED,
    NP_TAG_DUPLICATE,
    NP_TAG_KEY_CHARACTERS,
    NP_TAG_VALUE_CHARACTERS
};
/* Which rule the tags break first; *at is the index. `existing` more are already there. */
enum np_tag_problem np_tags_check(const struct np_tag *tags, size_t n, size_t *at);
/* In apply. */
int np_tags_put(struct np_txn *t, struct np_str arn, const struct np_tag *tags, size_t n,
                struct np_err *err); /* adds, overwrites */
int np_tags_del(struct np_txn *t, struct np_str arn, const struct np_str *keys, size_t n,
                struct np_err *err);
int np_tags_drop(struct np_txn *t, struct np_str arn,
                 struct np_err *err); /* all: the resource goes */
int np_tags_move(struct np_txn *t, struct np_str from, struct np_str to, struct np_err *err);
/* Sorted by key. */
size_t np_tags_get(struct np_dbc *c, const struct np_scope *scope, struct np_str arn,
                   struct np_arena *a, struct np_tag **out);
/* Tags, idempotency tokens and the audit: components "aws" and "aws-objects", the same tables in
 * both files. */
extern const struct np_migration np_aws_state_migrations[], np_aws_s3_migrations[];
extern const size_t np_aws_state_migrations_n, np_aws_s3_migrations_n;
