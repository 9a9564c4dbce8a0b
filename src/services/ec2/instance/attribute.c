/* SPDX-License-Identifier: Apache-2.0 */
/* attribute.c - Describe, Modify and ResetInstanceAttribute. */
#include "base/enc.h"
#include "services/ec2/ebs/ebs.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/instance/instance_int.h"

/* --- shown --- */

struct showing {
    const struct ec2_Instance *d; /* filled */
    const struct ec2_InstanceOwn *own;
    struct np_arena *a;
};

static struct ec2_AttributeValue *text(struct np_arena *a, struct np_str v)
{
    struct ec2_AttributeValue *out = np_new(a, struct ec2_AttributeValue);
    out->Value = v;
    return out;
}

static struct ec2_AttributeBooleanValue *truth(struct np_arena *a, struct np_opt_bool v)
{
    struct ec2_AttributeBooleanValue *out = np_new(a, struct ec2_AttributeBooleanValue);
    out->Value = EC2_BOOL(v.v);
    return out;
}

static void show_type(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->InstanceType = text(s->a, s->d->InstanceType);
}
static void show_kernel(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->KernelId = text(s->a, s->d->KernelId);
}
static void show_ramdisk(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->RamdiskId = text(s->a, s->d->RamdiskId);
}
static void show_user_data(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    struct np_str plain = s->own->UserData;
    out->UserData = text(s->a, plain.n != 0 ? np_base64(s->a, plain) : NP_STR_NULL);
}
static void show_termination(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->DisableApiTermination = truth(s->a, s->own->DisableApiTermination);
}
static void show_stop(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->DisableApiStop = truth(s->a, s->own->DisableApiStop);
}
static void show_shutdown(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->InstanceInitiatedShutdownBehavior = text(s->a, s->own->InstanceInitiatedShutdownBehavior);
}
static void show_root(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->RootDeviceName = text(s->a, s->d->RootDeviceName);
}
static void show_devices(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->BlockDeviceMappings = s->d->BlockDeviceMappings;
}
static void show_codes(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->ProductCodes.set = true;
}
static void show_source(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->SourceDestCheck = truth(s->a, s->d->SourceDestCheck);
}
static void show_groups(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->Groups = s->d->SecurityGroups;
}
static void show_ebs(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->EbsOptimized = truth(s->a, s->d->EbsOptimized);
}
static void show_sriov(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->SriovNetSupport = text(s->a, s->d->SriovNetSupport);
}
static void show_ena(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->EnaSupport = truth(s->a, s->d->EnaSupport);
}
static void show_enclaves(const struct showing *s, struct ec2_InstanceAttribute *out)
{
    out->EnclaveOptions = s->d->EnclaveOptions;
}

static const struct {
    const char *name;
    void (*show)(const struct showing *s, struct ec2_InstanceAttribute *out);
} shown[] = {
    {"instanceType", show_type},
    {"kernel", show_kernel},
    {"ramdisk", show_ramdisk},
    {"userData", show_user_data},
    {"disableApiTermination", show_termination},
    {"disableApiStop", show_stop},
    {"instanceInitiatedShutdownBehavior", show_shutdown},
    {"rootDeviceName", show_root},
    {"blockDeviceMapping", show_devices},
    {"productCodes", show_codes},
    {"sourceDestCheck", show_source},
    {"groupSet", show_groups},
    {"ebsOptimized", show_ebs},
    {"sriovNetSupport", show_sriov},
    {"enaSupport", show_ena},
    {"enclaveOptions", show_enclaves},
};

int ec2_DescribeInstanceAttribute(struct np_req *rq,
                                  const struct ec2_DescribeInstanceAttributeRequest *in,
                                  struct ec2_InstanceAttribute *out, struct np_err *err)
{
    const struct ec2_item *it;
    struct ec2_Instance d;
    int rc = ec2_instance_see(rq, in->InstanceId, &it, err);
    if (rc != 0)
        return rc;
    d = *EC2_SEEN(Instance, it);
    ec2_instance_fill(ec2_view(rq), it, rq->arena, &d);
    const struct showing s = {&d, it->own, rq->arena};
    out->InstanceId = it->id;
    NP_EACH (x, shown)
        if (np_str_eq(in->Attribute, np_str_of(x->name)))
            x->show(&s, out);
    return 0;
}

/* --- changed --- */

static int stopped(const struct ec2_item *it, struct np_err *err)
{
    if (ec2_instance_state(it) == EC2_STOPPED)
        return 0;
    return np_fault(err, &EC2_IncorrectInstanceState,
                    "The instance '%.*s' is not in the 'stopped' state.", NP_FMT(it->id));
}

static int set_type(struct np_txn *t, struct ec2_item *it, struct np_str name, struct np_err *err)
{
    struct ec2_Instance *d = it->detail;
    const struct ec2_type *type = ec2_type(name);
    struct ec2_db db = ec2_db(t);
    struct ec2_item **enis;
    size_t n;
    if (type == NULL)
        return np_fault(err, &EC2_InvalidInstanceAttributeValue,
                        "Invalid value '%.*s' for InstanceType.", NP_FMT(name));
    int rc = stopped(it, err);
    if (rc == 0 && !np_str_eq(ec2_type_architecture(type), d->Architecture))
        rc = np_fault(err, &EC2_InvalidInstanceAttributeValue,
                      "The instance type '%s' is of architecture '%.*s', the instance of '%.*s'.",
                      type->name, NP_FMT(ec2_type_architecture(type)), NP_FMT(d->Architecture));
    if (rc == 0)
        rc = ec2_eni_of_instance(&db, it->id, &enis, &n, err);
    if (rc == 0 && n > type->interfaces)
        rc = np_fault(err, &EC2_AttachmentLimitExceeded,
                      "Interface count %zu exceeds the limit for %s", n, type->name);
    d->InstanceType = np_str_of(type->name);
    d->EnaSupport = EC2_BOOL((type->flags & (T_ENA | T_ENA_MAY)) != 0);
    d->CpuOptions->CoreCount = EC2_INT(type->cores);
    d->CpuOptions->ThreadsPerCore = EC2_INT(type->threads);
    return rc;
}

static int set_user_data(struct ec2_item *it, struct np_str plain, struct np_err *err)
{
    int rc = stopped(it, err);
    if (rc == 0 && plain.n > EC2_USER_DATA_MAX)
        rc = np_fault(err, &EC2_InvalidParameterValue, "User data is limited to %d bytes",
                      EC2_USER_DATA_MAX);
    EC2_OWN(InstanceOwn, it)->UserData = plain;
    return rc;
}

static int set_shutdown(struct ec2_item *it, struct np_str v, struct np_err *err)
{
    EC2_OWN(InstanceOwn, it)->InstanceInitiatedShutdownBehavior = v;
    if (np_str_is(v, "stop") || np_str_is(v, "terminate"))
        return 0;
    return np_fault(err, &EC2_InvalidInstanceAttributeValue,
                    "Value (%.*s) for instanceInitiatedShutdownBehavior is invalid: 'stop' or "
                    "'terminate'",
                    NP_FMT(v));
}

/* The one interface; of several, each is to be changed itself. */
static int the_interface(struct np_txn *t, struct ec2_item *it, struct ec2_item **out,
                         struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **enis;
    size_t n;
    int rc = ec2_eni_of_instance(&db, it->id, &enis, &n, err);
    if (rc == 0 && n != 1)
        rc = np_fault(err, &EC2_InvalidInstanceID,
                      "There are multiple interfaces attached to instance '%.*s'. Please specify "
                      "an interface ID for the operation instead.",
                      NP_FMT(it->id));
    if (rc == 0)
        *out = enis[0];
    return rc;
}

static int set_source_check(struct np_txn *t, struct ec2_item *it, bool on, struct np_err *err)
{
    struct ec2_item *eni = NULL;
    int rc = the_interface(t, it, &eni, err);
    if (rc != 0)
        return rc;
    EC2_DETAIL(NetworkInterface, eni)->SourceDestCheck = EC2_BOOL(on);
    return ec2_put(t, eni, err);
}

static int set_groups(struct np_txn *t, struct ec2_item *it, const struct np_strs *groups,
                      struct np_err *err)
{
    struct ec2_item *eni = NULL;
    int rc = the_interface(t, it, &eni, err);
    if (rc == 0)
        rc = ec2_eni_set_groups(t, eni, groups->v, groups->n, err);
    return rc != 0 ? rc : ec2_put(t, eni, err);
}

static int set_devices(struct np_txn *t, struct ec2_item *it,
                       const struct ec2_InstanceBlockDeviceMappingSpecificationList *list,
                       struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < list->n; i++) {
        const struct ec2_EbsInstanceBlockDeviceSpecification *ebs = list->v[i].Ebs;
        if (ebs != NULL && ebs->DeleteOnTermination.set)
            rc = ec2_ebs_set_delete_on_termination(t, it->id, list->v[i].DeviceName,
                                                   ebs->DeleteOnTermination.v, err);
    }
    return rc;
}

/* Attribute and Value, the older form: as the member of that name. */
static int by_name(struct np_txn *t, const struct ec2_ModifyInstanceAttributeRequest *in,
                   struct ec2_item *it, struct np_err *err)
{
    struct ec2_InstanceOwn *own = it->own;
    bool on = np_str_is(in->Value, "true");
    struct np_str name = in->Attribute;
    if (np_str_is(name, "instanceType"))
        return set_type(t, it, in->Value, err);
    if (np_str_is(name, "instanceInitiatedShutdownBehavior"))
        return set_shutdown(it, in->Value, err);
    if (np_str_is(name, "sourceDestCheck"))
        return set_source_check(t, it, on, err);
    if (np_str_is(name, "disableApiTermination"))
        own->DisableApiTermination = EC2_BOOL(on);
    else if (np_str_is(name, "disableApiStop"))
        own->DisableApiStop = EC2_BOOL(on);
    else if (np_str_is(name, "ebsOptimized"))
        EC2_DETAIL(Instance, it)->EbsOptimized = EC2_BOOL(on);
    else if (np_str_is(name, "userData")) {
        struct np_str plain = np_unbase64(np_txn_arena(t), in->Value);
        if (plain.p == NULL)
            return np_fault(err, &EC2_InvalidUserDataMalformed,
                            "Invalid BASE64 encoding of user data.");
        return set_user_data(it, plain, err);
    } else
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The attribute '%.*s' cannot be modified so.", NP_FMT(name));
    return 0;
}

static size_t how_many(const struct ec2_ModifyInstanceAttributeRequest *in)
{
    return (size_t)(in->SourceDestCheck != NULL) + (in->DisableApiStop != NULL) +
           (in->Attribute.p != NULL && in->Value.p != NULL) + (in->BlockDeviceMappings.n != 0) +
           (in->DisableApiTermination != NULL) + (in->InstanceType != NULL) +
           (in->UserData != NULL) + (in->InstanceInitiatedShutdownBehavior != NULL) +
           (in->Groups.n != 0) + (in->EbsOptimized != NULL);
}

static int modify(struct np_txn *t, const struct ec2_ModifyInstanceAttributeRequest *in,
                  struct ec2_item *it, struct np_err *err)
{
    struct ec2_InstanceOwn *own = it->own;
    if (in->BlockDeviceMappings.n != 0)
        return set_devices(t, it, &in->BlockDeviceMappings, err);
    if (in->Attribute.p != NULL && in->Value.p != NULL)
        return by_name(t, in, it, err);
    if (in->SourceDestCheck != NULL)
        return set_source_check(t, it, in->SourceDestCheck->Value.v, err);
    if (in->Groups.n != 0)
        return set_groups(t, it, &in->Groups, err);
    if (in->InstanceType != NULL)
        return set_type(t, it, in->InstanceType->Value, err);
    if (in->UserData != NULL)
        return set_user_data(it, in->UserData->Value, err);
    if (in->InstanceInitiatedShutdownBehavior != NULL)
        return set_shutdown(it, in->InstanceInitiatedShutdownBehavior->Value, err);
    if (in->DisableApiTermination != NULL)
        own->DisableApiTermination = EC2_BOOL(in->DisableApiTermination->Value.v);
    if (in->DisableApiStop != NULL)
        own->DisableApiStop = EC2_BOOL(in->DisableApiStop->Value.v);
    if (in->EbsOptimized != NULL)
        EC2_DETAIL(Instance, it)->EbsOptimized = EC2_BOOL(in->EbsOptimized->Value.v);
    return 0;
}

int ec2_ModifyInstanceAttribute_apply(struct np_txn *t,
                                      const struct ec2_ModifyInstanceAttributeRequest *in,
                                      struct ec2_ModifyInstanceAttributeOutput *out,
                                      struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_INSTANCE, in->InstanceId, &it, err);
    if (rc == 0)
        rc = ec2_instance_alive(it, err);
    if (rc == 0 && how_many(in) == 0)
        rc = np_fault(err, &EC2_InvalidParameterCombination, "No attributes specified.");
    if (rc == 0 && how_many(in) > 1)
        rc = np_fault(err, &EC2_InvalidParameterCombination,
                      "Fields for multiple attribute types specified.");
    if (rc == 0)
        rc = modify(t, in, it, err);
    return rc != 0 ? rc : ec2_put(t, it, err);
}

int ec2_ResetInstanceAttribute_apply(struct np_txn *t,
                                     const struct ec2_ResetInstanceAttributeRequest *in,
                                     struct ec2_ResetInstanceAttributeOutput *out,
                                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_INSTANCE, in->InstanceId, &it, err);
    if (rc == 0)
        rc = ec2_instance_alive(it, err);
    if (rc != 0)
        return rc;
    /* AWS: kernel and ramdisk may be reset, too; no instance here has one of its own. */
    if (np_str_is(in->Attribute, "kernel") || np_str_is(in->Attribute, "ramdisk"))
        return 0;
    if (!np_str_is(in->Attribute, "sourceDestCheck"))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The attribute '%.*s' cannot be reset: kernel, ramdisk, sourceDestCheck.",
                        NP_FMT(in->Attribute));
    rc = set_source_check(t, it, true, err);
    if (rc == 0)
        ec2_touch(t, it);
    return rc;
}
