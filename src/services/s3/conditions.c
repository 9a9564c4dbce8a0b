/* SPDX-License-Identifier: Apache-2.0 */
/* conditions.c - If-Match and its kin, of reads, writes and the sources of copies. */
#include "services/s3/object_int.h"

#include "base/arena.h"

/* One entity tag: quotes are optional, and a weak one is taken by its value. */
static struct np_str bare(struct np_str tag)
{
    tag = np_str_trim(tag);
    if (np_str_starts(tag, NP_STR("W/")))
        tag = np_str_sub(tag, 2, tag.n);
    if (tag.n >= 2 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"')
        tag = np_str_sub(tag, 1, tag.n - 2);
    return tag;
}

bool s3_etag_matches(struct np_str list, const struct s3_row *row, struct np_arena *a)
{
    struct np_str own = bare(s3_etag_text(a, row->etag, row->n_parts)), one;
    while (np_str_split(&list, ',', &one))
        if (np_str_is(bare(one), "*") || np_str_eq(bare(one), own))
            return true;
    return false;
}

int s3_condition_failed(struct np_err *err, const char *condition)
{
    np_fault(err, &S3_PreconditionFailed,
             "At least one of the pre-conditions you specified did not hold");
    np_err_extra(err, "Condition", np_str_of(condition));
    return NP_EFAULT;
}

static bool later(int64_t ms, struct np_opt_int than)
{
    return s3_second(ms) > s3_second(than.v);
}

int s3_read_conditions(const struct s3_conditions *c, const struct s3_row *row, struct np_arena *a,
                       bool *not_modified, struct np_err *err)
{
    *not_modified = false;
    if (c->match.p != NULL) {
        if (!s3_etag_matches(c->match, row, a))
            return s3_condition_failed(err, "If-Match");
    } else if (c->unmodified_since.set && later(row->modified_ms, c->unmodified_since)) {
        return s3_condition_failed(err, "If-Unmodified-Since");
    }
    if (c->none_match.p != NULL)
        *not_modified = s3_etag_matches(c->none_match, row, a);
    else if (c->modified_since.set)
        *not_modified = !later(row->modified_ms, c->modified_since);
    return 0;
}

int s3_source_conditions(const struct s3_conditions *c, const struct s3_row *row,
                         struct np_arena *a, struct np_err *err)
{
    if (c->match.p != NULL) {
        if (!s3_etag_matches(c->match, row, a))
            return s3_condition_failed(err, "x-amz-copy-source-If-Match");
    } else if (c->unmodified_since.set && later(row->modified_ms, c->unmodified_since)) {
        return s3_condition_failed(err, "x-amz-copy-source-If-Unmodified-Since");
    }
    if (c->none_match.p != NULL) {
        if (s3_etag_matches(c->none_match, row, a))
            return s3_condition_failed(err, "x-amz-copy-source-If-None-Match");
    } else if (c->modified_since.set && !later(row->modified_ms, c->modified_since)) {
        return s3_condition_failed(err, "x-amz-copy-source-If-Modified-Since");
    }
    return 0;
}

int s3_write_conditions_ok(struct np_str match, struct np_str none_match, struct np_err *err)
{
    const char *header = NULL;
    if (none_match.p != NULL && (match.p != NULL || !np_str_is(np_str_trim(none_match), "*")))
        header = "If-None-Match";
    if (header == NULL)
        return 0;
    np_fault(err, &S3_NotImplemented,
             "A header you provided implies functionality that is not implemented");
    np_err_extra(err, "Header", np_str_of(header));
    return NP_EFAULT;
}

int s3_write_conditions(struct np_str match, struct np_str none_match, const struct s3_row *cur,
                        struct np_str key, struct np_arena *a, struct np_err *err)
{
    if (none_match.p != NULL && cur != NULL)
        return s3_condition_failed(err, "If-None-Match");
    if (match.p == NULL)
        return 0;
    if (cur == NULL) {
        np_fault(err, &S3_NoSuchKey, "The specified key does not exist.");
        np_err_extra(err, "Key", key);
        return NP_EFAULT;
    }
    return s3_etag_matches(match, cur, a) ? 0 : s3_condition_failed(err, "If-Match");
}
