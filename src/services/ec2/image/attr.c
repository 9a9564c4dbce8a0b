/* SPDX-License-Identifier: Apache-2.0 */
/* attr.c - attributes of images: description, who may start one, when it is deprecated. */
#include "base/timefmt.h"
#include "services/ec2/image/image_int.h"

#define LAUNCH_MAX  500 /* permissions of an image */
#define ROUND_MS    60000
#define YEARS_10_MS (INT64_C(3653) * 86400000)

/* --- reading --- */

static struct ec2_AttributeValue *value_of(struct np_req *rq, struct np_str v)
{
    struct ec2_AttributeValue *a = np_new(rq->arena, struct ec2_AttributeValue);
    a->Value = v;
    return a;
}

static struct ec2_AttributeValue *if_any(struct np_req *rq, struct np_str v)
{
    return v.n > 0 ? value_of(rq, v) : NULL;
}

static int fill(struct np_req *rq, struct np_str what, const struct ec2_Image *d,
                const struct ec2_ImageOwn *own, struct ec2_ImageAttribute *out, struct np_err *err)
{
    if (np_str_is(what, "description"))
        out->Description = value_of(rq, d->Description.p != NULL ? d->Description : NP_STR(""));
    else if (np_str_is(what, "launchPermission"))
        out->LaunchPermissions =
            (struct ec2_LaunchPermissionList){own->Launch.v, own->Launch.n, true};
    else if (np_str_is(what, "productCodes"))
        out->ProductCodes.set = true;
    else if (np_str_is(what, "sriovNetSupport"))
        out->SriovNetSupport = if_any(rq, d->SriovNetSupport);
    else if (np_str_is(what, "bootMode"))
        out->BootMode = if_any(rq, d->BootMode);
    else if (np_str_is(what, "lastLaunchedTime"))
        out->LastLaunchedTime = if_any(rq, d->LastLaunchedTime);
    else if (np_str_is(what, "imdsSupport"))
        out->ImdsSupport = if_any(rq, d->ImdsSupport);
    else if (np_str_is(what, "deregistrationProtection"))
        out->DeregistrationProtection = value_of(rq, NP_STR("disabled"));
    else if (np_str_is(what, "blockDeviceMapping"))
        /* AWS: says this to owners, too (tests/sdk/test_ec2_images.py). */
        return np_fault(err, &EC2_AuthFailure,
                        "Unauthorized attempt to access restricted resource");
    return 0; /* kernel, ramdisk, tpmSupport, uefiData: it has none */
}

int ec2_DescribeImageAttribute(struct np_req *rq,
                               const struct ec2_DescribeImageAttributeRequest *in,
                               struct ec2_ImageAttribute *out, struct np_err *err)
{
    int rc = ec2_image_not_yours(rq, in->ImageId, err);
    if (rc != 0)
        return rc;
    const struct ec2_item *it = ec2_see(ec2_view(rq), EC2_KIND_IMAGE, in->ImageId);
    out->ImageId = in->ImageId;
    return fill(rq, in->Attribute, it->detail, it->own, out, err);
}

/* --- who may start it --- */

static bool same(const struct ec2_LaunchPermission *a, const struct ec2_LaunchPermission *b)
{
    return np_str_eq(a->Group, b->Group) && np_str_eq(a->UserId, b->UserId);
}

static int check(const struct ec2_LaunchPermission *p, struct np_err *err)
{
    uint64_t n;
    if (p->UserId.p != NULL && (p->UserId.n != 12 || !np_str_u64(p->UserId, &n)))
        return np_fault(err, &EC2_InvalidAMIAttributeItemValue,
                        "Invalid attribute item value \"%.*s\" for userId item type.",
                        NP_FMT(p->UserId));
    if (p->Group.p != NULL && !np_str_is(p->Group, "all"))
        return np_fault(err, &EC2_InvalidAMIAttributeItemValue,
                        "Invalid attribute item value \"%.*s\" for group item type.",
                        NP_FMT(p->Group));
    return 0;
}

static int add(struct ec2_LaunchPermissionList *l, const struct ec2_LaunchPermission *p,
               struct np_err *err)
{
    for (size_t i = 0; i < l->n; i++)
        if (same(&l->v[i], p))
            return 0;
    if (l->n == LAUNCH_MAX)
        return np_fault(err, &EC2_ResourceLimitExceeded,
                        "An image may have at most %d launch permissions.", LAUNCH_MAX);
    l->v[l->n++] = *p;
    return 0;
}

static void take_out(struct ec2_LaunchPermissionList *l, const struct ec2_LaunchPermission *p)
{
    for (size_t i = 0; i < l->n; i++)
        if (same(&l->v[i], p))
            l->v[i--] = l->v[--l->n];
}

static int change(struct np_arena *a, struct ec2_LaunchPermissionList *l,
                  const struct ec2_LaunchPermissionList *more,
                  const struct ec2_LaunchPermissionList *less, struct np_err *err)
{
    struct ec2_LaunchPermission *v = np_new_array(a, struct ec2_LaunchPermission, LAUNCH_MAX);
    if (l->n > 0)
        memcpy(v, l->v, l->n * sizeof(*v));
    *l = (struct ec2_LaunchPermissionList){v, l->n, true};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < more->n; i++)
        if ((rc = check(&more->v[i], err)) == 0)
            rc = add(l, &more->v[i], err);
    for (size_t i = 0; rc == 0 && i < less->n; i++)
        if ((rc = check(&less->v[i], err)) == 0)
            take_out(l, &less->v[i]);
    return rc;
}

/* The older form: OperationType with UserIds and UserGroups. */
static struct ec2_LaunchPermissionList older(struct np_arena *a,
                                             const struct ec2_ModifyImageAttributeRequest *in)
{
    size_t n = 0;
    struct ec2_LaunchPermission *v =
        np_new_array(a, struct ec2_LaunchPermission, in->UserIds.n + in->UserGroups.n + 1);
    for (size_t i = 0; i < in->UserIds.n; i++)
        v[n++].UserId = in->UserIds.v[i];
    for (size_t i = 0; i < in->UserGroups.n; i++)
        v[n++].Group = in->UserGroups.v[i];
    return (struct ec2_LaunchPermissionList){v, n, n > 0};
}

static int permissions(struct np_txn *t, const struct ec2_ModifyImageAttributeRequest *in,
                       struct ec2_ImageOwn *own, struct np_err *err)
{
    static const struct ec2_LaunchPermissionList none;
    struct np_arena *a = np_txn_arena(t);
    struct ec2_LaunchPermissionList list = older(a, in);
    int rc = 0;
    if (list.n > 0 && !np_str_is(in->OperationType, "add") &&
        !np_str_is(in->OperationType, "remove"))
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter operationType is required with user ids and groups");
    if (in->LaunchPermission != NULL)
        rc =
            change(a, &own->Launch, &in->LaunchPermission->Add, &in->LaunchPermission->Remove, err);
    if (rc == 0 && list.n > 0) {
        bool adds = np_str_is(in->OperationType, "add");
        rc = change(a, &own->Launch, adds ? &list : &none, adds ? &none : &list, err);
    }
    return rc;
}

/* --- changing --- */

int ec2_ModifyImageAttribute_begin(struct np_req *rq,
                                   const struct ec2_ModifyImageAttributeRequest *in,
                                   struct np_err *err)
{
    int rc = ec2_image_not_yours(rq, in->ImageId, err);
    return rc != 0 ? rc : np_apply(rq);
}

static int set_description(struct ec2_Image *d, struct np_str v, struct np_err *err)
{
    if (v.n > 255)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The description of an image may have at most 255 characters");
    d->Description = v;
    return 0;
}

static int set_imds(struct ec2_Image *d, struct np_str v, struct np_err *err)
{
    if (!np_str_is(v, "v2.0"))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter ImdsSupport is invalid.", NP_FMT(v));
    d->ImdsSupport = v;
    return 0;
}

int ec2_ModifyImageAttribute_apply(struct np_txn *t,
                                   const struct ec2_ModifyImageAttributeRequest *in,
                                   struct ec2_ModifyImageAttributeOutput *out, struct np_err *err)
{
    struct ec2_item *it;
    bool any = in->Description != NULL || in->ImdsSupport != NULL || in->LaunchPermission != NULL ||
               in->UserIds.n > 0 || in->UserGroups.n > 0;
    (void)out;
    int rc = ec2_image_own(t, in->ImageId, &it, err);
    if (rc != 0)
        return rc;
    struct ec2_Image *d = it->detail;
    if (in->Description != NULL)
        rc = set_description(d, in->Description->Value, err);
    if (rc == 0 && in->ImdsSupport != NULL)
        rc = set_imds(d, in->ImdsSupport->Value, err);
    if (rc == 0)
        rc = permissions(t, in, it->own, err);
    if (rc == 0 && in->Value.p != NULL) {
        any = true;
        if (np_str_is(in->Attribute, "description"))
            rc = set_description(d, in->Value, err);
        else if (np_str_is(in->Attribute, "imdsSupport"))
            rc = set_imds(d, in->Value, err);
        else
            rc =
                np_fault(err, &EC2_InvalidParameterValue,
                         "Value (%.*s) for parameter attribute is invalid.", NP_FMT(in->Attribute));
    }
    if (rc == 0 && !any)
        return np_fault(err, &EC2_InvalidParameterCombination, "No attributes specified.");
    return rc == 0 ? ec2_put(t, it, err) : rc;
}

int ec2_ResetImageAttribute_begin(struct np_req *rq,
                                  const struct ec2_ResetImageAttributeRequest *in,
                                  struct np_err *err)
{
    int rc = ec2_image_not_yours(rq, in->ImageId, err);
    return rc != 0 ? rc : np_apply(rq);
}

int ec2_ResetImageAttribute_apply(struct np_txn *t, const struct ec2_ResetImageAttributeRequest *in,
                                  struct ec2_ResetImageAttributeOutput *out, struct np_err *err)
{
    struct ec2_item *it;
    (void)out;
    int rc = ec2_image_own(t, in->ImageId, &it, err);
    if (rc != 0)
        return rc;
    EC2_OWN(ImageOwn, it)->Launch.n = 0;
    return ec2_put(t, it, err);
}

/* --- deprecation --- */

int ec2_EnableImageDeprecation_begin(struct np_req *rq,
                                     const struct ec2_EnableImageDeprecationRequest *in,
                                     struct np_err *err)
{
    int rc = ec2_image_not_yours(rq, in->ImageId, err);
    return rc != 0 ? rc : np_apply(rq);
}

int ec2_EnableImageDeprecation_apply(struct np_txn *t,
                                     const struct ec2_EnableImageDeprecationRequest *in,
                                     struct ec2_EnableImageDeprecationResult *out,
                                     struct np_err *err)
{
    struct ec2_item *it;
    int64_t now = np_txn_now_ms(t), at = in->DeprecateAt.v;
    int rc = ec2_image_own(t, in->ImageId, &it, err);
    if (rc != 0)
        return rc;
    if (at <= now || at - now > YEARS_10_MS)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The date of deprecation must be in the future, and within 10 years.");
    /* AWS: seconds are rounded to the nearest minute (tests/sdk/test_ec2_images.py). */
    at = (at + ROUND_MS / 2) / ROUND_MS * ROUND_MS;
    EC2_DETAIL(Image, it)->DeprecationTime = np_time_iso_str(np_txn_arena(t), at, true);
    out->Return = (struct np_opt_bool){true, true};
    return ec2_put(t, it, err);
}

int ec2_DisableImageDeprecation_begin(struct np_req *rq,
                                      const struct ec2_DisableImageDeprecationRequest *in,
                                      struct np_err *err)
{
    int rc = ec2_image_not_yours(rq, in->ImageId, err);
    return rc != 0 ? rc : np_apply(rq);
}

int ec2_DisableImageDeprecation_apply(struct np_txn *t,
                                      const struct ec2_DisableImageDeprecationRequest *in,
                                      struct ec2_DisableImageDeprecationResult *out,
                                      struct np_err *err)
{
    struct ec2_item *it;
    int rc = ec2_image_own(t, in->ImageId, &it, err);
    if (rc != 0)
        return rc;
    EC2_DETAIL(Image, it)->DeprecationTime = NP_STR_NULL;
    out->Return = (struct np_opt_bool){true, true};
    return ec2_put(t, it, err);
}
