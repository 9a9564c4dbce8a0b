/* SPDX-License-Identifier: Apache-2.0 */
/* tagging.c - tags of certificates. */
#include "services/acm/acm_int.h"

/* A tag without a value has the empty one. */
static struct np_tag *tags_of(struct np_arena *a, const struct acm_TagList *in)
{
    struct np_tag *tags = np_new_array(a, struct np_tag, in->n + 1);
    for (size_t i = 0; i < in->n; i++)
        tags[i] =
            (struct np_tag){in->v[i].Key, in->v[i].Value.p != NULL ? in->v[i].Value : NP_STR("")};
    return tags;
}

static int too_many(struct np_err *err)
{
    return np_fault(err, &ACM_TooManyTagsException, "A certificate has at most %d tags.",
                    ACM_TAGS_MAX);
}

int acm_tags_check(const struct acm_TagList *tags, struct np_err *err)
{
    _Static_assert(sizeof(struct acm_Tag) == sizeof(struct np_tag), "the same two members");
    size_t at = 0;
    switch (np_tags_check((const struct np_tag *)(const void *)tags->v, tags->n, &at)) {
    case NP_TAG_OK:
        return 0;
    case NP_TAG_TOO_MANY:
        return too_many(err);
    case NP_TAG_RESERVED:
        return np_fault(err, &ACM_InvalidTagException,
                        "aws: prefixed tag key names are not allowed for external use.");
    case NP_TAG_DUPLICATE:
        return np_fault(err, &ACM_InvalidTagException, "The tag key '%.*s' is there twice.",
                        NP_FMT(tags->v[at].Key));
    case NP_TAG_KEY_LENGTH:
    case NP_TAG_VALUE_LENGTH:
    case NP_TAG_KEY_CHARACTERS:
    case NP_TAG_VALUE_CHARACTERS:
        break;
    }
    return np_fault(err, &ACM_InvalidTagException, "The tag with key '%.*s' is not valid.",
                    NP_FMT(tags->v[at].Key));
}

int acm_tags_put(struct np_txn *t, struct np_str arn, const struct acm_TagList *tags,
                 struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct np_tag *have;
    size_t n = np_tags_get(db.c, &db.scope, arn, db.a, &have), total = n + tags->n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < tags->n; j++)
            total -= np_str_eq(have[i].key, tags->v[j].Key);
    if (total > ACM_TAGS_MAX)
        return too_many(err);
    return np_tags_put(t, arn, tags_of(db.a, tags), tags->n, err);
}

int acm_AddTagsToCertificate_begin(struct np_req *rq,
                                   const struct acm_AddTagsToCertificateRequest *in,
                                   struct np_err *err)
{
    int rc = acm_tags_check(&in->Tags, err);
    return rc != 0 ? rc : np_apply(rq);
}

int acm_AddTagsToCertificate_apply(struct np_txn *t,
                                   const struct acm_AddTagsToCertificateRequest *in,
                                   struct acm_AddTagsToCertificateOutput *out, struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    (void)out;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    return rc == 0 ? acm_tags_put(t, c.arn, &in->Tags, err) : rc;
}

static bool has(const struct np_tag *tags, size_t n, const struct acm_Tag *what)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_eq(tags[i].key, what->Key))
            return what->Value.p == NULL || np_str_eq(tags[i].value, what->Value);
    return false;
}

/* AWS: with a value, only the tag of that value goes (tests/sdk/test_acm.py). */
int acm_RemoveTagsFromCertificate_apply(struct np_txn *t,
                                        const struct acm_RemoveTagsFromCertificateRequest *in,
                                        struct acm_RemoveTagsFromCertificateOutput *out,
                                        struct np_err *err)
{
    struct acm_db db = acm_db_txn(t);
    struct acm_cert c;
    struct np_tag *have;
    (void)out;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    if (rc != 0)
        return rc;
    size_t n = np_tags_get(db.c, &db.scope, c.arn, db.a, &have);
    for (size_t i = 0; rc == 0 && i < in->Tags.n; i++)
        if (has(have, n, &in->Tags.v[i]))
            rc = np_tags_del(t, c.arn, &in->Tags.v[i].Key, 1, err);
    return rc;
}

int acm_ListTagsForCertificate(struct np_req *rq,
                               const struct acm_ListTagsForCertificateRequest *in,
                               struct acm_ListTagsForCertificateResponse *out, struct np_err *err)
{
    struct acm_db db = acm_db_req(rq);
    struct acm_cert c;
    struct np_tag *tags;
    int rc = acm_find(&db, in->CertificateArn, &c, err);
    if (rc != 0)
        return rc;
    size_t n = np_tags_get(db.c, &db.scope, c.arn, db.a, &tags);
    out->Tags.set = true;
    for (size_t i = 0; i < n; i++)
        ACM_PUSH(db.a, &out->Tags, ((struct acm_Tag){tags[i].key, tags[i].value}));
    return 0;
}
