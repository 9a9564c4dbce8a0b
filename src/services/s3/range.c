/* SPDX-License-Identifier: Apache-2.0 */
/* range.c - which bytes a header field asks for, and of which object: text alone, without rows or
 * requests. */
#include "services/s3/object_int.h"

#include "base/enc.h"

/* AWS: what is no single range of bytes is as if it were not there (tests/sdk/test_s3_objects.py).
 */
enum s3_ranged s3_range_read(struct np_str text, uint64_t size, struct s3_range *out)
{
    struct np_str spec = np_str_trim(text), from, to;
    uint64_t first = 0, last = UINT64_MAX;
    if (!np_str_istarts(spec, NP_STR("bytes=")))
        return S3_RANGE_NONE;
    spec = np_str_trim(np_str_sub(spec, 6, spec.n));
    if (np_str_chr(spec, ',') >= 0 || !np_str_cut(spec, '-', &from, &to))
        return S3_RANGE_NONE;
    from = np_str_trim(from);
    to = np_str_trim(to);
    if (from.n == 0 && to.n == 0)
        return S3_RANGE_NONE;
    if ((from.n != 0 && !np_str_u64(from, &first)) || (to.n != 0 && !np_str_u64(to, &last)))
        return S3_RANGE_NONE;
    if (from.n == 0) { /* the last so many */
        if (last == 0 || size == 0)
            return S3_RANGE_OUTSIDE;
        first = last < size ? size - last : 0;
        last = UINT64_MAX;
    }
    if (last < first)
        return S3_RANGE_NONE;
    if (first >= size)
        return S3_RANGE_OUTSIDE;
    *out = (struct s3_range){first, (last < size ? last + 1 : size) - first};
    return S3_RANGE_SOME;
}

bool s3_copy_range_read(struct np_str text, uint64_t *first, uint64_t *last)
{
    static const struct np_str unit = {"bytes=", 6};
    struct np_str from, to;
    return np_str_starts(text, unit) &&
           np_str_cut(np_str_sub(text, unit.n, text.n), '-', &from, &to) &&
           np_str_u64(from, first) && np_str_u64(to, last) && *first <= *last;
}

bool s3_copy_source_read(struct np_arena *a, struct np_str text, struct s3_source_name *out)
{
    static const struct np_str version = {"?versionId=", 11}, arn = {"arn:aws:s3:::", 13};
    struct s3_source_name s = {0};
    ptrdiff_t at = np_str_find(text, version);
    if (at >= 0) {
        s.version_id = np_uri_decode(a, np_str_sub(text, (size_t)at + version.n, text.n), false);
        if (s.version_id.p == NULL)
            return false;
        text = np_str_sub(text, 0, (size_t)at);
    }
    struct np_str rest = np_uri_decode(a, text, true);
    if (np_str_starts(rest, NP_STR("/")))
        rest = np_str_sub(rest, 1, rest.n);
    if (np_str_starts(rest, arn)) /* the bucket's own ARN names it, too */
        rest = np_str_sub(rest, arn.n, rest.n);
    if (!np_str_cut(rest, '/', &s.bucket, &s.key) || s.bucket.n == 0 || s.key.n == 0)
        return false;
    *out = s;
    return true;
}
