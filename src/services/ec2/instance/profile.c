/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - which role an instance has: associations of instance profiles. */
#include "services/ec2/instance/instance_int.h"
#include "services/iam/iam.h"

static const struct ec2_IamInstanceProfileAssociation *seen(const struct ec2_item *it)
{
    return it->detail;
}

/* --- from the view --- */

struct ec2_profile ec2_instance_profile(const struct ec2_view *v, struct np_str instance)
{
    const struct ec2_item *const *found;
    if (ec2_see_of(v, EC2_KIND_PROFILE, instance, &found) == 0)
        return (struct ec2_profile){NP_STR_NULL, NP_STR_NULL};
    const struct ec2_IamInstanceProfile *p = seen(found[0])->IamInstanceProfile;
    return (struct ec2_profile){p->Arn, p->Id};
}

/* --- may it be had --- */

int ec2_profile_check(struct np_req *rq, const struct ec2_IamInstanceProfileSpecification *spec,
                      struct iam_profile_facts *out, struct np_err *err)
{
    bool by_arn = spec->Arn.p != NULL;
    struct np_str which = by_arn ? spec->Arn : spec->Name;
    if (spec->Arn.p != NULL && spec->Name.p != NULL)
        return np_fault(err, &EC2_InvalidParameterCombination,
                        "The parameter 'iamInstanceProfile.name' may not be used in combination "
                        "with 'iamInstanceProfile.arn'");
    if (which.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the name or the ARN of an instance profile");
    if (iam_profile_facts(np_req_db(rq), rq->arena, rq->account, which, out) != 0)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "Value (%.*s) for parameter iamInstanceProfile.%s is invalid. Invalid IAM "
                        "Instance Profile %s",
                        NP_FMT(which), by_arn ? "arn" : "name", by_arn ? "ARN" : "name");
    if (out->role_arn.p == NULL)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "IAM Instance Profile \"%.*s\" has no associated IAM Roles",
                        NP_FMT(out->arn));
    int rc = iam_pass_role(rq, out->role_arn, NP_STR("ec2.amazonaws.com"), err);
    if (rc == NP_ENOENT)
        return np_fault(err, &EC2_InvalidParameterValue,
                        "IAM Instance Profile \"%.*s\" has no associated IAM Roles",
                        NP_FMT(out->arn));
    return rc;
}

/* --- rows --- */

static void set_profile(struct np_txn *t, struct ec2_item *it,
                        const struct iam_profile_facts *facts)
{
    struct ec2_IamInstanceProfileAssociation *d = it->detail;
    d->IamInstanceProfile = np_new(np_txn_arena(t), struct ec2_IamInstanceProfile);
    d->IamInstanceProfile->Arn = facts->arn;
    d->IamInstanceProfile->Id = facts->id;
    d->State = NP_STR("associated");
    d->Timestamp = EC2_INT(np_txn_now_ms(t));
}

int ec2_profile_add(struct np_txn *t, struct np_str instance, const struct iam_profile_facts *facts,
                    struct ec2_item **out, struct np_err *err)
{
    struct ec2_item *it = ec2_new(t, EC2_KIND_PROFILE);
    EC2_DETAIL(IamInstanceProfileAssociation, it)->InstanceId = instance;
    set_profile(t, it, facts);
    int rc = ec2_put(t, it, err);
    if (rc == 0)
        rc = ec2_ref(t, it, "profile", instance, err);
    if (out != NULL)
        *out = it;
    return rc;
}

int ec2_profile_of(struct np_txn *t, struct np_str instance, struct ec2_item **out,
                   struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *ids;
    size_t n;
    *out = NULL;
    int rc = ec2_users(&db, instance, "profile", &ids, &n, err);
    return rc != 0 || n == 0 ? rc : ec2_get(&db, EC2_KIND_PROFILE, ids[0], out, err);
}

/* As the call that began it answers: the state is that of the way there. */
static struct ec2_IamInstanceProfileAssociation *answer(struct np_txn *t, const struct ec2_item *it,
                                                        const char *state)
{
    struct ec2_IamInstanceProfileAssociation *out =
        np_new(np_txn_arena(t), struct ec2_IamInstanceProfileAssociation);
    *out = *seen(it);
    out->State = np_str_of(state);
    return out;
}

/* --- operations --- */

static int begin_with(struct np_req *rq, const struct ec2_IamInstanceProfileSpecification *spec,
                      struct np_err *err)
{
    struct iam_profile_facts *facts = np_new(rq->arena, struct iam_profile_facts);
    int rc = ec2_profile_check(rq, spec, facts, err);
    if (rc != 0)
        return rc;
    rq->priv = facts;
    return np_apply(rq);
}

int ec2_AssociateIamInstanceProfile_begin(struct np_req *rq,
                                          const struct ec2_AssociateIamInstanceProfileRequest *in,
                                          struct np_err *err)
{
    return begin_with(rq, in->IamInstanceProfile, err);
}

int ec2_AssociateIamInstanceProfile_apply(struct np_txn *t,
                                          const struct ec2_AssociateIamInstanceProfileRequest *in,
                                          struct ec2_AssociateIamInstanceProfileResult *out,
                                          struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *instance, *old, *it;
    int rc = ec2_get(&db, EC2_KIND_INSTANCE, in->InstanceId, &instance, err);
    if (rc == 0)
        rc = ec2_instance_alive(instance, err);
    if (rc == 0)
        rc = ec2_profile_of(t, instance->id, &old, err);
    if (rc == 0 && old != NULL)
        rc = np_fault(err, &EC2_IncorrectState,
                      "There is an existing association for instance %.*s", NP_FMT(instance->id));
    if (rc == 0)
        rc = ec2_profile_add(t, instance->id, np_txn_req(t)->priv, &it, err);
    if (rc != 0)
        return rc;
    out->IamInstanceProfileAssociation = answer(t, it, "associating");
    ec2_touch(t, instance);
    return 0;
}

int ec2_DisassociateIamInstanceProfile_apply(
    struct np_txn *t, const struct ec2_DisassociateIamInstanceProfileRequest *in,
    struct ec2_DisassociateIamInstanceProfileResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_PROFILE, in->AssociationId, &it, err);
    if (rc != 0)
        return rc;
    out->IamInstanceProfileAssociation = answer(t, it, "disassociating");
    return ec2_drop(t, it, err);
}

int ec2_ReplaceIamInstanceProfileAssociation_begin(
    struct np_req *rq, const struct ec2_ReplaceIamInstanceProfileAssociationRequest *in,
    struct np_err *err)
{
    return begin_with(rq, in->IamInstanceProfile, err);
}

/* AWS: the association gets another id (tests/sdk/test_ec2_instances.py). */
int ec2_ReplaceIamInstanceProfileAssociation_apply(
    struct np_txn *t, const struct ec2_ReplaceIamInstanceProfileAssociationRequest *in,
    struct ec2_ReplaceIamInstanceProfileAssociationResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *old, *it;
    int rc = ec2_get(&db, EC2_KIND_PROFILE, in->AssociationId, &old, err);
    if (rc == 0)
        rc = ec2_drop(t, old, err);
    if (rc == 0)
        rc = ec2_profile_add(t, seen(old)->InstanceId, np_txn_req(t)->priv, &it, err);
    if (rc == 0)
        out->IamInstanceProfileAssociation = answer(t, it, "associating");
    return rc;
}

static const struct ec2_filter filters[] = {
    {"instance-id", "InstanceId"},
    {"state", "State"},
};

int ec2_DescribeIamInstanceProfileAssociations(
    struct np_req *rq, const struct ec2_DescribeIamInstanceProfileAssociationsRequest *in,
    struct ec2_DescribeIamInstanceProfileAssociationsResult *out, struct np_err *err)
{
    static const struct ec2_describe d = {
        .kind = EC2_KIND_PROFILE, .filters = filters, .n_filters = NP_LEN(filters)};
    return ec2_describe(rq, &d, EC2_ASK(in, AssociationIds), &out->IamInstanceProfileAssociations,
                        &out->NextToken, err);
}
