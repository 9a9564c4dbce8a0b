/* SPDX-License-Identifier: Apache-2.0 */
/* condition.c - condition operators: their names, their values, whether they hold. */
#include "engines/policy/policy_int.h"

#include "base/arena.h"
#include "base/enc.h"
#include "codec/json.h"

/* --- names --- */

static const struct {
    const char *name;
    enum policy_op op;
    enum policy_cmp cmp;
    bool negated;
} operators[] = {
    {"StringEquals", OP_STRING, CMP_EQ, false},
    {"StringNotEquals", OP_STRING, CMP_EQ, true},
    {"StringEqualsIgnoreCase", OP_STRING_NOCASE, CMP_EQ, false},
    {"StringNotEqualsIgnoreCase", OP_STRING_NOCASE, CMP_EQ, true},
    {"StringLike", OP_LIKE, CMP_EQ, false},
    {"StringNotLike", OP_LIKE, CMP_EQ, true},
    {"NumericEquals", OP_NUMERIC, CMP_EQ, false},
    {"NumericNotEquals", OP_NUMERIC, CMP_EQ, true},
    {"NumericLessThan", OP_NUMERIC, CMP_LT, false},
    {"NumericLessThanEquals", OP_NUMERIC, CMP_LE, false},
    {"NumericGreaterThan", OP_NUMERIC, CMP_GT, false},
    {"NumericGreaterThanEquals", OP_NUMERIC, CMP_GE, false},
    {"DateEquals", OP_DATE, CMP_EQ, false},
    {"DateNotEquals", OP_DATE, CMP_EQ, true},
    {"DateLessThan", OP_DATE, CMP_LT, false},
    {"DateLessThanEquals", OP_DATE, CMP_LE, false},
    {"DateGreaterThan", OP_DATE, CMP_GT, false},
    {"DateGreaterThanEquals", OP_DATE, CMP_GE, false},
    {"Bool", OP_STRING_NOCASE, CMP_EQ, false},
    {"BinaryEquals", OP_BINARY, CMP_EQ, false},
    {"IpAddress", OP_IP, CMP_EQ, false},
    {"NotIpAddress", OP_IP, CMP_EQ, true},
    {"ArnEquals", OP_ARN, CMP_EQ, false},
    {"ArnLike", OP_ARN, CMP_EQ, false},
    {"ArnNotEquals", OP_ARN, CMP_EQ, true},
    {"ArnNotLike", OP_ARN, CMP_EQ, true},
    {"Null", OP_NULL, CMP_EQ, false},
};

static bool skip(struct np_str *s, struct np_str prefix)
{
    if (!np_str_starts(*s, prefix))
        return false;
    *s = np_str_sub(*s, prefix.n, s->n);
    return true;
}

bool policy_operator_parse(struct np_str name, struct policy_operator *out)
{
    *out = (struct policy_operator){0};
    if (skip(&name, NP_STR("ForAllValues:")))
        out->set = SET_ALL;
    else if (skip(&name, NP_STR("ForAnyValue:")))
        out->set = SET_ANY;
    if (np_str_ends(name, NP_STR("IfExists"))) {
        out->if_exists = true;
        name.n -= strlen("IfExists");
    }
    NP_EACH (o, operators) {
        if (!np_str_eq(name, np_str_of(o->name)))
            continue;
        out->op = o->op;
        out->cmp = o->cmp;
        out->negated = o->negated;
        return o->op != OP_NULL || !out->if_exists;
    }
    return false;
}

/* --- values --- */

static bool null_value(struct np_str s, struct policy_condition *c)
{
    c->null_true |= np_str_ieq(s, NP_STR("true"));
    c->null_false |= np_str_ieq(s, NP_STR("false"));
    return np_str_ieq(s, NP_STR("true")) || np_str_ieq(s, NP_STR("false"));
}

/* The value number i of the condition. */
static bool add_value(struct policy_builder *b, struct policy_condition *c, size_t i,
                      struct np_str s)
{
    switch (c->how.op) {
    case OP_STRING:
    case OP_STRING_NOCASE:
        return policy_pattern_compile(b, s, PATTERN_VARIABLES, &c->patterns[i]);
    case OP_LIKE:
        return policy_pattern_compile(b, s, PATTERN_WILDCARDS | PATTERN_VARIABLES, &c->patterns[i]);
    case OP_NUMERIC:
        return policy_number_parse(s, &c->numbers[i]);
    case OP_DATE:
        return policy_date_parse(s, &c->dates[i]);
    case OP_BINARY:
        c->bytes[i] = np_unbase64(b->arena, s);
        return c->bytes[i].p != NULL;
    case OP_IP:
        return policy_cidr_parse(s, &c->cidrs[i]);
    case OP_ARN:
        return policy_arn_compile(b, s, &c->arns[i]);
    case OP_NULL:
        return null_value(s, c);
    }
    return false;
}

static size_t value_size(enum policy_op op)
{
    switch (op) {
    case OP_STRING:
    case OP_STRING_NOCASE:
    case OP_LIKE:
        return sizeof(struct policy_pattern);
    case OP_NUMERIC:
        return sizeof(struct policy_number);
    case OP_DATE:
        return sizeof(int64_t);
    case OP_BINARY:
        return sizeof(struct np_str);
    case OP_IP:
        return sizeof(struct policy_cidr);
    case OP_ARN:
        return sizeof(struct policy_arn);
    case OP_NULL:
        return 1;
    }
    return 1;
}

static struct np_str value_text(const struct np_json *v)
{
    if (v->type == NP_J_BOOL)
        return v->b ? NP_STR("true") : NP_STR("false");
    return v->s;
}

bool policy_condition_compile(struct policy_builder *b, const struct policy_operator *how,
                              const struct np_json *member, struct policy_condition *out)
{
    bool list = member->type == NP_J_ARRAY;
    *out = (struct policy_condition){.how = *how, .n = list ? member->n : 1};
    out->key = policy_key_add(b, member->key);
    out->patterns = np_alloc_array(b->arena, out->n, value_size(how->op));
    const struct np_json *v = list ? member->child : member;
    for (size_t i = 0; i < out->n; i++, v = v->next)
        if (!add_value(b, out, i, value_text(v)))
            return false;
    return true;
}

/* --- evaluation --- */

static bool ordered(enum policy_cmp cmp, int sign)
{
    switch (cmp) {
    case CMP_EQ:
        return sign == 0;
    case CMP_LT:
        return sign < 0;
    case CMP_LE:
        return sign <= 0;
    case CMP_GT:
        return sign > 0;
    case CMP_GE:
        return sign >= 0;
    }
    return false;
}

static bool any_pattern(const struct policy_condition *c, struct np_str v, struct policy_eval *e)
{
    bool ignore_case = c->how.op == OP_STRING_NOCASE;
    for (size_t i = 0; i < c->n; i++)
        if (policy_pattern_match(&c->patterns[i], v, ignore_case, e))
            return true;
    return false;
}

static bool any_number(const struct policy_condition *c, struct np_str v)
{
    struct policy_number have;
    if (!policy_number_parse(v, &have))
        return false;
    for (size_t i = 0; i < c->n; i++)
        if (ordered(c->how.cmp, policy_number_cmp(&have, &c->numbers[i])))
            return true;
    return false;
}

static bool any_date(const struct policy_condition *c, struct np_str v)
{
    int64_t have;
    if (!policy_date_parse(v, &have))
        return false;
    for (size_t i = 0; i < c->n; i++)
        if (ordered(c->how.cmp, (have > c->dates[i]) - (have < c->dates[i])))
            return true;
    return false;
}

static bool any_network(const struct policy_condition *c, struct np_str v)
{
    struct policy_cidr have;
    if (!policy_cidr_parse(v, &have))
        return false;
    for (size_t i = 0; i < c->n; i++)
        if (policy_cidr_has(&c->cidrs[i], &have))
            return true;
    return false;
}

static bool any_bytes(const struct policy_condition *c, struct np_str v)
{
    for (size_t i = 0; i < c->n; i++)
        if (np_str_eq(c->bytes[i], v))
            return true;
    return false;
}

static bool any_arn(const struct policy_condition *c, struct np_str v, struct policy_eval *e)
{
    for (size_t i = 0; i < c->n; i++)
        if (policy_arn_match(&c->arns[i], v, e))
            return true;
    return false;
}

/* Does one of the policy's values fit this value of the request? */
static bool fits(const struct policy_condition *c, struct np_str v, struct policy_eval *e)
{
    switch (c->how.op) {
    case OP_STRING:
    case OP_STRING_NOCASE:
    case OP_LIKE:
        return any_pattern(c, v, e);
    case OP_NUMERIC:
        return any_number(c, v);
    case OP_DATE:
        return any_date(c, v);
    case OP_BINARY:
        return any_bytes(c, v);
    case OP_IP:
        return any_network(c, v);
    case OP_ARN:
        return any_arn(c, v, e);
    case OP_NULL:
        break;
    }
    return false;
}

/* Set operators see a lone empty text as no value at all. */
static bool set_holds(const struct policy_condition *c, const struct np_str *values, size_t n,
                      struct policy_eval *e)
{
    bool all = c->how.set == SET_ALL;
    if (n == 0 || (n == 1 && values[0].n == 0))
        return all;
    for (size_t i = 0; i < n; i++)
        if ((fits(c, values[i], e) != c->how.negated) != all)
            return !all;
    return all;
}

static bool absent_holds(const struct policy_condition *c)
{
    if (c->how.if_exists)
        return true;
    return c->how.set == SET_NONE ? c->how.negated : c->how.set == SET_ALL;
}

bool policy_condition_holds(const struct policy_condition *c, struct policy_eval *e)
{
    const struct np_str *values;
    size_t n;
    bool present = policy_key_find(e, &e->policy->keys[c->key], &values, &n);
    if (c->how.op == OP_NULL)
        return present && n > 0 ? c->null_false : c->null_true;
    if (!present)
        return absent_holds(c);
    if (c->how.set != SET_NONE)
        return set_holds(c, values, n, e);
    for (size_t i = 0; i < n; i++)
        if (fits(c, values[i], e))
            return !c->how.negated;
    return c->how.negated;
}
