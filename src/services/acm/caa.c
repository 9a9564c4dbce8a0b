/* SPDX-License-Identifier: Apache-2.0 */
/* caa.c - reading CAA records, and what a set of them says. */
#include "services/acm/caa.h"

#include "base/arena.h"
#include "services/acm/limits.h"

#define CRITICAL 0x80

/* AWS: any of these names allows ACM (tests/unit/services/acm/caa_test.c). */
static const char *const authorities[] = {"amazon.com", "amazontrust.com", "awstrust.com",
                                          "amazonaws.com"};

/* What stands in quotes, with \" \\ and \ddd; without quotes, a word. */
static bool unquote(struct np_arena *a, struct np_str s, struct np_str *out)
{
    bool quoted = s.n > 0 && s.p[0] == '"';
    if (quoted && (s.n < 2 || s.p[s.n - 1] != '"'))
        return false;
    struct np_str in = quoted ? np_str_sub(s, 1, s.n - 2) : s;
    char *p = np_alloc(a, in.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '"' || (!quoted && (c == ' ' || c == '\t')))
            return false;
        if (c != '\\') {
            p[n++] = c;
            continue;
        }
        uint64_t code;
        if (i + 3 < in.n && np_str_u64(np_str_sub(in, i + 1, 3), &code)) {
            if (code > 255)
                return false;
            p[n++] = (char)code;
            i += 3;
        } else if (i + 1 < in.n) {
            p[n++] = in.p[++i];
        } else {
            return false;
        }
    }
    *out = np_str_n(p, n);
    return true;
}

static bool tag_ok(struct np_str tag)
{
    for (size_t i = 0; i < tag.n; i++) {
        char c = tag.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            return false;
    }
    return tag.n > 0;
}

bool acm_caa_parse(struct np_arena *a, struct np_str text, struct acm_caa *out)
{
    struct np_str flags, tag, value;
    uint64_t number;
    if (!np_str_cut(np_str_trim(text), ' ', &flags, &tag) ||
        !np_str_cut(np_str_trim(tag), ' ', &tag, &value))
        return false;
    if (!np_str_u64(flags, &number) || number > 255 || !tag_ok(tag))
        return false;
    out->flags = (unsigned)number;
    out->tag = tag;
    return unquote(a, np_str_trim(value), &out->value);
}

/* The authority of a value: what stands before parameters. */
static bool is_ours(struct np_str value)
{
    struct np_str name, parameters;
    np_str_cut(value, ';', &name, &parameters);
    name = np_str_trim(name);
    NP_EACH (one, authorities)
        if (np_str_ieq(name, np_str_of(*one)))
            return true;
    return false;
}

static bool is_known(struct np_str tag)
{
    static const char *const known[] = {"issue",        "issuewild",    "iodef",
                                        "contactemail", "contactphone", "issuemail"};
    NP_EACH (one, known)
        if (np_str_ieq(tag, np_str_of(*one)))
            return true;
    return false;
}

bool acm_caa_allows(struct np_arena *a, const struct np_strs *records, bool wildcard)
{
    bool issue = false, issue_ours = false, wild = false, wild_ours = false;
    if (records->n > ACM_CAA_RECORDS_MAX)
        return false;
    for (size_t i = 0; i < records->n; i++) {
        struct acm_caa r;
        if (!acm_caa_parse(a, records->v[i], &r))
            return false;
        if ((r.flags & CRITICAL) != 0 && !is_known(r.tag))
            return false;
        if (np_str_ieq(r.tag, NP_STR("issue"))) {
            issue = true;
            issue_ours = issue_ours || is_ours(r.value);
        } else if (np_str_ieq(r.tag, NP_STR("issuewild"))) {
            wild = true;
            wild_ours = wild_ours || is_ours(r.value);
        }
    }
    if (wildcard && wild)
        return wild_ours;
    return !issue || issue_ours;
}
