/* SPDX-License-Identifier: Apache-2.0 */
/* context_test.c - encryption contexts: one form for all orders, limits, parts. */
#include "test.h"

#include "base/auto.h"
#include "services/kms/kms_int.h"

static struct np_str canonical(struct np_arena *a, struct kms_EncryptionContextType_entry *v,
                               size_t n)
{
    const struct kms_EncryptionContextType in = {v, n, true};
    struct np_str out = NP_STR_NULL;
    NP_CHECK(kms_context(a, &in, &out, NULL) == 0);
    return out;
}

#define PAIR(k, v)                                                                                 \
    {                                                                                              \
        {k, sizeof(k) - 1},                                                                        \
        {                                                                                          \
            v, sizeof(v) - 1                                                                       \
        }                                                                                          \
    }

NP_TEST(the_order_of_pairs_does_not_count)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct kms_EncryptionContextType_entry one[] = {PAIR("b", "2"), PAIR("a", "1")};
    struct kms_EncryptionContextType_entry other[] = {PAIR("a", "1"), PAIR("b", "2")};
    struct kms_EncryptionContextType_entry moved[] = {PAIR("a", "1b"), PAIR("", "2")};
    NP_CHECK_STR(canonical(a, one, 2), canonical(a, other, 2));
    NP_CHECK(!np_str_eq(canonical(a, one, 2), canonical(a, moved, 2)));
    NP_CHECK(canonical(a, NULL, 0).n == 0);
}

NP_TEST(a_part_of_a_context)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct kms_EncryptionContextType_entry whole[] = {PAIR("a", "1"), PAIR("b", "2")};
    struct kms_EncryptionContextType_entry other[] = {PAIR("b", "1")};
    struct np_str all = canonical(a, whole, 2);
    NP_CHECK(kms_context_has(all, canonical(a, whole + 1, 1)));
    NP_CHECK(kms_context_has(all, NP_STR("")));
    NP_CHECK(!kms_context_has(canonical(a, whole, 1), all));
    NP_CHECK(!kms_context_has(all, canonical(a, other, 1)));
    struct kms_EncryptionContextType out = {0};
    kms_context_out(a, all, &out);
    NP_CHECK(out.n == 2);
    NP_CHECK_STR(out.v[1].value, NP_STR("2"));
}

NP_TEST(a_context_has_a_greatest_length)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_err err = {0};
    struct np_str out;
    char *text = np_alloc(a, KMS_CONTEXT_MAX);
    struct kms_EncryptionContextType_entry pair[] = {{{"k", 1}, {text, KMS_CONTEXT_MAX - 1}}};
    struct kms_EncryptionContextType in = {pair, 1, true};
    NP_CHECK(kms_context(a, &in, &out, &err) == 0);
    pair[0].value.n++;
    NP_CHECK(kms_context(a, &in, &out, &err) != 0, "one byte more");
    size_t n = KMS_CONTEXT_PAIRS_MAX + 1;
    in.v = np_alloc_array(a, n, sizeof(*in.v));
    in.n = n - 1;
    NP_CHECK(kms_context(a, &in, &out, &err) == 0);
    in.n = n;
    NP_CHECK(kms_context(a, &in, &out, &err) != 0, "one pair more");
}
