/* SPDX-License-Identifier: Apache-2.0 */
/* template_version.c - versions of launch templates: each an item of its own. */
#include <stdlib.h>

#include "base/enc.h"
#include "codec/codec.h"
#include "services/ec2/ec2_int.h"
#include "services/ec2/shape.h"
#include "services/ec2/launch/template_int.h"

int ec2_template_version_fault(struct np_err *err, struct np_str version, struct np_str id)
{
    return np_fault(err, &EC2_InvalidLaunchTemplateIdVersionNotFound,
                    "Could not find the specified version %.*s for the launch template with ID "
                    "%.*s.",
                    NP_FMT(version), NP_FMT(id));
}

/* --- data --- */

int ec2_template_data_ok(struct np_arena *a, const struct ec2_RequestLaunchTemplateData *data,
                         struct np_err *err)
{
    struct np_buf b;
    np_buf_init(&b, a, EC2_TEMPLATE_DATA_MAX);
    np_cbor_put(&ec2_RequestLaunchTemplateData_shape, data, &b);
    if (!np_buf_ok(&b))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The data of a launch template has at most %d bytes.",
                        EC2_TEMPLATE_DATA_MAX);
    struct np_str plain = data->UserData.p != NULL ? np_unbase64(a, data->UserData) : NP_STR("");
    if (plain.p == NULL)
        return np_fault(err, &EC2_InvalidUserDataMalformed,
                        "Invalid BASE64 encoding of user data.");
    if (plain.n > EC2_USER_DATA_MAX)
        return np_fault(err, &EC2_InvalidParameterValue, "User data is limited to %d bytes",
                        EC2_USER_DATA_MAX);
    return 0;
}

struct ec2_ResponseLaunchTemplateData *
ec2_template_data(struct np_txn *t, const struct ec2_RequestLaunchTemplateData *data)
{
    return ec2_shape_as(np_txn_arena(t), &ec2_RequestLaunchTemplateData_shape, data,
                        &ec2_ResponseLaunchTemplateData_shape);
}

/* --- rows --- */

static struct np_str name_of(struct np_arena *a, struct np_str template, int64_t number)
{
    return np_str_printf(a, "%.*s/%lld", NP_FMT(template), (long long)number);
}

int ec2_template_version_add(struct np_txn *t, const struct ec2_item *lt, int64_t number,
                             struct np_str description, struct ec2_ResponseLaunchTemplateData *data,
                             struct ec2_LaunchTemplateVersion **out, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_item *it = ec2_new(t, EC2_KIND_TEMPLATE_VERSION);
    struct ec2_LaunchTemplateVersion *v = np_new(a, struct ec2_LaunchTemplateVersion);
    *v = (struct ec2_LaunchTemplateVersion){
        .LaunchTemplateId = lt->id,
        .LaunchTemplateName = lt->name,
        .VersionNumber = {true, number},
        .VersionDescription = description,
        .CreateTime = {true, np_txn_now_ms(t)},
        .CreatedBy = np_txn_req(t)->who->arn,
        .LaunchTemplateData = data,
    };
    EC2_DETAIL(TemplateVersion, it)->Version = v;
    it->name = name_of(a, lt->id, number);
    int rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "template", lt->id, err);
    if (out != NULL)
        *out = v;
    return rc;
}

int ec2_template_version_get(struct np_txn *t, const struct ec2_item *lt, int64_t number,
                             struct ec2_item **out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    return ec2_find_name(&db, EC2_KIND_TEMPLATE_VERSION, name_of(db.arena, lt->id, number), out,
                         err);
}

/* --- from the view --- */

static const struct ec2_LaunchTemplateVersion *seen(const struct ec2_item *it)
{
    return EC2_SEEN(TemplateVersion, it)->Version;
}

struct numbered {
    struct np_str template;
    int64_t number;
    const struct ec2_LaunchTemplateVersion *found;
};

static int same_number(void *arg, const struct ec2_item *it)
{
    struct numbered *w = arg;
    if (!np_str_eq(seen(it)->LaunchTemplateId, w->template) ||
        seen(it)->VersionNumber.v != w->number)
        return 0;
    w->found = seen(it);
    return 1;
}

int ec2_template_version_see(const struct ec2_view *v, const struct ec2_item *lt,
                             struct np_str version, const struct ec2_LaunchTemplateVersion **out,
                             struct np_err *err)
{
    struct numbered w = {.template = lt->id};
    if (ec2_template_number(EC2_SEEN(LaunchTemplate, lt), version, &w.number) == 0)
        ec2_each(v, EC2_KIND_TEMPLATE_VERSION, same_number, &w);
    if (w.found == NULL)
        return ec2_template_version_fault(err, version.p != NULL ? version : NP_STR("$Default"),
                                          lt->id);
    *out = w.found;
    return 0;
}

/* --- CreateLaunchTemplateVersion --- */

int ec2_CreateLaunchTemplateVersion_begin(struct np_req *rq,
                                          const struct ec2_CreateLaunchTemplateVersionRequest *in,
                                          struct np_err *err)
{
    int rc = ec2_template_data_ok(rq->arena, in->LaunchTemplateData, err);
    return rc != 0 ? rc : np_apply(rq);
}

/* The data of another version, under what the request says. */
static int over_source(struct np_txn *t, const struct ec2_item *lt, struct np_str version,
                       struct ec2_ResponseLaunchTemplateData *data, struct np_err *err)
{
    struct ec2_item *source;
    int64_t n;
    int rc = ec2_template_number(EC2_DETAIL(LaunchTemplate, lt), version, &n);
    if (rc == 0)
        rc = ec2_template_version_get(t, lt, n, &source, err);
    if (rc != 0)
        return ec2_template_version_fault(err, version, lt->id);
    ec2_shape_lay(&ec2_ResponseLaunchTemplateData_shape, data,
                  EC2_DETAIL(TemplateVersion, source)->Version->LaunchTemplateData);
    return 0;
}

int ec2_CreateLaunchTemplateVersion_apply(struct np_txn *t,
                                          const struct ec2_CreateLaunchTemplateVersionRequest *in,
                                          struct ec2_CreateLaunchTemplateVersionResult *out,
                                          struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    struct np_str *ids;
    size_t n;
    int again = ec2_again(t, in->ClientToken, in, out, err);
    if (again != 0)
        return again > 0 ? 0 : again;
    int rc = ec2_template_get(t, in->LaunchTemplateId, in->LaunchTemplateName, &it, err);
    if (rc == 0)
        rc = ec2_users(&db, it->id, "template", &ids, &n, err);
    if (rc == 0 && n >= EC2_TEMPLATE_VERSIONS_MAX)
        rc = np_fault(err, &EC2_MaxTemplateVersionLimitExceeded,
                      "You have reached the limit of %d versions of a launch template.",
                      EC2_TEMPLATE_VERSIONS_MAX);
    if (rc != 0)
        return rc;
    struct ec2_ResponseLaunchTemplateData *data = ec2_template_data(t, in->LaunchTemplateData);
    if (in->SourceVersion.p != NULL)
        rc = over_source(t, it, in->SourceVersion, data, err);
    int64_t number = EC2_OWN(TemplateOwn, it)->Next.v++;
    EC2_DETAIL(LaunchTemplate, it)->LatestVersionNumber = (struct np_opt_int){true, number};
    if (rc == 0)
        rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_template_version_add(t, it, number, in->VersionDescription, data,
                                      &out->LaunchTemplateVersion, err);
    if (rc != 0)
        return rc;
    out->LaunchTemplateVersion->DefaultVersion = (struct np_opt_bool){true, false};
    return ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* --- DeleteLaunchTemplateVersions --- */

static int newest(struct np_txn *t, struct ec2_item *lt, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    struct np_str *ids;
    size_t n;
    int64_t latest = 0;
    int rc = ec2_users(&db, lt->id, "template", &ids, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = ec2_get(&db, EC2_KIND_TEMPLATE_VERSION, ids[i], &it, err);
        if (rc == 0 && seen(it)->VersionNumber.v > latest)
            latest = seen(it)->VersionNumber.v;
    }
    EC2_DETAIL(LaunchTemplate, lt)->LatestVersionNumber = (struct np_opt_int){true, latest};
    return rc != 0 ? rc : ec2_put(t, lt, err);
}

struct deleting {
    struct np_txn *t;
    struct ec2_item *lt;
    struct ec2_DeleteLaunchTemplateVersionsResult *out;
};

static void refused(struct deleting *d, int64_t number, const char *code, struct np_str message)
{
    struct ec2_DeleteLaunchTemplateVersionsResponseErrorSet *set =
        &d->out->UnsuccessfullyDeletedLaunchTemplateVersions;
    struct ec2_ResponseError *why = np_new(np_txn_arena(d->t), struct ec2_ResponseError);
    *why = (struct ec2_ResponseError){.Code = np_str_of(code), .Message = message};
    set->v[set->n++] = (struct ec2_DeleteLaunchTemplateVersionsResponseErrorItem){
        .LaunchTemplateId = d->lt->id,
        .LaunchTemplateName = d->lt->name,
        .VersionNumber = {true, number},
        .ResponseError = why,
    };
}

static int delete_one(struct deleting *d, struct np_str version, struct np_err *err)
{
    struct ec2_item *it;
    struct ec2_DeleteLaunchTemplateVersionsResponseSuccessSet *set =
        &d->out->SuccessfullyDeletedLaunchTemplateVersions;
    const struct ec2_LaunchTemplate *lt = EC2_DETAIL(LaunchTemplate, d->lt);
    int64_t n;
    if (ec2_template_number(lt, version, &n) != 0)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The version %.*s is not a number of a version", NP_FMT(version));
    if (n == lt->DefaultVersionNumber.v) {
        refused(d, n, "unexpectedError",
                NP_STR("You cannot delete the default version of a launch template."));
        return 0;
    }
    int rc = ec2_template_version_get(d->t, d->lt, n, &it, err);
    if (rc == NP_ENOENT) {
        refused(d, n, "launchTemplateVersionDoesNotExist",
                np_str_printf(np_txn_arena(d->t),
                              "Could not find the specified version %lld for the launch template "
                              "with ID %.*s.",
                              (long long)n, NP_FMT(d->lt->id)));
        return 0;
    }
    if (rc != 0)
        return rc;
    set->v[set->n++] = (struct ec2_DeleteLaunchTemplateVersionsResponseSuccessItem){
        .LaunchTemplateId = d->lt->id,
        .LaunchTemplateName = d->lt->name,
        .VersionNumber = {true, n},
    };
    return ec2_drop(d->t, it, err);
}

int ec2_DeleteLaunchTemplateVersions_apply(struct np_txn *t,
                                           const struct ec2_DeleteLaunchTemplateVersionsRequest *in,
                                           struct ec2_DeleteLaunchTemplateVersionsResult *out,
                                           struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct deleting d = {.t = t, .out = out};
    size_t n = in->Versions.n;
    if (n > 200)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "At most 200 versions may be deleted in a call.");
    int rc = ec2_template_get(t, in->LaunchTemplateId, in->LaunchTemplateName, &d.lt, err);
    if (rc != 0)
        return rc;
    out->SuccessfullyDeletedLaunchTemplateVersions =
        (struct ec2_DeleteLaunchTemplateVersionsResponseSuccessSet){
            np_new_array(a, struct ec2_DeleteLaunchTemplateVersionsResponseSuccessItem, n + 1), 0,
            true};
    out->UnsuccessfullyDeletedLaunchTemplateVersions =
        (struct ec2_DeleteLaunchTemplateVersionsResponseErrorSet){
            np_new_array(a, struct ec2_DeleteLaunchTemplateVersionsResponseErrorItem, n + 1), 0,
            true};
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = delete_one(&d, in->Versions.v[i], err);
    return rc != 0 ? rc : newest(t, d.lt, err);
}

/* --- DescribeLaunchTemplateVersions --- */

static const struct ec2_filter filters[] = {
    {"create-time", "CreateTime"},
    {"ebs-optimized", "LaunchTemplateData.EbsOptimized"},
    {"http-endpoint", "LaunchTemplateData.MetadataOptions.HttpEndpoint"},
    {"http-protocol-ipv4", "LaunchTemplateData.MetadataOptions.HttpEndpoint"},
    {"http-tokens", "LaunchTemplateData.MetadataOptions.HttpTokens"},
    {"host-resource-group-arn", "LaunchTemplateData.Placement.HostResourceGroupArn"},
    {"iam-instance-profile", "LaunchTemplateData.IamInstanceProfile.Arn"},
    {"image-id", "LaunchTemplateData.ImageId"},
    {"instance-type", "LaunchTemplateData.InstanceType"},
    {"is-default-version", "DefaultVersion"},
    {"kernel-id", "LaunchTemplateData.KernelId"},
    {"license-configuration-arn",
     "LaunchTemplateData.LicenseSpecifications.LicenseConfigurationArn"},
    {"network-card-index", "LaunchTemplateData.NetworkInterfaces.NetworkCardIndex"},
    {"ram-disk-id", "LaunchTemplateData.RamDiskId"},
};

struct listing {
    const struct ec2_DescribeLaunchTemplateVersionsRequest *in;
    const struct ec2_item *lt; /* NULL: of all templates */
    const struct ec2_view *view;
    int64_t min, max;
    int64_t *numbers; /* that are asked for */
    size_t n_numbers;
    struct ec2_LaunchTemplateVersionSet *out;
};

static bool wanted(const struct listing *l, const struct ec2_LaunchTemplate *lt, int64_t number)
{
    int64_t n;
    if (number < l->min || number > l->max)
        return false;
    for (size_t i = 0; i < l->in->Versions.n; i++)
        if (ec2_template_number(lt, l->in->Versions.v[i], &n) == 0 && n == number)
            return true;
    return l->in->Versions.n == 0;
}

static int list_one(void *arg, const struct ec2_item *it)
{
    struct listing *l = arg;
    if (l->lt != NULL && !np_str_eq(seen(it)->LaunchTemplateId, l->lt->id))
        return 0;
    const struct ec2_item *lt =
        l->lt != NULL ? l->lt : ec2_see(l->view, EC2_KIND_TEMPLATE, seen(it)->LaunchTemplateId);
    if (lt == NULL || !wanted(l, EC2_SEEN(LaunchTemplate, lt), seen(it)->VersionNumber.v))
        return 0;
    struct ec2_LaunchTemplateVersion *v = &l->out->v[l->out->n++];
    *v = *seen(it);
    v->DefaultVersion = (struct np_opt_bool){
        true, v->VersionNumber.v == EC2_SEEN(LaunchTemplate, lt)->DefaultVersionNumber.v};
    return 0;
}

/* The newest first, templates by their ids. */
static int newest_first(const void *a, const void *b)
{
    const struct ec2_LaunchTemplateVersion *x = a, *y = b;
    int c = np_str_cmp(x->LaunchTemplateId, y->LaunchTemplateId);
    if (c != 0)
        return c;
    return (x->VersionNumber.v < y->VersionNumber.v) - (x->VersionNumber.v > y->VersionNumber.v);
}

static int bound(const struct ec2_item *lt, struct np_str text, int64_t otherwise, int64_t *out,
                 struct np_err *err)
{
    *out = otherwise;
    if (text.p == NULL)
        return 0;
    if (lt == NULL || ec2_template_number(EC2_SEEN(LaunchTemplate, lt), text, out) != 0)
        return np_fault(err, &EC2_InvalidParameterValue, "The version %.*s is not valid",
                        NP_FMT(text));
    return 0;
}

/* Every number that is asked for by itself must be there. */
static int all_there(struct np_req *rq, const struct listing *l, struct np_err *err)
{
    const struct ec2_LaunchTemplateVersion *v;
    for (size_t i = 0; i < l->in->Versions.n; i++) {
        struct np_str text = l->in->Versions.v[i];
        if (l->lt == NULL && !np_str_is(text, "$Latest") && !np_str_is(text, "$Default"))
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Without a launch template, versions are $Latest and $Default.");
        int rc = l->lt != NULL ? ec2_template_version_see(l->view, l->lt, text, &v, err) : 0;
        if (rc != 0)
            return rc;
    }
    (void)rq;
    return 0;
}

int ec2_DescribeLaunchTemplateVersions(struct np_req *rq,
                                       const struct ec2_DescribeLaunchTemplateVersionsRequest *in,
                                       struct ec2_DescribeLaunchTemplateVersionsResult *out,
                                       struct np_err *err)
{
    static const struct ec2_rows rows = {&ec2_LaunchTemplateVersion_shape, filters, NP_LEN(filters),
                                         1, 200};
    struct listing l = {.in = in, .view = ec2_view(rq), .out = &out->LaunchTemplateVersions};
    int rc = 0;
    if (in->LaunchTemplateId.p != NULL || in->LaunchTemplateName.p != NULL)
        rc = ec2_template_see(l.view, in->LaunchTemplateId, in->LaunchTemplateName, &l.lt, err);
    else if (in->Versions.n == 0)
        rc = np_fault(err, &EC2_MissingParameter,
                      "Either a launch template ID or a launch template name must be specified");
    if (rc == 0)
        rc = bound(l.lt, in->MinVersion, 0, &l.min, err);
    if (rc == 0)
        rc = bound(l.lt, in->MaxVersion, INT64_MAX, &l.max, err);
    if (rc == 0)
        rc = all_there(rq, &l, err);
    if (rc != 0)
        return rc;
    size_t n = ec2_see_count(l.view, EC2_KIND_TEMPLATE_VERSION);
    l.out->v = np_new_array(rq->arena, struct ec2_LaunchTemplateVersion, n + 1);
    l.out->set = true;
    ec2_each(l.view, EC2_KIND_TEMPLATE_VERSION, list_one, &l);
    qsort(l.out->v, l.out->n, sizeof(*l.out->v), newest_first);
    struct ec2_ask ask = {.filters = in->Filters, .max = in->MaxResults, .token = in->NextToken};
    return ec2_filter_rows(rq, &rows, &ask, l.out, &out->NextToken, err);
}
