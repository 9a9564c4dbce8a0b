/* SPDX-License-Identifier: Apache-2.0 */
/* tagging.c - tags of secrets. They lie with the secret, whose owner may be another account than
 * the caller's, which the tags of aws/tags.h could not be put for. */
#include "services/secretsmanager/secretsmanager_int.h"

#include "base/auto.h"

static const struct np_str empty = {"", 0};

static struct np_tag *as_tags(struct np_arena *a, const struct secretsmanager_TagListType *tags)
{
    struct np_tag *out = np_new_array(a, struct np_tag, tags->n + 1);
    for (size_t i = 0; i < tags->n; i++)
        out[i] =
            (struct np_tag){tags->v[i].Key, tags->v[i].Value.p != NULL ? tags->v[i].Value : empty};
    return out;
}

#define CHARACTERS "Tags may contain letters, digits, blanks and _.:/=+-@ only."

int secretsmanager_tags_check(const struct secretsmanager_TagListType *tags, struct np_err *err)
{
    static const char *const sentences[] = {
        [NP_TAG_TOO_MANY] = "A secret can have at most 50 tags.",
        [NP_TAG_KEY_LENGTH] = "A tag key has 1 to 128 characters.",
        [NP_TAG_VALUE_LENGTH] = "A tag value has at most 256 characters.",
        [NP_TAG_RESERVED] = "Tag keys that start with 'aws:' are reserved for AWS use.",
        [NP_TAG_DUPLICATE] = "A tag key may stand in the list once only.",
        [NP_TAG_KEY_CHARACTERS] = CHARACTERS,
        [NP_TAG_VALUE_CHARACTERS] = CHARACTERS,
    };
    NP_AUTO_ARENA a = np_arena_new();
    size_t at;
    enum np_tag_problem p = np_tags_check(as_tags(a, tags), tags->n, &at);
    if (p == NP_TAG_OK)
        return 0;
    return np_fault(err, &SECRETSMANAGER_InvalidParameterException, "%s", sentences[p]);
}

int secretsmanager_tags_put(struct np_txn *t, int64_t secret,
                            const struct secretsmanager_TagListType *tags, struct np_err *err)
{
    NP_SQL(put, "INSERT INTO secretsmanager_tag (secret, key, value) VALUES (?1, ?2, ?3) "
                "ON CONFLICT (secret, key) DO UPDATE SET value = excluded.value");
    NP_SQL(count, "SELECT count(*) FROM secretsmanager_tag WHERE secret = ?1");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < tags->n; i++)
        rc = np_exec(t, &put, err, "iss", secret, tags->v[i].Key,
                     tags->v[i].Value.p != NULL ? tags->v[i].Value : empty);
    struct np_q *q = np_tq(t, &count, "i", secret);
    bool many = np_row(q) && np_col_int(q, 0) > NP_TAGS_MAX;
    np_q_end(q, NULL);
    if (rc == 0 && many)
        rc = np_fault(err, &SECRETSMANAGER_InvalidParameterException,
                      "A secret can have at most %d tags.", NP_TAGS_MAX);
    return rc;
}

size_t secretsmanager_tags_get(struct np_dbc *c, int64_t secret, struct np_arena *a,
                               struct np_tag **out)
{
    NP_SQL(list, "SELECT key, value FROM secretsmanager_tag WHERE secret = ?1 ORDER BY key "
                 "LIMIT ?2");
    size_t n = 0;
    *out = np_new_array(a, struct np_tag, NP_TAGS_MAX);
    struct np_q *q = np_q(c, NULL, &list, "ii", secret, (int64_t)NP_TAGS_MAX);
    while (np_row(q))
        (*out)[n++] = (struct np_tag){np_col_str(q, 0, a), np_col_str(q, 1, a)};
    np_q_end(q, NULL);
    return n;
}

void secretsmanager_tags_out(const struct secretsmanager_db *db, int64_t secret,
                             struct secretsmanager_TagListType *out)
{
    struct np_tag *tags;
    size_t n = secretsmanager_tags_get(db->c, secret, db->a, &tags);
    out->v = np_new_array(db->a, struct secretsmanager_Tag, n + 1);
    for (; out->n < n; out->n++)
        out->v[out->n] = (struct secretsmanager_Tag){tags[out->n].key, tags[out->n].value};
    out->set = n != 0;
}

int secretsmanager_TagResource_apply(struct np_txn *t,
                                     const struct secretsmanager_TagResourceRequest *in,
                                     struct secretsmanager_TagResourceOutput *out,
                                     struct np_err *err)
{
    struct secretsmanager_secret s;
    (void)out;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    if (rc == 0)
        rc = secretsmanager_tags_check(&in->Tags, err);
    if (rc == 0)
        rc = secretsmanager_tags_put(t, s.id, &in->Tags, err);
    s.changed_ms = np_txn_now_ms(t);
    return rc == 0 ? secretsmanager_put(t, &s, err) : rc;
}

int secretsmanager_UntagResource_apply(struct np_txn *t,
                                       const struct secretsmanager_UntagResourceRequest *in,
                                       struct secretsmanager_UntagResourceOutput *out,
                                       struct np_err *err)
{
    NP_SQL(del, "DELETE FROM secretsmanager_tag WHERE secret = ?1 AND key = ?2");
    struct secretsmanager_secret s;
    (void)out;
    int rc = secretsmanager_take(t, in->SecretId, &s, err);
    for (size_t i = 0; rc == 0 && i < in->TagKeys.n; i++)
        rc = np_exec(t, &del, err, "is", s.id, in->TagKeys.v[i]);
    s.changed_ms = np_txn_now_ms(t);
    return rc == 0 ? secretsmanager_put(t, &s, err) : rc;
}
