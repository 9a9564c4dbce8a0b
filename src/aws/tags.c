/* SPDX-License-Identifier: Apache-2.0 */
/* tags.c - tags of resources: AWS's rules, and the rows. */
#include "aws/tags.h"

#include <stdlib.h>

#include "base/arena.h"

static size_t code_points(struct np_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

static bool characters_ok(struct np_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c >= 0x80 || memchr(" _.:/=+-@", c, 9) != NULL;
        if (!ok)
            return false;
    }
    return true;
}

enum np_tag_problem np_tags_check(const struct np_tag *tags, size_t n, size_t *at)
{
    if (n > NP_TAGS_MAX)
        return NP_TAG_TOO_MANY;
    for (size_t i = 0; i < n; i++) {
        *at = i;
        if (tags[i].key.n == 0 || code_points(tags[i].key) > NP_TAG_KEY_MAX)
            return NP_TAG_KEY_LENGTH;
        if (code_points(tags[i].value) > NP_TAG_VALUE_MAX)
            return NP_TAG_VALUE_LENGTH;
        if (np_str_istarts(tags[i].key, NP_STR("aws:")))
            return NP_TAG_RESERVED;
        if (!characters_ok(tags[i].key))
            return NP_TAG_KEY_CHARACTERS;
        if (!characters_ok(tags[i].value))
            return NP_TAG_VALUE_CHARACTERS;
        for (size_t j = 0; j < i; j++)
            if (np_str_eq(tags[i].key, tags[j].key))
                return NP_TAG_DUPLICATE;
    }
    return NP_TAG_OK;
}

int np_tags_put(struct np_txn *t, struct np_str arn, const struct np_tag *tags, size_t n,
                struct np_err *err)
{
    NP_SQL(put, "INSERT INTO np_tags (arn, key, value, account) VALUES (?1, ?2, ?3, :account) "
                "ON CONFLICT (account, arn, key) DO UPDATE SET value = excluded.value");
    for (size_t i = 0; i < n; i++) {
        struct np_str value = tags[i].value.p != NULL ? tags[i].value : NP_STR("");
        int rc = np_exec(t, &put, err, "sss", arn, tags[i].key, value);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int np_tags_del(struct np_txn *t, struct np_str arn, const struct np_str *keys, size_t n,
                struct np_err *err)
{
    NP_SQL(del, "DELETE FROM np_tags WHERE arn = ?1 AND key = ?2 AND account = :account");
    for (size_t i = 0; i < n; i++) {
        int rc = np_exec(t, &del, err, "ss", arn, keys[i]);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int np_tags_drop(struct np_txn *t, struct np_str arn, struct np_err *err)
{
    NP_SQL(drop, "DELETE FROM np_tags WHERE arn = ?1 AND account = :account");
    return np_exec(t, &drop, err, "s", arn);
}

int np_tags_move(struct np_txn *t, struct np_str from, struct np_str to, struct np_err *err)
{
    NP_SQL(move, "UPDATE np_tags SET arn = ?2 WHERE arn = ?1 AND account = :account");
    return np_exec(t, &move, err, "ss", from, to);
}

size_t np_tags_get(struct np_dbc *c, const struct np_scope *scope, struct np_str arn,
                   struct np_arena *a, struct np_tag **out)
{
    NP_SQL(get,
           "SELECT key, value FROM np_tags WHERE arn = ?1 AND account = :account ORDER BY key");
    size_t n = 0;
    struct np_tag *tags = NULL;
    struct np_q *q = np_q(c, scope, &get, "s", arn);
    while (np_row(q)) {
        tags = np_array_grow(a, tags, n, sizeof(*tags));
        tags[n++] = (struct np_tag){np_col_str(q, 0, a), np_col_str(q, 1, a)};
    }
    if (np_q_end(q, NULL) != 0)
        n = 0;
    *out = tags;
    return n;
}
