/* SPDX-License-Identifier: Apache-2.0 */
/* describe.c - DescribeImages: rows of the table, the caller's items, and those of others
 * that the caller may start. */
#include <stdlib.h>

#include "aws/page.h"
#include "base/timefmt.h"
#include "services/ec2/filter_int.h"
#include "services/ec2/image/image_int.h"

#define MAPPING "BlockDeviceMappings."

static const struct ec2_filter filters[] = {
    {"architecture", "Architecture", NULL},
    {"block-device-mapping.delete-on-termination", MAPPING "Ebs.DeleteOnTermination", NULL},
    {"block-device-mapping.device-name", MAPPING "DeviceName", NULL},
    {"block-device-mapping.encrypted", MAPPING "Ebs.Encrypted", NULL},
    {"block-device-mapping.snapshot-id", MAPPING "Ebs.SnapshotId", NULL},
    {"block-device-mapping.volume-size", MAPPING "Ebs.VolumeSize", NULL},
    {"block-device-mapping.volume-type", MAPPING "Ebs.VolumeType", NULL},
    {"creation-date", "CreationDate", NULL},
    {"description", "Description", NULL},
    {"ena-support", "EnaSupport", NULL},
    {"free-tier-eligible", "FreeTierEligible", NULL},
    {"hypervisor", "Hypervisor", NULL},
    {"image-allowed", "ImageAllowed", NULL},
    {"image-id", "ImageId", NULL},
    {"image-type", "ImageType", NULL},
    {"is-public", "Public", NULL},
    {"kernel-id", "KernelId", NULL},
    {"manifest-location", "ImageLocation", NULL},
    {"name", "Name", NULL},
    {"owner-alias", "ImageOwnerAlias", NULL},
    {"owner-id", "OwnerId", NULL},
    {"platform", "Platform", NULL},
    {"platform-details", "PlatformDetails", NULL},
    {"product-code", "ProductCodes.ProductCodeId", NULL},
    {"product-code.type", "ProductCodes.ProductCodeType", NULL},
    {"ramdisk-id", "RamdiskId", NULL},
    {"root-device-name", "RootDeviceName", NULL},
    {"root-device-type", "RootDeviceType", NULL},
    {"source-image-id", "SourceImageId", NULL},
    {"source-image-region", "SourceImageRegion", NULL},
    {"source-instance-id", "SourceInstanceId", NULL},
    {"sriov-net-support", "SriovNetSupport", NULL},
    {"state", "State", NULL},
    {"state-reason-code", "StateReason.Code", NULL},
    {"state-reason-message", "StateReason.Message", NULL},
    {"usage-operation", "UsageOperation", NULL},
    {"virtualization-type", "VirtualizationType", NULL},
};

struct candidate {
    struct ec2_Image image;
    const struct ec2_item *it; /* NULL: a row of the table */
};

struct gathering {
    struct np_req *rq;
    const struct ec2_DescribeImagesRequest *in;
    struct candidate *v;
    size_t n, room;
};

/* --- which --- */

static bool owner_fits(const struct gathering *g, const struct ec2_Image *d)
{
    const struct np_strs *o = &g->in->Owners;
    for (size_t i = 0; i < o->n; i++)
        if (np_str_eq(o->v[i], d->OwnerId) ||
            (d->ImageOwnerAlias.p != NULL && np_str_eq(o->v[i], d->ImageOwnerAlias)) ||
            (np_str_is(o->v[i], "self") && np_str_eq(d->OwnerId, g->rq->account)))
            return true;
    return o->n == 0;
}

/* Who may start it by a permission: "all", "self", an account. */
static bool executable_by(const struct gathering *g, const struct ec2_item *it,
                          const struct ec2_Image *d)
{
    const struct np_strs *u = &g->in->ExecutableUsers;
    const struct ec2_ImageOwn *own = it != NULL ? it->own : NULL;
    for (size_t i = 0; i < u->n; i++) {
        struct np_str who = np_str_is(u->v[i], "self") ? g->rq->account : u->v[i];
        if (np_str_is(who, "all") && d->Public.v)
            return true;
        for (size_t k = 0; own != NULL && k < own->Launch.n; k++)
            if (np_str_eq(own->Launch.v[k].UserId, who))
                return true;
    }
    return u->n == 0;
}

static bool is_deprecated(const struct gathering *g, const struct ec2_Image *d)
{
    int64_t at;
    return d->DeprecationTime.p != NULL && np_time_parse_iso(d->DeprecationTime, &at) &&
           at <= g->rq->now_ms;
}

static bool is_asked(const struct gathering *g, const struct ec2_Image *d)
{
    const struct np_strs *ids = &g->in->ImageIds;
    for (size_t i = 0; i < ids->n; i++)
        if (np_str_eq(ids->v[i], d->ImageId))
            return true;
    return ids->n == 0;
}

static void consider(struct gathering *g, const struct ec2_item *it, const struct ec2_Image *d)
{
    bool mine = np_str_eq(d->OwnerId, g->rq->account);
    /* AWS: who owns it, or names it, sees a deprecated image
     * (tests/sdk/test_ec2_images.py). */
    bool hidden =
        !mine && g->in->ImageIds.n == 0 && !g->in->IncludeDeprecated.v && is_deprecated(g, d);
    if (hidden || !is_asked(g, d) || !owner_fits(g, d) || !executable_by(g, it, d))
        return;
    g->v = np_array_grow(g->rq->arena, g->v, g->n, sizeof(*g->v));
    g->v[g->n++] = (struct candidate){*d, it};
}

static int consider_item(void *arg, const struct ec2_item *it)
{
    struct gathering *g = arg;
    struct ec2_Image d;
    if (!ec2_image_allows(it, g->rq->account))
        return 0;
    ec2_image_of_item(g->rq->core, it, &d);
    consider(g, it, &d);
    return 0;
}

static void consider_view(void *arg, const struct ec2_view *v)
{
    struct gathering *g = arg;
    if (np_str_eq(ec2_view_region(v), g->rq->region))
        ec2_each(v, EC2_KIND_IMAGE, consider_item, g);
}

static int by_id(const void *a, const void *b)
{
    return np_str_cmp(((const struct candidate *)a)->image.ImageId,
                      ((const struct candidate *)b)->image.ImageId);
}

static int gather(struct gathering *g, struct np_err *err)
{
    const struct ec2_image_table *t = ec2_image_table(g->rq->core);
    const struct ec2_item *it;
    const struct ec2_table_row *row;
    struct ec2_Image d;
    struct np_req *rq = g->rq;
    if (g->in->ImageIds.n > EC2_IDS_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "At most %d ids may be given in a call.",
                        EC2_IDS_MAX);
    for (size_t i = 0; i < g->in->ImageIds.n; i++) {
        ec2_image_look(rq->core, rq->arena, rq->account, rq->region, g->in->ImageIds.v[i], &it,
                       &row);
        if (it == NULL && row == NULL)
            return ec2_image_not_found(err, g->in->ImageIds.v[i]);
    }
    for (size_t i = 0; i < t->n; i++) {
        ec2_image_of_row(rq->arena, &t->v[i], rq->region, &d);
        consider(g, NULL, &d);
    }
    ec2_each_view(rq->core, consider_view, g);
    if (g->n > 0)
        qsort(g->v, g->n, sizeof(*g->v), by_id);
    return 0;
}

/* --- the page --- */

struct page {
    int64_t max;
    struct np_str after; /* absent: from the first one on */
    uint64_t hash;
};

static void add_list(struct np_buf *b, const char *name, const struct np_strs *l)
{
    np_buf_printf(b, "%s:", name);
    for (size_t i = 0; i < l->n; i++)
        np_buf_printf(b, "%zu:%.*s", l->v[i].n, NP_FMT(l->v[i]));
}

static int page_of(struct np_req *rq, const struct ec2_DescribeImagesRequest *in, struct page *out,
                   struct np_err *err)
{
    struct np_buf b;
    np_buf_init(&b, rq->arena, 1u << 20);
    add_list(&b, "owner", &in->Owners);
    add_list(&b, "user", &in->ExecutableUsers);
    for (size_t i = 0; i < in->Filters.n; i++) {
        np_buf_printf(&b, "%.*s=", NP_FMT(in->Filters.v[i].Name));
        add_list(&b, "", &in->Filters.v[i].Values);
    }
    *out = (struct page){.max = INT64_MAX, .hash = np_page_filter(np_buf_str(&b))};
    if (in->MaxResults.set && in->ImageIds.n > 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter imageIds cannot be used with the parameter maxResults");
    if (in->MaxResults.set && in->MaxResults.v < 1)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value ( %lld ) for parameter maxResults is invalid. Expecting a value "
                        "greater than or equal to 1.",
                        (long long)in->MaxResults.v);
    if (in->MaxResults.set)
        out->max = in->MaxResults.v < 1000 ? in->MaxResults.v : 1000;
    if (np_page_position(rq, out->hash, in->NextToken, &out->after) != 0)
        return np_fault(err, &EC2_InvalidNextToken, "The specified nextToken is not valid.");
    return 0;
}

int ec2_DescribeImages(struct np_req *rq, const struct ec2_DescribeImagesRequest *in,
                       struct ec2_DescribeImagesResult *out, struct np_err *err)
{
    static const struct ec2_filter_table table = {&ec2_Image_shape, &ec2_ImageOwn_shape, filters,
                                                  NP_LEN(filters)};
    struct gathering g = {.rq = rq, .in = in};
    struct ec2_test *tests = NULL;
    struct page page;
    size_t n_tests = 0;
    int rc = page_of(rq, in, &page, err);
    if (rc == 0)
        rc = ec2_filters_ready(rq->arena, &table, &in->Filters, &tests, &n_tests, err);
    if (rc == 0)
        rc = gather(&g, err);
    if (rc != 0)
        return rc;
    struct ec2_ImageList *l = &out->Images;
    l->set = true;
    l->v = np_new_array(rq->arena, struct ec2_Image, g.n + 1);
    for (size_t i = 0; i < g.n; i++) {
        const struct candidate *c = &g.v[i];
        if (page.after.p != NULL && np_str_cmp(c->image.ImageId, page.after) <= 0)
            continue;
        if (!ec2_filters_fit(tests, n_tests, NULL, c->it, &c->image))
            continue;
        if ((int64_t)l->n == page.max) {
            out->NextToken = np_page_token(rq, page.hash, l->v[l->n - 1].ImageId);
            break;
        }
        l->v[l->n++] = c->image;
    }
    return 0;
}
