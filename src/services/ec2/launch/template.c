/* SPDX-License-Identifier: Apache-2.0 */
/* template.c - launch templates: made, found, changed, deleted. */
#include "services/ec2/launch/template.h"

#include "services/ec2/ec2_int.h"
#include "services/ec2/launch/template_int.h"

/* --- which one --- */

static int one_named(struct np_str id, struct np_str name, struct np_err *err)
{
    if (id.p != NULL && name.p != NULL)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Both launchTemplateId and launchTemplateName cannot be specified. Specify "
                        "only one of them.");
    if (id.p == NULL && name.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "Either a launch template ID or a launch template name must be specified");
    return 0;
}

static int no_name(struct np_err *err, struct np_str name)
{
    return np_fault(err, &EC2_InvalidLaunchTemplateNameNotFoundException,
                    "The specified launch template, with template name %.*s, does not exist.",
                    NP_FMT(name));
}

struct named {
    struct np_str name;
    const struct ec2_item *found;
};

static int same_name(void *arg, const struct ec2_item *it)
{
    struct named *w = arg;
    if (!np_str_eq(it->name, w->name))
        return 0;
    w->found = it;
    return 1;
}

int ec2_template_see(const struct ec2_view *v, struct np_str id, struct np_str name,
                     const struct ec2_item **out, struct np_err *err)
{
    struct named w = {.name = name};
    int rc = one_named(id, name, err);
    if (rc != 0)
        return rc;
    if (id.p != NULL) {
        *out = ec2_see(v, EC2_KIND_TEMPLATE, id);
        return *out != NULL ? 0 : ec2_not_found(err, EC2_KIND_TEMPLATE, id);
    }
    ec2_each(v, EC2_KIND_TEMPLATE, same_name, &w);
    *out = w.found;
    return w.found != NULL ? 0 : no_name(err, name);
}

int ec2_template_get(struct np_txn *t, struct np_str id, struct np_str name, struct ec2_item **out,
                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    int rc = one_named(id, name, err);
    if (rc != 0)
        return rc;
    if (id.p != NULL)
        return ec2_get(&db, EC2_KIND_TEMPLATE, id, out, err);
    rc = ec2_find_name(&db, EC2_KIND_TEMPLATE, name, out, err);
    return rc == NP_ENOENT ? no_name(err, name) : rc;
}

int ec2_template_number(const struct ec2_LaunchTemplate *lt, struct np_str version, int64_t *out)
{
    uint64_t n;
    if (version.p == NULL || np_str_is(version, "$Default"))
        *out = lt->DefaultVersionNumber.v;
    else if (np_str_is(version, "$Latest"))
        *out = lt->LatestVersionNumber.v;
    else if (np_str_u64(version, &n) && n <= INT32_MAX)
        *out = (int64_t)n;
    else
        return NP_EINVAL;
    return 0;
}

/* --- CreateLaunchTemplate --- */

int ec2_CreateLaunchTemplate_begin(struct np_req *rq,
                                   const struct ec2_CreateLaunchTemplateRequest *in,
                                   struct np_err *err)
{
    int rc = ec2_template_data_ok(rq->arena, in->LaunchTemplateData, err);
    return rc != 0 ? rc : np_apply(rq);
}

static int room(struct np_txn *t, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    size_t n;
    int rc = ec2_count(&db, EC2_KIND_TEMPLATE, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_TEMPLATES_MAX)
        rc = np_fault(err, &EC2_MaxTemplateLimitExceeded,
                      "You have reached the limit of %d launch templates.", EC2_TEMPLATES_MAX);
    return rc;
}

static int make(struct np_txn *t, const struct ec2_CreateLaunchTemplateRequest *in,
                struct ec2_item **out, struct np_err *err)
{
    struct ec2_tags tags;
    struct ec2_item *it = ec2_new(t, EC2_KIND_TEMPLATE);
    struct ec2_LaunchTemplate *lt = EC2_DETAIL(LaunchTemplate, it);
    int rc = ec2_tag_spec(np_txn_arena(t), &in->TagSpecifications, EC2_KIND_TEMPLATE, &tags, err);
    if (rc != 0)
        return rc;
    it->name = lt->LaunchTemplateName = in->LaunchTemplateName;
    lt->CreateTime = (struct np_opt_int){true, np_txn_now_ms(t)};
    lt->CreatedBy = np_txn_req(t)->who->arn;
    lt->DefaultVersionNumber = (struct np_opt_int){true, 1};
    lt->LatestVersionNumber = (struct np_opt_int){true, 1};
    EC2_OWN(TemplateOwn, it)->Next = (struct np_opt_int){true, 2};
    rc = ec2_put(t, it, err);
    if (rc == NP_EEXIST)
        return np_fault(err, &EC2_InvalidLaunchTemplateNameAlreadyExistsException,
                        "Launch template name already in use.");
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    *out = it;
    return rc;
}

int ec2_CreateLaunchTemplate_apply(struct np_txn *t,
                                   const struct ec2_CreateLaunchTemplateRequest *in,
                                   struct ec2_CreateLaunchTemplateResult *out, struct np_err *err)
{
    struct ec2_item *it = NULL;
    int again = ec2_again(t, in->ClientToken, in, out, err);
    if (again != 0)
        return again > 0 ? 0 : again;
    int rc = room(t, err);
    if (rc == 0)
        rc = make(t, in, &it, err);
    if (rc == 0)
        rc = ec2_template_version_add(t, it, 1, in->VersionDescription,
                                      ec2_template_data(t, in->LaunchTemplateData), NULL, err);
    if (rc != 0)
        return rc;
    out->LaunchTemplate = EC2_DETAIL(LaunchTemplate, it);
    return ec2_again_keep(t, in->ClientToken, in, out, err);
}

/* --- DeleteLaunchTemplate, ModifyLaunchTemplate --- */

int ec2_DeleteLaunchTemplate_apply(struct np_txn *t,
                                   const struct ec2_DeleteLaunchTemplateRequest *in,
                                   struct ec2_DeleteLaunchTemplateResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it, *version;
    struct np_str *ids;
    size_t n;
    int rc = ec2_template_get(t, in->LaunchTemplateId, in->LaunchTemplateName, &it, err);
    if (rc == 0)
        rc = ec2_users(&db, it->id, "template", &ids, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = ec2_get(&db, EC2_KIND_TEMPLATE_VERSION, ids[i], &version, err);
        if (rc == 0)
            rc = ec2_drop(t, version, err);
    }
    if (rc != 0)
        return rc;
    out->LaunchTemplate = EC2_DETAIL(LaunchTemplate, it);
    return ec2_drop(t, it, err);
}

int ec2_ModifyLaunchTemplate_apply(struct np_txn *t,
                                   const struct ec2_ModifyLaunchTemplateRequest *in,
                                   struct ec2_ModifyLaunchTemplateResult *out, struct np_err *err)
{
    struct ec2_item *it, *version;
    int64_t n;
    int rc = ec2_template_get(t, in->LaunchTemplateId, in->LaunchTemplateName, &it, err);
    if (rc != 0)
        return rc;
    struct ec2_LaunchTemplate *lt = EC2_DETAIL(LaunchTemplate, it);
    if (ec2_template_number(lt, in->DefaultVersion, &n) != 0)
        return ec2_template_version_fault(err, in->DefaultVersion, it->id);
    rc = ec2_template_version_get(t, it, n, &version, err);
    if (rc != 0)
        return rc == NP_ENOENT ? ec2_template_version_fault(err, in->DefaultVersion, it->id) : rc;
    lt->DefaultVersionNumber = (struct np_opt_int){true, n};
    out->LaunchTemplate = lt;
    struct ec2_db db = ec2_db(t);
    ec2_tags_read(&db, it);
    return ec2_put(t, it, err);
}

/* --- DescribeLaunchTemplates --- */

static const struct ec2_filter filters[] = {
    {"create-time", "CreateTime"},
    {"launch-template-name", "LaunchTemplateName"},
};

static int ids_of_names(struct np_req *rq, const struct np_strs *names, struct np_strs *ids,
                        struct np_err *err)
{
    const struct ec2_item *it;
    *ids = (struct np_strs){np_new_array(rq->arena, struct np_str, names->n), names->n, true};
    for (size_t i = 0; i < names->n; i++) {
        if (ec2_template_see(ec2_view(rq), NP_STR_NULL, names->v[i], &it, err) != 0)
            return np_fault(err, &EC2_InvalidLaunchTemplateNameNotFoundException,
                            "At least one of the launch templates specified in the request does "
                            "not exist.");
        ids->v[i] = it->id;
    }
    return 0;
}

int ec2_DescribeLaunchTemplates(struct np_req *rq,
                                const struct ec2_DescribeLaunchTemplatesRequest *in,
                                struct ec2_DescribeLaunchTemplatesResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {.kind = EC2_KIND_TEMPLATE,
                                          .filters = filters,
                                          .n_filters = NP_LEN(filters),
                                          .page_min = 1,
                                          .page_max = 200};
    struct ec2_ask ask = *EC2_ASK(in, LaunchTemplateIds);
    int rc = 0;
    if (in->LaunchTemplateNames.n != 0 && in->LaunchTemplateIds.n != 0)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "Both launchTemplateIds and launchTemplateNames cannot be specified.");
    if (in->LaunchTemplateNames.n != 0)
        rc = ids_of_names(rq, &in->LaunchTemplateNames, &ask.ids, err);
    return rc != 0 ? rc : ec2_describe(rq, &d, &ask, &out->LaunchTemplates, &out->NextToken, err);
}
