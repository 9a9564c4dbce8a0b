/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - the registry of name sources and of the DNS provider. */
#include "aws/names.h"

#include "aws/core_int.h"
#include "base/assert.h"
#include "base/err.h"

#define NAME_MAX_BYTES 255

void np_name_source_add(struct np_core *core, const struct np_name_source *s)
{
    struct np_registry *r = core->registry;
    np_assert(r->n_names < NP_LEN(r->names));
    r->names[r->n_names++] = *s;
}

/* In `room`, as sources want it; false: no name is as long. */
static bool normalise(struct np_str name, char room[NAME_MAX_BYTES], struct np_str *out)
{
    if (name.n != 0 && name.p[name.n - 1] == '.')
        name.n--;
    if (name.n == 0 || name.n > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        room[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    *out = np_str_n(room, name.n);
    return true;
}

int np_name_find(const struct np_core *core, struct np_str name, struct np_str vpc_id,
                 struct np_name_addrs *out)
{
    const struct np_registry *r = core->registry;
    char room[NAME_MAX_BYTES];
    if (!normalise(name, room, &name))
        return NP_ENOENT;
    for (size_t i = 0; i < r->n_names; i++) {
        struct np_name_addrs found = {0};
        int rc = r->names[i].find(r->names[i].arg, name, vpc_id, &found);
        if (rc == NP_ENOENT)
            continue;
        if (rc == 0)
            *out = found;
        return rc;
    }
    return NP_ENOENT;
}

void np_name_globs(const struct np_core *core, void (*each)(void *x, struct np_str glob), void *x)
{
    const struct np_registry *r = core->registry;
    for (size_t i = 0; i < r->n_names; i++)
        for (const char *const *g = r->names[i].globs; g != NULL && *g != NULL; g++)
            each(x, np_str_of(*g));
}

void np_provide_dns(struct np_core *core, const struct np_dns_provider *p)
{
    core->registry->dns = *p;
}

int np_dns_find(const struct np_core *core, struct np_arena *a, struct np_str name,
                const char *type, struct np_strs *out)
{
    const struct np_dns_provider *p = &core->registry->dns;
    char room[NAME_MAX_BYTES];
    if (p->lookup == NULL || !normalise(name, room, &name))
        return NP_ENOENT;
    return p->lookup(p->arg, a, name, type, out);
}

void np_dns_zones(const struct np_core *core, void (*each)(void *x, struct np_str name), void *x)
{
    const struct np_dns_provider *p = &core->registry->dns;
    if (p->zones != NULL)
        p->zones(p->arg, each, x);
}
