/* SPDX-License-Identifier: Apache-2.0 */
/* validate_test.c - names that no zone of the region has: what is asked elsewhere, and what its
 * answers prove. */
#include "test.h"

#include "aws/core_int.h"
#include "base/assert.h"
#include "base/auto.h"
#include "services/acm/acm_int.h"

struct env {
    struct np_core core;
    struct np_arena *a;
    struct np_strs names;
    struct acm_DomainValidationList list;
    struct acm_elsewhere elsewhere;
};

static void begin(struct env *e, struct np_str name)
{
    *e = (struct env){.a = np_arena_new()};
    np_core_init(&e->core);
    ACM_PUSH(e->a, &e->names, name);
    acm_validations(&e->core, e->a, NP_STR("111122223333"), &e->names, &e->list);
}

static void end(struct env *e)
{
    np_core_fini(&e->core);
    np_arena_free(e->a);
}

static enum acm_verdict judge(struct env *e)
{
    bool changed;
    return acm_validate(&e->core, e->a, &e->list, &e->elsewhere, &changed);
}

/* The open question, which must be that; it is answered with one record, or with none. */
static void answer(struct env *e, struct np_str name, const char *type, struct np_str record)
{
    NP_CHECK(e->elsewhere.open && e->elsewhere.n > 0);
    struct acm_question *q = &e->elsewhere.v[e->elsewhere.n - 1];
    NP_CHECK_STR(q->name, name);
    NP_CHECK(!q->asked && strcmp(q->type, type) == 0);
    if (record.p != NULL)
        ACM_PUSH(e->a, &q->found, record);
    q->asked = true;
    e->elsewhere.open = false;
}

static struct np_str record_name(const struct env *e)
{
    struct np_str name = e->list.v[0].ResourceRecord->Name;
    return np_str_sub(name, 0, name.n - 1);
}

NP_TEST(names_elsewhere_are_proved_by_what_others_answer)
{
    struct env e;
    begin(&e, NP_STR("*.shop.example"));
    NP_CHECK(judge(&e) == ACM_WAIT);
    answer(&e, record_name(&e), "CNAME", e.list.v[0].ResourceRecord->Value);
    NP_CHECK(judge(&e) == ACM_WAIT);
    NP_CHECK_STR(e.list.v[0].ValidationStatus, NP_STR("SUCCESS"));
    answer(&e, NP_STR("shop.example"), "CAA", NP_STR_NULL);
    NP_CHECK(judge(&e) == ACM_WAIT, "the parent may forbid");
    answer(&e, NP_STR("example"), "CAA", NP_STR("0 issuewild \"amazon.com\""));
    NP_CHECK(judge(&e) == ACM_VALID);
    e.elsewhere.v[2].found.v[0] = NP_STR("0 issuewild \";\"");
    NP_CHECK(judge(&e) == ACM_FORBIDDEN);
    end(&e);
}

NP_TEST(what_nobody_answers_proves_nothing)
{
    struct env e;
    bool changed;
    begin(&e, NP_STR("shop.example"));
    NP_CHECK(judge(&e) == ACM_WAIT);
    answer(&e, record_name(&e), "CNAME", NP_STR("other.example"));
    NP_CHECK(judge(&e) == ACM_WAIT && !e.elsewhere.open, "it is asked once a round");
    e.elsewhere.v[0].found.v[0] = e.list.v[0].ResourceRecord->Value;
    NP_CHECK(judge(&e) == ACM_WAIT);
    answer(&e, NP_STR("shop.example"), "CAA", NP_STR_NULL);
    e.elsewhere.v[1].failed = true;
    NP_CHECK(judge(&e) == ACM_WAIT, "CAA that cannot be read holds it up");
    NP_CHECK(acm_validate(&e.core, e.a, &e.list, NULL, &changed) == ACM_VALID,
             "nobody is asked, and the record was there");
    end(&e);
}
