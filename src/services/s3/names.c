/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - what may be a bucket's name, and where a path names one. */
#include "services/s3/bucket_int.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || is_digit(c);
}

/* Four runs of digits between dots, whatever their values. */
static bool looks_like_ipv4(struct np_str name)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '.')
            dots++;
        else if (!is_digit(name.p[i]))
            return false;
    }
    return dots == 3;
}

static bool has_reserved_part(struct np_str name)
{
    static const char *const prefixes[] = {"xn--", "sthree-", "amzn-s3-demo-"};
    static const char *const suffixes[] = {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"};
    NP_EACH (p, prefixes)
        if (np_str_starts(name, np_str_of(*p)))
            return true;
    NP_EACH (s, suffixes)
        if (np_str_ends(name, np_str_of(*s)))
            return true;
    return false;
}

bool s3_bucket_name_ok(struct np_str name)
{
    if (name.n < 3 || name.n > 63 || !is_alnum(name.p[0]) || !is_alnum(name.p[name.n - 1]))
        return false;
    for (size_t i = 1; i + 1 < name.n; i++) {
        char c = name.p[i], before = name.p[i - 1];
        if (!is_alnum(c) && c != '-' && c != '.')
            return false;
        if (c == '.' && before == '.')
            return false;
    }
    return !looks_like_ipv4(name) && !has_reserved_part(name);
}

struct np_str s3_path_bucket(struct np_str path, struct np_str *key)
{
    if (path.n < 2 || path.p[0] != '/') {
        *key = NP_STR_NULL;
        return NP_STR_NULL;
    }
    struct np_str bucket;
    np_str_cut(np_str_sub(path, 1, path.n), '/', &bucket, key);
    return bucket;
}
