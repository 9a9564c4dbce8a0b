/* SPDX-License-Identifier: Apache-2.0 */
/* host.c - what a Host says of S3:
 *
 *   [BUCKET.]s3[.dualstack][.REGION].SUFFIX    [BUCKET.]s3-REGION.SUFFIX
 *   BUCKET.s3-website[.REGION].SUFFIX          BUCKET.s3-website-REGION.SUFFIX
 *
 * where SUFFIX is amazonaws.com, localhost or one that the region was told of.
 */
#include "services/s3/host.h"

#include "aws/browser.h"
#include "aws/core.h"

/* Takes ".suffix" off the end. */
static bool cut_suffix(struct np_str *name, struct np_str suffix)
{
    if (name->n <= suffix.n || !np_str_ends(*name, suffix) ||
        name->p[name->n - suffix.n - 1] != '.')
        return false;
    name->n -= suffix.n + 1;
    return true;
}

static bool cut_any_suffix(const struct np_core *core, struct np_str *name, bool *amazon)
{
    *amazon = cut_suffix(name, NP_STR("amazonaws.com"));
    if (*amazon || cut_suffix(name, NP_STR("localhost")))
        return true;
    for (size_t i = 0; i < core->config.suffixes.n; i++)
        if (cut_suffix(name, core->config.suffixes.v[i]))
            return true;
    return false;
}

/* The last label; what is before it stays in *name. */
static struct np_str pop(struct np_str *name)
{
    ptrdiff_t dot = np_str_rchr(*name, '.');
    struct np_str label = np_str_sub(*name, (size_t)(dot + 1), name->n);
    name->n = dot < 0 ? 0 : (size_t)dot;
    return label;
}

static bool label_kind(const struct np_core *core, struct np_str label, struct s3_host *out)
{
    static const struct np_str site = {"s3-website", 10};
    enum s3_host_kind kind = S3_HOST_API;
    struct np_str rest;
    if (np_str_starts(label, site)) {
        kind = S3_HOST_WEBSITE;
        rest = np_str_sub(label, site.n, label.n);
    } else if (np_str_starts(label, NP_STR("s3"))) {
        rest = np_str_sub(label, 2, label.n);
    } else {
        return false;
    }
    if (rest.n != 0) {
        struct np_str region = np_str_sub(rest, 1, rest.n);
        if (rest.p[0] != '-' || !np_region_ok(core, region))
            return false;
        out->region = region;
    }
    out->kind = kind;
    return true;
}

void s3_host_parse(const struct np_core *core, struct np_str host, struct s3_host *out)
{
    bool amazon;
    struct np_str name = np_host_name(host);
    *out = (struct s3_host){.kind = S3_HOST_OTHER};
    if (name.n != 0 && name.p[name.n - 1] == '.')
        name.n--;
    if (!cut_any_suffix(core, &name, &amazon))
        return;
    struct s3_host found = {.kind = S3_HOST_OTHER};
    struct np_str label = pop(&name);
    if (np_region_ok(core, label)) {
        found.region = label;
        label = pop(&name);
        if (np_str_is(label, "dualstack"))
            label = pop(&name);
    }
    if (!label_kind(core, label, &found))
        return;
    if (found.kind == S3_HOST_WEBSITE && name.n == 0)
        return;
    found.bucket = name.n != 0 ? name : NP_STR_NULL;
    found.global = amazon && found.region.p == NULL;
    *out = found;
}
