/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.c - what a policy says about itself: statements, keys, size, whether it is public. */
#include "engines/policy/policy_int.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/assert.h"

size_t np_policy_size_nonblank(struct np_str json)
{
    size_t n = 0;
    for (size_t i = 0; i < json.n; i++) {
        unsigned char c = (unsigned char)json.p[i];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        n += !blank && (c & 0xc0) != 0x80; /* the rest of a UTF-8 character is not counted */
    }
    return n;
}

size_t np_policy_statements(const struct np_policy *p)
{
    return p->n_statements;
}

struct np_str np_policy_sid(const struct np_policy *p, size_t statement)
{
    np_assert(statement < p->n_statements);
    return p->statements[statement].sid;
}

static int by_name(const void *a, const void *b)
{
    return np_str_cmp(*(const struct np_str *)a, *(const struct np_str *)b);
}

void np_policy_context_keys(const struct np_policy *p, struct np_arena *a, struct np_strs *out)
{
    *out = (struct np_strs){
        .v = np_new_array(a, struct np_str, p->n_keys + 1), .n = p->n_keys, .set = true};
    for (size_t i = 0; i < p->n_keys; i++)
        out->v[i] = np_str_dup(a, p->keys[i].name);
    qsort(out->v, out->n, sizeof(*out->v), by_name);
}

void np_policy_principal_arns(const struct np_policy *p, struct np_arena *a, struct np_strs *out)
{
    *out = (struct np_strs){.set = true};
    for (size_t i = 0; i < p->n_statements; i++) {
        const struct policy_statement *st = &p->statements[i];
        for (size_t k = 0; k < st->n_principals; k++) {
            if (st->principals[k].who != WHO_ARN)
                continue;
            out->v = np_array_grow(a, out->v, out->n, sizeof(*out->v));
            out->v[out->n++] = np_str_dup(a, st->principals[k].value);
        }
    }
}

/* --- S3's meaning of public --- */

enum fixed { FIXED_NO, FIXED_VALUE, FIXED_NETWORK, FIXED_USERID, FIXED_ACCESS_POINT };

/* AWS: keys whose fixed value makes an allow to everybody not public. */
static enum fixed fixed_key(struct np_str lower)
{
    static const struct {
        const char *name;
        enum fixed how;
    } keys[] = {
        {"aws:sourceip", FIXED_NETWORK},
        {"aws:sourcearn", FIXED_VALUE},
        {"aws:sourcevpc", FIXED_VALUE},
        {"aws:sourcevpce", FIXED_VALUE},
        {"aws:sourceowner", FIXED_VALUE},
        {"aws:sourceaccount", FIXED_VALUE},
        {"aws:sourceorgid", FIXED_VALUE},
        {"aws:userid", FIXED_USERID},
        {"aws:principalarn", FIXED_VALUE},
        {"aws:principalaccount", FIXED_VALUE},
        {"aws:principalorgid", FIXED_VALUE},
        {"aws:principalorgpaths", FIXED_VALUE},
        {"aws:principalservicename", FIXED_VALUE},
        {"s3:x-amz-server-side-encryption-aws-kms-key-id", FIXED_VALUE},
        {"s3:dataaccesspointaccount", FIXED_VALUE},
        {"s3:dataaccesspointarn", FIXED_ACCESS_POINT},
    };
    NP_EACH (k, keys)
        if (np_str_eq(lower, np_str_of(k->name)))
            return k->how;
    return FIXED_NO;
}

/* AWS: wider than /8 (IPv4) or /32 (IPv6) is everybody. */
static bool networks_are_narrow(const struct policy_condition *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->cidrs[i].bits < (c->cidrs[i].v4 ? 96 + 8 : 32))
            return false;
    return true;
}

static bool pattern_is_fixed(const struct policy_pattern *p, enum fixed how)
{
    if (p->kind == PATTERN_EXACT)
        return true;
    /* Every session of one role. */
    return how == FIXED_USERID && p->kind == PATTERN_PREFIX &&
           np_str_starts(p->text, NP_STR("AROA")) && np_str_ends(p->text, NP_STR(":"));
}

static bool arn_is_fixed(const struct policy_arn *a, enum fixed how)
{
    if (how == FIXED_ACCESS_POINT) /* any access point of a given account */
        return a->field[4].kind == PATTERN_EXACT && a->field[4].text.n != 0;
    for (size_t i = 0; i < 6; i++)
        if (a->field[i].kind != PATTERN_EXACT)
            return false;
    return true;
}

/* arn:aws:s3:REGION:ACCOUNT:accesspoint/… with a wildcard only behind the account */
static bool access_point_is_fixed(const struct policy_pattern *p)
{
    if (p->kind == PATTERN_EXACT)
        return true;
    struct np_str rest =
        p->n_pieces != 0 && p->pieces[0].kind == PIECE_TEXT ? p->pieces[0].text : NP_STR("");
    struct np_str field;
    for (int i = 0; i < 5; i++)
        if (!np_str_cut(rest, ':', &field, &rest))
            return false;
    return field.n != 0;
}

static bool values_are_fixed(const struct policy_condition *c, enum fixed how)
{
    for (size_t i = 0; i < c->n; i++) {
        bool ok = c->how.op == OP_ARN         ? arn_is_fixed(&c->arns[i], how)
                  : how == FIXED_ACCESS_POINT ? access_point_is_fixed(&c->patterns[i])
                                              : pattern_is_fixed(&c->patterns[i], how);
        if (!ok)
            return false;
    }
    return true;
}

/* Does the condition tie the statement to those who are named? */
static bool limits(const struct np_policy *p, const struct policy_condition *c)
{
    enum fixed how = fixed_key(p->keys[c->key].lower);
    if (how == FIXED_NO || c->how.negated || c->how.if_exists || c->how.set == SET_ALL || c->n == 0)
        return false;
    switch (c->how.op) {
    case OP_STRING:
    case OP_STRING_NOCASE:
    case OP_LIKE:
    case OP_ARN:
        return how != FIXED_NETWORK && values_are_fixed(c, how);
    case OP_IP:
        return how == FIXED_NETWORK && networks_are_narrow(c);
    case OP_NUMERIC:
    case OP_DATE:
    case OP_BINARY:
    case OP_NULL:
        return false;
    }
    return false;
}

static bool statement_is_public(const struct np_policy *p, const struct policy_statement *st)
{
    bool everybody = st->not_principal;
    for (size_t i = 0; i < st->n_principals; i++)
        everybody |= st->principals[i].who == WHO_ANYBODY;
    if (st->deny || !everybody)
        return false;
    for (size_t i = 0; i < st->n_conditions; i++)
        if (limits(p, &st->conditions[i]))
            return false;
    return true;
}

bool np_policy_is_public(const struct np_policy *p)
{
    for (size_t i = 0; i < p->n_statements; i++)
        if (policy_has_principals(p->kind) && statement_is_public(p, &p->statements[i]))
            return true;
    return false;
}
