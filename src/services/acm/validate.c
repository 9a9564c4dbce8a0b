/* SPDX-License-Identifier: Apache-2.0 */
/* validate.c - whether names' records answer in DNS, and whether CAA records let us issue. */
#include "aws/names.h"
#include "services/acm/acm_int.h"
#include "services/acm/caa.h"
#include "services/acm/name.h"

static struct np_str without_dot(struct np_str name)
{
    return np_str_ends(name, NP_STR(".")) ? np_str_sub(name, 0, name.n - 1) : name;
}

void acm_validations(const struct np_core *core, struct np_arena *a, struct np_str account,
                     const struct np_strs *names, struct acm_DomainValidationList *out)
{
    *out = (struct acm_DomainValidationList){0};
    for (size_t i = 0; i < names->n; i++) {
        struct acm_record r = acm_record(core, a, account, names->v[i]);
        struct acm_ResourceRecord *record = np_new(a, struct acm_ResourceRecord);
        *record = (struct acm_ResourceRecord){r.name, NP_STR("CNAME"), r.value};
        struct acm_DomainValidation v = {
            .DomainName = names->v[i],
            .ValidationDomain = names->v[i],
            .ValidationStatus = NP_STR("PENDING_VALIDATION"),
            .ResourceRecord = record,
            .ValidationMethod = NP_STR("DNS"),
        };
        ACM_PUSH(a, out, v);
    }
}

static bool answers(const struct np_core *core, struct np_arena *a,
                    const struct acm_ResourceRecord *want)
{
    struct np_strs found = {0};
    if (np_dns_find(core, a, without_dot(want->Name), "CNAME", &found) != 0)
        return false;
    for (size_t i = 0; i < found.n; i++)
        if (np_str_ieq(without_dot(found.v[i]), without_dot(want->Value)))
            return true;
    return false;
}

/* The nearest name upwards that has CAA records decides; zones of others are not asked. */
static bool caa_allows(const struct np_core *core, struct np_arena *a, struct np_str name)
{
    bool wildcard = np_str_starts(name, NP_STR("*."));
    struct np_str at = acm_name_base(name), label;
    while (at.n != 0) {
        struct np_strs found = {0};
        if (np_dns_find(core, a, at, "CAA", &found) != 0)
            return true;
        if (found.n != 0)
            return acm_caa_allows(a, &found, wildcard);
        np_str_cut(at, '.', &label, &at);
    }
    return true;
}

enum acm_verdict acm_validate(const struct np_core *core, struct np_arena *a,
                              struct acm_DomainValidationList *names, bool *changed)
{
    bool all = true;
    *changed = false;
    for (size_t i = 0; i < names->n; i++) {
        struct acm_DomainValidation *v = &names->v[i];
        if (np_str_is(v->ValidationStatus, "SUCCESS"))
            continue;
        if (v->ResourceRecord == NULL || !answers(core, a, v->ResourceRecord)) {
            all = false;
            continue;
        }
        v->ValidationStatus = NP_STR("SUCCESS");
        *changed = true;
    }
    if (!all)
        return ACM_WAIT;
    for (size_t i = 0; i < names->n; i++)
        if (!caa_allows(core, a, names->v[i].DomainName))
            return ACM_FORBIDDEN;
    return ACM_VALID;
}
