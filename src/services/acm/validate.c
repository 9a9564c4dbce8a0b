/* SPDX-License-Identifier: Apache-2.0 */
/* validate.c - whether names' records answer in DNS, and whether CAA records let us issue. */
#include "aws/names.h"
#include "io/lookup.h"
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

/* --- asking --- */

struct asker {
    const struct np_core *core;
    struct np_arena *a;
    struct acm_elsewhere *elsewhere;
};

static struct acm_question *question(struct asker *k, struct np_str name, const char *type)
{
    struct acm_elsewhere *e = k->elsewhere;
    for (size_t i = 0; i < e->n; i++)
        if (np_str_eq(e->v[i].name, name) && strcmp(e->v[i].type, type) == 0)
            return &e->v[i];
    e->v = np_array_grow(k->a, e->v, e->n, sizeof(*e->v));
    e->v[e->n] = (struct acm_question){.name = np_str_dup(k->a, name), .type = type};
    e->open = true;
    return &e->v[e->n++];
}

/* 0; NP_ENOENT: not the region's, and nobody else is asked; NP_EAGAIN: not known yet. */
static int find(struct asker *k, struct np_str name, const char *type, struct np_strs *out)
{
    int rc = np_dns_find(k->core, k->a, name, type, out);
    if (rc == 0 || k->elsewhere == NULL)
        return rc;
    const struct acm_question *q = question(k, name, type);
    *out = q->found;
    return q->asked && !q->failed ? 0 : NP_EAGAIN;
}

void acm_elsewhere_ask(struct acm_elsewhere *e, struct np_arena *a)
{
    for (size_t i = 0; i < e->n; i++) {
        struct acm_question *q = &e->v[i];
        if (!q->asked)
            q->failed = np_lookup(q->name, q->type, NULL, a, &q->found, NULL) != 0;
        q->asked = true;
    }
    e->open = false;
}

/* --- judging --- */

static bool answers(struct asker *k, const struct acm_ResourceRecord *want)
{
    struct np_strs found = {0};
    if (find(k, without_dot(want->Name), "CNAME", &found) != 0)
        return false;
    for (size_t i = 0; i < found.n; i++)
        if (np_str_ieq(without_dot(found.v[i]), without_dot(want->Value)))
            return true;
    return false;
}

/* The nearest name upwards that has CAA records decides. */
static enum acm_verdict caa_says(struct asker *k, struct np_str name)
{
    bool wildcard = np_str_starts(name, NP_STR("*."));
    struct np_str at = acm_name_base(name), label;
    while (at.n != 0) {
        struct np_strs found = {0};
        int rc = find(k, at, "CAA", &found);
        if (rc != 0)
            return rc == NP_EAGAIN ? ACM_WAIT : ACM_VALID;
        if (found.n != 0)
            return acm_caa_allows(k->a, &found, wildcard) ? ACM_VALID : ACM_FORBIDDEN;
        np_str_cut(at, '.', &label, &at);
    }
    return ACM_VALID;
}

static enum acm_verdict all_caa_say(struct asker *k, const struct acm_DomainValidationList *names)
{
    enum acm_verdict all = ACM_VALID;
    for (size_t i = 0; i < names->n; i++) {
        enum acm_verdict one = caa_says(k, names->v[i].DomainName);
        if (one == ACM_FORBIDDEN)
            return one;
        if (one == ACM_WAIT)
            all = one;
    }
    return all;
}

enum acm_verdict acm_validate(const struct np_core *core, struct np_arena *a,
                              struct acm_DomainValidationList *names,
                              struct acm_elsewhere *elsewhere, bool *changed)
{
    struct asker k = {core, a, elsewhere};
    bool all = true;
    *changed = false;
    for (size_t i = 0; i < names->n; i++) {
        struct acm_DomainValidation *v = &names->v[i];
        if (np_str_is(v->ValidationStatus, "SUCCESS"))
            continue;
        if (v->ResourceRecord == NULL || !answers(&k, v->ResourceRecord)) {
            all = false;
            continue;
        }
        v->ValidationStatus = NP_STR("SUCCESS");
        *changed = true;
    }
    return all ? all_caa_say(&k, names) : ACM_WAIT;
}
