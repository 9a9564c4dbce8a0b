/* SPDX-License-Identifier: Apache-2.0 */
/* kind.c - the table of kinds, ids and ARNs. */
#include <stddef.h>

#include "aws/arn.h"
#include "aws/fault.h"
#include "base/assert.h"
#include "gen/ec2/ops.h"
#include "services/ec2/ec2_int.h"

static const struct ec2_kind kinds[EC2_KINDS] = {
#define EC2_KIND(name_, prefix_, type_, structure, id_member, own_, fault, text, malformed_)       \
    [EC2_KIND_##name_] = {                                                                         \
        .id = EC2_KIND_##name_,                                                                    \
        .prefix = prefix_,                                                                         \
        .type = type_,                                                                             \
        .shape = &structure##_shape,                                                               \
        .own = own_,                                                                               \
        .id_at = offsetof(struct structure, id_member),                                            \
        .not_found = &fault,                                                                       \
        .malformed = malformed_,                                                                   \
        .not_found_text = text,                                                                    \
    },
#include "services/ec2/kinds.def"
#undef EC2_KIND
};

const struct ec2_kind *ec2_kind(enum ec2_kind_id id)
{
    np_assert(id < EC2_KINDS);
    return &kinds[id];
}

/* The longest prefix: "eni-perm-" is not "eni-". */
const struct ec2_kind *ec2_kind_of(struct np_str id)
{
    const struct ec2_kind *best = NULL;
    NP_EACH (k, kinds)
        if (np_str_starts(id, np_str_of(k->prefix)) &&
            (best == NULL || strlen(k->prefix) > strlen(best->prefix)))
            best = k;
    return best;
}

const struct ec2_kind *ec2_kind_of_type(struct np_str type)
{
    NP_EACH (k, kinds)
        if (np_str_eq(type, np_str_of(k->type)))
            return k;
    return NULL;
}

bool ec2_id_ok(const struct ec2_kind *k, struct np_str id)
{
    struct np_str digits = np_str_sub(id, strlen(k->prefix), id.n);
    if (!np_str_starts(id, np_str_of(k->prefix)) || (digits.n != 8 && digits.n != 17))
        return false;
    for (size_t i = 0; i < digits.n; i++)
        if (strchr("0123456789abcdef", digits.p[i]) == NULL)
            return false;
    return true;
}

struct np_str ec2_arn(struct np_arena *a, const struct ec2_kind *k, struct np_str region,
                      struct np_str account, struct np_str id)
{
    return np_arn_make(a, "ec2", region, account, "%s/%.*s", k->type, NP_FMT(id));
}

/* AWS: most ids that cannot be one are just not there; some kinds say what is wrong
 * (tests/sdk/test_ec2_filters.py). */
int ec2_not_found(struct np_err *err, enum ec2_kind_id kind, struct np_str id)
{
    const struct ec2_kind *k = ec2_kind(kind);
    if (k->malformed != NULL && !ec2_id_ok(k, id))
        return np_fault(err, k->malformed, "Invalid id: \"%.*s\" (expecting \"%s...\")", NP_FMT(id),
                        k->prefix);
    int rc = np_fault(err, k->not_found, "%s", "");
    /* The table's text has one place for the id. */
    struct np_str text = np_str_of(k->not_found_text), before, after;
    ptrdiff_t at = np_str_find(text, NP_STR("%.*s"));
    before = np_str_sub(text, 0, (size_t)at);
    after = np_str_sub(text, (size_t)at + 4, text.n);
    return err == NULL ? rc
                       : np_fault(err, k->not_found, "%.*s%.*s%.*s", NP_FMT(before), NP_FMT(id),
                                  NP_FMT(after));
}

const struct np_member *ec2_tags_member(const struct ec2_kind *k)
{
    for (uint32_t i = 0; i < k->shape->n_members; i++)
        if (k->shape->members[i].shape == &ec2_TagList_shape)
            return &k->shape->members[i];
    return NULL;
}
