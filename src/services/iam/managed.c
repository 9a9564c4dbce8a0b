/* SPDX-License-Identifier: Apache-2.0 */
/* managed.c - the policies of AWS: their short rules become documents, and those compiled policies,
 * when first asked for. */
#include "services/iam/iam_int.h"

#include "base/assert.h"
#include "base/digest.h"
#include "base/timefmt.h"
#include "codec/json.h"

struct aws_policy {
    const char *path, *name;
    int version;
    const char *date, *description, *rules;
    struct aws_made *made; /* published once; never freed, as there are few */
};

struct aws_made {
    struct np_arena *arena;
    struct np_str document, id;
    struct np_policy *policy;
    int64_t date_ms;
};

#define POLICY(path, name, version, date, description, rules)                                      \
    {path, name, version, date, description, rules, NULL},
static struct aws_policy table[] = {
#include "services/iam/managed.def"
};
#undef POLICY

/* --- rules to JSON --- */

static void string_list(struct np_buf *b, struct np_str list, char sep)
{
    struct np_str rest = np_str_trim(list), one, service = NP_STR_NULL;
    size_t n = 0;
    np_buf_char(b, '[');
    while (np_str_split(&rest, sep, &one)) {
        one = np_str_trim(one);
        if (one.n == 0)
            continue;
        if (n++ > 0)
            np_buf_char(b, ',');
        ptrdiff_t colon = np_str_chr(one, ':');
        if (sep == ' ' && colon >= 0)
            service = np_str_sub(one, 0, (size_t)colon + 1);
        bool whole = sep != ' ' || colon >= 0 || np_str_is(one, "*");
        np_buf_printf(b, "\"%.*s%.*s\"", NP_FMT(whole ? NP_STR("") : service), NP_FMT(one));
    }
    np_buf_char(b, ']');
}

/* "allow RESOURCES : [not] ACTIONS [if CONDITION]" */
static void statement(struct np_buf *b, struct np_str line)
{
    struct np_str condition = NP_STR_NULL, resources;
    ptrdiff_t at = np_str_find(line, NP_STR(" if {"));
    if (at >= 0) {
        condition = np_str_sub(line, (size_t)at + 4, line.n);
        line = np_str_sub(line, 0, (size_t)at);
    }
    at = np_str_find(line, NP_STR(" : "));
    bool allow = np_str_starts(line, NP_STR("allow "));
    np_assert(at > 0 && (allow || np_str_starts(line, NP_STR("deny "))));
    size_t from = allow ? 6 : 5;
    resources = np_str_sub(line, from, (size_t)at - from);
    struct np_str actions = np_str_sub(line, (size_t)at + 3, line.n);
    bool negated = np_str_starts(actions, NP_STR("not "));
    np_buf_printf(b, "{\"Effect\":\"%s\",\"%s\":", allow ? "Allow" : "Deny",
                  negated ? "NotAction" : "Action");
    string_list(b, negated ? np_str_sub(actions, 4, actions.n) : actions, ' ');
    np_buf_lit(b, ",\"Resource\":");
    string_list(b, resources, ',');
    if (condition.p != NULL)
        np_buf_printf(b, ",\"Condition\":%.*s", NP_FMT(condition));
    np_buf_char(b, '}');
}

static struct np_str document(struct np_arena *a, const struct aws_policy *p)
{
    struct np_buf b;
    struct np_str rest = np_str_of(p->rules), line;
    size_t n = 0;
    np_buf_init(&b, a, 256 * 1024);
    np_buf_lit(&b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    while (np_str_split(&rest, '\n', &line)) {
        if (n++ > 0)
            np_buf_char(&b, ',');
        statement(&b, line);
    }
    np_buf_lit(&b, "]}");
    np_assert(np_buf_ok(&b));
    return np_buf_str(&b);
}

/* --- one policy, made when first asked for --- */

static const struct aws_made *make(struct aws_policy *p)
{
    struct aws_made *have = __atomic_load_n(&p->made, __ATOMIC_ACQUIRE);
    if (have != NULL)
        return have;
    struct aws_made *m = np_heap_new(struct aws_made);
    uint8_t digest[32];
    struct np_err err = {0};
    m->arena = np_arena_new();
    m->document = document(m->arena, p);
    np_digest_once(NP_SHA256, np_str_of(p->name), digest);
    m->id = np_str_cat(m->arena, NP_STR("ANPA"),
                       np_str_sub(iam_base32(m->arena, np_str_n(digest, sizeof(digest))), 0, 17));
    struct np_str date = np_str_printf(m->arena, "%sT00:00:00Z", p->date);
    bool ok = np_time_parse_iso(date, &m->date_ms);
    int rc = np_policy_compile(m->document, NP_POLICY_IDENTITY, &m->policy, &err);
    if (rc != 0 || !ok)
        np_die(__FILE__, __LINE__, "policy %s: %.*s", p->name, (int)err.n, err.text);
    if (__atomic_compare_exchange_n(&p->made, &have, m, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return m;
    np_policy_unref(m->policy); /* another thread was first */
    np_arena_free(m->arena);
    np_free(m);
    return have;
}

static struct aws_policy *find(struct np_str arn)
{
    static const struct np_str prefix = {"arn:aws:iam::aws:policy", 23};
    if (!np_str_starts(arn, prefix))
        return NULL;
    struct np_str rest = np_str_sub(arn, prefix.n, arn.n), name = iam_policy_name(arn);
    struct np_str path = np_str_sub(rest, 0, rest.n - name.n);
    size_t low = 0, high = NP_LEN(table);
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = np_str_cmp(name, np_str_of(table[mid].name));
        if (order == 0)
            return np_str_eq(path, np_str_of(table[mid].path)) ? &table[mid] : NULL;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

size_t iam_aws_policies(void)
{
    return NP_LEN(table);
}

void iam_aws_policy_at(size_t i, struct np_arena *a, struct iam_policy *out)
{
    struct aws_policy *p = &table[i];
    const struct aws_made *m = make(p);
    *out = (struct iam_policy){
        .name = np_str_of(p->name),
        .id = m->id,
        .path = np_str_of(p->path),
        .arn = np_str_printf(a, "arn:aws:iam::aws:policy%s%s", p->path, p->name),
        .description = np_str_of(p->description),
        .created_ms = m->date_ms,
        .updated_ms = m->date_ms,
        .default_version = p->version,
        .last_version = p->version,
        .aws = true,
        .document = m->document,
    };
}

bool iam_aws_policy_find(struct np_str arn, struct np_arena *a, struct iam_policy *out)
{
    struct aws_policy *p = find(arn);
    if (p != NULL)
        iam_aws_policy_at((size_t)(p - table), a, out);
    return p != NULL;
}

const struct np_policy *iam_aws_policy_compiled(struct np_str arn)
{
    struct aws_policy *p = find(arn);
    return p != NULL ? make(p)->policy : NULL;
}
